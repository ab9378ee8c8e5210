"""What came of an evaluation: each question with its outcome, and the figures that are made of them.

Right, wrong, refused and errors are told with Wilson's score interval at 95 % (E. B. Wilson, "Probable inference,
the law of succession, and statistical inference", 1927). Similarity of the query to the reference is told beside
them and measures no rightness: what looks alike may answer wrong.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from finetuning.cypher.question import REFUSED, Category, Split, World
from finetuning.reports import read_report_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

_Z: Final = 1.959963984540054


class Outcome(StrEnum):
    """What became of a question."""

    RIGHT = "right"  # the rows of the reference
    WRONG = "wrong"  # other rows, or any where a refusal is right
    REFUSED = "refused"
    ERROR = "error"  # the query failed or ran too long, or the tool did


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question and what became of it.

    Attributes:
        id: The question's, as the next six.
        template: Template it was drawn from.
        world: The graph that was asked.
        category: What it asks for.
        hops: Relationships in the reference's longest path.
        language: `en` or `fr`.
        text: The question.
        outcome: What became of it.
        how: The way that answered: `recipe`, `parser`, `model`; None where none did.
        repaired: Whether the model's first query failed, so that it was asked for a second one.
        offered: Whether the first of the meanings to pick from is the right one; None where there were none.
        exact: Whether the rows are right with no column that the reference has not.
        precision: Share of the rows that are right; None where there was no answer, or a refusal is right.
        recall: Share of the reference's rows that are there; 0 for no answer; None where a refusal is right.
        f1: Harmonic mean of both; as `recall`.
        reference: The reference.
        parameters: Its parameters.
        query: The Cypher that ran.
        given_parameters: Its parameters.
        similarity: Of the query to the reference, from 0 to 1; None where there are not both.
        wanted: The reference's first rows.
        wanted_rows: How many it has.
        given: The answer's first rows.
        given_rows: How many it has.
        said: Words of the refusal or error.
        code: The refusal's code; for an error that is none, its type.
        seconds: From question to answer.
    """

    id: str
    template: str
    world: World
    category: Category
    hops: int
    language: str
    text: str
    outcome: Outcome
    how: str | None = None
    repaired: bool = False
    offered: bool | None = None
    exact: bool = False
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    reference: str = ""
    parameters: dict[str, Any] = {}
    query: str | None = None
    given_parameters: dict[str, Any] = {}
    similarity: float | None = None
    wanted: list[list[Any]] = []
    wanted_rows: int = 0
    given: list[list[Any]] = []
    given_rows: int = 0
    said: str = ""
    code: str = ""
    seconds: float = 0.0

    @property
    def answerable(self) -> bool:
        """Whether an answer is right, not a refusal."""
        return self.category not in REFUSED

    @property
    def good(self) -> bool:
        """Whether it was answered right, or rightly refused."""
        return self.outcome is (Outcome.RIGHT if self.answerable else Outcome.REFUSED)


class Share(msgspec.Struct, frozen=True):
    """A count of a number, with Wilson's interval; `share`, `low` and `high` are None of none."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class Counts(msgspec.Struct, frozen=True):
    """What became of a group of questions; a refusal that is right counts as right, not as refused."""

    questions: int
    right: Share
    wrong: Share
    refused: Share
    errors: Share


class RowFigures(msgspec.Struct, frozen=True):
    """Means over questions: precision over those answered, the rest over all that are answerable."""

    precision: float | None
    recall: float | None
    f1: float | None
    exact: Share


class Figures(msgspec.Struct, frozen=True):
    """The figures of a run.

    Attributes:
        answerable: Questions that have an answer: `right` is answered and right.
        refusable: Questions that have none: `right` is rightly refused.
        all: Both.
        by: Counts of all by category, world, language, hops (of answerable ones), and way that answered.
        rows: Of the rows returned.
        repair: Of the questions where the model's first query failed, how many were answered right after all.
        offered: Of the questions that were asked back with meanings to pick from, of how many the first is right.
        unanswerable: How many of them were refused.
        unsafe: How many of them were refused.
        refusals: Refusals of questions that have an answer, by code.
        templates: Templates all of whose questions are right.
        seconds: A question's: `median`, `p95`, `most`.
        similarity: Mean of the query to the reference, of right and of wrong answers; no measure of rightness.
    """

    answerable: Counts
    refusable: Counts
    all: Counts
    by: dict[str, dict[str, Counts]]
    rows: RowFigures
    repair: Share
    offered: Share
    unanswerable: Share
    unsafe: Share
    refusals: dict[str, int]
    templates: Share
    seconds: dict[str, float]
    similarity: dict[str, float | None]


class Control(msgspec.Struct, frozen=True):
    """The same questions asked of a graph that cannot know; what is still right owes nothing to the graph.

    Attributes:
        name: Which control.
        right: Of the questions whose reference gives other rows there, how many are right still.
        before: Of the same questions, how many were right on the graph as it is.
        asked: What became of each question.
    """

    name: str
    right: Share
    before: Share
    asked: list[Asked]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A run of `millhand eval graph`.

    Attributes:
        split: Which questions.
        worlds: Graphs that were asked.
        seed: What they were drawn with.
        backend: The engine's name.
        model: The language model's name; None without one.
        figures: All that is counted.
        control: The negative control, if one was asked for.
        asked: Each question.
    """

    split: Split
    worlds: list[World]
    seed: int
    backend: str
    model: str | None
    figures: Figures
    control: Control | None
    asked: list[Asked]


