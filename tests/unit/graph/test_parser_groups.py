"""Groups by what things are linked to, figures of their links, and how many different values there are."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.graph.small_plant import NODES, RELATIONS
from tests.unit.graph.test_parser import parser_of
from tools.graph.parser.form import Ask, Kind, Link, Per, Thing, Way
from tools.graph.parser.parse import Parsed, Parser

TODAY = date(2026, 11, 21)
KIND_OF_ASSET = Per("kind", Link("MEASURES", Way.OUT, Thing("Asset")))


@pytest.fixture(scope="module")
def plant() -> Parser:
    return parser_of(NODES, RELATIONS)


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
    ],
)
def test_groups_and_different_values(plant: Parser, form: Ask, questions: tuple[str, ...]) -> None:
    for question in questions:
        parsed = plant.parse(question, TODAY)
        assert isinstance(parsed, Parsed), question
        assert parsed.ask == form, question
