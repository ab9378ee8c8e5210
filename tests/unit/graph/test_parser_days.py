"""Days, numbers and superlatives: numbers of which any will do, the oldest and the biggest, when something was done."""

from __future__ import annotations

import pytest

from plant.graph.contract import Node, Relation
from tests.unit.graph.asking import TODAY, ask, parser_of
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Rank, Thing, Way
from tools.graph.parser.parse import Parsed, Parser

NODES = [
    Node("L1", "Line", {"name": "north", "started": 1969, "capacity": 500}),
    Node("L2", "Line", {"name": "south", "started": 1998, "capacity": 900}),
    Node("M1", "Motor", {"installed": "2011-04-01", "power_kw": 75}),
    Node("M2", "Motor", {"installed": "2021-04-01", "power_kw": 90}),
    Node("J1", "Job", {"priority": 1, "status": "open", "opened": "2026-01-05", "closed": "2026-01-09"}),
    Node("J2", "Job", {"priority": 2, "status": "closed", "opened": "2026-02-05", "closed": "2026-02-06"}),
    Node("J3", "Job", {"priority": 3, "status": "open", "opened": "2026-03-05"}),
    Node("E1", "Person", {"name": "Ada Marsh", "hired": "2001-01-01"}),
    Node("E2", "Person", {"name": "Ben Stone", "hired": "2011-01-01"}),
    Node("I1", "Inspection", {"date": "2025-05-05"}),
    Node("I2", "Inspection", {"date": "2026-05-06"}),
    Node("B1", "Book", {"title": "Nana", "pages": 400}),
    Node("B2", "Book", {"title": "Emma", "pages": 500}),
]
RELATIONS = [
    Relation("J1", "ON", "M1"),
    Relation("M1", "PART_OF", "L1"),
    Relation("J1", "ASSIGNED_TO", "E1"),
    *(Relation(inspection, "INSPECTED", "M1") for inspection in ("I1", "I2")),
    Relation("E1", "RATED", "B1", {"stars": 5, "day": "2026-03-01"}),
    Relation("E2", "RATED", "B2", {"stars": 2, "day": "2025-03-01"}),
]
OPEN = (Filter("status", Compare.EQUAL, ("open",)),)
IN_2026 = (
    Filter("day", Compare.AT_LEAST, ("2026-01-01",)),
    Filter("day", Compare.BELOW, ("2027-01-01",)),
)


@pytest.fixture(scope="module")
def works() -> Parser:
    return parser_of(NODES, RELATIONS)


def by(label: str, name: str, *, descending: bool, number: int = 1) -> Ask:
    return Ask(Thing(label), rank=Rank(name, None, descending, number))


@pytest.mark.parametrize(
    "question", ["jobs with priority 1 or 2", "jobs, priorities 1 and 2", "ordres de priorité 1 ou 2"]
)
def test_any_of_several_numbers_will_do(works, question):
    assert ask(works, question) == Ask(Thing("Job", filters=(Filter("priority", Compare.EQUAL, (1, 2)),)))


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("which line is the oldest?", by("Line", "started", descending=False)),
        ("la ligne la plus récente", by("Line", "started", descending=True)),
        ("the biggest motor", by("Motor", "power_kw", descending=True)),
        ("les deux plus gros moteurs", by("Motor", "power_kw", descending=True, number=2)),
        ("le livre le plus court", by("Book", "pages", descending=False)),
        ("les deux moteurs les plus anciens", by("Motor", "installed", descending=False, number=2)),
        ("who was hired first?", by("Person", "hired", descending=False)),
    ],
)
def test_a_superlative_without_a_property_is_of_age_or_size(works, question, form):
    assert ask(works, question) == form


@pytest.mark.parametrize(
    "question", ["the oldest person", "la personne la plus jeune", "the biggest job", "the oldest of the two lines"]
)
def test_what_has_no_age_or_size_is_not_put_in_order(works, question):
    assert not isinstance(works.parse(question, TODAY), Parsed)


@pytest.mark.parametrize("question", ["books rated 5 stars in 2026", "which books were rated 5 stars in 2026"])
def test_a_day_is_that_of_the_relationship_where_it_has_one(works, question):
    stars = Filter("stars", Compare.EQUAL, (5,))
    asked = ask(works, question)
    (link,) = asked.thing.links
    assert (link.type, link.way, set(link.filters)) == ("RATED", Way.IN, {stars, *IN_2026})


def test_a_day_is_that_of_what_was_done(works):
    then = (Filter("date", Compare.AT_LEAST, ("2026-01-01",)),)
    inspected = Link("INSPECTED", Way.IN, Thing("Inspection", filters=then), absent=True)
    assert ask(works, "motors not inspected since 2026") == Ask(Thing("Motor", links=(inspected,)), Kind.LIST)


def day(name: str, compare: Compare, value: str | int) -> Filter:
    return Filter(name, compare, (value,))


@pytest.mark.parametrize(
    ("question", "label", "filters"),
    [
        ("motors older than 10 years", "Motor", {day("installed", Compare.BELOW, "2016-11-21")}),
        ("les moteurs de plus de dix ans", "Motor", {day("installed", Compare.BELOW, "2016-11-21")}),
        ("motors under 10 years old", "Motor", {day("installed", Compare.AT_LEAST, "2016-11-22")}),
        ("motors installed more than a year ago", "Motor", {day("installed", Compare.BELOW, "2025-11-21")}),
        ("moteurs installés il y a plus de deux ans", "Motor", {day("installed", Compare.BELOW, "2024-11-21")}),
        ("motors not installed for two years", "Motor", {day("installed", Compare.BELOW, "2024-11-22")}),
        ("lines older than 40 years", "Line", {day("started", Compare.BELOW, 1986)}),
        ("jobs open for more than a month", "Job", {*OPEN, day("opened", Compare.BELOW, "2026-10-21")}),
        ("ordres ouverts depuis plus d'un mois", "Job", {*OPEN, day("opened", Compare.BELOW, "2026-10-21")}),
    ],
)
def test_how_long_ago_something_began(works, question, label, filters):
    thing = ask(works, question).thing
    assert (thing.label, set(thing.filters)) == (label, filters)


def test_the_age_of_people_is_not_their_length_of_service(works):
    assert not isinstance(works.parse("people older than 50", TODAY), Parsed)


IN_HAND = {
    day("opened", Compare.AT_MOST, "2026-03-01"),
    Filter("closed", Compare.ABOVE, ("2026-03-01",), or_missing=True),
}


@pytest.mark.parametrize(
    "question",
    [
        "jobs open on 1 March 2026",
        "les ordres en cours le 1er mars 2026",
        "On 1 March 2026, which jobs were open?",
        "Go back to 2026-03-01: which jobs were open then?",
    ],
)
def test_what_was_open_on_a_day_began_by_it_and_ended_later_or_not_at_all(works, question):
    assert {*ask(works, question).thing.filters} == IN_HAND


def test_what_was_not_yet_closed_on_a_day_was_so_later_or_never(works):
    found = ask(works, "jobs opened before 2026-03-01 and not yet closed on that day").thing.filters
    assert {*found} == {day("opened", Compare.BELOW, "2026-03-01"), *IN_HAND} - {
        day("opened", Compare.AT_MOST, "2026-03-01")
    }


def test_a_state_that_holds_now_is_none_of_a_day(works):
    assert not isinstance(works.parse("jobs in hand on 2026-03-01 that are open", TODAY), Parsed)
