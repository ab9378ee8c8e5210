"""Negative controls: graphs that cannot know what is asked. What is still answered right owes nothing to the graph.

| control | what is left |
|---|---|
| `empty-graph` | no node |
| `no-data` | the nodes with their ids; no relationship, no other property |
| `shuffled-edges` | all nodes; relationships join others of the same labels |

The tool sees the schema of the graph as it is, so it understands the questions as before. A control should break each
question whose reference gives other rows there: a count of 0 is right of an empty graph too, and however its edges are
shuffled, the one manual describes whatever is described.
"""

from __future__ import annotations

from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

import msgspec

from plant.graph.contract import Node, Relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.graph.contract import GraphBackend, GraphSchema, GuardedQuery, Rows


class ControlName(StrEnum):
    """Which control."""

    EMPTY_GRAPH = "empty-graph"
    NO_DATA = "no-data"
    SHUFFLED_EDGES = "shuffled-edges"


class Shown:
    """A graph under the schema of another; see `plant.graph.contract.GraphBackend`.

    Args:
        backend: The graph that is asked.
        schema: The one that it shows.
    """

    def __init__(self, backend: GraphBackend, schema: GraphSchema) -> None:
        self._backend = backend
        self._schema = schema
        self.name = backend.name

    def schema(self) -> GraphSchema:
        """Returns the schema that it was given."""
        return self._schema

    def revision(self) -> str:
        """Returns that of the graph beneath."""
        return self._backend.revision()

    def explain(self, query: GuardedQuery) -> str:
        """Returns the plan on the graph beneath."""
        return self._backend.explain(query)

    def run(self, query: GuardedQuery, *, timeout_s: float) -> Rows:
        """Runs a query on the graph beneath; raises what that raises."""
        return self._backend.run(query, timeout_s=timeout_s)

    def load(self, nodes: Sequence[Node], relations: Sequence[Relation]) -> None:
        """Replaces the graph beneath; the schema stays."""
        self._backend.load(nodes, relations)

    def close(self) -> None:
        """Ends the graph beneath."""
        self._backend.close()


def broken(
    control: ControlName, nodes: Sequence[Node], relations: Sequence[Relation], *, seed: int
) -> tuple[list[Node], list[Relation]]:
    """Returns the graph of a control.

    Args:
        control: Which.
        nodes: Of the graph as it is.
        relations: Of the graph as it is.
        seed: What edges are shuffled with.
    """
    if control is ControlName.EMPTY_GRAPH:
        return [], []
    if control is ControlName.NO_DATA:
        return [Node(node.key, node.label, {}) for node in nodes], []
    return list(nodes), _shuffled(nodes, relations, Random(seed))  # noqa: S311 (a draw, not a secret)


def _shuffled(nodes: Sequence[Node], relations: Sequence[Relation], random: Random) -> list[Relation]:
    """Gives each relationship the end of another one of its type, and both ends to other nodes of their labels.

    The first alone would leave every node as many relationships as it had, and each count right.
    """
    labels = {node.key: node.label for node in nodes}
    keys: dict[str, list[str]] = {}
    for node in nodes:
        keys.setdefault(node.label, []).append(node.key)
    other: dict[str, str] = {}
    for same in keys.values():
        mixed = random.sample(same, len(same))
        other |= dict(zip(same, mixed, strict=True))
    groups: dict[tuple[str, str, str], list[Relation]] = {}
    for relation in relations:
        groups.setdefault((labels[relation.start], relation.type, labels[relation.end]), []).append(relation)
    return [
        msgspec.structs.replace(relation, start=other[relation.start], end=other[end])
        for group in groups.values()
        for relation, end in zip(group, random.sample([r.end for r in group], len(group)), strict=True)
    ]
