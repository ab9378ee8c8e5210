"""Exponential smoothing by darts: level, optional damped trend, additive season.

The smoothing parameters are fitted on the first fold's history, for the form with and the form
without a damped trend, and the form with the lower AICc is kept; later folds take the parameters as
they are and only run the recursion. An undamped trend is not offered: over a horizon it is what
makes this family explode.

Everything darts would choose by itself is set: its defaults are an undamped trend and season 12.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from forecasting.budget import Budget
from forecasting.contract import CandidateFailed, Floats, Forecast
from forecasting.series import filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.series import Series

_MIN_LENGTH: Final = 10  # statsmodels' start values rest on ten steps
_TINY: Final = 1e-290  # below it, dividing by the spread overflows
_PARAMETERS: Final = ("smoothing_level", "smoothing_trend", "smoothing_seasonal", "damping_trend")


@dataclass(frozen=True, slots=True)
class _Fit:
    """A fitted form: its parameters, fixed for later folds."""

    damped: bool
    season: int
    parameters: dict[str, float]
    aicc: float


class Smoothing:
    """Exponential smoothing, Holt-Winters' form with additive errors and season."""

    name: ClassVar[str] = "smoothing"
    seasonal: ClassVar[bool] = True
    fills_gaps: ClassVar[bool] = True
    costly: ClassVar[bool] = False

    def minimum_length(self, season: int) -> int:
        """Two seasons, and ten steps."""
        return max(2 * season, _MIN_LENGTH)

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:
        """Fits both forms and forecasts with the better one."""
        return self.forecast_folds(history, [len(history)], horizon, season=season)[0]

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget | None = None
    ) -> list[Forecast]:
        """Fits on the first origin's history, and applies the parameters from the others."""
        budget = budget or Budget()
        first = series.values[: origins[0]]
        if len(first) < self.minimum_length(season):
            raise CandidateFailed(f"needs {self.minimum_length(season)} steps, has {len(first)}")
        center, spread = _location(first)
        fits = []
        for damped in (False, True):
            budget.check()
            fits.append(_fit((filled(first) - center) / spread, damped=damped, season=season))
        best = min(fits, key=lambda fit: fit.aicc)
        forecasts = []
        for origin in origins:
            budget.check()
            median = _apply(best, (filled(series.values[:origin]) - center) / spread, horizon)
            forecasts.append(Forecast(center + spread * median))
        return forecasts


def _location(values: Floats) -> tuple[float, float]:
    """Returns center and spread; the optimiser wants values near 1."""
    good = values[np.isfinite(values)]
    if not len(good):
        raise CandidateFailed("has no value to learn from")
    center = float(np.median(good))
    with np.errstate(over="ignore"):
        spread = float(np.max(np.abs(good - center)))
    if spread == 0:
        raise CandidateFailed("the values do not vary")
    if not np.isfinite(spread) or spread < _TINY:
        raise CandidateFailed("the values are too large or too small to compute with")
    return center, spread


def _fit(values: Floats, *, damped: bool, season: int) -> _Fit:
    results = _run(values, damped=damped, season=season, fit={"optimized": True})
    parameters = {key: float(results.params[key]) for key in _PARAMETERS if np.isfinite(results.params[key])}
    aicc = float(results.aicc)
    return _Fit(damped, season, parameters, np.inf if np.isnan(aicc) else aicc)


def _apply(fit: _Fit, values: Floats, horizon: int) -> Floats:
    results = _run(values, damped=fit.damped, season=fit.season, fit={"optimized": False, **fit.parameters})
    return np.asarray(results.forecast(horizon), dtype=np.float64)


def _run(values: Floats, *, damped: bool, season: int, fit: dict[str, Any]) -> Any:
    """Fits darts' model with every parameter set; returns the results of statsmodels that it keeps."""
    from darts import TimeSeries
    from darts.models import ExponentialSmoothing
    from darts.utils.utils import ModelMode, SeasonalityMode
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    model = ExponentialSmoothing(
        trend=ModelMode.ADDITIVE if damped else ModelMode.NONE,
        damped=damped,
        seasonal=SeasonalityMode.ADDITIVE if season > 1 else SeasonalityMode.NONE,
        seasonal_periods=season if season > 1 else None,
        kwargs={"initialization_method": "heuristic"},
        **fit,
    )
    # A perfect fit has an error of zero, and its AICc is minus infinity: that is meant.
    with warnings.catch_warnings(), np.errstate(divide="ignore"):
        # A search that stops early still gives parameters, and the folds tell how good they are.
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            model.fit(TimeSeries.from_values(values))
        except (ValueError, np.linalg.LinAlgError) as error:
            raise CandidateFailed(f"cannot be fitted: {error}") from error
    return model.model
