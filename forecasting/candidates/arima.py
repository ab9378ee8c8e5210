"""ARIMA by statsforecast: seasonal where the season is short, else with Fourier terms for it.

A seasonal ARIMA's cost grows with the square of the season: up to `_SHORT` steps, half-hourly values of a day, it
takes a second; of a day in 1-minute steps, never. Beyond that the season is a regression on pairs of sine and cosine
(dynamic harmonic regression), their number chosen by AICc, and an ARIMA is fitted to what they leave.

Source: Hyndman and Athanasopoulos, "Forecasting: principles and practice" (3rd ed.), seasonal ARIMA models and dynamic
harmonic regression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.candidates.arma import fit_arma
from forecasting.candidates.decomposition import bridged
from forecasting.candidates.fitted import Fitted

if TYPE_CHECKING:
    from forecasting.budget import Budget
    from forecasting.candidates.fitted import Continue
    from forecasting.contract import Floats

_SHORT: Final = 48
_CAP: Final = 2_000
"""Newest steps that a seasonal ARIMA sees."""
_MAX_PAIRS: Final = 24
"""In a week of days the seventh pair is the first of the day, and the 21st its third."""


class Arima(Fitted):
    """A seasonal ARIMA, or a regression on Fourier terms with ARIMA errors."""

    name: ClassVar[str] = "arima"
    fills_gaps: ClassVar[bool] = False

    def fit(self, history: Floats, season: int, budget: Budget) -> Continue:
        """Chooses orders and fits them."""
        whole = bridged(history, season)
        if season <= _SHORT:
            fitted = fit_arma(whole[-_CAP:], season, budget)
            return lambda values, horizon: fitted(values[-_CAP:], horizon)
        coefficients = _fit_wave(whole, season)

        def wave(start: int, end: int) -> Floats:
            return _terms(start, end, season, len(coefficients) // 2) @ coefficients

        errors = fit_arma(whole - wave(0, len(whole)), 1, budget)
        return lambda values, horizon: (
            errors(values - wave(0, len(values)), horizon) + wave(len(values), len(values) + horizon)
        )


def _terms(start: int, end: int, season: int, pairs: int) -> Floats:
    """Returns constant, sines and cosines by step, of shape (end - start, 1 + 2 * pairs)."""
    angle = 2 * np.pi * np.arange(start, end)[:, None] * np.arange(1, pairs + 1)[None, :] / season
    return np.hstack([np.ones((end - start, 1)), np.sin(angle), np.cos(angle)])


def _fit_wave(values: Floats, season: int) -> Floats:
    """Returns the coefficients of the seasonal part, for the number of pairs that has the lowest AICc."""
    best, best_aicc, n = np.zeros(1), np.inf, len(values)
    for pairs in range(min(_MAX_PAIRS, (season - 1) // 2) + 1):
        terms = _terms(0, n, season, pairs)
        coefficients = np.asarray(np.linalg.lstsq(terms, values, rcond=None)[0], dtype=np.float64)
        parameters = terms.shape[1] + 1
        variance = max(float(np.mean((values - terms @ coefficients) ** 2)), np.finfo(np.float64).tiny)
        aicc = n * float(np.log(variance)) + 2 * parameters * n / (n - parameters - 1)
        if aicc < best_aicc:
            best, best_aicc = coefficients, aicc
    return best
