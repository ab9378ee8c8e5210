"""Orders and coefficients of an ARIMA, by statsforecast: fitted in milliseconds, applied by a Kalman filter.

1. One difference or none (KPSS at 5 %), after the seasonal difference where there is a season.
2. A small set of orders is fitted by conditional sum of squares, which a season of 24 steps bears at a hundredth of
   what exact likelihood costs; the lowest AICc wins. A fit whose autoregressive part is not stationary is left out.
3. Coefficients are applied to any history by the filter, which bears gaps and gives the state that a forecast starts
   from: conditional sum of squares gives none, and the library's forecasts right after it are wrong.

Source: Hyndman and Khandakar, "Automatic time series forecasting: the forecast package for R" (Journal of Statistical
Software, 2008); KPSS after Kwiatkowski et al. (1992). The library's own search (`auto_arima_f`) is not used: it
refuses seasonal terms whose roots lie within 1 % of the unit circle, as those of a slow season of 24 steps do.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from forecasting.contract import CandidateFailed, Floats

if TYPE_CHECKING:
    from forecasting.budget import Budget

Order = tuple[int, int, int]

_STATIONARY: Final[tuple[Order, ...]] = ((0, 0, 0), (1, 0, 0), (1, 0, 1), (2, 0, 0), (2, 0, 1))
_DIFFERENCED: Final[tuple[Order, ...]] = ((0, 1, 0), (0, 1, 1), (1, 1, 1), (0, 1, 2), (2, 1, 1))
_SEASONAL: Final[Order] = (0, 1, 1)
"""Of the season: the pattern of the newest seasons, smoothed exponentially."""
_UNIT_ROOT: Final = 0.999


@dataclass(frozen=True, slots=True, eq=False)
class Arma:
    """A fitted ARIMA.

    Attributes:
        order: p, d, q.
        season: Steps of the seasonal part (0, 1, 1); 1 for none.
        coefficients: As the library orders them.
        level: What stationary values vary around; 0 where they are differenced.
    """

    order: Order
    season: int
    coefficients: Floats
    level: float

    def __call__(self, history: Floats, horizon: int) -> Floats:
        """Continues a history of shape (n,), NaN where missing."""
        from statsforecast.arima import predict_arima

        fitted = _arima(history - self.level, self.order, self.season, method="ML", fixed=self.coefficients.copy())
        median: Floats = predict_arima(fitted, horizon, se_fit=False) + self.level
        return median


def fit_arma(values: Floats, season: int, budget: Budget) -> Arma:
    """Chooses orders and fits them on values without gaps, of shape (n,).

    Args:
        values: Two seasons and more.
        season: Steps; 1 for none.
        budget: Asked before each order.

    Raises:
        CandidateFailed: If none could be fitted.
        TimedOut: If time is up before the first is.
    """
    from statsforecast.arima import ndiffs

    rest = values[season:] - values[:-season] if season > 1 else values
    if not np.ptp(rest) > 0:  # it repeats itself exactly
        return Arma((0, 0, 0), season, np.zeros(int(season > 1)), float(rest[0]))
    differenced = ndiffs(rest, max_d=1) > 0
    level = 0.0 if differenced or season > 1 else float(np.mean(values))
    best, best_aicc = None, np.inf
    for order in _DIFFERENCED if differenced else _STATIONARY:
        budget.check()
        fitted = _arima(values - level, order, season, method="CSS")
        coefficients, aicc = np.array(list(fitted["coef"].values())), _aicc(fitted, order, season)
        if aicc < best_aicc and _stationary(coefficients[: order[0]]):
            best, best_aicc = Arma(order, season, coefficients, level), aicc
    if best is None:
        raise CandidateFailed("none of its orders could be fitted")
    return best


def _arima(values: Floats, order: Order, season: int, *, method: str, fixed: Floats | None = None) -> Any:
    """Runs the library on stationary or differenced values: fits, or applies coefficients that are fixed."""
    from statsforecast.arima import Arima

    seasonal = {"order": _SEASONAL if season > 1 else (0, 0, 0), "period": season}
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        # A search that stops early, or strays to where errors overflow, shows in the AICc and on the folds.
        warnings.filterwarnings("ignore", message="possible convergence problem", category=UserWarning)
        return Arima(values, order=order, seasonal=seasonal, include_mean=False, method=method, fixed=fixed)


def _aicc(fitted: Any, order: Order, season: int) -> float:
    """Returns the AICc of a fit by conditional sum of squares; infinity for more parameters than it can judge."""
    errors = fitted["residuals"]
    n = len(errors) - order[1] - (season if season > 1 else 0)
    parameters = len(fitted["coef"]) + 1
    if n <= parameters + 1:
        return np.inf
    variance = max(float(np.sum(errors**2)) / n, np.finfo(np.float64).tiny)
    return n * float(np.log(variance)) + 2 * parameters * n / (n - parameters - 1)


def _stationary(autoregressive: Floats) -> bool:
    """Returns whether the roots of an autoregressive part lie within the unit circle."""
    return bool(np.all(np.abs(np.roots(np.r_[1.0, -autoregressive])) < _UNIT_ROOT))
