"""The graph tool: what it answers, how it says that it did, and what it refuses."""

from __future__ import annotations

import pytest

from plant.facts import RefusalCode
from plant.graph.kglite import KgliteGraph
from plant.settings import load_settings
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.contract import GraphInput
from tools.graph.answer import GraphTool
from tools.graph.guard import Guard
from tools.graph.recipes import Book


@pytest.fixture(scope="module")
def tool(backend):
    return GraphTool(backend, None, load_settings(), None)


def ask(tool, question, *entities):
    return tool.run(GraphInput(question=question, entities=entities))


def first_column(result):
    return [row[0] for row in result.data["rows"]]


@pytest.mark.parametrize(
    ("question", "recipe", "values"),
    [
        ("Which sensors are on pump P-101?", "sensors_on", ["P-101.JT-01", "P-101.SC-01", "P-101.VT-01"]),
        ("quels capteurs sont sur la pompe P-101 ?", "sensors_on", ["P-101.JT-01", "P-101.SC-01", "P-101.VT-01"]),
        ("sensors on p101", "sensors_on", ["P-101.JT-01", "P-101.SC-01", "P-101.VT-01"]),
        ("capteurs sur la pompe 101", "sensors_on", ["P-101.JT-01", "P-101.SC-01", "P-101.VT-01"]),
        ("sensors on the exchanger", "sensors_on", ["CW-100.TT-02", "E-101.PDT-01"]),
        ("capteurs sur l'échangeur", "sensors_on", ["CW-100.TT-02", "E-101.PDT-01"]),
        ("how many sensors are on P-101?", "sensors_on.count", [3]),
        ("what feeds E-101?", "fed_by", ["C-101", "P-101", "P-102", "P-103"]),
        ("qu'est-ce qui alimente E-101 ?", "fed_by", ["C-101", "P-101", "P-102", "P-103"]),
        ("what does P-101 feed?", "feeds", ["E-101"]),
        ("qu'alimente la pompe P-101 ?", "feeds", ["E-101"]),
        ("what is downstream of T-101?", "downstream_of", ["P-101", "P-102", "P-103", "E-101"]),
        ("qu'y a-t-il en amont de P-101 ?", "upstream_of", ["T-101"]),
        ("open work orders on P-102", "open_orders_on", ["WO-1002", "WO-1001"]),
        ("ordres de travail ouverts sur P-102", "open_orders_on", ["WO-1002", "WO-1001"]),
        ("last work order on P-102", "last_order", ["WO-1002"]),
        ("work orders on E-101", "orders_on", ["WO-0991"]),
        ("which part fixes E07?", "part_that_fixes", ["gasket set"]),
        ("quelle pièce répare E07 ?", "part_that_fixes", ["gasket set"]),
        ("what does fault E07 affect?", "affected_by", ["E-101"]),
        ("which sensor detects E03?", "sensor_that_detects", ["P-101.VT-01"]),
        ("failure modes of P-101", "failure_modes_of", ["E03"]),
        ("parts of E-101", "parts_of", ["gasket set"]),
        ("manuals of P-101", "manuals_of", ["CW-100 operation and maintenance manual"]),
        ("what equipment is in CW-100?", "assets_in", ["C-101", "E-101", "P-101", "P-102", "P-103", "T-101"]),
        ("same model as P-101", "same_model", ["P-102"]),
        ("what must I isolate before working on P-101?", "isolate", ["T-101", "E-101"]),
        ("que faut-il isoler avant de travailler sur P-101 ?", "isolate", ["T-101", "E-101"]),
        ("quand la pompe P-101 a-t-elle été installée ?", "make_of", ["P-101"]),
        ("stock of gasket set", "stock_of", ["gasket set"]),
    ],
)
def test_common_questions_are_answered_by_recipes(tool, question, recipe, values):
    result = ask(tool, question)
    assert result.refusal is None, result.refusal
    assert (result.data["how"], result.data["recipe"]) == ("recipe", recipe)
    assert first_column(result) == values


