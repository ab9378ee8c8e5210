"""What a surprise means, and that calibration is honest about rows the detector has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.detectors import ForestDetector, ResidualDetector, fit_tail
from forecasting.detectors.calibrated import Calibrated
from forecasting.detectors.scaling import fit_scaling
from plant.errors import BadInput


def test_three_of_surprise_is_one_in_a_thousand() -> None:
    rng = np.random.default_rng(0)
    tail = fit_tail(rng.exponential(1.0, 20_000))
    share = (tail.surprise(rng.exponential(1.0, 200_000)) > 3.0).mean()
    assert 0.0005 < share < 0.002


def test_equal_scores_have_a_tail_too() -> None:
    tail = fit_tail(np.full(500, 0.5))
    assert np.isfinite(tail.surprise(np.array([0.0, 0.5, 0.6, 1e9]))).all()
    assert tail.surprise(np.array([0.6]))[0] > tail.surprise(np.array([0.5]))[0]


@pytest.mark.parametrize("kind", [ForestDetector, ResidualDetector])
def test_a_calibrated_detector_knows_rows_it_did_not_learn_from(kind) -> None:
    rng = np.random.default_rng(3)
    many_tags = rng.normal(0.0, 1.0, (600, 30))  # as many parameters as to fit any training rows well
    fitted = Calibrated.fit(kind, many_tags)
    fresh = fitted.surprise(rng.normal(0.0, 1.0, (3_000, 30)))
    assert (fresh > 4.0).mean() < 0.01


@pytest.mark.parametrize("kind", [ForestDetector, ResidualDetector])
def test_half_a_frame_must_be_enough_to_learn_from(kind) -> None:
    with pytest.raises(BadInput):
        Calibrated.fit(kind, np.random.default_rng(0).normal(size=(100, 2)))
    gone = np.random.default_rng(0).normal(size=(400, 2))
    gone[200:] = np.nan
    with pytest.raises(BadInput, match="second half"):
        Calibrated.fit(kind, gone)


def test_scaling_resists_outliers() -> None:
    column = np.random.default_rng(1).normal(5.0, 0.1, (1_000, 1))
    column[::100] = 1e6
    scaling = fit_scaling(column, 64)
    assert scaling.center[0] == pytest.approx(5.0, abs=0.02)
    assert scaling.spread[0] == pytest.approx(0.1, rel=0.1)


def test_a_spike_does_not_ring_for_long() -> None:
    rng = np.random.default_rng(2)
    fitted = Calibrated.fit(ResidualDetector, rng.normal(5.0, 1.0, (2_000, 3)))
    frame = rng.normal(5.0, 1.0, (300, 3))
    usual = fitted.surprise(frame)
    frame[100, 0] = 1e9
    odd = fitted.surprise(frame)
    assert odd[100] > 5.0
    np.testing.assert_allclose(odd[200:], usual[200:])
