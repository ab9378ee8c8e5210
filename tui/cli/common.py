"""What every verb shares: settings from options, the store, JSON out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import msgspec
import typer

from plant.errors import ExitCode
from plant.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

JsonFlag = Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")]
StoreOption = Annotated[str | None, typer.Option("--store", metavar="FILE", help="The store to use.")]
ModelOption = Annotated[
    str | None, typer.Option("--model", metavar="URL", help="llama:PATH.gguf, ollama://HOST:PORT/MODEL or none:.")
]
GraphOption = Annotated[str | None, typer.Option("--graph", metavar="URL", help="kglite:PATH or a Neo4j URL.")]


def verb_group(text: str = "") -> typer.Typer:
    """Makes a verb that has verbs of its own.

    Args:
        text: Its help, with an example, shown where none of them is given; empty for a verb that
            means something alone: its callback says what.
    """
    app = typer.Typer(
        add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=bool(text)
    )
    if text:
        app.info.help = text
    return app


def overrides_from(
    *, store: str | Path | None = None, model: str | None = None, graph: str | None = None
) -> dict[str, Any]:
    """Returns what the command line gave, nested as the settings are."""
    given: dict[str, dict[str, str | Path | None]] = {
        "store": {"path": store},
        "model": {"url": model},
        "graph": {"url": graph},
    }
    return {
        section: {key: str(value) for key, value in values.items()}
        for section, values in given.items()
        if None not in values.values()
    }


def settings_from(*, store: str | Path | None = None, model: str | None = None, graph: str | None = None) -> Settings:
    """Loads the settings with what the command line gave on top.

    Raises:
        SettingsError: As `load_settings` does.
    """
    return load_settings(overrides_from(store=store, model=model, graph=graph))


def print_json(value: object) -> None:
    """Writes one JSON document and a newline to stdout; NaN becomes null."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def print_json_line(value: object) -> None:
    """Writes one JSON line and flushes, so that a reader down the pipe sees it at once."""
    print_json(value)
    sys.stdout.flush()


def printable(text: str) -> str:
    """Writes text of others with escapes for what does not print or would steer a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def to_second(time: str) -> str:
    """Cuts a time that is written as ISO-8601 in UTC to the second, for people."""
    return f"{time[:19]}Z"


def say(text: str) -> None:
    """Says something to the person on stdout; what would steer a terminal is escaped, line ends are kept."""
    print(_harmless(text))


def talk(text: str) -> None:
    """Says something to the person on stderr, as `say` does: stdout is data."""
    print(_harmless(text), file=sys.stderr)


def exit_by_goals(missed: Sequence[str]) -> NoReturn:
    """Says which goals were missed, or that none was, and exits with the code for that."""
    for line in missed or ["All goals are reached."]:
        talk(line)
    raise typer.Exit(ExitCode.BELOW_GOAL if missed else ExitCode.ANSWERED)


def _harmless(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))
