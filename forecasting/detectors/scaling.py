"""Robust scaling of a frame of tags: what every detector sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from plant.errors import BadInput

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from forecasting.contract import Floats

FAR: Final = 1e6
"""Scaled values are cut here: squares of larger ones would overflow."""


_SPREAD_FLOOR: Final = 1e-3  # of residuals, in scaled units


class Scaling(msgspec.Struct, frozen=True):
    """Median and robust spread of each tag.

    Attributes:
        center: The medians, one a tag.
        spread: 1.4826 times the median absolute deviation, the standard deviation where that is 0,
            and 1 for a tag that never moved.
    """

    center: tuple[float, ...]
    spread: tuple[float, ...]

    def apply(self, frame: Floats) -> Floats:
        """Scales a frame of shape (n_steps, n_tags); NaN stays where missing or not finite.

        Raises:
            BadInput: If the frame has another number of tags than the one fitted.
        """
        if frame.ndim != 2 or frame.shape[1] != len(self.center):
            raise BadInput(f"The detector knows {len(self.center)} tags; the frame has the shape {frame.shape}.")
        finite = np.where(np.isfinite(frame), frame, np.nan)
        # Divided before the difference is taken: the difference of two huge values would overflow.
        spread = np.asarray(self.spread)
        with np.errstate(over="ignore"):
            scaled: Floats = finite / spread - np.asarray(self.center) / spread
        return scaled.clip(-FAR, FAR)


def fit_scaling(frame: Floats, minimum_rows: int) -> Scaling:
    """Learns the scaling of a frame of shape (n_steps, n_tags).

    Raises:
        BadInput: If the frame is not a table, has no tag, or fewer than `minimum_rows` rows have a value.
    """
    if frame.ndim != 2 or frame.shape[1] == 0:
        raise BadInput(f"A detector needs rows and at least one tag; the frame has the shape {frame.shape}.")
    finite = np.where(np.isfinite(frame), frame, np.nan)
    rows = int(np.isfinite(finite).any(axis=1).sum())
    if rows < minimum_rows:
        raise BadInput(f"A detector needs at least {minimum_rows} rows with a value to learn from; there are {rows}.")
    columns = [_center_and_spread(column[np.isfinite(column)]) for column in finite.T]
    return Scaling(tuple(center for center, _ in columns), tuple(spread for _, spread in columns))


def robust_spread(residuals: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Returns the robust spread of residuals around 0, of shape (n_tags,), never 0.

    Args:
        residuals: Of shape (n_steps, n_tags), in scaled units.
        seen: Which of them count.
    """
    columns = [np.abs(column[counts]) for column, counts in zip(residuals.T, seen.T, strict=True)]
    spreads = [1.4826 * float(np.median(column)) if len(column) else 0.0 for column in columns]
    # Most residuals of a tag in coarse steps are 0; their mean square is not.
    means = [float(np.sqrt(np.mean(column**2))) if len(column) else 0.0 for column in columns]
    return np.maximum(np.where(np.array(spreads) > _SPREAD_FLOOR, spreads, means), _SPREAD_FLOOR)


def _center_and_spread(values: Floats) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    center = float(np.median(values))
    with np.errstate(over="ignore", invalid="ignore"):
        deviation = np.abs(values - center)
        spread = 1.4826 * float(np.median(deviation))
        if not spread > 0:
            spread = float(np.std(values))
    resolution = 1e-9 * max(abs(center), 1e-290)  # below it, differences are rounding
    return center, spread if np.isfinite(spread) and spread > resolution else 1.0
