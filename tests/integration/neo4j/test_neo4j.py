"""A real Neo4j keeps the rules of a graph engine, and says in a sentence when it cannot be asked."""

from __future__ import annotations

import contextlib
import secrets

import pytest

from plant.errors import ServiceUnavailable
from plant.graph.contract import seal
from plant.graph.neo4j import Neo4jGraph
from tests.conformance.graph_rules import GraphRules
from tests.integration.servers import serve
from tests.unit.graph.small_plant import NODES, RELATIONS

pytestmark = pytest.mark.neo4j

PASSWORD = secrets.token_urlsafe(12)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with serve("neo4j", tmp_path_factory.mktemp("neo4j"), "--password", PASSWORD) as address:
        yield f"bolt://{address.rpartition('//')[2]}"


@pytest.fixture(scope="class")
def backend(url):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILLHAND_GRAPH_PASSWORD", PASSWORD)
        graph = Neo4jGraph(url)
    with contextlib.closing(graph):
        graph.load(NODES, RELATIONS)
        yield graph


class TestNeo4j(GraphRules):
    def test_loading_again_gives_the_same_graph(self, backend):
        before = self.fingerprint(backend)
        backend.load(NODES, RELATIONS)
        assert self.fingerprint(backend) == before

    def test_a_wrong_password_is_told(self, url, monkeypatch):
        monkeypatch.setenv("MILLHAND_GRAPH_PASSWORD", "not the password")
        with contextlib.closing(Neo4jGraph(url)) as graph, pytest.raises(ServiceUnavailable, match="password"):
            graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=5)

    def test_a_server_that_is_not_there_is_told(self, monkeypatch):
        with (
            contextlib.closing(Neo4jGraph("bolt://127.0.0.1:1")) as graph,
            pytest.raises(ServiceUnavailable, match="answer"),
        ):
            graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=5)
