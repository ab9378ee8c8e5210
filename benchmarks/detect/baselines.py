"""Rows of the scoreboard that are no detector of ours: what a figure must be compared with.

They keep the contract of a detector, so that `score_file` takes them as it takes ours.
"""

# ruff: noqa: ARG002 (the contract gives state and rows to those that need neither)
from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from scipy.special import erfc

from forecasting.detectors.base import FittedDetector, FittedState, Rows

if TYPE_CHECKING:
    from forecasting.contract import Detector, Floats
    from forecasting.detectors.scaling import Scaling

WINDOW: Final = 1_000
"""Rows of the windowed Gaussian: those that NAB ships it with."""


class _Baseline(FittedDetector[FittedState]):
    memory: ClassVar[int] = 0
    state_type = FittedState

    def _learned(self, scaling: Scaling, rows: Rows) -> FittedState:
        return FittedState(scaling)

    def _parts(self, state: FittedState, rows: Rows) -> Floats:
        return np.zeros_like(rows.scaled)


class Null(_Baseline):
    """Finds nothing odd, ever."""

    name: ClassVar[str] = "null"


class AlwaysOn(_Baseline):
    """Finds everything odd."""

    name: ClassVar[str] = "always-on"

    def _scores(self, state: FittedState, rows: Rows) -> Floats:
        return np.ones(len(rows.scaled))


class WindowedGaussian(_Baseline):
    """NAB's own baseline: 1 less the tail probability of a value in a normal law of the last thousand."""

    name: ClassVar[str] = "gaussian"
    memory: ClassVar[int] = WINDOW

    def _scores(self, state: FittedState, rows: Rows) -> Floats:
        values = np.nan_to_num(rows.scaled, nan=0.0)
        scores = np.zeros(len(values))
        for row in range(1, len(values)):
            before = values[max(row - WINDOW, 0) : row]
            spread = np.maximum(before.std(axis=0), 1e-6)
            scores[row] = (1.0 - 0.5 * erfc(np.abs(values[row] - before.mean(axis=0)) / spread / np.sqrt(2.0))).max()
        return scores


def random(seed: int) -> type[Detector]:
    """Returns a detector that scores by dice."""

    class Random(_Baseline):
        name: ClassVar[str] = "random"

        def _scores(self, state: FittedState, rows: Rows) -> Floats:
            return np.random.default_rng(seed).random(len(rows.scaled))

    return Random