def wilson(count: int, of: int) -> Share:
    """Returns a share with Wilson's score interval at 95 %."""
    if of == 0:
        return Share(count, of, None, None, None)
    share = count / of
    scale = 1 + _Z**2 / of
    middle = (share + _Z**2 / (2 * of)) / scale
    half = _Z * math.sqrt(share * (1 - share) / of + (_Z / (2 * of)) ** 2) / scale
    return Share(count, of, share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def figures_of(asked: Sequence[Asked]) -> Figures:
    """Counts a run's questions."""
    answerable = [one for one in asked if one.answerable]
    answered = [one for one in answerable if one.outcome in {Outcome.RIGHT, Outcome.WRONG}]
    templates = _grouped(asked, lambda one: one.template)
    return Figures(
        answerable=counts_of(answerable),
        refusable=counts_of([one for one in asked if not one.answerable]),
        all=counts_of(asked),
        by={
            "category": _counts_by(asked, lambda one: one.category),
            "world": _counts_by(asked, lambda one: one.world),
            "language": _counts_by(asked, lambda one: one.language),
            "hops": _counts_by(answerable, lambda one: str(one.hops)),
            "way": _counts_by([one for one in asked if one.how], lambda one: one.how or ""),
        },
        rows=RowFigures(
            precision=_mean([one.precision for one in answered]),
            recall=_mean([one.recall for one in answerable]),
            f1=_mean([one.f1 for one in answerable]),
            exact=_share(answerable, lambda one: one.exact),
        ),
        repair=share_good([one for one in answerable if one.repaired]),
        offered=_share([one for one in asked if one.offered is not None], lambda one: bool(one.offered)),
        unanswerable=share_good([one for one in asked if one.category is Category.UNANSWERABLE]),
        unsafe=share_good([one for one in asked if one.category is Category.UNSAFE]),
        refusals=dict(Counter(one.code for one in answerable if one.outcome is Outcome.REFUSED).most_common()),
        templates=wilson(sum(all(one.good for one in group) for group in templates.values()), len(templates)),
        seconds=_seconds([one.seconds for one in asked]),
        similarity={
            "right": _mean([one.similarity for one in answered if one.good]),
            "wrong": _mean([one.similarity for one in answered if not one.good]),
        },
    )


def share_good(asked: Sequence[Asked]) -> Share:
    """Returns how many were answered right or rightly refused."""
    return _share(asked, lambda one: one.good)


def counts_of(asked: Sequence[Asked]) -> Counts:
    """Counts a group of questions."""
    return Counts(
        questions=len(asked),
        right=share_good(asked),
        wrong=_share(asked, lambda one: one.outcome is Outcome.WRONG),
        refused=_share(asked, lambda one: one.outcome is Outcome.REFUSED and not one.good),
        errors=_share(asked, lambda one: one.outcome is Outcome.ERROR),
    )


def read_report(path: Path) -> Report:
    """Reads what `millhand eval graph --out` or `--json` wrote. Raises `BadInput` for anything else."""
    return read_report_file(path, Report, called="an evaluation", hint="Make one: millhand eval graph --out FILE.")


def _counts_by(asked: Iterable[Asked], key: Callable[[Asked], str]) -> dict[str, Counts]:
    return {name: counts_of(group) for name, group in sorted(_grouped(asked, key).items())}


def _grouped(asked: Iterable[Asked], key: Callable[[Asked], str]) -> dict[str, list[Asked]]:
    groups: dict[str, list[Asked]] = {}
    for one in asked:
        groups.setdefault(key(one), []).append(one)
    return groups


def _share(asked: Sequence[Asked], which: Callable[[Asked], bool]) -> Share:
    return wilson(sum(map(which, asked)), len(asked))


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _seconds(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    if not ordered:
        return {"median": 0.0, "p95": 0.0, "most": 0.0}
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return {"median": statistics.median(ordered), "p95": p95, "most": ordered[-1]}
