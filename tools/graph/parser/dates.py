"""Days in a question, English and French: "in March 2025", "le mois dernier", "the last 30 days"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from tools.graph.parser.numerals import counted
from tools.graph.parser.readings import Days

if TYPE_CHECKING:
    from collections.abc import Sequence

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier janv",
            "february feb fevrier fevr fev",
            "march mar mars",
            "april apr avril avr",
            "may mai",
            "june jun juin",
            "july jul juillet juil",
            "august aug aout",
            "september sept sep septembre",
            "october oct octobre",
            "november nov novembre",
            "december dec decembre",
        ),
        start=1,
    )
    for name in names.split()
}
UNITS_OF_TIME: Final = {
    word: unit
    for unit, words in {
        "day": "day days jour jours",
        "week": "week weeks semaine semaines",
        "month": "month months mois",
        "quarter": "quarter quarters trimestre trimestres",
        "year": "year years an ans annee annees",
    }.items()
    for word in words.split()
}
_LAST: Final = frozenset(
    ("last", "past", "previous", "dernier", "derniere", "derniers", "dernieres", "passe", "passee")
)
_THIS: Final = frozenset(("this", "current", "ce", "cet", "cette"))
_FILL: Final = frozenset(("of", "de", "d", "du", "the", "l", "le", "la", "en", "in", "an", "annee"))
_THESE: Final = frozenset(("these", "ces"))
_MANY: Final = {"quarter": 3, "month": 1, "year": 12}
_PARTS_OF_YEAR: Final = {"quarter": 3, "trimestre": 3, "half": 6, "semestre": 6}
_DAY_WORDS: Final = {
    ("today",): 0, ("aujourd", "hui"): 0, ("ce", "jour"): 0, ("yesterday",): 1, ("hier",): 1,
    ("day", "before", "yesterday"): 2, ("avant", "hier"): 2,
}  # fmt: skip
_COUNTED: Final = {
    "first": 1, "premier": 1, "1st": 1, "1er": 1, "second": 2, "deuxieme": 2, "2nd": 2, "2e": 2, "2eme": 2,
    "third": 3, "troisieme": 3, "3rd": 3, "3e": 3, "3eme": 3, "fourth": 4, "quatrieme": 4, "4th": 4, "4e": 4, "4eme": 4,
}  # fmt: skip
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?\Z")
_DECADE: Final = re.compile(r"(?:(\d{3}0)|(\d0))s\Z")
_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:t.*)?\Z")
_EUROPEAN: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z")
_ISO_MONTH: Final = re.compile(r"(\d{4})[-/](\d{1,2})\Z|(\d{1,2})/(\d{4})\Z")
_QUARTER: Final = re.compile(r"[qt]([1-4])\Z")
YEARS: Final = range(1800, 2200)
"""Numbers of four digits that are read as years."""


FoundDays = tuple[int, Days] | None


def day_of(words: Sequence[str], first: int, today: date) -> FoundDays:
    """2025-03-01, 01/03/2025 (day first), 1 March 2025, March 1st 2025, 1er mars."""
    if match := _ISO.match(words[first]):
        return _span_of(first + 1, int(match[1]), int(match[2]), int(match[3]))
    if match := _EUROPEAN.match(words[first]):
        return _span_of(first + 1, int(match[3]), int(match[2]), int(match[1]))
    for day_first in (True, False):
        at = first
        day: int | None = None
        month: int | None = None
        for part in ("day", "month") if day_first else ("month", "day"):
            at = skip(words, at) if at > first else at
            if at >= len(words):
                break
            if part == "day" and (ordinal := _ORDINAL.match(words[at])):
                day, at = int(ordinal[1]), at + 1
            elif part == "month" and words[at] in MONTHS:
                month, at = MONTHS[words[at]], at + 1
            else:
                break
        if day is not None and month is not None:
            end, year = year_at(words, skip(words, at))
            if year is None:
                return _span_of(
                    at, today.year if (month, day) <= (today.month, today.day) else today.year - 1, month, day
                )
            return _span_of(end, year, month, day)
    return None


def month_of(words: Sequence[str], first: int, today: date) -> FoundDays:
    """March 2025, mars 2025, 2025-03, 03/2025, March."""
    if match := _ISO_MONTH.match(words[first]):
        month = int(match[2] or match[3])
        return (first + 1, months_from(int(match[1] or match[4]), month, 1)) if 1 <= month <= 12 else None
    named = MONTHS.get(words[first])
    if named is None:
        return None
    end, year = year_at(words, skip(words, first + 1))
    if year is not None:
        return end, months_from(year, named, 1)
    if len(words[first]) < len("mars") or words[first] in {"sept", "janv", "fevr", "juil"}:
        return None
    return first + 1, months_from(today.year if named <= today.month else today.year - 1, named, 1)


def _quarter(words: Sequence[str], first: int, today: date) -> FoundDays:
    """Q1 2025, T1 2025, first quarter of 2025, premier semestre 2025."""
    at, months = first + 1, 3
    if match := _QUARTER.match(words[first]):
        number = int(match[1])
    elif words[first] in _COUNTED and at < len(words) and words[at] in _PARTS_OF_YEAR:
        number, months, at = _COUNTED[words[first]], _PARTS_OF_YEAR[words[at]], at + 1
    else:
        return None
    end, year = year_at(words, skip(words, at))
    if number * months > 12:
        return None
    return (at if year is None else end), months_from(year or today.year, (number - 1) * months + 1, months)


def _decade(words: Sequence[str], first: int, today: date) -> FoundDays:
    """1990s, the 90s, annees 1990, annees 90."""
    if match := _DECADE.match(words[first]):
        at, text = first + 1, match[1] or match[2]
    elif words[first] == "annees" and first + 1 < len(words) and re.fullmatch(r"(\d\d)?\d0", words[first + 1]):
        at, text = first + 2, words[first + 1]
    else:
        return None
    year = int(text)
    if year < 100:
        year += 2000 if 2000 + year <= today.year else 1900
    return at, Days(date(year, 1, 1), date(year + 9, 12, 31))


def _year(words: Sequence[str], first: int, _: date) -> FoundDays:
    """2025, the year 2025, l'annee 2025."""
    at = first + (words[first] in {"year", "annee"})
    end, year = year_at(words, at)
    return None if year is None else (end, months_from(year, 1, 12))


