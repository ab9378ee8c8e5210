"""The guard: what it refuses, what it lets through, and what it makes of it."""

from __future__ import annotations

import ast as python
from pathlib import Path

import pytest
from graphglot.ast.base import Expression
from graphglot.dialect.neo4j import Neo4j

from plant.facts import Refusal, RefusalCode
from plant.graph.contract import GuardedQuery, Node, Relation
from plant.graph.lines import schema_of
from tests.unit.graph.small_plant import NODES, RELATIONS, attacks, corpus
from tools.graph.cypher import parse, tokens, walk
from tools.graph.guard import _ALLOWED, MAX_TEXT, Guard


@pytest.fixture(scope="module")
def guard():
    return Guard(schema_of(NODES, RELATIONS), row_limit=10)


@pytest.mark.parametrize(("code", "reason", "text"), attacks())
def test_every_attack_is_refused_with_its_reason(guard, code, reason, text):
    refusal = guard.check(text)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.text[: len(reason)]) == (code, reason)
    assert refusal.text.endswith(".")
    assert len(refusal.text) < 200


@pytest.mark.parametrize("text", corpus("good"))
def test_no_good_query_is_blocked(guard, text):
    assert isinstance(guard.check(text), GuardedQuery)


def test_the_corpora_are_as_large_as_they_are_said_to_be():
    assert len(set(corpus("attacks"))) >= 150
    assert len({*corpus("good"), *corpus("good_unread")}) >= 300
    assert len(corpus("good_unread")) < len(corpus("good")) / 100


@pytest.mark.parametrize("text", corpus("good_unread"))
def test_what_the_parser_does_not_read_is_said_to_be_unreadable_not_unsafe(guard, text):
    refusal = guard.check(text)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, "not a Cypher query" in refusal.text) == (RefusalCode.INVALID_QUERY, True)


def test_the_allow_list_has_nothing_that_no_good_query_needs(guard):
    seen = {type(item).__name__ for text in corpus("good") for item in walk(guard.read(text).tree)}
    seen |= {type(item).__name__ for item in walk(guard.read("MATCH (a:Asset {id: $asset}) RETURN a.id").tree)}
    assert seen == _ALLOWED


def checked(guard, text, parameters=None):
    query = guard.check(text, parameters)
    assert isinstance(query, GuardedQuery), query
    return query


def refused(guard, text, parameters=None):
    refusal = guard.check(text, parameters)
    assert isinstance(refusal, Refusal), refusal
    return refusal


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("MATCH (a:Asset) RETURN a.id", "RETURN a.id LIMIT 11"),
        ("MATCH (a:Asset) RETURN a.id LIMIT 3", "LIMIT 3"),
        ("MATCH (a:Asset) RETURN a.id LIMIT 999999", "LIMIT 11"),
        ("MATCH (a:Asset) RETURN a.id LIMIT 999 // all", "LIMIT 11"),
        ("MATCH (a:Asset) RETURN a.id;", "RETURN a.id LIMIT 11"),
        ("MATCH (a:Asset) WITH a LIMIT 99 RETURN a.id", "WITH a LIMIT 99 RETURN a.id LIMIT 11"),
        (
            "RETURN 1 AS n UNION RETURN 2 AS n",
            "RETURN 1 AS n LIMIT 11 UNION RETURN 2 AS n LIMIT 11",
        ),
    ],
)
def test_rows_are_limited_one_beyond(guard, text, end):
    assert checked(guard, text).text.endswith(end)


def test_strings_become_parameters_and_comments_go(guard):
    query = checked(
        guard, "MATCH (a:Asset /* }) DELETE a */ {id: 'P-101'}) WHERE a.name <> \"it's\" RETURN a.id // end"
    )
    assert query.text == "MATCH (a:Asset {id: $_1 }) WHERE a.name <> $_2 RETURN a.id LIMIT 11"
    assert query.parameters == {"_1": "P-101", "_2": "it's"}


