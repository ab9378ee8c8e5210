"""Bands for whatever was missed: gaps, no error at all, errors of any size, one fold or many."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecasting import metrics
from forecasting.conformal import calibrate_newest, half_widths, judged_by
from forecasting.odd import odd_by_residual

VALUES = st.one_of(st.floats(-1e12, 1e12), st.just(np.nan), st.just(0.0))
SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 12))


def missed(shape: tuple[int, int]) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, shape, elements=VALUES)


BOTH = SHAPES.flatmap(
    lambda shape: st.tuples(missed(shape), st.integers(0, 6).flatmap(lambda m: missed((m, shape[1]))))
)


@settings(max_examples=150, deadline=None)
@given(BOTH)
def test_a_band_is_finite_and_grows_with_its_level(both: tuple[np.ndarray, np.ndarray]) -> None:
    residuals, earlier = both
    calibration = calibrate_newest(np.concatenate([earlier, residuals]))
    assert (calibration is None) == (not np.isfinite(np.concatenate([earlier, residuals])).any())
    if calibration is None:
        return
    assert np.all(np.diff(calibration.scores) >= 0)
    assert np.all(np.diff(calibration.reach) > 0)
    assert calibration.reach[-1] < 1
    widths = [calibration.half_within(level) for level in (0.0, 0.5, 0.8, 0.9, 0.99)]
    assert np.isfinite(widths).all()
    assert all(np.all(narrow <= wide) for narrow, wide in itertools.pairwise(widths))
    above = calibration.probability_above(np.zeros(residuals.shape[1]), 1.0)
    assert np.all((above >= 0) & (above <= 0.5))


@settings(max_examples=100, deadline=None)
@given(BOTH, st.integers(0, 5), st.floats(-1e6, 1e6))
def test_what_a_fold_missed_does_not_move_the_band_it_is_judged_by(
    both: tuple[np.ndarray, np.ndarray], fold: int, miss: float
) -> None:
    residuals, earlier = both
    fold %= len(residuals)
    changed = residuals.copy()
    changed[fold] = miss
    before, after = judged_by(residuals, earlier)[fold], judged_by(changed, earlier)[fold]
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert np.array_equal(before.half_within(0.8), after.half_within(0.8))


@settings(max_examples=60, deadline=None)
@given(BOTH)
def test_figures_of_any_residuals_are_shares_and_intervals(both: tuple[np.ndarray, np.ndarray]) -> None:
    residuals, earlier = both
    halves = half_widths(judged_by(residuals, earlier), 80)
    if halves is not None and np.isfinite(residuals).any():
        assert 0 <= metrics.coverage(residuals, -halves, halves) <= 1
    odd = odd_by_residual(residuals, earlier)
    assert odd is None or not odd[~np.isfinite(residuals)].any()
    interval = metrics.skill_interval(np.abs(residuals), np.ones_like(residuals))
    assert interval is None or interval[0] <= interval[1] <= 1
