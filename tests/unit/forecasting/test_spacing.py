"""Distance, gaps, rows off the grid and jumps of the clock are said."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.series import to_steps
from forecasting.spacing import gap_notes, spacing_notes
from plant.errors import BadInput
from plant.series import Series
from plant.time import HOUR, MINUTE, parse_time

START = parse_time("2026-01-01T00:00:00Z")


def series(times: np.ndarray) -> Series:
    return Series("T", "", START + times.astype(np.int64), np.ones(len(times)))


def test_regular_rows() -> None:
    assert spacing_notes(series(np.arange(50) * MINUTE)) == ["rows are 1 min apart, regular"]


def test_irregular_rows_hold_their_value_and_it_is_said() -> None:
    (note,) = spacing_notes(series(np.cumsum(np.arange(50) * 1_000 + 1)))
    assert "irregular: a value holds until the next" in note


def test_a_clock_that_jumps_is_said_with_size_and_time() -> None:
    times = np.arange(100) * MINUTE
    times[40:] -= 17_000
    times[70:] += 17_000
    assert spacing_notes(series(times))[1:] == ["the clock jumped 2 times, first by 17 s back at 2026-01-01T00:39:43Z"]


def test_a_late_row_is_no_jump_of_the_clock() -> None:
    times = np.arange(100) * MINUTE
    times[40] += 2_000
    assert spacing_notes(series(times))[1:] == ["1 row lies off the others' distance"]


def test_missing_rows_are_no_jump_either() -> None:
    times = np.delete(np.arange(100) * MINUTE, [20, 21, 22, 60])
    assert len(spacing_notes(series(times))) == 1


def test_gaps_are_counted_and_the_longest_is_named() -> None:
    steps = to_steps(series(np.delete(np.arange(48) * HOUR, [5, 20, 21, 22])), HOUR)
    assert gap_notes(steps) == [
        "2 gaps, the longest of 3 h from 2026-01-01T20:00:00Z; 8.3 % of the steps have no value"
    ]
    assert gap_notes(to_steps(series(np.delete(np.arange(48) * HOUR, 5)), HOUR))[0].startswith("1 gap of 1 h")
    assert not gap_notes(to_steps(series(np.arange(48) * HOUR), HOUR))


def test_one_row_has_no_spacing() -> None:
    with pytest.raises(BadInput, match="too few"):
        spacing_notes(series(np.zeros(1)))
