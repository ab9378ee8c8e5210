"""Inputs on steps, against the definition: the mean of what lies in a step, else the value that holds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.inputs import on_steps
from forecasting.series import native_step
from plant.series import Series

STEP = 10


@given(
    st.lists(
        st.tuples(st.integers(-30, 130), st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")))),
        min_size=1,
        max_size=40,
        unique_by=lambda pair: pair[0],
    )
)
@settings(max_examples=200, deadline=None)
def test_a_step_has_the_mean_of_its_values_else_what_holds(pairs: list[tuple[int, float]]) -> None:
    pairs = sorted(pairs)
    series = Series("T", "", np.array([at for at, _ in pairs], dtype=np.int64), np.array([value for _, value in pairs]))
    distance, regular = native_step(series) if len(pairs) > 1 else (0, False)
    begins = np.arange(0, 100, STEP, dtype=np.int64)
    for begin, got in zip(begins, on_steps(series, begins, STEP), strict=True):
        inside = [value for at, value in pairs if begin <= at < begin + STEP and not np.isnan(value)]
        before = [(at, value) for at, value in pairs if at <= begin]
        holds = before and (not regular or begin - before[-1][0] < distance)
        expected = np.mean(inside) if inside else before[-1][1] if holds else np.nan
        assert np.isclose(got, expected, rtol=1e-9, atol=1e-6, equal_nan=True)


@given(st.integers(1, 9), st.data())
@settings(max_examples=100, deadline=None)
def test_no_step_depends_on_what_comes_after_it(kept: int, data: st.DataObject) -> None:
    times = np.cumsum(data.draw(st.lists(st.integers(1, 25), min_size=12, max_size=12)))
    values = np.arange(12.0)
    series = Series("T", "", times.astype(np.int64), values)
    begins = np.arange(0, 100, STEP, dtype=np.int64)
    changed = np.where(times >= begins[kept], 1e6, values)
    before = on_steps(series, begins, STEP)[:kept]
    assert np.array_equal(before, on_steps(Series("T", "", series.times, changed), begins, STEP)[:kept], equal_nan=True)
