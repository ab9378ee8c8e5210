"""The scale on which a language model reads and writes a series: whole numbers, most of two digits.

    5.03, 5.11, missing, 4.96   ->   46, 62, None, 32

Values are shifted by a low value and divided so that a high quantile becomes 85 (for two digits): no
decimal point, few tokens a step. Larger and negative numbers can be written. Missing is None, never 0.

Source: Gruver et al., "Large language models are zero-shot time series forecasters" (2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats

_LOW_SHARE: Final = 0.15  # room below the lowest value, so that minus signs are rare
_QUANTILE: Final = 0.99
_FULL_SHARE: Final = 0.85  # where the high quantile comes to lie


@dataclass(frozen=True, slots=True)
class Digits:
    """The scale of one series: value = shift + unit * whole number.

    Attributes:
        shift: What is subtracted, in the series' unit.
        unit: What one step of the whole number is worth; above 0.
        digits: Digits that most values have.
    """

    shift: float
    unit: float
    digits: int

    @classmethod
    def fit(cls, values: Floats, *, digits: int = 2) -> Digits:
        """Returns the scale for some values, NaN where missing; values that do not vary become 0.

        Raises:
            ValueError: If no value is there, or their spread is too large or too small for floats.
        """
        good = values[np.isfinite(values)]
        if not len(good):
            raise ValueError("there is no value to scale by")
        low = float(np.min(good))
        if np.max(good) == low:
            return cls(low, 1.0, digits)
        with np.errstate(over="ignore", under="ignore"):
            high = float(np.quantile(good, _QUANTILE))
            high = high if high > low else float(np.max(good))
            shift = low - _LOW_SHARE * (high - low)
            unit = (high - shift) / (_FULL_SHARE * 10**digits)
        if not np.isfinite(unit) or not unit > np.finfo(np.float64).tiny:
            raise ValueError("the spread of the values is beyond what numbers can hold")
        return cls(shift, unit, digits)

    @property
    def most(self) -> int:
        """The largest number that an answer may have, and the smallest without its sign: one digit more than most."""
        return int(10 ** (self.digits + 1)) - 1

    def encode(self, values: Floats) -> list[int | None]:
        """Returns values as whole numbers, NaN as None."""
        return [round((value - self.shift) / self.unit) if np.isfinite(value) else None for value in values.tolist()]

    def decode(self, numbers: Sequence[int | None]) -> Floats:
        """Returns whole numbers as values, None as NaN."""
        return np.array([np.nan if number is None else self.shift + self.unit * number for number in numbers])
