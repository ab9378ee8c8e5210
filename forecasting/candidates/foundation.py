"""Foundation models by darts, where their weights are on this disk: Chronos-2, TiRex, TimesFM 2.5.

They were trained elsewhere on many series and forecast this one as it is. Nothing is ever downloaded:
the folder that the setting `forecast.weights` names is all there is; see `forecasting/neural.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from forecasting.candidates.fitted import Continue, Fitted
from forecasting.contract import CandidateFailed

if TYPE_CHECKING:
    from pathlib import Path

    from forecasting.budget import Budget
    from forecasting.contract import Floats


_MIN_LENGTH: Final = 16


class _Foundation(Fitted):
    """A foundation model.

    Args:
        folder: Where its weights are; None where nobody said.
    """

    seasonal: ClassVar[bool] = False
    costly: ClassVar[bool] = True

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def minimum_length(self, season: int) -> int:  # noqa: ARG002 (it is told no season)
        """Sixteen steps."""
        return _MIN_LENGTH

    def fit(self, history: Floats, season: int, budget: Budget) -> Continue:  # noqa: ARG002 (nothing is trained)
        """Loads the weights."""
        if self._folder is None:
            raise CandidateFailed(f"has no weights: name their folder in the setting forecast.weights.{self.name}")
        from forecasting.neural import Foundation

        return Foundation(self.name, self._folder, len(history)).forecast


class Chronos2(_Foundation):
    """Amazon's Chronos-2."""

    name: ClassVar[str] = "chronos-2"


class TiRex(_Foundation):
    """NXAI's TiRex; needs the package `tirex-ts` too."""

    name: ClassVar[str] = "tirex"


class TimesFm(_Foundation):
    """Google's TimesFM 2.5."""

    name: ClassVar[str] = "timesfm"
