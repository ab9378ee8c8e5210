"""Groups by what things are linked to, figures of their links, and how many different values there are."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.unit.graph.asking import TODAY, ask
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Per, Rank, Thing, Way
from tools.graph.parser.parse import Parsed, Parser

ASSET_OF_PART = Per(link=Link("HAS_PART", Way.IN, Thing("Asset")))
STOCK = Ask(Thing("Part"), Kind.SUM, of="stock", per=ASSET_OF_PART)
ORDERS = Ask(Thing("WorkOrder"), Kind.COUNT, per=Per("status"))
KIND_OF_ASSET = Per("kind", Link("MEASURES", Way.OUT, Thing("Asset")))


@pytest.mark.parametrize(
    ("form", "questions"),
    [
        (
            Ask(Thing("Sensor"), Kind.COUNT, per=KIND_OF_ASSET),
            (
                "how many sensors per kind of asset?",
                "number of sensors by asset kind",
                "nombre de capteurs par type d'équipement",
            ),
        ),
        (Ask(Thing("Asset"), Kind.COUNT, of="model"), ("how many different models", "combien de modèles différents ?")),
        (replace(STOCK, rank=Rank()), ("which asset has the highest total stock of parts?",)),
        (
            replace(STOCK, having_figure=(Filter("", Compare.ABOVE, (5,)),)),
            ("assets with a total part stock over 5", "équipements avec un stock total de pièces supérieur à 5"),
        ),
        (
            replace(ORDERS, rank=Rank(number=None)),
            ("work orders per status, most first", "number of work orders by status, highest first"),
        ),
        (
            ORDERS,
            ("breakdown of work orders by status", "répartition des ordres par statut", "ordres, nombre par statut"),
        ),
        (
            Ask(Thing("Asset"), rank=Rank("", Link("MEASURES", Way.IN, Thing("Sensor")))),
            ("which asset has the most sensors and how many?", "quel équipement a le plus de capteurs et combien ?"),
        ),
    ],
)
def test_groups_and_different_values(plant: Parser, form: Ask, questions: tuple[str, ...]) -> None:
    for question in questions:
        assert ask(plant, question) == form, question


@pytest.mark.parametrize(
    "question",
    [
        "Combien d'ordres par zone et par statut ?",
        "how many orders of each status on each asset",
        "distribution of pumps",
        "sensors by asset by area",
    ],
)
def test_what_groups_is_never_left_out(plant: Parser, question: str) -> None:
    assert not isinstance(plant.parse(question, TODAY), Parsed)
