"""Seasonal residual, a chart for each tag: odd is what the time of day does not explain.

A tag's forecast is its median at that time of day, on a circle of half hours; the residual is averaged (EWMA), for
what matters is what lasts. It needs the phase of each row, the share of the season that has gone by:
`day_phase` gives it for days. Without phases the forecast is the tag's median.
Source: the seasonal naive forecast with medians for the last value; Hyndman and Athanasopoulos, "Forecasting:
Principles and Practice", 3rd ed., 2021, ch. 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.detectors.base import ChartDetector, FittedState, Rows, expect_length, expect_shape
from forecasting.detectors.scaling import robust_spread
from forecasting.detectors.smoothing import moving_mean, weights
from plant.time import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from forecasting.contract import Floats
    from forecasting.detectors.scaling import Scaling

SMOOTHING: Final = 0.1
_SMOOTHED_ROWS: Final = 50
_SLOTS: Final = 48
_FAR: Final = 30.0  # residuals are cut here, so that one spike does not ring for hours


def day_phase(times: Sequence[int] | NDArray[np.int64]) -> Floats:
    """Returns the share of the UTC day gone by at each time, UTC milliseconds; of shape (n_steps,)."""
    phase: Floats = np.asarray(times, dtype=np.int64) % DAY / DAY
    return phase


class SeasonalState(FittedState, frozen=True):
    """The profile of each tag.

    Attributes:
        profile: Scaled median of each half hour of the day, of shape (48, n_tags).
        spread: Robust spread of each tag's averaged residual, in scaled units.
    """

    profile: list[list[float]]
    spread: tuple[float, ...]

    def __post_init__(self) -> None:
        expect_shape("profile", self.profile, (_SLOTS, self.n_tags))
        expect_length("spread", self.spread, self.n_tags)


class SeasonalDetector(ChartDetector[SeasonalState]):
    """The chart of seasonal residuals; its score is near 0.7 on usual rows."""

    name: ClassVar[str] = "seasonal"
    memory: ClassVar[int] = _SMOOTHED_ROWS
    state_type = SeasonalState

    def _learned(self, scaling: Scaling, rows: Rows) -> SeasonalState:
        profile = day_profile(rows.scaled, rows.phase)
        averaged = _averaged(rows, profile)
        return SeasonalState(
            scaling, profile.tolist(), tuple(robust_spread(averaged, np.isfinite(rows.scaled)).tolist())
        )

    def _parts(self, state: SeasonalState, rows: Rows) -> Floats:
        parts: Floats = np.abs(_averaged(rows, np.asarray(state.profile))) / np.asarray(state.spread)
        return parts


def day_profile(frame: Floats, phase: Floats) -> Floats:
    """Returns the median of each tag at each half hour of the day, of shape (48, n_tags).

    A slot with no value has that of its neighbours, as the crow flies; a tag with none has zeros.

    Args:
        frame: Of shape (n_steps, n_tags), NaN where missing.
        phase: Share of the day gone by at each row, of shape (n_steps,).
    """
    slots = (phase * _SLOTS).astype(int) % _SLOTS
    profile = np.zeros((_SLOTS, frame.shape[1]))
    for tag, column in enumerate(frame.T):
        known = np.isfinite(column)
        filled = np.unique(slots[known])
        if len(filled):
            medians = [float(np.median(column[known & (slots == slot)])) for slot in filled]
            profile[:, tag] = np.interp(np.arange(_SLOTS), filled, medians, period=_SLOTS)
    return profile


def at_phase(profile: Floats, phase: Floats) -> Floats:
    """Returns what a profile of `day_profile` says of each phase, of shape (n_steps, n_tags)."""
    place = phase * _SLOTS - 0.5  # a slot's median stands in its middle
    before = np.floor(place).astype(int)
    share = (place - before)[:, None]
    expected: Floats = (1.0 - share) * profile[before % _SLOTS] + share * profile[(before + 1) % _SLOTS]
    return expected


def _averaged(rows: Rows, profile: Floats) -> Floats:
    """Returns the moving mean of what the profile does not explain."""
    known = np.isfinite(rows.scaled)
    residuals = np.where(known, rows.scaled - at_phase(profile, rows.phase), 0.0).clip(-_FAR, _FAR)
    return moving_mean(residuals, known.astype(float), weights(SMOOTHING, _SMOOTHED_ROWS), usual=0.0)
