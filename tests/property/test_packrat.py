"""Our parser is graphglot's, only quicker: the same trees of what it reads, and nothing read that it does not read."""

from __future__ import annotations

from graphglot.ast.base import Expression
from graphglot.dialect.neo4j import Neo4j
from graphglot.error import GraphGlotError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.graph.cypher import NotCypher, parse, tokens

SIGNS = ["+", "-", "*", "/", "%", "^", "=", "<>", "<", ">", "<=", ">=", "||", "=~"]
OPERATORS = [*SIGNS, "AND", "OR", "XOR", "IN", "CONTAINS", "STARTS WITH", "ENDS WITH"]
LEAVES = ["1", "2.5", "'x'", "null", "$p", "a", "a.id", "a.b.c", "[1, a.id]", "size(a.id)", "count(*)", "{k: 1}"]
BEHIND = ["", " IS NULL", " IS NOT NULL", "[0]", ".id", ":Asset"]

leaves = st.tuples(st.sampled_from(["", "", "", "-", "NOT "]), st.sampled_from(LEAVES), st.sampled_from(BEHIND)).map(
    "".join
)
expressions = st.lists(leaves, min_size=1, max_size=2).flatmap(
    lambda items: st.lists(st.sampled_from(OPERATORS), min_size=len(items), max_size=len(items)).map(
        lambda signs: " ".join(word for pair in zip(signs, items, strict=True) for word in pair).partition(" ")[2]
    )
)
queries = st.sampled_from(
    [
        "RETURN {} AS x",
        "MATCH (a) WHERE {} RETURN a",
        "MATCH (a {{k: {}}})-->() RETURN a",
        "RETURN {} AS x UNION RETURN 2 AS x",
    ]
)


def shape(node):
    """Returns a tree as nested lists of class names, places in the text and values."""
    if isinstance(node, list | tuple):
        return [shape(item) for item in node]
    if isinstance(node, Expression):
        held = (shape(getattr(node, name)) for name in type(node).__ast_field_names__)
        return [type(node).__name__, node.source_span, *held]
    return node


def theirs(text):
    """Returns what graphglot's own parser makes of a text; None for one it does not read."""
    try:
        return shape(Neo4j.Parser(dialect=Neo4j()).parse(tokens(text), text))
    except (GraphGlotError, ValueError, TypeError, NotImplementedError):
        return None


def ours(text):
    """Returns what our parser makes of a text; None for one it does not read."""
    try:
        return shape(parse(text))
    except NotCypher:
        return None


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(queries, expressions)
def test_the_tree_of_any_expression_is_the_one_that_graphglot_builds(query, expression):
    text = query.format(expression)
    assert ours(text) == theirs(text)
