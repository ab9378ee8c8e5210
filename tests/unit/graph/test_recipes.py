"""Recipes: each answers its own sentences, whole, and says what the graph has of safety, not more."""

from __future__ import annotations

import random
from contextlib import closing

import pytest

from ingestion.plant_graph import read_plant
from ingestion.simulator.registry import PLANT_DIR
from plant.facts import RefusalCode
from plant.graph.contract import Node, Relation
from plant.graph.kglite import KgliteGraph
from plant.graph.lines import schema_of
from plant.settings import load_settings
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.contract import GraphInput
from tools.graph.answer import GraphTool
from tools.graph.guard import Guard
from tools.graph.recipes import RECIPES, Book

ABOUT = {
    "asset": "P-101",
    "sensor": "P-101.VT-01",
    "failuremode": "E08",
    "area": "CW-100",
    "part": "PT-001",
    "workorder": "WO-2608",
}


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    graph = KgliteGraph(tmp_path_factory.mktemp("graph") / "plant.graph", memory_mb=512)
    graph.load(*read_plant(PLANT_DIR / "graph"))
    yield GraphTool(graph, None, load_settings(), None)
    graph.close()


def ask(tool, question):
    return tool.run(GraphInput(question=question)).data


def rows(tool, question, recipe, *columns):
    data = ask(tool, question)
    assert (data["how"], data["recipe"]) == ("recipe", recipe), data["refusal"]
    at = [data["columns"].index(column) for column in columns]
    return [tuple(row[index] for index in at) for row in data["rows"]]


@pytest.mark.parametrize("language", ["example", "exemple"])
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_answers_its_examples(tool, recipe, language):
    asked = getattr(recipe, language).format_map(ABOUT)
    data = ask(tool, asked)
    assert (data["how"], data["recipe"]) == ("recipe", recipe.name), data["refusal"]
    assert data["rows"] or recipe.name in {"fails_with", "other_open_orders"}
    assert data["meaning"] == {
        "en": recipe.english.format_map(ABOUT),
        "fr": recipe.french.format_map(ABOUT),
    }


def test_what_to_isolate_has_valves_first_and_every_medium(tool):
    found = rows(tool, "what must I isolate before working on P-101?", "isolate", "asset", "side", "medium")
    assert found == [
        ("V-102", "is fed by it", ["chilled water"]),
        ("S-101", "feeds it", ["chilled water"]),
        ("X-101", "feeds it", ["electricity"]),
        ("E-101", "is fed by it", ["chilled water"]),
    ]
    meaning = ask(tool, "que faut-il consigner avant d'intervenir sur P-101 ?")["meaning"]
    assert "may not be all" in meaning["en"]
    assert "pas une procédure" in meaning["fr"]


def test_a_plant_whose_feeds_have_no_medium_is_answered_without(tmp_path):
    graph = KgliteGraph(tmp_path / "plant.graph", memory_mb=512)
    graph.load(NODES, RELATIONS)
    tool = GraphTool(graph, None, load_settings(), None)
    assert rows(tool, "what to isolate before maintenance on T-101", "isolate", "asset", "side") == [
        ("P-101", "is fed by it"),
        ("P-102", "is fed by it"),
        ("P-103", "is fed by it"),
    ]
    assert rows(tool, "what else fails when T-101 stops?", "fails_with", "asset") == [
        ("P-101",),
        ("P-102",),
        ("P-103",),
    ]
    graph.close()


def test_what_fails_with_an_asset_is_what_no_other_feeds(tool):
    assert rows(tool, "what fails if P-101 stops?", "fails_with", "asset") == []
    strainer = rows(tool, "if S-101 trips what else stops", "fails_with", "asset")
    assert {("P-101",), ("P-102",), ("P-103",), ("V-102",), ("E-101",), ("B-303",)} <= set(strainer)
    assert ("T-101",) not in strainer  # the make-up valve feeds it too
    assert {("P-101",), ("C-101",)} <= set(rows(tool, "what fails when X-101 is lost", "fails_with", "asset"))


