"""What came of an evaluation of the assistant: each answer of each way, and the figures that are made of them.

| figure | what it is | of |
|---|---|---|
| `right` | exact or number match | answerable questions |
| `exact` | the words are those of a reference: `matching.exact_match` | answerable questions |
| `number` | the numbers are those of a reference: `matching.number_match` | those whose reference has a number |
| `f1` | mean word F1 against the nearest reference, 0 where nothing was answered | answerable questions |
| `bleu`, `rouge_l` | likeness to the references: `similarity.py` | answerable questions |
| `page` | the page cited first is one that has the quote | answerable questions that were answered with a page |
| `contained` | what is quoted from such a page has a reference in it, among whatever else | answerable questions |
| `grounded` | every number shown, the page's warnings and other manuals too, is on the page cited with it | answers |
| `off_page` | how many numbers are not | answers |
| `answered` | there was an answer, right or wrong | answerable questions |
| `abstained` | there was none (recall of abstention) | unanswerable questions |
| `rightly_abstained` | the question was unanswerable (precision of abstention) | questions without an answer |
| `good` | right, or rightly abstained | all questions |
| `by_model` | the model's words were shown, not extracts | answers |
| `perplexity` | e to the mean negative log-likelihood of a reference's token, the shortest one's | see `scored` |
| `scored` | the model can tell, and with retrieval its passage was shown | answerable questions |
| `seconds` | from question to answer: `median`, `p95`, `most` | all questions |

A share has Wilson's interval at 95 %; a mean that of the percentile bootstrap (B. Efron, 1979; 1,000 draws, seeded).
Both take questions to be independent; those on one manual are less so, and the intervals are that much too narrow.
"""

from __future__ import annotations

import math
import random
import statistics
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import msgspec

from finetuning.assistant.questions import Question, Split
from finetuning.assistant.similarity import Likeness, likeness
from finetuning.assistant.ways import Cited
from finetuning.cypher.compare import mcnemar
from finetuning.cypher.report import Outcome, Share, wilson
from finetuning.reports import read_report_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

WORST: Final = 20
DEPTHS: Final = (1, 3, 5, 10, 40)
"""Where recall of retrieval is told; 40 is all that is judged."""

_T = TypeVar("_T")
_DRAWS: Final = 1_000
_P95: Final = 0.95


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question, and how retrieval did on it.

    Attributes:
        question: As it stands in its file.
        document: Name of its manual in the store.
        page: Physical page that has the quote, from 1; None if unanswerable, as the next three.
        label: As printed.
        rank: Rank of the first passage with the quote, from 1; None where it is not among those judged.
        shown: Whether a model would be shown it.
    """

    question: Question
    document: str
    page: int | None = None
    label: str | None = None
    rank: int | None = None
    shown: bool | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a way gave to a question, judged; the last five measures are None or empty where there is nothing to judge.

    Attributes:
        id: The question's.
        outcome: `right`, `wrong`, `refused`; a refusal that is right is `refused` too.
        good: Answered right, or rightly refused.
        words: The words that are to answer.
        quotes: The same with their pages.
        how: `model`, `extracts`, or empty.
        said: Words of the refusal, or all that was said.
        seconds: From question to answer.
        off_page: Numbers that are shown and not on the page cited with them.
        exact: See the module's docstring, as the next four.
        number: None where the reference has no number.
        f1: None if unanswerable.
        page: None where there is no answer, no page, or no right one.
        contained: None if unanswerable.
        nll: Negative log-likelihood of the reference's tokens, in nats; None where it is not told.
        tokens: How many they are.
    """

    id: str
    outcome: Outcome
    good: bool
    words: str
    quotes: tuple[Cited, ...] = ()
    how: str = ""
    said: str = ""
    seconds: float = 0.0
    off_page: tuple[str, ...] = ()
    exact: bool = False
    number: bool | None = None
    f1: float | None = None
    page: bool | None = None
    contained: bool | None = None
    nll: float | None = None
    tokens: int = 0


class Mean(msgspec.Struct, frozen=True):
    """A mean with the bootstrap's interval; None of none."""

    mean: float | None
    low: float | None
    high: float | None


