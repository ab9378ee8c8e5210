"""How long ago: "more than ten years ago", "older than 15 years", "depuis plus d'un mois"."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tools.graph.parser.dates import UNITS_OF_TIME, back
from tools.graph.parser.numerals import counted
from tools.graph.parser.readings import Aged, Days, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

_MORE: Final = ("more than", "over", "at least", "a plus de", "plus de", "plus d", "au moins", "above", "upwards of")
_LESS: Final = ("less than", "under", "fewer than", "moins de", "moins d", "not more than", "no more than", "au plus")
_OLDER: Final = (
    "older than",
    "plus vieux que",
    "plus vieille que",
    "plus vieilles que",
    "plus ages que",
    "plus age que",
)
_YOUNGER: Final = ("younger than", "newer than", "plus jeune que", "plus jeunes que", "plus recent que")
_DEGREES: Final = tuple(
    (tuple(phrase.split()), more, old)
    for phrases, more, old in (
        (_MORE, True, False),
        (_LESS, False, False),
        (_OLDER, True, True),
        (_YOUNGER, False, True),
    )
    for phrase in phrases
)
_AGO: Final = ("il", "y", "a")
_AGED: Final = frozenset(("ont", "a", "de", "d", "age", "agee", "ages", "agees", "vieux", "vieille", "ayant"))
_SAID_OF_AGE: Final = frozenset(("age", "agee", "ages", "agees", "vieux", "vieille", "vieilles"))
_OF_AGE: Final = frozenset(("old", "of age", "d age", "d anciennete"))
_FOR: Final = frozenset(("for", "depuis", "in", "since"))
_OLDEST: Final = 120
"""A number above it is no age in years."""


def ages(words: Sequence[str], today: date) -> Iterator[Reading]:
    """Yields what says how long ago something began.

    Args:
        words: Plain words.
        today: What is counted from.
    """
    for first in range(len(words)):
        for phrase, more, old in _DEGREES:
            if tuple(words[first : first + len(phrase)]) == phrase:
                yield from _since(words, first, first + len(phrase), today, more=more, old=old)
        if words[first] in _FOR:
            yield from _plain(words, first, today)


def _since(words: Sequence[str], first: int, behind: int, today: date, *, more: bool, old: bool) -> Iterator[Reading]:
    """Yields what a comparison that ends before a number is of."""
    end, number = _number(words, behind)
    if number is None:
        return
    unit = UNITS_OF_TIME.get(words[end]) if end < len(words) else None
    if unit is None:
        if old and number <= _OLDEST:
            yield Reading(first, end, _aged(back(today, "year", number), more=more))
        return
    day = back(today, unit, number)
    at = end + 1
    if tuple(words[max(0, first - 3) : first]) == _AGO:
        yield Reading(first - 3, at, _days(day, today, more=more))
    elif words[at : at + 1] == ["ago"]:
        yield Reading(first, at + 1, _days(day, today, more=more))
    elif first > 0 and words[first - 1] in _FOR:
        yield Reading(
            first - 1, at, Aged(None, day - timedelta(days=1), lasting=True) if more else Aged(day, None, lasting=True)
        )
    elif (tail := next((n for n in (1, 2) if " ".join(words[at : at + n]) in _OF_AGE), 0)) or old:
        yield Reading(first, at + tail, _aged(day, more=more))
    elif unit == "year" and first > 0 and words[first - 1] in _AGED and words[end] in {"an", "ans"}:
        begun = first - (words[first - 1] in {"de", "d"})
        begun -= begun < first and words[max(0, begun - 1)] in _SAID_OF_AGE
        yield Reading(begun, at, _aged(day, more=more))


def _number(words: Sequence[str], at: int) -> tuple[int, int | None]:
    """Returns the end and the value of a number; "a" year is one."""
    return (at + 1, 1) if words[at : at + 1] in (["a"], ["an"]) else counted(words, at)


def _plain(words: Sequence[str], first: int, today: date) -> Iterator[Reading]:
    """Yields what lasts "for two years"."""
    end, number = _number(words, first + 1)
    unit = UNITS_OF_TIME.get(words[end]) if number is not None and end < len(words) else None
    if number is not None and unit is not None and words[first] != "since":
        yield Reading(first, end + 1, Aged(None, back(today, unit, number), lasting=True))


def _days(day: date, today: date, *, more: bool) -> Days:
    return Days(None, day - timedelta(days=1)) if more else Days(day + timedelta(days=1), today)


def _aged(day: date, *, more: bool) -> Aged:
    return Aged(None, day - timedelta(days=1)) if more else Aged(day + timedelta(days=1), None)
