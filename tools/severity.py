"""How much an odd stretch matters: from its score, how long it lasted, and the limits that values passed.

| severity | when |
|---|---|
| low | neither strong nor long |
| medium | strong (a score of `STRONG` or more), or long (`LONG_ROWS` rows or more) |
| high | strong and long; or a value beyond a low or high limit |
| critical | a value beyond a low-low or high-high limit |

Only limits make it critical: how improbable something is says nothing about harm, and people set limits for that. So a
file, which has none, knows no critical. The words are not priorities: those belong to alerts and their rules.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from forecasting.contract import Floats
    from plant.registry import Limits

STRONG: Final = 75.0
"""A score from here on is strong: half as surprising again as what begins a stretch, at 50."""

LONG_ROWS: Final = 60
"""From so many rows on a stretch is long: what detectors smooth over 50 rows lets no single row ring so long."""


class Severity(IntEnum):
    """How much an odd stretch matters; more is worse."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """Its name in JSON and sentences."""
        return self.name.lower()


def severity_of(score: float, rows: int, beyond: Severity = Severity.LOW) -> Severity:
    """Returns how much a stretch matters.

    Args:
        score: Its highest, 0 to 100.
        rows: How many rows it lasted.
        beyond: What the limits say of its values (`beyond_limits`).
    """
    return max(Severity((score >= STRONG) + (rows >= LONG_ROWS)), beyond)


def beyond_limits(values: Floats, limits: Limits) -> Severity:
    """Returns what limits say of values of shape (n,), NaN where missing; low where they are within, or none is set."""
    known = values[np.isfinite(values)]
    if len(known):
        lowest, highest = float(known.min()), float(known.max())
        if _outside(lowest, highest, limits.low_low, limits.high_high):
            return Severity.CRITICAL
        if _outside(lowest, highest, limits.low, limits.high):
            return Severity.HIGH
    return Severity.LOW


def _outside(lowest: float, highest: float, low: float | None, high: float | None) -> bool:
    return (low is not None and lowest < low) or (high is not None and highest > high)
