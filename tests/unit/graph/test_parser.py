"""From questions to forms, in English and French, over the small plant and over a library."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from plant.facts import Refusal, RefusalCode
from plant.graph.contract import Node, Relation
from tests.unit.graph.asking import TODAY, ask, parser_of
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Per, Rank, Relative, Thing, Times, Way
from tools.graph.parser.parse import Parsed, Parser

LIBRARY = [
    *(
        Node(key, "Book", {"title": title, "pages": pages})
        for key, title, pages in (("B1", "Nana", 400), ("B2", "Emma", 500))
    ),
    *(
        Node(key, "Author", {"name": name, "born": born})
        for key, name, born in (("A1", "Zola", "1840-04-02"), ("A2", "Austen", "1775-12-16"))
    ),
]
WRITTEN = [Relation("A1", "WROTE", "B1"), Relation("A2", "WROTE", "B2")]


@pytest.fixture(scope="module")
def library() -> Parser:
    return parser_of(LIBRARY, WRITTEN)


def asset(*ids: str, **more: Any) -> Thing:
    return Thing("Asset", ids=ids, **more)


PUMPS = (Filter("kind", Compare.EQUAL, ("pump",)),)
OPEN = (Filter("status", Compare.EQUAL, ("open",)),)
ON_P101 = Ask(Thing("Sensor", links=(Link("MEASURES", Way.OUT, asset("P-101")),)))
FEEDERS = Ask(asset(links=(Link("FEEDS", Way.OUT, asset("E-101")),), filters=PUMPS))
FED = Ask(asset(links=(Link("FEEDS", Way.IN, asset("P-101")),)))
AREA = Ask(Thing("Area", links=(Link("PART_OF", Way.IN, asset("P-101")),)))
MODEL = Ask(asset("P-101", shown=("model",)))


@pytest.mark.parametrize(
    ("form", "questions"),
    [
        (
            ON_P101,
            (
                "Which sensors are on P-101?",
                "list the sensors of P-101",
                "P-101's sensors",
                "sensors P-101",
                "On P-101, which sensors are there?",
                "Quels capteurs sont sur P-101 ?",
                "capteurs P-101",
            ),
        ),
        (
            FEEDERS,
            (
                "Which pumps feed E-101?",
                "by which pumps is E-101 fed?",
                "pumps that feed E-101",
                "Quelles pompes alimentent E-101 ?",
                "Par quelles pompes est alimenté E-101 ?",
            ),
        ),
        (
            FED,
            (
                "What does P-101 feed?",
                "Which assets does P-101 feed?",
                "assets fed by P-101",
                "Quels équipements P-101 alimente-t-il ?",
                "Quels équipements alimente P-101 ?",
                "Qu'est-ce que P-101 alimente ?",
                "Que alimente P-101 ?",
            ),
        ),
        (
            AREA,
            (
                "Which area is P-101 in?",
                "In which area is P-101?",
                "P-101 is in which area?",
                "À quelle zone appartient P-101 ?",
            ),
        ),
        (MODEL, ("What is the model of P-101?", "P-101's model", "model of P-101", "Quel est le modèle de P-101 ?")),
        (
            Ask(Thing("Sensor", links=(Link("MEASURES", Way.OUT, asset("P-101")),)), Kind.COUNT),
            ("How many sensors does P-101 have?", "number of sensors on P-101", "Combien de capteurs a P-101 ?"),
        ),
        (
            Ask(asset(filters=PUMPS, links=(Link("ON", Way.IN, Thing("WorkOrder", filters=OPEN), absent=True),))),
            ("Which pumps have no open work orders?", "pumps without open orders", "pompes sans ordre ouvert"),
        ),
        (
            Ask(asset(links=(Link("MEASURES", Way.IN, Thing("Sensor"), times=Times(Compare.ABOVE, 2)),))),
            ("assets with more than two sensors", "Quels équipements ont plus de 2 capteurs ?"),
        ),
        (
            Ask(Thing("Sensor"), Kind.COUNT, per=Per(link=Link("MEASURES", Way.OUT, asset()))),
            (
                "How many sensors does each asset have?",
                "number of sensors per asset",
                "nombre de capteurs par équipement",
            ),
        ),
        (
            Ask(Thing("Part", filters=(Filter("stock", Compare.BELOW, (3,)),))),
            ("parts with stock below 3", "pièces dont le stock est inférieur à 3"),
        ),
        (Ask(Thing("Part"), rank=Rank("stock")), ("Which part has the highest stock?",)),
        (Ask(Thing("Part"), Kind.MEAN, of="stock"), ("average stock of parts", "Quel est le stock moyen des pièces ?")),
        (
            Ask(asset(relatives=(Relative("model", Compare.EQUAL, asset("P-101")),))),
            ("assets with the same model as P-101", "Quels équipements ont le même modèle que P-101 ?"),
        ),
        (
            Ask(asset("P-101", links=(Link("FEEDS", Way.OUT, asset("E-101")),)), Kind.EXISTS),
            ("Does P-101 feed E-101?", "P-101 alimente-t-il E-101 ?", "Est-ce que P-101 alimente E-101 ?"),
        ),
        (Ask(asset("T-101"), Kind.PATH, to=asset("E-101")), ("path from T-101 to E-101", "chemin de T-101 à E-101")),
        (
            Ask(Thing("WorkOrder", filters=(Filter("opened", Compare.AT_LEAST, ("2026-01-01",)),))),
            ("orders opened since 2026", "ordres ouverts depuis 2026"),
        ),
        (
            Ask(Thing("WorkOrder", filters=(Filter("status", Compare.EQUAL, ("closed",), negated=True),))),
            ("Which orders are not closed?", "Quels ordres ne sont pas clos ?"),
        ),
    ],
)
def test_many_ways_to_ask_one_thing(plant, form, questions):
    assert {question: ask(plant, question) for question in questions} == dict.fromkeys(questions, form)


def test_what_follows_a_noun_belongs_to_the_nearest(plant):
    form = ask(plant, "sensors on the pumps that feed E-101")
    (link,) = form.thing.links
    assert link.thing == FEEDERS.thing


def test_an_unnamed_node_between_two_is_found_where_there_is_one_way(plant):
    form = ask(plant, "orders in area CW-100")
    (link,) = form.thing.links
    assert (link.type, link.thing.label, link.thing.links) == (
        "ON",
        "Asset",
        (Link("PART_OF", Way.OUT, Thing("Area", ids=("CW-100",))),),
    )


@pytest.mark.parametrize(
    "question",
    [
        "Which pumps are painted green?",
        "sensors on P-101 yesterday perhaps",
        "Are the orders on P-102 closed?",
        "Are all pumps fed by T-101?",
        "Which assets feed all pumps?",
        "Est-ce que toutes les pompes ont un capteur ?",
        "average number of orders per asset",
        "the latest order of each asset",
        "which orders were not closed in 2025",
        "pumps only fed by T-101",
        "Quelles pompes n'alimentent que E-101 ?",
        "other orders",
        "Which pumps have more sensors than P-101?",
        "",
    ],
)
def test_what_a_form_cannot_say_is_not_understood(plant, question):
    assert plant.parse(question, TODAY) is None


def test_two_meanings_are_a_question_back(plant):
    parsed = plant.parse("Which assets feed P-101 and P-102?", TODAY)
    assert isinstance(parsed, Refusal)
    assert parsed.code is RefusalCode.AMBIGUOUS
    assert len(set(parsed.choices)) == 2


def test_one_thing_on_both_is_no_second_meaning(plant):
    assert ask(plant, "sensors on P-101 and P-102").thing.links[0].thing.ids == ("P-101", "P-102")


def test_an_id_that_is_none_is_refused_with_the_nearest(plant):
    parsed = plant.parse("sensors on P-111", TODAY)
    assert isinstance(parsed, Refusal)
    assert parsed.code is RefusalCode.UNKNOWN_ENTITY
    assert "P-101" in parsed.choices


def test_the_nodes_of_a_question_are_told_in_order(plant):
    parsed = plant.parse("Does P-101 feed E-101?", TODAY)
    assert isinstance(parsed, Parsed)
    assert parsed.linked == ("P-101", "E-101")


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Who wrote Nana?", Ask(Thing("Author", links=(Link("WROTE", Way.OUT, Thing("Book", ids=("B1",))),)))),
        (
            "Which books did Austen write?",
            Ask(Thing("Book", links=(Link("WROTE", Way.IN, Thing("Author", ids=("A2",))),))),
        ),
        ("books with more than 450 pages", Ask(Thing("Book", filters=(Filter("pages", Compare.ABOVE, (450,)),)))),
        ("When was Zola born?", Ask(Thing("Author", ids=("A1",), shown=("born",)))),
    ],
)
def test_another_world_has_the_same_grammar(library, question, form):
    assert ask(library, question) == form


SHOP = [
    *(
        Node(key, "Product", {"name": name, "price": price})
        for key, name, price in (("A1", "lamp", 9), ("A2", "desk", 80))
    ),
    *(Node(key, "Order", {"placed": day}) for key, day in (("O-1", "2026-01-02"), ("O-2", "2026-02-03"))),
    *(Node(key, "Vendor", {"name": name}) for key, name in (("V1", "Arden"), ("V2", "Brill"))),
]
SOLD = [
    Relation("O-1", "CONTAINS", "A1", {"quantity": 3}),
    Relation("O-2", "CONTAINS", "A2", {"quantity": 1}),
    Relation("A1", "SOLD_BY", "V1", {"lead_days": 12}),
    Relation("A2", "SOLD_BY", "V2", {"lead_days": 40}),
]
IN_O_1 = Link("CONTAINS", Way.IN, Thing("Order", ids=("O-1",)))


@pytest.fixture(scope="module")
def shop() -> Parser:
    return parser_of(SHOP, SOLD)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("products in O-1 with the quantity", Ask(Thing("Product", links=(replace(IN_O_1, shown=("quantity",)),)))),
        ("total quantity of products in O-1", Ask(Thing("Product"), Kind.SUM, of="quantity", along=IN_O_1)),
        (
            "vendors with a lead time over 30 days for A2",
            Ask(
                Thing(
                    "Vendor",
                    links=(
                        Link(
                            "SOLD_BY",
                            Way.IN,
                            Thing("Product", ids=("A2",)),
                            filters=(Filter("lead_days", Compare.ABOVE, (30,)),),
                        ),
                    ),
                )
            ),
        ),
    ],
)
def test_a_relationship_has_properties_too(shop, question, form):
    assert ask(shop, question) == form


def test_a_figure_of_links_is_given_for_groups_of_things(shop):
    each = Link("CONTAINS", Way.OUT, Thing("Product"))
    form = Ask(Thing("Order"), Kind.SUM, of="quantity", along=each, per=Per())
    assert ask(shop, "total quantity of products per order") == form


@pytest.mark.parametrize(
    "question", ["Which other assets share a part with E-101?", "assets with parts in common with E-101"]
)
def test_what_is_shared_is_had_by_both(plant, question):
    mine = Thing("Part", links=(Link("HAS_PART", Way.IN, Thing("Asset", ids=("E-101",))),))
    assert ask(plant, question) == Ask(Thing("Asset", excluded=("E-101",), links=(Link("HAS_PART", Way.OUT, mine),)))
