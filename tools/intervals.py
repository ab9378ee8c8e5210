"""The odd intervals of a span: where, what kind, how severe, and which methods find it odd.

They come from two sides. The detectors together give stretches (`tools/oddness.py`). What no detector hears, the
readings themselves show: a run of minutes without a good value (detectors judge no row that is not there), and a run
without any change for longer than the registry allows the tag (a level that detectors have learned may be the one that
a tag hangs at).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from forecasting.detectors.consensus import AGREES, combined
from forecasting.detectors.seasonal import day_phase
from forecasting.kinds import LEAST_RUN, Kind, Shape, far_end, runs, shape_of, unchanged, without_day
from ingestion.consensus import score_of
from ingestion.readiness import MATURE
from plant.time import MINUTE
from tools.oddness import find_stretches, listen, present
from tools.severity import Severity, beyond_limits, severity_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from forecasting.contract import Floats
    from plant.registry import Sensor
    from tools.oddness import Heard, Stretch

_MOST_CONTRIBUTORS: Final = 5


class Share(NamedTuple):
    """How much a tag makes a row odd.

    Attributes:
        tag: Its column.
        share: Of the whole score, 0 to 1.
    """

    tag: int
    share: float


class Interval(NamedTuple):
    """A stretch that is odd.

    Attributes:
        first: The first odd row.
        end: The row at which it had been usual for long enough; None where it lasts.
        score: 0 to 100, its highest.
        peak: The row that is shown: of a spike or a drop its far end, else the one with the highest score.
        shares: The tags that make it odd, the strongest first; at least one.
        shape: What kind it is, of the strongest tag.
        severity: How much it matters.
        odd: Detectors that find it odd; may be none where the readings themselves show it.
        usual: Detectors that do not.
    """

    first: int
    end: int | None
    score: float
    peak: int
    shares: tuple[Share, ...]
    shape: Shape
    severity: Severity
    odd: tuple[str, ...]
    usual: tuple[str, ...]

    @property
    def tag(self) -> int:
        """The column of the tag that makes it odd most."""
        return self.shares[0].tag


class Judged(NamedTuple):
    """Minutes of some tags, and what the detectors say of them.

    Attributes:
        times: UTC milliseconds, of shape (n_minutes,).
        frame: Of shape (n_minutes, n_tags), context before the span included; NaN where missing.
        begin: The row at which the span begins.
        sensors: The tags, one a column.
        heard: What each detector says.
        surprise: What they say together, of shape (n_minutes,).
    """

    times: NDArray[np.int64]
    frame: Floats
    begin: int
    sensors: tuple[Sensor, ...]
    heard: tuple[Heard, ...]
    surprise: Floats

    @property
    def phase(self) -> Floats:
        """Share of the day gone by at each row."""
        return day_phase(self.times)

    @property
    def peak(self) -> int:
        """The row of the span with the highest surprise."""
        return self.begin + int(np.argmax(self.surprise[self.begin :]))


def judge(times: NDArray[np.int64], frame: Floats, begin: int, sensors: tuple[Sensor, ...]) -> Judged:
    """Hears all detectors on a span.

    Args:
        times: Of the minutes, UTC milliseconds, of shape (n_minutes,).
        frame: Their values, of shape (n_minutes, n_tags), NaN where missing.
        begin: The row at which the span begins; what is before is taken to be usual.
        sensors: The tags, one a column.

    Raises:
        BadInput: If the rows before the span are too few to learn from.
    """
    heard = tuple(listen(frame, begin, day_phase(times)))
    surprise = combined({one.name: one.surprise for one in heard}, young=begin * MINUTE < MATURE)
    return Judged(times, frame, begin, sensors, heard, surprise)


def intervals_of(judged: Judged) -> tuple[Interval, ...]:
    """Returns the odd intervals of a span, in the order of time."""
    stretches = find_stretches(judged.surprise, present(judged.frame), judged.begin)
    found = [_of_detectors(stretch, judged) for stretch in stretches]
    for tag in range(len(judged.sensors)):
        for shown in _of_readings(judged, tag):
            same = [one for one in found if _same(one, shown)]
            found = [one for one in found if one not in same]
            found.append(_union(shown, same))
    return tuple(sorted(found, key=lambda interval: interval.first))


def shares_at(row: int, judged: Judged) -> tuple[Share, ...]:
    """Returns the tags that make a row odd, the strongest first, as the most surprised detector sees it."""
    strongest = max(judged.heard, key=lambda one: float(one.surprise[row]))
    context = slice(max(row - strongest.detector.memory, 0), row + 1)
    parts = strongest.detector.contributions(judged.frame[context], judged.phase[context])[-1]
    total = float(parts.sum())
    order = [int(tag) for tag in np.argsort(-parts, kind="stable")[:_MOST_CONTRIBUTORS]]
    shares = [Share(tag, float(parts[tag]) / total if total > 0 else 0.0) for tag in order]
    return tuple(share for number, share in enumerate(shares) if number == 0 or share.share > 0)


def _of_detectors(stretch: Stretch, judged: Judged) -> Interval:
    frame = judged.frame
    rows = slice(stretch.first, len(frame) if stretch.end is None else stretch.end)
    peak = rows.start + int(np.argmax(judged.surprise[rows]))
    shares = shares_at(peak, judged)
    column = frame[:, shares[0].tag]
    course = without_day(column, judged.phase, judged.begin)
    shape = shape_of(column, rows.start, rows.stop, course=course)
    far = far_end(shape, course, rows)
    beyond = [
        beyond_limits(column, sensor.limits) for column, sensor in zip(frame[rows].T, judged.sensors, strict=True)
    ]
    return Interval(
        stretch.first,
        stretch.end,
        stretch.score,
        peak if far is None else far,
        shares,
        shape,
        severity_of(stretch.score, rows.stop - rows.start, max(beyond)),
        *_voices(rows, judged),
    )


def _voices(rows: slice, judged: Judged) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the detectors that find some rows odd, or agree with those that do, and the others."""
    agree = {one.name: float(one.surprise[rows].max()) > one.manner.on * AGREES for one in judged.heard}
    return tuple(name for name, odd in agree.items() if odd), tuple(name for name, odd in agree.items() if not odd)


