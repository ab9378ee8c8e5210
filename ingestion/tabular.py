"""A CSV file as rows of text: encoding, delimiter and decimal sign are found, not asked for."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_NONE: Final = "\x1f"  # the unit separator of ASCII: no text has one, so that a line is one cell
_DELIMITERS: Final = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}
_SAMPLE: Final = 200
_POINT: Final = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")
_COMMA: Final = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the number of the line it ends on, from 1, and its cells without blanks around them."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a CSV file that are not blank, and what was detected, in words."""

    rows: list[Row]
    notes: list[str]


def read_table(path: Path, *, headed: bool = False) -> Table:
    """Reads a CSV file.

    Args:
        path: The file.
        headed: Whether its first line names the columns. That line then tells the delimiter, since texts below it may
            hold any, and one column is enough.

    Raises:
        BadInput: If it cannot be read, is empty, is not text, or has no two columns.
    """
    text, encoding = _read_text(path)
    delimiter = _delimiter_in_head(text) if headed else _delimiter_of(text)
    if delimiter is None:
        raise BadInput(
            f"{path} has no two columns that are parted by a comma, semicolon, tab or bar.",
            hint="Dates are needed beside the values, one row a line, such as 2026-01-31T14:05:00Z,5.1.",
        )
    try:
        rows = list(_rows(text, delimiter))
    except csv.Error as error:
        raise BadInput(f"{path} is not a CSV file: {error}.") from error
    notes = [f"the delimiter is a {_DELIMITERS[delimiter]}"] if delimiter != _NONE else ["there is one column"]
    if encoding != "utf-8":
        notes.append(f"the text is {encoding}")
    return Table(rows, notes)


def has_decimal_comma(cells: Iterable[str]) -> bool:
    """Whether more of the cells are written `5,1` than `5.1`."""
    commas = points = 0
    for cell in cells:
        commas += bool(_COMMA.fullmatch(cell))
        points += bool(_POINT.fullmatch(cell))
    return commas > points


def read_number(cell: str, *, decimal_comma: bool) -> float | None:
    """Returns the finite number a cell holds, or None."""
    text = cell.replace(",", ".") if decimal_comma and "." not in cell else cell
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if abs(value) != float("inf") else None


def _read_text(path: Path) -> tuple[str, str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    if not data.strip():
        raise BadInput(f"{path} is empty.")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encoding = "utf-16"
    elif b"\0" in data:
        raise BadInput(f"{path} is not a text file.", hint="CSV and Parquet can be read.")
    else:
        encoding = "utf-8"
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding), encoding
    except UnicodeDecodeError:
        # Windows exports of western Europe; every byte means something there, so this cannot fail.
        return data.decode("latin-1"), "latin-1"


def _rows(text: str, delimiter: str) -> Iterable[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Row(reader.line_num, [cell.strip() for cell in cells])


def _delimiter_in_head(text: str) -> str:
    """Returns the delimiter that is most often in the first line; `_NONE` where there is one column."""
    head = text.lstrip().split("\n", 1)[0]
    best = max(_DELIMITERS, key=head.count)
    return best if best in head else _NONE


def _delimiter_of(text: str) -> str | None:
    """Returns the delimiter that cuts most of the first lines into equally many cells, at least two.

    A comma is the last choice: in a file with decimal commas it cuts evenly too.
    """
    lines = [line for line in text.splitlines() if line.strip()][:_SAMPLE]
    best, best_share = None, 0.5
    for delimiter in _DELIMITERS:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter))
        width, count = widths.most_common(1)[0]
        if width > 1 and count / len(lines) > best_share:
            best, best_share = delimiter, count / len(lines)
    return best
