"""Files that plant historians export: CSV in two shapes, and Parquet.

| shape | columns | a row says |
|---|---|---|
| changes | date, parameter, old value, new value | this parameter changed at this time |
| wide | date, then one column a parameter | these parameters changed; empty cells did not |

Rows `date, parameter, value` are read as changes without an old value. Delimiter, decimal comma,
encoding and the order of day and month are detected and stated in `notes`. A row or cell that
cannot be used is never left out in silence: it is a sentence with its line in `rejected`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ingestion.dates import Times, looks_like_date, read_times
from ingestion.historian_notes import lost_note, order_note, repeats_note
from ingestion.tabular import Row, has_decimal_comma, read_number, read_table
from plant.errors import BadInput
from plant.series import Series
from plant.time import to_iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Sized
    from datetime import tzinfo
    from pathlib import Path

_TIME_NAMES: Final = frozenset(
    {"date", "time", "ts", "timestamp", "time stamp", "datetime", "date time", "date/time", "utc"}
    | {"datum", "zeit", "zeitstempel", "heure", "date heure", "horodatage"}
)
_PARAMETER_NAMES: Final = frozenset(
    {"parameter", "tag", "sensor", "variable", "point", "paramètre", "parametre", "capteur"}
)
_OLD_NAMES: Final = frozenset({"old value", "old", "old_value", "ancienne valeur"})
_NEW_NAMES: Final = frozenset({"new value", "new", "new_value", "nouvelle valeur", "value", "valeur"})
_MISSING: Final = frozenset({"nan", "null", "none", "n/a", "na", "bad", "-"})
_UNIT: Final = re.compile(r"(.+?)\s*\[([^\]]*)\]")
_SAMPLE: Final = 200


@dataclass(frozen=True, slots=True)
class HistorianFile:
    """What a file holds.

    Attributes:
        columns: One irregular series a parameter, in the file's order; NaN where the file marks a value as missing.
        notes: What was detected and assumed, each a few words.
        rejected: What could not be used, each a sentence that begins with its line.
        rows: The time of each row, as the file has them; None where a row has no date that can be used.
    """

    columns: dict[str, Series]
    notes: list[str]
    rejected: list[str]
    rows: list[int | None]


def read_historian(path: Path, zone: tzinfo) -> HistorianFile:
    """Reads a historian's file; times without an offset are in `zone`.

    Raises:
        BadInput: If it cannot be read, is neither CSV nor Parquet, is empty, has no column of
            dates, or no row of it can be used.
    """
    if not path.is_file():
        raise BadInput(f"{path} is a directory." if path.is_dir() else f"There is no file {path}.")
    if _is_parquet(path):
        from ingestion.parquet import parquet_cells

        header, rows = parquet_cells(path)
        notes = ["the file is Parquet"]
    else:
        table = read_table(path)
        header, rows, notes = *_split_header(table.rows), table.notes
    layout = _layout_of(header, rows)
    if layout is None:
        raise BadInput(
            f"{path} has no column of dates.",
            hint="Name one date or time, or write dates such as 2026-01-31T14:05:00Z in the first column.",
        )
    if not rows:
        raise BadInput(f"{path} has a header, but no rows.")
    return _Reader(path, header, rows, layout, notes).read(zone)


def _is_parquet(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PAR1"
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error


def _split_header(rows: list[Row]) -> tuple[list[str], list[Row]]:
    """Returns the column names and the rows; a file whose first row holds a date has no names."""
    first = rows[0]
    if any(map(looks_like_date, first.cells)):
        return [f"column {number}" for number in range(1, len(first.cells) + 1)], rows
    return first.cells, rows[1:]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column is what; `parameter` is None in a wide file."""

    time: int
    parameter: int | None = None
    old: int | None = None
    new: int = -1


