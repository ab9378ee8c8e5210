"""An LSTM by darts, where torch is installed (extra `neural`): small, seeded, trained once.

It is trained on the first origin's history and continues that of the others as it is. Its cost is the
training, bounded by a number of windows and epochs; see `forecasting/neural.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from forecasting.candidates.fitted import Continue, Fitted

if TYPE_CHECKING:
    from forecasting.budget import Budget
    from forecasting.contract import Floats

_MIN_LENGTH: Final = 72


class Recurrent(Fitted):
    """A block LSTM."""

    name: ClassVar[str] = "lstm"
    costly: ClassVar[bool] = True

    def minimum_length(self, season: int) -> int:
        """Two seasons, and enough steps for windows to differ."""
        return max(2 * season, _MIN_LENGTH)

    def fit(self, history: Floats, season: int, budget: Budget) -> Continue:
        """Trains it; may raise `TimedOut` after any epoch."""
        from forecasting.neural import Lstm

        return Lstm(history, season, budget).forecast
