"""When will it cross its limits: the time of first passage, with its probability.

Being beyond a limit at any one step is not crossing it at some step: the band tells the first only. So whole paths of
the future are drawn. What a forecast misses goes together from step to step, and the errors of each fold hold how: a
path is the median plus a random mixture of the folds' error paths. With independent standard normal factors, newer
folds weighted as for the band, these have the covariance of the folds' errors; divided by the root of a chi-squared
draw over its degrees of freedom, the number of folds, they allow for how few these are (a multivariate Student
distribution). Errors are taken as likely on either side.

Told of each limit: the share of paths that cross it within the horizon, and between which times 80 % of these cross.
Source: Redner, "A guide to first-passage processes" (2001); mixtures of residual paths after Wu, "Jackknife, bootstrap
and other resampling methods" (Annals of Statistics 1986). What they held on series with known answers stands in
docs/forecasting.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from forecasting.conformal import recency
from forecasting.series import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from forecasting.contract import Floats
    from plant.registry import Limits
    from plant.series import Series

POSSIBLE: Final = 0.1
"""Probability from which a crossing is told."""

_RANGE: Final = (0.1, 0.9)
"""Quantiles of the time of first passage that a range is made of."""

_PATHS: Final = 4_000
"""How many are drawn: a probability is exact to about 1 %."""


class Crossing(msgspec.Struct, frozen=True):
    """One limit that may be crossed.

    Attributes:
        which: `low_low`, `low`, `high`, `high_high`, or `band_low`, `band_high` of the set point.
        value: The limit, in the tag's unit.
        start: Begin of the step by which 10 % of the paths that cross it have crossed, UTC milliseconds.
        end: Begin of the step by which 90 % of them have.
        probability: Of crossing it within the horizon, 0 to 1.
        now: Whether the newest value is beyond it already; then crossing is being beyond it at some step.
    """

    which: str
    value: float
    start: int
    end: int
    probability: float
    now: bool


def crossings(
    limits: Limits, residuals: Floats, median: Floats, times: tuple[int, ...], newest: float
) -> tuple[Crossing, ...]:
    """Returns the limits that are crossed with a probability of `POSSIBLE`, the likeliest to be crossed first first.

    Before them come those that the newest value is beyond, however soon it is expected back.

    Args:
        limits: Of the tag.
        residuals: What the candidate missed on the folds, of shape (folds, horizon), oldest first, NaN where unknown.
        median: Its forecast, of shape (horizon,).
        times: Of its steps, UTC milliseconds.
        newest: The newest value.
    """
    bounds = sorted(_bounds(limits), key=lambda bound: bound[2] * bound[1])  # on each side the nearest first
    if not bounds:
        return ()
    paths = median + error_paths(residuals, _PATHS)
    steps = np.stack([_first_passage(sign * (paths - value)) for _, value, sign in bounds])
    first = np.where(steps.min(axis=0) < len(times), steps.argmin(axis=0), len(bounds))
    shares = np.bincount(first, minlength=len(bounds) + 1)
    found = []
    for index in np.argsort(-shares[:-1], kind="stable"):
        which, value, sign = bounds[index]
        crossed = np.sort(steps[index])[: int(np.count_nonzero(steps[index] < len(times)))]
        now = sign * (newest - value) > 0
        if now or len(crossed) >= POSSIBLE * _PATHS:
            when = (0, 0) if now else np.quantile(crossed, _RANGE, method="inverted_cdf")
            start, end = (times[int(k)] for k in when)
            found.append(Crossing(which, value, start, end, len(crossed) / _PATHS, bool(now)))
    return tuple(sorted(found, key=lambda crossing: not crossing.now))


def error_paths(residuals: Floats, n: int) -> Floats:
    """Returns `n` error paths of shape (n, horizon), mixed from those of folds, of shape (folds, horizon).

    Gaps in a fold's path are bridged; a fold without any value is left out. The same residuals give the same paths.
    """
    known = np.flatnonzero(np.isfinite(residuals).any(axis=1))
    weights = recency((len(residuals) - 1 - known).astype(np.float64), residuals.shape[1])
    weights /= weights.sum()
    freedom = 1 / np.sum(weights**2)
    rng = np.random.default_rng(0)
    factors = rng.standard_normal((n, len(weights))) * np.sqrt(weights)
    mixed = factors @ np.stack([filled(path) for path in residuals[known]])
    paths: Floats = mixed / np.sqrt(rng.chisquare(freedom, (n, 1)) / freedom)
    return paths


def _first_passage(beyond: Floats) -> NDArray[np.intp]:
    """Returns the first step at which each path, of shape (n, horizon), is above 0; the horizon where none is."""
    above = beyond > 0
    first: NDArray[np.intp] = np.where(above.any(axis=1), above.argmax(axis=1), above.shape[1])
    return first


def _bounds(limits: Limits) -> Iterator[tuple[str, float, int]]:
    """Yields name, value and side (1 for above) of each limit there is."""
    named = {"low_low": -1, "low": -1, "high": 1, "high_high": 1}
    for which, sign in named.items():
        value = getattr(limits, which)
        if value is not None:
            yield which, value, sign
    if limits.setpoint is not None and limits.tolerance is not None:
        yield "band_low", limits.setpoint - limits.tolerance, -1
        yield "band_high", limits.setpoint + limits.tolerance, 1


def newest_value(series: Series) -> float:
    """Returns the newest value that is there; there must be one."""
    good = series.values[np.isfinite(series.values)]
    return float(good[-1])
