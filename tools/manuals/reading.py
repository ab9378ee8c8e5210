"""A language model reads the passages that were found, and points at the words that answer.

It is asked in the format of `prompt.py` and, where it can be held to a grammar, cannot write anything but words of the
passages. One that is tuned to read, and can be held, is asked passage by passage, and its likeliest answer stands where
it is likelier right than wrong (`weighing.py`). Of any other, each line is read by itself; one that is not on the page,
or whose passage lacks a code of the question, is cut. Where nothing is left the reading does not hold, and the caller
answers by extracts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from inference.contract import Options, OutOfTime, PromptTooLong
from plant.errors import BadInput
from tools.manuals.prompt import BadReading, Span, answer_for, fitting, prompt_for, read_answer
from tools.manuals.retrieval import Found
from tools.manuals.span_grammar import grammar_of
from tools.manuals.weighing import weigh

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inference.contract import Completion, LanguageModel

_Read = TypeVar("_Read")

ADAPTER: Final = "manuals"
"""The adapter that is tuned to read; a model that has none of this name reads as it is."""

_MAX_TOKENS: Final = 160
_SECONDS: Final = 20.0
_AS_LIKELY: Final = 0.3
"""How much less a row that says as much may score."""


class Quoted(msgspec.Struct, frozen=True):
    """Words of a passage that answer: `found.passage.text[start:end]`."""

    found: Found
    start: int
    end: int

    @property
    def words(self) -> str:
        """The words, verbatim."""
        return self.found.passage.text[self.start : self.end]

    @property
    def whole(self) -> bool:
        """Whether they are all of the passage."""
        text = self.found.passage.text
        return not (text[: self.start] + text[self.end :]).strip()


class Reading(msgspec.Struct, frozen=True):
    """What a model read.

    Attributes:
        quoted: The words that answer; none where the passages do not tell.
        shown: The passages that it was shown, in that order.
        reply: What holds of its answer, in the format of `prompt.py`.
    """

    quoted: tuple[Quoted, ...]
    shown: tuple[Found, ...]
    reply: str


def read(model: LanguageModel, question: str, found: Sequence[Found]) -> Reading | None:
    """Lets a model read the passages that were found, as many as fit; None where its reading does not hold.

    Args:
        model: The language model.
        question: As it was asked.
        found: What `retrieve` found, at least one.

    Raises:
        ServiceUnavailable: When the model does not answer.
    """
    options = options_for(model)
    way = _weighed if options.adapter and model.grammars else _as_written
    try:
        return as_many_as_fit(found, lambda shown: way(model, question, shown, options))
    except (BadInput, OutOfTime):
        return None  # it did not come to an end of the form, or not in time


def options_for(model: LanguageModel) -> Options:
    """Returns how a model is asked to read; one that is tuned to it, by its adapter."""
    return Options(max_tokens=_MAX_TOKENS, adapter=ADAPTER if ADAPTER in model.adapters else None, seconds=_SECONDS)


def as_many_as_fit(found: Sequence[Found], ask: Callable[[tuple[Found, ...]], _Read]) -> _Read | None:
    """Asks about the passages that were found, the last left out as long as they do not fit the model; None for none.

    Raises:
        MillhandError: As `ask` does.
    """
    shown = tuple(found[: fitting([one.shown for one in found])])
    while shown:
        try:
            return ask(shown)
        except PromptTooLong:
            shown = shown[:-1]
    return None


def _weighed(model: LanguageModel, question: str, shown: tuple[Found, ...], options: Options) -> Reading | None:
    """Returns the likeliest answer of any passage; None where it is likelier wrong than right, or one row of many."""
    answers = weigh(model, question, shown, options)
    if not answers or not answers[0].likely_right or _is_tied(shown[answers[0].span.passage], shown):
        return None
    return reading_of([answers[0].span], shown)


def _is_tied(best: Found, shown: Sequence[Found]) -> bool:
    """Says whether another row of the same table says as much to the question.

    Then what a model picks is as good as drawn at random: of 24 such dev questions it had 2 right. Extracts show all
    such rows, or none.
    """
    return best.passage.kind == "table" and any(
        one is not best
        and (one.passage.kind, one.passage.document, one.passage.section)
        == (best.passage.kind, best.passage.document, best.passage.section)
        and one.judged.codes
        and one.judged.about == best.judged.about
        and one.judged.covers_as_much(best.judged)
        and one.score >= best.score - _AS_LIKELY
        for one in shown
    )


def _as_written(model: LanguageModel, question: str, shown: tuple[Found, ...], options: Options) -> Reading | None:
    """Returns what holds of an answer that the model writes as it likes, or as the grammar of all answers lets it."""
    passages = [one.shown for one in shown]
    held = msgspec.structs.replace(options, grammar=grammar_of(passages) if model.grammars else None)
    return _checked(model.complete(prompt_for(question, passages), held)[0], shown)


def _checked(completion: Completion, shown: tuple[Found, ...]) -> Reading | None:
    """Returns what holds of an answer: its lines that are on the page; None where none is."""
    passages = [one.shown for one in shown]
    lines = [line for line in completion.text.splitlines() if line.strip()]
    if not completion.finished:
        lines = lines[:-1]
    spans: list[Span] = []
    told_not = False
    for line in lines:
        try:
            named = read_answer(line, passages)
        except BadReading:
            continue
        told_not = told_not or not named
        spans += [span for span in named if shown[span.passage].judged.codes]
    return reading_of(spans, shown) if spans or told_not else None


def reading_of(spans: Sequence[Span], shown: tuple[Found, ...]) -> Reading:
    """Returns the reading that some spans of the passages shown are."""
    once = list(dict.fromkeys(spans))
    quoted = tuple(Quoted(shown[span.passage], span.start, span.end) for span in once)
    return Reading(quoted, shown, answer_for(once, [one.shown for one in shown]))
