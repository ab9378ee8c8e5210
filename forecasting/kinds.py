"""What kind of oddness a stretch of a series is.

A detector says that rows are odd, not how. Here the stretch is compared with the rows just before it:

| kind | what it means |
|---|---|
| drop-out | values are missing, in a longer run than ever before |
| flatline | values do not change, in a longer run than ever before |
| spike, drop | at most `BRIEF` rows lie above, or below, the course of the rows around them |
| level-shift | more rows than that, or all from one on, lie on another level |
| trend-break | from one row on the series climbs or falls otherwise than before |
| variance | the level is the old one, the scatter is not |
| unusual | none of these: a pattern of several tags, or too little to tell |

The four kinds of course are interventions in a line (Box and Tiao): a pulse, a step, a ramp, another variance. Each is
fitted by least squares at each row where it may begin, and the one with the best BIC is the kind, as outliers of time
series are told apart by the best of their tests (Chen and Liu). BIC alone names something even in noise, the more so as
neighbouring rows resemble each other: a kind needs an effect of `LEAST_EFFECT` spreads of the rows before it as well.

Sources: Box and Tiao, "Intervention analysis with applications to economic and environmental problems", Journal of the
American Statistical Association 70, 1975; Chen and Liu, "Joint estimation of model parameters and outlier effects in
time series", the same 88, 1993; Killick, Fearnhead and Eckley, "Optimal detection of changepoints with a linear
computational cost", the same 107, 2012 (penalised likelihood for change points).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from forecasting.detectors.scaling import FAR, fit_scaling
from forecasting.detectors.seasonal import at_phase, day_profile
from forecasting.series import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from forecasting.contract import Floats

BRIEF: Final = 10
"""The most rows of a spike or a drop; what stays longer is another level."""

LEAST_RUN: Final = 12
"""Fewer rows without a value, or without change, are no drop-out and no flatline: `verdict.py` asks for as many."""

LEAST_EFFECT: Final = 3.0
"""A pulse, a step, or a ramp at its end is at least so many spreads of the rows before."""

LEAST_RATIO: Final = 2.0
"""The scatter is at least so many times what it was, or at most the inverse."""

LEAD: Final = 60
"""Rows by which an odd stretch may begin after what is odd: the memory of the slowest control chart."""

_CONTEXT: Final = (60, 240)
"""The fewest and the most rows before the lead that are looked at; two lengths of the stretch if between."""

_AFTER: Final = 30
_FEWEST: Final = 20  # rows of context
_TELLABLE: Final = 1e-9  # of a size, or of a sum of squares; less is rounding
_ROUNDING: Final = 1e-12
_EXPLAINS: Final = 0.8  # of the spread may be left for the hour of the day to be taken out


class Kind(StrEnum):
    """What an odd stretch is; see the module's docstring."""

    SPIKE = "spike"
    DROP = "drop"
    LEVEL_SHIFT = "level-shift"
    TREND_BREAK = "trend-break"
    FLATLINE = "flatline"
    VARIANCE = "variance"
    DROP_OUT = "drop-out"
    UNUSUAL = "unusual"


class Shape(NamedTuple):
    """A kind and its direction.

    Attributes:
        kind: What it is.
        up: Whether values, the trend or the scatter went up; None for kinds without a direction.
    """

    kind: Kind
    up: bool | None = None

    @property
    def direction(self) -> str | None:
        """`up`, `down`, or None for kinds without a direction."""
        return None if self.up is None else "up" if self.up else "down"


class _Fit(NamedTuple):
    """An intervention at its best place.

    Attributes:
        shape: The kind that it would be.
        gain: How much better the likelihood is than of a line alone, less the penalty of BIC.
        effect: How large it is beside the least that counts; below 1 it does not.
    """

    shape: Shape
    gain: float
    effect: float


