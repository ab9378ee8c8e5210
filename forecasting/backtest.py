"""Rolling-origin folds, the same for every candidate.

    history ........|fold 1 |fold 2 |fold 3 |now
                    origins of the folds     and the origin of the forecast that is shown

Each fold forecasts `horizon` steps from its origin, and sees nothing beyond it. The windows touch
and do not overlap; the last one ends at the newest step. The forecast that is shown is made by the
same call, as one more origin, so that what was scored is what is shown.

Earlier folds, before those, are not scored: what a cheap candidate misses there its bands learn from (`conformal.py`).
There are as many as scored ones, and `_RESIDUALS` steps at least; none, if they would reach into the first half of what
is before the scored folds, where parameters are fitted, or if more than half of their steps are missing.

**What is guaranteed about leakage.** A candidate gets the whole series, since it forecasts from the newest step too;
that no fold's forecast uses what comes after its origin is a rule of the contract, not made impossible here. It is
proved by `tests/conformance/test_forecaster.py`, which changes all that comes after each origin, for every registered
candidate, and asks whether forecasts from there or before it change. Besides, each cheap candidate is probed before
its first backtest in a process: a forecast from the first steps of the series must be the same with and without the
steps after them. One whose forecast is not fails, and the reason is in its row. Season and scale come from what is
before the first scored fold; earlier folds, which are not scored, know them too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.budget import Budget, TimedOut
from forecasting.contract import CandidateFailed
from forecasting.series import missing_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats, Forecast, Forecaster
    from plant.series import Series

MIN_FOLDS: Final = 2
MIN_TRAINING: Final = 16
"""Steps that the first fold has for training, at least; and never fewer than the horizon."""

_RESIDUALS: Final = 40
"""Steps that earlier folds have together, at least: with fewer, a short horizon has no 90 % band."""

_PROBE_STEPS, _PROBE_HORIZON, _PROBE_SEASON = 48, 6, 12
"""Of the probe: a look ahead is in the code and not in the data, so a few steps and a short season show it."""

_blind: Final[set[type]] = set()
"""Classes of candidates that passed the probe in this process."""

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
        earlier: Number of steps of history of each earlier fold, ascending; may be empty.
        actual_earlier: What came on those, of shape (earlier folds, horizon).
    """

    origins: tuple[int, ...]
    horizon: int
    actual: Floats
    earlier: tuple[int, ...]
    actual_earlier: Floats


@dataclass(frozen=True, slots=True)
class Backtest:
    """What one candidate did.

    Attributes:
        name: The candidate.
        status: `ok`, `timed out`, or a sentence that says why it failed.
        seconds: How long it took.
        medians: Its medians on the folds, of shape (folds, horizon); None unless `ok`.
        shown: Its forecast from the newest step; None unless `ok`.
        medians_earlier: Its medians on the earlier folds, of shape (earlier folds, horizon); None where it ran on the
            scored ones only.
        tokens: What a language model read and wrote for all of them; None for other methods.
    """

    name: str
    status: str
    seconds: float
    medians: Floats | None = None
    shown: Forecast | None = None
    medians_earlier: Floats | None = None
    tokens: int | None = None


