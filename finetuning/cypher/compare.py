"""Whether two runs over the same questions differ, by McNemar's test in its exact form.

Only the questions that one run has right and the other has not speak about the difference: were the runs alike, each of
them would be as likely to fall to either (Q. McNemar, 1947). A question is right when it was answered right or rightly
refused.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from finetuning.cypher.report import Share, share_good
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.cypher.report import Asked, Report


class Pair(msgspec.Struct, frozen=True):
    """Two runs over the same questions.

    Attributes:
        questions: How many.
        first: Right in the first run.
        second: Right in the second run.
        only_first: Right in the first run alone.
        only_second: Right in the second run alone.
        p: Two-sided probability of a split at least as uneven, were the runs alike; 1 where they never differ.
    """

    questions: int
    first: Share
    second: Share
    only_first: int
    only_second: int
    p: float


class Comparison(msgspec.Struct, frozen=True):
    """All questions, each category, and which questions changed."""

    all: Pair
    by_category: dict[str, Pair]
    lost: list[str]
    gained: list[str]


def compare(first: Report, second: Report) -> Comparison:
    """Compares two reports. Raises `BadInput` when they are not of the same questions."""
    other = {one.id: one for one in second.asked}
    if {(one.id, one.text) for one in first.asked} != {(one.id, one.text) for one in second.asked}:
        common = sum(one.id in other and other[one.id].text == one.text for one in first.asked)
        raise BadInput(
            f"The two reports are not of the same questions: {common} in common, of {len(first.asked)} and"
            f" {len(second.asked)}.",
            hint="Compare runs of the same split, worlds and seed.",
        )
    pairs = [(one, other[one.id]) for one in first.asked]
    categories = sorted({one.category for one in first.asked})
    return Comparison(
        all=_pair(pairs),
        by_category={name: _pair([pair for pair in pairs if pair[0].category is name]) for name in categories},
        lost=[one.id for one, two in pairs if one.good and not two.good],
        gained=[one.id for one, two in pairs if two.good and not one.good],
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Returns the exact two-sided p value: twice the smaller tail of the fair binomial, at most 1."""
    number = only_first + only_second
    tail = sum(math.comb(number, k) for k in range(min(only_first, only_second) + 1))
    return min(1.0, float(2 * tail / 2**number))


def _pair(pairs: Sequence[tuple[Asked, Asked]]) -> Pair:
    only_first = sum(one.good and not two.good for one, two in pairs)
    only_second = sum(two.good and not one.good for one, two in pairs)
    return Pair(
        questions=len(pairs),
        first=share_good([one for one, _ in pairs]),
        second=share_good([two for _, two in pairs]),
        only_first=only_first,
        only_second=only_second,
        p=mcnemar(only_first, only_second),
    )
