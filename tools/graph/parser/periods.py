"""Spans of days that lie ahead, or whose year stands behind their end: "next month", "from 1 to 15 May 2025".

With those of `dates.py` they are all the spans that a question may name.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from tools.graph.parser.dates import (
    FINDERS,
    MONTHS,
    UNITS_OF_TIME,
    back,
    day_of,
    month_of,
    months_from,
    ordinal,
    skip,
    whole,
    year_at,
)
from tools.graph.parser.numerals import counted
from tools.graph.parser.readings import Days, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.dates import FoundDays

_NEXT: Final = frozenset(("next", "coming", "upcoming", "prochain", "prochaine", "prochains", "prochaines"))
_THE: Final = frozenset(("the", "les"))
_COMING: Final = (("a", "venir"), ("qui", "viennent"), ("ahead",), ("to", "come"))
_AHEAD: Final = {
    ("tomorrow",): 1, ("demain",): 1, ("day", "after", "tomorrow"): 2, ("apres", "demain"): 2,
}  # fmt: skip
_JOINING: Final = frozenset(("and", "to", "et", "a", "au", "until", "till", "through"))
_OPENING: Final = frozenset(("between", "from", "entre", "du", "de", "le", "the"))
_WEEK: Final = frozenset(("week", "semaine", "wk"))
_HALF: Final = re.compile(r"[hs]([12])\Z")
_TENS: Final = {"fifties": 1950, "sixties": 1960, "seventies": 1970, "eighties": 1980, "nineties": 1990}
_DECADES: Final = {("last", "decade"), ("past", "decade"), ("derniere", "decennie")}
_GOING: Final = frozenset(("going", "go", "looking", "counting", "reaching"))
_TO_TODAY: Final = (
    *(("from", "today"), ("from", "now"), ("up", "to", "today"), ("up", "to", "now"), ("until", "today")),
    *(("before", "today"), ("preceding", "today"), ("leading", "up", "to", "today"), ("to", "today")),
    *(("qui", "precedent", "aujourd", "hui"), ("precedant", "aujourd", "hui"), ("avant", "aujourd", "hui")),
)
_BEGINNING: Final = frozenset(("start", "beginning", "debut"))


def spans(words: Sequence[str], today: date) -> Iterator[Reading]:
    """Yields every span of days in a question's plain words, longest only; a bare month is the last one begun."""
    reached = 0
    for first in range(len(words)):
        found = [found for finder in _ALL if (found := finder(words, first, today)) is not None]
        last, days = max(found, key=lambda pair: pair[0], default=(0, Days(None, None)))
        if last > reached:
            reached = last
            yield Reading(first, last, days)


def _year_behind(words: Sequence[str], first: int, today: date) -> FoundDays:
    """The March of "March to May 2025", the 1 March of "1 March to 15 April 2025": of the year that ends the span."""
    begun = day_of(words, first, today)
    of_day = begun is not None
    begun = begun or (month_of(words, first, today) if words[first] in MONTHS else None)
    if begun is None or begun[0] >= len(words) - 1 or words[begun[0]] not in _JOINING:
        return None
    behind = skip(words, begun[0] + 1)
    ended = day_of(words, behind, today) if of_day else month_of(words, behind, today) if behind < len(words) else None
    if ended is None or ended[1].first is None or begun[1].first is None or not _has_year(words[ended[0] - 1]):
        return None
    if _has_year(words[begun[0] - 1]):
        return None
    year = ended[1].first.year
    year -= (begun[1].first.month, begun[1].first.day) > (ended[1].first.month, ended[1].first.day)
    if of_day:
        found = begun[1].first.replace(year=year)
        return begun[0], Days(found, found)
    return begun[0], months_from(year, begun[1].first.month, 1)


def _has_year(word: str) -> bool:
    return year_at([word], 0)[1] is not None


def _day_before(words: Sequence[str], first: int, today: date) -> FoundDays:
    """The 1 of "from 1 to 15 May 2025": of the month that follows."""
    opened = first > 0 and words[first - 1] in _OPENING
    number = ordinal(words[first])
    if not opened or number is None or first + 2 >= len(words) or words[first + 1] not in _JOINING:
        return None
    ended = day_of(words, skip(words, first + 2), today) if first + 2 < len(words) else None
    if ended is None or ended[1].first is None or not 1 <= number < ended[1].first.day:
        return None
    found = ended[1].first.replace(day=number)
    return first + 1, Days(found, found)


