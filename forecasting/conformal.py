"""Bands from the errors of the folds: weighted split conformal, the same for every candidate.

A forecast's own opinion of its certainty is often wrong, so the band comes from what it really
missed. Errors grow with the step, and folds are few, so residuals of all steps are pooled after
division by a growth line: the straight line through the mean absolute residual by step, never
falling. The band at a step is the conformal quantile times that line, around the median.

Three things keep it honest:

- *Drift.* Newer folds weigh more, by a half-life (`recency`), so that a band follows a process that changes.
- *Dependence.* Residuals of one fold go together: 24 of them tell less than 24 of as many folds. Their number is
  divided by the design effect, from the intraclass correlation of the scores within folds, before the conformal
  quantile is taken. Where what is left of it cannot promise a level, the band is the widest seen.
- *Measured coverage.* Each fold is judged by a band it had no part in (`judged_by`): made of what came before it,
  where folds came before the scored ones, else of the other folds. It is what people are shown, beside the nominal
  level and the number of residuals. Under a sudden change of regime no band of this kind keeps its level.

Residuals are taken as likely on either side: a tail of 5 % of its own would need twice as many of them.

Source: Vovk, Gammerman and Shafer, "Algorithmic learning in a random world" (2005); scaled scores after Lei et al.,
"Distribution-free predictive inference for regression" (JASA 2018); weights after Barber et al., "Conformal prediction
beyond exchangeability" (Annals of Statistics 2023); design effect after Kish, "Survey sampling" (1965). What they did
on synthetic processes stands in docs/forecasting.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats

Flags = NDArray[np.bool_]

_HALF_LIFE_FOLDS: Final = 3
_HALF_LIFE_STEPS: Final = 15
"""Least half-life: shorter folds alone would leave the newest few residuals all the weight."""
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a candidate missed on some folds.

    Attributes:
        growth: The growth line in the tag's unit, of shape (horizon,), above 0 unless it never missed.
        scores: Absolute residuals over the growth line, sorted, of shape (n,).
        reach: For each score, the probability that a new one is no larger, of shape (n,).
    """

    growth: Floats
    scores: Floats
    reach: Floats

    @property
    def points(self) -> int:
        """Number of residuals."""
        return len(self.scores)

    def half_width(self, level: float) -> Floats | None:
        """Returns half the band's width by step for a level in percent, or None where points are too few for it.

        It is that of the largest score where points are enough, but go together too much to reach the level.
        """
        if math.ceil((self.points + 1) * level / 100) > self.points:
            return None
        return self.half_within(level / 100)

    def half_within(self, probability: float) -> Floats:
        """Returns the distance from the median by step within which a value lies with a probability, 0 to 1.

        It is the largest seen where that probability is out of reach.
        """
        enough = probability * (1 - _ROUNDING)  # a reach of just that probability, such as 18 of 20, may be a bit below
        at = min(int(np.searchsorted(self.reach, enough)), self.points - 1)
        half: Floats = self.growth * self.scores[at]
        return half

    def probability_above(self, median: Floats, limit: float) -> Floats:
        """Returns the probability by step, 0 to 1, that the value is above a limit.

        The distribution is that of the band: absolute scores, taken as likely on either side.
        """
        with np.errstate(over="ignore"):  # a growth of almost nothing: infinitely far
            distance = np.abs(limit - median) / self.growth
        within = np.concatenate([[0.0], self.reach])[np.searchsorted(self.scores, distance, side="right")]
        tail = np.where(distance > 0, 0.5 * (1 - within), 0.5)
        above: Floats = np.where(limit >= median, tail, 1 - tail)
        return above


def calibrate(residuals: Floats, weights: Floats | None = None) -> Calibration | None:
    """Learns from residuals of shape (folds, horizon), NaN where unknown; None where there is none.

    Args:
        residuals: What was missed.
        weights: Of each fold, above 0, of shape (folds,); None for equal ones.
    """
    absolute = np.abs(residuals)
    good = np.isfinite(absolute)
    if not good.any():
        return None
    shares = np.broadcast_to(np.ones((len(residuals), 1)) if weights is None else weights[:, None], absolute.shape)
    growth = _growth(absolute, good, shares)
    scores = absolute / growth
    order = np.argsort(scores[good], kind="stable")
    kept = shares[good][order]
    independent = np.sum(kept) ** 2 / np.sum(kept**2) / _design_effect(scores, good)
    reach = np.cumsum(kept) / np.sum(kept) * independent / (independent + 1)
    return Calibration(growth, scores[good][order], reach)


