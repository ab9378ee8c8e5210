"""Distance, gaps, rows off the grid and jumps of the clock are said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from forecasting.series import to_steps
from forecasting.spacing import gap_notes, spacing_notes
from plant.errors import BadInput
from plant.readings import Reading
from plant.registry import Sensor
from plant.series import Series
from plant.settings import load_settings
from plant.store.sqlite import open_store
from plant.time import DAY, HOUR, MINUTE, parse_time
from tools.contract import ForecastInput
from tools.forecast import ForecastTool
from tools.forecast_history import ColumnHistory, column_history

if TYPE_CHECKING:
    from pathlib import Path

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


def test_a_forecast_from_the_store_says_its_gaps(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(5, 0.1, 300)
    there = np.delete(np.arange(300), np.r_[100:112, 200])
    with open_store(tmp_path / "store.db") as store:
        store.put_sensors([Sensor("TT-1", cadence_ms=5 * MINUTE)])
        store.claim_partition("test", 0, "test")
        with store.transaction() as transaction:
            readings = [Reading("TT-1", START + int(k) * 5 * MINUTE, float(values[k])) for k in there]
            transaction.insert_readings("test", 0, readings)
        request = ForecastInput(tag="TT-1", candidates=("naive",), horizon_ms=HOUR)
        notes = ForecastTool(store, load_settings(), None).run(request).data["notes"]
    assert "2 gaps, the longest of 1 h from 2026-01-01T08:20:00Z; 4.3 % of the steps have no value" in notes


def test_a_row_that_is_decades_off_makes_no_flood_of_steps() -> None:
    times = np.r_[-50 * 365 * DAY, np.arange(5_000) * 100]  # ten rows a second, and one of another age
    found = column_history(series(times), MINUTE, None)
    assert isinstance(found, ColumnHistory)
    assert len(found.series) < 2_100


def test_one_row_has_no_spacing() -> None:
    with pytest.raises(BadInput, match="too few"):
        spacing_notes(series(np.zeros(1)))