def _of_readings(judged: Judged, tag: int) -> list[Interval]:
    """Returns where a tag's values are missing, or do not change, for too long; it may have begun before the span."""
    column, sensor, begin = judged.frame[:, tag], judged.sensors[tag], judged.begin
    present = np.isfinite(column)
    if not present[:begin].any():
        return []
    found, longest = [], 0
    since = int(np.argmax(present))  # what is missing before the first value is no drop-out
    for first, stop in runs(~present[since:]):
        found.append((Kind.DROP_OUT, since + first, since + stop, max(LEAST_RUN, 2 * longest + 1)))
        longest = max(longest, stop - first)
    if sensor.stuck_ms is not None:
        least = max(LEAST_RUN, sensor.stuck_ms // MINUTE)
        found += [(Kind.FLATLINE, first - 1, stop, least) for first, stop in runs(unchanged(column))]
    return [
        _of_run(Shape(kind), slice(first, stop), least, judged, tag)
        for kind, first, stop, least in found
        if stop > begin and stop - first >= least
    ]


def _of_run(shape: Shape, rows: slice, least: int, judged: Judged, tag: int) -> Interval:
    """Returns a run that is too long; its score is 50 where it has just become so."""
    length = rows.stop - rows.start
    score = score_of(length, least)
    beyond = beyond_limits(judged.frame[rows, tag], judged.sensors[tag].limits)
    return Interval(
        rows.start,
        None if rows.stop == len(judged.frame) else rows.stop,
        score,
        rows.stop - 1,
        (Share(tag, 1.0),),
        shape,
        severity_of(score, length, beyond),
        *_voices(slice(max(rows.start, judged.begin), rows.stop), judged),
    )


def _same(one: Interval, other: Interval) -> bool:
    """Whether two intervals tell the same of the same tag at the same time."""
    overlap = (one.end is None or other.first < one.end) and (other.end is None or one.first < other.end)
    return overlap and one.tag == other.tag and one.shape.kind is other.shape.kind


def _union(shown: Interval, same: Sequence[Interval]) -> Interval:
    """Returns a run that the readings show, with what detectors found of the same kind in it."""
    ends = [one.end for one in (shown, *same)]
    worst = max((shown, *same), key=lambda one: (one.severity, one.score))
    return shown._replace(
        first=min(one.first for one in (shown, *same)),
        end=None if None in ends else max(end for end in ends if end is not None),
        score=max(one.score for one in (shown, *same)),
        severity=worst.severity,
    )
