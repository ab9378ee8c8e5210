"""Everyday English that adds nothing: vague adjectives with their figure, conditions, ranks, "+", people as "they"."""

from __future__ import annotations

import pytest

from plant.graph.contract import Node, Relation
from tests.unit.graph.asking import TODAY, ask, parser_of
from tools.graph.parser.form import Ask, Compare, Filter, Link, Thing, Way
from tools.graph.parser.parse import Parsed, Parser

NODES = [
    Node("M-1", "Machine", {"name": "mixer", "criticality": "A", "installed": "2011-04-01", "power_kw": 75}),
    Node("M-2", "Machine", {"name": "dryer", "criticality": "B", "installed": "2015-04-01", "power_kw": 90}),
    Node("E-1", "Failure", {"name": "motor too hot", "effect": "the mixer stops"}),
    Node("B-1", "Part", {"name": "fan belt", "stock": 4}),
    Node("P-1", "Person", {"name": "Ada Stone", "trade": "fitter", "hired": "2019-01-07"}),
]
RELATIONS = [
    Relation("E-1", "AFFECTS", "M-1"),
    Relation("B-1", "FIXES", "E-1"),
    Relation("B-1", "FITTED_TO", "M-1"),
    Relation("P-1", "RESPONSIBLE_FOR", "M-1"),
]


@pytest.fixture(scope="module")
def workshop() -> Parser:
    return parser_of(NODES, RELATIONS)


def machines(*filters: Filter) -> Ask:
    return Ask(Thing("Machine", filters=filters))


STRONG = Filter("power_kw", Compare.ABOVE, (80,))
CRITICAL = Filter("criticality", Compare.EQUAL, ("A",))
FIXING = Ask(Thing("Part", links=(Link("FIXES", Way.OUT, Thing("Failure", ids=("E-1",))),)))
AFFECTING = Ask(Thing("Failure", links=(Link("AFFECTS", Way.OUT, Thing("Machine", ids=("M-1",))),)))
RESPONSIBLE = Ask(Thing("Person", links=(Link("RESPONSIBLE_FOR", Way.OUT, Thing("Machine", ids=("M-1",))),)))
TRADE = Ask(Thing("Person", ids=("P-1",), shown=("trade",)))
HIRED = Ask(Thing("Person", ids=("P-1",), shown=("trade", "hired")))
ALL_OF_M1 = Ask(Thing("Machine", ids=("M-1",), shown=("criticality", "installed", "power_kw")))


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("big machines, above 80 kW", machines(STRONG)),
        ("really powerful machines please, more than 80 kW", machines(STRONG)),
        ("A-critical machines", machines(CRITICAL)),
        ("machines rated A for criticality", machines(CRITICAL)),
        ("known failures of M-1", AFFECTING),
        ("actual stock of B-1", Ask(Thing("Part", ids=("B-1",), shown=("stock",)))),
        ("if E-1 shows up, which parts fix it?", FIXING),
        ("Ada Stone, trade + hiring date", HIRED),
        ("What is Ada Stone by trade?", TRADE),
        ("describe M-1", ALL_OF_M1),
        ("décris M-1", ALL_OF_M1),
        ("whos responsible for M-1", RESPONSIBLE),
    ],
)  # fmt: skip
def test_words_that_add_nothing_are_left_out(workshop: Parser, question: str, form: Ask) -> None:
    assert ask(workshop, question) == form


@pytest.mark.parametrize(
    "question",
    [
        "big machines",  # no figure says how big
        "small machines, above 80 kW",  # which is not small
        "unknown machines",
        "if E-1 shows up on M-1, which parts fix it?",  # two that "it" may be
    ],
)
def test_the_same_words_are_refused_where_they_mean_something(workshop: Parser, question: str) -> None:
    assert not isinstance(workshop.parse(question, TODAY), Parsed)
