"""Questions of several sentences: what the first speak of, what the last takes up, what says nothing."""

from __future__ import annotations

import pytest

from plant.graph.contract import Node, Relation
from tests.unit.graph.asking import TODAY, ask, parser_of
from tools.graph.parser.form import Ask, Compare, Filter, Link, Thing, Way
from tools.graph.parser.parse import Parsed, Parser

NODES = [
    *(Node(f"P-{n}", "Machine", {"name": f"pump {n}", "model": "A1", "maker": "Halden"}) for n in (101, 102)),
    *(Node(f"S-{n}", "Sensor", {"unit": "bar"}) for n in (1, 2)),
    Node("J-1", "Job", {"title": "Grease the shaft", "opened": "2025-01-02", "closed": "2025-02-03"}),
    Node("PT-1", "Part", {"name": "fan belt", "stock": 0}),
    Node("PT-2", "Part", {"name": "seal", "stock": 4}),
]
RELATIONS = [
    Relation("P-101", "FEEDS", "P-102"),
    *(Relation(f"S-{n}", "MEASURES", f"P-10{n}") for n in (1, 2)),
    Relation("J-1", "ON", "P-101"),
    Relation("J-1", "USED", "PT-1"),
]
FED = Thing("Machine", links=(Link("FEEDS", Way.IN, Thing("Machine", ids=("P-101",))),))
OF_FED = Ask(Thing("Sensor", links=(Link("MEASURES", Way.OUT, FED),)))
JOB_DAYS = Ask(Thing("Job", ids=("J-1",), shown=("opened", "closed")))
EMPTY = Thing("Part", filters=(Filter("stock", Compare.EQUAL, (0,)),))


@pytest.fixture(scope="module")
def talk() -> Parser:
    return parser_of(NODES, RELATIONS)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("P-101 feeds some machines. Which sensors do they have?", OF_FED),
        ("Look at the machines P-101 feeds: which sensors measure those machines?", OF_FED),
        ("P-101 alimente quelques machines : quels capteurs ont-elles ?", OF_FED),
        ("When was J-1 opened and when was it closed?", JOB_DAYS),
        ("I have J-1 in my hand. When was it opened and when was it closed, so I can file it?", JOB_DAYS),
        ("Parts with stock 0: which jobs used them?", Ask(Thing("Job", links=(Link("USED", Way.OUT, EMPTY),)))),
        ("I'm in a hurry, which parts have a stock of 0?", Ask(EMPTY)),
        (
            "P-101 is humming again. Its model and its maker please",
            Ask(Thing("Machine", ids=("P-101",), shown=("model", "maker"))),
        ),
    ],
)
def test_what_was_spoken_of_is_taken_up(talk, question, form):
    assert ask(talk, question) == form


@pytest.mark.parametrize(
    "question",
    [
        "The noisy machines P-101 feeds: which sensors do they have?",  # which are noisy is not known
        "P-101 feeds P-102. Which sensors does it have?",  # either of them
        "Only the big ones, which parts have a stock of 0?",
        "When was J-1 opened and which parts have a stock of 0?",  # two questions that no form says
        "P-101 is down. Which parts have a stock of 0?",  # of P-101, or of all
    ],
)
def test_what_may_restrict_is_not_left_out(talk, question):
    assert not isinstance(talk.parse(question, TODAY), Parsed)
