"""What every opened screen shares: it lies over the main one, and Escape closes it."""

from __future__ import annotations

from typing import ClassVar

from textual.screen import ModalScreen

from tui.actions import Scope, bindings


class Opened(ModalScreen[None]):
    """A screen over the main one."""

    BINDINGS: ClassVar = bindings(Scope.SCREEN)

    def action_close(self) -> None:
        """Closes it."""
        self.dismiss()