def test_facts_cite_the_query_and_its_rows(tool):
    result = ask(tool, "which sensors are on P-101?")
    (evidence,) = result.evidence
    assert {fact.source for fact in result.facts} == {evidence.id}
    assert evidence.text == result.data["query"]
    assert evidence.detail["parameters"] == {"asset": "P-101"}
    assert evidence.table.rows == tuple(tuple(row) for row in result.data["rows"])
    assert result.first("rows.count").value == 3
    assert [fact.value for fact in result.named("row.unit")] == ["kW", "%", "mm/s"]
    assert [fact.value for fact in result.named("entity")] == ["P-101"]
    assert result.data["meaning"] == {"en": "sensors on P-101", "fr": "capteurs sur P-101"}


def test_every_recipe_fits_the_plant_and_so_does_its_count(backend):
    guard = Guard(backend.schema(), row_limit=10)
    for recipe in Book(guard).recipes:
        for query in [recipe.query(), *([recipe.query(counting=True)] if recipe.counted else [])]:
            backend.run(guard.check(query, dict.fromkeys(("kind", *map(str.lower, recipe.needs)), "x")), timeout_s=5)


def test_recipes_that_do_not_fit_a_graph_are_not_offered(tmp_path):
    graph = KgliteGraph(tmp_path / "plant.graph", memory_mb=512)
    kept = {"Asset", "Sensor"}
    nodes = [node for node in NODES if node.label in kept]
    keys = {node.key for node in nodes}
    graph.load(nodes, [r for r in RELATIONS if {r.start, r.end} <= keys])
    tool = GraphTool(graph, None, load_settings(), None)
    assert first_column(ask(tool, "sensors on P-102")) == ["P-102.VT-01"]
    assert ask(tool, "work orders on P-102").refusal.code is RefusalCode.NOT_UNDERSTOOD
    graph.close()


@pytest.mark.parametrize(
    "question",
    [
        "what is the maker's telephone number?",
        "which sensors on P-101 are faulty?",
        "quel est le numéro de téléphone du fabricant ?",
        "delete all nodes",
        "forecast the chilled water temperature",
        "MATCH (n) DETACH DELETE n",
        "x" * 5_000,
        "???",
        "",
    ],
)
def test_what_is_not_understood_is_not_answered(tool, question):
    result = ask(tool, question)
    assert result.refusal.code is RefusalCode.NOT_UNDERSTOOD
    assert result.data["rows"] == []


def test_an_asset_that_is_not_there_is_refused_with_the_nearest(tool):
    result = ask(tool, "which sensors are on P-110?")
    assert result.refusal.code is RefusalCode.UNKNOWN_ENTITY
    assert "P-101" in result.refusal.choices
    assert result.data["empty"] == "spelled_otherwise"
    assert ask(tool, "which sensors are on XYZ-99999?").data["empty"] == "entity_not_found"


def test_a_name_that_several_answer_to_is_asked_back(tool):
    result = ask(tool, "where is VT-01?")
    assert result.refusal.code is RefusalCode.AMBIGUOUS
    assert result.refusal.choices == ("P-101.VT-01", "P-102.VT-01")


@pytest.mark.parametrize(
    ("question", "kind", "meaning", "rows"),
    [
        (
            "which pumps have no open work order?",
            "list",
            "pumps without",
            [["P-101", "pump P-101"], ["P-103", "pump P-103"]],
        ),
        ("how many sensors are on the pumps?", "count", "number of sensors", [[4]]),
        ("is there an open work order on P-102?", "exists", "whether", [[True]]),
        ("y a-t-il un ordre de travail ouvert sur P-103 ?", "exists", "whether", [[False]]),
        ("who worked on P-102?", "values", "technician", [["R. Diaz"]]),
    ],
)
def test_what_no_recipe_is_for_is_parsed(tool, question, kind, meaning, rows):
    data = ask(tool, question).data
    assert (data["how"], data["kind"], data["rows"]) == ("parser", kind, rows)
    assert meaning in data["meaning"]["en"]
    assert data["meaning"]["fr"] != data["meaning"]["en"]


def test_a_path_is_told_step_by_step(tool):
    data = ask(tool, "path from T-101 to E-101").data
    assert data["kind"] == "path"
    assert data["path"][0::4] == ["T-101", "E-101"]
    assert data["path"][1::2] == ["FEEDS", "FEEDS"]


def test_a_path_of_a_given_query_is_told_too(tool):
    query = "MATCH p = (:Asset {id: 'T-101'})-[:FEEDS]->(:Asset {id: 'P-101'}) RETURN p"
    assert tool.run(GraphInput(query=query)).data["path"] == ["T-101", "FEEDS", "P-101"]