@pytest.mark.parametrize("seed", range(2))
def test_what_fails_is_what_a_count_by_hand_gives(tmp_path, seed):
    chance = random.Random(seed)
    names = [f"A{number}" for number in range(9)]
    pairs = [chance.sample(names, 2) for _ in range(13)]
    feeds = {(start, end, chance.choice(["water", "power", None])) for start, end in pairs}
    nodes = [Node(name, "Asset", {"name": name, "kind": "pump"}) for name in names]
    relations = [Relation(start, "FEEDS", end, {"medium": medium} if medium else {}) for start, end, medium in feeds]
    with closing(KgliteGraph(tmp_path / "plant.graph", memory_mb=512)) as graph:
        graph.load(nodes, [*relations, Relation("A0", "FEEDS", "A1", {"medium": "water"})])
        tool = GraphTool(graph, None, load_settings(), None)
        for name in names:
            wanted = lost_with(name, {*feeds, ("A0", "A1", "water")})
            assert rows(tool, f"what else fails if {name} stops?", "fails_with", "asset") == [(key,) for key in wanted]


def lost_with(stopped, feeds):
    """Returns what has lost all its feeds of a medium when one stops, others that did so too."""
    lost = {stopped}
    for _ in feeds:
        for _, end, medium in feeds:
            if all(start in lost for start, fed, of in feeds if (fed, of) == (end, medium)):
                lost.add(end)
    return sorted(lost - {stopped})


def test_downstream_has_its_distance(tool):
    found = rows(tool, "what is downstream of S-101?", "downstream_of", "asset", "distance")
    assert found[:4] == [("P-101", 1), ("P-102", 1), ("P-103", 1), ("E-101", 2)]


def test_other_orders_are_those_on_the_same_equipment(tool):
    open_ = "which other open work orders are on the same equipment as WO-2602?"
    assert rows(tool, open_, "other_open_orders", "order") == []
    other = "autres interventions sur le même équipement que WO-2606 ?"
    assert rows(tool, other, "other_orders", "order") == [("WO-2604",), ("WO-2502",), ("WO-2501",)]


def test_who_worked_last_has_no_favourite_among_equals(tmp_path):
    graph = KgliteGraph(tmp_path / "plant.graph", memory_mb=512)
    twin = next(node for node in NODES if node.key == "WO-1002")
    graph.load(
        [*NODES, Node("WO-1003", "WorkOrder", twin.properties)],
        [*RELATIONS, Relation("WO-1003", "ON", "P-102")],
    )
    tool = GraphTool(graph, None, load_settings(), None)
    assert rows(tool, "who worked last on P-102?", "last_worked_on", "order") == [("WO-1002",), ("WO-1003",)]
    graph.close()


@pytest.mark.parametrize(
    ("question", "recipe"),
    [
        ("please show me the sensors on P-101", "sensors_on"),
        ("could you give me all sensors of the pump P-101, thanks", "sensors_on"),
        ("s'il vous plaît", None),
        ("P-101 sensors", "sensors_on"),
        ("how many open work orders are there on P-102?", "open_orders_on.count"),
        ("combien d'ordres de travail ouverts y a-t-il sur P-102 ?", "open_orders_on.count"),
        ("how many parts does P-101 have?", None),
        ("is P-101 fed by S-101?", None),
        ("are there open work orders on P-102?", None),
        ("which sensors on P-101 are faulty?", None),
        ("who has the sensors on P-101?", None),
        ("sensors on <asset> P-101", None),
        ("sensors on P-101 > 5", None),
        ('sensors "on" P-101', None),
        ("sensors on P-101/P-102", None),
    ],
)
def test_a_sentence_fits_as_a_whole_or_not(tool, question, recipe):
    data = ask(tool, question)
    assert (data["recipe"] if data["how"] == "recipe" else None) == recipe


def test_recipes_that_do_not_fit_a_graph_say_why():
    kept = [node for node in NODES if node.label in {"Asset", "Area"}]
    keys = {node.key for node in kept}
    book = Book(Guard(schema_of(kept, [r for r in RELATIONS if {r.start, r.end} <= keys]), row_limit=10))
    assert {recipe.name for recipe in book.recipes} >= {"isolate", "downstream_of", "same_model"}
    assert book.refused["sensors_on"].code is RefusalCode.INVALID_QUERY
    assert "Sensor" in book.refused["sensors_on"].text
    assert len(book) + len(book.refused) == len(RECIPES) == len({recipe.name for recipe in RECIPES})
