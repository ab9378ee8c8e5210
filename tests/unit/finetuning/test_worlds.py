"""The worlds: the same everywhere, of the shape that is promised, loadable."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from finetuning.cypher.question import World
from finetuning.cypher.worlds import nodes_and_relations, open_world
from plant.errors import SettingsError
from plant.graph.lines import check_graph, schema_of

_DIGESTS = {
    World.MILL: "d189ba21bda5b9625ff2209a56c648771465a085895ea99282bd014994a7eeff",
    World.FILMS: "74cd5ccb312897eea26dd7dff7e43c0748fce279053ebfca081eb9c8d956feb3",
}


@pytest.fixture(scope="module")
def graphs():
    return {world: nodes_and_relations(world) for world in World}


@pytest.mark.parametrize("world", _DIGESTS)
def test_a_generated_world_is_the_one_that_figures_were_measured_on(graphs, world):
    assert hashlib.sha256(msgspec.json.encode(graphs[world])).hexdigest() == _DIGESTS[world]
    assert nodes_and_relations(world) == graphs[world]


@pytest.mark.parametrize("world", World)
def test_a_world_holds_together(graphs, world):
    nodes, relations = graphs[world]
    check_graph(nodes, relations)
    tied = {end for r in relations for end in (r.start, r.end)}
    assert {node.label for node in nodes if node.key in tied} == {node.label for node in nodes}
    assert len({(r.start, r.type, r.end) for r in relations}) == len(relations)  # nothing is counted twice


def test_the_mill_is_large_and_shares_no_relationship_with_the_plant(graphs):
    nodes, relations = graphs[World.MILL]
    assert len(nodes) >= 5_000
    assert {r.type for r in relations}.isdisjoint(r.type for r in graphs[World.PLANT][1])
    assert {node.label for node in nodes}.isdisjoint(node.label for node in graphs[World.PLANT][0])


def test_the_mill_is_irregular(graphs):
    nodes, relations = graphs[World.MILL]
    fed = [(r.start, r.end) for r in relations if r.type == "FLOWS_TO"]
    assert _has_cycle(fed)
    equipment = [node for node in nodes if node.label == "Equipment"]
    worked_on = {r.end for r in relations if r.type == "PERFORMED_ON"}
    assert 0 < sum(node.key in worked_on for node in equipment) < len(equipment)
    assert {"serial" in node.properties for node in equipment} == {True, False}


def test_films_have_titles_and_customers_but_nothing_of_a_plant(graphs):
    nodes, _ = graphs[World.FILMS]
    assert 300 <= len(nodes) <= 600
    assert {node.label for node in nodes} == {"Film", "Person", "Genre", "Studio", "Product", "Customer", "Order"}


@pytest.mark.parametrize("world", World)
def test_an_opened_world_has_the_schema_of_its_data(graphs, world, tmp_path):
    backend = open_world(world, "kglite:", tmp_path)
    try:
        assert backend.schema() == schema_of(*graphs[world])
    finally:
        backend.close()


def test_a_url_that_is_no_graph_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="not a graph URL"):
        open_world(World.PLANT, "sqlite:plant.db", tmp_path)


def _has_cycle(edges):
    after = {}
    for start, end in edges:
        after.setdefault(start, []).append(end)
    done, open_ = set(), set()

    def visit(node):
        open_.add(node)
        for following in after.get(node, ()):
            if following in open_ or (following not in done and visit(following)):
                return True
        open_.discard(node)
        done.add(node)
        return False

    return any(visit(node) for node in list(after) if node not in done)
