"""The conversation with the agent as it goes on: what is asked, what is heard, what is given up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from agents.contract import Estimate, Piece, Progress
from tui.conversation import Conversation

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.worker import Worker

    from tui.background import AgentDesk
    from tui.conversation import Turn
    from tui.messages import AskFailed, Heard
    from tui.screens.main import MainScreen

    Start = Callable[[Callable[[], None], str], Worker[None]]

_STEPS: Final = {
    "understand": "understanding the question",
    "route": "choosing where to look",
    "tool": "looking",
    "compose": "writing the answer",
    "check": "checking every claim",
}


class Dialogue:
    """One question at a time, each a turn of the conversation.

    Args:
        conversation: What was said so far.
        main: The screen that shows it.
        agent: Who is asked.
        start: Starts a task in a thread, of a group.
    """

    def __init__(self, conversation: Conversation, main: MainScreen, agent: AgentDesk, start: Start) -> None:
        self.conversation = conversation
        self._main = main
        self._agent = agent
        self._start = start
        self._asking: Worker[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a question is being answered."""
        return self._asking is not None

    def ask(self, question: str, at: int) -> None:
        """Asks the agent, which must not be busy."""
        turn = self.conversation.begin(question, at)
        self._main.chat.begin(turn)
        self._asking = self._start(partial(self._agent.ask, self.conversation.thread, turn.number, question), "ask")

    def cancel(self) -> None:
        """Gives the running question up, at once where the agent is not open yet."""
        if self.busy and not self._agent.cancel():
            self._fail(self.conversation.turns[-1], "The question was given up.")

    def clear(self) -> None:
        """Begins a new conversation; what comes for the old one is let go."""
        self.cancel()
        self.conversation = Conversation()
        self._main.show_conversation(self.conversation)

    def heard(self, message: Heard) -> None:
        """Shows what the agent said, where its question is still wanted."""
        turn = self._turn(message.thread, message.turn)
        if turn is None:
            return
        text = ""
        if isinstance(message.event, Progress):
            text = message.event.detail or _STEPS.get(message.event.step, message.event.step)
        elif isinstance(message.event, Estimate):
            turn.estimate = message.event
        elif isinstance(message.event, Piece):
            turn.text += message.event.text
        else:
            turn.answer = message.event
        view = self._main.chat.view(turn.number)
        if view is not None and turn.answer is not None:
            view.finish()
        elif view is not None:
            view.refresh_text(text)

    def failed(self, message: AskFailed) -> None:
        """Shows why the agent could not be asked; the conversation goes on."""
        turn = self._turn(message.thread, message.turn)
        if turn is not None:
            self._fail(turn, message.text)

    def ended(self, worker: Worker[None]) -> None:
        """Takes note that a task of a thread is over."""
        if worker is self._asking:
            self._asking = None

    def broke(self, text: str) -> bool:
        """Shows that the running question failed in a way nobody foresaw; says whether there was one."""
        running = [turn for turn in self.conversation.turns if not turn.done]
        if running:
            self._fail(running[-1], text)
        return bool(running)

    def _fail(self, turn: Turn, text: str) -> None:
        turn.failure = text
        view = self._main.chat.view(turn.number)
        if view is not None:
            view.refresh_text()

    def _turn(self, thread: str, number: int) -> Turn | None:
        """Returns a turn that still waits for its answer; None where it is done, or of another conversation."""
        if thread != self.conversation.thread or number >= len(self.conversation.turns):
            return None
        turn = self.conversation.turns[number]
        return None if turn.done else turn
