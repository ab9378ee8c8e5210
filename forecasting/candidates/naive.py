"""The naive family: what was there one season ago, the bar every other candidate must clear, and the newest value."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from forecasting.backtest import forecast_each
from forecasting.contract import CandidateFailed, Forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.budget import Budget
    from plant.series import Series


class SeasonalNaive:
    """Repeats the newest season; with season 1 that is naive, the newest value.

    A step that is missing in the newest season is taken from the one before, and so on; one that
    is missing in all of them is the newest value.
    """

    name: ClassVar[str] = "seasonal-naive"
    seasonal: ClassVar[bool] = True
    fills_gaps: ClassVar[bool] = True
    costly: ClassVar[bool] = False

    def minimum_length(self, season: int) -> int:
        """One season."""
        return season

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:
        """Repeats the newest season. Raises `CandidateFailed` where there is no value at all."""
        good = np.flatnonzero(np.isfinite(history.values))
        if not len(good):
            raise CandidateFailed("has no value to repeat")
        n = len(history)
        phases = (good - n) % season
        newest = np.full(season, good[-1])
        newest[phases] = good  # later ones overwrite earlier ones
        return Forecast(history.values[newest[np.arange(horizon) % season]])

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget | None = None
    ) -> list[Forecast]:
        """Forecasts each fold on its own: there is nothing to fit."""
        return forecast_each(self, series, origins, horizon, season=season, budget=budget)


class Naive(SeasonalNaive):
    """Repeats the newest value, whatever the season."""

    name: ClassVar[str] = "naive"
    seasonal: ClassVar[bool] = False

    def minimum_length(self, season: int) -> int:  # noqa: ARG002 (the contract's; it knows no season)
        """One step."""
        return 1

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:  # noqa: ARG002 (as above)
        """Repeats the newest value. Raises `CandidateFailed` where there is none."""
        return super().forecast(history, horizon, season=1)
