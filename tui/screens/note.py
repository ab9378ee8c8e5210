"""Asks a person to confirm what changes a record: who says it, why, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from plant.episodes import ChangeKind, PersonEvent
from plant.errors import BadInput
from plant.time import parse_duration
from tui.actions import Scope, bindings
from tui.text import one_line
from tui.widgets.text import DataText

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from plant.episodes import Episode

_VERBS: Final = {
    ChangeKind.ACKNOWLEDGED: "Acknowledge",
    ChangeKind.SHELVED: "Shelve",
    ChangeKind.FEEDBACK: "Say that it is no alert:",
}


class NoteScreen(ModalScreen[PersonEvent | None]):
    """Confirms what a person does to an alert; its result is the event, None when given up.

    Args:
        episode: The alert.
        kind: What is done to it.
        who: Who does it.
        now: Wall clock, UTC milliseconds.
        note: The reason, as far as it is known.
        lasts: For shelving, how long, as text.
    """

    BINDINGS: ClassVar = bindings(Scope.SCREEN)

    def __init__(
        self, episode: Episode, kind: ChangeKind, *, who: str, now: int, note: str = "", lasts: str = "2h"
    ) -> None:
        super().__init__()
        self._episode = episode
        self._kind = kind
        self._who = who
        self._now = now
        self._note = note
        self._lasts = lasts

    def compose(self) -> ComposeResult:
        """Lays the question out."""
        verb = _VERBS[self._kind]
        with VerticalScroll(classes="page", can_focus=False):
            yield DataText(
                Content.assemble(
                    (f"{verb} {one_line(self._episode.subject)}", "bold $accent"),
                    f"\n{one_line(self._episode.reason)}",
                    (f"\nas {one_line(self._who)}; nothing is changed on the plant", "dim"),
                )
            )
            if self._kind is ChangeKind.SHELVED:
                yield Input(self._lasts, placeholder="how long, such as 2h", id="lasts", compact=True)
            yield Input(self._note, placeholder=self._reason_wanted, id="note", compact=True)
            yield DataText("", id="wrong")
            with Horizontal(classes="buttons"):
                yield Button("Confirm (Enter)", id="confirm", variant="primary", compact=True)
                yield Button("Give up (Esc)", id="give-up", compact=True)

    @property
    def _reason_wanted(self) -> str:
        return "the reason" if self._kind is ChangeKind.SHELVED else "a note, if you like"

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
            self.dismiss(self._event())
        except BadInput as error:
            self.query_one("#wrong", DataText).update(str(error))

    def _event(self) -> PersonEvent:
        note = self.query_one("#note", Input).value.strip()
        if self._kind is not ChangeKind.SHELVED:
            return PersonEvent(self._episode.id, self._kind, self._now, self._who, note)
        lasts = parse_duration(self.query_one("#lasts", Input).value.strip())
        if not note:
            raise BadInput("Shelving needs a reason.", hint="Write it, then press Enter.")
        return PersonEvent(self._episode.id, self._kind, self._now, self._who, note, self._now + lasts)
