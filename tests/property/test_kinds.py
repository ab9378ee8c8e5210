"""Any series and any stretch has a kind; the unit, the offset and the sign of the values do not change what it is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.kinds import Kind, Shape, far_end, shape_of

values = st.one_of(
    st.floats(-1e3, 1e3), st.integers(-3, 3).map(float), st.sampled_from([np.nan, np.inf, -np.inf, 0.0, 1e308, -1e308])
)


@st.composite
def stretches(draw) -> tuple[np.ndarray, int, int]:
    """A series, mostly noise with some wild values, and a stretch of it."""
    n = draw(st.integers(1, 400))
    series = np.random.default_rng(draw(st.integers(0, 99))).normal(size=n).round(draw(st.integers(0, 6)))
    for _ in range(draw(st.integers(0, 5))):
        begin = draw(st.integers(0, n - 1))
        series[begin : begin + draw(st.integers(1, 60))] = draw(values)
    first = draw(st.integers(0, n - 1))
    return series, first, draw(st.integers(first + 1, n))


@given(stretches())
@settings(max_examples=150, deadline=None)
def test_any_stretch_has_a_kind_and_only_some_kinds_a_direction(found) -> None:
    series, first, end = found
    shape = shape_of(series, first, end)
    directed = {Kind.SPIKE, Kind.DROP, Kind.LEVEL_SHIFT, Kind.TREND_BREAK, Kind.VARIANCE}
    assert (shape.up is not None) == (shape.kind in directed)
    far = far_end(shape, series, slice(first, end))
    assert far is None or first <= far < end


@given(st.integers(0, 99), st.sampled_from([1e-9, 1.0, 1e9]), st.floats(-50, 50), st.floats(8, 20), st.integers(1, 80))
@settings(max_examples=60, deadline=None)
def test_a_pulse_upside_down_is_the_same_upside_down(seed, scale, offset, size, length) -> None:
    series = np.random.default_rng(seed).normal(size=500)
    series[300 : 300 + length] += size
    shape = shape_of(series, 300, 300 + max(length, 20))
    turned = shape_of(-scale * (series + offset), 300, 300 + max(length, 20))
    kinds = {Kind.SPIKE: Kind.DROP, Kind.DROP: Kind.SPIKE}
    up = shape.up if shape.kind is Kind.VARIANCE or shape.up is None else not shape.up
    assert turned == Shape(kinds.get(shape.kind, shape.kind), up)
