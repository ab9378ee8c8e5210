"""Drift: the straight line from the first value to the newest, continued."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from forecasting.backtest import forecast_each
from forecasting.contract import CandidateFailed, Forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.budget import Budget
    from plant.series import Series


class Drift:
    """Goes on from the newest value by the mean change a step.

    Source: Hyndman and Athanasopoulos, "Forecasting: principles and practice" (3rd ed.), simple methods.
    """

    name: ClassVar[str] = "drift"
    seasonal: ClassVar[bool] = False
    fills_gaps: ClassVar[bool] = True
    costly: ClassVar[bool] = False

    def minimum_length(self, season: int) -> int:  # noqa: ARG002 (the contract's; it knows no season)
        """Two steps."""
        return 2

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:  # noqa: ARG002 (as above)
        """Continues the line. Raises `CandidateFailed` for fewer than two values."""
        good = np.flatnonzero(np.isfinite(history.values))
        if len(good) < 2:
            raise CandidateFailed("needs two steps with a value")
        first, last = good[0], good[-1]
        steps = np.arange(len(history), len(history) + horizon) - last
        with np.errstate(over="ignore", invalid="ignore"):
            slope = (history.values[last] - history.values[first]) / (last - first)
            median = history.values[last] + slope * steps
        if not np.isfinite(median).all():
            raise CandidateFailed("the values are too large to compute with")
        return Forecast(median)

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget | None = None
    ) -> list[Forecast]:
        """Forecasts each fold on its own: there is nothing to fit."""
        return forecast_each(self, series, origins, horizon, season=season, budget=budget)
