"""A conversation over a real Neo4j that changes, goes away and comes back: each next question sees it as it is."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit

import pytest

from plant.errors import ServiceUnavailable
from plant.facts import RefusalCode
from plant.graph.neo4j import Neo4jGraph
from plant.settings import load_settings
from tests.integration.neo4j.conftest import PASSWORD
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.contract import GraphInput
from tools.graph.answer import GraphTool

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def loaded(server):
    with contextlib.closing(server.graph()) as graph:
        graph.load(NODES, RELATIONS)
        yield graph


def ask(tool, question):
    return tool.run(GraphInput(question=question))


def test_a_name_that_changes_on_the_server_is_known_to_the_next_question(loaded):
    tool = GraphTool(loaded, None, load_settings(), None)
    assert ask(tool, "stock of gasket set").data["rows"]
    with loaded._driver.session() as session:  # as another program would
        session.run("MATCH (p:Part {id: 'PT-7'}) SET p.name = 'sealing ring'").consume()
    assert ask(tool, "stock of sealing ring").data["rows"]
    assert ask(tool, "stock of gasket set").refusal is not None
    loaded.load(NODES, RELATIONS)
    assert ask(tool, "stock of gasket set").data["rows"]


def test_an_empty_server_is_said_to_be_empty(loaded):
    tool = GraphTool(loaded, None, load_settings(), None)
    loaded.load([], [])
    assert ask(tool, "sensors on P-101").refusal.code is RefusalCode.NOT_FOUND
    loaded.load(NODES, RELATIONS)
    assert len(ask(tool, "sensors on P-101").data["rows"]) == 3


def test_a_server_that_goes_away_is_told_and_answers_when_it_is_back(loaded, server, monkeypatch):
    monkeypatch.setenv(PASSWORD, server.password)
    parts = urlsplit(server.url)
    with Wire((parts.hostname, parts.port)) as wire, contextlib.closing(Neo4jGraph(wire.url)) as graph:
        tool = GraphTool(graph, None, load_settings(), None)
        before = ask(tool, "sensors on P-101").data["rows"]
        wire.cut()
        for _ in range(2):
            with pytest.raises(ServiceUnavailable, match="does not answer"):
                ask(tool, "sensors on P-101")
        wire.mend()
        assert ask(tool, "sensors on P-101").data["rows"] == before


class Wire:
    """Stands between a client and a server, and can be cut and mended."""

    def __init__(self, server):
        self._server = server
        self._open = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self.url = f"bolt://127.0.0.1:{self._port}"

    def __enter__(self):
        self._listen()
        return self

    def __exit__(self, *_):
        self.cut()

    def cut(self):
        """Closes every connection, and takes no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def mend(self):
        """Takes connections again, at the same address."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._listen()

    def _listen(self):
        threading.Thread(target=self._take, args=(self._listener,), daemon=True).start()

    def _take(self, listener):
        with contextlib.suppress(OSError):  # the listener is closed to cut the wire
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._server)
                self._open += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source, target):
        with contextlib.suppress(OSError):  # one of the two is closed to cut the wire
            while data := source.recv(1 << 16):
                target.sendall(data)
