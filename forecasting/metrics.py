"""How good forecasts were: headline, band and the plain figures of plant engineers.

Missing actual values are left out of every figure. Arrays of forecasts and actual values have
shape (folds, horizon).

MASE is headed by one scale for all folds and candidates, so rows compare: the mean absolute
error of seasonal naive in the first fold's training part. MAPE is not here: it explodes near zero.

Source: Hyndman and Koehler, "Another look at measures of forecast accuracy" (2006); RMSSE from
the M5 competition's guide; pinball loss from Koenker and Bassett (1978).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from forecasting.contract import Floats


class Scale(msgspec.Struct, frozen=True):
    """What errors are divided by, from the first fold's training part; each above 0.

    Attributes:
        absolute: Mean absolute error of seasonal naive there, for MASE.
        square: Root mean squared error of seasonal naive there, for RMSSE.
        mean: Mean of the values there.
        std: Their standard deviation, for figures on normalised values.
    """

    absolute: float
    square: float
    mean: float
    std: float


class CurveFigures(msgspec.Struct, frozen=True):
    """The plain figures of both curves over all folds, in one unit; errors are absolute."""

    actual_mean: float
    actual_median: float
    actual_std: float
    forecast_mean: float
    forecast_median: float
    forecast_std: float
    error_mean: float
    error_max: float
    error_min: float


class Figures(msgspec.Struct, frozen=True):
    """What a candidate's row holds besides its headline.

    Attributes:
        raw: Plain figures in the tag's unit.
        normalised: The same after subtracting the training part's mean and dividing by its standard deviation.
        rmsse: Root mean squared scaled error.
        pinball: Mean pinball loss over the median and the band's edges, in the tag's unit.
        width: Mean width of the band by level, in the tag's unit.
    """

    raw: CurveFigures
    normalised: CurveFigures
    rmsse: float
    pinball: float | None
    width: dict[str, float]


def scale_of(training: Floats, season: int) -> Scale | None:
    """Returns the scale from the first fold's training part, or None where it does not vary."""
    steps = training[season:] - training[:-season]
    steps = steps[np.isfinite(steps)]
    good = training[np.isfinite(training)]
    if not len(steps) or not np.any(steps) or not np.std(good) > 0:
        return None
    return Scale(
        float(np.mean(np.abs(steps))), float(np.sqrt(np.mean(steps**2))), float(np.mean(good)), float(np.std(good))
    )


def mae(actual: Floats, forecast: Floats) -> float:
    """Returns the mean absolute error where there is an actual value; NaN where there is none."""
    errors = np.abs(actual - forecast)[np.isfinite(actual)]
    return float(np.mean(errors)) if errors.size else float("nan")


def mase(actual: Floats, forecast: Floats, scale: Scale) -> float:
    """Returns the mean absolute scaled error."""
    return mae(actual, forecast) / scale.absolute


def rmsse(actual: Floats, forecast: Floats, scale: Scale) -> float:
    """Returns the root mean squared scaled error."""
    squares = ((actual - forecast) ** 2)[np.isfinite(actual)]
    return float(np.sqrt(np.mean(squares))) / scale.square if squares.size else float("nan")


def pinball(actual: Floats, quantile: Floats, q: float) -> float:
    """Returns the mean pinball loss of a quantile q, 0 to 1."""
    above = (actual - quantile)[np.isfinite(actual)]
    return float(np.mean(np.maximum(q * above, (q - 1) * above))) if above.size else float("nan")


def coverage(actual: Floats, lower: Floats, upper: Floats) -> float:
    """Returns the share of actual values inside a band, edges included."""
    good = np.isfinite(actual)
    return float(np.mean(((actual >= lower) & (actual <= upper))[good])) if good.any() else float("nan")


def curve_figures(actual: Floats, forecast: Floats) -> CurveFigures:
    """Returns the plain figures over the steps that have an actual value; there must be one."""
    good = np.isfinite(actual)
    a, f = actual[good], forecast[good]
    errors = np.abs(a - f)
    return CurveFigures(
        *(float(statistic(curve)) for curve in (a, f) for statistic in (np.mean, np.median, np.std)),
        *(float(statistic(errors)) for statistic in (np.mean, np.max, np.min)),
    )