def _week(words: Sequence[str], first: int, today: date) -> FoundDays:
    """Week 12, week 12 of 2025, semaine 12: as they are numbered in ISO 8601."""
    if words[first] not in _WEEK or first + 1 >= len(words) or not re.fullmatch(r"\d{1,2}", words[first + 1]):
        return None
    number = int(words[first + 1])
    end, year = year_at(words, skip(words, first + 2))
    try:
        monday = date.fromisocalendar(year or today.year, number, 1)
    except ValueError:
        return None
    return (first + 2 if year is None else end), Days(monday, monday + timedelta(days=6))


def _half(words: Sequence[str], first: int, _: date) -> FoundDays:
    """H1 2025, S2 2025."""
    match = _HALF.match(words[first])
    end, year = year_at(words, skip(words, first + 1))
    return (end, months_from(year, int(match[1]) * 6 - 5, 6)) if match and year else None


def _decade(words: Sequence[str], first: int, today: date) -> FoundDays:
    """The nineties; the last decade, up to today."""
    if words[first] in _TENS:
        year = _TENS[words[first]]
        return first + 1, Days(date(year, 1, 1), date(year + 9, 12, 31))
    if tuple(words[first : first + 2]) in _DECADES:
        return first + 2, Days(back(today, "year", 10), today)
    return None


def _begun(words: Sequence[str], first: int, today: date) -> FoundDays:
    """The year of "since the start of the year": this one."""
    unit = UNITS_OF_TIME.get(words[first])
    opened = [word for word in words[max(0, first - 3) : first] if word not in {"of", "the", "de", "l", "du", "la"}]
    begun = opened and opened[-1] in _BEGINNING
    return (first + 1, whole(unit, today, 0)) if begun and unit and unit != "day" else None


def _ahead(words: Sequence[str], first: int, today: date) -> FoundDays:
    """Tomorrow; next month, the calendar one; the next 30 days, les deux prochaines semaines: from today on."""
    for phrase, days in _AHEAD.items():
        if tuple(words[first : first + len(phrase)]) == phrase:
            day = today + timedelta(days=days)
            return first + len(phrase), Days(day, day)
    pair = list(words[first : first + 2])
    for word, other in (pair, pair[::-1]) if len(pair) == 2 else ():
        unit = UNITS_OF_TIME.get(other)
        if unit and unit != "day" and word in _NEXT:
            trailing = word in {"coming", "upcoming"} or (word == "next" and words[max(0, first - 1)] == "the")
            return first + 2, Days(today, back(today, unit, -1)) if trailing else whole(unit, today, -1)
    return _next_days(words, first, today)


def _next_days(words: Sequence[str], first: int, today: date) -> FoundDays:
    told = words[first] in _NEXT
    end, number = counted(words, first + told)
    if number is None:
        return None
    if not told and end < len(words) and words[end] in _NEXT:
        told, end = True, end + 1
    unit = UNITS_OF_TIME.get(words[end]) if end < len(words) else None
    if unit is None:
        return None
    after = end + 1
    for phrase in () if told else _COMING:
        if tuple(words[after : after + len(phrase)]) == phrase:
            told, after = True, after + len(phrase)
            break
    return (after, Days(today, back(today, unit, -number))) if told else None


def _back_from(words: Sequence[str], first: int, today: date) -> FoundDays:
    """Going back 150 days from today; the 150 days up to today."""
    going = words[first] in _GOING and words[first + 1 : first + 2] == ["back"]
    end, number = counted(words, first + 2 if going else first)
    unit = UNITS_OF_TIME.get(words[end]) if number is not None and end < len(words) else None
    if number is None or unit is None:
        return None
    for phrase in _TO_TODAY:
        if tuple(words[end + 1 : end + 1 + len(phrase)]) == phrase:
            return end + 1 + len(phrase), Days(back(today, unit, number), today)
    return (end + 1, Days(back(today, unit, number), today)) if going else None


_ALL: Final = (_year_behind, _day_before, *FINDERS, _week, _half, _decade, _begun, _ahead, _back_from)
