"""The Neo4j of the tests: the one that `MILLHAND_TEST_NEO4J` names, else one that is started here.

`MILLHAND_TEST_NEO4J` takes what `graph.url` takes, `bolt://USER@HOST:PORT/DATABASE`; its password comes from
`MILLHAND_GRAPH_PASSWORD`. The tests replace all that is in the database. They refuse one that holds anything,
unless `MILLHAND_TEST_NEO4J_REPLACE` is 1.
"""

from __future__ import annotations

import os
import secrets
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest

from plant.graph.contract import seal
from plant.graph.neo4j import Neo4jGraph
from tests.integration.servers import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "MILLHAND_GRAPH_PASSWORD"


class Server(NamedTuple):
    """Where a server is, and its password."""

    url: str
    password: str

    def graph(self) -> Neo4jGraph:
        """Returns the graph on it."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(PASSWORD, self.password)
            return Neo4jGraph(self.url)


@contextmanager
def quick_start() -> Iterator[None]:
    """A server that lives for a minute spends it on compiling: what is started inside does only the quick half."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        yield


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Neo4j whose database may be replaced."""
    given = "MILLHAND_TEST_NEO4J" in os.environ
    password = os.environ.get(PASSWORD, "") if given else secrets.token_urlsafe(12)
    with quick_start(), serve("neo4j", tmp_path_factory.mktemp("neo4j"), "--password", password) as address:
        found = Server(address if "://" in address else f"bolt://{address}", password)
        if given:
            _assert_it_may_be_replaced(found)
        yield found
        with closing(found.graph()) as graph:
            graph.load([], [])


def _assert_it_may_be_replaced(server: Server) -> None:
    with closing(server.graph()) as graph:
        ((nodes,),) = graph.run(seal("MATCH (n) RETURN count(n) AS n", {}, 5), timeout_s=30).rows
    if nodes and os.environ.get("MILLHAND_TEST_NEO4J_REPLACE") != "1":
        pytest.fail(
            f"{server.url} holds {nodes} nodes, which the tests would delete. "
            "Name an empty database, or set MILLHAND_TEST_NEO4J_REPLACE=1."
        )
