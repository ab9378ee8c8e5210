"""What only the SQLite store can meet: files that are no store, other versions, full disks."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from plant.errors import StoreError
from plant.readings import Reading
from plant.store.sqlite import open_store
from plant.time import Span

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_is_no_database(tmp_path: Path):
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, quite long enough to be taken for a header of a hundred bytes" * 3)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a millhand store"):
        open_store(path)
    assert path.read_bytes() == before


def test_somebody_elses_database_is_left_alone(tmp_path: Path):
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a millhand store"):
        open_store(path)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_version(tmp_path: Path):
    path = tmp_path / "plant.db"
    open_store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer millhand"):
        open_store(path)


def test_reading_only_makes_nothing_and_writes_nothing(tmp_path: Path):
    path = tmp_path / "plant.db"
    with pytest.raises(StoreError, match="no store"):
        open_store(path, read_only=True)
    assert not path.exists()
    open_store(path).close()
    with open_store(path, read_only=True) as store, pytest.raises(StoreError, match="reading only"):
        store.set_meta("k", "v")


def test_a_directory_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        open_store(tmp_path / "file" / "plant.db")


def test_a_full_disk_keeps_nothing_of_the_batch_and_says_so(tmp_path: Path):
    with open_store(tmp_path / "plant.db") as store:
        writer = store._connections._writer
        pages = writer.execute("PRAGMA page_count").fetchone()[0]
        writer.execute(f"PRAGMA max_page_count = {pages}")
        many = [Reading("T", ts, 1.0) for ts in range(50_000)]
        with pytest.raises(StoreError, match="free some space"), store.transaction() as transaction:
            transaction.insert_readings("s", 0, many)
        writer.execute(f"PRAGMA max_page_count = {pages + 10_000}")
        assert store.readings("T", Span(0, 50_000)) == []
        with store.transaction() as transaction:
            assert len(transaction.insert_readings("s", 0, many).stored) == 50_000


def test_a_name_with_signs_that_mean_something_in_a_uri(tmp_path: Path):
    path = tmp_path / "what? 100%#.db"
    open_store(path).close()
    assert path.exists()
