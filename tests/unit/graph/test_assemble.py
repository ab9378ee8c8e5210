"""Questions that are no sentence: answered where their parts can be joined in one way, never where a word is left."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.unit.graph.asking import TODAY, ask
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Thing, Way
from tools.graph.parser.parse import Parsed

OPEN = (Filter("status", Compare.EQUAL, ("open",)),)
NOT_OPEN = (Filter("status", Compare.EQUAL, ("open",), negated=True),)
ON_P102 = (Link("ON", Way.OUT, Thing("Asset", ids=("P-102",))),)


@pytest.mark.parametrize(
    ("form", "question"),
    [
        (Ask(Thing("WorkOrder", shown=("technician",), links=ON_P102), Kind.VALUES), "technicians who worked on P-102"),
        (
            Ask(Thing("WorkOrder", ids=("WO-1001",), shown=("opened", "technician")), Kind.VALUES),
            "Who has WO-1001 and what is the opening date?",
        ),
        (
            Ask(Thing("WorkOrder", links=ON_P102, filters=(
                Filter("closed", Compare.AT_LEAST, ("2026-01-01",)), Filter("closed", Compare.BELOW, ("2027-01-01",))
            )), Kind.COUNT),
            "P-102, 2026: number of orders completed",
        ),
    ],
)  # fmt: skip
def test_parts_are_joined_by_what_the_schema_allows(plant, form, question):
    assert ask(plant, question) == form


@pytest.mark.parametrize("order", [*permutations(["open orders", "P-102", "how many"])], ids=", ".join)
def test_the_order_of_parts_changes_nothing(plant, order):
    assert ask(plant, ", ".join(order)) == Ask(Thing("WorkOrder", filters=OPEN, links=ON_P102), Kind.COUNT)


@pytest.mark.parametrize("word", ["most", "more than", "or", "moins de"])
def test_a_word_of_scope_that_finds_no_place_is_a_refusal(plant, word):
    assert not isinstance(plant.parse(f"P-102, {word}: open orders, how many", TODAY), Parsed)


@pytest.mark.parametrize(("word", "status"), [("only", OPEN), ("except", NOT_OPEN), ("sauf", NOT_OPEN)])
def test_a_word_of_scope_is_said_of_the_part_behind_it(plant, word, status):
    asked = Ask(Thing("WorkOrder", filters=status, links=ON_P102), Kind.COUNT)
    assert ask(plant, f"P-102, {word}: open orders, how many") == asked


@pytest.mark.parametrize(
    "question",
    [
        "orders, sensors, parts",  # which of them are asked for
        "P-101 and its orders, has it?",
        "T-101 a-t-il des capteurs, ouverts ?",
        "close WO-1001 for me",
    ],
)
def test_parts_that_could_be_joined_in_several_ways_or_in_none_are_not_understood(plant, question):
    assert not isinstance(plant.parse(question, TODAY), Parsed)
