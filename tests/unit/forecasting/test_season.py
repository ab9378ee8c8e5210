"""The season is found in the data, and noise and wandering have none."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.season import find_season
from plant.time import DAY, HOUR, MINUTE


@pytest.mark.parametrize("period", [7, 12, 24, 50, 96])
def test_finds_the_period_of_a_noisy_wave(period: int) -> None:
    rng = np.random.default_rng(period)
    values = np.sin(2 * np.pi * np.arange(12 * period) / period) + rng.normal(0, 0.3, 12 * period)
    assert abs(find_season(values).steps - period) <= period // 24


def test_finds_a_shape_that_is_no_sine_and_not_its_harmonics() -> None:
    values = np.tile(np.r_[np.ones(8), np.zeros(16)], 20) + np.random.default_rng(0).normal(0, 0.1, 480)
    assert find_season(values, HOUR).steps == 24


def test_a_day_of_five_minute_steps_is_snapped_to_the_calendar() -> None:
    values = np.sin(2 * np.pi * np.arange(2016) / 288) + np.random.default_rng(1).normal(0, 1.0, 2016)
    assert find_season(values, 5 * MINUTE).steps == 288


@pytest.mark.parametrize("n", [200, 1000])
def test_noise_and_wandering_have_none(n: int) -> None:
    found = []
    for seed in range(40):
        noise = np.random.default_rng([seed, n]).normal(0, 1, n)
        found += [find_season(one, HOUR).found for one in (noise, np.cumsum(noise), np.cumsum(np.cumsum(noise)))]
    assert sum(found) <= 2


def test_a_weak_day_under_a_wandering_level_is_found_and_no_week_with_it() -> None:
    wave = 2 * np.sin(2 * np.pi * np.arange(1000) / 24)
    walks = [np.cumsum(np.random.default_rng(seed).normal(0, 1, 1000)) for seed in range(20)]
    assert {find_season(walk + wave, HOUR).steps for walk in walks} == {24}


@pytest.mark.parametrize(("weekend", "steps"), [(1.0, 24), (0.2, 168)])
def test_a_week_is_taken_only_where_weekends_are_another_kind_of_day(weekend: float, steps: int) -> None:
    at = np.arange(8 * 168)
    height = np.where(at // 24 % 7 < 5, 1.0, weekend)
    for seed in range(5):
        noise = np.random.default_rng(seed).normal(0, 0.3, len(at))
        assert find_season(height * np.sin(2 * np.pi * at / 24) + noise, HOUR).steps == steps


def test_a_day_of_minutes_is_found_in_a_week() -> None:
    rng = np.random.default_rng(5)
    wave = np.sin(2 * np.pi * np.arange(7 * 1440) / 1440)
    walk = np.cumsum(rng.normal(0, 0.02, 7 * 1440))
    assert find_season(wave + walk + rng.normal(0, 1, 7 * 1440), MINUTE).steps == 1440


@pytest.mark.parametrize(("step", "year"), [(DAY, 365), (7 * DAY, 52)])
def test_a_year_is_found_in_days_and_weeks(step: int, year: int) -> None:
    at = np.arange(6 * year) * step
    noise = np.random.default_rng(2).normal(0, 1, len(at))
    assert find_season(np.sin(2 * np.pi * at / (365.2425 * DAY)) + noise, step).steps == year


def test_a_rhythm_that_is_none_of_the_calendar_is_found_under_a_wandering_level() -> None:
    walk = np.cumsum(np.random.default_rng(4).normal(0, 0.2, 1000))
    assert find_season(walk + np.sin(2 * np.pi * np.arange(1000) / 20), MINUTE).steps == 20


@pytest.mark.parametrize(
    "values",
    [
        [],
        [1.0],
        [np.nan] * 100,
        [5.0] * 100,
        np.arange(100.0),
        1e307 * np.random.default_rng(0).normal(0, 1, 80),
        [np.nan] * 90 + [1.0] * 16,
    ],
    ids=["empty", "one value", "all missing", "constant", "line", "huge", "nearly nothing"],
)
def test_what_has_none_has_none(values: list[float]) -> None:
    assert not find_season(np.asarray(values, dtype=np.float64)).found


def test_four_periods_are_too_few() -> None:
    assert not find_season(np.sin(2 * np.pi * np.arange(4 * 24) / 24)).found


def test_gaps_are_borne() -> None:
    values = np.sin(2 * np.pi * np.arange(480) / 24)
    values[np.random.default_rng(3).random(480) < 0.2] = np.nan
    assert find_season(values).steps == 24
