"""Looks at the training loss at each step, before the weights are changed by it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from finetuning.training.state import Progress

_SMOOTHING: Final = 0.9
_WARM: Final = 20  # steps before a rise is one
_FLOOR: Final = 0.5  # nats; a loss below is small, however many times its lowest it is


def fault_of_loss(progress: Progress, loss: float, limit: float) -> str | None:
    """Returns what is wrong with a step's loss, as a sentence; None for a sound one.

    Args:
        progress: Before the step; the smoothed loss in it goes on.
        loss: Of the step, in nats a learnt token.
        limit: How many times its lowest the smoothed loss may be.
    """
    step = progress.step + 1
    if not math.isfinite(loss):
        return f"The loss of step {step} is no number."
    progress.smooth = loss if progress.smooth is None else _SMOOTHING * progress.smooth + (1 - _SMOOTHING) * loss
    progress.lowest = progress.smooth if progress.lowest is None else min(progress.lowest, progress.smooth)
    if step > _WARM and progress.smooth > limit * max(progress.lowest, _FLOOR):
        return f"The loss rose from {progress.lowest:.3g} to {progress.smooth:.3g} by step {step}."
    return None
