"""Figures, columns and order: first by a link's property, the last day, groups counted out, sums, rates, sequences."""

from __future__ import annotations

import pytest

from plant.graph.contract import Node, Relation
from tests.unit.graph.asking import TODAY, parser_of
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Per, Rank, Thing, Way
from tools.graph.parser.parse import Parsed, Parser

BOLT = Link("SUPPLIED_BY", Way.IN, Thing("Component", ids=("C-1",)))
OF_STARCH = Link("CONSUMES", Way.IN, Thing("Unit"))
STARCH = Thing("Material", ids=("M-1",))
OF_ALL = Ask(STARCH, Kind.SUM, of="tonnes_per_day", along=OF_STARCH)
FAN = Link("CHECKS", Way.OUT, Thing("Equipment", ids=("E-1",)))
LAST_CHECK = Ask(Thing("Inspection", links=(FAN,)), Kind.MOST, of="date")


@pytest.fixture(scope="module")
def mill() -> Parser:
    """A mill with offers, consumption by the day, jobs and inspections."""
    nodes = [
        Node("S-1", "Supplier", {"name": "Hartmoor"}),
        Node("S-2", "Supplier", {"name": "Delvaux"}),
        Node("C-1", "Component", {"name": "ball bearing", "stock": 4}),
        Node("C-2", "Component", {"name": "filter", "stock": 9}),
        Node("U-1", "Unit", {"name": "wet end"}),
        Node("U-2", "Unit", {"name": "dry end"}),
        Node("M-1", "Material", {"name": "starch"}),
        Node("E-1", "Equipment", {"name": "fan", "kind": "fan", "power_kw": 20, "status": "running"}),
        Node("E-2", "Equipment", {"name": "press", "kind": "motor", "power_kw": 30, "status": "standby"}),
        Node("J-1", "Job", {"title": "clean", "hours": 3, "finished": "2025-03-04"}),
        Node("J-2", "Job", {"title": "grease", "hours": 9, "finished": "2025-08-04"}),
        Node("I-1", "Inspection", {"date": "2024-05-06", "result": "good"}),
        Node("I-2", "Inspection", {"date": "2025-05-06", "result": "bad"}),
    ]
    relations = [
        Relation("C-1", "SUPPLIED_BY", "S-1", {"price": 4, "lead_days": 20}),
        Relation("C-1", "SUPPLIED_BY", "S-2", {"price": 3, "lead_days": 9}),
        Relation("C-2", "SUPPLIED_BY", "S-2", {"price": 5, "lead_days": 9}),
        Relation("U-1", "CONSUMES", "M-1", {"tonnes_per_day": 5}),
        Relation("U-2", "CONSUMES", "M-1", {"tonnes_per_day": 7}),
        Relation("E-1", "INSTALLED_IN", "U-1"),
        Relation("E-2", "INSTALLED_IN", "U-2"),
        Relation("J-1", "PERFORMED_ON", "E-1"),
        Relation("J-2", "PERFORMED_ON", "E-2"),
        Relation("I-1", "CHECKS", "E-1"),
        Relation("I-2", "CHECKS", "E-2"),
    ]
    return parser_of(nodes, relations)


def parsed(parser: Parser, question: str) -> Ask | None:
    found = parser.parse(question, TODAY)
    return found.ask if isinstance(found, Parsed) else None


def offers(number: int = 1) -> Ask:
    """Returns the suppliers of C-1 that are the cheapest."""
    rank = Rank(descending=False, number=number)
    return Ask(Thing("Supplier"), Kind.LEAST, of="price", along=BOLT, per=Per(), rank=rank)


@pytest.mark.parametrize(
    ("form", "question"),
    [
        (offers(), "which supplier has the lowest price for C-1?"),
        (offers(), "cheapest supplier of C-1"),
        (offers(), "who sells C-1 at the lowest price"),
        (offers(), "fournisseur le moins cher pour C-1"),
        (offers(), "C-1 : fournisseur avec le prix le plus bas"),
        (offers(2), "the two cheapest suppliers of C-1"),
        (LAST_CHECK,
         "when was E-1 last inspected?"),
        (LAST_CHECK,
         "quand E-1 a-t-il été inspecté pour la dernière fois ?"),
        (OF_ALL, "total tonnes per day of starch, all units together"),
        (OF_ALL, "how many tonnes per day of starch are consumed in total?"),
        (OF_ALL,
         "tonnes par jour de starch, toutes unités confondues"),
        (Ask(Thing("Equipment", filters=(Filter("status", Compare.EQUAL, ("running", "standby")),)), Kind.COUNT,
             per=Per("status")), "how many equipment are running, and how many on standby?"),
        (Ask(Thing("Equipment"), Kind.COUNT, per=Per("status")), "number of equipment, status by status"),
        (Ask(Thing("Job"), rank=Rank("hours")), "longest job"),
        (Ask(Thing("Job"), rank=Rank("hours", descending=False, number=None)), "jobs, shortest first"),
        (Ask(Thing("Job"), rank=Rank("finished", number=None)), "jobs from newest to oldest"),
        (Ask(Thing("Component", shown=("stock",)), rank=Rank("stock", descending=False, number=None)),
         "components with their stock, lowest to highest"),
    ],
)  # fmt: skip
def test_figures_and_order(mill: Parser, form: Ask, question: str) -> None:
    assert parsed(mill, question) == form


@pytest.mark.parametrize(
    "question",
    [
        "lowest stock of C-1",  # one thing has one stock
        "total tonnes per day of starch, all jobs together",  # jobs are no part of it
        "how many equipment are running, how many jobs are there",
        "two cheapest three suppliers of C-1",
    ],
)
def test_what_cannot_be_meant_is_refused(mill: Parser, question: str) -> None:
    assert parsed(mill, question) is None


def test_last_day_of_several(plant: Parser) -> None:
    orders = Thing("WorkOrder", links=(Link("ON", Way.OUT, Thing("Asset", ids=("P-102",))),))
    for question in (
        "when was an order on P-102 last closed?",
        "quand un ordre sur P-102 a-t-il été fermé pour la dernière fois ?",
    ):
        assert parsed(plant, question) == Ask(orders, Kind.MOST, of="closed"), question