def shape_of(values: Floats, first: int, end: int, *, course: Floats | None = None, lead: int = LEAD) -> Shape:
    """Says what kind of oddness a stretch is.

    Args:
        values: The series with what came before and after, of shape (n,), NaN where missing.
        first: The first odd row.
        end: The first row that is not odd any more.
        course: The same less what the hour of the day explains (`without_day`); None for the values themselves.
        lead: Rows before `first` in which what is odd may have begun.
    """
    present = np.isfinite(values)
    values = np.where(present, values, np.nan)
    if _longer_than_before(~present, first, end):
        return Shape(Kind.DROP_OUT)
    if _longer_than_before(unchanged(values), first, end):
        return Shape(Kind.FLATLINE)
    onset = max(first - lead, 0)
    start = max(onset - int(np.clip(2 * (end - first), *_CONTEXT)), 0)
    if present[start:onset].sum() < _FEWEST or not present[onset:end].any():
        return Shape(Kind.UNUSUAL)
    end = min(end, first + _CONTEXT[1])  # how it began is what it is; later it may be several things
    scaled = _in_spreads((values if course is None else course)[start : end + _AFTER], onset - start)
    fits = _fits(scaled, onset - start, min(first + lead, end) - start, slice(first - start, end - start))
    best = max((fit for fit in fits if fit.effect >= 1.0 and fit.gain > 0), key=lambda fit: fit.gain, default=None)
    return best.shape if best else Shape(Kind.UNUSUAL)


def _in_spreads(values: Floats, before: int) -> Floats:
    """Returns values in spreads of the first rows around their line, gaps bridged, 0 the median of these rows."""
    finite = np.where(np.isfinite(values), values, np.nan)
    at = np.flatnonzero(np.isfinite(finite[:before]))
    size = float(np.nanmax(np.abs(finite))) or 1.0  # sums of huge values would overflow, of tiny ones vanish
    known = finite[at] / size
    slope, level = np.polyfit(at, known, 1)
    rest = known - slope * at - level
    moved = np.ptp(rest) > _TELLABLE  # where it did not, any move is far
    spread = fit_scaling(rest[:, None], 1).spread[0] if moved else _TELLABLE
    return filled((finite / size - np.median(known)) / spread).clip(-FAR, FAR)


def far_end(shape: Shape, values: Floats, rows: slice) -> int | None:
    """Returns the row at which a spike is highest or a drop lowest; None for other kinds, and without a value."""
    inside = values[rows]
    if shape.kind not in {Kind.SPIKE, Kind.DROP} or not np.isfinite(inside).any():
        return None
    row: int = rows.start + int(np.nanargmax(inside) if shape.up else np.nanargmin(inside))
    return row


def without_day(values: Floats, phase: Floats, fit_rows: int) -> Floats:
    """Returns a series less its median at that hour of the day, where this explains a part of what was learned from.

    Args:
        values: Of shape (n,), NaN where missing.
        phase: Share of the day gone by at each row, of shape (n,).
        fit_rows: How many of the first rows the medians are made of.
    """
    learned = values[:fit_rows]
    if not np.isfinite(learned).any():
        return values
    profile = day_profile(learned[:, None], phase[:fit_rows])
    rest: Floats = values - at_phase(profile, phase)[:, 0]
    explained = _spread(rest[:fit_rows]) <= _EXPLAINS * _spread(learned)
    return rest if explained else values


def unchanged(values: Floats) -> NDArray[np.bool_]:
    """Returns which values are those of the row before, of shape (n,); a mean of equal values may round otherwise."""
    same = np.zeros(len(values), dtype=bool)
    with np.errstate(over="ignore"):
        same[1:] = np.abs(values[1:] - values[:-1]) <= _ROUNDING * np.abs(values[:-1])
    return same


