"""Regression on inputs: a driver that is known ahead helps, one seen up to now helps as far as it leads, none leaks."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.backtest import make_folds, run_backtest
from forecasting.budget import Budget
from forecasting.candidates import Means, open_candidates
from forecasting.candidates.regression import Regression
from forecasting.contract import CandidateFailed, Floats, Inputs
from plant.series import Series
from plant.time import HOUR

N, HORIZON = 400, 12
ORIGINS = (340, 352, 364, 376, 388)


def series(values: Floats) -> Series:
    return Series("T-1", "degC", HOUR * np.arange(len(values), dtype=np.int64), values, HOUR)


def inputs(known: Floats | None = None, seen: Floats | None = None) -> Inputs:
    known = np.empty((N + HORIZON, 0)) if known is None else known[:, None]
    return Inputs(("input",), known, np.empty((N, 0)) if seen is None else seen[:, None])


def medians(given: Inputs, values: Floats, origins: tuple[int, ...] = ORIGINS) -> Floats:
    forecasts = Regression(given).forecast_folds(series(values), origins, HORIZON, season=1)
    return np.stack([forecast.median for forecast in forecasts])


def error(given: Inputs, values: Floats) -> float:
    actual = np.stack([values[origin : origin + HORIZON] for origin in ORIGINS])
    return float(np.mean(np.abs(medians(given, values) - actual)))


@pytest.fixture
def schedule() -> Floats:
    """A set point that jumps every seven steps, and what it is after the series too."""
    return np.random.default_rng(0).normal(size=N // 7 + 3).repeat(7)[: N + HORIZON]


@pytest.fixture
def follower(schedule: Floats) -> Floats:
    """A value that goes half of the way to the set point at each step, with noise."""
    values = np.zeros(N)
    for k in range(1, N):
        values[k] = 0.5 * values[k - 1] + 0.5 * schedule[k]
    return 20 + values + np.random.default_rng(1).normal(0, 0.05, N)


def test_a_schedule_known_ahead_helps(schedule: Floats, follower: Floats) -> None:
    noise = np.random.default_rng(2).normal(size=N + HORIZON)
    assert error(inputs(known=schedule), follower) < 0.4 * error(inputs(known=noise), follower)


def test_another_tag_helps_as_far_as_it_leads() -> None:
    rng = np.random.default_rng(3)
    leads = np.cumsum(rng.normal(size=N + HORIZON))
    values, other = leads[:N], leads[HORIZON:]  # at each step the other tag is where this one will be
    assert error(inputs(seen=other), values) < 0.5 * error(inputs(seen=rng.normal(size=N)), values)


def test_a_copy_of_the_target_is_not_read_beyond_the_origin() -> None:
    """Plants a leak: whoever reads the copy after the origin has no error. Its past is the target's own."""
    walk = np.cumsum(np.random.default_rng(5).normal(size=N))
    assert error(inputs(seen=walk.copy()), walk) > 0.9 * error(inputs(), walk)


def test_a_copy_of_the_targets_future_tells_as_far_as_it_is_shifted() -> None:
    walk = np.cumsum(np.random.default_rng(5).normal(size=N + 1))
    values, ahead = walk[:N], walk[1:]  # at the origin it tells one step
    actual = np.stack([values[origin : origin + HORIZON] for origin in ORIGINS])
    errors = np.abs(medians(inputs(seen=ahead), values) - actual).mean(axis=0)
    alone = np.abs(medians(inputs(), values) - actual).mean(axis=0)
    assert errors[0] < 0.2 * alone[0]
    assert errors[1:].min() > 0.2 * alone[0]


@pytest.mark.parametrize("where", ["seen", "known"])
def test_what_an_input_is_later_changes_no_earlier_forecast(where: str, schedule: Floats, follower: Floats) -> None:
    column = schedule if where == "known" else schedule[:N]
    before = medians(inputs(**{where: column}), follower)
    for i, origin in enumerate(ORIGINS):
        changed = column.copy()
        changed[origin + (HORIZON if where == "known" else 0) :] = 1_000.0
        after = medians(inputs(**{where: changed}), follower)
        assert np.array_equal(before[: i + 1], after[: i + 1])
        assert i + 1 == len(ORIGINS) or not np.array_equal(before[i + 1 :], after[i + 1 :])


def test_what_is_planned_from_the_origin_on_changes_its_forecast(schedule: Floats, follower: Floats) -> None:
    planned = schedule.copy()
    planned[N:] += 5
    before, after = (medians(inputs(known=column), follower, (N,))[0] for column in (schedule, planned))
    assert after[-1] > before[-1] + 3


def test_gaps_of_the_series_and_of_inputs_are_borne(schedule: Floats, follower: Floats) -> None:
    actual = follower.copy()
    follower[np.random.default_rng(6).random(N) < 0.1] = np.nan
    schedule[:20] = np.nan
    schedule[100:120] = np.nan
    assert abs(medians(inputs(known=schedule), follower) - medians(inputs(known=schedule), actual)).mean() < 0.3


def test_an_input_too_large_to_compute_with_is_as_none(follower: Floats) -> None:
    huge = np.random.default_rng(9).normal(size=len(follower)) * 4e307
    assert medians(inputs(seen=huge), follower) == pytest.approx(medians(inputs(), follower))


def test_an_input_with_values_after_the_first_fold_only_is_as_none(follower: Floats) -> None:
    late = np.full(N, np.nan)
    late[ORIGINS[0] :] = 7.0
    assert medians(inputs(seen=late), follower) == pytest.approx(medians(inputs(), follower))


def test_inputs_run_where_there_are_some() -> None:
    assert "regression" not in [one.name for one in open_candidates([])]
    assert "regression" in [one.name for one in open_candidates([], Means(inputs=inputs()))]


def test_without_inputs_it_is_a_row_that_says_so(follower: Floats) -> None:
    (candidate,) = (one for one in open_candidates(["regression"]) if one.name == "regression")
    folds = make_folds(follower, HORIZON, 3)
    assert folds
    result = run_backtest(candidate, series(follower), folds, season=1, budget=Budget())
    assert result.status == "there are no inputs: name some by --input, --known or --calendar"


def test_inputs_that_end_early_are_a_failure(follower: Floats) -> None:
    short = Inputs(("SP",), np.ones((N, 1)), np.empty((N, 0)))
    with pytest.raises(CandidateFailed, match="end before the forecast does"):
        medians(short, follower, (N,))
