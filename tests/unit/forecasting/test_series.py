"""Steps: chosen from the horizon, means with gaps as gaps, changes that hold."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.series import MAX_STEPS, choose_step, filled, native_step, to_steps
from plant.errors import BadInput
from plant.series import Series
from plant.time import DAY, HOUR, MINUTE


@pytest.mark.parametrize(
    ("horizon", "native", "step"),
    [
        (2 * HOUR, MINUTE, 5 * MINUTE),
        (HOUR, MINUTE, 5 * MINUTE),
        (10 * MINUTE, MINUTE, MINUTE),
        (DAY, HOUR, HOUR),
        (7 * DAY, HOUR, 12 * HOUR),
        (2 * HOUR, HOUR, HOUR),
        (DAY, 7 * MINUTE, 63 * MINUTE),
        (MINUTE, DAY, DAY),
    ],
)
def test_the_step_follows_from_the_horizon(horizon: int, native: int, step: int) -> None:
    assert choose_step(horizon, native) == step
    assert step % native == 0
    assert horizon / step <= MAX_STEPS


def series(times: list[int], values: list[float]) -> Series:
    return Series("T", "", np.array(times, dtype=np.int64), np.array(values))


def test_a_step_is_the_mean_of_its_values_and_a_gap_stays_one() -> None:
    steps = to_steps(series([0, 20, 40, 180, 190], [1, 3, 5, 7, np.nan]), 60)
    assert steps.times.tolist() == [0, 60, 120, 180]
    assert np.array_equal(steps.values, [3, np.nan, np.nan, 7], equal_nan=True)


def test_a_change_holds_until_the_next_and_a_missing_mark_ends_it() -> None:
    steps = to_steps(series([10, 130, 310], [1, np.nan, 4]), 60, held=True)
    assert np.array_equal(steps.values, [1, 1, np.nan, np.nan, np.nan, 4], equal_nan=True)


def test_regular_times_off_the_hour_are_kept() -> None:
    steps = to_steps(series([17, 77, 137], [1, 2, 3]), 60)
    assert steps.times.tolist() == [17, 77, 137]


def test_native_step_says_whether_times_are_regular() -> None:
    assert native_step(series([0, 60, 120, 180], [0, 0, 0, 0])) == (60, True)
    assert native_step(series([0, 60, 95, 300, 1000], [0] * 5))[1] is False
    with pytest.raises(BadInput, match="too few values for a forecast: 1"):
        native_step(series([0], [1]))


def test_filled_bridges_gaps_and_extends_ends() -> None:
    assert filled(np.array([np.nan, 1, np.nan, 3, np.nan])).tolist() == [1, 1, 2, 3, 3]
