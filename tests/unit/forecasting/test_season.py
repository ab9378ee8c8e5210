"""The season is found in the data, and noise and wandering have none."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.season import find_season
from plant.time import HOUR, MINUTE


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
def test_noise_and_random_walks_rarely_have_one(n: int) -> None:
    rng = np.random.default_rng(n)
    noise = sum(find_season(rng.normal(0, 1, n)).found for _ in range(50))
    walks = sum(find_season(np.cumsum(rng.normal(0, 1, n))).found for _ in range(50))
    assert noise <= 2
    assert walks <= 8


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
