"""ARIMA by statsmodels, with Fourier terms for the season.

1. The season is a regression on `K` pairs of sine and cosine, K chosen by AICc: it costs the same
   for a season of 24 steps or of 1,440, where a seasonal ARIMA takes from seconds to never.
2. What is left is differenced once if it is not stationary (KPSS), and an ARMA of a small set of
   orders is chosen by AICc, all on the newest `_CAP` steps of the first fold's history.
3. Later folds *apply* these parameters to their own history, by a Kalman filter that bears gaps.

Source: Hyndman and Athanasopoulos, "Forecasting: principles and practice", dynamic harmonic
regression; KPSS after Kwiatkowski et al. (1992).
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

_CAP: Final = 1_000
_MIN_LENGTH: Final = 16
_TINY: Final = 1e-290  # below it, dividing by the unit overflows
_MAX_PAIRS: Final = 6
_STATIONARY_ORDERS: Final = ((1, 0, 0), (1, 0, 1), (2, 0, 1))
_DIFFERENCED_ORDERS: Final = ((0, 1, 0), (0, 1, 1), (1, 1, 1))
_KPSS_CRITICAL: Final = 0.463
"""Critical value of the KPSS statistic for a level, at 5 %."""


class Arima:
    """Regression on Fourier terms with ARIMA errors."""

    name: ClassVar[str] = "arima"
    seasonal: ClassVar[bool] = True
    fills_gaps: ClassVar[bool] = False
    costly: ClassVar[bool] = False

    def minimum_length(self, season: int) -> int:
        """Two seasons, and sixteen steps."""
        return max(2 * season, _MIN_LENGTH)

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:
        """Chooses orders and fits on the history."""
        return self.forecast_folds(history, [len(history)], horizon, season=season)[0]

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget | None = None
    ) -> list[Forecast]:
        """Chooses orders and fits on the first origin's history, and applies them from the others."""
        budget = budget or Budget()
        first = series.values[: origins[0]]
        if np.count_nonzero(np.isfinite(first)) < self.minimum_length(season):
            raise CandidateFailed(f"needs {self.minimum_length(season)} steps with a value")
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

        # The filter multiplies many tiny matrices: threads wait for each other longer than they compute.
        with threadpool_limits(limits=1, user_api="blas"):
            return _forecast_folds(series.values, origins, horizon, season, budget)


def _forecast_folds(
    values: Floats, origins: Sequence[int], horizon: int, season: int, budget: Budget
) -> list[Forecast]:
    first = values[: origins[0]]
    wave = _fit_wave(first[-_CAP:], start=max(0, len(first) - _CAP), season=season)
    rest = (first - wave.at(0, len(first)))[-_CAP:]
    fitted = _choose(rest / wave.spread, budget)
    forecasts = []
    for origin in origins:
        budget.check()
        start = max(0, origin - _CAP)
        known = (values[start:origin] - wave.at(start, origin)) / wave.spread
        errors = fitted.apply(known).forecast(horizon)
        forecasts.append(Forecast(wave.at(origin, origin + horizon) + wave.spread * np.asarray(errors)))
    return forecasts


@dataclass(frozen=True, slots=True)
class _Wave:
    """The seasonal part by absolute step, and the spread of what it leaves."""

    season: int
    coefficients: Floats
    spread: float

    def at(self, start: int, end: int) -> Floats:
        return _terms(start, end, self.season, (len(self.coefficients) - 1) // 2) @ self.coefficients


def _terms(start: int, end: int, season: int, pairs: int) -> Floats:
    """Returns constant, sines and cosines by step, of shape (end - start, 1 + 2 * pairs)."""
    angle = 2 * np.pi * np.arange(start, end)[:, None] * np.arange(1, pairs + 1)[None, :] / season
    return np.hstack([np.ones((end - start, 1)), np.sin(angle), np.cos(angle)])


def _fit_wave(values: Floats, *, start: int, season: int) -> _Wave:
    """Fits the seasonal part by least squares, with the number of pairs that has the lowest AICc."""
    good = np.isfinite(values)
    y = values[good]
    center = float(np.median(y))
    with np.errstate(over="ignore"):
        unit = float(np.max(np.abs(y - center)))
    if unit == 0:
        raise CandidateFailed("the values do not vary")
    if not np.isfinite(unit) or unit < _TINY:
        raise CandidateFailed("the values are too large or too small to compute with")
    best, best_aicc = np.array([center]), np.inf
    for pairs in range(min(_MAX_PAIRS, (season - 1) // 2) + 1):
        terms = _terms(start, start + len(values), season, pairs)[good]
        coefficients, *_ = np.linalg.lstsq(terms, (y - center) / unit, rcond=None)
        errors = (y - center) / unit - terms @ coefficients
        aicc = _aicc(float(np.mean(errors**2)), len(y), terms.shape[1] + 1)
        if aicc < best_aicc:
            best, best_aicc = unit * coefficients, aicc
            best[0] += center
    return _Wave(season, best, unit)


def _aicc(variance: float, n: int, parameters: int) -> float:
    if n <= parameters + 1:
        return np.inf
    penalty = 2 * parameters * n / (n - parameters - 1)
    return n * float(np.log(max(variance, np.finfo(np.float64).tiny))) + penalty


def _choose(rest: Floats, budget: Budget) -> Any:
    """Returns the fitted ARIMA with the lowest AICc among the orders for a stationary or a wandering rest."""
    stationary = _kpss(filled(rest)) < _KPSS_CRITICAL
    fits = []
    for order in _STATIONARY_ORDERS if stationary else _DIFFERENCED_ORDERS:
        budget.check()
        fitted = _fit(rest, order, constant=stationary)
        if fitted is not None and np.isfinite(fitted.aicc):
            fits.append(fitted)
    if not fits:
        raise CandidateFailed("none of its orders could be fitted")
    return min(fits, key=lambda fitted: float(fitted.aicc))


def _fit(rest: Floats, order: tuple[int, int, int], *, constant: bool) -> Any:
    """Fits one order; None where it cannot be."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    model = SARIMAX(
        rest,
        order=order,
        seasonal_order=(0, 0, 0, 0),
        trend="c" if constant else "n",
        enforce_stationarity=True,
        enforce_invertibility=True,
        concentrate_scale=True,
    )
    with warnings.catch_warnings():
        # Poor start values and an early stop show in the AICc and on the folds.
        warnings.filterwarnings("ignore", message="Non-", category=UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            return model.fit(disp=False, method="lbfgs", maxiter=50, cov_type="none")
        except (ValueError, np.linalg.LinAlgError):
            return None


def _kpss(values: Floats) -> float:
    """Returns the KPSS statistic for stationarity around a level; 0 for values that do not vary."""
    n = len(values)
    errors = values - np.mean(values)
    lags = min(int(12 * (n / 100) ** 0.25), n - 1)
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    covariances = np.array([np.dot(errors[lag:], errors[:-lag]) for lag in range(1, lags + 1)])
    variance = (np.dot(errors, errors) + 2 * np.dot(weights, covariances)) / n
    return float(np.sum(np.cumsum(errors) ** 2) / n**2 / variance) if variance > 0 else 0.0
