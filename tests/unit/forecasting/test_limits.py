"""When a tag crosses its limits: the time of first passage and its probability."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.limits import crossings, error_paths
from plant.registry import Limits

HORIZON = 24
RISING = np.linspace(5.0, 5.4, HORIZON)
FLAT = np.zeros(HORIZON)
TIMES = tuple(range(0, HORIZON * 1_000, 1_000))


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.05, (5, HORIZON))


def test_a_rising_forecast_crosses_the_set_point_band_around_the_time_its_median_does(noise: np.ndarray) -> None:
    (crossing,) = crossings(Limits(setpoint=5.0, tolerance=0.2), noise, RISING, TIMES, 5.0)
    assert (crossing.which, crossing.value, crossing.now) == ("band_high", 5.2, False)
    assert crossing.start < TIMES[int(np.argmax(RISING >= 5.2))] <= crossing.end
    assert crossing.probability > 0.95


def test_a_limit_out_of_reach_is_not_crossed(noise: np.ndarray) -> None:
    assert crossings(Limits(high=9.0, low=1.0), noise, RISING, TIMES, 5.0) == ()
    assert crossings(Limits(), noise, RISING, TIMES, 5.0) == ()


def test_all_limits_in_reach_are_told_the_likeliest_to_come_first_at_the_head(noise: np.ndarray) -> None:
    limits = Limits(low=4.99, high=5.2, high_high=5.35)
    found = crossings(limits, noise, RISING, TIMES, 5.0)
    assert {crossing.which for crossing in found} == {"low", "high", "high_high"}
    high, high_high = (next(one for one in found if one.which == which) for which in ("high", "high_high"))
    assert found.index(high) < found.index(high_high)
    assert high.start <= high_high.start
    assert high.end <= high_high.end
    assert high.probability >= high_high.probability


def test_a_value_beyond_a_limit_already_says_so(noise: np.ndarray) -> None:
    (crossing,) = crossings(Limits(low=4.7), noise, 10 - RISING - 0.4, TIMES, 4.65)
    assert (crossing.which, crossing.now, crossing.start, crossing.end) == ("low", True, TIMES[0], TIMES[0])


def test_a_value_beyond_a_limit_says_so_also_where_it_is_expected_back_at_once(noise: np.ndarray) -> None:
    """ "No limit is expected to be crossed" was said of a tag whose alert was standing."""
    limits = Limits(setpoint=5.0, tolerance=0.4)
    assert crossings(limits, noise, np.full(HORIZON, 5.0), TIMES, 5.1) == ()
    (crossing,) = crossings(limits, noise, np.full(HORIZON, 5.0), TIMES, 5.5)
    assert (crossing.which, crossing.now, crossing.start) == ("band_high", True, TIMES[0])
    assert crossing.probability < 0.1


def test_errors_that_last_cross_less_often_than_errors_that_come_and_go() -> None:
    lasting = np.repeat([[1.0], [-1.0]] * 6, HORIZON, axis=1)
    coming = np.random.default_rng(1).normal(0, 1, (12, HORIZON))
    (one,) = crossings(Limits(high=1.0), lasting, FLAT, TIMES, 0.0)
    (other,) = crossings(Limits(high=1.0), coming, FLAT, TIMES, 0.0)
    assert one.probability < 0.4 < 0.8 < other.probability
    assert one.end == TIMES[0]  # whoever is beyond it at all is so from the first step on
    assert other.end > TIMES[4]


def test_first_passage_of_a_random_walk_has_the_probability_of_the_reflection_principle() -> None:
    """P(the maximum of n steps exceeds a) is about 2 P(S_n > a), less a little for the steps between looks."""
    rng = np.random.default_rng(2)
    walks = rng.normal(0, 1, (400, HORIZON)).cumsum(axis=1)
    limit = np.sqrt(HORIZON)
    simulated = np.mean(rng.normal(0, 1, (20_000, HORIZON)).cumsum(axis=1).max(axis=1) > limit)
    (crossing,) = crossings(Limits(high=float(limit)), walks, FLAT, TIMES, 0.0)
    assert crossing.probability == pytest.approx(simulated, abs=0.04)
    assert simulated == pytest.approx(2 * 0.1587, abs=0.06)


def test_gaps_are_bridged_an_empty_fold_is_left_out_and_chance_is_always_the_same(noise: np.ndarray) -> None:
    gappy = noise.copy()
    gappy[0] = np.nan
    gappy[1, 3:9] = np.nan
    gappy[2, -1] = np.nan
    paths = error_paths(gappy, 100)
    assert paths.shape == (100, HORIZON)
    assert np.isfinite(paths).all()
    assert np.array_equal(paths, error_paths(gappy, 100))


def test_a_forecast_that_never_missed_crosses_when_its_median_does() -> None:
    (crossing,) = crossings(Limits(high=5.2), np.zeros((5, HORIZON)), RISING, TIMES, 5.0)
    at = TIMES[int(np.argmax(RISING > 5.2))]
    assert (crossing.start, crossing.end, crossing.probability) == (at, at, 1.0)
