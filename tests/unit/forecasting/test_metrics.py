"""Metrics against darts' own, and where they have no answer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecasting import metrics
from forecasting.conformal import calibrate
from forecasting.figures import make_figures


@pytest.fixture
def folds() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(5, 1, 100), rng.normal(5, 1, (1, 12)), rng.normal(5, 1, (1, 12))


@pytest.mark.parametrize("season", [1, 7])
def test_mase_and_rmsse_are_those_of_darts(folds: tuple[np.ndarray, ...], season: int) -> None:
    from darts import TimeSeries
    from darts.metrics import mase, rmsse

    training, actual, forecast = folds
    scale = metrics.scale_of(training, season)
    assert scale
    insample = TimeSeries.from_values(training)
    index = [TimeSeries.from_values(np.r_[training, part[0]])[len(training) :] for part in (actual, forecast)]
    assert metrics.mase(actual, forecast, scale) == pytest.approx(mase(*index, insample, m=season))
    assert metrics.rmsse(actual, forecast, scale) == pytest.approx(rmsse(*index, insample, m=season))


def test_pinball_of_the_median_is_half_the_absolute_error(folds: tuple[np.ndarray, ...]) -> None:
    _, actual, forecast = folds
    assert metrics.pinball(actual, forecast, 0.5) == pytest.approx(metrics.mae(actual, forecast) / 2)


def test_missing_actual_values_are_left_out() -> None:
    actual, forecast = np.array([[1.0, np.nan, 3.0]]), np.array([[2.0, 99.0, 3.0]])
    assert metrics.mae(actual, forecast) == 0.5
    assert metrics.coverage(actual, forecast - 1, forecast + 1) == 1.0
    figures = metrics.curve_figures(actual, forecast)
    assert (figures.error_mean, figures.error_max, figures.error_min) == (0.5, 1.0, 0.0)
    assert (figures.actual_mean, figures.forecast_median) == (2.0, 2.5)


@pytest.mark.parametrize(
    ("training", "season"), [([5.0] * 50, 1), ([5.0] * 50, 2), ([np.nan] * 50, 1), ([], 1), ([1.0], 1)]
)
def test_a_training_part_without_a_scale_has_none(training: list[float], season: int) -> None:
    assert metrics.scale_of(np.array(training), season) is None


def test_where_seasonal_naive_makes_no_error_the_scale_is_that_of_naive() -> None:
    scale = metrics.scale_of(np.array([1.0, 2.0, np.nan, 4.0] * 25), 4)
    assert scale
    assert scale.absolute == pytest.approx((25 * 1 + 25 * 2 + 24 * 3) / 74)
    wave = metrics.scale_of(np.sin(2 * np.pi * np.arange(240) / 24), 24)
    assert wave
    assert wave.absolute > 0.1, "what rounding leaves of a wave is no scale"


def test_the_crps_of_normal_bands_is_that_of_the_normal_distribution() -> None:
    """Its closed form for a standard normal forecast is known: Gneiting and Raftery, equation 21."""
    rng = np.random.default_rng(0)
    calibration = calibrate(rng.normal(0, 1, (400, 24)))
    assert calibration
    actual = rng.normal(0, 1, (40, 24))
    scale = metrics.Scale(1.0, 1.0, 0.0, 1.0)
    figures = make_figures(actual, np.zeros_like(actual), [calibration] * 40, {}, scale)
    density = np.exp(-(actual**2) / 2) / np.sqrt(2 * np.pi)
    below = np.vectorize(math.erf)(actual / np.sqrt(2)) / 2 + 0.5
    exact = float(np.mean(actual * (2 * below - 1) + 2 * density - 1 / np.sqrt(np.pi)))
    assert figures.crps == pytest.approx(exact, rel=0.06)


def test_winkler_is_the_width_and_twenty_times_what_lies_outside_a_90_percent_band() -> None:
    actual = np.array([[0.0, 3.0, np.nan]])
    assert metrics.winkler(actual, np.full((1, 3), -1.0), np.full((1, 3), 2.0), 90) == pytest.approx(13.0)


def test_the_interval_of_the_skill_holds_it_and_is_the_same_each_time() -> None:
    rng = np.random.default_rng(0)
    bar, errors = np.abs(rng.normal(0, 1, (5, 24))), np.abs(rng.normal(0, 0.5, (5, 24)))
    interval = metrics.skill_interval(errors, bar)
    assert interval
    assert interval[0] < 1 - errors.sum() / bar.sum() < interval[1]
    assert interval[0] > 0, "half the error is no chance"
    assert interval == metrics.skill_interval(errors, bar)
    same = metrics.skill_interval(bar, bar)
    assert same == (0.0, 0.0), "the same draws are taken of both"


def test_one_lucky_fold_makes_a_wide_interval_of_the_skill() -> None:
    bar = np.ones((5, 24))
    lucky = bar * np.array([0.0, 1.1, 1.1, 1.1, 1.1])[:, None]
    steady = bar * 0.88
    wide, narrow = metrics.skill_interval(lucky, bar), metrics.skill_interval(steady, bar)
    assert wide
    assert narrow
    assert wide[0] < 0 < wide[1]
    assert narrow == pytest.approx((0.12, 0.12))


def test_a_bar_without_error_has_no_skill_interval_and_missing_steps_count_for_neither() -> None:
    assert metrics.skill_interval(np.ones((5, 4)), np.zeros((5, 4))) is None
    bar, errors = np.ones((5, 4)), np.full((5, 4), 0.5)
    errors[2, 2] = bar[2, 2] = np.nan
    assert metrics.skill_interval(errors, bar) == pytest.approx((0.5, 0.5))
