"""What is said of the plant graph's rows: one plain sentence that the evidence bears, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from agents.claims import ground, unresolved
from agents.compose.plant_graph import graph
from agents.compose.speech import Speech
from agents.compose.talk import refusal_in
from plant.facts import EvidenceKind, FactSheet, Refusal, RefusalCode, Table, ToolResult
from plant.graph.kglite import KgliteGraph
from plant.registry import Registry
from plant.settings import load_settings
from tests.unit.agents.conftest import PARIS
from tests.unit.graph.small_plant import NODES, RELATIONS
from tools.contract import GraphInput
from tools.graph.answer import GraphTool
from tools.graph.refusals import EMPTY_GRAPH, NEVER_ACTS, NOTHING_ASKED, cannot

NOT_THERE = Refusal(RefusalCode.UNKNOWN_ENTITY, "There is no P-999 in the plant graph.")


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    backend = KgliteGraph(tmp_path_factory.mktemp("graph") / "plant.graph", memory_mb=512)
    backend.load(NODES, RELATIONS)
    yield GraphTool(backend, None, load_settings(), None, today=lambda: date(2026, 11, 21))
    backend.close()


def said(result, speech):
    assert result.refusal is None, result.refusal
    sentences = graph(result, speech)
    assert unresolved(" ".join(sentences), ground(result.facts, result.evidence, PARIS)) == []
    return sentences


@pytest.mark.parametrize(
    ("question", "english", "french"),
    [
        (
            "sensors on P-102",
            "Sensors on P-102: P-102.VT-01 (vibration, mm/s). [1]",
            "Capteurs sur P-102 : P-102.VT-01",
        ),
        (
            "how many sensors are on P-101?",
            "Number of sensors on P-101: 3. [1]",
            "Nombre de capteurs sur P-101 : 3. [1]",
        ),
        (
            "is there an open work order on P-102?",
            "Yes. What was asked: whether",
            "Oui. Ce qui a été demandé : s'il y a",
        ),
        (
            "is there an open work order on P-103?",
            "No. What was asked: whether",
            "Non. Ce qui a été demandé : s'il y a",
        ),
        ("open work orders on P-103", ": none in the plant graph. [1]", " : aucun dans le graphe. [1]"),
        ("path from T-101 to P-101", ": T-101 -FEEDS- P-101. [1]", " : T-101 -FEEDS- P-101. [1]"),
        ("parts with stock below 2", "below 2: PT-7 (gasket set", "PT-7 (gasket set"),
        ("assets with more than 2 sensors", "P-101", "P-101"),
        ("work orders opened since 2026-11-01", "WO-1001", "WO-1001"),
        ("average stock of parts", "2.50", "2,50"),
        ("who worked on P-102?", "R. Diaz. [1]", "R. Diaz. [1]"),
    ],
)
def test_one_sentence_with_the_answer(tool, speech, question, english, french):
    (sentence,) = said(tool.run(GraphInput(question=question)), speech)
    assert speech.pick(english, french) in sentence


def test_a_value_that_no_node_has_is_named_with_the_nearest(tool, speech):
    query = "MATCH (a:Asset) WHERE a.model = 'Grundfos NK 56' RETURN a.id"
    _, missing = said(tool.run(GraphInput(query=query)), speech)
    english = "Nothing has the model Grundfos NK 56; there is Grundfos NK 65. [1]"
    french = "Rien n'a Grundfos NK 56 pour model ; il y a Grundfos NK 65. [1]"
    assert missing == speech.pick(english, french)


def test_what_was_taken_for_what_is_said_first(tool, speech):
    taken, sentence = said(tool.run(GraphInput(question="sensors on the exchangr")), speech)
    assert taken.startswith(speech.pick('"exchangr" was taken for', "« exchangr » a été compris comme"))
    assert "E-101.PDT-01" in sentence


def test_groups_keep_their_figures_however_many(speech):
    rows = tuple((f"A-{n}", f"asset {n}", n) for n in range(1, 21))
    sheet = FactSheet()
    source = sheet.cite(EvidenceKind.QUERY, "20 rows", table=Table(("asset", "name", "count"), rows))
    sheet.add("rows.count", 20, source)
    data = {
        "kind": "count",
        "meaning": {"en": "number of sensors per asset", "fr": "nombre de capteurs par équipement"},
    }
    result = ToolResult("graph", tuple(sheet.facts), evidence=tuple(sheet.evidence), data=data)
    (sentence,) = said(result, speech)
    assert "A-1 (1), A-2 (2)" in sentence
    assert "20" in sentence
    assert "A-13" not in sentence


def listed(speech, columns, rows, kind="list"):
    """The sentence for rows of a recipe."""
    sheet = FactSheet()
    source = sheet.cite(EvidenceKind.QUERY, "rows", table=Table(columns, rows))
    sheet.add("rows.count", len(rows), source)
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            sheet.add(f"row.{column}", value, source)
    data = {"kind": kind, "meaning": {"en": "parts", "fr": "pièces"}}
    (sentence,) = said(ToolResult("graph", tuple(sheet.facts), evidence=tuple(sheet.evidence), data=data), speech)
    return sentence


@pytest.mark.parametrize("refused", [NOTHING_ASKED, EMPTY_GRAPH, NEVER_ACTS, cannot(NOT_THERE)])
def test_what_would_help_is_told_in_french_too(refused):
    refusal = refused.refusal
    assert refusal.help
    french = refusal_in(refusal, Speech("fr", PARIS, 0, Registry([])))
    assert (french.text, french.help) != (refusal.text, refusal.help)
    assert french.help not in {"", refusal.help}
    assert "TT-02" not in french.help


def test_a_name_that_has_the_id_and_the_kind_in_it_stands_for_them(speech):
    rows = (("E-201", "condenser E-201", "condenser"), ("V-1", "main shut-off", "valve"))
    assert "condenser E-201; V-1 (main shut-off, valve). [1]" in listed(speech, ("asset", "name", "kind"), rows)


def test_things_are_told_by_their_names_however_many(speech):
    rows = tuple((f"PT-{n:03}", f"seal {n} mm") for n in range(1, 9))
    assert "PT-001 (seal 1 mm), PT-002 (seal 2 mm)" in listed(speech, ("id", "name"), rows)


def test_on_which_side_an_asset_lies_is_told_in_the_question_s_language(speech):
    rows = (("S-101", "strainer S-101", "feeds it"), ("E-101", "exchanger E-101", "is fed by it"))
    upstream, downstream = speech.pick(("feeds it", "is fed by it"), ("en amont", "en aval"))
    sentence = listed(speech, ("asset", "name", "side"), rows)
    assert f"strainer S-101 ({upstream}); exchanger E-101 ({downstream})" in sentence


def test_what_a_model_wrote_is_said_to_be_checked(tool, speech):
    result = tool.run(GraphInput(question="sensors on P-102"))
    by_model = ToolResult("graph", result.facts, evidence=result.evidence, data={**result.data, "how": "model"})
    assert speech.pick("language model", "modèle de langue") in said(by_model, speech)[-1]
