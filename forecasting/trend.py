"""Where many series are heading, all at once: a trend that stretches of the near past agree on.

The window is cut into three stretches, each with its least-squares slope. The trend is the smallest of the three, and
nothing where they differ in direction: a step, a spike or a wave that has just turned is no trend. It goes on damped:
undamped ones overshoot (Gardner and McKenzie, "Forecasting trends in time series", Management Science, 1985).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from forecasting.contract import Floats

WINDOW: Final = 45
"""How many rows the trend of a row is made from: those before it and itself."""

_STRETCHES: Final = 3
_LEAST: Final = 0.8  # of a stretch must be there
_DAMPING: Final = 0.99  # of the slope is left after a row


class Trend(NamedTuple):
    """Where tags are heading at some rows; each of shape (n_rows, n_tags), NaN where too little is there.

    Attributes:
        level: The value now, without noise.
        slope: The trend, a row: the smallest slope of the three stretches.
        steepest: The largest of them; 0 where there is no trend.
    """

    level: Floats
    slope: Floats
    steepest: Floats


def trend(frame: Floats, rows: NDArray[np.intp]) -> Trend:
    """Returns the trend at some rows of a frame of shape (n_steps, n_tags), none before `WINDOW` - 1."""
    windows = np.lib.stride_tricks.sliding_window_view(frame, WINDOW, axis=0)[rows - (WINDOW - 1)]
    stretches = windows.reshape(*windows.shape[:2], _STRETCHES, WINDOW // _STRETCHES)
    slopes, means = _lines(stretches)
    direction = np.sign(slopes[..., -1])
    agree = (np.sign(slopes) == direction[..., None]).all(axis=-1) * direction  # 0 where they do not
    slope, steepest = agree * np.abs(slopes).min(axis=-1), agree * np.abs(slopes).max(axis=-1)
    return Trend(means[..., -1] + slope * (stretches.shape[-1] - 1) / 2, slope, steepest)


def ahead(now: Trend, leads: Sequence[int]) -> Floats:
    """Returns the forecast so many rows ahead, of shape (n_rows, n_tags, n_leads)."""
    damped = _DAMPING * (1.0 - _DAMPING ** np.asarray(leads)) / (1.0 - _DAMPING)
    forecast: Floats = now.level[..., None] + now.slope[..., None] * damped
    return forecast


def _lines(stretches: Floats) -> tuple[Floats, Floats]:
    """Fits a line to each stretch; returns slopes and the values in the middle, NaN where too little is there."""
    length = stretches.shape[-1]
    present = np.isfinite(stretches)
    count = present.sum(axis=-1).astype(np.float64)
    count[count < _LEAST * length] = np.nan
    at = np.where(present, np.arange(length) - (length - 1) / 2, 0.0)
    values = np.where(present, stretches, 0.0)
    at_mean, mean = at.sum(axis=-1) / count, values.sum(axis=-1) / count
    spread = (at * at).sum(axis=-1) - count * at_mean**2
    slopes: Floats = ((at * values).sum(axis=-1) - count * at_mean * mean) / spread
    return slopes, mean - slopes * at_mean
