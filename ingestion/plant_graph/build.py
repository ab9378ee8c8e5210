"""Rows to nodes and relationships that hold together, and to rejections where they do not."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from ingestion.plant_graph.flow import round_trips
from ingestion.plant_graph.kinds import Kind, Link, Rejection, short
from plant.errors import did_you_mean
from plant.graph.contract import Node, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingestion.plant_graph.files import Folder, Row, Sheet
    from plant.registry import Registry

_SUGGESTIONS: Final = 10
_CANDIDATES: Final = 5_000
"""Nearest names cost time for each name there is: a few of the first rejections have them."""
_KEY: Final = 100
_LISTED: Final = 5


class Rejected(msgspec.Struct, frozen=True):
    """A row that is not loaded.

    Attributes:
        file: The file's name.
        line: The line it begins on.
        reason: Why, as a sentence.
    """

    file: str
    line: int
    reason: str


class Plant(msgspec.Struct, frozen=True):
    """A plant that holds together.

    Attributes:
        nodes: Each key once.
        relations: Both ends of each are nodes.
        rejected: The rows that are left out, by file and line.
        distrusted: The files, or kinds of a file that holds several, of which more than half of the rows are
            rejected: probably wrong exports.
        left_out: The files that are left out as a whole, since there is nothing that they could be about.
        notes: What should be known of it, as sentences.
    """

    nodes: tuple[Node, ...]
    relations: tuple[Relation, ...]
    rejected: tuple[Rejected, ...]
    distrusted: tuple[str, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def digest(self) -> str:
        """sha256 of what it holds, in whatever order."""
        return digest_of(
            ((node.label, {**node.properties, "id": node.key}) for node in self.nodes),
            ((r.start, r.type, r.end, r.properties) for r in self.relations),
        )


def digest_of(
    nodes: Iterable[tuple[str, dict[str, Any]]], relations: Iterable[tuple[str, str, str, dict[str, Any]]]
) -> str:
    """Returns the sha256 of a graph, the same for any order of its parts; properties that are null are not there."""
    lines = [_line("node", label, properties) for label, properties in nodes]
    lines += [_line("relation", *ends, properties) for *ends, properties in relations]
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


def _line(*parts: Any) -> bytes:
    *names, properties = parts
    there = {name: value for name, value in properties.items() if value is not None}
    return msgspec.json.encode([*names, sorted(there.items())])


def build(folder: Folder, registry: Registry) -> Plant:
    """Makes the plant of a folder's rows.

    A row is rejected for a value that is not what its column holds, an id that is there already, or an end
    that is not there, rows that were rejected included.
    """
    made = _Building(registry, folder.notes)
    sheets = {sheet.kind.name: sheet for sheet in folder.sheets}
    for sheet in folder.sheets:
        if sheet.kind.label == "Sensor":
            made.add_sensors(sheet)
        elif sheet.kind.label:
            made.add_nodes(sheet)
        if sheet.kind.name == "assets" and "sensors" not in sheets:
            made.add_registered()
    for sheet in folder.sheets:
        if not sheet.kind.label:
            made.add_relations(sheet)
    return made.plant(folder.sheets)


class _Candidate(NamedTuple):
    """A row whose values are right: its line, the id of its node, its properties, and the links that it states."""

    line: int
    key: str
    properties: dict[str, Any]
    links: list[tuple[Link, str, str]]


class _Building:
    """A plant as it grows."""

    def __init__(self, registry: Registry, notes: Sequence[str]) -> None:
        self._registry = registry
        self._nodes: dict[str, Node] = {}
        self._relations: list[Relation] = []
        self._rejected: list[Rejected] = []
        self._faulty: Counter[str] = Counter()
        self._left_out: list[str] = []
        self._lost: set[str] = set()
        self._notes = list(notes)
        self._suggested = 0

    def add_nodes(self, sheet: Sheet) -> None:
        """Adds the nodes of a sheet, and the relationships that its rows state."""
        own = self._own(sheet)
        for key, fault in self._rootless(own, sheet.kind.label).items():
            self._reject(sheet, own.pop(key).line, fault, key)
        for candidate in own.values():
            if sheet.kind.label == "WorkOrder":
                candidate.properties.setdefault("name", candidate.key)
            self._add(sheet.kind.label, candidate)

    def add_sensors(self, sheet: Sheet) -> None:
        """Adds the sensors of a file; what it does not say of a tag the registry does."""
        strangers = []
        for candidate in self._own(sheet).values():
            known = self._registry.get(candidate.key)
            if known is None:
                strangers.append(candidate.key)
            else:
                for name, value in (("description", known.description), ("unit", known.unit)):
                    candidate.properties.setdefault(name, value)
                if not candidate.links and self._is_asset(known.asset):
                    candidate.links.append((sheet.kind.links[0], candidate.key, known.asset))
            candidate.properties.setdefault("name", candidate.properties.get("description") or candidate.key)
            self._add("Sensor", candidate)
        if strangers and len(self._registry):
            self._notes.append(f"Not in the sensor registry: {_few(strangers, 'tag')} of {sheet.file}.")

    def add_registered(self) -> None:
        """Adds the sensors of the registry, but for those of assets that are not here."""
        if not len(self._registry):
            self._notes.append("There are no sensors: there is no sensors file, and the sensor registry is empty.")
        elsewhere = []
        for sensor in self._registry:
            here = self._is_asset(sensor.asset)
            if sensor.tag in self._nodes or (sensor.asset and not here):
                elsewhere.append(sensor.tag)
                continue
            name = sensor.description or sensor.tag
            properties = {"name": name, "description": sensor.description, "unit": sensor.unit}
            self._nodes[sensor.tag] = Node(sensor.tag, "Sensor", properties)
            if here:
                self._relations.append(Relation(sensor.tag, "MEASURES", sensor.asset))
        if elsewhere:
            self._notes.append(f"Left out, since their assets are not here: {_few(elsewhere, 'tag')} of the registry.")

    def add_relations(self, sheet: Sheet) -> None:
        """Adds the relationships of a sheet that has nothing else."""
        if "sensor" in sheet.kind.columns and not any(node.label == "Sensor" for node in self._nodes.values()):
            self._notes.append(f"{sheet.file} is left out: neither a sensors file nor the registry has a sensor.")
            if sheet.rows:
                self._left_out.append(sheet.file)
            return
        seen: dict[tuple[str, ...], int] = {}
        pairs = []
        for candidate in self._candidates(sheet):
            ((link, start, end),) = candidate.links
            fault = self._dangling(candidate)
            first = seen.setdefault((start, end, str(candidate.properties.get("medium", ""))), candidate.line)
            if not fault and start == end:
                fault = f"{start} {link.type} itself."
            if not fault and first != candidate.line:
                fault = f"{start} {link.type} {end} is there already, in line {first}."
            if fault:
                self._reject(sheet, candidate.line, fault)
            else:
                pairs.append((start, end))
                self._relations.append(Relation(start, link.type, end, candidate.properties))
        if sheet.kind.name == "feeds" and (rounds := round_trips(pairs)):
            self._notes.append(f"The flow goes round through {_few(rounds, 'asset')}: each is upstream of itself.")

    def plant(self, sheets: Sequence[Sheet]) -> Plant:
        """Returns what was built."""
        kinds = Counter(sheet.file for sheet in sheets)
        distrusted = [
            f"{sheet.file} ({sheet.kind.name})" if kinds[sheet.file] > 1 else sheet.file
            for sheet in sheets
            if 2 * self._faulty[sheet.kind.name] > len(sheet.rows)
        ]
        return Plant(
            tuple(self._nodes.values()),
            tuple(self._relations),
            tuple(sorted(self._rejected, key=lambda row: (row.file, row.line))),
            tuple(distrusted),
            tuple(self._left_out),
            tuple(self._notes),
        )

    def _own(self, sheet: Sheet) -> dict[str, _Candidate]:
        """Returns the rows of a sheet of nodes by id, each once; their links to other labels hold."""
        own: dict[str, _Candidate] = {}
        for candidate in self._candidates(sheet):
            key, there = candidate.key, self._nodes.get(candidate.key)
            if key in own:
                self._reject(sheet, candidate.line, f"the id {key!r} is there already, in line {own[key].line}.")
            elif there is not None:
                self._reject(sheet, candidate.line, f"the id {key!r} is there already, for a node of {there.label}.")
            elif fault := self._dangling(candidate, besides=sheet.kind.label):
                self._reject(sheet, candidate.line, fault, key)
            else:
                own[key] = candidate
        return own

    def _candidates(self, sheet: Sheet) -> Iterator[_Candidate]:
        """Yields the rows whose values are right, and rejects the others."""
        for row in sheet.rows:
            try:
                yield self._read(sheet.kind, row)
            except Rejection as rejection:
                self._reject(sheet, row.line, str(rejection), str(row.cells.get(sheet.kind.key, "")))

    def _read(self, kind: Kind, row: Row) -> _Candidate:
        if row.fault:
            raise Rejection(row.fault)
        empty = next((column for column in kind.required if column not in row.cells), None)
        if empty is not None:
            raise Rejection(f"{empty} is empty. It must be filled in.")
        values: dict[str, Any] = {column: kind.columns[column](cell, column) for column, cell in row.cells.items()}
        if kind.label == "WorkOrder":
            _check_order(values)
        links = [
            (link, self._spelled(values[link.start[0]], link.start[1]), self._spelled(values[link.end[0]], link.end[1]))
            for link in kind.links
            if link.end[0] in values
        ]
        properties = {name: value for name, value in values.items() if name not in kind.ends}
        return _Candidate(row.line, self._spelled(values.get(kind.key, ""), kind.label), properties, links)

    def _spelled(self, key: str, label: str) -> str:
        """Returns an id; a tag as the registry spells it."""
        known = self._registry.get(key) if label == "Sensor" else None
        return known.tag if known else key

    def _dangling(self, candidate: _Candidate, *, besides: str = "") -> str:
        """Returns which end of a row's links is not there; its own id and those of the label `besides` aside."""
        for link, start, end in candidate.links:
            for key, label in ((start, link.start[1]), (end, link.end[1])):
                fault = "" if key == candidate.key or label == besides else self._fault(key, label)
                if fault:
                    return fault
        return ""

    def _is_asset(self, key: str) -> bool:
        node = self._nodes.get(key)
        return node is not None and node.label == "Asset"

    def _fault(self, key: str, label: str) -> str:
        node = self._nodes.get(key)
        if node is None and key in self._lost:
            return f"{label} {short(key)} is rejected itself."
        if node is None:
            return f"there is no {label} {short(key)}. {self._near(key, label)}".rstrip()
        return "" if node.label == label else f"{short(key)} is not of label {label} but of {node.label}."

    def _rootless(self, own: dict[str, _Candidate], label: str) -> dict[str, str]:
        """Returns, for each row whose line of parents does not end, what is wrong with it."""
        parents = {c.key: end for c in own.values() for link, _, end in c.links if link.end[1] == label}
        faults: dict[str, str] = dict.fromkeys(own.keys() - parents.keys(), "")
        for child in parents:
            line: dict[str, None] = {}
            at = child
            while at in parents and at not in faults and at not in line:
                line[at] = None
                at = parents[at]
            if at in line:
                fault = f"its line of parents goes round, through {short(at)}."
            elif at in faults:
                fault = faults[at] and f"{label} {short(at)} is rejected itself."
            else:
                fault = self._fault(at, label)
            for key in reversed(line):
                faults[key] = fault
                fault = fault and f"{label} {short(key)} is rejected itself."
        return {key: fault for key, fault in faults.items() if fault}

    def _add(self, label: str, candidate: _Candidate) -> None:
        self._nodes[candidate.key] = Node(candidate.key, label, candidate.properties)
        self._relations += [Relation(start, link.type, end) for link, start, end in candidate.links]

    def _reject(self, sheet: Sheet, line: int, reason: str, key: str = "") -> None:
        self._rejected.append(Rejected(sheet.file, line, reason))
        self._faulty[sheet.kind.name] += 1
        self._lost.add(key)

    def _near(self, key: str, label: str) -> str:
        self._suggested += 1
        if self._suggested > _SUGGESTIONS:
            return ""
        known = [node.key for node in self._nodes.values() if node.label == label]
        return did_you_mean(key[:_KEY], known) if len(known) <= _CANDIDATES else ""


def _check_order(values: dict[str, Any]) -> None:
    status, closed = values["status"], values.get("closed")
    if (status == "closed") != bool(closed):
        raise Rejection(f"the status is {status}, but closed is {closed or 'empty'}.")
    if closed and closed < values["opened"]:
        raise Rejection(f"it was closed on {closed}, before it was opened.")


def _few(names: Sequence[str], what: str) -> str:
    """Returns how many there are, with the first of them."""
    listed = ", ".join(names[:_LISTED])
    more = ", ..." if len(names) > _LISTED else ""
    return f"{len(names)} {what}{'' if len(names) == 1 else 's'} ({listed}{more})"