def test_a_node_that_is_not_what_it_is_called_is_no_empty_answer(tool):
    result = ask(tool, "which sensors are on tank P-101?")
    assert result.refusal.code is RefusalCode.UNKNOWN_ENTITY
    assert result.refusal.text == "There is no tank P-101 in the plant graph."
    assert ask(tool, "is P-101 a tank?").data["rows"] == [[False]]


def test_a_question_with_two_meanings_is_asked_back_and_either_can_be_picked(tool):
    question = "parts of pumps that feed E-101 with work orders"
    back = ask(tool, question)
    assert back.refusal.code is RefusalCode.AMBIGUOUS
    assert [one["en"] for one in back.data["readings"]] == list(back.refusal.choices)
    picked = [tool.run(GraphInput(question=question, reading=number)).data for number in (1, 2)]
    assert [one["meaning"] for one in picked] == back.data["readings"]
    assert picked[0]["rows"] != picked[1]["rows"]


@pytest.mark.parametrize(
    "command",
    [
        "close all work orders",
        "ferme tous les ordres de travail",
        "please open the work orders",
        "can you close WO-1001?",
    ],
)
def test_a_command_is_not_taken_for_a_question(tool, command):
    assert ask(tool, command).refusal.code is RefusalCode.OUT_OF_SCOPE
    assert not tool.understands(GraphInput(question=command))


def test_the_tool_says_what_it_understands_without_running_it(tool):
    understood = [
        tool.understands(GraphInput(question=q)) for q in ("sensors on P-101", "pumps without sensors", "hm?")
    ]
    assert understood == [True, True, False]


def test_what_was_already_understood_stands_for_it(tool):
    assert first_column(ask(tool, "what does it feed?", "P-101")) == ["E-101"]


def test_nothing_found_is_a_true_zero(tool):
    result = ask(tool, "open work orders on P-103")
    assert result.refusal is None
    assert result.first("rows.count").value == 0
    assert result.data["empty"] == "true_zero"


@pytest.mark.parametrize(
    ("query", "empty", "choices"),
    [
        ("MATCH (a:Asset {kind: 'pump'}) WHERE a.model = 'Bitzer CSH' RETURN a.id", "true_zero", []),
        ("MATCH (a:Asset) WHERE a.id = 'p-101' RETURN a.id", "spelled_otherwise", ["P-101"]),
        ("MATCH (a:Asset {id: 'nowhere'}) RETURN a.id", "entity_not_found", []),
        ("MATCH (a:Asset) WHERE a.maker = 'KBS' RETURN count(a)", "spelled_otherwise", ["KSB"]),
        ("MATCH (w:WorkOrder) WHERE w.opened = '2026-11-03' RETURN w.id", "true_zero", []),
        ("MATCH (p:Part) WHERE p.stock = 7 RETURN p.id", "true_zero", []),
        ("MATCH (a:Asset {kind: 'pump'}) RETURN count(a)", None, []),
    ],
)
def test_an_empty_result_says_which_kind_it_is(tool, query, empty, choices):
    data = tool.run(GraphInput(query=query)).data
    assert data["empty"] == empty
    assert data["choices"][: len(choices)] == choices


def test_an_impossible_path_is_refused_as_such(tool):
    result = tool.run(GraphInput(query="MATCH (a:Asset)-[:MEASURES]->(s:Sensor) RETURN s.id"))
    assert result.refusal.code is RefusalCode.NOT_FOUND
    assert result.data["empty"] == "impossible_path"


def test_a_given_query_is_guarded_and_says_so(tool):
    result = tool.run(GraphInput(query="MATCH (a:Asset) RETURN a LIMIT 1"))
    assert result.data["how"] == "given"
    assert result.named("row.a")[0].value == "P-101"
    assert tool.run(GraphInput(query="CREATE (n:Evil)")).refusal.code is RefusalCode.UNSAFE_QUERY
    assert tool.run(GraphInput(query="nonsense")).refusal.code is RefusalCode.INVALID_QUERY


def test_rows_beyond_the_limit_are_told(backend):
    settings = load_settings({"graph": {"row_limit": 2}})
    result = GraphTool(backend, None, settings, None).run(GraphInput(query="MATCH (a:Asset) RETURN a.id"))
    assert len(result.data["rows"]) == 2
    assert result.data["truncated"]
    assert result.tables[0].truncated