class Group(msgspec.Struct, frozen=True):
    """Figures of some questions; see the module's docstring."""

    questions: int
    good: Share
    right: Share
    answered: Share
    page: Share
    contained: Share
    abstained: Share


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a way; see the module's docstring. `by` has groups by language, kind and manual."""

    all: Group
    exact: Share
    number: Share
    f1: Mean
    likeness: Likeness
    grounded: Share
    off_page: int
    rightly_abstained: Share
    by_model: Share
    perplexity: float | None
    scored: Share
    seconds: dict[str, float]
    by: dict[str, dict[str, Group]]


class WayReport(msgspec.Struct, frozen=True, kw_only=True):
    """A way.

    Attributes:
        name: `base`, `tuned+retrieval`, `extracts` ...
        model: The model's own name; None without one.
        bytes: Size of its files; None where they are not here.
        figures: All that is counted.
        answers: One for each question, in their order.
        worst: Ids of the worst answers, the worst first.
    """

    name: str
    model: str | None
    bytes: int | None
    figures: Figures
    answers: list[Answer]
    worst: list[str]


class Paired(msgspec.Struct, frozen=True):
    """Two ways on the same questions: how many the one alone has good, and McNemar's p (exact, two-sided).

    `measure` is `good`, or `contained`: then an answerable question is good where a reference is in what is quoted.
    """

    first: str
    second: str
    measure: str
    questions: int
    only_first: int
    only_second: int
    p: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A run of `millhand eval assistant`.

    Attributes:
        evaluation: `assistant`: what tells it from other reports.
        split: Which questions.
        manuals: Names of the manuals in the store.
        asked: The questions.
        recall: Recall of retrieval by depth: share of answerable questions whose passage is that high.
        shown: Share of answerable questions whose passage a model is shown.
        ways: The ways.
        paired: Each way with retrieval against extracts, and tuned against base.
        left_out: Ways that could not be measured, with the reason, a sentence each.
    """

    evaluation: Literal["assistant"]
    split: Split
    manuals: list[str]
    asked: list[Asked]
    recall: dict[str, Share]
    shown: Share
    ways: list[WayReport]
    paired: list[Paired]
    left_out: list[str]

    def way(self, name: str) -> WayReport | None:
        """Returns a way by its name."""
        return next((way for way in self.ways if way.name == name), None)


def figures_of(asked: Sequence[Asked], answers: Sequence[Answer]) -> Figures:
    """Counts the answers of a way, one for each question in their order."""
    pairs = list(zip(asked, answers, strict=True))
    answerable = [(one, answer) for one, answer in pairs if one.question.answerable]
    given = [answer for answer in answers if answer.words]
    scored = [answer for _, answer in answerable if answer.nll is not None]
    tokens = sum(answer.tokens for answer in scored)
    return Figures(
        all=group_of(pairs),
        exact=_share(answerable, lambda pair: pair[1].exact),
        number=_share([pair for pair in answerable if pair[1].number is not None], lambda pair: bool(pair[1].number)),
        f1=mean_of([answer.f1 or 0.0 for _, answer in answerable]),
        likeness=likeness([(answer.words, one.question.answers) for one, answer in answerable]),
        grounded=_share(given, lambda answer: not answer.off_page),
        off_page=sum(len(answer.off_page) for answer in given),
        rightly_abstained=_share(
            [pair for pair in pairs if not pair[1].words], lambda pair: not pair[0].question.answerable
        ),
        by_model=_share(given, lambda answer: answer.how == "model"),
        perplexity=math.exp(math.fsum(answer.nll or 0.0 for answer in scored) / tokens) if tokens else None,
        scored=wilson(len(scored), len(answerable)),
        seconds=_seconds([answer.seconds for answer in answers]),
        by={
            "language": _groups(pairs, lambda one: one.question.language),
            "kind": _groups(pairs, lambda one: one.question.kind),
            "manual": _groups(pairs, lambda one: one.question.manual),
        },
    )


def group_of(pairs: Sequence[tuple[Asked, Answer]]) -> Group:
    """Counts some questions with their answers."""
    answerable = [answer for one, answer in pairs if one.question.answerable]
    return Group(
        questions=len(pairs),
        good=_share(pairs, lambda pair: pair[1].good),
        right=_share(answerable, lambda answer: answer.outcome is Outcome.RIGHT),
        answered=_share(answerable, lambda answer: bool(answer.words)),
        page=_share([answer for answer in answerable if answer.page is not None], lambda answer: bool(answer.page)),
        contained=_share(answerable, lambda answer: bool(answer.contained)),
        abstained=_share(
            [answer for one, answer in pairs if not one.question.answerable], lambda answer: not answer.words
        ),
    )


def recall_of(asked: Sequence[Asked]) -> dict[str, Share]:
    """Returns the recall of retrieval by depth."""
    ranks = [one.rank for one in asked if one.question.answerable]
    return {
        str(depth): wilson(sum(rank is not None and rank <= depth for rank in ranks), len(ranks)) for depth in DEPTHS
    }


def shown_of(asked: Sequence[Asked]) -> Share:
    """Returns of how many answerable questions a model is shown the passage that answers."""
    return _share([one for one in asked if one.question.answerable], lambda one: bool(one.shown))


def worst_of(asked: Sequence[Asked], answers: Sequence[Answer]) -> list[str]:
    """Returns the ids of the worst answers: what misleads most stands first.

    Numbers that are not on the page; an answer to what no manual says; words from a wrong page; wrong words of the
    right page; no answer though the passage was found; no answer. Of equals, the less alike to the reference.
    """
    bad = [(one, answer) for one, answer in zip(asked, answers, strict=True) if not answer.good or answer.off_page]
    bad.sort(key=lambda pair: (_misleads(*pair), pair[1].f1 or 0.0, pair[1].id))
    return [answer.id for _, answer in bad[:WORST]]


def paired(first: WayReport, second: WayReport, measure: str) -> Paired:
    """Compares two ways on the same questions."""
    pairs = [
        (_is_good(one, measure), _is_good(two, measure)) for one, two in zip(first.answers, second.answers, strict=True)
    ]
    only_first, only_second = sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs)
    return Paired(
        first.name, second.name, measure, len(pairs), only_first, only_second, mcnemar(only_first, only_second)
    )


def mean_of(values: Sequence[float], seed: int = 0) -> Mean:
    """Returns a mean with the interval of the percentile bootstrap at 95 %."""
    if not values:
        return Mean(None, None, None)
    draw = random.Random(seed)  # noqa: S311 (a draw, not a secret)
    means = sorted(statistics.fmean(draw.choices(values, k=len(values))) for _ in range(_DRAWS))
    return Mean(statistics.fmean(values), means[int(0.025 * _DRAWS)], means[int(0.975 * _DRAWS) - 1])


class _Kind(msgspec.Struct):
    evaluation: str = ""


def is_report(path: Path) -> bool:
    """Says whether a file is a report of the assistant, by its key; False where it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kind).evaluation == "assistant"
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return False


