"""Is the newest value odd? Four methods say so, each its own way, and may disagree.

A forecaster judges by its residual: the newest step of the newest fold, against what it missed on
the earlier folds (their conformal band at 99 %, or the widest they allow where residuals are too few,
but never less than `_LEAST`).
Isolation Forest judges the values directly: it learns from all that is before the newest fold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.conformal import calibrate
from plant.errors import BadInput

if TYPE_CHECKING:
    from forecasting.contract import Floats

FOREST: Final = "isolation-forest"
"""The forest's row in the table."""

LEVEL: Final = 99
"""Percent of healthy values that a method calls usual."""

_LEAST: Final = 19
"""Fewer earlier residuals allow no band of 95 %: more than one healthy value in twenty would be called odd."""


def odd_by_residual(residuals: Floats) -> bool | None:
    """Judges the newest residual of shape (folds, horizon); None where it, or too much before it, is missing."""
    newest = abs(residuals[-1, -1])
    calibration = calibrate(residuals[:-1])
    if calibration is None or calibration.points < _LEAST or not np.isfinite(newest):
        return None
    half = calibration.half_width(LEVEL)
    if half is None:
        half = calibration.growth * calibration.scores[-1]
    return bool(newest > half[-1])


def odd_by_forest(values: Floats, horizon: int) -> bool | None:
    """Judges the newest value by an Isolation Forest; None where it is missing.

    Raises:
        BadInput: If the history before the newest fold is too little to learn from.
    """
    if not np.isfinite(values[-1]):
        return None
    from forecasting.detectors.calibrated import Calibrated
    from forecasting.detectors.forest import ForestDetector

    frame = values[:, None]
    if len(frame) - horizon < 2 * ForestDetector.minimum_rows:
        raise BadInput(f"needs {2 * ForestDetector.minimum_rows} steps before the newest fold")
    forest = Calibrated.fit(ForestDetector, frame[:-horizon])
    return bool(forest.surprise(frame)[-1] >= -np.log10(1 - LEVEL / 100))
