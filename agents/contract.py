"""What asking gives: the answer, and the events on the way to it.

The terminal and the command line know the agent only by this module:

    with open_assistant(settings) as assistant:        # agents/assistant.py
        for event in assistant.stream("Is TT-02 odd today?", thread="t1"):
            ...                                        # Progress, Piece, ..., then one Answer

Rules:

- The last event is the `Answer`, always. A refusal is an Answer too.
- `Piece`s are text that has passed the claim check: what was shown is never taken back.
- An `Estimate` has passed it too, and is what a tool can say before it is done: each takes the place of the one
  before, and the answer theirs.
- A tool or a service that is down gives a refusal with its reason, and the conversation goes on.
- One question at a time per assistant; `cancel` may be called from another thread.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from plant.facts import Curve, Evidence, Fact, Refusal, Table

if TYPE_CHECKING:
    from collections.abc import Iterator


class Route(StrEnum):
    """Where a question goes."""

    MANUAL = "manual"
    GRAPH = "graph"
    FORECAST = "forecast"
    ANOMALY = "anomaly"
    ALERTS = "alerts"
    PARTS = "parts"
    HELP = "help"
    CLARIFY = "clarify"


class Progress(msgspec.Struct, frozen=True):
    """A step begins: `understand`, `route`, `tool`, `compose`, `check`; `detail` says more in words."""

    step: str
    detail: str = ""


class Estimate(msgspec.Struct, frozen=True):
    """A first estimate, while the tool is still at work.

    Attributes:
        text: What can be said so far, plain, and that it is no more than that.
        tables: Its rows.
        series: Its curves.
    """

    text: str
    tables: tuple[Table, ...] = ()
    series: tuple[Curve, ...] = ()


class Piece(msgspec.Struct, frozen=True):
    """A piece of the answer's text, claims checked."""

    text: str


class Answer(msgspec.Struct, frozen=True):
    """The answer to one question.

    Attributes:
        question: As it was asked.
        language: `en` or `fr`.
        route: The routes taken, in order; several for a compound question.
        answer: The text, plain, with `[1]` marks that number the evidence from 1; empty when refused.
        facts: All facts the tools found; ids are unique over the whole answer.
        evidence: All evidence, in the order of the marks.
        tables: Tables worth showing beside the text.
        series: Curves worth plotting beside the text.
        refusal: Why there is no answer; None when there is one.
        clarify: The one question back, when `refusal.code` is `ambiguous`.
        model: The language model that took part; None when none did.
        seconds: How long it took.
    """

    question: str
    language: str
    route: tuple[Route, ...]
    answer: str
    facts: tuple[Fact, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tables: tuple[Table, ...] = ()
    series: tuple[Curve, ...] = ()
    refusal: Refusal | None = None
    clarify: str | None = None
    model: str | None = None
    seconds: float = 0.0


AskEvent = Progress | Estimate | Piece | Answer


class Assistant(Protocol):
    """The agent as its callers see it. See the module's docstring for the rules."""

    def ask(self, question: str, *, thread: str) -> Answer:
        """Answers one question of a conversation."""

    def stream(self, question: str, *, thread: str) -> Iterator[AskEvent]:
        """Answers one question, event by event; the last one is the Answer."""

    def cancel(self) -> None:
        """Gives the running question up; its Answer is a refusal."""

    def close(self) -> None:
        """Frees what it holds."""
