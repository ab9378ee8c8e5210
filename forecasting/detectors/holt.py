"""Holt's forecast residual, a chart for each tag: odd is what level and trend of the tag itself do not explain.

Holt's linear exponential smoothing with its one-step residual written as a filter of second differences,
`e[t] = d2[t] + (2 - a - a b) e[t-1] - (1 - a) e[t-2]`, a the weight of the level and b that of the trend. The filter is
cut after a fixed number of rows; constants and straight lines leave no residual whatever the cut. Each tag takes the
weight of its level that leaves the smallest residuals. After a gap a tag begins anew, with no trend.
Sources: Holt, "Forecasting seasonals and trends by exponentially weighted moving averages", 1957 (reprinted in the
International Journal of Forecasting 20, 2004); Hyndman, Koehler, Ord and Snyder, "Forecasting with Exponential
Smoothing", 2008, ch. 11 (the equivalent ARIMA(0,2,2)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.detectors.base import ChartDetector, FittedState, Rows, expect_length
from forecasting.detectors.scaling import robust_spread
from forecasting.detectors.smoothing import filtered, moving_mean, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from forecasting.contract import Floats
    from forecasting.detectors.scaling import Scaling

LEVELS: Final = (0.1, 0.3, 0.6, 0.9)
"""Weights of the level to choose from."""

TREND: Final = 0.05
"""Weight of the trend."""

SMOOTHING: Final = 0.2
_SMOOTHED_ROWS: Final = 25
_FILTER_ROWS: Final = 100
_FAR: Final = 1e3  # scaled values are cut here
_ENERGY_CAP: Final = 100.0  # one row's energy nears this, so that one spike does not ring for hours
_USUAL: Final = 1.0


class HoltState(FittedState, frozen=True):
    """The smoothing of each tag.

    Attributes:
        levels: Weight of the level of each tag.
        spread: Robust spread of its residuals, in scaled units.
    """

    levels: tuple[float, ...]
    spread: tuple[float, ...]

    def __post_init__(self) -> None:
        expect_length("levels", self.levels, self.n_tags)
        expect_length("spread", self.spread, self.n_tags)


class HoltDetector(ChartDetector[HoltState]):
    """The chart of Holt's residuals; its score is near 1 on usual rows."""

    name: ClassVar[str] = "holt"
    memory: ClassVar[int] = _FILTER_ROWS + 2 + _SMOOTHED_ROWS
    state_type = HoltState

    def _learned(self, scaling: Scaling, rows: Rows) -> HoltState:
        differences, seen = _second_differences(rows.scaled)
        spreads = np.array([robust_spread(filtered(differences, _response(level)), seen) for level in LEVELS])
        best = spreads.argmin(axis=0)
        return HoltState(
            scaling, tuple(LEVELS[choice] for choice in best), tuple(spreads[best, np.arange(len(best))].tolist())
        )

    def _parts(self, state: HoltState, rows: Rows) -> Floats:
        differences, seen = _second_differences(rows.scaled)
        residuals = np.zeros_like(differences)
        for level in set(state.levels):
            chosen = np.array(state.levels) == level
            residuals[:, chosen] = filtered(differences[:, chosen], _response(level))
        energies = (residuals / np.asarray(state.spread)) ** 2
        energies /= 1.0 + energies / _ENERGY_CAP
        return moving_mean(energies, seen.astype(float), weights(SMOOTHING, _SMOOTHED_ROWS), usual=_USUAL)


def _second_differences(scaled: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Returns second differences, 0 where a value is missing, and which rows have their value and the one before.

    What is missing before a value is taken to be like it: a tag begins with its first value and no trend.
    """
    now = scaled.clip(-_FAR, _FAR)
    before = _earlier(now, now)
    differences = now - 2.0 * before + _earlier(_earlier(now, np.full_like(now, np.nan)), before)
    present = np.isfinite(now)
    seen = present.copy()
    seen[:1] = False
    seen[1:] &= present[:-1]
    return np.nan_to_num(differences, nan=0.0), seen


def _earlier(values: Floats, otherwise: Floats) -> Floats:
    """Returns the values of the row before; others where these are missing."""
    shifted = np.full_like(values, np.nan)
    shifted[1:] = values[:-1]
    return np.where(np.isfinite(shifted), shifted, otherwise)


def _response(level: float) -> Floats:
    """Returns what one second difference does to the residuals from its row on, of shape (_FILTER_ROWS,)."""
    response = np.zeros(_FILTER_ROWS)
    response[0] = 1.0
    first, second = 2.0 - level - level * TREND, 1.0 - level
    for row in range(1, _FILTER_ROWS):
        response[row] = first * response[row - 1] - (second * response[row - 2] if row > 1 else 0.0)
    return response
