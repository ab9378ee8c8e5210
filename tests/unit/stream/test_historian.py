"""Historian files: both shapes, what is detected, and what is refused."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.historian import read_historian
from plant.errors import BadInput
from plant.time import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def _write(content: str | bytes) -> Path:
        path = tmp_path / "export.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return _write


def test_wide_empty_cells_are_no_readings(write):
    file = read_historian(write("date,A [degC],B\n2026-01-01T00:00:00Z,1.5,\n2026-01-01T00:00:01Z,,2\n"), UTC)
    assert list(file.columns) == ["A", "B"]
    assert file.columns["A"].unit == "degC"
    assert file.columns["A"].values.tolist() == [1.5]
    assert file.columns["B"].times.tolist() == [parse_time("2026-01-01T00:00:01Z")]
    assert not file.rejected


@pytest.mark.parametrize("header", ["date,parameter,old value,new value\n", ""])
def test_changes_with_and_without_names(write, header: str):
    file = read_historian(write(f"{header}2026-01-01 00:00:00,A,1,2\n2026-01-01 00:00:05,B,7,8\n"), UTC)
    assert {tag: series.values.tolist() for tag, series in file.columns.items()} == {"A": [2.0], "B": [8.0]}
    assert any("changes" in note for note in file.notes)


def test_semicolons_decimal_commas_and_day_first_are_detected_and_stated(write):
    file = read_historian(write("Date;TT\n13/02/2026 00:00;5,1\n13/02/2026 00:01;-0,25\n"), UTC)
    assert file.columns["TT"].values.tolist() == [5.1, -0.25]
    assert file.columns["TT"].times[0] == parse_time("2026-02-13T00:00:00Z")
    stated = " ".join(file.notes)
    assert all(word in stated for word in ("semicolon", "comma", "day first", "UTC"))
    assert "assumption" not in stated


def test_what_cannot_be_used_is_counted_in_the_notes_too_for_they_go_with_the_answer(write):
    """Every other row has another format of date: half of the file is lost, and JSON has only the notes."""
    rows = [f"2026-01-{k:02} 00:00,{k}\n{k}/01/2026 12:00,{k}\n" for k in range(13, 20)]
    file = read_historian(write("date,TT\n" + "".join(rows) + "20/01/2026 00:00,x\n20/01/2026 00:00,1\n" * 1), UTC)
    assert len(file.rejected) == 8
    assert "8 rows or values cannot be used" in file.notes
    assert file.notes[0] == "the shape is wide: 1 parameter, 16 rows"


def test_month_first_is_found_by_any_day_above_twelve(write):
    file = read_historian(write("Date,TT\n1/12/2026,1\n1/13/2026,2\n"), UTC)
    assert np.diff(file.columns["TT"].times).tolist() == [86_400_000]


def test_an_order_that_nothing_decides_is_an_assumption_and_says_so(write):
    assert any("by assumption" in note for note in read_historian(write("Date,TT\n1/2/2026,1\n"), UTC).notes)


def test_times_without_a_zone_are_plant_time(write):
    file = read_historian(write("date,A\n2026-07-01 12:00,1\n"), ZoneInfo("Europe/Paris"))
    assert file.columns["A"].times.tolist() == [parse_time("2026-07-01T10:00:00Z")]
    assert any("Europe/Paris" in note for note in file.notes)


def test_latin_1_and_marked_missing_values(write):
    file = read_historian(write("Date;Débit\n2026-01-01;n/a\n2026-01-02;3\n".encode("latin-1")), UTC)
    assert np.isnan(file.columns["Débit"].values[0])
    assert any("missing" in note for note in file.notes)


def test_what_cannot_be_used_is_rejected_with_its_line(write):
    file = read_historian(
        write(
            "date,A,B\n2026-01-01T00:00:00Z,1,1\n01/02/2026 00:00,2,2\n2026-01-01T00:00:02Z,abc,3\n"
            "2026-01-01T00:00:00Z,9,9\n2026-02-31T00:00:00Z,4,4\n2026-01-01T00:00:03Z,1,2,3\n2026-01-01T00:00:04Z,inf,5\n"
        ),
        UTC,
    )
    lines = [text.split(":")[0] for text in file.rejected]
    assert lines == ["line 3", "line 4", "line 5", "line 5", "line 6", "line 7", "line 8"]
    assert file.columns["B"].values.tolist() == [1.0, 3.0, 5.0]


def test_rows_out_of_order_are_sorted_and_it_is_said(write):
    file = read_historian(write("date,A\n2026-01-02,2\n2026-01-01,1\n"), UTC)
    assert file.columns["A"].values.tolist() == [1.0, 2.0]
    assert "time runs back once by 24 h at line 3: rows have been sorted" in file.notes


def test_rows_that_are_newest_first_are_sorted_and_it_is_said(write):
    file = read_historian(write("date,A\n2026-01-03,3\n2026-01-02,2\n2026-01-01,1\n"), UTC)
    assert file.columns["A"].values.tolist() == [1.0, 2.0, 3.0]
    assert "rows are newest first and have been sorted" in file.notes


def test_a_clock_set_back_is_said_with_its_line_and_what_it_repeats(write):
    rows = "".join(f"2026-01-01T0{hour}:00:00Z,{value}\n" for hour, value in ((0, 1), (1, 2), (2, 3), (1, 2), (2, 9)))
    file = read_historian(write(f"date,A\n{rows}"), UTC)
    assert file.columns["A"].values.tolist() == [1.0, 2.0, 3.0]
    assert "time runs back once by 1 h at line 5: rows have been sorted" in file.notes
    said = "2 values are at a time that has one already, 1 of them another value: the first one of the file counts"
    assert said in file.notes
    assert len(file.rejected) == 2


def test_a_column_of_words_is_left_out_and_it_is_said(write):
    file = read_historian(write("date,A,state\n2026-01-01,1,on\n2026-01-02,2,off\n"), UTC)
    assert list(file.columns) == ["A"]
    assert any("state" in note for note in file.notes)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("date,A\n", "no rows"),
        ("value\n1\n2\n", "no two columns"),
        ("A,B\n1,2\n3,4\n", "no column of dates"),
        ("date,A\nyesterday,1\n", "no date"),
        ("date,A\n2026-01-01,x\n2026-01-02,y\n", "No row"),
        ("date,A,A\n2026-01-01,1,2\n", "two columns named"),
        ("date,A,\n2026-01-01,1,2\n", "no name"),
        (b"\x7fELF\0\0\0\0", "not a text file"),
    ],
)
def test_files_that_cannot_be_used_are_refused_with_a_sentence(write, content: str | bytes, says: str):
    with pytest.raises(BadInput, match=says):
        read_historian(write(content), UTC)


def test_a_missing_file_and_a_directory(tmp_path: Path):
    with pytest.raises(BadInput, match="no file"):
        read_historian(tmp_path / "none.csv", UTC)
    with pytest.raises(BadInput, match="directory"):
        read_historian(tmp_path, UTC)


def test_parquet_wide_and_one_cut_short(tmp_path: Path):
    path = tmp_path / "history.parquet"
    times = pa.array([1_767_225_600_000, 1_767_225_601_000], pa.timestamp("ms", "UTC"))
    pq.write_table(pa.table({"time": times, "A": [0.1 + 0.2, None], "B": [1, 2]}), path)
    file = read_historian(path, UTC)
    assert file.columns["A"].values.tolist() == [0.1 + 0.2]
    assert file.columns["B"].times.tolist() == [1_767_225_600_000, 1_767_225_601_000]
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(BadInput, match="Parquet"):
        read_historian(path, UTC)
