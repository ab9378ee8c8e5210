"""One-step forecast residual: odd is what the recent past of all tags does not explain.

A vector autoregression (three lags, ridge) on robustly scaled tags; its residuals are whitened. What is judged is
the energy of a row's residual, which sees a burst, and that of its mean over a few rows (a multivariate EWMA), which
sees a small shift that stays; the sum of both is smoothed. On the Tennessee Eastman process this is what
finds most faults at one false alarm in a hundred.
Sources: Lütkepohl, "New Introduction to Multiple Time Series Analysis", 2005; Lowry, Woodall, Champ and Rigdon,
"A multivariate exponentially weighted moving average control chart", Technometrics 34, 1992.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.detectors.base import FittedDetector, FittedState, Rows, expect_shape
from forecasting.detectors.smoothing import filtered, moving_mean, weights

if TYPE_CHECKING:
    from forecasting.contract import Floats
    from forecasting.detectors.scaling import Scaling

LAGS: Final = 3
SMOOTHING: Final = 0.1
"""Weight of the newest row in the smoothed energy."""

_SMOOTHED_ROWS: Final = 50  # the weights of older rows are below 1 % of the whole
_SHIFT: Final = 0.3  # weight of the newest residual in their mean
_SHIFT_ROWS: Final = 13
_SHIFT_CUT: Final = 5.0  # one residual counts in their mean by no more than this many deviations
_RIDGE: Final = 1e-2
_SHRINKAGE: Final = 0.1
_FAR_LAG: Final = 30.0  # a spike is cut here before others are forecast from it
_ENERGY_CAP: Final = 100.0  # one row's energy nears this, so that one spike does not ring for hours
_SPREAD_FLOOR: Final = 1e-3


class ResidualState(FittedState, frozen=True):
    """The fitted autoregression.

    Attributes:
        weights: Of shape (1 + LAGS * n_tags, n_tags), the intercept first.
        whitening: Of shape (n_tags, n_tags), symmetric.
    """

    weights: list[list[float]]
    whitening: list[list[float]]

    def __post_init__(self) -> None:
        expect_shape("weights", self.weights, (1 + LAGS * self.n_tags, self.n_tags))
        expect_shape("whitening", self.whitening, (self.n_tags, self.n_tags))


class ResidualDetector(FittedDetector[ResidualState]):
    """The residual detector; its score is near 1 on usual rows and below 100 always."""

    name: ClassVar[str] = "residual"
    memory: ClassVar[int] = _SMOOTHED_ROWS + _SHIFT_ROWS + LAGS
    state_type = ResidualState

    def _learned(self, scaling: Scaling, rows: Rows) -> ResidualState:
        targets, lagged, known = _regression(rows.scaled)
        targets = np.clip(targets, -_FAR_LAG, _FAR_LAG)  # an outlier must not become the usual
        judged = known.any(axis=1)
        penalty = _RIDGE * max(int(judged.sum()), 1) * np.eye(lagged.shape[1])
        penalty[0, 0] = 0.0
        design = lagged[judged]
        fitted = np.linalg.solve(design.T @ design + penalty + 1e-9 * np.eye(len(penalty)), design.T @ targets[judged])
        residuals = np.where(known, targets - lagged @ fitted, 0.0)[judged]
        return ResidualState(scaling, fitted.tolist(), _whitening(residuals, known[judged]).tolist())

    def _parts(self, state: ResidualState, rows: Rows) -> Floats:
        """Returns each tag's smoothed energy; a row's parts add up to its score."""
        targets, lagged, known = _regression(rows.scaled)
        residuals = np.where(known, targets - lagged @ np.asarray(state.weights), 0.0)
        white = residuals @ np.asarray(state.whitening)
        shift = filtered(white.clip(-_SHIFT_CUT, _SHIFT_CUT), weights(_SHIFT, _SHIFT_ROWS))
        energies = (white**2 + shift**2 * (2.0 - _SHIFT) / _SHIFT) / (2 * max(state.n_tags, 1))
        energies /= 1.0 + energies.sum(axis=1, keepdims=True) / _ENERGY_CAP
        seen = known.any(axis=1, keepdims=True).astype(float)
        return moving_mean(energies, seen, weights(SMOOTHING, _SMOOTHED_ROWS), usual=1.0 / state.n_tags)


def _regression(scaled: Floats) -> tuple[Floats, Floats, Floats]:
    """Returns targets, lagged values with a leading 1, and where a target and the value before it are known."""
    n_steps, n_tags = scaled.shape
    present = np.isfinite(scaled)
    filled = np.clip(_last_known(scaled), -_FAR_LAG, _FAR_LAG)
    lagged = np.zeros((n_steps, 1 + LAGS * n_tags))
    lagged[:, 0] = 1.0
    for lag in range(1, LAGS + 1):
        lagged[lag:, 1 + (lag - 1) * n_tags : 1 + lag * n_tags] = filled[:-lag]
    known = np.zeros_like(present)
    known[LAGS:] = present[LAGS:] & present[LAGS - 1 : -1]
    return np.nan_to_num(scaled, nan=0.0), lagged, known


def _last_known(scaled: Floats) -> Floats:
    """Fills each gap with the value before it, as far as the lags reach; 0, the median, beyond."""
    filled = scaled.copy()
    for lag in range(1, LAGS + 1):
        gap = np.isnan(filled[lag:]) & np.isfinite(scaled[:-lag])
        filled[lag:][gap] = scaled[:-lag][gap]
    return np.nan_to_num(filled, nan=0.0)


def _whitening(residuals: Floats, known: Floats) -> Floats:
    """Returns the symmetric inverse root of the residuals' covariance, shrunk towards independence."""
    counts = np.maximum(known.sum(axis=0), 1)
    spread = np.maximum(np.sqrt((residuals**2).sum(axis=0) / counts), _SPREAD_FLOOR)
    scaled = residuals / spread
    correlation = scaled.T @ scaled / max(len(scaled), 1)
    shrunk = (1 - _SHRINKAGE) * correlation + _SHRINKAGE * np.eye(len(spread))
    values, vectors = np.linalg.eigh(shrunk)
    root: Floats = (vectors / np.sqrt(np.maximum(values, _SHRINKAGE / 2))) @ vectors.T
    whitening: Floats = root / spread[:, None]
    return whitening
