"""MSTL: the season taken out by STL, an ARIMA for the rest, and the newest season added.

The pattern of the season is free in form and may change slowly, and its length costs little: a day of 1-minute data,
1,440 steps, takes a second. The rest is level, trend and what has a memory; an ARIMA lets it go back to where a
process is usually held, which exponential smoothing does not.

Source: Bandara, Hyndman and Bergmeir, "MSTL: a seasonal-trend decomposition algorithm for time series with multiple
seasonal patterns" (2021), with the one season that was found. Without one it would be a second ARIMA, with a second
vote in the ensemble and on what is odd: then it does not run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from forecasting.candidates.arma import fit_arma
from forecasting.candidates.decomposition import around_season, bridged, split
from forecasting.candidates.fitted import Fitted
from forecasting.contract import CandidateFailed

if TYPE_CHECKING:
    from forecasting.budget import Budget
    from forecasting.candidates.fitted import Continue
    from forecasting.contract import Floats


class Mstl(Fitted):
    """STL, and an ARIMA for the rest."""

    name: ClassVar[str] = "mstl"

    def fit(self, history: Floats, season: int, budget: Budget) -> Continue:
        """Chooses orders and fits them on what the season leaves. Raises `CandidateFailed` where there is none."""
        if season == 1:
            raise CandidateFailed("there is no season to take out: without one it is arima")
        rest, _ = split(bridged(history, season), season)
        return around_season(season, fit_arma(rest, 1, budget))
