"""Metrics against darts' own, and where they have no answer."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting import metrics


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
    ("training", "season"), [([5.0] * 50, 1), ([1.0, 2.0] * 25, 2), ([np.nan] * 50, 1), ([], 1), ([1.0], 1)]
)
def test_a_training_part_without_a_scale_has_none(training: list[float], season: int) -> None:
    assert metrics.scale_of(np.array(training), season) is None
