"""Takes a picture of the terminal, with no screen: the one in the README is made by it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final

from plant.errors import ServiceUnavailable
from tui.app import MillhandApp
from tui.state import remember_limits_read, state_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from plant.settings import Settings

QUESTION: Final = "forecast the chilled water temperature for the next 2 hours"

_SECONDS: Final = 120
_FONT: Final = re.compile(r"@font-face\s*{[^}]*}\s*")


def save_picture(
    settings: Settings, path: Path, size: tuple[int, int] = (120, 36), *, question: str = QUESTION
) -> None:
    """Runs the terminal without a screen, asks one question, and saves what is shown as SVG.

    The SVG names no font to be fetched: whoever shows it takes a monospaced one of his own.

    Args:
        settings: Which plant, store and model; the store must be there.
        path: Where to save; overwritten.
        size: Columns and lines.
        question: What to ask.

    Raises:
        ServiceUnavailable: If the plant or the answer does not come within two minutes.
    """
    app = MillhandApp(settings)
    shown: list[str] = []

    async def drive(pilot: Pilot[Any]) -> None:
        await _until(pilot, lambda: app.snapshot is not None and app.services is not None)
        app.ask(question)
        await _until(pilot, lambda: app.conversation.turns[-1].done)
        await pilot.pause()
        shown.append(app.export_screenshot())
        app.exit()

    remember_limits_read(state_dir())
    app.run(headless=True, size=size, auto_pilot=drive)
    if not shown:
        raise ServiceUnavailable(f"No picture could be taken of {settings.store.path}.", hint="See millhand doctor.")
    path.write_text(_FONT.sub("", shown[0]), encoding="utf-8")


async def _until(pilot: Pilot[Any], holds: Callable[[], bool]) -> None:
    """Waits until a predicate holds; ends the app where it does not in time."""
    try:
        async with asyncio.timeout(_SECONDS):
            while not holds():
                await pilot.pause(0.05)
    except TimeoutError as error:
        pilot.app.exit()
        raise ServiceUnavailable("The terminal did not come to rest.", hint="See millhand doctor.") from error
