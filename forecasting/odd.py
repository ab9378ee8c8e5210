"""Which steps of the folds are odd? Each method says so its own way, and they may disagree.

A forecaster judges by its residuals: a step is odd where it misses it by more than 99 % of what it missed on the other
folds (split conformal, all folds alike: here one oddity must not hide the next by weighing more), or by more than all
where they are too few for 99 %, but never fewer than `_LEAST`.
Isolation Forest judges the values directly: it learns from all that is before the first fold, and scores each step from
what is up to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.conformal import Flags, calibrate
from plant.errors import BadInput

if TYPE_CHECKING:
    from forecasting.backtest import Folds
    from forecasting.contract import Floats

FOREST: Final = "isolation-forest"
"""The forest's row in the table."""

LEVEL: Final = 99
"""Percent of healthy values that a method calls usual."""

_LEAST: Final = 19
"""Fewer other residuals allow no band of 95 %: more than one healthy value in twenty would be called odd."""


def odd_by_residual(residuals: Floats, earlier: Floats) -> Flags | None:
    """Returns which residuals of shape (folds, horizon) are odd; None where the others of one are too few to tell.

    Args:
        residuals: On the scored folds, NaN where nothing came: such a step is not odd.
        earlier: On earlier folds, of shape (m, horizon).
    """
    odd = np.zeros(residuals.shape, dtype=np.bool_)
    for fold in range(len(residuals)):
        others = calibrate(np.concatenate([earlier, np.delete(residuals, fold, axis=0)]))
        if others is None or others.points < _LEAST:
            return None
        rank = min(int(np.ceil((others.points + 1) * LEVEL / 100)), others.points)
        odd[fold] = np.abs(residuals[fold]) > others.growth * others.scores[rank - 1]
    return odd


def odd_by_forest(values: Floats, folds: Folds) -> Flags:
    """Judges the steps of the folds by an Isolation Forest, of shape (folds, horizon); a missing one is not odd.

    Raises:
        BadInput: If the history before the first fold is too little to learn from.
    """
    from forecasting.detectors.calibrated import Calibrated
    from forecasting.detectors.forest import ForestDetector

    first, frame = folds.origins[0], values[:, None]
    if first < 2 * ForestDetector.minimum_rows:
        raise BadInput(f"needs {2 * ForestDetector.minimum_rows} steps before the first fold")
    forest = Calibrated.fit(ForestDetector, frame[:first])
    surprise = forest.surprise(frame[first - ForestDetector.memory :])[ForestDetector.memory :]
    odd: Flags = (surprise >= -np.log10(1 - LEVEL / 100)) & np.isfinite(values[first:])
    return odd.reshape(folds.actual.shape)
