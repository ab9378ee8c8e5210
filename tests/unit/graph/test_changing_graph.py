"""A graph that changes, is empty, damaged or away while people ask: the next question sees it as it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest

from plant.errors import BadInput, ServiceUnavailable
from plant.facts import RefusalCode
from plant.graph.contract import Node, Relation
from plant.graph.kglite import KgliteGraph
from plant.settings import load_settings
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.contract import GraphInput
from tools.graph.answer import GraphTool

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "plant.graph"


@pytest.fixture
def tool(path):
    backend = KgliteGraph(path, memory_mb=512)
    backend.load(NODES, RELATIONS)
    yield GraphTool(backend, None, load_settings(), None, today=lambda: date(2026, 11, 21))
    backend.close()


def load_elsewhere(path, nodes, relations):
    """Loads as another process would."""
    other = KgliteGraph(path, memory_mb=512)
    other.load(nodes, relations)
    other.close()


def ask(tool, question):
    return tool.run(GraphInput(question=question))


def _renamed(fields):
    """Calls P-102 P-902, its sensor too."""
    return msgspec.json.decode(msgspec.json.encode(fields).replace(b"P-102", b"P-902"))


def test_a_node_that_is_called_otherwise_now_is_found_by_its_new_name(tool, path):
    assert ask(tool, "sensors on P-102").data["rows"]
    renamed = [msgspec.convert(_renamed(msgspec.to_builtins(node)), Node) for node in NODES]
    moved = [msgspec.convert(_renamed(msgspec.to_builtins(relation)), Relation) for relation in RELATIONS]
    load_elsewhere(path, renamed, moved)
    assert ask(tool, "sensors on P-902").data["rows"] == [["P-902.VT-01", "vibration", "mm/s"]]
    assert ask(tool, "sensors on P-102").refusal.code is RefusalCode.UNKNOWN_ENTITY


def test_a_label_that_is_new_can_be_asked_for_and_a_recipe_comes_with_its_label(tool, path):
    kept = [node for node in NODES if node.label in {"Asset", "Sensor"}]
    keys = {node.key for node in kept}
    load_elsewhere(
        path, [*kept, Node("L-1", "Laboratory", {"name": "north"})], [r for r in RELATIONS if {r.start, r.end} <= keys]
    )
    assert ask(tool, "work orders on P-102").refusal is not None
    assert ask(tool, "list the laboratories").data["rows"] == [["L-1", "north"]]
    load_elsewhere(path, NODES, RELATIONS)
    assert len(ask(tool, "work orders on P-102").data["rows"]) == 3


def test_an_empty_graph_is_said_to_be_empty_until_one_is_loaded(tool, path):
    load_elsewhere(path, [], [])
    refusal = ask(tool, "sensors on P-101").refusal
    assert refusal.code is RefusalCode.NOT_FOUND
    assert "empty" in refusal.text
    assert "graph load" in refusal.help
    load_elsewhere(path, NODES, RELATIONS)
    assert ask(tool, "sensors on P-101").data["rows"]


@pytest.mark.parametrize("content", [b"", b"no graph", b'{"format":"millhand-graph","version":1}\n["node","A"]\n'])
def test_a_damaged_file_is_told_and_a_mended_one_answers(tool, path, content):
    whole = path.read_bytes()
    path.write_bytes(content)
    with pytest.raises(BadInput, match=str(path)):
        ask(tool, "sensors on P-101")
    path.unlink()
    with pytest.raises(BadInput, match="no plant graph"):
        ask(tool, "sensors on P-101")
    path.write_bytes(whole)
    assert ask(tool, "sensors on P-101").data["rows"]


class FakeServer:
    """An engine that goes away and comes back; it cannot tell its revision, as some servers cannot."""

    name = "fake"

    def __init__(self, backend):
        self._backend = backend
        self.away = ""

    def __getattr__(self, name):
        if self.away:
            raise ServiceUnavailable(self.away)
        return getattr(self._backend, name)

    def revision(self):
        if self.away:
            raise ServiceUnavailable(self.away)
        return ""


@pytest.mark.parametrize("reason", ["The graph server does not answer.", "The graph server refuses the password."])
def test_a_server_that_is_away_is_told_and_answers_when_it_is_back(path, reason):
    with_graph = KgliteGraph(path, memory_mb=512)
    with_graph.load(NODES, RELATIONS)
    server = FakeServer(with_graph)
    tool = GraphTool(server, None, load_settings(), None)
    server.away = reason
    with pytest.raises(ServiceUnavailable, match=reason):
        ask(tool, "sensors on P-101")
    server.away = ""
    assert ask(tool, "sensors on P-101").data["rows"]
    server.away = reason
    with pytest.raises(ServiceUnavailable, match=reason):
        ask(tool, "sensors on P-101")
    server.away = ""
    with_graph.load([*NODES, Node("P-104", "Asset", {"name": "pump P-104"})], RELATIONS)
    assert ask(tool, "sensors on P-104").data["empty"] == "true_zero"
    with_graph.close()


def test_new_names_of_tags_are_known_to_the_next_question(path):
    class FakeStore:
        sensors = ()

        def registry(self):
            return self.sensors

    class FakeSensor:
        tag, description, aliases = "P-102.VT-01", "shaking", ("the rumbler",)

    backend = KgliteGraph(path, memory_mb=512)
    backend.load(NODES, RELATIONS)
    store = FakeStore()
    tool = GraphTool(backend, store, load_settings(), None)
    assert ask(tool, "which asset has the rumbler?").refusal is not None
    store.sensors = (FakeSensor(),)
    assert "P-102.VT-01" in [fact.value for fact in ask(tool, "where is the rumbler?").named("entity")]
    backend.close()