def _named_day(words: Sequence[str], first: int, today: date) -> FoundDays:
    for phrase, ago in _DAY_WORDS.items():
        if tuple(words[first : first + len(phrase)]) == phrase:
            day = today - timedelta(days=ago)
            return first + len(phrase), Days(day, day)
    return None


def _last_or_this(words: Sequence[str], first: int, today: date) -> FoundDays:
    """Last month, le mois dernier, this year, cette annee; but "the last month" and "the past year" end today."""
    pair = list(words[first : first + 2])
    if len(pair) < 2:
        return None
    for word, other in (pair, pair[::-1]):
        unit = UNITS_OF_TIME.get(other)
        if unit and word in _LAST and unit != "day":
            trailing = word == "past" or (word == "last" and list(words[max(0, first - 1) : first]) == ["the"])
            return first + 2, Days(back(today, unit, 1), today) if trailing else whole(unit, today, 1)
    unit = UNITS_OF_TIME.get(pair[1])
    return (first + 2, whole(unit, today, 0)) if pair[0] in _THIS and unit and unit != "day" else None


def _trailing(words: Sequence[str], first: int, today: date) -> FoundDays:
    """The last 30 days, les 30 derniers jours, les deux dernieres annees: up to today."""
    at = first + (words[first] in _THESE and first + 1 < len(words))
    seen_last = words[at] in _LAST
    end, number = counted(words, at + seen_last)
    if number is None:
        return None
    if not seen_last:
        seen_last = end < len(words) and words[end] in _LAST
        end += seen_last
    unit = UNITS_OF_TIME.get(words[end]) if seen_last and end < len(words) else None
    return (end + 1, Days(back(today, unit, number), today)) if unit else None


def _ago(words: Sequence[str], first: int, today: date) -> FoundDays:
    """Two weeks ago, il y a deux semaines."""
    french = list(words[first : first + 3]) == ["il", "y", "a"]
    end, number = counted(words, first + 3 if french else first)
    if number is None or end >= len(words) or words[end] not in UNITS_OF_TIME:
        return None
    day = back(today, UNITS_OF_TIME[words[end]], number)
    if french:
        return end + 1, Days(day, day)
    return (end + 2, Days(day, day)) if list(words[end + 1 : end + 2]) == ["ago"] else None


def year_at(words: Sequence[str], at: int) -> tuple[int, int | None]:
    """Returns the end and the value of a year that stands at a word; None for none."""
    if at < len(words) and words[at].isdigit() and len(words[at]) == 4 and int(words[at]) in YEARS:
        return at + 1, int(words[at])
    return at, None


def skip(words: Sequence[str], at: int) -> int:
    """Returns the place behind the words that say nothing within a span: "of the"."""
    while at < len(words) and words[at] in _FILL:
        at += 1
    return at


def ordinal(word: str) -> int | None:
    """Returns the day that a word may count: 1, 1st, 1er; None for another word."""
    match = _ORDINAL.match(word)
    return int(match[1]) if match else None


def _span_of(end: int, year: int, month: int, day: int) -> FoundDays:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return end, Days(found, found)


def months_from(year: int, month: int, count: int) -> Days:
    """Returns so many months of a year, from one on."""
    last = month + count - 1
    return Days(date(year, month, 1), date(year, last, monthrange(year, last)[1]))


def whole(unit: str, today: date, ago: int) -> Days:
    """Returns the week, month, quarter or year of today, or the one before; one not ended ends all the same."""
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * ago)
        return Days(monday, monday + timedelta(days=6))
    size = _MANY[unit]
    begun = today.year * 12 + (today.month - 1) // size * size - ago * size
    return months_from(begun // 12, begun % 12 + 1, size)


def back(today: date, unit: str, number: int) -> date:
    """Returns the day so many units before today."""
    try:
        if unit in _MANY:
            months = today.year * 12 + today.month - 1 - number * _MANY[unit]
            year, month = months // 12, months % 12 + 1
            return date(year, month, min(today.day, monthrange(year, month)[1]))
        return today - timedelta(days=number * (7 if unit == "week" else 1))
    except (ValueError, OverflowError):
        return date.min


FINDERS: Final = (day_of, month_of, _quarter, _decade, _year, _named_day, _last_or_this, _trailing, _ago)
"""Each finds the span that begins at a word, and where it ends; `periods.py` has more, and puts them together."""
