"""`millhand demo`: the demo plant on the screen, or as plain text where there is no screen."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import UsageError
from tui.cli.common import JsonFlag, ModelOption, StoreOption, settings_from, talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plant.settings import Settings

LIVE_SOURCE = "demo:?live=1&scenario=shift&until=2100-01-01"
"""The demo plant from now on, a second at a time: the shift that is played as text, then a healthy plant."""


def demo(
    as_json: JsonFlag = False,
    plain: Annotated[bool, typer.Option("--plain", help="Play as plain text even on a screen.")] = False,
    store: StoreOption = None,
    model: ModelOption = None,
) -> None:
    """Build the demo plant and open the terminal on it.

    Where stdin or stdout is not a terminal it plays a scenario as plain text, or with --json as
    JSON lines, and ends.

    Example: millhand demo --plain
    """
    settings = settings_from(store=store, model=model)
    _build_demo(settings)
    if as_json or plain or not _on_screen():
        from tui.cli.play import JsonLines, PlainText, play

        play(settings, JsonLines() if as_json else PlainText(settings))
        return
    _open(settings)


def open_terminal() -> None:
    """Opens the terminal on the store of the settings; a store that is not there yet becomes the demo plant.

    Raises:
        UsageError: If stdin or stdout is not a terminal.
    """
    if not _on_screen():
        raise UsageError(
            "There is no terminal here to open in.",
            hint='Ask one question with millhand ask "...", or play the demo with millhand demo --plain.',
        )
    from ingestion.demo import ensure_demo

    settings = settings_from()
    ensure_demo(settings, talk)
    _open(settings)


def _on_screen() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _build_demo(settings: Settings) -> None:
    """Makes sure that the store is the demo's, brought up to now."""
    from ingestion.demo import ensure_demo, is_demo

    ensure_demo(settings, talk)
    if not is_demo(settings):
        raise UsageError(
            f"{settings.store.path} holds a plant of yours, not the demo.",
            hint="Open it with `millhand`, or name another file: millhand demo --store demo.db",
        )


def _open(settings: Settings) -> None:
    from ingestion.demo import is_demo
    from tui.app import run_terminal

    if not is_demo(settings):  # a plant's own worker runs as a service, whether somebody looks or not
        run_terminal(settings)
        return
    with _worker(settings):
        run_terminal(settings)


@contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    """Runs a worker on the live demo plant as a child, as a plant would, and drains it at the end."""
    log = settings.store.path.with_suffix(".worker.log")
    store = str(settings.store.path)
    command = [sys.executable, "-m", "tui.cli.main", "worker", "--source", LIVE_SOURCE, "--store", store]
    with log.open("wb") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)  # noqa: S603 (our own words)
        try:
            yield
        finally:
            child.terminate()
            child.wait()
