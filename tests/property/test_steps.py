"""Whatever the times are, steps are regular, invent no value and lose none."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from forecasting.series import to_steps
from forecasting.spacing import gap_notes, spacing_notes
from plant.series import Series

START = 1_700_000_000_000
VALUES = st.floats(-1e6, 1e6) | st.just(float("nan"))
STEPS = st.integers(1_000, 50_000)


@st.composite
def rows(draw: st.DrawFn) -> Series:
    """Draws a series of any spacing, NaN among its values."""
    distances = draw(st.lists(st.integers(1, 20_000), max_size=30))
    values = draw(st.lists(VALUES, min_size=len(distances) + 1, max_size=len(distances) + 1))
    times = START + np.cumsum([0, *distances], dtype=np.int64)
    return Series("T", "", times, np.array(values))


@given(rows(), STEPS, st.booleans())
def test_steps_are_regular_cover_all_rows_and_stay_within_their_values(series: Series, step: int, held: bool) -> None:
    steps = to_steps(series, step, held=held)
    assert np.all(np.diff(steps.times) == step)
    assert steps.times[0] - step < series.times[0] < steps.times[0] + step
    assert steps.times[-1] - step < series.times[-1] < steps.times[-1] + step
    known, given_values = steps.values[np.isfinite(steps.values)], series.values[np.isfinite(series.values)]
    assert len(given_values) == 0 or len(known) > 0
    if len(known):
        assert given_values.min() - 1e-9 <= known.min()
        assert known.max() <= given_values.max() + 1e-9


@given(rows(), STEPS)
def test_a_step_is_the_mean_of_the_rows_in_it(series: Series, step: int) -> None:
    steps = to_steps(series, step)
    beside = np.abs(series.times[:, None] - steps.times[None, :])
    index = np.where(beside.min(axis=1) == 0, beside.argmin(axis=1), -1)
    exact = index >= 0  # a row on a step belongs to it wherever the grid lies
    for at, value in zip(index[exact], series.values[exact], strict=True):
        around = np.abs(series.times - steps.times[at]) < step
        if np.count_nonzero(around) == 1:
            assert np.array_equal(steps.values[at], value, equal_nan=True)


@given(
    st.lists(st.booleans(), min_size=1, max_size=60), st.integers(0, 86_400_000), st.integers(2, 100_000), st.booleans()
)
def test_regular_rows_with_gaps_come_back_as_they_are(kept: list[bool], start: int, step: int, early: bool) -> None:
    values = np.arange(len(kept) + 2, dtype=np.float64)
    there = np.array([True, *kept, True])
    times = start + step * np.arange(len(values), dtype=np.int64)
    jitter = np.zeros(len(values), dtype=np.int64)
    if np.count_nonzero(there) >= 20:  # one row in twenty may be a little late or early
        jitter[-1] = -(step // 4) if early else step // 4
    steps = to_steps(Series("T", "", (times + jitter)[there], values[there]), step)
    assert np.array_equal(steps.values, np.where(there, values, np.nan), equal_nan=True)
    assert np.array_equal(steps.times, times)


@given(rows(), STEPS, st.booleans(), st.integers(1, 50))
def test_the_newest_steps_are_the_end_of_all_steps(series: Series, step: int, held: bool, newest: int) -> None:
    every, last = to_steps(series, step, held=held), to_steps(series, step, held=held, newest=newest)
    assert np.array_equal(last.times, every.times[-newest:])
    assert np.array_equal(last.values, every.values[-newest:], equal_nan=True)


@given(rows(), STEPS)
def test_a_held_value_stands_until_the_next_row(series: Series, step: int) -> None:
    steps = to_steps(series, step, held=True)
    before = np.searchsorted(series.times, steps.times)  # rows before each step
    empty = before == np.searchsorted(series.times, steps.times + step)
    assert np.array_equal(steps.values[empty], series.values[before[empty] - 1], equal_nan=True)


@given(rows(), STEPS)
def test_whatever_lies_how_can_be_said(series: Series, step: int) -> None:
    steps = to_steps(series, step)
    assert bool(gap_notes(steps)) == bool(np.isnan(steps.values).any())
    if len(series) > 1:
        assert "apart" in spacing_notes(series)[0]
