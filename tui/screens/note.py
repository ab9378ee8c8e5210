"""Asks a person to confirm what changes a record: who says it, why, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from plant.episodes import ChangeKind, Feedback
from plant.errors import BadInput
from plant.time import parse_duration
from tools.people import Deed, check_deed
from tui.actions import Scope, bindings
from tui.text import one_line
from tui.widgets.text import DataText

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.deeds import Wish

_VERBS: Final = {
    ChangeKind.ACKNOWLEDGED: "Acknowledge",
    ChangeKind.SHELVED: "Shelve",
    ChangeKind.UNSHELVED: "Bring back from the shelf",
    ChangeKind.RESET: "Reset",
    ChangeKind.OUT_OF_SERVICE: "Take out of service",
    ChangeKind.IN_SERVICE: "Put back in service",
}
_SAID: Final = {
    Feedback.RIGHT: "The alert was right:",
    Feedback.HARMLESS: "No alert, real but harmless:",
    Feedback.WRONG: "No alert, the detector is wrong:",
    Feedback.BAD_DATA: "No alert, the data are bad:",
}
_REASONED: Final = frozenset({ChangeKind.SHELVED, ChangeKind.OUT_OF_SERVICE})


class NoteScreen(ModalScreen[Deed | None]):
    """Confirms what a person does; its result is the deed, None when given up.

    Args:
        wish: What is to be done.
        who: Who does it.
    """

    BINDINGS: ClassVar = bindings(Scope.SCREEN)

    def __init__(self, wish: Wish, who: str) -> None:
        super().__init__()
        self._wish = wish
        self._who = who

    def compose(self) -> ComposeResult:
        """Lays the question out."""
        wish = self._wish
        verb = _SAID[wish.feedback] if wish.feedback else _VERBS[wish.kind]
        with VerticalScroll(classes="page", can_focus=False):
            yield DataText(
                Content.assemble(
                    (f"{verb} {one_line(wish.subject)}", "bold $accent"),
                    f"\n{one_line(wish.about)}" if wish.about else "",
                    (f"\nas {one_line(self._who)}; nothing is changed on the plant", "dim"),
                )
            )
            if wish.kind is ChangeKind.SHELVED:
                yield Input(wish.lasts, placeholder="how long, such as 2h, 24h at most", id="lasts", compact=True)
            yield Input(wish.note, placeholder=self._reason_wanted, id="note", compact=True)
            yield DataText("", id="wrong")
            with Horizontal(classes="buttons"):
                yield Button("Confirm (Enter)", id="confirm", variant="primary", compact=True)
                yield Button("Give up (Esc)", id="give-up", compact=True)

    @property
    def _reason_wanted(self) -> str:
        return "the reason" if self._wish.kind in _REASONED else "a note, if you like"

    def on_mount(self) -> None:
        """Waits for the reason."""
        self.query_one("#note", Input).focus()

    def action_close(self) -> None:
        """Gives up."""
        self.dismiss(None)

    @on(Button.Pressed, "#give-up")
    def _give_up(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#confirm")
    @on(Input.Submitted)
    def _confirm(self) -> None:
        try:
            self.dismiss(self._deed())
        except BadInput as error:
            self.query_one("#wrong", DataText).update(str(error))

    def _deed(self) -> Deed:
        wish = self._wish
        note = self.query_one("#note", Input).value.strip()
        shelving = wish.kind is ChangeKind.SHELVED
        lasts = parse_duration(self.query_one("#lasts", Input).value.strip()) if shelving else None
        deed = Deed(wish.kind, wish.target, note, lasts, wish.feedback)
        check_deed(deed)
        return deed
