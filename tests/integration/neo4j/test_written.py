"""Written forms on a real Neo4j: the rows are those that the form says, as on kglite."""

from __future__ import annotations

import contextlib
from collections import Counter

import pytest

from plant.graph.contract import GraphSchema, NodeType
from tests.unit.graph.forms import Forms
from tests.unit.graph.test_writer import E_101, IN_THE_WORKSHOP, PLANT, TANGLE, WORKSHOP, agrees
from tools.graph.guard import Guard
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Thing
from tools.graph.parser.writer import write

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def graph(server):
    with contextlib.closing(server.graph()) as graph:
        yield graph


@pytest.mark.parametrize("world", [PLANT, TANGLE, WORKSHOP], ids=["plant", "tangle", "workshop"])
def test_random_forms_give_the_rows_that_they_say(graph, world):
    graph.load(list(world.nodes.values()), world.relations)
    outcomes = Counter(agrees(world, graph, Forms(world, seed).ask()) for seed in range(40))
    assert outcomes[True] > 30


def test_figures_and_comparisons_in_the_workshop(graph):
    graph.load(list(WORKSHOP.nodes.values()), WORKSHOP.relations)
    assert all(agrees(WORKSHOP, graph, ask) for ask, _ in IN_THE_WORKSHOP.values())


def test_a_path_is_found(graph):
    graph.load(list(PLANT.nodes.values()), PLANT.relations)
    written = write(Ask(Thing("Asset", ids=("T-101",)), Kind.PATH, to=E_101), PLANT.schema)
    query = Guard(PLANT.schema, row_limit=10).check(written.text, written.parameters)
    assert [row[0] for row in graph.run(query, timeout_s=10).rows] == [["T-101", "P-101", "E-101"]]


def test_days_of_the_server_are_compared_as_days(graph):
    graph.load([], [])
    with graph._driver.session() as session:
        session.run(
            "CREATE (:Order {id: 'A', opened: date('2026-03-05'), at: datetime('2026-03-31T10:00:00Z')}),"
            " (:Order {id: 'B', opened: date('2026-05-05'), at: datetime('2026-04-01T00:00:00Z')})"
        ).consume()
    schema = GraphSchema((NodeType("Order", ("id", "at", "opened"), 2),), ())
    for name, day in (("opened", "2026-03-05"), ("at", "2026-03-31")):
        until = Thing("Order", filters=(Filter(name, Compare.AT_MOST, (day,)),))
        written = write(Ask(until), schema)
        query = Guard(schema, row_limit=10).check(written.text, written.parameters)
        assert graph.run(query, timeout_s=10).rows == (("A",),)
