"""Exponential smoothing by statsforecast: level, optional damped trend, additive season.

The parameters are fitted for the form with and the form without a damped trend, and the form with the lower AICc is
kept. Left out are what makes this family explode: an undamped trend, and multiplicative forms, which have no meaning
for values whose zero is a convention.

The first value of each step of the season is a parameter too, so a season of more than `_LONGEST` steps (as in R's
`ets`) is taken out by STL first, and the rest is smoothed.

Source: Hyndman, Koehler, Ord and Snyder, "Forecasting with exponential smoothing: the state space approach" (2008).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from forecasting.candidates.decomposition import around_season, bridged, split
from forecasting.candidates.fitted import Fitted

if TYPE_CHECKING:
    from forecasting.budget import Budget
    from forecasting.candidates.fitted import Continue
    from forecasting.contract import Floats

_LONGEST: Final = 24


class Smoothing(Fitted):
    """Exponential smoothing with additive errors and season."""

    name: ClassVar[str] = "smoothing"

    def fit(self, history: Floats, season: int, budget: Budget) -> Continue:
        """Fits both forms, and keeps the better one."""
        whole = bridged(history, season)
        if season > _LONGEST:
            return around_season(season, _continuing(_fit(split(whole, season)[0], 1, budget)))
        proceed = _continuing(_fit(whole, season, budget))
        return lambda values, horizon: proceed(bridged(values, season), horizon)


def _fit(values: Floats, season: int, budget: Budget) -> Any:
    from statsforecast.ets import ets_f

    seasonal, fits = "A" if season > 1 else "N", []
    for trend, damped in (("N", False), ("A", True)):
        budget.check()
        fits.append(ets_f(values, season, model=f"A{trend}{seasonal}", damped=damped))
    return min(fits, key=lambda fit: float(fit["aicc"]))


def _continuing(fit: Any) -> Continue:
    def proceed(values: Floats, horizon: int) -> Floats:
        from statsforecast.ets import forecast_ets, forward_ets

        return np.asarray(forecast_ets(forward_ets(fit, values), horizon)["mean"])

    return proceed
