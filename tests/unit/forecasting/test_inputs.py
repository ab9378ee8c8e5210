"""Inputs on the steps of a series: means, held values, the calendar of the plant; what cannot be one is a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from forecasting.calendar import calendar_columns
from forecasting.inputs import MOST, InputSources, build_inputs
from plant.errors import BadInput
from plant.series import Series
from plant.time import DAY, HOUR, MINUTE, parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Inputs

START = parse_time("2026-03-28T00:00:00Z")  # a Saturday; in Paris summer time begins the night after
N = 48
TARGET = Series("T-1", "degC", START + HOUR * np.arange(N), np.arange(float(N)), HOUR)


def other(values: Sequence[float], tag: str = "T-2", step: int = HOUR, start: int = START) -> Series:
    return Series(tag, "", start + step * np.arange(len(values)), np.asarray(values, dtype=np.float64))


def built(sources: InputSources) -> Inputs:
    inputs, _ = build_inputs(sources, TARGET, 6)
    assert inputs
    return inputs


def seen(*series: Series) -> np.ndarray:
    return built(InputSources(seen=series)).seen


def known(*series: Series) -> np.ndarray:
    return built(InputSources(known=series)).known


def test_columns_lie_on_the_steps_and_those_known_reach_to_the_horizon() -> None:
    inputs = built(InputSources(known=[other(np.arange(54.0), "SP")], seen=[other(np.arange(60.0))]))
    assert inputs.names == ("SP", "T-2")
    assert inputs.known[:, 0].tolist() == list(range(54))
    assert inputs.seen[:, 0].tolist() == list(range(48))


def test_finer_values_are_the_mean_of_their_step() -> None:
    assert seen(other(np.arange(4.0 * N), step=15 * MINUTE))[:2, 0].tolist() == [1.5, 5.5]


def test_coarser_values_hold_for_their_own_distance() -> None:
    column = known(other([1, 2, 3], step=DAY))[:, 0]
    assert column[[0, 23, 24, 47, 48, 53]].tolist() == [1, 1, 2, 2, 3, 3]


def test_a_value_of_a_log_of_changes_holds_until_the_next() -> None:
    changes = Series("SP", "", START + HOUR * np.array([2, 3, 30, 31]), np.array([5.0, 7.0, np.nan, 8.0]))
    column = known(changes)[:, 0]
    assert np.isnan(column[:2]).all()
    assert column[[2, 3, 29]].tolist() == [5, 7, 7]
    assert np.isnan(column[30])
    assert column[53] == 8


def test_what_is_missing_stays_missing() -> None:
    values = np.arange(float(N))
    values[10:14] = np.nan
    assert np.flatnonzero(np.isnan(seen(other(values))[:, 0])).tolist() == [10, 11, 12, 13]


def test_values_outside_of_the_history_are_not_looked_at() -> None:
    assert np.flatnonzero(np.isfinite(seen(other([1, 2, 3], start=START - 2 * HOUR))[:, 0])).tolist() == [0]


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (InputSources(seen=[other([1, 2], "T-1")]), "cannot be an input of its own forecast"),
        (InputSources(seen=[other([1, 2], start=START + 9 * DAY)]), "has no value from 2026-03-28"),
        (InputSources(seen=[other([np.nan] * N)]), "has no value from"),
        (InputSources(known=[other(np.ones(N))]), "known to 2026-03-29T23:00:00Z, the forecast goes to 2026-03-30T05"),
        (InputSources(known=[other(np.ones(N + 5))]), "seen up to now: --input T-2"),
        (InputSources(known=[other([1, 2])], seen=[other([1, 2])]), "T-2 is either known ahead or seen"),
        (InputSources(seen=[other([1, 2], f"T-{k}") for k in range(2, MOST + 3)]), f"Name at most {MOST}"),
    ],
)
def test_what_cannot_be_an_input_is_a_sentence(sources: InputSources, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        build_inputs(sources, TARGET, 6)


def test_notes_say_what_is_used() -> None:
    known, silent = other(np.arange(54.0), "SP"), other(np.arange(40.0), "T-3")
    sources = InputSources(known=[known], seen=[other(np.arange(46.0)), silent], zone=ZoneInfo("Europe/Paris"))
    assert build_inputs(sources, TARGET, 6)[1] == [
        "inputs known ahead: SP",
        "inputs seen up to now: T-2, T-3",
        "input: the calendar of Europe/Paris",
        "the input T-3 has no value after 2026-03-29T15:00:00Z",
    ]


def test_without_any_there_are_none() -> None:
    assert build_inputs(InputSources(), TARGET, 6) == (None, [])


def column(name: str, zone: str, step: int = HOUR) -> np.ndarray:
    times = START + step * np.arange(N)
    names, values = calendar_columns(times, step, ZoneInfo(zone))
    assert values.shape == (N, len(names))
    assert np.isfinite(values).all()
    return values[:, names.index(name)]


def test_days_begin_at_the_plants_midnight() -> None:
    assert np.flatnonzero(column("calendar Sunday", "UTC")).tolist() == list(range(24, 48))
    assert np.flatnonzero(column("calendar Sunday", "Asia/Tokyo")).tolist() == list(range(15, 39))
    assert np.flatnonzero(column("calendar Sunday", "Europe/Paris")).tolist() == list(range(23, 46))  # of 23 hours


def test_hours_follow_summer_time() -> None:
    wave = column("calendar weekend hour cosine 1", "Europe/Paris")
    assert np.flatnonzero(wave == 1).tolist() == [23]
    assert np.flatnonzero(wave == -1).tolist() == [11, 34]  # noon, 23 hours apart


def test_working_days_and_weekends_have_hours_of_their_own() -> None:
    times = START + HOUR * np.arange(7 * 24)
    names, values = calendar_columns(times, HOUR, ZoneInfo("UTC"))
    weekend = values[:, names.index("calendar weekend")] == 1
    assert weekend.tolist() == [True] * 48 + [False] * 120
    assert not values[weekend][:, [i for i, name in enumerate(names) if name.startswith("calendar hour")]].any()


def test_days_have_no_hours() -> None:
    assert not [name for name in calendar_columns(TARGET.times, DAY, ZoneInfo("UTC"))[0] if "hour" in name]
