"""Folds that touch, earlier ones for the bands, and what no fold may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from forecasting.backtest import Backtest, Folds, make_folds, run_backtest
from forecasting.budget import Budget
from forecasting.comparison import compare
from forecasting.contract import CandidateFailed, Forecast
from forecasting.ensemble import median_ensemble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plant.series import Series


class FakeCandidate:
    """Repeats the newest value, and remembers where it was asked to start."""

    name = "fake"
    seasonal = False
    fills_gaps = False

    def __init__(self, *, costly: bool = False, minimum: int = 1, tokens: int | None = None) -> None:
        self.costly = costly
        self._minimum = minimum
        self._tokens = tokens
        self.origins: list[int] = []

    def minimum_length(self, season: int) -> int:
        return self._minimum

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget
    ) -> list[Forecast]:
        self.origins = list(origins)
        if np.ptp(series.values[: origins[0]]) == 0:
            raise CandidateFailed("the values do not vary")
        return [Forecast(np.full(horizon, series.values[o - 1]), tokens=self._tokens) for o in origins]


def run(candidate: FakeCandidate, series: Series, folds: Folds) -> Backtest:
    return run_backtest(candidate, series, folds, season=1, budget=Budget())


def made(values: np.ndarray, horizon: int = 24, count: int = 5) -> Folds:
    folds = make_folds(values, horizon, count)
    assert folds
    return folds


@pytest.mark.parametrize(
    ("n", "horizon", "earlier"),
    [
        pytest.param(480, 24, 5, id="as many as scored ones"),
        pytest.param(480, 4, 10, id="forty steps at least"),
        pytest.param(240, 24, 0, id="none that reach into the first half of the history"),
    ],
)
def test_folds_touch_and_earlier_ones_lie_before_them(n: int, horizon: int, earlier: int) -> None:
    values = np.arange(float(n))
    folds = made(values, horizon)
    assert len(folds.earlier) == earlier
    starts = (*folds.earlier, *folds.origins)
    assert set(np.diff(starts)) == {horizon}
    assert starts[-1] + horizon == n
    assert np.array_equal(np.concatenate([folds.actual_earlier, folds.actual]).ravel(), values[starts[0] :])


def test_earlier_folds_that_are_mostly_missing_are_none(daily_values: Callable[..., np.ndarray]) -> None:
    values = daily_values()
    first = made(values).earlier[0]
    values[first : first + 70] = np.nan
    assert made(values).earlier == ()
    values[first + 50 : first + 70] = 20.0
    assert made(values).earlier


def test_a_cheap_candidate_runs_on_earlier_folds_in_one_call_and_a_costly_one_does_not(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    values = daily_values()
    folds = made(values)
    cheap, costly = FakeCandidate(), FakeCandidate(costly=True, tokens=7)
    ran = run(cheap, series(values), folds)
    assert cheap.origins == [*folds.earlier, *folds.origins, len(values)]
    assert ran.medians_earlier is not None
    assert ran.medians is not None
    assert (ran.medians_earlier.shape, ran.medians.shape, ran.tokens) == ((5, 24), (5, 24), None)
    assert list(ran.medians[:, 0]) == [values[o - 1] for o in folds.origins]
    ran = run(costly, series(values), folds)
    assert costly.origins == [*folds.origins, len(values)]
    assert (ran.medians_earlier, ran.tokens) == (None, 6 * 7)


class FakeCheat(FakeCandidate):
    """Plants a leak: it knows the value that comes one step later."""

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget
    ) -> list[Forecast]:
        return [Forecast(np.full(horizon, series.values[min(o, len(series) - 1)])) for o in origins]


def test_a_candidate_that_looks_ahead_is_found_out_and_not_shown(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    result = compare(series(daily_values()), 24, [FakeBar(), FakeCheat()])
    row = next(row for row in result.rows if row.name == "fake")
    assert (row.status, row.mase) == (
        "its forecast changes with what came after it: it looks beyond its origin",
        None,
    )
    assert "fake" not in result.forecasts


def test_what_cannot_run_on_earlier_folds_still_runs_on_the_scored_ones(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    values = daily_values()
    folds = made(values)
    long = FakeCandidate(minimum=folds.earlier[0] + 1)
    assert run(long, series(values), folds).status == "ok"
    assert long.origins[0] == folds.origins[0]
    values[: folds.earlier[0]] = 5.0  # the machine was off
    off = run(FakeCandidate(), series(values), folds)
    assert (off.status, off.medians_earlier) == ("ok", None)


def test_what_comes_after_the_first_fold_changes_neither_season_nor_forecasts_from_before(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    values = daily_values()
    folds = made(values)
    changed = values.copy()
    changed[folds.origins[0] :] = 60 + 9 * np.sin(np.arange(5 * 24))
    first, other = (compare(series(one), 24, [FakeBar()]) for one in (values, changed))
    assert first.season == other.season
    assert run(FakeCandidate(), series(values), folds).medians_earlier is not None
    mase = [one.rows[0].mase for one in (first, other)]
    errors = [one.rows[0].figures.raw.error_mean for one in (first, other) if one.rows[0].figures]
    assert mase[1] / mase[0] == pytest.approx(errors[1] / errors[0]), "the scale is that of what came before the folds"


class FakeBar(FakeCandidate):
    """Stands for the bar."""

    name = "seasonal-naive"


def backtest(name: str, value: float, *, earlier: bool = True, seconds: float = 1.0) -> Backtest:
    full = np.full((5, 4), value)
    return Backtest(name, "ok", seconds, full, Forecast(full[0]), full if earlier else None)


def test_the_ensemble_is_the_median_of_the_statistical_methods_that_ran() -> None:
    failed = Backtest("mstl", "timed out", 2.0)
    ran = [backtest("arima", 1.0), backtest("smoothing", 2.0), backtest("theta", 9.0), failed]
    others = [backtest("seasonal-naive", 50.0), backtest("drift", 50.0), backtest("language-model", 50.0)]
    made = median_ensemble([*others, *ran])
    assert made.medians is not None
    assert made.shown is not None
    assert (made.name, made.status, made.seconds) == ("ensemble", "ok", 5.0)
    assert set(made.medians.ravel()) == set(made.shown.median) == {2.0}
    assert made.medians_earlier is not None
    assert median_ensemble([*ran, backtest("mstl", 2.0, earlier=False)]).medians_earlier is None


def test_one_member_is_no_ensemble() -> None:
    made = median_ensemble([backtest("arima", 1.0), Backtest("smoothing", "timed out", 2.0)])
    assert (made.status, made.medians) == ("needs two of its members, 1 ran", None)
