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
gaps = st.lists(
    st.sampled_from([" ", "\n", "\t", "  ", " /**/ ", " /* RETURN 1 */ ", " // x\n"]), min_size=1, max_size=5
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
@given(st.sampled_from(corpus("attacks")), gaps, st.sampled_from([str, str.lower, str.upper, str.swapcase]))
def test_an_attack_in_other_clothes_is_refused(attack, gaps, case):
    """Case, white space and comments between the words change nothing."""
    words = case(attack).split(" ")
    text = "".join(word + gaps[at % len(gaps)] for at, word in enumerate(words))
    assert isinstance(GUARD.check(text), Refusal)


@SLOW
@given(
    st.sampled_from(corpus("attacks")),
    st.integers(0, 200),
    st.integers(0, 3),
    st.sampled_from(["", "`", "'", "/*", ")", " "]),
)
def test_an_attack_with_a_piece_cut_out_or_put_in_does_not_write(attack, at, length, put_in):
    only_reads(attack[:at] + put_in + attack[at + length :])


@SLOW
@given(st.text(max_size=60))
def test_a_value_stays_a_value(value):
    judged = GUARD.check("MATCH (a:Asset {id: '" + value.replace("\\", "\\\\").replace("'", "\\'") + "'}) RETURN a.id")
    if isinstance(judged, GuardedQuery):
        assert judged.text == "MATCH (a:Asset {id: $_1 }) RETURN a.id LIMIT 11"
        assert judged.parameters == {"_1": value}