def runs(rows: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Returns where rows are true one after the other: the first of each run, and the first after it."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], rows, [False]])))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]


def _longer_than_before(rows: NDArray[np.bool_], first: int, end: int) -> bool:
    """Whether one run fills half a stretch and is more than twice as long as any that ended before it began."""
    found = runs(rows)
    inside = [(min(stop, end) - max(begin, first), begin, stop) for begin, stop in found if begin < end]
    covered, begin, stop = max(inside, default=(0, 0, 0))
    before = max((b - a for a, b in found if b <= begin), default=0)
    return stop - begin >= max(LEAST_RUN, 2 * before + 1) and covered >= (end - first) / 2


def _fits(course: Floats, onset: int, latest: int, odd: slice) -> Iterator[_Fit]:
    """Yields the best of each intervention on a course of shape (n,), in spreads, with no value missing.

    It begins at a row from `onset` up to but not including `latest`: who finds rows odd has seen what is odd by then.
    Sums over the rows of a pulse or a step are differences of running sums: all places cost little more than one.
    """
    n = len(course)
    line = np.linalg.qr(np.column_stack([np.ones(n), np.arange(n) - n / 2]))[0]
    rest = course - line @ (line.T @ course)
    total = float(rest @ rest)
    if total <= 0:
        return
    rows = np.column_stack([rest, line])
    sums = np.concatenate([np.zeros((1, 3)), np.cumsum(rows, axis=0)])
    weighted = np.concatenate([np.zeros((1, 3)), np.cumsum(rows * np.arange(n)[:, None], axis=0)])
    starts = np.arange(onset, latest)
    for width in _widths(odd.stop - onset):
        begins = starts[starts + width < n]
        if len(begins):
            up, down = (Kind.SPIKE, Kind.DROP) if width <= BRIEF else (Kind.LEVEL_SHIFT, Kind.LEVEL_SHIFT)
            squares = np.full(len(begins), float(width))
            yield _placed((up, down), sums[begins + width] - sums[begins], squares, 1.0, (total, n, 3))
    starts = starts[starts + BRIEF < n]  # a step of fewer rows is a pulse that has not ended
    if len(starts):
        steps, left = sums[-1] - sums[starts], (n - starts).astype(float)
        yield _placed((Kind.LEVEL_SHIFT, Kind.LEVEL_SHIFT), steps, left, 1.0, (total, n, 2))
        ramps = weighted[-1] - weighted[starts] - starts[:, None] * steps
        squares = (left - 1.0) * left * (2.0 * left - 1.0) / 6.0
        yield _placed((Kind.TREND_BREAK, Kind.TREND_BREAK), ramps, squares, left - 1.0, (total, n, 2))
    yield _scattered(rest, odd)


def _placed(
    kinds: tuple[Kind, Kind], products: Floats, squares: Floats, reach: Floats | float, against: tuple[float, int, int]
) -> _Fit:
    """Returns an intervention at the best of k places.

    Args:
        kinds: Its kind where it goes up, and down.
        products: Its products with what the line leaves and with the two directions of the line, of shape (k, 3).
        squares: Its own sum of squares, of shape (k,).
        reach: How large it is at its largest, for an effect of 1.
        against: The sum of squares that the line leaves, the number of rows, and how many numbers it is made of.
    """
    total, n, numbers = against
    own = squares - (products[:, 1:] ** 2).sum(axis=1)  # what of it the line does not explain
    told = own > _TELLABLE * squares
    own = np.where(told, own, 1.0)
    effects = np.where(told, products[:, 0] / own, 0.0)
    removed = effects**2 * own
    best = int(np.argmax(removed))
    left = max(total - float(removed[best]), _TELLABLE * total)
    gain = n * np.log(total / left) - numbers * np.log(n)
    effect = float(effects[best] * np.broadcast_to(reach, own.shape)[best])
    return _Fit(Shape(kinds[0] if effect > 0 else kinds[1], effect > 0), float(gain), abs(effect) / LEAST_EFFECT)


def _scattered(rest: Floats, odd: slice) -> _Fit:
    """Returns the intervention that changes the variance of a stretch."""
    inside = rest[odd]
    outside = np.concatenate([rest[: odd.start], rest[odd.stop :]])
    n, floor = len(rest), _TELLABLE * float(np.mean(rest**2))
    gain = -np.log(n)
    for part in (inside, outside):
        gain += len(part) * np.log(np.mean(rest**2) / max(float(np.mean(part**2)), floor)) if len(part) else 0.0
    ratio = _spread(inside) / max(_spread(outside), np.sqrt(floor))
    return _Fit(Shape(Kind.VARIANCE, ratio > 1), float(gain), max(ratio, 1 / max(ratio, _TELLABLE)) / LEAST_RATIO)


def _widths(most: int) -> list[int]:
    """Returns each width of a pulse up to `BRIEF`, then ones that grow by a quarter."""
    widths = list(range(1, BRIEF + 1))
    while widths[-1] * 1.25 <= most:
        widths.append(int(widths[-1] * 1.25))
    return widths


def _spread(values: Floats) -> float:
    """Returns the median absolute deviation from the median, of the values that are there."""
    known = values[np.isfinite(values)]
    return float(np.median(np.abs(known - np.median(known)))) if len(known) else 0.0
