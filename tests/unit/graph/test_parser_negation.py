"""Negation, coordination and comparison: neither, both, nobody; a property against another."""

from __future__ import annotations

import pytest

from plant.graph.contract import Node
from tests.unit.graph.asking import TODAY, ask, parser_of
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Relative, Thing, Way
from tools.graph.parser.modification import agree
from tools.graph.parser.parse import Parsed, Parser

NEITHER = (
    Link("MEASURES", Way.IN, Thing("Sensor"), absent=True),
    Link("ON", Way.IN, Thing("WorkOrder"), absent=True),
)


@pytest.mark.parametrize(
    ("form", "question"),
    [
        (Ask(Thing("Asset", links=NEITHER)), "Which assets have neither sensors nor work orders?"),
        (Ask(Thing("Asset", links=NEITHER)), "équipements sans capteur ni ordre de travail"),
        (Ask(Thing("Asset", links=NEITHER)), "assets without sensors or work orders"),
        (
            Ask(Thing("Asset", filters=(Filter("kind", Compare.EQUAL, ("pump", "tank"), negated=True),))),
            "assets that are neither pumps nor tanks",
        ),
        (Ask(Thing("Asset", links=(Link("FEEDS", Way.OUT, Thing("Asset"), absent=True),))), "assets that feed nothing"),
    ],
)
def test_neither_denies_each(plant, form, question):
    assert ask(plant, question) == form


@pytest.mark.parametrize("question", ["P-101 without pumps", "P-101 sans pompe"])
def test_what_lacks_things_of_its_own_kind_is_none_of_them(plant, question):
    assert not isinstance(plant.parse(question, TODAY), Parsed)


@pytest.fixture(scope="module")
def store() -> Parser:
    spares = [
        Node(
            f"S-{n}",
            "Spare",
            {"name": f"spare {n}", "stock": n, "minimum_stock": 3, "pages": 10 * n, "founded": 1990 + n},
        )
        for n in range(1, 6)
    ]
    return parser_of(spares, [])


BELOW = Ask(Thing("Spare", relatives=(Relative("stock", Compare.BELOW, None, "minimum_stock"),)))


@pytest.mark.parametrize(
    ("form", "question"),
    [
        (BELOW, "spares whose stock is below the minimum stock"),
        (BELOW, "spares below their minimum stock"),
        (BELOW, "Which spares have less stock than their minimum stock?"),
        (BELOW, "Spare dont le stock est inférieur au stock minimum"),
        (
            Ask(Thing("Spare", relatives=(Relative("pages", Compare.ABOVE, Thing("Spare", ids=("S-3",))),))),
            "spares with more pages than S-3",
        ),
        (
            Ask(Thing("Spare", relatives=(Relative("founded", Compare.BELOW, Thing("Spare", ids=("S-3",))),))),
            "Which spares were founded before S-3?",
        ),
    ],
)
def test_a_property_stands_against_another(store, form, question):
    assert ask(store, question) == form


@pytest.mark.parametrize("question", ["spares with more pages than their name", "spares with less minimum stock"])
def test_what_cannot_be_compared_is_refused(store, question):
    assert not isinstance(store.parse(question, TODAY), Parsed)


def _alike(key: str, other: str) -> Ask:
    like = Relative("model", Compare.EQUAL, Thing("Asset", ids=(other,)))
    return Ask(Thing("Asset", ids=(key,), relatives=(like,)), Kind.EXISTS)


NO_PUMP = Filter("kind", Compare.EQUAL, ("pump",), negated=True)


@pytest.mark.parametrize(
    ("form", "question"),
    [
        (_alike("P-101", "P-102"), "Do P-101 and P-102 have the same model?"),
        (_alike("P-101", "P-102"), "P-101 et P-102 sont-elles du même modèle ?"),
        (
            Ask(Thing("Asset", ids=("P-101",), links=(Link("ON", Way.IN, Thing("WorkOrder")),)), Kind.EXISTS),
            "P-101 a-t-elle un ordre de travail ?",
        ),
        (
            Ask(Thing("Asset", filters=(Filter("kind", Compare.EQUAL, ("exchanger", "pump", "tank")),))),
            "pumps, exchangers and tanks",
        ),
        (Ask(Thing("Asset", filters=(NO_PUMP,))), "all assets except the pumps"),
        (
            Ask(Thing("WorkOrder", filters=(Filter("status", Compare.EQUAL, ("closed",), negated=True),))),
            "les ordres de travail sauf ceux qui sont clos",
        ),
    ],
)
def test_what_is_joined_or_left_out(plant, form, question):
    assert ask(plant, question) == form


@pytest.mark.parametrize("question", ["open orders, pumps fed by T-101", "ordres ouverts, pompes alimentées par T-101"])
def test_of_two_sorts_beside_a_comma_the_first_are_asked_for(plant, question):
    pumps = Thing(
        "Asset",
        filters=(Filter("kind", Compare.EQUAL, ("pump",)),),
        links=(Link("FEEDS", Way.IN, Thing("Asset", ids=("T-101",))),),
    )
    opened = (Filter("status", Compare.EQUAL, ("open",)),)
    assert ask(plant, question) == Ask(Thing("WorkOrder", filters=opened, links=(Link("ON", Way.OUT, pumps),)))


def test_what_contradicts_itself_does_not_agree():
    stocked = Thing("Part", filters=(Filter("stock", Compare.ABOVE, (0,)),))
    assert not agree(stocked, (Filter("stock", Compare.EQUAL, (0,)),))
    assert agree(stocked, (Filter("stock", Compare.EQUAL, (3,)),))
