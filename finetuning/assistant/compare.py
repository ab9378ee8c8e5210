"""Whether two ways over the same questions differ, within a report or between two, by McNemar's test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finetuning.cypher.compare import Comparison, Pair, mcnemar
from finetuning.cypher.report import wilson
from plant.errors import BadInput, UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.assistant.report import Answer, Report, WayReport


def compare(first: Report, second: Report, way: str, other: str) -> Comparison:
    """Compares a way of one report with a way of another, or of the same; the categories are kinds of questions.

    Raises:
        BadInput: If the reports are not of the same questions.
        UsageError: If a report has no such way.
    """
    if [one.question for one in first.asked] != [one.question for one in second.asked]:
        raise BadInput(
            f"The two reports are not of the same questions: {len(first.asked)} and {len(second.asked)}.",
            hint="Compare runs of the same split and limit.",
        )
    answers = list(zip(_way(first, way).answers, _way(second, other).answers, strict=True))
    kinds = [one.question.kind for one in first.asked]
    return Comparison(
        all=_pair(answers),
        by_category={
            str(kind): _pair([pair for pair, of in zip(answers, kinds, strict=True) if of is kind])
            for kind in sorted(set(kinds))
        },
        lost=[one.id for one, two in answers if one.good and not two.good],
        gained=[one.id for one, two in answers if two.good and not one.good],
    )


def _way(report: Report, name: str) -> WayReport:
    found = report.way(name)
    if found is None:
        there = [way.name for way in report.ways]
        raise UsageError(
            f"The report has no way {name!r}.", hint=did_you_mean(name, there) or f"It has {', '.join(there)}."
        )
    return found


def _pair(answers: Sequence[tuple[Answer, Answer]]) -> Pair:
    only_first = sum(one.good and not two.good for one, two in answers)
    only_second = sum(two.good and not one.good for one, two in answers)
    return Pair(
        questions=len(answers),
        first=wilson(sum(one.good for one, _ in answers), len(answers)),
        second=wilson(sum(two.good for _, two in answers), len(answers)),
        only_first=only_first,
        only_second=only_second,
        p=mcnemar(only_first, only_second),
    )
