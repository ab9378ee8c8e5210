"""Contrast, exception and restriction: later than, nothing done, only, not counting, amounts with two ends."""

from __future__ import annotations

import pytest

from tests.unit.graph.asking import TODAY, ask
from tools.graph.parser.form import Ask, Compare, Filter, Link, Relative, Thing, Way
from tools.graph.parser.parse import Parsed


def pumps(*, negated: bool = False) -> Filter:
    return Filter("kind", Compare.EQUAL, ("pump",), negated=negated)


@pytest.mark.parametrize(
    ("question", "compare"),
    [
        ("Which orders were closed on a later day than they were opened?", Compare.ABOVE),
        ("ordres clôturés plus tard qu'ils ont été ouverts", Compare.ABOVE),
        ("orders closed on the same day as they were opened", Compare.EQUAL),
    ],
)
def test_two_days_of_one_thing_are_compared(plant, question, compare):
    assert ask(plant, question).thing == Thing("WorkOrder", relatives=(Relative("closed", compare, None, "opened"),))


@pytest.mark.parametrize(
    "question",
    [
        "parts with a stock above 0 but no more than 6",
        "parts whose stock is at most 6 and above 0",
        "pièces dont le stock est au plus 6 mais plus de 0",
    ],
)
def test_an_amount_may_have_two_ends(plant, question):
    ends = (Filter("stock", Compare.ABOVE, (0,)), Filter("stock", Compare.AT_MOST, (6,)))
    assert ask(plant, question) == Ask(Thing("Part", filters=ends))


@pytest.mark.parametrize(
    "question", ["which parts do we have exactly 4 of?", "parts that we have only 4 of", "parts with only 4 in stock"]
)
def test_how_many_we_have_of_things_is_their_stock(plant, question):
    assert ask(plant, question).thing.filters == (Filter("stock", Compare.EQUAL, (4,)),)


@pytest.mark.parametrize(
    "question", ["orders without any part used", "ordres sans aucune pièce utilisée", "orders with no parts used"]
)
def test_nothing_done_is_no_link(plant, question):
    assert ask(plant, question) == Ask(Thing("WorkOrder", links=(Link("USED", Way.OUT, Thing("Part"), absent=True),)))


@pytest.mark.parametrize(
    "question", ["only the pumps", "assets, pumps only", "équipements, seulement les pompes", "list only pumps"]
)
def test_only_narrows_what_is_asked_for(plant, question):
    assert ask(plant, question) == Ask(Thing("Asset", filters=(pumps(),)))


@pytest.mark.parametrize(
    "question",
    [
        "parts used only on P-101",
        "areas with only pumps",
        "areas with pumps only",
        "pièces utilisées seulement sur P-101",
    ],
)
def test_only_of_what_things_are_linked_to_is_refused(plant, question):
    assert not isinstance(plant.parse(question, TODAY), Parsed)


@pytest.mark.parametrize(
    "question",
    [
        "Not counting the pumps, which assets are there?",
        "assets, pumps excluded",
        "quels équipements y a-t-il, sans compter les pompes ?",
    ],
)
def test_what_is_not_counted_is_excepted(plant, question):
    assert ask(plant, question) == Ask(Thing("Asset", filters=(pumps(negated=True),)))


def test_a_french_ou_before_a_verb_is_no_where(plant):
    assert not isinstance(plant.parse("équipements qui ne sont pas des pompes ou ont un capteur", TODAY), Parsed)


def test_nothing_has_and_lacks_the_same(plant):
    found = plant.parse("Which assets in CW-100 has mechanic 3 never had a work order on?", TODAY)
    assert not isinstance(found, Parsed) or sum(link.type == "ON" for link in found.ask.thing.links) == 1
