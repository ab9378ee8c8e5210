"""A store of an older millhand, with data, opens as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
import pytest

from plant.errors import StoreError
from plant.readings import Reading
from plant.store.connection import APPLICATION_ID
from plant.store.sqlite import open_store
from plant.time import HOUR, MINUTE, parse_time

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = parse_time("2026-03-08T00:00:00Z")
SHOWN = {
    "forecast": {
        "times": ["2026-03-08T00:00:00Z", "2026-03-08T00:05:00Z"],
        "median": [5.0, 5.125],
        "lower": {"90": [4.5, 4.25]},
        "upper": {"90": [5.5, 6.0]},
        "points": 120,
    },
    "series": {"step_ms": 5 * MINUTE, "n": 288},
    "verdict": {"shown": "smoothing"},
    "horizon_ms": 10 * MINUTE,
    "unit": "degC",
}


@pytest.fixture
def old_store(tmp_path: Path) -> Path:
    """A store of schema 2 with a reading and forecasts: one asked twice, one that cannot be read."""
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    for name in ("0001_initial.sql", "0002_alerts_and_lake.sql"):
        connection.executescript((files("plant.store") / "migrations" / name).read_text(encoding="utf-8"))
    connection.executescript(
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 2; PRAGMA journal_mode = WAL"
    )
    connection.execute("INSERT INTO sensors VALUES (1, 'TT-1', 'confirmed', '{\"tag\": \"TT-1\"}')")
    connection.execute("INSERT INTO partitions (id, source, partition) VALUES (1, 's', 0)")
    connection.execute(f"INSERT INTO readings VALUES (1, {ORIGIN - HOUR}, 4.5, 192, 1, 0)")
    body = msgspec.json.encode(SHOWN).decode()
    connection.executemany(
        "INSERT INTO forecasts (tag, issued_at, candidate, body) VALUES ('TT-1', ?, ?, ?)",
        [(ORIGIN + 7, "arima", body), (ORIGIN + 5, "smoothing", body), (ORIGIN + 9, "smoothing", "{}")],
    )
    connection.commit()
    connection.close()
    return path


def test_a_store_of_schema_2_keeps_its_readings_and_forecasts(old_store: Path) -> None:
    with open_store(old_store) as store:
        assert store.latest()[0].value == 4.5
        (kept,) = store.forecasts("TT-1")
        assert (kept.origin, kept.step_ms, kept.horizon, kept.issued_at) == (ORIGIN, 5 * MINUTE, 2, ORIGIN + 5)
        assert (kept.shown, kept.settled, kept.hindsight) == ("smoothing", False, False)
        band = {key: SHOWN["forecast"][key] for key in ("median", "lower", "upper")}
        body = msgspec.json.decode(store.forecast_body(kept.id) or "")
        assert body == {"scale": None, "candidates": {"smoothing": band}}
        with store.transaction() as transaction:
            assert transaction.insert_readings("s", 0, [Reading("TT-1", ORIGIN, 4.6)]).stored
    with open_store(old_store) as store:
        assert len(store.forecasts("TT-1")) == 1


def test_who_only_reads_converts_it_too(old_store: Path) -> None:
    with open_store(old_store, read_only=True) as store:
        assert store.latest()[0].value == 4.5
        assert len(store.forecasts("TT-1")) == 1


def test_a_store_that_is_held_and_cannot_be_converted_is_said(old_store: Path) -> None:
    with closing(sqlite3.connect(old_store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="older millhand and could not be converted"):
            open_store(old_store, read_only=True, wait_s=0.05)
