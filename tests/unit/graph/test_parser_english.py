"""How English speakers put it: light verbs, adjectives for figures, texts without quotation marks."""

from __future__ import annotations

from typing import Any

import pytest

from plant.graph.contract import Node, Relation
from tests.unit.graph.asking import TODAY, ask, parser_of
from tools.graph.parser.form import Ask, Compare, Filter, Link, Rank, Thing, Way
from tools.graph.parser.parse import Parsed, Parser

NODES = [
    Node("M-1", "Machine", {"name": "mixer", "installed": "2011-04-01", "running_hours": 700, "power_kw": 75}),
    Node("M-2", "Machine", {"name": "dryer", "installed": "2015-04-01", "running_hours": 900, "power_kw": 90}),
    *(Node(key, "Hall", {"name": name}) for key, name in (("H-1", "north hall"), ("H-2", "south hall"))),
    Node("PT-1", "Part", {"name": "fan belt", "price": 9, "stock": 4, "shelf": "A1"}),
    Node("J-1", "Job", {"title": "Grease the shaft", "hours": 3}),
    Node("J-2", "Job", {"title": "Replace the belt", "hours": 30}),
]
RELATIONS = [
    *(Relation(machine, "IN", hall) for machine, hall in (("M-1", "H-1"), ("M-2", "H-2"))),
    *(Relation(job, "ON", machine) for job, machine in (("J-1", "M-1"), ("J-2", "M-2"))),
]


@pytest.fixture(scope="module")
def workshop() -> Parser:
    return parser_of(NODES, RELATIONS)


def above(name: str, number: float) -> Filter:
    return Filter(name, Compare.ABOVE, (number,))


def belt(shown: str) -> Ask:
    return Ask(Thing("Part", ids=("PT-1",), shown=(shown,)))


IN_HALL = Link("IN", Way.OUT, Thing("Hall", ids=("H-1",)))


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("How long did J-1 take?", Ask(Thing("Job", ids=("J-1",), shown=("hours",)))),
        ("jobs that took more than 20 hours", Ask(Thing("Job", filters=(above("hours", 20),)))),
        ("How old is M-1?", Ask(Thing("Machine", ids=("M-1",), shown=("installed",)))),
        ("how powerful is M-1", Ask(Thing("Machine", ids=("M-1",), shown=("power_kw",)))),
        ("Which machines have run over 800 hours?", Ask(Thing("Machine", filters=(above("running_hours", 800),)))),
        ("machines rated at over 80 kW", Ask(Thing("Machine", filters=(above("power_kw", 80),)))),
        ("Which machines sit in H-1?", Ask(Thing("Machine", links=(IN_HALL,)))),
        ("machines standing in H-1", Ask(Thing("Machine", links=(IN_HALL,)))),
        ("jobs with belt in the title", Ask(Thing("Job", filters=(Filter("title", Compare.CONTAINS, ("belt",)),)))),
        (
            "jobs with the word mixer in their title",
            Ask(Thing("Job", filters=(Filter("title", Compare.CONTAINS, ("mixer",)),))),
        ),
        ("What jobs has M-1 got?", Ask(Thing("Job", links=(Link("ON", Way.OUT, Thing("Machine", ids=("M-1",))),)))),
        ("Where do we keep the fan belt?", belt("shelf")),
        ("what does the fan belt go for", belt("price")),
        ("How much is the fan belt?", belt("price")),
        ("how many of the fan belt have we got left?", belt("stock")),
        ("Which parts are we out of?", Ask(Thing("Part", filters=(Filter("stock", Compare.EQUAL, (0,)),)))),
        ("When did M-1 get installed?", Ask(Thing("Machine", ids=("M-1",), shown=("installed",)))),
        ("Which machine runs the most hours?", Ask(Thing("Machine"), rank=Rank("running_hours"))),
        ("job numbers on M-1", Ask(Thing("Job", links=(Link("ON", Way.OUT, Thing("Machine", ids=("M-1",))),)))),
    ],
)
def test_light_verbs_add_nothing(workshop: Parser, question: str, form: Any) -> None:
    assert ask(workshop, question) == form


@pytest.mark.parametrize(
    "question",
    [
        "what kind of machine is M-1",
        "jobs with belt or shaft in the title",
        "jobs without mixer in the title",
        "jobs with no belt in the title",
        "how heavy is M-1",
        "how long is M-1",
        "machines that took more than 20 hours",
    ],
)
def test_what_a_thing_has_not_is_not_asked_of_it(workshop: Parser, question: str) -> None:
    assert not isinstance(workshop.parse(question, TODAY), Parsed)
