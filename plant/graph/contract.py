"""What a graph engine is, and the only kind of query it takes.

Rules every engine keeps:

- `run` takes a `GuardedQuery` and nothing else. It checks the seal and the hash, so a text that
  was changed after it was guarded is not executed.
- A query ends at its timeout: the caller has `QueryTimeout` within one second of it, whatever the engine does.
- At most `row_limit` rows come back, and `truncated` says whether there were more.
- An engine is read only to its callers; it is loaded by `load` alone, which replaces everything.
- Values in rows are plain: None, bool, int, float, str, lists and dicts of these.

`tests/conformance/test_graph.py` runs over every engine.
"""

from __future__ import annotations

import hashlib
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from plant.errors import BadInput, ExitCode, MillhandError

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEAL: Final = object()
_DEEPEST: Final = 5


class QueryTimeout(MillhandError):
    """The query ran longer than its limit and was ended."""

    title = "The query took too long"
    exit_code = ExitCode.REFUSED


class QueryFailed(MillhandError):
    """The engine refused or failed the query; the message has the engine's words."""

    title = "The query failed"
    exit_code = ExitCode.REFUSED


class GuardedQuery:
    """A query that passed the guard: read only, one statement, bounded.

    Made by `seal`, which only `tools/graph/guard.py` may call (a test checks that).

    Attributes:
        text: The Cypher that will run, rewritten by the guard.
        parameters: Values for its parameters, literals lifted out of the text included.
        row_limit: The most rows it may return.
        digest: sha256 of the text, checked again by the executor.
    """

    __slots__ = ("digest", "parameters", "row_limit", "text")

    def __init__(self, seal: object, text: str, parameters: dict[str, Any], row_limit: int) -> None:
        if seal is not _SEAL:
            raise TypeError("only the guard makes a GuardedQuery")
        self.text = text
        self.parameters = parameters
        self.row_limit = row_limit
        self.digest = _digest(text)

    def verify(self) -> None:
        """Raises `BadInput` if the text is not the one that was guarded."""
        if _digest(self.text) != self.digest:
            raise BadInput("The query was changed after it was checked.")


def seal(text: str, parameters: dict[str, Any], row_limit: int) -> GuardedQuery:
    """Makes a guarded query. For the guard only."""
    return GuardedQuery(_SEAL, text, parameters, row_limit)


def is_value(value: object, *, depth: int = 0) -> bool:
    """Tells whether an engine takes a value as a parameter: None, bool, int of 64 bits, float, str, lists and dicts."""
    if isinstance(value, str):
        return not any("\ud800" <= mark <= "\udfff" for mark in value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, list | tuple):
        return depth < _DEEPEST and all(is_value(item, depth=depth + 1) for item in value)
    if isinstance(value, dict):
        named = all(isinstance(key, str) and is_value(key) for key in value)
        return named and depth < _DEEPEST and all(is_value(item, depth=depth + 1) for item in value.values())
    return value is None or (isinstance(value, float) and isfinite(value))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class NodeType(msgspec.Struct, frozen=True):
    """A label of the graph with its properties and how many nodes carry it."""

    label: str
    properties: tuple[str, ...]
    count: int


class RelationType(msgspec.Struct, frozen=True):
    """A relationship as it occurs: (start)-[type]->(end), with its properties and count."""

    start: str
    type: str
    end: str
    properties: tuple[str, ...]
    count: int


class GraphSchema(msgspec.Struct, frozen=True):
    """What there is to ask about."""

    nodes: tuple[NodeType, ...]
    relations: tuple[RelationType, ...]


class Node(msgspec.Struct, frozen=True):
    """A node to load. `key` is unique in the whole graph and becomes its property `id`."""

    key: str
    label: str
    properties: dict[str, Any]


class Relation(msgspec.Struct, frozen=True):
    """A relationship to load, between two node keys."""

    start: str
    type: str
    end: str
    properties: dict[str, Any] = msgspec.field(default_factory=dict)


class Rows(msgspec.Struct, frozen=True):
    """What a query returned."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool
    seconds: float


class GraphBackend(Protocol):
    """A graph engine. See the module's docstring for the rules."""

    @property
    def name(self) -> str:
        """What it is, for people: `kglite`, `neo4j`."""

    def schema(self) -> GraphSchema:
        """Returns labels, relationship triples, properties and counts as they are now."""

    def revision(self) -> str:
        """Returns a text that is another once the graph has changed; empty where the engine cannot tell.

        Cheap, where `schema` may read the whole graph. Raises as `run` does.
        """

    def explain(self, query: GuardedQuery) -> str:
        """Returns the engine's plan for a query, a step a line, without running it. Raises as `run` does."""

    def run(self, query: GuardedQuery, *, timeout_s: float) -> Rows:
        """Runs a guarded query. Raises `QueryTimeout`, `QueryFailed`, `ServiceUnavailable`."""

    def load(self, nodes: Sequence[Node], relations: Sequence[Relation]) -> None:
        """Replaces the whole graph. Raises `BadInput` for a relation whose ends are not there."""

    def close(self) -> None:
        """Ends the engine; it may not be used after."""
