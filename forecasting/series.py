"""From readings to a regular series: the step, the means of steps, and what to do about gaps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from plant.errors import BadInput
from plant.series import Series
from plant.time import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from forecasting.contract import Floats

MAX_STEPS: Final = 24
"""A forecast has at most so many steps: finer ones cost time and tell an operator nothing more."""

_LADDER: Final = (
    *(n * MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR for n in (1, 2, 3, 4, 6, 12)),
    DAY,
    7 * DAY,
)
_REGULAR_SHARE: Final = 0.9


def choose_step(horizon_ms: int, native_ms: int) -> int:
    """Returns the distance of steps for a horizon, milliseconds: a round one, never finer than the data.

    The finest step that gives at most `MAX_STEPS` of them: a round one if a near one is a multiple of
    the data's own, else a multiple.
    """
    needed = max(native_ms, math.ceil(horizon_ms / MAX_STEPS))
    for step in _LADDER:
        if needed <= step <= 3 * needed and step % native_ms == 0:
            return step
    return native_ms * math.ceil(needed / native_ms)


def native_step(series: Series) -> tuple[int, bool]:
    """Returns the median distance of a series' times in milliseconds, and whether it is regular.

    Raises:
        BadInput: If it has fewer than two times.
    """
    if len(series) < 2:
        raise BadInput(f"{series.tag} has too few values for a forecast: {len(series)}.")
    distances = np.diff(series.times)
    median = int(np.median(distances))
    return median, bool(np.mean(distances == median) >= _REGULAR_SHARE)


def to_steps(series: Series, step_ms: int, *, held: bool = False, newest: int | None = None) -> Series:
    """Returns the mean of a series' values by step, NaN where a step has none.

    Steps lie on multiples of `step_ms` since 1970. Where nearly all times lie on another grid of that distance the
    steps lie on it, and a time off it belongs to the nearest step.

    Args:
        series: Any series of at least one time; its NaN count as missing.
        step_ms: The distance of the steps.
        held: Whether a value holds until the next one, as in a log of changes; a NaN ends it.
        newest: How many steps to return at most, the last ones; None for all. One time that is years off the others
            makes millions of steps between them.
    """
    offset, early = (0, 0) if held else _grid(series.times, step_ms)
    at = (series.times - offset + early) // step_ms
    first = int(at[0]) if newest is None else max(int(at[0]), int(at[-1]) - newest + 1)
    begin, n = int(np.searchsorted(at, first)), int(at[-1]) - first + 1
    index, known = at[begin:] - first, series.values[begin:]
    good = np.isfinite(known)
    counts = np.bincount(index[good], minlength=n)
    with np.errstate(invalid="ignore"):
        values = np.bincount(index[good], weights=known[good], minlength=n) / counts
    if held:
        last = np.full(n, begin - 1)
        np.maximum.at(last, index, np.arange(begin, len(series)))
        empty = np.bincount(index, minlength=n) == 0
        values[empty] = series.values[np.maximum.accumulate(last)[empty]]
    times = np.arange(first, first + n, dtype=np.int64) * step_ms + offset
    return Series(series.tag, series.unit, times, values, step_ms)


def _grid(times: NDArray[np.int64], step_ms: int) -> tuple[int, int]:
    """Returns where steps lie within `step_ms`, and how much earlier a time may be and belong to one."""
    phases, counts = np.unique(times % step_ms, return_counts=True)
    usual = int(np.argmax(counts))
    if counts[usual] < _REGULAR_SHARE * len(times):
        return 0, 0
    return int(phases[usual]), step_ms // 2


def filled(values: Floats) -> Floats:
    """Returns values with each gap bridged by a straight line, and ends by the nearest value.

    At least one value must be there.
    """
    good = np.isfinite(values)
    if good.all():
        return values
    at = np.arange(len(values))
    return np.interp(at, at[good], values[good])


def missing_share(values: Floats) -> float:
    """Returns how much of some values is missing, 0 to 1; 1 where there are none at all."""
    return float(np.mean(~np.isfinite(values))) if len(values) else 1.0
