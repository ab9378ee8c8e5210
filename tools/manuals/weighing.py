"""Which words of which passage answer: what a tuned model finds likely, weighed with the order of retrieval.

The prompt is read once. Then the model is asked for the likeliest answer of one passage after the other, as long as
the next may outweigh those before. It is held to what may answer there: of a table's row a cell (`cells.py`), of a
warning all, since a warning is never cut short, of any other passage any words. What it gives these words is the
likelihood of that passage; how often the first, the second passage found answers, beside how often it did in training,
is the other factor (M. Saerens, P. Latinne, C. Decaestecker, "Adjusting the outputs of a classifier to new a priori
probabilities", 2002).
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

import msgspec

from tools.manuals.cells import answering, pieces, sought
from tools.manuals.prompt import NOT_FOUND, BadReading, Span, on_one_line, opening, prompt_for, read_answer
from tools.manuals.span_grammar import grammar_among, grammar_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inference.contract import Completion, LanguageModel, Options
    from tools.manuals.cells import Sought
    from tools.manuals.retrieval import Found

_ODDS: Final = (2.7, 0.45, 0.22, 0.12, 0.10)
"""How often the passage of a rank answers, over how often it did in training."""

_UNSEEN: Final = 1e-3
"""Likelihood of words that the model would never write: it may be wrong, and then the rank decides."""

_RIGHT: Final = -2.6
_WEIGHTS: Final = (0.22, -0.29, 0.98, 2.16)
"""Logistic regression of whether an answer is right, over `features`; fitted on the dev questions of `eval assistant`
by `finetuning/assistant/calibration.py`, as the odds were counted."""

_FIRST_TOKENS: Final = 10
"""First tokens of which the probability is asked for: what begins `Not found.` is among them or hardly likely."""

_LEAST_SECONDS: Final = 0.1


class Weighed(msgspec.Struct, frozen=True):
    """An answer of one passage.

    Attributes:
        span: The words.
        rank: How many passages that might answer are before its own.
        likelihood: What the model gives the words, 0 to 1.
        nothing: What it gives to there being no answer in any passage, 0 to 1.
        coverage: Share of the question's words that the passage has.
    """

    span: Span
    rank: int
    likelihood: float
    nothing: float
    coverage: float

    @property
    def weight(self) -> float:
        """Of this answer beside those of other passages, whatever their sum."""
        return _weight(self.rank, self.likelihood)

    @property
    def likely_right(self) -> bool:
        """Whether it is likelier right than wrong."""
        return _RIGHT + sum(weight * one for weight, one in zip(_WEIGHTS, features(self), strict=True)) >= 0


def features(answer: Weighed) -> tuple[float, ...]:
    """Returns what tells a right answer from a wrong one.

    These are the logarithms of what the model gives the words, and gives there being none, the share of the question's
    words that the passage has, and whether it is the first.
    """
    likely, nothing = math.log(answer.likelihood + _UNSEEN), math.log(answer.nothing + _UNSEEN)
    return likely, nothing, answer.coverage, float(answer.rank == 0)


def weigh(model: LanguageModel, question: str, shown: Sequence[Found], options: Options) -> list[Weighed]:
    """Returns an answer of each passage that may answer, the one of most weight first.

    Args:
        model: A model that is tuned to read and can be held to a grammar.
        question: As it was asked.
        shown: The passages, in the order of retrieval.
        options: How it is asked; its seconds are those of all answers together.

    Raises:
        PromptTooLong: If the passages do not fit.
        OutOfTime: If an answer takes too long.
        ServiceUnavailable: If the model does not answer.
    """
    passages = [one.shown for one in shown]
    prompt, asked = prompt_for(question, passages), sought(question)
    options = msgspec.structs.replace(options, probabilities=_FIRST_TOKENS)
    end = time.monotonic() + options.seconds
    answers: list[Weighed] = []
    for rank, (number, one) in enumerate((at, one) for at, one in enumerate(shown, 1) if one.judged.codes):
        if answers and max(answer.weight for answer in answers) >= _most_left(answers, rank):
            break
        seconds = max(end - time.monotonic(), _LEAST_SECONDS)
        held = msgspec.structs.replace(options, grammar=_grammar(number, one, asked), seconds=seconds)
        completion = model.complete(prompt, held)[0]
        try:
            (span,) = read_answer(completion.text, passages)
        except BadReading:  # cut off, or words that begin inside a number
            continue
        likelihood = 0.0 if completion.logprob is None else math.exp(completion.logprob)
        answers.append(Weighed(span, rank, likelihood, _nothing(completion), one.judged.coverage))
    return sorted(answers, key=lambda answer: answer.weight, reverse=True)


def _most_left(answers: Sequence[Weighed], rank: int) -> float:
    """Returns the most weight that the answer of a passage may have yet: likelihoods sum up to 1 at most."""
    left = 1.0 - answers[0].nothing - sum(answer.likelihood for answer in answers)
    return _weight(rank, max(left, 0.0))


def _weight(rank: int, likelihood: float) -> float:
    return _ODDS[rank] * (likelihood + _UNSEEN)


def _grammar(number: int, found: Found, asked: Sought) -> str:
    """Returns the grammar of what may answer in a passage."""
    text = found.passage.text
    match found.passage.kind:
        case "warning":
            return grammar_among(number, [opening(text)])
        case "table":
            spans = [span for cell in answering(text, asked) for span in pieces(text, cell)]
            texts = [on_one_line(text[start:end]) for start, end in spans]
            return grammar_among(number, dict.fromkeys([*texts, opening(text)]))
        case _:
            return grammar_within(number, found.shown)


def _nothing(completion: Completion) -> float:
    """Returns the probability that the model begins to say that nothing was found."""
    return sum(
        one.probability for one in completion.alternatives if one.text.strip() and NOT_FOUND.startswith(one.text)
    )
