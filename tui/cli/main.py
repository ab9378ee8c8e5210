"""The `millhand` command: names every verb, imports only the one that is asked for.

`millhand --help` has to answer in a blink, so nothing but this file is imported for it; each
verb is a function or a typer app in a module of its own, imported when it is called.
"""

from __future__ import annotations

import importlib
import io
import os
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from plant.errors import ExitCode, MillhandError, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence


class Verb(NamedTuple):
    """Where a verb lives and what it is for.

    Attributes:
        target: `module:attribute`; the attribute is a typer app, or a function to run as one.
        help: One line for `millhand --help`.
    """

    target: str
    help: str


VERBS: dict[str, Verb] = {
    "demo": Verb("tui.cli.demo:demo", "build the demo plant and open the terminal on it"),
    "ask": Verb("tui.cli.ask:ask", "ask one question, get one grounded answer"),
    "forecast": Verb("tui.cli.forecast:forecast", "forecast a tag or a CSV column, every method beside the others"),
    "forecast-scorecard": Verb("tui.cli.scorecard:scorecard", "say how issued forecasts did when their values came"),
    "anomalies": Verb("tui.cli.anomalies:anomalies", "say where a tag or a CSV file is odd"),
    "alerts": Verb("tui.cli.alerts:app", "list alerts, act on them, keep them within a budget"),
    "tags": Verb("tui.cli.tags:app", "list, show and change the sensor registry"),
    "graph": Verb("tui.cli.graph:app", "ask or query the plant graph"),
    "manuals": Verb("tui.cli.manuals:app", "add manuals and ask them"),
    "parts": Verb("tui.cli.parts:app", "find parts and what is wrong with them in a file of texts"),
    "worker": Verb("tui.cli.stream:worker", "read a stream into the store and raise alerts"),
    "replay": Verb("tui.cli.stream:replay", "play a file or the demo plant to Kafka"),
    "health": Verb("tui.cli.health:health", "say whether the plant is watched, and what is wrong if not"),
    "verify": Verb("tui.cli.stream:verify", "prove that the store's books balance"),
    "deadletters": Verb("tui.cli.deadletters:app", "list, show and redrive messages that could not be used"),
    "lake": Verb("tui.cli.lake:app", "list, read and write sealed hours (Parquet)"),
    "finetune": Verb("tui.cli.finetune:app", "make data, tune the small model on it, use it"),
    "eval": Verb("tui.cli.eval:app", "measure how well questions are answered, compare two measurements"),
    "doctor": Verb("tui.cli.doctor:doctor", "check what millhand needs, one line each"),
    "where": Verb("tui.cli.doctor:where", "print paths and which source won for each setting"),
}

_HELP = """\
Usage: millhand [VERB] [ARGUMENTS]

An operator's hand in the control room: alerts, grounded answers and forecasts,
on this machine alone. Without a verb it opens the terminal.

Verbs:
{verbs}

  millhand VERB --help    says more, with an example
  millhand --version      prints the version

Try: millhand ask "Is TT-02 odd today?"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code; errors become one sentence on stderr."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _write_any_character()
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except MillhandError as error:
        from tui.cli.common import talk

        talk(f"{error.title}: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return ExitCode.ANSWERED
    return code


def _write_any_character() -> None:
    """Makes files and pipes UTF-8, whatever the locale; a terminal that cannot show a character shows `?`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _drop_output() -> None:
    """Sends what is still buffered nowhere: the reader of our output has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _dispatch(words: list[str]) -> int:
    first = words[0] if words else ""
    if not words:
        from tui.cli.demo import open_terminal

        open_terminal()
    elif first in {"-h", "--help", "help"}:
        width = max(map(len, VERBS))
        print(_HELP.format(verbs="\n".join(f"  {name:<{width}}  {verb.help}" for name, verb in VERBS.items())))
    elif first in {"-V", "--version"}:
        from importlib.metadata import version

        print(f"millhand {version('millhand')}")
    elif first not in VERBS:
        raise UsageError(f"There is no verb {first!r}.", hint=did_you_mean(first, VERBS) or "See millhand --help.")
    else:
        return _run(first, words[1:])
    return ExitCode.ANSWERED


def _run(verb: str, words: list[str]) -> int:
    """Imports a verb and runs it; typer itself reports wrong options and exits with 2."""
    import typer

    module, _, attribute = VERBS[verb].target.partition(":")
    target = getattr(importlib.import_module(module), attribute)
    if not isinstance(target, typer.Typer):
        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        app.command(name=verb)(target)
        target = app
    command = typer.main.get_command(target)
    _keep_examples(command)
    try:
        command(args=words, prog_name=f"millhand {verb}")
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # typer would exit with 1
            raise stop.__context__ from None
        return stop.code if isinstance(stop.code, int) else ExitCode.BELOW_GOAL
    return ExitCode.ANSWERED


def _keep_examples(command: Any) -> None:
    """Has the examples in the help of a verb, and of its own verbs, stand on lines of their own, never wrapped."""
    command.help = re.sub(r"\s+(?=Examples?: )", "\n\n\b\n", command.help or "")
    for below in getattr(command, "commands", {}).values():
        _keep_examples(below)


if __name__ == "__main__":
    sys.exit(main())
