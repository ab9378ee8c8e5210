"""The kind of an odd stretch: labelled series of five sorts, edges, and what must never happen."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.odd import KINDS, SORTS, healthy, kind_given
from forecasting.detectors import day_phase
from forecasting.kinds import BRIEF, Kind, Shape, runs, shape_of, unchanged, without_day
from plant.time import MINUTE

SEEDS = range(9_000, 9_003)
N = 900
AT, END = 600, 640


def noise(seed: int = 1, n: int = N) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize("kind", KINDS)
def test_most_labelled_stretches_get_their_kind(kind) -> None:
    said = [kind_given(kind, sort, seed) for seed in SEEDS for sort in SORTS]
    assert said.count(kind) >= 0.8 * len(said), said


@pytest.mark.parametrize(
    ("change", "shape"),
    [
        (lambda v: v[AT : AT + 2].__iadd__(9), Shape(Kind.SPIKE, up=True)),
        (lambda v: v[AT : AT + 2].__isub__(9), Shape(Kind.DROP, up=False)),
        (lambda v: v[AT:].__iadd__(6), Shape(Kind.LEVEL_SHIFT, up=True)),
        (lambda v: v[AT:].__isub__(6), Shape(Kind.LEVEL_SHIFT, up=False)),
        (lambda v: v[AT:].__isub__(0.2 * np.arange(N - AT)), Shape(Kind.TREND_BREAK, up=False)),
        (lambda v: v[AT:END].__imul__(6), Shape(Kind.VARIANCE, up=True)),
        (lambda v: v[AT:END].__imul__(0.1), Shape(Kind.VARIANCE, up=False)),
        (lambda v: v[AT:END].fill(v[AT]), Shape(Kind.FLATLINE)),
        (lambda v: v[AT:END].fill(np.nan), Shape(Kind.DROP_OUT)),
        (lambda v: None, Shape(Kind.UNUSUAL)),
    ],
    ids=["spike", "drop", "up", "down", "trend", "restless", "calm", "flat", "missing", "nothing"],
)
def test_each_kind_has_its_direction(change, shape) -> None:
    values = noise()
    change(values)
    found = shape_of(values, AT, END)
    assert found == shape
    assert found.direction == {True: "up", False: "down", None: None}[shape.up]


@pytest.mark.parametrize(("scale", "offset"), [(1e300, 0.0), (1e-300, 0.0), (1.0, -1e9), (1e-3, 5.0)])
def test_unit_and_offset_do_not_matter(scale, offset) -> None:
    values = noise()
    values[AT:] += 8
    assert shape_of(values * scale + offset, AT, END) == Shape(Kind.LEVEL_SHIFT, up=True)


def test_an_infinite_value_is_a_missing_one() -> None:
    values = noise()
    values[AT:END] = np.inf
    assert shape_of(values, AT, END).kind is Kind.DROP_OUT


@pytest.mark.parametrize("width", [BRIEF, BRIEF + 20])
def test_what_stays_longer_than_a_spike_is_a_level(width) -> None:
    values = noise()
    values[AT : AT + width] += 9
    expected = Kind.SPIKE if width <= BRIEF else Kind.LEVEL_SHIFT
    assert shape_of(values, AT, AT + width + 20).kind is expected


def test_a_tag_that_often_rests_does_not_flatline_when_it_rests() -> None:
    values = np.repeat(noise(n=N // 30), 30)
    assert shape_of(values, AT, END).kind is not Kind.FLATLINE


def test_a_stretch_told_late_gets_the_kind_of_its_beginning() -> None:
    values = noise(n=3_000)
    values[1_000:2_000] += 0.05 * np.arange(1_000)
    assert shape_of(values, 1_030, 2_030) == Shape(Kind.TREND_BREAK, up=True)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(np.full(N, 7.0), id="constant"),
        pytest.param(np.full(N, np.nan), id="missing"),
        pytest.param(np.where(np.arange(N) < 10, 1.0, np.nan), id="a few"),
        pytest.param(np.array([1.0]), id="one value"),
        pytest.param(noise(n=30), id="short"),
        pytest.param(np.arange(N, dtype=float), id="a line"),
    ],
)
def test_any_series_and_stretch_has_a_kind(values) -> None:
    for first, end in ((0, 1), (0, len(values)), (len(values) // 2, len(values)), (len(values) - 1, len(values))):
        assert shape_of(values, first, end).kind in Kind


def test_what_comes_after_the_stretch_and_its_echo_does_not_change_its_kind() -> None:
    values = noise()
    values[AT : AT + 3] += 10
    told = shape_of(values, AT, END)
    values[END + 60 :] = 1e6
    assert shape_of(values, AT, END) == told


def test_the_hour_of_the_day_is_taken_out_where_it_explains_something() -> None:
    rng = np.random.default_rng(3)
    phase = day_phase(np.arange(3 * 1_440) * MINUTE)
    load, flat = healthy("load", 3, rng), healthy("heavy-tailed", 3, rng)
    assert np.std(without_day(load, phase, 2 * 1_440)) < 0.5 * np.std(load)
    assert without_day(flat, phase, 2 * 1_440) is flat


def test_runs_are_told_by_their_ends() -> None:
    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert runs(np.zeros(3, dtype=bool)) == []
    assert unchanged(np.array([1.0, 1.0, np.nan, np.nan, 2.0, 2.0 * (1 + 1e-15)])).tolist() == [
        False, True, False, False, False, True,
    ]  # fmt: skip
