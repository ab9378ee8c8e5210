"""Queries back as sentences: what is understood is said, and of the rest that there is more."""

from __future__ import annotations

import pytest

from plant.graph.lines import schema_of
from tests.unit.graph.forms import Forms, World
from tests.unit.graph.small_plant import NODES, RELATIONS, corpus
from tools.graph.formed import form_of
from tools.graph.guard import Guard
from tools.graph.meaning import meaning_of
from tools.graph.parser.writer import write

SCHEMA = schema_of(NODES, RELATIONS)
FURTHER = ", with further conditions"


@pytest.fixture(scope="module")
def meaning():
    guard = Guard(SCHEMA, row_limit=50)

    def said(text, language="en", **parameters):
        return meaning_of(guard.read(text), SCHEMA, row_limit=50, parameters=parameters)[language]

    return said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("MATCH (s:Sensor)-[:MEASURES]->(:Asset {id: 'P-101'}) RETURN s.id", "sensors measuring asset P-101"),
        ("MATCH (:Asset {id: 'P-101'})<-[:MEASURES]-(s) RETURN s.id", "sensors measuring asset P-101"),
        (
            "MATCH (a:Asset) WHERE a.id IN ['P-101', 'P-102'] AND a.kind = 'pump' RETURN a.name",
            "name of asset P-101 or P-102 whose kind is “pump”",
        ),
        ("MATCH (a:Asset) WHERE NOT a.kind = 'pump' RETURN a", "assets whose kind is not “pump”"),
        (
            "MATCH (p:Part) WHERE p.stock > -1 AND p.stock <> 2.5 RETURN p.id",
            "parts whose stock is above -1 and is not 2.5",
        ),
        (
            "MATCH (a:Asset) WHERE NOT (a)<-[:ON]-(:WorkOrder {status: 'open'}) RETURN a.id",
            "assets without open work orders",
        ),
        (
            "MATCH (a:Asset) WHERE NOT EXISTS { MATCH (a)<-[:ON]-(w:WorkOrder) WHERE w.closed IS NULL } RETURN a.id",
            "assets without work orders whose closing date is not recorded",
        ),
        (
            "MATCH (w:WorkOrder) RETURN w.technician, count(*) AS n ORDER BY n DESC",
            "number of work orders, for each value of technician, largest first",
        ),
        (
            "MATCH (w:WorkOrder)-[:ON]->(a:Asset) RETURN a.id, max(w.opened)",
            "largest opening date of work orders on assets, for each asset",
        ),
        (
            "MATCH (a:Asset) WHERE NOT a.id IN ['P-101'] AND a.kind = 'pump' AND a.maker IN ['KSB'] RETURN a.id",
            "pumps other than P-101, whose maker is “KSB”",
        ),
        ("MATCH (p:Part) RETURN p.id ORDER BY p.stock DESC LIMIT 3", "the 3 parts with the largest stock"),
        ("MATCH (a:Asset)-[:FEEDS*1..3]->(b:Asset) RETURN DISTINCT b.id", "assets fed by [within 3 steps] assets"),
        ("MATCH (a:Asset) WHERE toLower(a.name) CONTAINS 'pump' RETURN a.id", "assets whose name contains “pump”"),
    ],
)
def test_a_query_that_is_a_form_is_said_as_one(meaning, text, said):
    assert meaning(text) == said


def test_a_property_that_the_label_does_not_have_is_said_by_its_name(meaning):
    text = "MATCH (n)-[:MEASURES]->(:Asset {id: 'P-101'}) WHERE n.kind = 'x' RETURN n.id"
    assert meaning(text) == "sensors whose “kind” is “x”, measuring asset P-101"


def test_a_query_is_said_with_the_values_of_its_parameters(meaning):
    assert meaning("MATCH (p:Part) WHERE p.stock < $few RETURN p.id", few=3) == "parts whose stock is below 3"
    assert meaning("MATCH (p:Part {id: $part}) RETURN p.stock", "fr", part="PT-3") == "stock pour pièce PT-3"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("MATCH (a:Asset) WHERE a.kind = 'pump' OR a.maker = 'KSB' RETURN a.id", "assets"),
        ("MATCH (a:Asset) WHERE a.kind = 'pump' AND a.id =~ 'P.*' RETURN a.id", "pumps"),
        ("MATCH (a:Asset) WHERE a.kind = 'pump' RETURN a.id LIMIT 3", "pumps"),
        ("MATCH (a:Asset) WHERE a.kind = 'pump' RETURN a.id SKIP 1", "pumps"),
        ("MATCH (a:Asset) WHERE NOT (a.id IN ['P-101'] AND a.kind = 'pump') RETURN a.id", "assets"),
        ("MATCH (w:WorkOrder)-[:ON]->(a:Asset) RETURN w.id ORDER BY a.name", "work orders on assets"),
        ("MATCH (a:Asset) RETURN a.id UNION MATCH (s:Sensor) RETURN s.id", "Asset; Sensor"),
        ("MATCH (a:Asset) WITH a LIMIT 2 RETURN a.id", "Asset"),
        ("MATCH (s:Sensor)-[:MEASURES]->(a:Asset) RETURN a.kind, count(s)", "number of Sensor -MEASURES-> Asset"),
        (
            "MATCH (w:WorkOrder)-[:ON]->(a:Asset)-[:HAS_PART]->(:Part) RETURN count(w)",
            "number of WorkOrder -ON-> Asset -HAS_PART-> Part",
        ),
        ("MATCH (a:Asset)-[:HAS_PART]->(p:Part) RETURN sum(p.stock)", "Asset -HAS_PART-> Part"),
        ("MATCH (a:Asset)-[:FEEDS]->(a) RETURN a.id", "Asset -FEEDS-> Asset"),
        ("MATCH (a:Asset), (b:Asset) WHERE a.model = b.model RETURN a.id", "Asset"),
        (
            "MATCH (a:Asset)-[:FEEDS]->(b:Asset) MATCH (b)<-[:FEEDS]-(c:Asset) RETURN a.id",
            "Asset -FEEDS-> Asset; Asset <-FEEDS- Asset",
        ),
        ("RETURN 1 AS one", "a value"),
    ],
)
def test_what_is_beyond_the_words_is_told(meaning, text, said):
    assert meaning(text) == said + FURTHER


@pytest.mark.parametrize("text", corpus("good")[::4])
def test_any_good_query_is_said(meaning, text):
    assert meaning(text, "en")
    assert meaning(text, "fr")


def test_a_refused_query_has_no_meaning():
    refused = Guard(SCHEMA, row_limit=50).read("MATCH (n) DELETE n")
    assert meaning_of(refused, SCHEMA, row_limit=50) is None


def test_what_was_written_from_a_form_is_never_read_as_another():
    """A written form is read back as one of the same kind about the same things, or not wholly."""
    world = World(NODES, RELATIONS)
    guard = Guard(SCHEMA, row_limit=50)
    whole = 0
    for seed in range(80):
        ask = Forms(world, seed).ask()
        written = write(ask, SCHEMA)
        checked = guard.read(written.text)
        read = form_of(getattr(checked, "tree", None), written.parameters, SCHEMA, row_limit=50)
        if read is None or not read.whole:
            continue
        whole += 1
        assert (read.ask.kind, read.ask.per, read.ask.of) == (ask.kind, ask.per, ask.of)
        assert things(world, read.ask) == things(world, ask), (ask, written.text)
    assert whole > 4


def things(world, ask):
    return {key for key in world.nodes if world.is_(key, ask.thing)}
