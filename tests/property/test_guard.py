"""Whatever text the guard is given, it judges: it never raises, and what it accepts only reads."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plant.facts import Refusal
from plant.graph.contract import GuardedQuery
from plant.graph.lines import schema_of
from tests.unit.graph.small_plant import NODES, RELATIONS, corpus
from tools.graph.cypher import parse, walk
from tools.graph.guard import Guard

GUARD = Guard(schema_of(NODES, RELATIONS), row_limit=10)
WRITING = ("Create", "Merge", "Set", "Delete", "Remove", "Insert", "Call", "Load", "Use", "Drop", "Modifying")
READING = (
    "SetQuantifier",
    "SetOperator",
    "GeneralSetFunction",
    "GeneralSetFunctionType",
    "_SetQuantifierReturnItemListGroupByClause",
    "_SetQuantifierAsteriskGroupByClause",
)

words = st.sampled_from([word for text in (*corpus("attacks"), *corpus("good")) for word in text.split(" ")])
cypher_like = st.lists(words, max_size=30).map(" ".join)
spliced = st.tuples(st.sampled_from(corpus("good")), st.sampled_from(corpus("attacks")), st.integers(0, 80)).map(
    lambda parts: parts[0][: parts[2]] + " " + parts[1] + " " + parts[0][parts[2] :]
)
SLOW = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def only_reads(text: str) -> None:
    judged = GUARD.check(text)
    assert isinstance(judged, Refusal | GuardedQuery)
    if isinstance(judged, GuardedQuery):
        (tree,) = parse(judged.text)
        names = {type(item).__name__ for item in walk(tree)} - set(READING)
        assert not [name for name in names if any(word in name for word in WRITING)]
        assert "LIMIT" in judged.text.upper()
        assert "'" not in judged.text
        assert '"' not in judged.text


@SLOW
@given(st.text(max_size=200))
def test_any_text(text):
    only_reads(text)


@SLOW
@given(cypher_like)
def test_words_of_cypher_in_any_order(text):
    only_reads(text)


@SLOW
@given(spliced)
def test_an_attack_inside_a_good_query(text):
    only_reads(text)


@SLOW
@given(st.text(max_size=60))
def test_a_value_stays_a_value(value):
    judged = GUARD.check("MATCH (a:Asset {id: '" + value.replace("\\", "\\\\").replace("'", "\\'") + "'}) RETURN a.id")
    if isinstance(judged, GuardedQuery):
        assert judged.text == "MATCH (a:Asset {id: $_1 }) RETURN a.id LIMIT 11"
        assert judged.parameters == {"_1": value}
