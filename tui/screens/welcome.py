"""The first screen a person ever sees: what millhand can do, and what it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content

from tui.screens.help import CAN, LIMITS
from tui.screens.opened import Opened
from tui.widgets.text import DataText

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class WelcomeScreen(Opened):
    """Shown once; any key puts it away."""

    def compose(self) -> ComposeResult:
        """Lays the page out."""
        with VerticalScroll(classes="page", can_focus=False):
            yield DataText(_content())

    def on_key(self, event: events.Key) -> None:
        """Puts it away."""
        event.stop()
        self.dismiss()


def _content() -> Content:
    can = [f"  {line}" for line in CAN]
    limits = [f"  {line}" for line in LIMITS]
    return Content("\n").join(
        [
            Content.styled("millhand watches a plant's sensors and answers questions about it", "bold $accent"),
            Content("\nAsk, in English or French:"),
            *map(Content, can),
            Content.styled("\nWhat it cannot do", "bold $warning"),
            *map(Content, limits),
            Content.styled("\nAny key begins. F1 shows this again.", "bold"),
        ]
    )