def even_reach(points: int) -> Floats:
    """Returns the reach of scores that are exchangeable: split conformal without weights."""
    return np.arange(1, points + 1) / (points + 1)


def recency(ages: Floats, horizon: int) -> Floats:
    """Returns the weight of folds by their age in folds, of the same shape: half of it is gone after a half-life."""
    weights: Floats = 0.5 ** (ages / max(_HALF_LIFE_FOLDS, _HALF_LIFE_STEPS / horizon))
    return weights


def calibrate_newest(residuals: Floats) -> Calibration | None:
    """Learns from residuals of shape (folds, horizon), oldest first, for a forecast after them; None for none."""
    ages = np.arange(len(residuals), dtype=np.float64)[::-1]
    return calibrate(residuals, recency(ages, residuals.shape[1]))


def judged_by(residuals: Floats, earlier: Floats) -> list[Calibration | None]:
    """Returns what each scored fold is judged by: nothing of itself.

    Args:
        residuals: Of the scored folds, of shape (folds, horizon), oldest first.
        earlier: Of folds before them, of shape (m, horizon). Where there are any, a scored fold is judged as its
            forecast would have been, by what came before; else by all the other folds, which flatters under drift.
    """
    if len(earlier):
        all_of_them = np.concatenate([earlier, residuals])
        return [calibrate_newest(all_of_them[: len(earlier) + fold]) for fold in range(len(residuals))]
    at = np.arange(len(residuals), dtype=np.float64)
    calibrations = []
    for fold in range(len(residuals)):
        others = at != fold
        calibrations.append(calibrate(residuals[others], recency(np.abs(at[others] - fold), residuals.shape[1])))
    return calibrations


def half_widths(judges: Sequence[Calibration | None], level: float) -> Floats | None:
    """Returns half the width of the band that each fold is judged by, of shape (folds, horizon).

    None where one of them has points too few for the level: then the folds cannot measure it.
    """
    halves = [judge.half_width(level) if judge else None for judge in judges]
    known = [half for half in halves if half is not None]
    return np.stack(known) if known and len(known) == len(halves) else None


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


def _growth(absolute: Floats, good: Flags, weights: Floats) -> Floats:
    """Returns the growth line by step; a tiny positive one where nothing was ever missed."""
    horizon = absolute.shape[1]
    step = np.broadcast_to(np.arange(horizon, dtype=np.float64), absolute.shape)[good]
    missed, weights = absolute[good], weights[good]
    mean = float(np.average(missed, weights=weights))
    floor = max(mean * 0.1, np.finfo(np.float64).tiny)
    slope, start = np.polyfit(step, missed, 1, w=np.sqrt(weights)) if np.ptp(step) > 0 else (0.0, mean)
    if slope <= 0:
        slope, start = 0.0, mean
    line: Floats = np.maximum(start + slope * np.arange(horizon), floor)
    return line


def _design_effect(scores: Floats, good: Flags) -> float:
    """Returns by how much dependence within folds, of shape (folds, horizon), divides the number of scores; at least 1.

    1 + (m - 1) * r, for folds of m scores on average and their intraclass correlation r by analysis of variance.
    With one fold there is no telling, and its scores count as one.
    """
    counts = good.sum(axis=1)
    counts, total = counts[counts > 0], int(good.sum())
    folds = len(counts)
    if folds < 2 or total == folds:
        return float(total) if folds < 2 else 1.0
    values = np.where(good, scores, 0.0)[good.any(axis=1)]
    means = values.sum(axis=1) / counts
    overall = values.sum() / total
    between = float(np.sum(counts * (means - overall) ** 2)) / (folds - 1)
    within = float(np.sum((scores[good] - np.repeat(means, counts)) ** 2)) / (total - folds)
    size = (total - float(np.sum(counts**2)) / total) / (folds - 1)
    spread = between + (size - 1) * within
    correlation = max(between - within, 0.0) / spread if spread > 0 else 0.0
    return 1 + (total / folds - 1) * correlation
