"""How good forecasts were: headline, band and the plain figures of plant engineers.

Missing actual values are left out of every figure. Arrays of forecasts and actual values have
shape (folds, horizon).

MASE is headed by one scale for all folds and candidates, so rows compare: the mean absolute
error of seasonal naive in the first fold's training part. MAPE is not here: it explodes near zero.

Source: Hyndman and Koehler, "Another look at measures of forecast accuracy" (2006); RMSSE from
the M5 competition's guide; pinball loss from Koenker and Bassett (1978); the continuous ranked probability score (CRPS)
and Winkler's interval score after Gneiting and Raftery, "Strictly proper scoring rules" (JASA 2007); the bootstrap of
blocks after Kuensch (1989), in two stages after Davison and Hinkley, "Bootstrap methods" (1997), section 3.8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

if TYPE_CHECKING:
    from forecasting.contract import Floats


class Scale(msgspec.Struct, frozen=True):
    """What errors are divided by, from the first fold's training part; each above 0.

    Attributes:
        absolute: Mean absolute error of seasonal naive there, for MASE; of naive where that is 0.
        square: Root mean squared error of the same there, for RMSSE.
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
        crps: Continuous ranked probability score, in the tag's unit: twice the mean pinball loss over `CRPS_LEVELS`.
        winkler: Mean interval score of the band by level, in the tag's unit: its width, and what lies outside of it
            times 2 / (1 - level).
    """

    raw: CurveFigures
    normalised: CurveFigures
    rmsse: float
    pinball: float | None
    width: dict[str, float]
    crps: float | None = None
    winkler: dict[str, float] = {}


CRPS_LEVELS: Final = tuple(k / 20 for k in range(1, 20))
"""Quantiles that stand for the whole distribution."""

SKILL_LEVEL: Final = 90
"""Confidence of the interval of a skill, percent."""

_ROUNDING: Final = 1e-12
"""Share of the values' size that is no error of seasonal naive: rounding makes as much of an exact wave."""

_DRAWS: Final = 999
_SEED: Final = 7


def scale_of(training: Floats, season: int) -> Scale | None:
    """Returns the scale from the first fold's training part, or None where it does not vary.

    Where seasonal naive makes no error there (a program that repeats itself), the errors are those of naive.
    """
    good = training[np.isfinite(training)]
    if not len(good) or not np.std(good) > 0:
        return None
    steps = training[season:] - training[:-season]
    steps = steps[np.isfinite(steps)]
    if np.max(np.abs(steps), initial=0.0) <= _ROUNDING * np.max(np.abs(good)):
        steps = np.diff(good)
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


def winkler(actual: Floats, lower: Floats, upper: Floats, level: float) -> float:
    """Returns the mean interval score of a band for a level in percent; NaN where there is no actual value."""
    good = np.isfinite(actual)
    beyond = np.maximum(lower - actual, 0) + np.maximum(actual - upper, 0)
    return float(np.mean((upper - lower + beyond * 2 / (1 - level / 100))[good])) if good.any() else float("nan")


def skill_interval(errors: Floats, bar: Floats, level: float = SKILL_LEVEL) -> tuple[float, float] | None:
    """Returns where the skill lies with a confidence in percent, by bootstrap; None where the bar made no error.

    Folds are drawn with replacement, and in each drawn fold blocks of steps, the same ones of both, for neighbouring
    errors go together. With five folds the interval is rough, and rather too narrow.

    Args:
        errors: Absolute errors of a candidate, of shape (folds, horizon), NaN where missing.
        bar: Those of seasonal naive.
        level: Percent of the draws that lie inside.
    """
    rng = np.random.default_rng(_SEED)
    folds, horizon = errors.shape
    block = max(1, round(float(np.sqrt(horizon))))
    known = np.isfinite(errors) & np.isfinite(bar)
    fold = rng.integers(0, folds, (_DRAWS, folds, 1))
    start = rng.integers(0, horizon, (_DRAWS, folds, -(-horizon // block)))
    sums = [_block_sums(np.where(known, one, 0.0), block)[fold, start].sum(axis=(1, 2)) for one in (errors, bar)]
    usable = sums[1] > 0
    if not usable.any():
        return None
    tail = (1 - level / 100) / 2
    low, high = np.quantile(1 - sums[0][usable] / sums[1][usable], [tail, 1 - tail])
    return float(low), float(high)


def _block_sums(errors: Floats, block: int) -> Floats:
    """Returns the sum over the block that begins at each step, around the end of the fold, of the same shape."""
    around = np.concatenate([np.zeros((len(errors), 1)), errors, errors[:, : block - 1]], axis=1).cumsum(axis=1)
    sums: Floats = around[:, block:] - around[:, :-block]
    return sums


def curve_figures(actual: Floats, forecast: Floats) -> CurveFigures:
    """Returns the plain figures over the steps that have an actual value; there must be one."""
    good = np.isfinite(actual)
    a, f = actual[good], forecast[good]
    errors = np.abs(a - f)
    return CurveFigures(
        *(float(statistic(curve)) for curve in (a, f) for statistic in (np.mean, np.median, np.std)),
        *(float(statistic(errors)) for statistic in (np.mean, np.max, np.min)),
    )
