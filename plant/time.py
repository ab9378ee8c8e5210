"""Time inside millhand: UTC milliseconds since 1970 as int, spans half open, words for people.

Stored and computed as int64 UTC milliseconds; written to JSON as ISO-8601 with `Z`; shown to
people in the plant's time zone, which only the callers that show things know.
"""

from __future__ import annotations

import re
import time as _time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plant.errors import BadInput, SettingsError

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_LONGEST = 1_000 * 366 * DAY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_DURATION = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(ms|s|min|m|h|d|w)\s*", re.IGNORECASE)


def now_ms() -> int:
    """Returns the wall clock, UTC milliseconds."""
    return _time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, `start` included and `end` not, both UTC milliseconds."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """The span's length in milliseconds."""
        return self.end - self.start


def parse_duration(text: str) -> int:
    """Reads `90s`, `2h`, `1h30m`, `7d` as milliseconds.

    Raises:
        BadInput: If the text is not a positive duration with units, or longer than a thousand years.
    """
    total, at = 0.0, 0
    while at < len(text):
        match = _DURATION.match(text, at)
        if match is None:
            raise BadInput(f"{text!r} is not a duration.", hint="Write it like 90s, 30min, 2h or 7d.")
        total += float(match[1].replace(",", ".")) * _UNITS[match[2].lower()]
        at = match.end()
    if total > _LONGEST:
        raise BadInput(f"The duration {text!r} is too long.", hint="Write it like 90s, 30min, 2h or 7d.")
    if total < 1:
        raise BadInput(f"The duration {text!r} is zero.", hint="Write it like 90s, 30min, 2h or 7d.")
    return round(total)


def format_duration(ms: int) -> str:
    """Writes milliseconds as people do: `45 s`, `9 min`, `2 h`, `2 h 30 min`, `3 d`."""
    if ms < MINUTE:
        return f"{ms / SECOND:g} s"
    if round(ms / MINUTE) < 60:
        return f"{round(ms / MINUTE)} min"
    if ms < 2 * DAY:
        hours, minutes = divmod(round(ms / MINUTE), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{round(ms / DAY)} d"


def parse_time(value: str | int, zone: tzinfo = UTC) -> int:
    """Reads UTC milliseconds or ISO-8601 text; text without an offset is taken to be in `zone`.

    Raises:
        BadInput: If the text is not ISO-8601 or the time lies outside the years 1970 to 9999.
    """
    if isinstance(value, int):
        return value
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        ms = round((moment - _EPOCH) / _MS)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{value!r} is not a time.", hint="Write it like 2026-01-31T14:05:00Z.") from error
    if ms < 0:
        raise BadInput(f"The time {value!r} is before 1970.")
    return ms


def to_iso(ms: int) -> str:
    """Writes UTC milliseconds as ISO-8601 with `Z`, to the second unless milliseconds matter."""
    moment = _EPOCH + ms * _MS
    text = moment.isoformat(timespec="milliseconds" if ms % 1_000 else "seconds")
    return text.removesuffix("+00:00") + "Z"


def zone_named(name: str) -> tzinfo:
    """Returns the time zone of an IANA name such as `Europe/Paris`.

    Raises:
        SettingsError: If there is no such zone on this machine.
    """
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"There is no time zone {name!r}.", hint="Use an IANA name such as Europe/Paris."
        ) from error


def to_local(ms: int, zone: tzinfo, *, day: bool = False, seconds: bool = False) -> str:
    """Writes UTC milliseconds as the clock on the plant's wall: `15:40`, or with its day."""
    clock = "%H:%M:%S" if seconds else "%H:%M"
    return datetime.fromtimestamp(ms / 1_000, zone).strftime(f"%Y-%m-%d {clock}" if day else clock)