def _layout_of(header: list[str], rows: list[Row]) -> _Layout | None:
    names = [name.casefold() for name in header]
    time = next((index for index, name in enumerate(names) if name in _TIME_NAMES), None)
    if time is None:
        time = next((index for index in range(len(names)) if _holds_dates(rows, index)), None)
    if time is None:
        return None
    parameter, old, new = (_index(names, known) for known in (_PARAMETER_NAMES, _OLD_NAMES, _NEW_NAMES))
    if parameter is not None and new is not None:
        return _Layout(time, parameter, old, new)
    if names[1:] == [f"column {n}" for n in range(2, len(names) + 1)] and time == 0 and _holds_words(rows, 1):
        if len(names) == 4:
            return _Layout(time, 1, 2, 3)
        if len(names) == 3:
            return _Layout(time, 1, None, 2)
    return _Layout(time)


def _index(names: list[str], known: frozenset[str]) -> int | None:
    return next((index for index, name in enumerate(names) if name in known), None)


def _cells(rows: Sequence[Row], index: int) -> Iterator[str]:
    return (row.cells[index] for row in rows if index < len(row.cells) and row.cells[index])


def _holds_dates(rows: list[Row], index: int) -> bool:
    cells = list(_cells(rows[:_SAMPLE], index))
    return bool(cells) and sum(map(looks_like_date, cells)) * 2 > len(cells)


def _holds_words(rows: list[Row], index: int) -> bool:
    return all(read_number(cell, decimal_comma="," in cell) is None for cell in _cells(rows[:_SAMPLE], index))


