"""The season of a series, found in its data: the frequency of its steps alone proves none.

1. The periodogram of the detrended series proposes periods; for each, the nearest peak of the
   autocorrelation, which resolves long periods better, is another. So are hour, day and week.
2. A period is tried: with the level (a centred mean over one period) taken out, the mean profile
   of one half of the periods predicts the other half. The lower R2 of both ways is the strength.
3. The strongest above a threshold wins; day, week and hour win a near tie, for noise moves a peak
   by a step or two. A multiple of the season has fewer periods to learn from and loses.

Source: periodogram and autocorrelation combined after Vlachos, Yu and Castelli, "On periodicity
detection and structural periodic similarity" (SDM 2005); the test out of sample is ours, since a
random walk shows peaks in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.series import filled
from plant.time import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from forecasting.contract import Floats

_PROPOSALS: Final = 8
_MIN_STRENGTH: Final = 0.1
_MIN_PERIOD: Final = 3
_MIN_CYCLES: Final = 5
_CALENDAR: Final = (HOUR, DAY, 7 * DAY)
_ROUNDING: Final = 1e-20
"""Mean square of what rounding leaves of values up to 1; a pattern in it is none."""
_TIE: Final = 0.9
"""A calendar period wins if it has at least this share of the highest strength."""


@dataclass(frozen=True, slots=True)
class Season:
    """A season.

    Attributes:
        steps: Its length in steps; 1 for none.
        strength: R2 of its profile out of sample, 0 to 1; 0 for none.
    """

    steps: int
    strength: float

    @property
    def found(self) -> bool:
        """Whether there is one."""
        return self.steps > 1


NO_SEASON: Final = Season(1, 0.0)


def find_season(values: Floats, step_ms: int | None = None) -> Season:
    """Finds the season of regular values, NaN where missing; at least five periods must be there.

    Args:
        values: Of shape (n,).
        step_ms: The distance of the steps, for the periods of the calendar; None to try none of them.
    """
    if np.count_nonzero(np.isfinite(values)) < _MIN_CYCLES * _MIN_PERIOD:
        return NO_SEASON
    y = filled(values)
    scale = np.max(np.abs(y))
    y = y / scale if 0 < scale < np.inf else np.zeros(len(y))
    if not np.ptp(y) > 0:
        return NO_SEASON
    calendar = {period // step_ms for period in _CALENDAR if step_ms and period % step_ms == 0}
    tried = [Season(period, _strength(y, period)) for period in calendar | set(_proposals(y))]
    best = max(tried, key=lambda season: (season.strength, -season.steps), default=NO_SEASON)
    if best.strength < _MIN_STRENGTH:
        return NO_SEASON
    ties = [season for season in tried if season.steps in calendar and season.strength >= _TIE * best.strength]
    return max(ties, key=lambda season: season.strength, default=best)


def _proposals(y: Floats) -> Iterator[int]:
    """Yields periods in steps where the periodogram is high, moved to a peak of the autocorrelation."""
    n = len(y)
    at = np.arange(n)
    y = y - np.polyval(np.polyfit(at, y, 1), at)
    power = np.abs(np.fft.rfft(y)) ** 2
    correlation = np.fft.irfft(np.abs(np.fft.rfft(y, 2 * n)) ** 2)[:n]
    usable = np.arange(_MIN_CYCLES, n // _MIN_PERIOD + 1)
    for k in usable[np.argsort(-power[usable], kind="stable")][:_PROPOSALS]:
        yield round(n / k)
        low, high = int(n / (k + 1)), min(int(np.ceil(n / (k - 1))), n // _MIN_CYCLES)
        lags = np.arange(max(low, _MIN_PERIOD), high + 1)
        if len(lags):
            yield int(lags[np.argmax(correlation[lags])])


def _strength(y: Floats, period: int) -> float:
    """Returns the lower R2 with which the profile of one half predicts the other; 0 for too few periods."""
    if period < _MIN_PERIOD or len(y) < _MIN_CYCLES * period:
        return 0.0
    level = _level(y, period)
    rest = y[period // 2 : period // 2 + len(level)] - level
    phase = np.arange(len(rest)) % period
    half = len(rest) // 2
    first, second = slice(None, half), slice(half, None)
    return min(
        _explained(rest[first], phase[first], rest[second], phase[second]),
        _explained(rest[second], phase[second], rest[first], phase[first]),
    )


def _explained(known: Floats, at: NDArray[np.int64], later: Floats, then: NDArray[np.int64]) -> float:
    """Returns the R2 of the mean profile of known values on later ones; `at` and `then` are their phases."""
    profile = np.bincount(at, weights=known) / np.bincount(at)
    reach = len(profile) // 32  # a long profile from few periods is noisy; neighbours steady it
    if reach:
        around = np.concatenate([profile[-reach:], profile, profile[:reach]])
        profile = np.convolve(around, np.full(2 * reach + 1, 1 / (2 * reach + 1)), mode="valid")
    total = float(np.sum(later**2))
    if total <= _ROUNDING * len(later):
        return 0.0
    return 1.0 - float(np.sum((later - profile[then]) ** 2)) / total


def _level(y: Floats, period: int) -> Floats:
    """Returns the centred mean over one period, of shape (n - period,) or one more for an odd period."""
    weights = np.ones(period) if period % 2 else np.r_[0.5, np.ones(period - 1), 0.5]
    return np.convolve(y, weights / period, mode="valid")
