"""What workers tell the screen: threads post these and touch no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.contract import AskEvent
    from plant.episodes import ChangeKind, Feedback, PersonEvent
    from tools.people import Deed
    from tui.alarms import AlertLine, IncidentLine
    from tui.live import Snapshot
    from tui.services import Services


class PlantSeen(Message):
    """The store was looked at."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot


class ServicesSeen(Message):
    """The graph and the model were looked at."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services


class Heard(Message):
    """The agent said something about the question of a turn."""

    def __init__(self, thread: str, turn: int, event: AskEvent) -> None:
        super().__init__()
        self.thread = thread
        self.turn = turn
        self.event = event


class AskFailed(Message):
    """The agent could not be asked."""

    def __init__(self, thread: str, turn: int, text: str) -> None:
        super().__init__()
        self.thread = thread
        self.turn = turn
        self.text = text


class DeedWanted(Message):
    """A person wants something done to an alert or an incident."""

    def __init__(self, line: AlertLine | IncidentLine, kind: ChangeKind, feedback: Feedback | None = None) -> None:
        super().__init__()
        self.line = line
        self.kind = kind
        self.feedback = feedback


class AnswerJudged(Message):
    """What a person said of an answer from the manuals was written, or could not be: `text` says which."""

    def __init__(self, text: str, *, trouble: bool = False) -> None:
        super().__init__()
        self.text = text
        self.trouble = trouble


class Noted(Message):
    """What a person did was written, or could not be."""

    def __init__(self, deed: Deed, events: Sequence[PersonEvent] = (), trouble: str = "") -> None:
        super().__init__()
        self.deed = deed
        self.events = events
        self.trouble = trouble