@dataclass(slots=True)
class _Column:
    """The usable cells of one parameter: (time, value, line)."""

    unit: str = ""
    cells: list[tuple[int, float, int]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


class _Reader:
    """Reads the rows of one file into columns."""

    def __init__(self, path: Path, header: list[str], rows: list[Row], layout: _Layout, notes: list[str]) -> None:
        self._path = path
        self._header = header
        self._rows = rows
        self._layout = layout
        self._notes = notes
        self._rejected: list[tuple[int, str]] = []
        self._columns: dict[str, _Column] = {}
        self._missing = 0
        self._same = 0
        self._other = 0
        self._decimal_comma = False

    def read(self, zone: tzinfo) -> HistorianFile:
        times = self._times(zone)
        self._decimal_comma = has_decimal_comma(self._values_as_text())
        if self._decimal_comma:
            self._notes.append("decimals are written with a comma")
        read_row = self._read_wide if self._layout.parameter is None else self._read_change
        if self._layout.parameter is None:
            self._name_columns()
        for row, time in zip(self._rows, times.values, strict=True):
            if len(row.cells) > len(self._header):
                self._reject(row, f"has {len(row.cells)} cells, the header {len(self._header)}")
            elif time is None:
                cell = row.cells[self._layout.time] if self._layout.time < len(row.cells) else ""
                self._reject(row, f"{cell!r} is not a date of this file's format: {times.order}")
            else:
                read_row(row, time)
        return self._finish(times.values)

    def _times(self, zone: tzinfo) -> Times:
        index = self._layout.time
        times = read_times([row.cells[index] if index < len(row.cells) else "" for row in self._rows], zone)
        if times is None:
            raise BadInput(
                f"{self._path} has no date in its column {self._header[index]!r}.",
                hint="Write dates such as 2026-01-31T14:05:00Z.",
            )
        self._notes.append(times.order.value if times.decided else f"{times.order}, by assumption")
        if not times.zoned:
            self._notes.append(f"times without a zone are {zone}")
        known = [(time, row.line) for time, row in zip(times.values, self._rows, strict=True) if time is not None]
        self._note(order_note(known))
        return times

    def _values_as_text(self) -> Iterator[str]:
        layout = self._layout
        columns = (
            [index for index in range(len(self._header)) if index != layout.time]
            if layout.parameter is None
            else [index for index in (layout.old, layout.new) if index is not None]
        )
        return (cell for index in columns for cell in _cells(self._rows, index))

    def _name_columns(self) -> None:
        for index, name in enumerate(self._header):
            if index == self._layout.time:
                continue
            match = _UNIT.fullmatch(name)
            tag, unit = (match[1], match[2]) if match else (name, "")
            if not tag:
                raise BadInput(f"Column {index + 1} of {self._path} has no name.", hint="Name every column.")
            if tag in self._columns:
                raise BadInput(f"{self._path} has two columns named {tag!r}.", hint="Give each its own name.")
            self._columns[tag] = _Column(unit)

    def _read_wide(self, row: Row, time: int) -> None:
        tags = iter(self._columns)
        for index in range(len(self._header)):
            if index == self._layout.time:
                continue
            tag = next(tags)
            if index < len(row.cells) and row.cells[index]:
                self._take(tag, time, row.cells[index], row.line)

    def _read_change(self, row: Row, time: int) -> None:
        assert self._layout.parameter is not None
        if len(row.cells) <= max(self._layout.parameter, self._layout.new):
            self._reject(row, f"has {len(row.cells)} cells, the header {len(self._header)}")
        elif not (tag := row.cells[self._layout.parameter]):
            self._reject(row, "names no parameter")
        elif not row.cells[self._layout.new]:
            self._reject(row, f"gives {tag} no new value")
        else:
            self._columns.setdefault(tag, _Column())
            self._take(tag, time, row.cells[self._layout.new], row.line)

    def _take(self, tag: str, time: int, cell: str, line: int) -> None:
        column = self._columns[tag]
        if cell.casefold() in _MISSING:
            self._missing += 1
            column.cells.append((time, float("nan"), line))
            return
        value = read_number(cell, decimal_comma=self._decimal_comma)
        if value is None:
            column.refused.append((line, f"line {line}: {cell!r} is not a number ({tag})."))
        else:
            column.cells.append((time, value, line))

    def _note(self, note: str | None) -> None:
        if note:
            self._notes.append(note)

    def _reject(self, row: Row, why: str) -> None:
        self._rejected.append((row.line, f"line {row.line}: {why}."))

    def _finish(self, rows: list[int | None]) -> HistorianFile:
        columns: dict[str, Series] = {}
        for tag, column in self._columns.items():
            if column.refused and not column.cells:
                self._notes.append(f"column {tag} is left out: it holds no numbers")
                continue
            self._rejected += column.refused
            if column.cells:
                columns[tag] = self._series(tag, column)
        self._note(lost_note(len(self._rejected) - self._same - self._other))
        self._note(repeats_note(self._same, self._other))
        if self._missing:
            self._notes.append(f"{self._missing} values are marked as missing")
        shape = "wide" if self._layout.parameter is None else "changes"
        self._notes.insert(0, f"the shape is {shape}: {_many(columns, 'parameter')}, {_many(self._rows, 'row')}")
        rejected = [text for _, text in sorted(self._rejected, key=lambda item: item[0])]
        if not columns:
            raise BadInput(f"No row of {self._path} can be used.", hint=" ".join(rejected[:3]))
        return HistorianFile(columns, self._notes, rejected, rows)

    def _series(self, tag: str, column: _Column) -> Series:
        import numpy as np

        kept: dict[int, tuple[float, int]] = {}
        for time, value, line in column.cells:
            if time in kept:
                held, first = kept[time]
                same = value == held or (math.isnan(value) and math.isnan(held))
                self._same += same
                self._other += not same
                text = f"line {line}: {tag} has a value at {to_iso(time)} already, from line {first}."
                self._rejected.append((line, text))
            else:
                kept[time] = (value, line)
        times = sorted(kept)
        return Series(
            tag,
            column.unit,
            np.array(times, dtype=np.int64),
            np.array([kept[time][0] for time in times], dtype=np.float64),
        )


def _many(things: Sized, noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def iterate_by_time(columns: Iterable[Series]) -> Iterator[tuple[int, str, float, str]]:
    """Yields (time, tag, value, unit) of several series by time, then tag: the order is stable."""
    rows = (
        (time, series.tag, value, series.unit)
        for series in columns
        for time, value in zip(series.times.tolist(), series.values.tolist(), strict=True)
    )
    return iter(sorted(rows, key=lambda row: row[:2]))
