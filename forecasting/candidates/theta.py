"""The Theta method by statsforecast: half a straight line, half exponential smoothing.

The season is taken out by STL first and added again, where the library would take one fixed pattern. Of the library's
four forms it is the standard one: those that look for the line's weight too cost three times as much and were not
better on the series looked at.

Source: Assimakopoulos and Nikolopoulos, "The theta model: a decomposition approach to forecasting" (International
Journal of Forecasting, 2000); as a state space model after Fiorucci et al. (2016).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from forecasting.candidates.decomposition import around_season, bridged, split
from forecasting.candidates.fitted import Fitted

if TYPE_CHECKING:
    from forecasting.budget import Budget
    from forecasting.candidates.fitted import Continue
    from forecasting.contract import Floats


class Theta(Fitted):
    """The standard Theta method."""

    name: ClassVar[str] = "theta"

    def fit(self, history: Floats, season: int, budget: Budget) -> Continue:
        """Fits first level and smoothing on what the season leaves."""
        from statsforecast.theta import auto_theta, forecast_theta

        budget.check()
        rest, _ = split(bridged(history, season), season)
        parameters = auto_theta(rest, 1, model="STM")["par"]

        def proceed(values: Floats, horizon: int) -> Floats:
            fitted = auto_theta(values, 1, model="STM", **parameters)
            return np.asarray(forecast_theta(fitted, horizon)["mean"])

        return around_season(season, proceed)
