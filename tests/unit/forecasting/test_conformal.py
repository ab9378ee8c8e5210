"""Bands keep their level on data that stay as they were, and say when they do not."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.conformal import bands, calibrate, measured_coverage


@pytest.mark.parametrize("level", [80, 90])
def test_a_band_holds_its_level_on_unseen_residuals(level: int) -> None:
    rng = np.random.default_rng(0)
    growth = np.sqrt(np.arange(1, 25))
    held = []
    for _ in range(60):
        calibration = calibrate(rng.normal(0, 1, (5, 24)) * growth)
        assert calibration
        half = calibration.half_width(level)
        assert half is not None
        held.append(np.mean(np.abs(rng.normal(0, 1, 24) * growth) <= half))
    assert level / 100 - 0.03 <= np.mean(held) <= level / 100 + 0.05


def test_the_band_grows_with_the_step_and_never_falls() -> None:
    calibration = calibrate(np.random.default_rng(1).normal(0, 1, (5, 24)) * np.arange(1, 25))
    assert calibration
    lower, upper = bands(calibration, np.zeros(24), (80, 90))
    assert np.all(np.diff(upper[90] - lower[90]) >= 0)
    assert upper[90][-1] > 2 * upper[90][0]
    assert np.all(upper[80] <= upper[90])


def test_measured_coverage_is_low_where_the_last_fold_is_another_regime() -> None:
    residuals = np.random.default_rng(2).normal(0, 1, (5, 24))
    steady = measured_coverage(residuals, 90)
    residuals[-1] *= 20
    changed = measured_coverage(residuals, 90)
    assert steady is not None
    assert changed is not None
    assert changed < steady - 0.1


def test_too_few_residuals_have_no_band_at_that_level() -> None:
    calibration = calibrate(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert calibration
    assert calibration.half_width(90) is None
    assert list(bands(calibration, np.zeros(2), (50, 90))[0]) == [50]
    assert measured_coverage(np.array([[1.0, 2.0], [3.0, 4.0]]), 90) is None


def test_missing_residuals_are_left_out() -> None:
    residuals = np.random.default_rng(3).normal(0, 1, (5, 24))
    residuals[:, ::2] = np.nan
    calibration = calibrate(residuals)
    assert calibration
    assert calibration.points == 60
    assert calibrate(np.full((5, 24), np.nan)) is None


def test_a_candidate_that_never_missed_has_a_band_of_no_width() -> None:
    calibration = calibrate(np.zeros((5, 4)))
    assert calibration
    half = calibration.half_width(90)
    assert half is not None
    assert np.all(half == 0)
    assert np.all(calibration.probability_above(np.ones(4), 2.0) < 0.05)


def test_the_probability_agrees_with_the_band() -> None:
    calibration = calibrate(np.random.default_rng(4).normal(0, 1, (5, 24)))
    assert calibration
    half = calibration.half_width(80)
    assert half is not None
    edge = float(half[5])
    assert calibration.probability_above(np.zeros(24), edge)[5] == pytest.approx(0.1, abs=0.01)
    assert calibration.probability_above(np.zeros(24), -edge)[5] == pytest.approx(0.9, abs=0.01)
    assert calibration.probability_above(np.zeros(24), 0.0)[5] == pytest.approx(0.5)
