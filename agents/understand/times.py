"""Times and horizons in words, English and French: "since 8:00", "hier", "sur 1 heure", "until tonight".

The clock and the plant's zone are given. A span lies in the past and ends at the latest now; a
horizon begins now. Words that name a part of a day mean, in the plant's zone: night 22:00 to
06:00, morning from 06:00, afternoon from 12:00, evening from 18:00; "until tonight" and "d'ici ce
soir" end at 22:00, "until the morning" at 06:00, "until tomorrow" at the next midnight, and
"tomorrow" alone is until the midnight that ends it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from plant.time import DAY, HOUR, MINUTE, SECOND

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "twenty": 20, "half an": 0.5, "half a": 0.5, "couple of": 2, "a couple of": 2,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "douze": 12, "vingt": 20, "une demi": 0.5, "demi": 0.5,
}  # fmt: skip
_UNITS = {
    "s": SECOND, "sec": SECOND, "second": SECOND, "seconde": SECOND, "m": MINUTE, "mn": MINUTE, "min": MINUTE,
    "minute": MINUTE, "h": HOUR, "hr": HOUR, "hour": HOUR, "heure": HOUR, "d": DAY, "j": DAY, "day": DAY, "jour": DAY,
    "week": 7 * DAY, "semaine": 7 * DAY, "month": 30 * DAY, "mois": 30 * DAY, "year": 365 * DAY, "an": 365 * DAY,
    "annee": 365 * DAY,
}  # fmt: skip

_WORDS = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_NUMBER = rf"(?P<n>-?\d+(?:[.,]\d+)?|(?:{_WORDS})(?=[ -]))"
_UNIT = (
    r"(?P<u>"
    + "|".join(sorted(_UNITS, key=len, reverse=True))
    + r")s?(?:(?P<rest>\d{1,2})|\s(?P<more>\d{1,2})\s?(?:min|mn))?"
)
_LENGTH = rf"{_NUMBER}[ -]?{_UNIT}(?![\w])"
_BARE_LENGTH = rf"(?:(?P<n0>-?\d+)[ -]?)?{_UNIT}(?![\w])"
_CLOCK = (
    r"(?P<h>[01]?\d|2[0-4])(?: ?[:h] ?(?P<m>[0-5]\d)| ?h(?:eures?)?| ?o'?clock)?(?: ?(?P<ap>am|pm))?(?!\w|:\d|[.,]\d)"
)
_FRENCH_CLOCK = r"(?=\d{1,2} ?h(?:\d\d)?(?!\w))"  # "8h" is a clock, "8 heures" a length
_DATE = r"(?P<y>\d{4})-(?P<mo>\d{1,2})-(?P<d>\d{1,2})"


class TimeMention(NamedTuple):
    """A place in a question that names a time.

    Attributes:
        start: Where it begins in the text.
        end: One past its end.
        since: Beginning of a span, UTC milliseconds; None for a horizon.
        until: End of a span, None for now; for a horizon, how far it goes is `until - now`.
    """

    start: int
    end: int
    since: int | None
    until: int | None


class _Clock(NamedTuple):
    now: int
    zone: tzinfo

    def day(self, offset: int = 0, hour: int = 0, minute: int = 0) -> int:
        """Returns a wall-clock time of today plus some days, UTC milliseconds."""
        today = datetime.fromtimestamp(self.now / 1_000, self.zone).date() + timedelta(days=offset)
        moment = datetime(today.year, today.month, today.day, tzinfo=self.zone) + timedelta(hours=hour, minutes=minute)
        return round(moment.timestamp() * 1_000)

    def next(self, hour: int, minute: int = 0) -> int:
        """Returns the next time the wall clock shows this."""
        today = self.day(0, hour, minute)
        return today if today > self.now else self.day(1, hour, minute)

    def previous(self, hour: int, minute: int = 0) -> int:
        """Returns the last time the wall clock showed this."""
        today = self.day(0, hour, minute)
        return today if today <= self.now else self.day(-1, hour, minute)


_Reader = Callable[["re.Match[str]", _Clock], "tuple[int | None, int | None] | None"]


def find_times(folded: str, now: int, zone: tzinfo) -> list[TimeMention]:
    """Returns the times and horizons that a folded question names, in order; overlaps go to the first rule.

    Args:
        folded: The question, lower case without accents.
        now: The clock, UTC milliseconds.
        zone: The plant's time zone.
    """
    clock = _Clock(now, zone)
    found: list[TimeMention] = []
    for pattern, read in _RULES:
        for match in pattern.finditer(folded):
            if any(m.start < match.end() and match.start() < m.end for m in found):
                continue
            value = read(match, clock)
            if value is not None:
                found.append(TimeMention(match.start(), match.end(), *value))
    return sorted(found)


def _length(match: re.Match[str]) -> int:
    """Returns the length in milliseconds that a match of `_LENGTH` or `_BARE_LENGTH` says."""
    groups = match.groupdict()
    text = groups.get("n") or groups.get("n0") or "1"
    number = _NUMBERS[text] if text in _NUMBERS else float(text.replace(",", "."))
    unit = _UNITS[match["u"]]
    minutes = int(match["rest"] or match["more"] or 0) if unit == HOUR else 0
    return round(number * unit) + minutes * MINUTE


def _clock_time(match: re.Match[str]) -> tuple[int, int]:
    hour, minute = int(match["h"]), int(match["m"] or 0)
    if match["ap"] == "pm" and hour < 12:
        hour += 12
    return (0 if match["ap"] == "am" and hour == 12 else hour), minute


def _past(match: re.Match[str], clock: _Clock) -> tuple[int, int | None] | None:
    length = _length(match)
    return (clock.now - length, None) if 0 < length < clock.now else None


def _future(match: re.Match[str], clock: _Clock) -> tuple[None, int]:
    return None, clock.now + _length(match)


def _since_clock(match: re.Match[str], clock: _Clock) -> tuple[int, None]:
    return clock.previous(*_clock_time(match)), None


def _between(match: re.Match[str], clock: _Clock) -> tuple[int, int] | None:
    day = -1 if match["hier"] else 0
    first, last = (clock.day(day, int(match[h]), int(match[m] or 0)) for h, m in (("h1", "m1"), ("h2", "m2")))
    if first > clock.now:
        first, last = first - DAY, last - DAY
    return (first, last) if first < last else None


def _on_date(match: re.Match[str], clock: _Clock) -> tuple[int, int] | None:
    try:
        start = datetime(int(match["y"]), int(match["mo"]), int(match["d"]), tzinfo=clock.zone)
    except ValueError:
        return None
    end = start + timedelta(days=1)
    return round(start.timestamp() * 1_000), round(end.timestamp() * 1_000)


def _until_clock(match: re.Match[str], clock: _Clock) -> tuple[None, int]:
    return None, clock.next(*_clock_time(match))


def _fixed(since: Callable[[_Clock], int], until: Callable[[_Clock], int] | None = None) -> _Reader:
    return lambda _, clock: (since(clock), until(clock) if until else None)


def _to(until: Callable[[_Clock], int]) -> _Reader:
    return lambda _, clock: (None, until(clock))


def _week(clock: _Clock) -> int:
    return clock.day(-datetime.fromtimestamp(clock.now / 1_000, clock.zone).weekday())


_UNTIL = r"(?:until|till|til|up to|by|before|jusqu'(?:a|au|en)?|d'ici(?: a| au)?|avant)(?: the| la| le)?"
_OVER = "(?:(?:for|over|during|in|within) )?(?:the )?"
_DANS = "(?:(?:dans|pour|sur|pendant|d'ici|au cours d[eu]s?) )?(?:(?:les|la|le) |l')?"
_TONIGHT = "(?:tonight|this evening|ce soir|soir|end of (?:the )?day|(?:la )?fin de (?:la )?journee)"
_BETWEEN = (
    r"(?:between|from|entre|de) (?P<h1>\d{1,2})(?: ?[:h] ?(?P<m1>\d\d)?)?"
    r" (?:and|to|et|a) (?P<h2>\d{1,2})(?: ?[:h] ?(?P<m2>\d\d)?)?(?P<hier> yesterday| hier)?(?! ?(?:%|deg|kw|bar))(?!\w)"
)

_TABLE: list[tuple[str, _Reader]] = [
    (rf"(?:on |le )?{_DATE}", _on_date),
    (_BETWEEN, _between),
    (r"(?:last week|la semaine (?:derniere|passee))", _fixed(lambda c: _week(c) - 7 * DAY, _week)),
    (rf"(?:depuis|a partir de|des) {_FRENCH_CLOCK}{_CLOCK}", _since_clock),
    # horizons
    (rf"{_OVER}(?:next|coming|following) {_BARE_LENGTH}", _future),
    (rf"{_OVER}(?:next|coming|following) {_LENGTH}", _future),
    (rf"{_DANS}{_NUMBER} (?:prochaine?|suivante?)s? {_UNIT}(?!\w)", _future),
    (rf"{_DANS}(?:prochaine?s?) {_BARE_LENGTH}", _future),
    (rf"{_DANS}{_BARE_LENGTH} (?:prochaine?s?|suivante?s?|a venir)", _future),
    (rf"{_LENGTH} (?:ahead|from now|out|a venir)", _future),
    # spans by length
    (rf"{_OVER}(?:last|past|previous) {_BARE_LENGTH}", _past),
    (rf"{_OVER}(?:last|past|previous) {_LENGTH}", _past),
    (rf"{_DANS}{_NUMBER} derni(?:er|ere)s? {_UNIT}(?!\w)", _past),
    (rf"{_DANS}derni(?:er|ere)s? {_BARE_LENGTH}", _past),
    (rf"(?:depuis|il y a|since) {_LENGTH}(?: ago)?", _past),
    (rf"{_LENGTH} ago", _past),
    # spans by name
    (r"(?:since |depuis )(?:yesterday|hier) (?:morning|matin)", _fixed(lambda c: c.day(-1, 6))),
    (r"(?:since |depuis )(?:yesterday|hier)(?!\w)", _fixed(lambda c: c.day(-1))),
    (r"(?:yesterday|hier) (?:morning|matin)", _fixed(lambda c: c.day(-1, 6), lambda c: c.day(-1, 12))),
    (r"(?:yesterday|hier) (?:afternoon|apres[ -]midi)", _fixed(lambda c: c.day(-1, 12), lambda c: c.day(-1, 18))),
    (r"(?:yesterday|hier) (?:evening|soir|au soir)", _fixed(lambda c: c.day(-1, 18), lambda c: c.day())),
    (r"(?:last|over) night|(?:la )?nuit (?:derniere|passee)", _fixed(lambda c: c.day(-1, 22), lambda c: c.day(0, 6))),
    (r"(?:the )?day before yesterday|avant[ -]hier", _fixed(lambda c: c.day(-2), lambda c: c.day(-1))),
    (r"\b(?:yesterday|hier)(?!\w)", _fixed(lambda c: c.day(-1), lambda c: c.day())),
    (r"(?:since |depuis )?(?:this |ce )(?:morning|matin)", _fixed(lambda c: c.previous(6))),
    (r"(?:since |depuis )?(?:this |cet )(?:afternoon|apres[ -]midi)", _fixed(lambda c: c.previous(12))),
    (r"(?:since |depuis )(?:midnight|minuit)", _fixed(lambda c: c.day())),
    (r"(?:since |depuis )(?:noon|midi)", _fixed(lambda c: c.previous(12))),
    (r"(?:since |depuis )?(?:this week|cette semaine|(?:le )?debut de (?:la )?semaine)", _fixed(_week)),
    # horizons by name
    (rf"{_UNTIL} ?{_TONIGHT}", _to(lambda c: c.next(22))),
    (rf"{_UNTIL} ?(?:midnight|minuit)", _to(lambda c: c.day(1))),
    (rf"{_UNTIL} ?(?:noon|midi)", _to(lambda c: c.next(12))),
    (rf"{_UNTIL} ?(?:tomorrow|demain) (?:morning|matin)", _to(lambda c: c.day(1, 6))),
    (rf"{_UNTIL} ?(?:tomorrow|demain) (?:evening|night|soir)", _to(lambda c: c.day(1, 22))),
    (rf"{_UNTIL} ?(?:morning|matin)", _to(lambda c: c.next(6))),
    (rf"{_UNTIL} ?(?:tomorrow|demain)", _to(lambda c: c.day(1))),
    (r"(?:tomorrow|demain) (?:morning|matin)", _to(lambda c: c.day(1, 12))),
    (r"(?:for |pour )?(?:tomorrow|demain)(?!\w)", _to(lambda c: c.day(2))),
    (r"(?:for |pour )?(?:overnight|tonight|this evening|cette nuit|ce soir)", _to(lambda c: c.next(22))),
    # the rest of "today"; clocks; bare lengths
    (r"(?:since |depuis )?(?:\btoday|\baujourd'?hui|\bce jour\b)", _fixed(lambda c: c.day())),
    (rf"(?:since|from|after|depuis|a partir de|des|apres)(?: at)? {_CLOCK}", _since_clock),
    (rf"{_UNTIL} ?{_CLOCK}", _until_clock),
    (rf"(?:for|over|in|within|dans|pour|sur|pendant|d'ici|a) {_LENGTH}", _future),
    (rf"(?<![\w.,-]){_LENGTH}", _future),
]  # fmt: skip
_RULES = [(re.compile(rf"(?<!\w){pattern}"), read) for pattern, read in _TABLE]
