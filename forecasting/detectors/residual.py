"""One-step forecast residual: odd is what the recent past of all tags does not explain.

A vector autoregression (three lags, ridge) on robustly scaled tags; its residuals are whitened,
their energy is smoothed by an exponentially weighted mean. On the Tennessee Eastman process this is
what finds most faults at one false alarm in a hundred.
Sources: Lütkepohl, "New Introduction to Multiple Time Series Analysis", 2005; Roberts, "Control
chart tests based on geometric moving averages", Technometrics 1, 1959.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from forecasting.detectors.scaling import Scaling, fit_scaling
from forecasting.detectors.states import decode_state
from plant.errors import BadInput

if TYPE_CHECKING:
    from forecasting.contract import Floats

LAGS: Final = 3
SMOOTHING: Final = 0.1
"""Weight of the newest row in the smoothed energy."""

_SMOOTHED_ROWS: Final = 50  # the weights of older rows are below 1 % of the whole
_RIDGE: Final = 1e-2
_SHRINKAGE: Final = 0.1
_FAR_LAG: Final = 30.0  # a spike is cut here before others are forecast from it
_ENERGY_CAP: Final = 100.0  # one row's energy nears this, so that one spike does not ring for hours
_SPREAD_FLOOR: Final = 1e-3


class ResidualState(msgspec.Struct, forbid_unknown_fields=True):
    """The fitted autoregression.

    Attributes:
        scaling: How tags are scaled.
        weights: Of shape (1 + LAGS * n_tags, n_tags), the intercept first.
        whitening: Of shape (n_tags, n_tags), symmetric.
    """

    scaling: Scaling
    weights: list[list[float]]
    whitening: list[list[float]]


class ResidualDetector:
    """The residual detector; its score is near 1 on usual rows and below 100 always."""

    name: ClassVar[str] = "residual"
    memory: ClassVar[int] = _SMOOTHED_ROWS + LAGS
    minimum_rows: ClassVar[int] = 64

    def __init__(self) -> None:
        self._state: ResidualState | None = None

    def fit(self, frame: Floats) -> None:
        """Learns the autoregression. Raises `BadInput` for too few rows."""
        scaling = fit_scaling(frame, self.minimum_rows)
        scaled = scaling.apply(frame)
        targets, lagged, known = _regression(scaled)
        targets = np.clip(targets, -_FAR_LAG, _FAR_LAG)  # an outlier must not become the usual
        rows = known.any(axis=1)
        penalty = _RIDGE * max(int(rows.sum()), 1) * np.eye(lagged.shape[1])
        penalty[0, 0] = 0.0
        design = lagged[rows]
        weights = np.linalg.solve(design.T @ design + penalty + 1e-9 * np.eye(len(penalty)), design.T @ targets[rows])
        residuals = np.where(known, targets - lagged @ weights, 0.0)[rows]
        self._state = ResidualState(scaling, weights.tolist(), _whitening(residuals, known[rows]).tolist())

    def score(self, frame: Floats) -> Floats:
        """Returns the smoothed energy of the whitened residuals, one a row."""
        energies, seen = self._energies(frame)
        return _smoothed(energies.sum(axis=1, keepdims=True), seen, usual=1.0)[:, 0]

    def contributions(self, frame: Floats) -> Floats:
        """Returns each tag's part of the score; a row's parts add up to its score."""
        energies, seen = self._energies(frame)
        return _smoothed(energies, seen, usual=1.0 / energies.shape[1])

    def state(self) -> dict[str, Any]:
        """Returns scaling, weights and whitening."""
        built: dict[str, Any] = msgspec.to_builtins(self._fitted())
        return built

    def restore(self, state: dict[str, Any]) -> None:
        """Takes a state back. Raises `BadInput` if it is not one of this detector's."""
        decoded = decode_state(state, ResidualState, self.name)
        n_tags = len(decoded.scaling.center)
        shapes = (_shape(decoded.weights), _shape(decoded.whitening))
        if shapes != ((1 + LAGS * n_tags, n_tags), (n_tags, n_tags)):
            raise BadInput(f"The matrices of this residual state do not fit {n_tags} tags.")
        self._state = decoded

    def _energies(self, frame: Floats) -> tuple[Floats, Floats]:
        """Returns the tags' energies of each row, and 1.0 where a row could be judged, else 0.0."""
        state = self._fitted()
        targets, lagged, known = _regression(state.scaling.apply(frame))
        residuals = np.where(known, targets - lagged @ np.asarray(state.weights), 0.0)
        squares = (residuals @ np.asarray(state.whitening)) ** 2 / max(frame.shape[1], 1)
        total = squares.sum(axis=1, keepdims=True)
        return squares / (1.0 + total / _ENERGY_CAP), known.any(axis=1).astype(float)

    def _fitted(self) -> ResidualState:
        if self._state is None:
            raise BadInput("The residual detector has not learned anything yet.")
        return self._state


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


def _smoothed(energies: Floats, seen: Floats, *, usual: float) -> Floats:
    """Returns the exponentially weighted mean of the rows that could be judged, over a fixed number of rows.

    The number is fixed, so that a row's score does not depend on how much came before it. Where none could be
    judged the score is `usual`.
    """
    weights = (1 - SMOOTHING) ** np.arange(_SMOOTHED_ROWS)[::-1]
    weight = _windows(seen[:, None]) @ weights
    total = _windows(energies * seen[:, None]) @ weights
    smoothed: Floats = np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), usual)
    return smoothed


def _windows(columns: Floats) -> Floats:
    """Returns the last rows before and with each row, of shape (n_steps, n_columns, n_window); 0 before the first."""
    padded = np.vstack([np.zeros((_SMOOTHED_ROWS, columns.shape[1])), columns])
    windows: Floats = sliding_window_view(padded, _SMOOTHED_ROWS, axis=0)
    return windows[1:]


def _shape(rows: list[list[float]]) -> tuple[int, int]:
    widths = {len(row) for row in rows}
    return len(rows), widths.pop() if len(widths) == 1 else -1