def read_report(path: Path) -> Report:
    """Reads what `millhand eval assistant --out` wrote. Raises `BadInput` for anything else."""
    return read_report_file(
        path,
        Report,
        called="an evaluation of the assistant",
        hint="Make one: millhand eval assistant --out FILE.json.",
    )


def _is_good(answer: Answer, measure: str) -> bool:
    return answer.good if measure == "good" or answer.contained is None else answer.contained


def _misleads(one: Asked, answer: Answer) -> int:
    checks = (
        bool(answer.off_page),
        bool(answer.words) and not one.question.answerable,
        bool(answer.words) and not answer.page,
        bool(answer.words),
        bool(one.shown),
    )
    return checks.index(True) if any(checks) else len(checks)


def _groups(pairs: Sequence[tuple[Asked, Answer]], key: Callable[[Asked], str]) -> dict[str, Group]:
    groups: dict[str, list[tuple[Asked, Answer]]] = {}
    for pair in pairs:
        groups.setdefault(str(key(pair[0])), []).append(pair)
    return {name: group_of(group) for name, group in sorted(groups.items())}


def _share(items: Sequence[_T], which: Callable[[_T], bool]) -> Share:
    return wilson(sum(map(which, items)), len(items))


def _seconds(seconds: Iterable[float]) -> dict[str, float]:
    ordered = sorted(seconds) or [0.0]
    return {
        "median": statistics.median(ordered),
        "p95": ordered[math.ceil(_P95 * len(ordered)) - 1],
        "most": ordered[-1],
    }
