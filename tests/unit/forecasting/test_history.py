"""The history that a forecast starts from: whole steps only, and a clock that runs ahead is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from plant.facts import Refusal, RefusalCode
from plant.readings import Reading
from plant.registry import Sensor
from plant.series import Series
from plant.settings import load_settings
from plant.store.sqlite import open_store
from plant.time import DAY, HOUR, MINUTE, now_ms
from tools.contract import ForecastInput
from tools.forecast import ForecastTool
from tools.forecast_history import ColumnHistory, column_history

if TYPE_CHECKING:
    from pathlib import Path

START = 1_767_225_600_000  # a midnight


def column(n: int, every: int = MINUTE) -> Series:
    return Series("flow", "", START + np.arange(n, dtype=np.int64) * every, np.arange(n, dtype=np.float64))


def history(series: Series, horizon_ms: int = 2 * HOUR, until: int | None = None) -> ColumnHistory:
    found = column_history(series, horizon_ms, until)
    assert isinstance(found, ColumnHistory)
    return found


def test_the_last_step_of_a_file_counts_only_when_it_is_whole() -> None:
    """Steps of five minutes over one-minute rows: the mean of a step's first rows would be a false newest value."""
    whole, partly = history(column(600)), history(column(602))
    assert whole.series.step_ms == 5 * MINUTE
    assert list(whole.series.values[-2:]) == [592.0, 597.0]
    assert (whole.ahead, partly.ahead) == (0, 2 * MINUTE)
    assert np.array_equal(whole.series.values, partly.series.values)


def test_until_within_a_step_leaves_that_step_out() -> None:
    found = history(column(600), until=START + 503 * MINUTE)
    assert int(found.series.times[-1]) == START + 495 * MINUTE
    assert found.ahead == 3 * MINUTE


def test_rows_after_until_change_nothing_not_even_the_step() -> None:
    hourly, later = column(500, HOUR), column(3_000)
    end = int(hourly.times[-1]) + HOUR
    both = Series("flow", "", np.r_[hourly.times, end + later.times - START], np.r_[hourly.values, later.values])
    found, alone = history(both, 24 * HOUR, until=end), history(hourly, 24 * HOUR)
    assert found.series.step_ms == HOUR
    assert np.array_equal(found.series.values, alone.series.values)
    assert (found.ahead, found.notes) == (alone.ahead, alone.notes)


def test_rows_as_far_apart_as_steps_are_all_whole() -> None:
    found = history(column(100, HOUR), 24 * HOUR)
    assert found.series.values[-1] == 99.0
    assert found.ahead == 0


def test_trailing_rows_without_a_value_do_not_lengthen_the_horizon() -> None:
    series = column(600)
    series.values[550:] = np.nan
    found = history(series)
    assert list(found.series.values[-1:]) == [547.0]
    assert found.ahead == 0


@pytest.mark.parametrize("until", [START - 1, START, START + 100 * DAY])
def test_a_time_outside_the_rows_is_refused(until: int) -> None:
    found = column_history(column(600), HOUR, until)
    assert isinstance(found, Refusal)
    assert found.code is RefusalCode.NO_DATA
    assert "is outside the readings of flow" in found.text


def test_a_newest_reading_from_the_future_is_said(tmp_path: Path) -> None:
    ahead = now_ms() + 3 * HOUR
    values = 5 + np.random.default_rng(0).normal(0, 0.1, 300)
    with open_store(tmp_path / "store.db") as store:
        store.put_sensors([Sensor("TT-1", cadence_ms=5 * MINUTE)])
        store.claim_partition("test", 0, "test")
        with store.transaction() as transaction:
            readings = [Reading("TT-1", ahead - (299 - k) * 5 * MINUTE, float(v)) for k, v in enumerate(values)]
            transaction.insert_readings("test", 0, readings)
        request = ForecastInput(tag="TT-1", candidates=("smoothing",), horizon_ms=HOUR)
        notes = ForecastTool(store, load_settings(), None).run(request).data["notes"]
        assert "the newest reading of TT-1 is 3 h ahead of this machine's clock" in notes
        request = ForecastInput(tag="TT-1", until=ahead + DAY, candidates=("smoothing",))
        refusal = ForecastTool(store, load_settings(), None).run(request).refusal
        assert refusal
        assert "is outside the readings of TT-1" in refusal.text
