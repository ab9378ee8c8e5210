"""Bands keep their level on data that stay as they were, and say when they do not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecasting import metrics
from forecasting.conformal import (
    Calibration,
    bands,
    calibrate,
    calibrate_newest,
    even_reach,
    half_widths,
    judged_by,
    recency,
)

NONE = np.empty((0, 24))


def measured(residuals: np.ndarray, earlier: np.ndarray, level: int) -> float:
    halves = half_widths(judged_by(residuals, earlier), level)
    assert halves is not None
    return metrics.coverage(residuals, -halves, halves)


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


def test_residuals_that_do_not_go_together_are_plain_split_conformal() -> None:
    residuals = np.random.default_rng(7).normal(0, 1, (10, 24))
    residuals -= residuals.mean(axis=1, keepdims=True)  # no fold is better than another
    calibration = calibrate(residuals)
    assert calibration
    even = Calibration(calibration.growth, calibration.scores, even_reach(240))
    assert np.allclose(calibration.reach, even.reach, atol=1e-3)
    assert calibration.half_within(0.9)[0] == even.half_within(0.9)[0] == even.growth[0] * even.scores[216]


@pytest.mark.parametrize("level", [50, 80, 90, 95])
def test_the_rank_of_a_band_is_that_of_split_conformal_for_any_number_of_residuals(level: int) -> None:
    """Where the rank is a whole number, such as 18 of 20 at 90 %, rounding does not move it."""
    for points in range(20, 200):
        calibration = calibrate(np.arange(1.0, points + 1)[:, None])
        assert calibration
        half = calibration.half_width(level)
        assert half is not None
        assert half[0] == pytest.approx(math.ceil((points + 1) * level / 100))


def test_folds_that_are_missed_as_a_whole_have_a_wider_band() -> None:
    """Nine out of ten of *new folds* are to be held, not nine out of ten residuals of these."""
    rng = np.random.default_rng(8)
    held, naive = [], []
    for _ in range(200):
        residuals = np.repeat(rng.normal(0, 1, (7, 1)), 24, axis=1) + rng.normal(0, 0.1, (7, 24))
        calibration = calibrate(residuals[:-1])
        assert calibration
        plain = Calibration(calibration.growth, calibration.scores, even_reach(calibration.points))
        held.append(np.abs(residuals[-1]) <= calibration.half_within(0.8))
        naive.append(np.abs(residuals[-1]) <= plain.half_within(0.8))
    assert np.mean(naive) < 0.77
    assert 0.77 <= np.mean(held) <= 0.87


def test_newer_folds_weigh_more_and_the_band_follows_a_spread_that_grows() -> None:
    residuals = np.random.default_rng(9).normal(0, 1, (10, 24)) * np.linspace(1, 4, 10)[:, None]
    even, newest = calibrate(residuals), calibrate_newest(residuals)
    assert even
    assert newest
    assert newest.half_within(0.8).mean() > 1.1 * even.half_within(0.8).mean()
    assert list(recency(np.array([0.0, 3.0, 6.0]), 24)) == [1, 0.5, 0.25]
    assert recency(np.array([15.0]), 1)[0] == 0.5, "folds of one step: the half-life is that of fifteen"


def test_a_fold_is_judged_by_what_came_before_it_never_by_itself() -> None:
    rng = np.random.default_rng(10)
    earlier, residuals = rng.normal(0, 1, (5, 24)), rng.normal(0, 1, (5, 24))
    before = judged_by(residuals, earlier)
    changed = residuals.copy()
    changed[2] *= 50
    after = judged_by(changed, earlier)
    same = [
        one.half_within(0.9)[0] == two.half_within(0.9)[0]
        for one, two in zip(before, after, strict=True)
        if one and two
    ]
    assert same == [True, True, True, False, False]
    others = [one.half_within(0.9)[0] for one in judged_by(changed, NONE) if one]
    assert np.argmin(others) == 2, "without earlier folds it is judged by the other folds"


def test_measured_coverage_tells_drift_that_the_other_folds_would_hide() -> None:
    misses = np.cumsum(np.ones((10, 24)), axis=0) + np.random.default_rng(3).normal(0, 0.3, (10, 24))
    assert measured(misses[5:], NONE, 80) > 0.7
    assert measured(misses[5:], misses[:5], 80) < 0.3


def test_measured_coverage_is_low_where_the_last_fold_is_another_regime() -> None:
    residuals = np.random.default_rng(2).normal(0, 1, (5, 24))
    steady = measured(residuals, NONE, 90)
    residuals[-1] *= 20
    assert measured(residuals, NONE, 90) < steady - 0.1


def test_too_few_residuals_have_no_band_at_that_level() -> None:
    residuals = np.array([[1.0, 2.0], [3.0, 4.0]])
    calibration = calibrate(residuals)
    assert calibration
    assert calibration.half_width(90) is None
    assert list(bands(calibration, np.zeros(2), (50, 90))[0]) == [50]
    assert half_widths(judged_by(residuals, np.empty((0, 2))), 90) is None


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
