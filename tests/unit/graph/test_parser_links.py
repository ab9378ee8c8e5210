"""Chains of links: sentences inside nouns, verbs said of a whole, adverbs within, owners of owners."""

from __future__ import annotations

import pytest

from plant.graph.contract import Node, Relation
from tests.unit.graph.asking import TODAY, ask, parser_of
from tools.graph.parser.form import Ask, Kind, Link, Thing, Way
from tools.graph.parser.parse import Parsed, Parser

NODES = [
    *(Node(key, "Line", {"name": name}) for key, name in (("L-1", "north line"), ("L-2", "south line"))),
    *(Node(key, "Machine", {"name": name}) for key, name in (("M-1", "mixer"), ("M-2", "dryer"), ("M-3", "mill"))),
    *(Node(key, "Job", {"title": title, "mechanic": "R. Diaz"}) for key, title in (("J-1", "Grease"), ("J-2", "Fix"))),
    *(Node(key, "Part", {"name": name}) for key, name in (("PT-1", "seal"), ("PT-2", "belt"))),
    *(Node(key, "Sensor", {"name": name}) for key, name in (("S-1", "level"), ("S-2", "speed"))),
    *(Node(key, "Fault", {"name": name}) for key, name in (("F-1", "leak"), ("F-2", "noise"))),
]
RELATIONS = [
    *(Relation(machine, "PART_OF", line) for machine, line in (("M-1", "L-1"), ("M-2", "L-2"), ("M-3", "L-2"))),
    *(Relation(job, "ON", machine) for job, machine in (("J-1", "M-1"), ("J-2", "M-2"))),
    *(Relation(job, "USED", part) for job, part in (("J-1", "PT-1"), ("J-2", "PT-2"))),
    *(Relation(sensor, "MEASURES", machine) for sensor, machine in (("S-1", "M-1"), ("S-2", "M-2"))),
    *(Relation(fault, "DETECTED_BY", sensor) for fault, sensor in (("F-1", "S-1"), ("F-2", "S-2"))),
    *(Relation(fault, "AFFECTS", machine) for fault, machine in (("F-1", "M-1"), ("F-2", "M-2"))),
    *(Relation(start, "FEEDS", end) for start, end in (("M-1", "M-2"), ("M-2", "M-3"))),
]


@pytest.fixture(scope="module")
def workshop() -> Parser:
    return parser_of(NODES, RELATIONS)


SEAL = Thing("Part", ids=("PT-1",))
JOBS = Thing("Job", links=(Link("USED", Way.OUT, SEAL),))
SEALED = Ask(Thing("Machine", links=(Link("ON", Way.IN, JOBS),)))
LEAK = Thing("Fault", ids=("F-1",))
SEEING = Thing("Sensor", links=(Link("DETECTED_BY", Way.IN, LEAK),))
SEEN = Ask(Thing("Machine", links=(Link("MEASURES", Way.IN, SEEING),)))
FED = Thing("Machine", links=(Link("FEEDS", Way.IN, Thing("Machine", ids=("M-1",))),))
BY_NEXT = Ask(Thing("Job", links=(Link("ON", Way.OUT, FED),)))
MINE = Thing("Sensor", links=(Link("MEASURES", Way.OUT, Thing("Machine", ids=("M-1",))),))


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("machines whose jobs used PT-1", SEALED),
        ("Which machines are there where a job used PT-1?", SEALED),
        ("On which machines did jobs use one of the parts PT-1?", SEALED),
        ("On which machines have we used PT-1?", SEALED),
        ("les machines sur lesquelles une intervention a utilisé PT-1", SEALED),
        ("Sur quelles machines a-t-on utilisé PT-1 ?", SEALED),
        ("Which machines have a sensor that detects F-1?", SEEN),
        ("machines whose sensors detect F-1", SEEN),
        ("les machines dont un capteur détecte F-1", SEEN),
        ("les machines où se trouvent les capteurs qui détectent F-1", SEEN),
        ("jobs on machines fed directly by M-1", BY_NEXT),
        ("interventions sur les machines alimentées en direct par M-1", BY_NEXT),
        ("interventions sur ce qu'alimente M-1", BY_NEXT),
        ("M-1's sensors' faults", Ask(Thing("Fault", links=(Link("DETECTED_BY", Way.OUT, MINE),)))),
        (
            "mechanics whose jobs used PT-1",
            Ask(Thing("Job", links=JOBS.links, shown=("mechanic",)), Kind.VALUES),
        ),
        (
            "Which lines have used PT-1?",
            Ask(Thing("Line", links=(Link("PART_OF", Way.IN, SEALED.thing),))),
        ),
    ],
)
def test_links_are_followed_as_they_are_said(workshop: Parser, question: str, form: Ask) -> None:
    assert ask(workshop, question) == form


@pytest.mark.parametrize(
    "question",
    [
        "M-1 whose jobs used PT-1",  # a name is described, nothing is asked
        "machines whose jobs detect F-1",
        "parts that lines detect",
    ],
)
def test_links_that_the_schema_has_not_are_not_understood(workshop: Parser, question: str) -> None:
    assert not isinstance(workshop.parse(question, TODAY), Parsed)
