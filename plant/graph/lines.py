"""The embedded graph's file: JSON lines, one node or relationship each, safe to read from anybody.

    {"format":"millhand-graph","version":1}
    ["node","P-101","Asset",{"name":"pump P-101","kind":"pump"}]
    ["relation","P-101","FEEDS","E-101",{}]

A graph is checked when it is written and again when it is read, so an engine only ever sees one
that holds together.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plant.errors import BadInput, did_you_mean
from plant.graph.contract import GraphSchema, Node, NodeType, Relation, RelationType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HEADER: Final = {"format": "millhand-graph", "version": 1}
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

_NodeLine = tuple[str, str, str, dict[str, Any]]
_RelationLine = tuple[str, str, str, str, dict[str, Any]]


def write_graph(path: Path, nodes: Sequence[Node], relations: Sequence[Relation]) -> None:
    """Replaces the file with a graph, all or nothing.

    Raises:
        BadInput: If the graph does not hold together (see `check_graph`), or the file cannot be written.
    """
    check_graph(nodes, relations)
    lines: list[object] = [_HEADER]
    lines += [("node", node.key, node.label, node.properties) for node in nodes]
    lines += [("relation", r.start, r.type, r.end, r.properties) for r in relations]
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BadInput(f"The plant graph cannot be written to {path}: {error.strerror}.") from error


def read_graph(path: Path) -> tuple[list[Node], list[Relation]]:
    """Reads and checks a graph.

    Raises:
        BadInput: If there is no such file, or a line of it is not what it should be; it names the line.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError as error:
        raise BadInput(
            f"There is no plant graph at {path}.",
            hint="Load one with millhand graph load DIR.",
        ) from error
    except OSError as error:
        raise BadInput(f"The plant graph {path} cannot be read: {error.strerror}.") from error
    _check_header(path, lines[0] if lines else b"")
    nodes: list[Node] = []
    relations: list[Relation] = []
    for number, line in enumerate(lines[1:], start=2):
        try:
            if line.startswith(b'["node"'):
                nodes.append(Node(*msgspec.json.decode(line, type=_NodeLine)[1:]))
            else:
                relations.append(Relation(*msgspec.json.decode(line, type=_RelationLine)[1:]))
        except msgspec.DecodeError as error:
            raise BadInput(f"{path}, line {number}, is neither a node nor a relationship: {error}.") from error
    check_graph(nodes, relations)
    return nodes, relations


def check_graph(nodes: Sequence[Node], relations: Sequence[Relation]) -> None:
    """Checks that a graph holds together.

    Raises:
        BadInput: For a key twice, a relationship whose ends are not there, a name that is not a
            plain word, or a value that is neither plain nor a list of plain values.
    """
    seen = Counter(node.key for node in nodes)
    twice = next((key for key, count in seen.items() if count > 1), None)
    if twice is not None:
        raise BadInput(f"The node {twice!r} is there {seen[twice]} times.", hint="Every key must be unique.")
    for node in nodes:
        if not node.key:
            raise BadInput(f"A node of label {node.label!r} has an empty key.")
        if node.properties.get("id", node.key) != node.key:
            raise BadInput(f"The node {node.key!r} has another id, {node.properties['id']!r}.", hint="Leave it out.")
        _check_words(f"the node {node.key!r}", node.label, node.properties)
    for relation in relations:
        where = f"the relationship {relation.start!r} {relation.type} {relation.end!r}"
        for end in (relation.start, relation.end):
            if end not in seen:
                raise BadInput(f"There is no node {end!r} for {where}.", hint=did_you_mean(end, seen))
        _check_words(where, relation.type, relation.properties)


def schema_of(nodes: Sequence[Node], relations: Sequence[Relation]) -> GraphSchema:
    """Returns labels, triples, their properties (`id` first) and counts, each sorted by name."""
    label_of = {node.key: node.label for node in nodes}
    labels = Counter(label_of.values())
    triples = Counter((label_of[r.start], r.type, label_of[r.end]) for r in relations)
    node_names: dict[str, set[str]] = {label: set() for label in labels}
    for node in nodes:
        node_names[node.label].update(name for name in node.properties if name != "id")
    relation_names: dict[tuple[str, str, str], set[str]] = {triple: set() for triple in triples}
    for r in relations:
        relation_names[label_of[r.start], r.type, label_of[r.end]].update(r.properties)
    return GraphSchema(
        nodes=tuple(NodeType(label, ("id", *sorted(node_names[label])), labels[label]) for label in sorted(labels)),
        relations=tuple(
            RelationType(*triple, tuple(sorted(relation_names[triple])), triples[triple]) for triple in sorted(triples)
        ),
    )


def grouped(nodes: Sequence[Node], relations: Sequence[Relation]) -> dict[str, Any]:
    """Groups rows by label and by triple, since a label cannot be a parameter."""
    label_of = {node.key: node.label for node in nodes}
    by_label: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for node in nodes:
        by_label[node.label].append({"name": None, **node.properties, "id": node.key})
    by_triple: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for r in relations:
        row = {"tail": r.start, "head": r.end, "properties": r.properties}
        by_triple[label_of[r.start], r.type, label_of[r.end]].append(row)
    return {"nodes": list(by_label.items()), "relations": [[*triple, rows] for triple, rows in by_triple.items()]}


def _check_header(path: Path, line: bytes) -> None:
    try:
        header = msgspec.json.decode(line)
    except msgspec.DecodeError:
        header = None
    if header != _HEADER:
        raise BadInput(
            f"{path} is not a plant graph of this version.", hint="Load it again with millhand graph load DIR."
        )


def _check_words(where: str, name: str, properties: dict[str, Any]) -> None:
    for word in (name, *properties):
        if not _WORD.match(word):
            raise BadInput(f"{word!r} in {where} is not a name.", hint="Use letters, digits and underscores.")
    for key, value in properties.items():
        items = value if isinstance(value, list) else [value]
        if not all(item is None or isinstance(item, bool | int | float | str) for item in items):
            raise BadInput(f"The property {key!r} of {where} is neither a plain value nor a list of them.")
