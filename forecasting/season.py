"""The season of a series, found in its data: the frequency of its steps alone proves none.

1. Hour, day, week and year are tried, and what the data propose: periods at which the periodogram of the differences
   stands out most from its neighbourhood, and the peak of the autocorrelation near each, which resolves long ones.
2. A period is *proven* by lines in the spectrum of the differences: at its first harmonics there is more power than
   noise with the power of the neighbouring frequencies would give. A wandering level and autocorrelated noise have a
   smooth spectrum, so that the test holds its level for white noise, autoregressions and random walks alike, and a
   weak season under a wandering level is found all the same. The level is `_LEVEL` for a period of the calendar, each
   of which is likely beforehand; for a proposal it is divided by the number of steps, for so many could be proposed.
3. Of those that are proven the strongest is taken: with the level (a centred mean over one period) taken out, the
   mean profile of one half of the periods predicts the other half, and the lower R2 of both ways is the strength. A
   proposal must have `_MIN_STRENGTH`; a period of the calendar wins a near tie, for noise moves a peak by a step or
   two. A proven multiple, such as a week of days, is taken instead where around the same level (over the longer period)
   it leaves clearly less unexplained: where weekends are another kind of day.

How often that is wrong or misses is measured by `make bench-forecast ARGS=found`.

Source: the test for lines after Priestley, "Spectral analysis and time series" (1981), 6.1, and Fisher's combination of
p-values; periodogram and autocorrelation combined after Vlachos, Yu and Castelli (SDM 2005).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.series import filled
from plant.time import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from forecasting.contract import Floats

_PROPOSALS: Final = 8
_MIN_STRENGTH: Final = 0.1
_MIN_PERIOD: Final = 3
MIN_CYCLES: Final = 5
"""So many periods must be there."""
_LEVEL: Final = 0.001
"""Probability with which a series without a season is given a period of the calendar that it is tried for."""
_HARMONICS: Final = 4
_REACH: Final = 10
"""Frequencies on either side that tell the power of the noise, at most; fewer where harmonics are nearer."""
_CALENDAR: Final = (HOUR, DAY, 7 * DAY)
_YEAR: Final = 365.2425 * DAY
_ROUNDING: Final = 1e-20
"""Mean square of what rounding leaves of values up to 1; a pattern in it is none."""
_TIE: Final = 0.1
"""A calendar period wins if its strength is at most so much below the highest."""
_LEAVES: Final = 0.8
"""A multiple of a season is taken if it leaves less than this share of the variance that the season leaves."""


@dataclass(frozen=True, slots=True)
class Season:
    """A season.

    Attributes:
        steps: Its length in steps; 1 for none.
        strength: R2 of its profile out of sample, at most 1; 0 for none, and below 0 where a wandering level hides it.
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
    if np.count_nonzero(np.isfinite(values)) < MIN_CYCLES * _MIN_PERIOD:
        return NO_SEASON
    y = filled(values)
    scale = np.max(np.abs(y))
    y = y / scale if 0 < scale < np.inf else np.zeros(len(y))
    if not np.ptp(y) > 0:
        return NO_SEASON
    calendar = {period for period in _calendar(step_ms) if _p_value(y, period) <= _LEVEL}
    known = [Season(period, _strength(y, period)) for period in sorted(calendar)]
    proposed = {period for period in _proposals(y) if _p_value(y, period) <= _LEVEL / len(y)} - calendar
    others = [Season(period, _strength(y, period)) for period in sorted(proposed)]
    best = _best(known, [season for season in others if season.strength >= _MIN_STRENGTH])
    for longer in (*known, *others):
        if best.found and longer.steps > best.steps and longer.steps % best.steps == 0:
            alone = _strength(y, best.steps, around=longer.steps)
            best = longer if 1 - longer.strength < _LEAVES * (1 - alone) else best
    return best


def _best(known: Sequence[Season], others: Sequence[Season]) -> Season:
    """Returns the strongest; one of the calendar, `known`, wins a near tie."""
    likely, best = (max(seasons, key=_rank, default=NO_SEASON) for seasons in (known, others))
    return likely if likely.found and not (best.found and best.strength > likely.strength + _TIE) else best


def _rank(season: Season) -> tuple[float, int]:
    return season.strength, -season.steps


def _calendar(step_ms: int | None) -> set[int]:
    """Returns hour, day, week and year in steps, where they are whole numbers of them; a year is rounded."""
    if not step_ms:
        return set()
    return {period // step_ms for period in _CALENDAR if period % step_ms == 0} | {round(_YEAR / step_ms)}


def _proposals(y: Floats) -> Iterator[int]:
    """Yields periods in steps at which the spectrum of the differences stands out, and correlation peaks near."""
    n = len(y) - 1
    steps = np.diff(y)
    power = np.abs(np.fft.rfft(steps - np.mean(steps))) ** 2
    correlation = np.fft.irfft(np.abs(np.fft.rfft(y - np.mean(y), 2 * n)) ** 2)[:n]
    usable = np.arange(MIN_CYCLES, n // _MIN_PERIOD + 1)
    around = np.convolve(power, np.full(2 * MIN_CYCLES + 1, 1 / (2 * MIN_CYCLES + 1)), mode="same")
    excess = power[usable] / np.maximum(around[usable], np.finfo(np.float64).tiny)
    for k in usable[np.argsort(-excess, kind="stable")][:_PROPOSALS]:
        yield round(n / k)
        low, high = int(n / (k + 1)), min(int(np.ceil(n / (k - 1))), n // MIN_CYCLES)
        lags = np.arange(max(low, _MIN_PERIOD), high + 1)
        if len(lags):
            yield int(lags[np.argmax(correlation[lags])])


def _p_value(y: Floats, period: int) -> float:
    """Returns how likely lines as high as those of a period are without it; 1 for too few periods.

    Over whole periods its harmonics are frequencies of the discrete transform. With q noise frequencies around a
    harmonic, its power over their mean is F distributed with 2 and 2 q degrees of freedom.
    """
    cycles = (len(y) - 1) // period
    if period < _MIN_PERIOD or cycles < MIN_CYCLES:
        return 1.0
    power = np.abs(np.fft.rfft(np.diff(y[-cycles * period - 1 :]))) ** 2
    reach = min((cycles - 1) // 2, _REACH)
    beside = np.r_[-reach:0, 1 : reach + 1]
    lines = range(1, min(_HARMONICS, (period - 1) // 2) + 1)
    floor = _ROUNDING * cycles * period
    evidence = 0.0
    for line in lines:
        noise = float(np.mean(power[line * cycles + beside])) + floor
        evidence += len(beside) * math.log1p(float(power[line * cycles]) / noise / len(beside))
    return math.exp(-evidence) * sum(evidence**k / math.factorial(k) for k in range(len(lines)))


def _strength(y: Floats, period: int, around: int | None = None) -> float:
    """Returns the lower R2 with which the profile of one half predicts the other.

    Args:
        y: The values.
        period: In steps.
        around: Over how many steps the level is taken; the period if None.
    """
    around = around or period
    level = _level(y, around)
    rest = y[around // 2 : around // 2 + len(level)] - level
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
