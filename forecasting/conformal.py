"""Bands from the errors of the folds: split conformal, the same for every candidate.

A forecast's own opinion of its certainty is often wrong, so the band comes from what it really
missed. Errors grow with the step, and folds are few, so residuals of all steps are pooled after
division by a growth line: the straight line through the mean absolute residual by step, never
falling. The band at a step is the conformal quantile times that line, around the median.

Coverage is *measured*: each fold is judged by a band made of the others. It is what people are
shown, beside the nominal level and the number of residuals. Under a change of regime no band of
this kind keeps its level.

Source: Vovk, Gammerman and Shafer, "Algorithmic learning in a random world" (2005); scaled scores
after Lei et al., "Distribution-free predictive inference for regression" (JASA 2018).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a candidate missed on some folds.

    Attributes:
        growth: The growth line in the tag's unit, of shape (horizon,), above 0 unless it never missed.
        scores: Absolute residuals over the growth line, sorted, of shape (n,).
    """

    growth: Floats
    scores: Floats

    @property
    def points(self) -> int:
        """Number of residuals."""
        return len(self.scores)

    def half_width(self, level: int) -> Floats | None:
        """Returns half the band's width by step for a level in percent, or None where points are too few for it."""
        rank = math.ceil((self.points + 1) * level / 100)
        return self.growth * self.scores[rank - 1] if 1 <= rank <= self.points else None

    def probability_above(self, median: Floats, limit: float) -> Floats:
        """Returns the probability by step, 0 to 1, that the value is above a limit.

        The distribution is that of the band: absolute scores, taken as likely on either side.
        """
        with np.errstate(over="ignore"):  # a growth of almost nothing: infinitely far
            distance = np.abs(limit - median) / self.growth
        beyond = self.points - np.searchsorted(self.scores, distance, side="right")
        tail = 0.5 * (beyond + 1) / (self.points + 1)
        tail = np.where(distance > 0, np.minimum(tail, 0.5), 0.5)
        above: Floats = np.where(limit >= median, tail, 1 - tail)
        return above


def calibrate(residuals: Floats) -> Calibration | None:
    """Learns from residuals of shape (folds, horizon), NaN where unknown; None where there is none."""
    absolute = np.abs(residuals)
    good = np.isfinite(absolute)
    if not good.any():
        return None
    growth = _growth(absolute, good)
    return Calibration(growth, np.sort((absolute / growth)[good]))


def measured_coverage(residuals: Floats, level: int) -> float | None:
    """Returns the share of residuals inside bands calibrated on the other folds; None where that cannot be told."""
    inside: list[bool] = []
    for fold in range(len(residuals)):
        calibration = calibrate(np.delete(residuals, fold, axis=0))
        half = calibration.half_width(level) if calibration else None
        if half is None:
            return None
        good = np.isfinite(residuals[fold])
        inside += list(np.abs(residuals[fold][good]) <= half[good])
    return float(np.mean(inside)) if inside else None


def bands(
    calibration: Calibration, median: Floats, levels: Sequence[int]
) -> tuple[dict[int, Floats], dict[int, Floats]]:
    """Returns lower and upper edges by level, for the levels there are points enough for."""
    halves = {level: calibration.half_width(level) for level in levels}
    known = {level: half for level, half in halves.items() if half is not None}
    return (
        {level: median - half for level, half in known.items()},
        {level: median + half for level, half in known.items()},
    )


def _growth(absolute: Floats, good: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    """Returns the growth line by step; a tiny positive one where nothing was ever missed."""
    horizon = absolute.shape[1]
    step = np.broadcast_to(np.arange(horizon, dtype=np.float64), absolute.shape)[good]
    missed = absolute[good]
    floor = max(float(np.mean(missed)) * 0.1, np.finfo(np.float64).tiny)
    slope, start = np.polyfit(step, missed, 1) if np.ptp(step) > 0 else (0.0, float(np.mean(missed)))
    if slope <= 0:
        slope, start = 0.0, float(np.mean(missed))
    line: Floats = np.maximum(start + slope * np.arange(horizon), floor)
    return line
