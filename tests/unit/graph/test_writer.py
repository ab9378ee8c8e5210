"""Forms as Cypher: what is written for each sort of them, and that it gives the rows that the form says."""

from __future__ import annotations

import contextlib
from collections import Counter

import pytest

from plant.facts import Refusal
from plant.graph.contract import Node, Relation
from plant.graph.kglite import KgliteGraph
from tests.unit.graph.forms import Forms, World, row
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.graph.guard import Guard
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Per, Rank, Relative, Thing, Times, Way
from tools.graph.parser.writer import write

TANGLE = World(
    [
        *(Node(f"U{n}", "Order", {"order": n % 3, "type": "A" if n % 2 else "b", "count": n / 2}) for n in range(6)),
        *(Node(f"X{n}", "Group", {"name": f"péage {n}", "end": "2026-03-0" + str(n)}) for n in range(1, 4)),
    ],
    [
        *(Relation(f"U{n}", "FLOWS", f"U{(n + 1) % 4}", {"set": n % 2}) for n in range(5)),
        Relation("U0", "FLOWS", "U1", {"set": 1}),
        Relation("U1", "FLOWS", "U1"),
        *(Relation(f"U{n}", "IN", f"X{1 + n % 2}") for n in range(4)),
        Relation("X1", "IN", "X2"),
    ],
)
"""A graph that loops, with parallel relationships, and with names that Cypher has other uses for."""
WORLDS = {"plant": World(NODES, RELATIONS), "tangle": TANGLE}
_BEYOND = ("steps of WITH", "not connected to each other")
"""Limits of the guard that a form with many counted links or comparisons may meet."""


@pytest.fixture(scope="module", params=WORLDS)
def opened(request, tmp_path_factory):
    world = WORLDS[request.param]
    with contextlib.closing(KgliteGraph(tmp_path_factory.mktemp("graph") / "graph", memory_mb=512)) as graph:
        graph.load(list(world.nodes.values()), world.relations)
        yield world, graph


def agrees(world, graph, ask):
    """Whether a form's query passes the guard and gives the form's rows; None for one beyond the guard's limits."""
    written = write(ask, world.schema)
    query = Guard(world.schema, row_limit=1_000).check(written.text, written.parameters)
    if isinstance(query, Refusal):
        assert any(limit in query.text for limit in _BEYOND), (query, written.text)
        return None
    found = graph.run(query, timeout_s=10)
    assert found.columns == written.columns
    assert Counter(map(row, found.rows)) == world.rows(ask), (ask, written)
    return True


def test_random_forms_give_the_rows_that_they_say(opened):
    world, graph = opened
    asks = [Forms(world, seed).ask() for seed in range(90)]
    outcomes = Counter(agrees(world, graph, ask) for ask in asks)
    assert outcomes[None] < 9
    assert {ask.kind for ask in asks} == set(Kind) - {Kind.PATH}
    assert sum(bool(world.rows(ask)) for ask in asks) > 45
