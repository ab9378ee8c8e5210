"""A folder of files as rows of cells, each with its line: encoding, delimiter and columns, not what they mean."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import unicodedata
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ingestion.plant_graph.json_rows import Found, kinds_in, rows_in
from ingestion.plant_graph.kinds import KINDS, Kind, plain
from plant.accents import without_accents
from plant.errors import BadInput, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_WHOLE: Final = "plant"
_ENDINGS: Final = (".csv", ".json", ".jsonl")
_NEARLY: Final = 0.8
_AROUND: Final = 15
_DELIMITERS: Final = ",;\t"
_PROPERTY: Final = re.compile(r"[a-z_][a-z0-9_]*\Z")
_KEPT: Final = frozenset({"id", "type"})
"""Names that the engines keep for themselves: kglite answers the label for a type that is not there."""
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?\Z")


class Row(NamedTuple):
    """One row: the line it begins on, its filled cells by column, and what is wrong with it already."""

    line: int
    cells: dict[str, Any]
    fault: str = ""


class Sheet(NamedTuple):
    """The rows of one kind, the name of the file they stand in, and its columns with the line that names them first."""

    kind: Kind
    file: str
    rows: list[Row]
    columns: list[tuple[int, str]]


class Folder(NamedTuple):
    """What was read, kinds in the order of `KINDS`, and what should be known of it, as sentences."""

    sheets: list[Sheet]
    notes: list[str]


def read_sheets(directory: Path, extra: Collection[str] = ()) -> Folder:
    """Reads all files of a folder.

    Args:
        directory: The folder.
        extra: Columns that are properties beyond those of the kinds.

    Raises:
        BadInput: For a folder that has no assets, a file that is no regular file of the folder, is not
            UTF-8, not CSV or JSON, empty, there twice or nearly named as one of the kinds; for a column
            that is unknown, missing, without a name, there twice, or of a name that the engines keep.
    """
    extras = {_property_of(name): name for name in extra}
    used: set[str] = set()
    sheets: dict[str, Sheet] = {}
    paths, notes = _files_of(directory)
    for path in paths:
        for sheet in _sheets_in(path):
            there = sheets.get(sheet.kind.name)
            if there is not None:
                raise BadInput(f"{path}: {sheet.kind.name} are in {there.file} already.", hint="Keep one of the two.")
            sheets[sheet.kind.name] = _with_columns(path, sheet, extras, used)
    if "assets" not in sheets or not sheets["assets"].rows:
        raise BadInput(
            f"{directory} has no assets.",
            hint="A plant graph needs an assets.csv or assets.json with at least a row.",
        )
    for column, name in extras.items():
        if column not in used:
            raise BadInput(f"No file of {directory} has a column {name!r}.", hint="Leave that extra column out.")
    notes += [f"{sheet.file} has no rows." for sheet in sheets.values() if not sheet.rows]
    return Folder([sheets[kind.name] for kind in KINDS if kind.name in sheets], notes)


def _files_of(directory: Path) -> tuple[list[Path], list[str]]:
    """Returns the files that are of a kind, and which others lie there; refuses what is nearly named as one."""
    try:
        found = sorted(directory.iterdir())
        inside = Path(os.path.realpath(directory))
    except FileNotFoundError as error:
        raise BadInput(f"There is no folder {directory}.") from error
    except OSError as error:
        raise BadInput(f"{directory} cannot be read: {error.strerror}.", hint="Give the folder of a plant.") from error
    names = {name: kind for kind in KINDS for name in (kind.name, *kind.also)}
    paths, other = [], []
    for path in found:
        if path.suffix.lower() not in _ENDINGS or path.name.startswith((".", "~")):  # what editors and archives leave
            continue
        stem = path.stem.lower()
        if stem in names or stem == _WHOLE:
            if inside not in Path(os.path.realpath(path)).parents:
                raise BadInput(f"{path} is a link to a file outside the folder.", hint="Copy the file here.")
            paths.append(path)
        elif near := get_close_matches(stem, names, n=1, cutoff=_NEARLY):
            raise BadInput(
                f"{path} is none of a plant's files.",
                hint=f"Did you mean {near[0]}{path.suffix}? Else move it elsewhere.",
            )
        else:
            other.append(path.name)
    return paths, [f"{name} is none of a plant's files and is left out." for name in other]


def _sheets_in(path: Path) -> Iterator[Sheet]:
    text = _text_of(path)
    if path.stem.lower() == _WHOLE:
        if path.suffix.lower() != ".json":
            raise BadInput(f"{path} is none of a plant's files.", hint="All kinds in one file are a plant.json.")
        for name, objects in kinds_in(path, text):
            yield _json_sheet(path, _kind_named(path, name), objects)
        return
    kind = _kind_named(path, path.stem)
    if path.suffix.lower() == ".csv":
        yield _csv_sheet(path, text, kind)
    else:
        yield _json_sheet(path, kind, rows_in(path, text))


def _json_sheet(path: Path, kind: Kind, objects: list[Found]) -> Sheet:
    rows = [Row(*found) for found in objects]
    columns: dict[str, int] = {}
    for row in rows:
        for name in row.cells:
            columns.setdefault(name, row.line)
    return Sheet(kind, path.name, rows, [(line, name) for name, line in columns.items()])


def _kind_named(path: Path, name: str) -> Kind:
    for kind in KINDS:
        if name.lower() in {kind.name, *kind.also}:
            return kind
    names = [kind.name for kind in KINDS]
    raise BadInput(
        f"{path}: there is no kind {name!r}.", hint=did_you_mean(name, names) or f"Kinds: {', '.join(names)}."
    )


def _text_of(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadInput(f"{path} is not a file.")
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    if not data.strip():
        raise BadInput(f"{path} is empty, without even a header.", hint="Remove it if the plant has none of these.")
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise BadInput(f"{path}, line 1: this is UTF-16, not UTF-8 text.", hint="Save it again as UTF-8.")
    nul = data.find(b"\0")
    if nul >= 0:
        raise BadInput(f"{path}, line {_line(data, nul)}: there is a NUL byte, so this is not text.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)  # utf-8-sig counts from after its mark
        begin = max(data.rfind(b"\n", 0, at) + 1, at - _AROUND)
        guess = data[begin : at + _AROUND].decode("latin-1").partition("\n")[0].strip()
        raise BadInput(
            f"{path}, line {_line(data, at)}: this is not UTF-8 text.",
            hint=f"It may be Latin-1 (there it says {guess!r}). Save it again as UTF-8.",
        ) from error


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _csv_sheet(path: Path, text: str, kind: Kind) -> Sheet:
    header, rows = [], []
    for line, cells in _records(path, text):
        if line == 1:
            header = _without_blanks(cells)
        elif any(cell.strip() for cell in cells):
            rows.append(_csv_row(line, header, cells))
    return Sheet(kind, path.name, rows, [(1, name) for name in header])


def _records(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yields each record of a CSV text with the line it begins on."""
    delimiter = max(_DELIMITERS, key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(
            f"{path}, line {line}: this is not CSV: {error}.", hint="Perhaps a quotation mark is not closed."
        ) from error


def _csv_row(line: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    filled = _without_blanks(cells) if len(cells) > len(header) else cells
    if len(cells) < len(header) or len(filled) > len(header):
        return Row(line, {}, f"{len(cells)} cells, but {len(header)} columns.")
    return Row(line, {name: bare for name, cell in zip(header, cells, strict=False) if (bare := cell.strip())})


def _without_blanks(cells: Sequence[str]) -> list[str]:
    """Returns cells without the empty ones at their end, which spreadsheets leave behind."""
    kept = [cell.strip() for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _with_columns(path: Path, sheet: Sheet, extras: dict[str, str], used: set[str]) -> Sheet:
    """Returns a sheet with its columns named as the kind and the extras name them; adds to the extras in use."""
    names: dict[str, str] = {}
    for line, written in sheet.columns:
        column = _known_column(f"{path}, line {line}", written, sheet.kind, extras)
        if column in names.values():
            raise BadInput(f"{path}, line {line}: the column {column!r} is there twice.")
        names[written] = column
    is_csv = path.suffix.lower() == ".csv"
    for column in sheet.kind.required if is_csv else ():
        if column not in names.values():
            known = ", ".join(sheet.kind.columns)
            raise BadInput(f"{path}, line 1: the column {column!r} is missing.", hint=f"Columns: {known}.")
    more = sorted(set(names.values()) - set(sheet.kind.columns))
    used.update(more)
    rows = [row._replace(cells={names[name]: cell for name, cell in row.cells.items()}) for row in sheet.rows]
    for column in more if is_csv else ():
        _read_numbers(column, rows)
    kind = replace(sheet.kind, columns={**sheet.kind.columns, **dict.fromkeys(more, plain)})
    return sheet._replace(kind=kind, rows=rows)


def _read_numbers(column: str, rows: Iterable[Row]) -> None:
    """Makes an extra column of a CSV file one of numbers if all of it is."""
    cells = [row.cells for row in rows if column in row.cells]
    if all(_NUMBER.match(row[column]) for row in cells):
        for row in cells:
            row[column] = float(row[column]) if "." in row[column] else int(row[column])


def _known_column(where: str, written: str, kind: Kind, extras: dict[str, str]) -> str:
    column = _column_of(written)
    if column in kind.columns or column in extras:
        return column
    if not column:
        raise BadInput(f"{where}: the column {written!r} has no name.", hint="Name it with letters, or delete it.")
    if column in _KEPT:
        raise _kept(f"{where}: {written!r}", column)
    near = did_you_mean(column, kind.columns) or f"Columns: {', '.join(kind.columns)}."
    raise BadInput(
        f"{where}: unknown column {written!r}.", hint=f"{near} If it is the plant's own, load it with --extra {column}."
    )


def _property_of(name: str) -> str:
    column = _column_of(name)
    if not _PROPERTY.match(column):
        raise BadInput(f"{name!r} cannot be a property.", hint="Name it with letters, digits and underscores.")
    if column in _KEPT:
        raise _kept(repr(name), column)
    return column


def _kept(what: str, column: str) -> BadInput:
    return BadInput(
        f"{what} cannot be a property: the graph's engine keeps that name for itself.",
        hint=f"Rename the column, to own_{column} say.",
    )


def _column_of(written: str) -> str:
    """Returns a column's name as a property is spelled: `Serial No.` is serial_no."""
    bare = without_accents(unicodedata.normalize("NFKC", written)).lower()
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
