"""From readings to a regular series: the step, the means of steps, and what to do about gaps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from plant.errors import BadInput
from plant.series import Series
from plant.time import DAY, HOUR, MINUTE

if TYPE_CHECKING:
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


def to_steps(series: Series, step_ms: int, *, held: bool = False) -> Series:
    """Returns the mean of a series' values by step, NaN where a step has none.

    Steps lie on multiples of `step_ms` since 1970, or on the series' own beginning where its times
    are regular and lie elsewhere.

    Args:
        series: Any series of at least one time; its NaN count as missing.
        step_ms: The distance of the steps.
        held: Whether a value holds until the next one, as in a log of changes; a NaN ends it.
    """
    offset = 0 if held else int(series.times[0]) % step_ms if np.all(np.diff(series.times) % step_ms == 0) else 0
    index = (series.times - offset) // step_ms
    first, n = int(index[0]), int(index[-1] - index[0]) + 1
    index = index - first
    good = np.isfinite(series.values)
    counts = np.bincount(index[good], minlength=n)
    with np.errstate(invalid="ignore"):
        values = np.bincount(index[good], weights=series.values[good], minlength=n) / counts
    if held:
        last = np.full(n, -1)
        np.maximum.at(last, index, np.arange(len(series)))
        last = np.maximum.accumulate(last)
        empty = np.bincount(index, minlength=n) == 0
        values[empty] = series.values[last[empty]]
    times = np.arange(first, first + n, dtype=np.int64) * step_ms + offset
    return Series(series.tag, series.unit, times, values, step_ms)


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
