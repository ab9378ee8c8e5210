"""When will it cross its limit: a time range with a probability, from the band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forecasting.conformal import Calibration
    from forecasting.contract import Floats
    from plant.registry import Limits
    from plant.series import Series

POSSIBLE: Final = 0.1
"""Probability from which a crossing is told; where the 80 % band touches the limit."""
LIKELY: Final = 0.5


class Crossing(msgspec.Struct, frozen=True):
    """One limit that the band crosses.

    Attributes:
        which: `low_low`, `low`, `high`, `high_high`, or `band_low`, `band_high` of the set point.
        value: The limit, in the tag's unit.
        start: Time of the first step at which being beyond it is `POSSIBLE`, UTC milliseconds.
        end: Time of the first step at which it is `LIKELY`; where it never is, of the last at which it is `POSSIBLE`.
        probability: The highest probability of being beyond it at one step, 0 to 1.
        now: Whether the newest value is beyond it already.
    """

    which: str
    value: float
    start: int
    end: int
    probability: float
    now: bool


def first_crossing(
    limits: Limits, calibration: Calibration, median: Floats, times: tuple[int, ...], newest: float
) -> Crossing | None:
    """Returns the limit that is crossed first, the likelier one of two; None where none is.

    Args:
        limits: Of the tag.
        calibration: Of the candidate shown.
        median: Its forecast, of shape (horizon,).
        times: Of its steps, UTC milliseconds.
        newest: The newest value.
    """
    found = []
    for which, value, sign in _bounds(limits):
        above = calibration.probability_above(median, value)
        beyond = above if sign > 0 else 1 - above
        possible = np.flatnonzero(beyond >= POSSIBLE)
        if not len(possible):
            continue
        likely = np.flatnonzero(beyond >= LIKELY)
        end = times[likely[0] if len(likely) else possible[-1]]
        now = sign * (newest - value) > 0
        found.append(Crossing(which, value, times[possible[0]], end, float(np.max(beyond)), bool(now)))
    return min(found, key=lambda crossing: (crossing.start, -crossing.probability), default=None)


def _bounds(limits: Limits) -> Iterator[tuple[str, float, int]]:
    """Yields name, value and side (1 for above) of each limit there is."""
    named = {"low_low": -1, "low": -1, "high": 1, "high_high": 1}
    for which, sign in named.items():
        value = getattr(limits, which)
        if value is not None:
            yield which, value, sign
    if limits.setpoint is not None and limits.tolerance is not None:
        yield "band_low", limits.setpoint - limits.tolerance, -1
        yield "band_high", limits.setpoint + limits.tolerance, 1


def newest_value(series: Series) -> float:
    """Returns the newest value that is there; there must be one."""
    good = series.values[np.isfinite(series.values)]
    return float(good[-1])
