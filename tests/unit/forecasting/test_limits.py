"""When the band crosses a limit."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.conformal import Calibration, calibrate
from forecasting.limits import first_crossing
from plant.registry import Limits

RISING = np.linspace(5.0, 5.4, 24)
TIMES = tuple(range(0, 24_000, 1_000))


@pytest.fixture
def calibration() -> Calibration:
    made = calibrate(np.random.default_rng(0).normal(0, 0.05, (5, 24)))
    assert made
    return made


def test_a_rising_forecast_crosses_the_set_point_band_between_two_times(calibration: Calibration) -> None:
    crossing = first_crossing(Limits(setpoint=5.0, tolerance=0.2), calibration, RISING, TIMES, 5.0)
    assert crossing
    assert (crossing.which, crossing.value, crossing.now) == ("band_high", 5.2, False)
    assert crossing.start < crossing.end == TIMES[int(np.argmax(RISING >= 5.2))]
    assert crossing.probability > 0.95


def test_a_limit_out_of_reach_is_not_crossed(calibration: Calibration) -> None:
    assert first_crossing(Limits(high=9.0, low=1.0), calibration, RISING, TIMES, 5.0) is None
    assert first_crossing(Limits(), calibration, RISING, TIMES, 5.0) is None


def test_the_nearer_of_two_limits_comes_first(calibration: Calibration) -> None:
    crossing = first_crossing(Limits(high=5.2, high_high=5.35), calibration, RISING, TIMES, 5.0)
    assert crossing
    assert crossing.which == "high"


def test_a_falling_forecast_crosses_the_low_limit(calibration: Calibration) -> None:
    crossing = first_crossing(Limits(low=4.7), calibration, 10 - RISING, TIMES, 4.65)
    assert crossing
    assert (crossing.which, crossing.now) == ("low", True)


def test_a_crossing_that_is_only_possible_lasts_to_the_end(calibration: Calibration) -> None:
    crossing = first_crossing(Limits(high=5.41), calibration, RISING, TIMES, 5.0)
    assert crossing
    assert crossing.end == TIMES[-1]
    assert 0.1 <= crossing.probability < 0.5
