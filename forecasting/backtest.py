"""Rolling-origin folds, the same for every candidate.

    history ........|fold 1 |fold 2 |fold 3 |now
                    origins of the folds     and the origin of the forecast that is shown

Each fold forecasts `horizon` steps from its origin, and sees nothing beyond it. The windows touch
and do not overlap; the last one ends at the newest step. The forecast that is shown is made by the
same call, as one more origin, so that what was scored is what is shown.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.budget import Budget
from forecasting.contract import CandidateFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats, Forecast, Forecaster
    from plant.series import Series

MIN_FOLDS: Final = 2
MIN_TRAINING: Final = 16
"""Steps that the first fold has for training, at least; and never fewer than the horizon."""

_FAR: Final = 10.0
"""A median further than so many times the history's range outside of it is an explosion."""

OK: Final = "ok"


@dataclass(frozen=True, slots=True)
class Folds:
    """The folds of a series.

    Attributes:
        origins: Number of steps of history of each fold, ascending.
        horizon: Steps that each one forecasts.
        actual: What came, of shape (folds, horizon), NaN where missing.
    """

    origins: tuple[int, ...]
    horizon: int
    actual: Floats


@dataclass(frozen=True, slots=True)
class Backtest:
    """What one candidate did.

    Attributes:
        name: The candidate.
        status: `ok`, `timed out`, or a sentence that says why it failed.
        seconds: How long it took.
        medians: Its medians on the folds, of shape (folds, horizon); None unless `ok`.
        shown: Its forecast from the newest step; None unless `ok`.
    """

    name: str
    status: str
    seconds: float
    medians: Floats | None = None
    shown: Forecast | None = None


def make_folds(values: Floats, horizon: int, count: int) -> Folds | None:
    """Returns `count` folds, or as many as the history allows; None where that is fewer than `MIN_FOLDS`."""
    n = len(values)
    count = min(count, (n - max(MIN_TRAINING, horizon)) // horizon)
    if count < MIN_FOLDS:
        return None
    origins = tuple(n - k * horizon for k in range(count, 0, -1))
    return Folds(origins, horizon, np.stack([values[origin : origin + horizon] for origin in origins]))


def run_backtest(candidate: Forecaster, series: Series, folds: Folds, *, season: int, budget: Budget) -> Backtest:
    """Runs a candidate on the folds and from the newest step; its failure is in the status, never raised."""
    began = time.perf_counter()
    try:
        budget.check()
        _check_length(candidate.minimum_length(season), folds.origins[0])
        origins = (*folds.origins, len(series))
        forecasts = candidate.forecast_folds(series, origins, folds.horizon, season=season, budget=budget)
        for origin, forecast in zip(origins, forecasts, strict=True):
            _check(forecast.median, series.values[:origin], folds.horizon)
    except CandidateFailed as failure:
        return Backtest(candidate.name, str(failure), time.perf_counter() - began)
    medians = np.stack([forecast.median for forecast in forecasts[:-1]])
    return Backtest(candidate.name, OK, time.perf_counter() - began, medians, forecasts[-1])


def _check_length(needed: int, there: int) -> None:
    if there < needed:
        raise CandidateFailed(f"needs {needed} steps, the first fold has {there}")


def _check(median: Floats, history: Floats, horizon: int) -> None:
    """Raises `CandidateFailed` for a median that is short, not finite, or has exploded."""
    if median.shape != (horizon,):
        raise CandidateFailed(f"gave {len(median)} of {horizon} steps")
    if not np.isfinite(median).all():
        raise CandidateFailed("gave values that are not numbers")
    low, high = float(np.nanmin(history)), float(np.nanmax(history))
    room = _FAR * (high - low)
    if np.min(median) < low - room or np.max(median) > high + room:
        raise CandidateFailed("exploded: it left the range of the history by more than ten times that range")


def forecast_each(
    candidate: Forecaster, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget | None
) -> list[Forecast]:
    """Forecasts from each origin on its own: `forecast_folds` for candidates that keep nothing between folds."""
    budget = budget or Budget()
    forecasts = []
    for origin in origins:
        budget.check()
        forecasts.append(candidate.forecast(series.until(origin), horizon, season=season))
    return forecasts
