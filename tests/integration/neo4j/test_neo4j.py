"""A real Neo4j keeps the rules of a graph engine, and says in a sentence when it cannot be asked."""

from __future__ import annotations

import contextlib
import socket
import threading

import neo4j
import pytest

from plant.errors import ServiceUnavailable
from plant.graph.contract import QueryFailed, QueryTimeout, seal
from plant.graph.neo4j import Neo4jGraph
from tests.conformance.graph_rules import RUNAWAYS, GraphRules
from tests.unit.graph.small_plant import NODES, RELATIONS

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="class")
def backend(server):
    with contextlib.closing(server.graph()) as graph:
        graph.load(NODES, RELATIONS)
        yield graph


@pytest.fixture(scope="class")
def console(server):
    """A second way in, past millhand."""
    address, user = server.url.rpartition("@")[2], "neo4j"
    if "@" in server.url:
        user = server.url.partition("://")[2].partition("@")[0]
    host = address.partition("://")[2] if "://" in address else address
    with neo4j.GraphDatabase.driver(f"bolt://{host.partition('/')[0]}", auth=(user, server.password)) as driver:
        yield driver


class TestNeo4j(GraphRules):
    def test_loading_again_gives_the_same_graph(self, backend):
        before = self.fingerprint(backend)
        backend.load(NODES, RELATIONS)
        assert self.fingerprint(backend) == before

    @pytest.mark.parametrize("name", RUNAWAYS)
    def test_a_runaway_is_ended_and_the_conversation_goes_on(self, backend, console, waiting, name):
        """And nothing of it is left on the server."""
        text = RUNAWAYS[name]
        with pytest.raises((QueryTimeout, QueryFailed)) as told:
            backend.run(seal(text, {}, 5), timeout_s=0.5)
        assert isinstance(told.value, QueryFailed) or "longer than 0.5 s" in str(told.value)
        assert self.ask(backend, "RETURN 1 AS one").rows == ((1,),)
        waiting(lambda: text not in running(console), seconds=3, what=f"the end of {name}")

    @pytest.mark.parametrize(
        "text",
        ["CREATE (n:Evil)", "CREATE INDEX evil FOR (n:Asset) ON (n.id)", "SHOW USERS", "CALL db.createLabel('Evil')"],
    )
    def test_what_the_server_does_not_take_for_reading_is_not_run(self, backend, text):
        with pytest.raises(QueryFailed, match=r"more than read|refused"):
            self.ask(backend, text)
        with pytest.raises(QueryFailed, match=r"more than read|refused"):
            backend.explain(seal(text, {}, 5))

    def test_a_schema_that_changed_is_seen_by_the_next_question(self, backend, console):
        before = backend.schema()
        assert backend.schema() is before
        console.execute_query("MATCH (n:Part {id: 'PT-7'}) SET n.shelf = 'B2'")
        part = next(node for node in backend.schema().nodes if node.label == "Part")
        assert "shelf" in part.properties
        console.execute_query("MATCH (n:Part {id: 'PT-7'}) REMOVE n.shelf")
        assert backend.schema() == before

    def test_a_wrong_password_is_told_and_not_shown(self, server, monkeypatch):
        monkeypatch.setenv("MILLHAND_GRAPH_PASSWORD", "not-the-password")
        with contextlib.closing(Neo4jGraph(server.url)) as graph:
            with pytest.raises(ServiceUnavailable, match="password") as told:
                graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=5)
            assert "not-the-password" not in f"{told.value} {told.value.__cause__}"


def running(console: neo4j.Driver) -> list[str]:
    """Returns the texts of the transactions on the server."""
    rows = console.execute_query("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery").records
    return [row["currentQuery"] for row in rows]


def test_a_server_that_is_not_there_is_told():
    with (
        contextlib.closing(Neo4jGraph("bolt://127.0.0.1:1")) as graph,
        pytest.raises(ServiceUnavailable, match="does not answer"),
    ):
        graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=5)


@pytest.fixture
def silent_server():
    """An address that takes connections and never says a word."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"bolt://127.0.0.1:{listener.getsockname()[1]}"


def test_a_server_that_never_answers_is_told_each_time(silent_server):
    before = threading.active_count()
    with contextlib.closing(Neo4jGraph(silent_server)) as graph:
        for _ in range(3):
            with pytest.raises(ServiceUnavailable, match="does not answer"):
                graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=0.2)
            with pytest.raises(ServiceUnavailable, match="does not answer"):
                graph.run(seal("RETURN 2 AS two", {}, 5), timeout_s=0.2)
    assert before <= threading.active_count() < before + 20
