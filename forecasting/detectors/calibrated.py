"""A detector with the tail of its scores on rows it had not learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from forecasting.detectors.tail import Tail, fit_tail
from plant.errors import BadInput

if TYPE_CHECKING:
    from forecasting.contract import Detector, Floats


class CalibratedState(msgspec.Struct, frozen=True):
    """State of a calibrated detector: JSON."""

    detector: dict[str, Any]
    tail: Tail


class Calibrated:
    """A fitted detector and its tail.

    The tail comes from the second half of the training frame, scored by a twin that learned from
    the first half only: a detector's scores on its own training rows are too low (the more tags, the more so).

    Attributes:
        detector: Fitted on the whole frame.
        tail: What its scores mean.
    """

    def __init__(self, detector: Detector, tail: Tail) -> None:
        self.detector = detector
        self.tail = tail

    @classmethod
    def fit(cls, kind: type[Detector], frame: Floats, phase: Floats | None = None) -> Calibrated:
        """Fits a detector on a frame of shape (n_steps, n_tags) and learns its tail.

        Args:
            kind: The detector.
            frame: What is usual.
            phase: Share of the season at each row, of shape (n_steps,), as the contract has it.

        Raises:
            BadInput: If half the frame is too little to learn from.
        """
        half = len(frame) // 2
        twin, detector = kind(), kind()
        twin.fit(frame[:half], None if phase is None else phase[:half])
        scores = twin.score(frame, phase)[half:][np.isfinite(frame[half:]).any(axis=1)]
        if not len(scores):
            raise BadInput("The second half of the frame has no values to calibrate a detector on.")
        detector.fit(frame, phase)
        return cls(detector, fit_tail(scores))

    @classmethod
    def restored(cls, kind: type[Detector], state: CalibratedState) -> Calibrated:
        """Makes one from a state. Raises `BadInput` if it is not one of this detector's."""
        detector = kind()
        detector.restore(state.detector)
        return cls(detector, state.tail)

    def state(self) -> CalibratedState:
        """Returns what `restored` needs."""
        return CalibratedState(self.detector.state(), self.tail)

    def surprise(self, frame: Floats, phase: Floats | None = None) -> Floats:
        """Returns -log10 of how improbable each row's score is on healthy rows, of shape (n_steps,)."""
        return self.tail.surprise(self.detector.score(frame, phase))
