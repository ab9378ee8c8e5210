"""Written forms on a real Neo4j: the rows are those that the form says, as on kglite."""

from __future__ import annotations

import contextlib
import secrets
from collections import Counter

import pytest

from plant.graph.neo4j import Neo4jGraph
from tests.integration.servers import serve
from tests.unit.graph.forms import Forms
from tests.unit.graph.test_writer import E_101, PLANT, TANGLE, agrees
from tools.graph.guard import Guard
from tools.graph.parser.form import Ask, Kind, Thing
from tools.graph.parser.writer import write

pytestmark = pytest.mark.neo4j

PASSWORD = secrets.token_urlsafe(12)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve("neo4j", tmp_path_factory.mktemp("neo4j"), "--password", PASSWORD) as address:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MILLHAND_GRAPH_PASSWORD", PASSWORD)
            graph = Neo4jGraph(f"bolt://{address.rpartition('//')[2]}")
        with contextlib.closing(graph):
            yield graph


@pytest.mark.parametrize("world", [PLANT, TANGLE], ids=["plant", "tangle"])
def test_random_forms_give_the_rows_that_they_say(server, world):
    server.load(list(world.nodes.values()), world.relations)
    outcomes = Counter(agrees(world, server, Forms(world, seed).ask()) for seed in range(40))
    assert outcomes[True] > 30


def test_a_path_is_found(server):
    server.load(list(PLANT.nodes.values()), PLANT.relations)
    written = write(Ask(Thing("Asset", ids=("T-101",)), Kind.PATH, to=E_101), PLANT.schema)
    query = Guard(PLANT.schema, row_limit=10).check(written.text, written.parameters)
    assert [row[0] for row in server.run(query, timeout_s=10).rows] == [["T-101", "P-101", "E-101"]]
