"""What was answered from the manuals, what people said of it, and the vectors of passages.

The part of `plant.store.contract.Store` beside `plant/store/documents.py`; its rules are the store's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plant.store.documents import Passage


class Verdict(StrEnum):
    """What a person says of an answer."""

    RIGHT = "right"
    WRONG = "wrong"


class ReadPassage(msgspec.Struct, frozen=True):
    """A passage that an answer could be read from; kept whole, since its manual may go.

    Attributes:
        document: Name of the document.
        title: Its title.
        page: Physical page, from 1.
        label: Page label as printed.
        section: Heading it stands under.
        kind: As of a `Passage`.
        text: Its verbatim text.
    """

    document: str
    title: str
    page: int
    label: str
    section: str
    kind: str
    text: str


class ManualAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One question to the manuals and what was answered.

    Attributes:
        question: As it was asked; a follow-up as it was completed.
        language: `en` or `fr`, the question's.
        how: `model` or `extracts`.
        model: Name of the model that read; empty for extracts.
        passages: What could be answered from, in the order in which it was read.
        reply: The answer in the format of `tools/manuals/prompt.py`, `[2] 85 Nm`.
        answer: What was shown, with pages; empty where nothing was found.
        at: Wall clock, UTC milliseconds.
        id: Its number in the store, from 1; 0 before it is stored.
    """

    question: str
    language: str
    how: str
    model: str
    passages: tuple[ReadPassage, ...]
    reply: str
    answer: str
    at: int
    id: int = 0


class ManualFeedback(msgspec.Struct, frozen=True):
    """What a person said of an answer, who and when (wall clock, UTC milliseconds)."""

    answer: ManualAnswer
    verdict: Verdict
    note: str
    who: str
    at: int


class AnswerStore(Protocol):
    """What a store does for answers from the manuals, and for the vectors of passages."""

    def add_manual_answer(self, answer: ManualAnswer) -> int:
        """Keeps an answer and returns its number; old ones that nobody said anything of are forgotten."""

    def manual_answer(self, number: int | None = None) -> ManualAnswer | None:
        """Returns an answer by its number, or the newest; None where there is none."""

    def add_manual_feedback(self, number: int, verdict: Verdict, note: str, who: str, at: int) -> None:
        """Appends what a person said of an answer. Raises `BadInput` if there is no such answer."""

    def manual_feedback(self) -> list[ManualFeedback]:
        """Returns what people said of answers, oldest first; of what one said of one answer, all."""

    def passages_without_vector(self, model: str, limit: int) -> list[Passage]:
        """Returns passages that have no vector of a model yet, by id."""

    def put_vectors(self, model: str, vectors: Mapping[int, bytes]) -> None:
        """Keeps vectors of a model by passage; those of a passage that is not there any more are left out."""

    def vectors(self, model: str) -> dict[int, bytes]:
        """Returns the vectors of a model by passage, in the order of ids."""

    def passages(self, numbers: Sequence[int]) -> list[Passage]:
        """Returns passages by their ids, in that order, those that there are."""
