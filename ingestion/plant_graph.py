"""The plant graph from a directory of CSV files: what stands where, feeds what, fails how, was repaired when.

Each file has a header line with exactly its columns, UTF-8, parted by commas:

| file | columns | becomes |
|---|---|---|
| `areas.csv` | id, name, description | Area |
| `assets.csv` | id, name, kind, model, maker, installed, area | Asset, PART_OF Area |
| `feeds.csv` | asset, fed, medium | Asset FEEDS Asset |
| `manuals.csv` | id, name, file, edition | Manual |
| `describes.csv` | manual, asset | Manual DESCRIBES Asset |
| `failure_modes.csv` | id, code, name, effect | FailureMode |
| `affects.csv` | failure_mode, asset | FailureMode AFFECTS Asset |
| `detected_by.csv` | failure_mode, sensor | FailureMode DETECTED_BY Sensor |
| `work_orders.csv` | id, title, status, opened, closed, technician, asset | WorkOrder, ON Asset |
| `parts.csv` | id, name, number, stock | Part |
| `used.csv` | work_order, part, quantity | WorkOrder USED Part |
| `has_part.csv` | asset, part | Asset HAS_PART Part |
| `fixes.csv` | part, failure_mode | Part FIXES FailureMode |

Sensors are those of the registry: tag, description, unit, and the asset each MEASURES. Dates are
written 2026-01-31. An empty cell is a property that is not there; ids may not be empty.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from plant.errors import BadInput, did_you_mean
from plant.graph.contract import Node, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from plant.registry import Registry


class _Link(NamedTuple):
    """A relationship a row states: its type, and the columns of its two ends with their labels."""

    type: str
    start: tuple[str, str]
    end: tuple[str, str]


@dataclass(frozen=True)
class _File:
    """What a CSV file holds: nodes of a label (none for relationships alone), and relationships."""

    name: str
    columns: tuple[str, ...]
    label: str = ""
    link: _Link | None = None


_FILES: Final = (
    _File("areas.csv", ("id", "name", "description"), "Area"),
    _File(
        "assets.csv",
        ("id", "name", "kind", "model", "maker", "installed", "area"),
        "Asset",
        _Link("PART_OF", ("id", "Asset"), ("area", "Area")),
    ),
    _File("manuals.csv", ("id", "name", "file", "edition"), "Manual"),
    _File("failure_modes.csv", ("id", "code", "name", "effect"), "FailureMode"),
    _File(
        "work_orders.csv",
        ("id", "title", "status", "opened", "closed", "technician", "asset"),
        "WorkOrder",
        _Link("ON", ("id", "WorkOrder"), ("asset", "Asset")),
    ),
    _File("parts.csv", ("id", "name", "number", "stock"), "Part"),
    _File("feeds.csv", ("asset", "fed", "medium"), link=_Link("FEEDS", ("asset", "Asset"), ("fed", "Asset"))),
    _File("describes.csv", ("manual", "asset"), link=_Link("DESCRIBES", ("manual", "Manual"), ("asset", "Asset"))),
    _File(
        "affects.csv",
        ("failure_mode", "asset"),
        link=_Link("AFFECTS", ("failure_mode", "FailureMode"), ("asset", "Asset")),
    ),
    _File(
        "detected_by.csv",
        ("failure_mode", "sensor"),
        link=_Link("DETECTED_BY", ("failure_mode", "FailureMode"), ("sensor", "Sensor")),
    ),
    _File(
        "used.csv",
        ("work_order", "part", "quantity"),
        link=_Link("USED", ("work_order", "WorkOrder"), ("part", "Part")),
    ),
    _File("has_part.csv", ("asset", "part"), link=_Link("HAS_PART", ("asset", "Asset"), ("part", "Part"))),
    _File(
        "fixes.csv", ("part", "failure_mode"), link=_Link("FIXES", ("part", "Part"), ("failure_mode", "FailureMode"))
    ),
)

_OPTIONAL: Final = frozenset(
    {"description", "model", "maker", "installed", "closed", "technician", "effect", "edition", "medium"}
)


class _Row(NamedTuple):
    """One row: where it stands, for messages, and its cells by column."""

    where: str
    cells: dict[str, str]


def read_plant(directory: Path, registry: Registry | None = None) -> tuple[list[Node], list[Relation]]:
    """Reads and checks a plant graph.

    Args:
        directory: Holds all files of the module's docstring.
        registry: The plant's sensors; None for the demo plant's.

    Raises:
        BadInput: For a missing or unreadable file, columns that are not the file's, an id that is
            there twice, empty or not known where it is referred to, a number, date or status that
            is none; it names file and line.
    """
    if registry is None:
        from ingestion.simulator.registry import load_registry

        registry = load_registry()
    rows = {file.name: list(_read_rows(directory / file.name, file)) for file in _FILES}
    nodes: dict[str, Node] = {}
    for file in _FILES:
        if file.label:
            for row in rows[file.name]:
                _add_node(nodes, file, row)
    relations = _add_sensors(nodes, registry)
    for file in _FILES:
        if file.link is not None:
            relations += _relations(nodes, file, file.link, rows[file.name])
    return list(nodes.values()), relations


def _read_rows(path: Path, file: _File) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), strict=True)
    try:
        header = next(reader, [])
        _check_header(path, header, file.columns)
        for cells in reader:
            where = f"{path}, line {reader.line_num}"
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise BadInput(f"{where}: {len(cells)} cells, but {len(header)} columns.")
            row = _Row(where, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
            for name, cell in row.cells.items():
                if not cell and name not in _OPTIONAL:
                    raise BadInput(f"{where}: {name} is empty.", hint="It must be filled in.")
            yield row
    except csv.Error as error:
        raise BadInput(f"{path}, line {reader.line_num}: this is not CSV: {error}.") from error


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path}, line {line}: this is not UTF-8 text.", hint="Save it again as UTF-8.") from error
    except FileNotFoundError as error:
        raise BadInput(f"There is no {path}.", hint="A plant graph needs all of its files.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error


def _check_header(path: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    for name in header:
        if name not in columns:
            near = did_you_mean(name, columns)
            raise BadInput(f"{path}, line 1: unknown column {name!r}.", hint=near or f"Columns: {', '.join(columns)}.")
    missing = [name for name in columns if name not in header]
    if missing:
        raise BadInput(f"{path}, line 1: the column {missing[0]!r} is missing.", hint=f"Columns: {', '.join(columns)}.")
    if len(header) != len(columns):
        raise BadInput(f"{path}, line 1: a column is there twice.")


def _add_node(nodes: dict[str, Node], file: _File, row: _Row) -> None:
    key = row.cells["id"]
    if key in nodes:
        raise BadInput(f"{row.where}: the id {key!r} is there already.", hint="Every id must be unique in the plant.")
    ends = {file.link.end[0]} if file.link else set()
    properties = _properties(row, leave_out={"id", *ends})
    if file.label == "WorkOrder":
        properties["name"] = key
        _check_order(row)
    nodes[key] = Node(key, file.label, properties)


def _add_sensors(nodes: dict[str, Node], registry: Registry) -> list[Relation]:
    """Adds a node for each sensor; returns which assets of the graph they measure."""
    measures = []
    for sensor in registry:
        if sensor.tag in nodes:
            raise BadInput(f"The tag {sensor.tag} is an id of the plant graph already.", hint="Rename that node.")
        properties = {"name": sensor.description or sensor.tag, "description": sensor.description, "unit": sensor.unit}
        nodes[sensor.tag] = Node(sensor.tag, "Sensor", properties)
        asset = nodes.get(sensor.asset)
        if asset is not None and asset.label == "Asset":
            measures.append(Relation(sensor.tag, "MEASURES", sensor.asset))
    return measures


def _relations(nodes: dict[str, Node], file: _File, link: _Link, rows: Sequence[_Row]) -> Iterator[Relation]:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        pair = row.cells[link.start[0]], row.cells[link.end[0]]
        for key, (_, label) in zip(pair, (link.start, link.end), strict=True):
            _check_end(nodes, key, label, row.where)
        if pair in seen:
            raise BadInput(f"{row.where}: {pair[0]} {link.type} {pair[1]} is there already.", hint="Remove one.")
        seen.add(pair)
        extra = {} if file.label else _properties(row, leave_out={link.start[0], link.end[0]})
        yield Relation(pair[0], link.type, pair[1], extra)


def _check_end(nodes: dict[str, Node], key: str, label: str, where: str) -> None:
    node = nodes.get(key)
    if node is None:
        near = did_you_mean(key, [known.key for known in nodes.values() if known.label == label])
        raise BadInput(f"{where}: there is no {label} {key!r}.", hint=near)
    if node.label != label:
        raise BadInput(f"{where}: {key} is a {node.label}; a {label} belongs here.")


def _properties(row: _Row, *, leave_out: set[str]) -> dict[str, Any]:
    return {
        name: _READERS.get(name, _text)(cell, name, row.where)
        for name, cell in row.cells.items()
        if cell and name not in leave_out
    }


def _check_order(row: _Row) -> None:
    status, closed = row.cells["status"], row.cells["closed"]
    if status not in {"open", "closed"}:
        raise BadInput(f"{row.where}: the status {status!r} is neither open nor closed.")
    if (status == "closed") != bool(closed):
        raise BadInput(f"{row.where}: the status is {status}, but closed is {closed or 'empty'}.")
    if closed and closed < row.cells["opened"]:
        raise BadInput(f"{row.where}: it was closed on {closed}, before it was opened.")


def _text(cell: str, _name: str, _where: str) -> str:
    return cell


def _number(cell: str, name: str, where: str) -> int:
    if not (cell.isascii() and cell.isdigit()):
        raise BadInput(f"{where}: {name} is {cell!r}, which is not a whole number.")
    return int(cell)


def _day(cell: str, name: str, where: str) -> str:
    try:
        day = date.fromisoformat(cell)
    except ValueError as error:
        raise BadInput(f"{where}: {name} is {cell!r}, which is not a date.", hint="Write it 2026-01-31.") from error
    return day.isoformat()


_READERS: Final[dict[str, Callable[[str, str, str], str | int]]] = {
    "stock": _number,
    "quantity": _number,
    "installed": _day,
    "opened": _day,
    "closed": _day,
}
