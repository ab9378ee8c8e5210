"""Dates as plant historians write them: one format a file, found by looking at all of its dates.

`03/04/2026` alone can be two days; the whole column mostly cannot. What was decided is returned in
words, so that the caller can state it, and a date in another format than the rest is not guessed at.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)

_CLOCK = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*([AaPp][Mm])?\s*([Zz]|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _CLOCK)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _CLOCK)
_SECONDS = re.compile(r"\d{9,10}")
_MILLISECONDS = re.compile(r"\d{12,13}")


class DateOrder(StrEnum):
    """How the dates of a file are written; the value says it to people."""

    YEAR_FIRST = "dates are read year first"
    DAY_FIRST = "dates are read day first"
    MONTH_FIRST = "dates are read month first"
    SECONDS = "times are read as seconds since 1970"
    MILLISECONDS = "times are read as milliseconds since 1970"


@dataclass(frozen=True, slots=True)
class Times:
    """What a column of dates says.

    Attributes:
        values: UTC milliseconds; None where a cell is no date of the file's order.
        order: How the dates are written.
        decided: Whether the dates themselves tell day from month; False where it was chosen by rule.
        zoned: Whether any date names its own offset from UTC.
    """

    values: list[int | None]
    order: DateOrder
    decided: bool
    zoned: bool


def looks_like_date(cell: str) -> bool:
    """Whether a cell is written like a date; plain numbers are not taken for one."""
    return bool(_YEAR_FIRST.fullmatch(cell) or _YEAR_LAST.fullmatch(cell))


def read_times(cells: Sequence[str], zone: tzinfo) -> Times | None:
    """Reads a column of dates; those without an offset are in `zone`. None if no cell is a date.

    The order that most cells have is the file's. Day and month are told apart by any number above
    12; failing that, by which order makes time run forwards; failing that, the day comes first.
    """
    kinds = Counter(kind for kind in map(_kind, cells) if kind is not None)
    if not kinds:
        return None
    order, decided = kinds.most_common(1)[0][0], True
    if order is DateOrder.DAY_FIRST:
        order, decided = _day_or_month([match for match in map(_YEAR_LAST.fullmatch, cells) if match], zone)
    values = [_read(cell, order, zone) for cell in cells]
    return Times(values, order, decided, any(_has_offset(cell) for cell in cells))


def _kind(cell: str) -> DateOrder | None:
    if _YEAR_FIRST.fullmatch(cell):
        return DateOrder.YEAR_FIRST
    if _YEAR_LAST.fullmatch(cell):
        return DateOrder.DAY_FIRST
    if _SECONDS.fullmatch(cell):
        return DateOrder.SECONDS
    return DateOrder.MILLISECONDS if _MILLISECONDS.fullmatch(cell) else None


def _day_or_month(dates: list[re.Match[str]], zone: tzinfo) -> tuple[DateOrder, bool]:
    """Returns the order, and whether the numbers themselves decide it."""
    day_first = sum(int(date[1]) > 12 for date in dates)
    month_first = sum(int(date[2]) > 12 for date in dates)
    if day_first != month_first:
        return (DateOrder.DAY_FIRST if day_first > month_first else DateOrder.MONTH_FIRST), True

    def steps_back(order: DateOrder) -> int:
        times = [_read(date[0], order, zone) or 0 for date in dates]
        return sum(after < before for before, after in pairwise(times))

    forwards = steps_back(DateOrder.DAY_FIRST) - steps_back(DateOrder.MONTH_FIRST)
    return (DateOrder.MONTH_FIRST if forwards > 0 else DateOrder.DAY_FIRST), forwards != 0


def _has_offset(cell: str) -> bool:
    match = _YEAR_FIRST.fullmatch(cell) or _YEAR_LAST.fullmatch(cell)
    return bool(match and match[9])


def _read(cell: str, order: DateOrder, zone: tzinfo) -> int | None:
    if _kind(cell) is not (DateOrder.DAY_FIRST if order is DateOrder.MONTH_FIRST else order):
        return None
    if order is DateOrder.SECONDS:
        return int(cell) * 1_000
    if order is DateOrder.MILLISECONDS:
        return int(cell)
    match = (_YEAR_FIRST if order is DateOrder.YEAR_FIRST else _YEAR_LAST).fullmatch(cell)
    assert match is not None  # `_kind` has matched it
    first, second, third = int(match[1]), int(match[2]), int(match[3])
    if order is DateOrder.YEAR_FIRST:
        year, month, day = first, second, third
    elif order is DateOrder.MONTH_FIRST:
        year, month, day = third, first, second
    else:
        year, month, day = third, second, first
    return _to_ms(year if year > 99 else 2000 + year, month, day, match, zone)


def _to_ms(year: int, month: int, day: int, match: re.Match[str], zone: tzinfo) -> int | None:
    hour, minute, second = (int(match[group] or 0) for group in (4, 5, 6))
    if match[8]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[8].upper() == "PM" else 0)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_offset(match[9]) or zone)
    except ValueError:  # 31 February
        return None
    ms = (moment - _EPOCH) // _MS + int((match[7] or "0").ljust(3, "0")[:3])
    return ms if ms >= 0 else None


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in {"Z", "z"}:
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
