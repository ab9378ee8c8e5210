"""What goes between two things and with what, nouns for what a verb does, and who stands at the other end of a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plant.graph.contract import Node, Relation
from tests.unit.graph.asking import TODAY, ask, parser_of
from tools.graph.parser.form import Ask, Compare, Filter, Link, Thing, Way

if TYPE_CHECKING:
    from tools.graph.parser.parse import Parser

_VESSELS = ("V-1", "V-2", "V-3")


@pytest.fixture(scope="module")
def works() -> Parser:
    nodes = [
        *(Node(key, "Vessel", {"name": f"vessel {key}", "kind": "boiler"}) for key in _VESSELS),
        Node("M-7", "Vessel", {"name": "vessel V-2 motor", "kind": "motor"}),
        Node("X-1", "Liquor", {"name": "brine"}),
        Node("X-2", "Liquor", {"name": "lye"}),
    ]
    links = [
        Relation("V-1", "FEEDS", "V-2", {"medium": "steam"}),
        Relation("V-2", "FEEDS", "V-3", {"medium": "hot oil"}),
        Relation("M-7", "DRIVES", "V-2"),
        Relation("V-1", "CONSUMES", "X-1"),
    ]
    return parser_of(nodes, links)


def _fed_by(key: str, *filters: Filter) -> Ask:
    link = Link("FEEDS", Way.IN, Thing("Vessel", ids=(key,) if key else ()), filters=filters)
    return Ask(Thing("Vessel", links=(link,)))


STEAM = Filter("medium", Compare.EQUAL, ("steam",))
FLOWS = Ask(
    Thing("Vessel", ids=("V-1",), links=(Link("FEEDS", Way.OUT, Thing("Vessel", ids=("V-2",)), shown=("medium",)),))
)


@pytest.mark.parametrize(
    "question",
    [
        "What flows from V-1 to V-2?",
        "which medium goes straight from V-1 into V-2",
        "what does V-1 feed V-2 with",
        "What does V-1 feed to V-2, which medium?",
        "qu'est-ce qui circule de V-1 vers V-2 ?",
        "quel est le fluide qui va de V-1 à V-2",
    ],
)
def test_what_goes_between_two_things_is_told_by_their_relationship(works, question):
    assert ask(works, question) == FLOWS


@pytest.mark.parametrize(
    ("form", "question"),
    [
        (_fed_by("V-1", STEAM), "which vessels get their steam from V-1"),
        (_fed_by("", STEAM), "vessels that are fed with steam"),
        (_fed_by("V-1"), "what gets its feed straight from V-1"),
        (_fed_by("V-1"), "what comes right behind V-1"),
        (_fed_by("V-1"), "qu'est-ce qui vient juste après V-1 ?"),
    ],
)
def test_what_flows_may_be_said_of_the_flow(works, form, question):
    assert ask(works, question) == form


@pytest.mark.parametrize(
    ("absent", "question"),
    [
        (True, "vessels without any consumption of brine"),
        (True, "les équipements sans consommation de brine"),
        (False, "vessels with consumption of brine"),
    ],
)
def test_a_noun_for_what_a_verb_does_is_the_verb(works, absent, question):
    link = Link("CONSUMES", Way.OUT, Thing("Liquor", ids=("X-1",)), absent=absent)
    assert ask(works, question.replace("équipements", "vessels")) == Ask(Thing("Vessel", links=(link,)))


@pytest.mark.parametrize("question", ["drive motor of V-3", "V-3 : moteur d'entraînement"])
def test_the_noun_for_an_end_may_stand_beside_what_it_is_of(works, question):
    link = Link("DRIVES", Way.OUT, Thing("Vessel", ids=("V-3",)))
    assert ask(works, question) == Ask(Thing("Vessel", links=(link,)))


def test_a_name_within_a_longer_one_is_not_spoken_of(works):
    """What the motor of that name drives, not what the vessel in its name drives."""
    link = Link("DRIVES", Way.IN, Thing("Vessel", ids=("M-7",)))
    assert ask(works, "what is driven by vessel V-2 motor") == Ask(Thing("Vessel", links=(link,)))


@pytest.mark.parametrize(
    "question",
    [
        "what is up to three steps downstream of V-1",
        "vessels downstream of V-1, at most 3 steps away",
        "quels équipements sont en aval de V-1, à trois étapes au plus ?",
    ],
)
def test_a_flow_is_followed_as_far_as_is_said(works, question):
    link = Link("FEEDS", Way.IN, Thing("Vessel", ids=("V-1",)), most=3)
    assert ask(works, question.replace("équipements", "vessels")) == Ask(Thing("Vessel", links=(link,)))


def test_exactly_so_many_steps_are_not_followed(works):
    assert works.parse("what is three steps downstream of V-1", TODAY) is None


def test_another_is_none_of_those_named_before(works):
    asked = ask(works, "liquors that V-1 consumes that are consumed by another vessel")
    assert {link.thing for link in asked.thing.links} == {
        Thing("Vessel", ids=("V-1",)),
        Thing("Vessel", excluded=("V-1",)),
    }
