"""A season taken out by STL, by statsmodels: what is left is continued by some method, and the newest season added.

The pattern of the season may change slowly: it is smoothed over `_WINDOW` seasons, as in R's `mstl`. Its smoothers are
computed at every tenth of their window and interpolated between, as in R's `stl`: for a season of 1,440 steps that
takes 0.05 s where all of them take 7 s.

Source: Cleveland, Cleveland, McRae and Terpenning, "STL: a seasonal-trend decomposition procedure based on loess"
(Journal of Official Statistics, 1990).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.series import filled

if TYPE_CHECKING:
    from forecasting.candidates.fitted import Continue
    from forecasting.contract import Floats

_WINDOW: Final = 11
_JUMP: Final = 0.1


def bridged(values: Floats, season: int) -> Floats:
    """Returns values with gaps bridged by straight lines around the mean pattern of the season.

    A line alone through a gap of half a day would flatten the day, and move the phase of the next ones.
    """
    good = np.isfinite(values)
    if good.all():
        return values
    phase = np.arange(len(values)) % season
    counts = np.bincount(phase[good], minlength=season)
    sums = np.bincount(phase[good], weights=values[good], minlength=season)
    pattern = np.where(counts > 0, sums / np.maximum(counts, 1), np.mean(values[good]))
    return filled(values - pattern[phase]) + pattern[phase]


def split(values: Floats, season: int) -> tuple[Floats, Floats]:
    """Splits a history into what is left without its season, of shape (n,), and the newest season.

    Args:
        values: Without gaps; of two seasons at least.
        season: Steps; 1 for none: the season is then 0.
    """
    if season == 1:
        return values, np.zeros(1)
    from statsmodels.tsa.seasonal import STL

    trend = int(np.ceil(1.5 * season / (1 - 1.5 / _WINDOW))) | 1  # the authors' choice, odd
    stl = STL(
        values,
        period=season,
        seasonal=_WINDOW,
        trend=trend,
        seasonal_deg=0,
        seasonal_jump=int(np.ceil(_JUMP * _WINDOW)),
        trend_jump=int(np.ceil(_JUMP * trend)),
        low_pass_jump=int(np.ceil(_JUMP * season)),
    )
    pattern = np.asarray(stl.fit().seasonal)
    return values - pattern, pattern[-season:]


def around_season(season: int, fitted: Continue) -> Continue:
    """Returns a way to continue histories: split, the rest continued by `fitted`, the newest season repeated."""

    def proceed(history: Floats, horizon: int) -> Floats:
        rest, pattern = split(bridged(history, season), season)
        return fitted(rest, horizon) + np.resize(pattern, horizon)

    return proceed