def test_data_that_looks_like_a_command_is_data(guard):
    query = checked(guard, "MATCH (w:WorkOrder {title: 'Create a map; DELETE it'}) RETURN w.id AS set_id")
    assert query.parameters == {"_1": "Create a map; DELETE it"}


def test_given_parameters_are_carried_and_must_be_there(guard):
    assert checked(guard, "MATCH (a:Asset {id: $asset}) RETURN a.id", {"asset": "P-101"}).parameters == {
        "asset": "P-101"
    }
    assert "$asset has no value" in refused(guard, "MATCH (a:Asset {id: $asset}) RETURN a.id").text


class Odd:
    """A value that no engine knows."""

    def __repr__(self) -> str:
        return "Odd()"


@pytest.mark.parametrize(
    "value",
    [
        Odd(),
        b"P-101",
        {1, 2},
        2**63,
        float("nan"),
        float("inf"),
        "\ud800",
        {1: 2},
        {"\ud800": 1},
        [[[[[[1]]]]]],
        [Odd()],
    ],
    ids=repr,
)
def test_a_parameter_that_no_graph_holds_is_refused(guard, value):
    assert "$asset" in refused(guard, "MATCH (a:Asset {id: $asset}) RETURN a.id", {"asset": value}).text


def test_only_the_parameters_that_a_query_takes_go_with_it(guard):
    query = checked(guard, "MATCH (a:Asset {id: $asset}) RETURN a.id", {"asset": ["P-101", 1, None], "other": Odd()})
    assert query.parameters == {"asset": ["P-101", 1, None]}


WORDS = schema_of(
    [Node("U-1", "Set", {"floor": 3, "limit": 1, "size": 2, "order": 4}), Node("U-2", "Unit", {"left": 1})],
    [Relation("U-1", "IN", "U-2")],
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("MATCH (u:Set) RETURN u.floor", "MATCH (u:`Set`) RETURN u.`floor` LIMIT 6"),
        ("MATCH (u:Set {floor: 3}) WHERE u.limit > 1 RETURN u", "MATCH (u:`Set` {`floor`: 3}) WHERE u.`limit` > 1"),
        ("MATCH (u:Set)-[:IN]->(v) RETURN v.left AS left ORDER BY left", "RETURN v.`left` AS `left` ORDER BY `left`"),
        ("MATCH (u) RETURN floor(u.size), size(u.id), left(u.id, 1)", "floor(u.`size`), size(u.id), left(u.id, 1)"),
        ("MATCH (u) RETURN {order: null, set: true, x: u.order} AS m", "{order: null, `set`: true, x: u.order}"),
    ],
)
def test_a_name_may_be_a_word_of_cypher(text, written):
    assert written in checked(Guard(WORDS, row_limit=5), text).text


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("MATCH (a:Pump) RETURN a.id", RefusalCode.INVALID_QUERY, "no label 'Pump'"),
        ("MATCH (a:Asset)-[:FEED]->(b:Asset) RETURN a.id", RefusalCode.INVALID_QUERY, "no relationship type 'FEED'"),
        ("MATCH (a:Asset) RETURN a.modell", RefusalCode.INVALID_QUERY, "no property 'modell'"),
        ("MATCH (a:Asset {stock: 1}) RETURN a.id", RefusalCode.INVALID_QUERY, "no property 'stock'"),
        ("MATCH (a) RETURN a.colour", RefusalCode.INVALID_QUERY, "no property 'colour'"),
        (
            "MATCH (a:Asset)-[:MEASURES]->(s:Sensor) RETURN a.id",
            RefusalCode.NOT_FOUND,
            "no MEASURES from Asset to Sensor",
        ),
        (
            "MATCH (s:Sensor)<-[:MEASURES]-(a:Asset) RETURN a.id",
            RefusalCode.NOT_FOUND,
            "no MEASURES from Asset to Sensor",
        ),
        (
            "MATCH (s:Sensor)-[:FEEDS*1..3]->(a:Asset) RETURN a.id",
            RefusalCode.NOT_FOUND,
            "no FEEDS from Sensor to Asset",
        ),
        ("MATCH (a:Asset) WHERE EXISTS { (a)-[:ON]->() } RETURN a.id", RefusalCode.NOT_FOUND, "no ON from Asset"),
    ],
)
def test_names_are_checked_against_the_schema(guard, text, code, words):
    refusal = refused(guard, text)
    assert refusal.code is code
    assert words in refusal.text


