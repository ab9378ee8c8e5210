"""The wall-clock time a candidate may spend.

Candidates run in the caller's thread and ask their budget between fits and folds, so that a time-out
leaves nothing running behind. A candidate that knows what its next piece costs says so, and stops
before it would overrun.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

from forecasting.contract import CandidateFailed

if TYPE_CHECKING:
    from collections.abc import Callable


TIMED_OUT: Final = "timed out"
"""Status of a candidate that missed its deadline."""


class TimedOut(CandidateFailed):
    """A candidate's time is up."""


class Budget:
    """Seconds from now; without an argument they never end.

    Args:
        seconds: How long.
        clock: A monotonic clock in seconds.
    """

    def __init__(self, seconds: float = math.inf, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; negative once it is over."""
        return self._end - self._clock()

    def share(self, part: float) -> Budget:
        """Returns a budget of a part, 0 to 1, of what is left."""
        return Budget(self.left * part, clock=self._clock)

    def check(self, expected: float = 0.0) -> None:
        """Raises `TimedOut` where less time is left than the next piece is expected to take, in seconds."""
        if self.left <= expected:
            raise TimedOut(TIMED_OUT)
