"""How improbable a score is, from the scores of the training rows: thresholds with a known meaning.

Inside the training scores the tail probability is the share of scores at least as high; above
their 98 % quantile it falls exponentially, with the mean excess there as its scale. (The
exponential is the limit law of exceedances for light tails: Pickands, Annals of Statistics 3,
1975.) The surprise is minus its decimal logarithm: 3 means one healthy row in a thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

if TYPE_CHECKING:
    from forecasting.contract import Floats

_KNOTS: Final = 50
_UPPER: Final = 0.98


class Tail(msgspec.Struct, frozen=True):
    """The upper tail of a detector's scores on healthy rows.

    Attributes:
        quantiles: Scores at evenly spaced probabilities from 0 to 0.98, never falling.
        scale: Mean excess over the last of them, in units of score; above 0.
    """

    quantiles: tuple[float, ...]
    scale: float

    def surprise(self, scores: Floats) -> Floats:
        """Returns -log10 of the tail probability of each score: at least 0, never falling with the score."""
        knots = np.asarray(self.quantiles)
        below = np.interp(scores, knots, np.linspace(0.0, _UPPER, len(knots)))
        excess = np.maximum(scores - knots[-1], 0.0) / self.scale
        surprise: Floats = -np.log10(1.0 - below) + excess / np.log(10.0)
        return surprise


def fit_tail(scores: Floats) -> Tail:
    """Learns the tail of the scores of healthy rows, of shape (n,) with n at least 1."""
    knots = np.quantile(scores, np.linspace(0.0, _UPPER, _KNOTS))
    above = scores[scores > knots[-1]]
    scale = float(np.mean(above - knots[-1])) if len(above) else 0.0
    # Equal scores have no tail; what little they would be exceeded by is judged by their size.
    floor = 1e-3 * max(float(abs(knots[-1])), 1e-6)
    return Tail(tuple(map(float, knots)), max(scale, floor))