def test_the_nearest_names_are_offered(guard):
    assert refused(guard, "MATCH (a:Assets) RETURN a.id").choices[0] == "Asset"
    assert "Did you mean model?" in refused(guard, "MATCH (a:Asset) RETURN a.modell").help


@pytest.mark.parametrize(
    "text", ["", "   ", ";", "//", "hello", "MATCH", "RETURN", "'", "\x00", "MATCH (a) RETURN \u200ba"]
)
def test_what_is_no_query_is_refused(guard, text):
    refused(guard, text)


def test_a_text_that_is_too_long_is_refused(guard):
    text = "MATCH (a:Asset) WHERE a.id IN [" + ", ".join(["'P-101'"] * 600) + "] RETURN a.id"
    assert len(text) > MAX_TEXT
    assert "characters" in refused(guard, text).text


@pytest.mark.parametrize("depth", [6, 39, 500])
def test_nesting_neither_hangs_nor_overflows(guard, depth):
    text = "MATCH (a:Asset) WHERE " + "(a.id = 'x' OR " * depth + "true" + ")" * depth + " RETURN a.id"
    guard.check(text[:MAX_TEXT])
    refused(guard, "RETURN " + "[" * depth + "]" * depth + " AS x MATCH")


def test_a_repeated_text_is_judged_once(guard):
    text = "MATCH (a:Asset) RETURN a.id"
    assert guard.read(text) is guard.read(text)


def test_what_is_remembered_is_bounded(guard):
    first = guard.read("MATCH (a:Asset) RETURN a.id AS first")
    for number in range(60):
        guard.read(f"MATCH (a:Asset) WHERE a.id = 'P-{number}' /* {'x' * 3_000} */ RETURN a.id")
    assert guard.read("MATCH (a:Asset) RETURN a.id AS first") is not first


@pytest.mark.parametrize("text", [text for text in corpus("good") if len(text) < 90][::4])
def test_the_tree_is_the_one_that_graphglot_builds(guard, text):
    """What our parser remembers and has learnt makes it quicker, and nothing else."""
    written = guard.read(text).text
    (theirs,) = Neo4j.Parser(dialect=Neo4j()).parse(tokens(written), written)
    (ours,) = parse(written)
    assert shape(ours) == shape(theirs)


def shape(node):
    """Returns a tree as nested lists of class names and values."""
    if isinstance(node, list | tuple):
        return [shape(item) for item in node]
    if isinstance(node, Expression):
        return [type(node).__name__, *(shape(getattr(node, name)) for name in type(node).__ast_field_names__)]
    return node


def test_an_empty_graph_is_said_to_be_empty():
    assert "empty" in refused(Guard(schema_of([], []), row_limit=5), "MATCH (a:Asset) RETURN a.id").text


def test_only_the_guard_seals():
    root = Path(__file__).resolve().parents[3]
    folders = ("plant", "inference", "forecasting", "ingestion", "tools", "finetuning", "agents", "tui")
    makers = {
        str(file.relative_to(root))
        for folder in folders
        for file in (root / folder).rglob("*.py")
        if "GuardedQuery" in (source := file.read_text(encoding="utf-8")) or "graph.contract" in source
        if {"seal", "_SEAL"} & named_in(source)
    }
    assert makers == {"tools/graph/guard.py", "plant/graph/contract.py"}
    with pytest.raises(TypeError):
        GuardedQuery(object(), "MATCH (a) RETURN a", {}, 5)


def named_in(source: str) -> set[str]:
    """Returns the names and attributes that a module uses or imports."""
    names = set()
    for node in python.walk(python.parse(source)):
        names |= {
            getattr(node, field) for field in ("id", "attr", "name") if isinstance(getattr(node, field, None), str)
        }
    return names
