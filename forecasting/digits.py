"""How a series is written for a language model, and how its answer is read.

    5.03, 5.11, missing, 4.96   ->   46,62,x,32

- Values are shifted by a low value and divided so that a high quantile becomes 85 (for two
  digits): whole numbers, no decimal point, nearly always of two digits, so models whose tokenizer
  splits digits (SmolLM2, Llama) spend three tokens a step. Larger and negative ones can be written.
- One separator a step; `x` marks a missing value, and is not 0.
- Where the model can be held to a grammar, it is: so many steps, each a number or the mark.
- The answer is read strictly: another character, an empty step or too few steps is an error. It is
  never padded, and a junk token is never 0.

Source: Gruver et al., "Large language models are zero-shot time series forecasters" (2023).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from inference.grammar import grammar, literal, repeated, sequence

if TYPE_CHECKING:
    from forecasting.contract import Floats

SEPARATOR: Final = ","
MISSING: Final = "x"
_NUMBER: Final = re.compile(r"-?[0-9]+")
_LOW_SHARE: Final = 0.15  # room below the lowest value, so that minus signs are rare
_QUANTILE: Final = 0.99
_FULL_SHARE: Final = 0.85  # where the high quantile comes to lie


class NotDigits(ValueError):
    """A text is not a series as `encode` writes it; the message says where, as a sentence."""


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

    def encode(self, values: Floats) -> str:
        """Writes values, NaN as the missing mark, separated; the text has no separator at its end."""
        return SEPARATOR.join(
            str(round((value - self.shift) / self.unit)) if np.isfinite(value) else MISSING for value in values.tolist()
        )

    def decode(self, text: str, count: int) -> Floats:
        """Reads exactly `count` steps; missing marks become NaN.

        Raises:
            NotDigits: If a step is not a number or the mark, or there are more or fewer steps.
        """
        words = text.strip().split(SEPARATOR)
        for at, word in enumerate(words):
            if word != MISSING and not _NUMBER.fullmatch(word):
                raise NotDigits(f"step {at + 1} is {word[:20]!r}, not a number")
        if len(words) != count:
            raise NotDigits(f"gave {len(words)} of {count} values")
        return np.array([np.nan if word == MISSING else self.shift + self.unit * _whole(word) for word in words])

    def grammar(self, count: int) -> str:
        """Returns the GBNF grammar of exactly `count` steps."""
        return grammar(
            {
                "root": sequence("step", repeated(sequence(literal(SEPARATOR), "step"), count - 1, count - 1)),
                "step": f"number | {literal(MISSING)}",
                "number": f'"-"? {repeated("[0-9]", 1, self.digits + 1)}',
            }
        )

    def token_budget(self, count: int) -> int:
        """Returns how many tokens `count` steps take at most: sign, digits and separator are one token each."""
        return count * (self.digits + 3)


def _whole(word: str) -> float:
    if len(word) > 15:
        raise NotDigits(f"{word[:20]!r} has too many digits")
    return float(word)