def make_folds(values: Floats, horizon: int, count: int) -> Folds | None:
    """Returns `count` folds, or as many as the history allows; None where that is fewer than `MIN_FOLDS`."""
    n = len(values)
    count = min(count, (n - max(MIN_TRAINING, horizon)) // horizon)
    if count < MIN_FOLDS:
        return None
    origins = tuple(n - k * horizon for k in range(count, 0, -1))
    earlier = _earlier(values, origins[0], horizon, count)
    return Folds(origins, horizon, _windows(values, origins, horizon), earlier, _windows(values, earlier, horizon))


def _earlier(values: Floats, first: int, horizon: int, count: int) -> tuple[int, ...]:
    """Returns the origins of the folds before the first scored one, all or none."""
    count = max(count, -(-_RESIDUALS // horizon))
    origins = tuple(first - k * horizon for k in range(count, 0, -1))
    if origins[0] < max(MIN_TRAINING, horizon, first / 2) or missing_share(values[origins[0] : first]) > 0.5:
        return ()
    return origins


def _windows(values: Floats, origins: Sequence[int], horizon: int) -> Floats:
    """Returns what came after each origin, of shape (origins, horizon)."""
    windows: Floats = values[np.asarray(origins, dtype=np.intp)[:, None] + np.arange(horizon)]
    return windows


def run_backtest(candidate: Forecaster, series: Series, folds: Folds, *, season: int, budget: Budget) -> Backtest:
    """Runs a candidate on the folds and from the newest step; its failure is in the status, never raised.

    A cheap candidate runs on the earlier folds too, in the same call; where it cannot (a history that was constant, or
    too short for it), on the scored ones only.
    """
    began = time.perf_counter()
    try:
        budget.check()
        needed = candidate.minimum_length(season)
        _check_length(needed, folds.origins[0])
        if not candidate.costly and type(candidate) not in _blind:
            _probe(candidate, series.until(folds.origins[0]), min(season, _PROBE_SEASON), budget)
        forecasts, early = None, 0
        if folds.earlier and folds.earlier[0] >= needed and not candidate.costly:
            forecasts, early = _try_earlier(candidate, series, folds, season, budget), len(folds.earlier)
        if forecasts is None:
            forecasts, early = _run(candidate, series, folds.origins, folds.horizon, season, budget), 0
    except CandidateFailed as failure:
        return Backtest(candidate.name, str(failure), time.perf_counter() - began)
    medians = np.stack([forecast.median for forecast in forecasts[:-1]])
    tokens = [forecast.tokens for forecast in forecasts if forecast.tokens is not None]
    return Backtest(
        candidate.name,
        OK,
        time.perf_counter() - began,
        medians[early:],
        forecasts[-1],
        medians[:early] if early else None,
        sum(tokens) if tokens else None,
    )


def _probe(candidate: Forecaster, series: Series, season: int, budget: Budget) -> None:
    """Raises `CandidateFailed` for a forecast that changes once what came after it is taken away.

    A series too short, or one whose first steps the candidate cannot forecast, tells nothing.
    """
    origin = max(candidate.minimum_length(season), _PROBE_STEPS)
    end = origin + _PROBE_HORIZON
    if end > len(series):
        return
    try:
        seeing = candidate.forecast_folds(
            series.until(end), (origin, end), _PROBE_HORIZON, season=season, budget=budget
        )
        blind = candidate.forecast_folds(series.until(origin), (origin,), _PROBE_HORIZON, season=season, budget=budget)
    except TimedOut:
        raise
    except CandidateFailed:
        return
    values = series.values[:end]
    rounding = 1e-9 * float(np.max(np.abs(values), where=np.isfinite(values), initial=0.0))
    if not np.allclose(seeing[0].median, blind[0].median, rtol=0, atol=rounding, equal_nan=True):
        raise CandidateFailed("its forecast changes with what came after it: it looks beyond its origin")
    _blind.add(type(candidate))


def _try_earlier(
    candidate: Forecaster, series: Series, folds: Folds, season: int, budget: Budget
) -> list[Forecast] | None:
    """Returns its forecasts from the earlier origins on; None where it fails with them."""
    try:
        return _run(candidate, series, (*folds.earlier, *folds.origins), folds.horizon, season, budget)
    except TimedOut:
        raise
    except CandidateFailed:
        return None


def _run(
    candidate: Forecaster, series: Series, origins: tuple[int, ...], horizon: int, season: int, budget: Budget
) -> list[Forecast]:
    """Returns its forecasts from the origins and the newest step, each checked."""
    origins = (*origins, len(series))
    forecasts = candidate.forecast_folds(series, origins, horizon, season=season, budget=budget)
    for origin, forecast in zip(origins, forecasts, strict=True):
        _check(forecast.median, series.values[:origin], horizon)
    return forecasts


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
