"""The ways to an answer that are measured: a model by heart, a model that reads what was found, extracts.

closed book    the question alone is asked; what a model says then has no page
retrieval      as `millhand manuals ask`: passages are found, the model reads them, extracts where it does not hold
extracts       as `millhand manuals ask` without a model
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from inference.contract import Message, Options, PromptTooLong
from tools.contract import ManualInput
from tools.manuals.prompt import Span, answer_for, fitting, prompt_for
from tools.manuals.reading import ADAPTER
from tools.manuals.retrieval import CANDIDATES, retrieve
from tools.manuals.tool import EXTRACTS, MODEL, ManualTool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.assistant.candidates import Candidate
    from finetuning.assistant.library import Place
    from finetuning.assistant.questions import Question
    from inference.contract import Scored
    from plant.settings import Settings
    from plant.store.contract import Store

CLOSED_BOOK: Final = ""
RETRIEVAL: Final = "+retrieval"
"""What a way's name ends in, after the model's."""

_CLOSED: Final = (
    "Answer the question about a machine from its manual, in as few words as you can. "
    "If you do not know, answer: Not found."
)
_NOT_FOUND: Final = re.compile(r"\W*not found\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"^\[\d+\]\s*|\s*\[\d+\]$", re.MULTILINE)  # of a passage, where there is none
_MAX_TOKENS: Final = 64


class Cited(msgspec.Struct, frozen=True):
    """Words with the page that they are said to be on."""

    document: str
    page: int
    label: str
    text: str


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a way gave to a question.

    Attributes:
        words: The words that are to answer; empty for a refusal.
        quotes: The same, each with its page, the manual that was quoted first alone; none of a closed book.
        beside: What was shown beside them: the warnings of the page, other manuals that say otherwise.
        how: `model`, `extracts`, or empty where nothing was quoted.
        said: Words of a refusal, or all that a model said.
        seconds: From question to answer.
    """

    words: str
    quotes: tuple[Cited, ...] = ()
    beside: tuple[Cited, ...] = ()
    how: str = ""
    said: str = ""
    seconds: float = 0.0


class Way(Protocol):
    """A way to an answer."""

    name: str

    def ask(self, question: Question) -> Given:
        """Answers a question. Raises `MillhandError` where the store or the model does not answer."""

    def score(self, question: Question, place: Place) -> Sequence[Scored | None] | None:
        """Returns what the model thinks of the tokens of the reference answer; None where that cannot be told."""


class ClosedBook:
    """A model that is asked by heart; see `Way`."""

    def __init__(self, candidate: Candidate) -> None:
        self.name = f"{candidate.name}{CLOSED_BOOK}"
        self._candidate = candidate

    def ask(self, question: Question) -> Given:
        """Answers from what the model knows; a question too long for it has no answer."""
        options = Options(max_tokens=_MAX_TOKENS, adapter=self._adapter)
        began = time.perf_counter()
        try:
            said = self._candidate.model.complete(_closed(question), options)[0].text.strip()
        except PromptTooLong:
            said = ""
        seconds = time.perf_counter() - began
        answered = said and not _NOT_FOUND.match(said)
        words = _NUMBER.sub("", said) if answered else ""
        return Given(words=words, how=MODEL if words else "", said=said, seconds=seconds)

    def score(self, question: Question, place: Place) -> Sequence[Scored | None] | None:  # noqa: ARG002 (by heart)
        """Scores the shortest reference."""
        return self._candidate.score(_closed(question), question.answers[0])

    @property
    def _adapter(self) -> str | None:
        return ADAPTER if ADAPTER in self._candidate.model.adapters else None


class Retrieval:
    """The manual tool, with a model that reads or without; see `Way`.

    Args:
        store: The manuals.
        settings: Of the tool.
        candidate: The model; None for extracts.
    """

    def __init__(self, store: Store, settings: Settings, candidate: Candidate | None) -> None:
        self.name = f"{candidate.name}{RETRIEVAL}" if candidate else EXTRACTS
        self._store = store
        self._candidate = candidate
        named = settings.model.model_copy(update={"url": "llama:" if candidate else "none:"})  # any model named reads
        model = candidate.model if candidate else None
        self._tool = ManualTool(store, settings.model_copy(update={"model": named}), model)

    def ask(self, question: Question) -> Given:
        """Answers as `millhand manuals ask` does."""
        result = self._tool.run(ManualInput(question=question.question, language=question.language))
        if result.refusal is not None:
            return Given(words="", said=result.refusal.text, seconds=result.seconds)
        quoted = sum(fact.name == "quote" for fact in result.facts)
        shown = [_cited(row) for row in result.data["quotes"]]
        first = shown[0].document
        quotes = tuple(one for one in shown[:quoted] if one.document == first)
        return Given(
            words="\n".join(one.text for one in quotes),
            quotes=quotes,
            beside=tuple(one for one in shown if one not in quotes),
            how=result.data["how"],
            said=result.data["answer"],
            seconds=result.seconds,
        )

    def score(self, question: Question, place: Place) -> Sequence[Scored | None] | None:
        """Scores the shortest reference with the number of its passage, where a model is shown it in one piece."""
        if self._candidate is None:
            return None
        found = retrieve(self._store, question.question, language=question.language, limit=CANDIDATES)
        shown = found[: fitting([one.shown for one in found])]
        passages = [one.shown for one in shown]
        answer = question.answers[0]
        for number, one in enumerate(shown):
            start = one.passage.text.find(answer)
            if one.passage.id in place.passages and start >= 0:
                reference = answer_for([Span(number, start, start + len(answer))], passages)
                return self._candidate.score(prompt_for(question.question, passages), reference)
        return None


def _closed(question: Question) -> list[Message]:
    return [Message("system", _CLOSED), Message("user", question.question)]


def _cited(row: dict[str, Any]) -> Cited:
    text = row["text"] if row["words"] is None else row["words"]
    return Cited(row["document"], row["page"], row["label"], text)
