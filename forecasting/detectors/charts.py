"""Control charts on each tag: EWMA for a shift that stays, CUSUM for one that adds up.

Both look at the robustly scaled level of each tag alone. They know neither the load nor the time of day, so where
these move a tag, what is usual for the charts is wide.
Sources: Roberts, "Control chart tests based on geometric moving averages", Technometrics 1, 1959; Page, "Continuous
inspection schemes", Biometrika 41, 1954; Montgomery, "Introduction to Statistical Quality Control", ch. 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.detectors.base import ChartDetector, FittedState, Rows, expect_length
from forecasting.detectors.scaling import robust_spread
from forecasting.detectors.smoothing import moving_mean, weights

if TYPE_CHECKING:
    from forecasting.contract import Floats
    from forecasting.detectors.scaling import Scaling

SMOOTHING: Final = 0.1
"""Weight of the newest row in the EWMA."""

ALLOWANCE: Final = 0.5
"""What the CUSUM leaves out of each row, in spreads: half the shift it finds soonest."""

_SMOOTHED_ROWS: Final = 50
_SUMMED_ROWS: Final = 60
_FAR: Final = 10.0  # scaled values are cut here, so that one spike does not ring for hours


class EwmaState(FittedState, frozen=True):
    """The EWMA's own spread: neighbouring rows resemble each other, so that it does not follow from the tag's.

    Attributes:
        spread: Robust spread of each tag's EWMA, in scaled units.
    """

    spread: tuple[float, ...]

    def __post_init__(self) -> None:
        expect_length("spread", self.spread, self.n_tags)


class EwmaDetector(ChartDetector[EwmaState]):
    """The EWMA chart; its score is near 0.7 on usual rows."""

    name: ClassVar[str] = "ewma"
    memory: ClassVar[int] = _SMOOTHED_ROWS
    state_type = EwmaState

    def _learned(self, scaling: Scaling, rows: Rows) -> EwmaState:
        return EwmaState(scaling, tuple(robust_spread(_averaged(rows), np.isfinite(rows.scaled)).tolist()))

    def _parts(self, state: EwmaState, rows: Rows) -> Floats:
        parts: Floats = np.abs(_averaged(rows)) / np.asarray(state.spread)
        return parts


class CusumState(FittedState, frozen=True):
    """What each tag's sums usually stay below.

    Attributes:
        usual: The 90 % quantile of each tag's sums, in spreads.
    """

    usual: tuple[float, ...]

    def __post_init__(self) -> None:
        expect_length("usual", self.usual, self.n_tags)


class CusumDetector(ChartDetector[CusumState]):
    """The two-sided CUSUM chart over the last 60 rows; its score is below 1 on nine usual rows in ten."""

    name: ClassVar[str] = "cusum"
    memory: ClassVar[int] = _SUMMED_ROWS
    state_type = CusumState

    def _learned(self, scaling: Scaling, rows: Rows) -> CusumState:
        return CusumState(scaling, tuple(np.quantile(_sums(rows), 0.9, axis=0).tolist()))

    def _parts(self, state: CusumState, rows: Rows) -> Floats:
        parts: Floats = (1.0 + _sums(rows)) / (1.0 + np.asarray(state.usual))
        return parts


def _averaged(rows: Rows) -> Floats:
    known = np.isfinite(rows.scaled)
    values = np.nan_to_num(rows.scaled, nan=0.0).clip(-_FAR, _FAR)
    return moving_mean(values, known.astype(float), weights(SMOOTHING, _SMOOTHED_ROWS), usual=0.0)


def _sums(rows: Rows) -> Floats:
    """Returns the larger of a tag's upper and lower sum, each `S = max(0, S + z - k)` over the last rows from 0 on."""
    values = rows.scaled.clip(-_FAR, _FAR)
    return np.maximum(_one_sided(values), _one_sided(-values))


def _one_sided(values: Floats) -> Floats:
    steps = np.where(np.isfinite(values), values - ALLOWANCE, 0.0)
    sums = np.zeros_like(steps)
    for age in range(min(_SUMMED_ROWS, len(steps)) - 1, -1, -1):  # one step of the recursion, for all rows at once
        sums[age:] = np.maximum(sums[age:] + steps[: len(steps) - age], 0.0)
    return sums
