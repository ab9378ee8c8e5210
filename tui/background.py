"""What runs in threads beside the screen: each posts messages (`tui/messages.py`) and touches no widget."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Final

from plant.errors import MillhandError
from tools.manuals.feedback import say_of_answer
from tools.people import record
from tui.live import Watcher
from tui.messages import AnswerJudged, AskFailed, Heard, Noted, PlantSeen, ServicesSeen
from tui.services import look_at_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from agents.contract import Assistant
    from plant.settings import Settings
    from plant.store.answers import Verdict
    from tools.people import Deed

    Tell = Callable[[Message], object]
    AssistantFactory = Callable[[Settings], Assistant]

_SERVICE_SECONDS: Final = 30.0


class PlantWatch:
    """Looks at the store again and again.

    Args:
        settings: Where the store is.
        clock: The wall clock, UTC milliseconds.
        seconds: How long between two looks.
        tell: Posts a message to the app.
    """

    def __init__(self, settings: Settings, clock: Callable[[], int], seconds: float, tell: Tell) -> None:
        self._settings = settings
        self._clock = clock
        self._seconds = seconds
        self._tell = tell
        self._wake = threading.Event()
        self._ended = False

    def run(self) -> None:
        """Looks until it is ended."""
        with Watcher(self._settings, self._clock) as watcher:
            while not self._ended:
                self._wake.clear()
                self._tell(PlantSeen(watcher.look()))
                self._wake.wait(self._seconds)

    def look_now(self) -> None:
        """Makes the next look happen at once; from any thread."""
        self._wake.set()

    def end(self) -> None:
        """Ends it; from any thread."""
        self._ended = True
        self._wake.set()


class ServiceWatch:
    """Looks at graph and model every half minute."""

    def __init__(self, settings: Settings, tell: Tell) -> None:
        self._settings = settings
        self._tell = tell
        self._ended = threading.Event()

    def run(self) -> None:
        """Looks until it is ended."""
        while not self._ended.is_set():
            self._tell(ServicesSeen(look_at_services(self._settings)))
            self._ended.wait(_SERVICE_SECONDS)

    def end(self) -> None:
        """Ends it; from any thread."""
        self._ended.set()


class AgentDesk:
    """The agent: opened in a thread when it is first wanted, asked in one.

    Args:
        settings: Which plant, model and graph.
        open_assistant: Opens the agent.
        tell: Posts a message to the app.
    """

    def __init__(self, settings: Settings, open_assistant: AssistantFactory, tell: Tell) -> None:
        self._settings = settings
        self._open_assistant = open_assistant
        self._tell = tell
        self._assistant: Assistant | None = None
        self._opening = threading.Lock()
        self._ended = False

    def warm(self) -> None:
        """Opens the agent before it is asked."""
        with contextlib.suppress(MillhandError):  # the first question tries again, and says why
            self._opened()

    def ask(self, thread: str, turn: int, question: str) -> None:
        """Asks it, and posts what it says."""
        try:
            for event in self._opened().stream(question, thread=thread):
                self._tell(Heard(thread, turn, event))
        except MillhandError as error:
            self._tell(AskFailed(thread, turn, str(error)))

    def cancel(self) -> bool:
        """Gives the running question up; says whether the agent is open to hear it."""
        if self._assistant is None:
            return False
        self._assistant.cancel()
        return True

    def close(self) -> None:
        """Closes the agent, if it is open, and for good."""
        self._ended = True
        if self._assistant is not None:
            self._assistant.close()

    def _opened(self) -> Assistant:
        with self._opening:
            if self._assistant is None:
                self._assistant = self._open_assistant(self._settings)
                if self._ended:
                    self._assistant.close()
            return self._assistant


def write_verdict(settings: Settings, number: int, verdict: Verdict, now: int, tell: Tell) -> None:
    """Writes what a person says of an answer from the manuals, and posts how it went."""
    from plant.store.sqlite import open_store

    try:
        with open_store(settings.store.path) as store:
            said = say_of_answer(store, settings, verdict, number=number, now=now)
    except MillhandError as error:
        tell(AnswerJudged(str(error), trouble=True))
    else:
        tell(AnswerJudged(f"Noted, as {said.who}: the answer was {said.verdict}."))


def write_deed(settings: Settings, deed: Deed, now: int, tell: Tell) -> None:
    """Writes what a person did, and posts how it went."""
    try:
        events = record(settings, deed, now)
    except MillhandError as error:
        tell(Noted(deed, trouble=str(error)))
    else:
        tell(Noted(deed, events))
