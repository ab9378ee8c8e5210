"""French as it is spoken: what is asked in other ways means what the plain question does."""

from __future__ import annotations

import pytest

from tests.unit.graph.asking import TODAY
from tools.graph.parser.parse import Parsed, Parser


@pytest.mark.parametrize(
    ("spoken", "plain"),
    [
        ("Y a quoi comme capteurs sur P-101 ?", "Quels capteurs sur P-101 ?"),
        ("Qu'est-ce qu'on a comme capteurs sur P-101 ?", "Quels capteurs sur P-101 ?"),
        ("les pièces qu'on n'a jamais utilisées", "pièces jamais utilisées"),
        ("Sur quels équipements a-t-on utilisé PT-7 ?", "Sur quels équipements a été utilisée PT-7 ?"),
        ("Quelles pièces permettent de réparer E07 ?", "Quelles pièces réparent E07 ?"),
        ("PT-7 : il en reste combien ?", "stock de PT-7"),
        ("le stock de PT-7 est de combien ?", "stock de PT-7"),
    ],
)
def test_spoken_french_means_what_the_plain_question_does(plant: Parser, spoken: str, plain: str) -> None:
    """Other words for the same question make the same form."""
    heard, said = plant.parse(spoken, TODAY), plant.parse(plain, TODAY)
    assert isinstance(said, Parsed), said
    assert isinstance(heard, Parsed), heard
    assert heard.ask == said.ask


@pytest.mark.parametrize(
    "question",
    [
        "Quelles pièces coûtent plus de sélénium sur P-101 ?",
        "Qu'est-ce qu'on a comme licornes sur P-101 ?",
        "Quelle est la panne la plus grave de P-101 ?",
    ],
)
def test_what_nobody_knows_stays_unanswered(plant: Parser, question: str) -> None:
    """A word without meaning, or a superlative that nothing orders, is not left out."""
    assert not isinstance(plant.parse(question, TODAY), Parsed)


@pytest.mark.parametrize(
    ("plain", "spoken"),
    [
        ("capteurs surveillant E-101", "Quels capteurs pour surveiller E-101 ?"),
        ("pièces dont le stock est 0", "pièces à stock nul"),
        ("ordres ouverts sur P-101", "mets-moi les ordres encore ouverts sur P-101"),
        ("pièces utilisées dans des ordres sur P-101", "pièces qui ont servi dans des ordres sur P-101"),
        ("dans quels ordres PT-7 a-t-elle été utilisée", "lors de quels ordres PT-7 a-t-elle été utilisée ?"),
        ("quels capteurs surveillent l'équipement P-101", "quels capteurs surveillent lequipement P-101"),
    ],
)
def test_words_of_the_shop_floor(plant: Parser, plain: str, spoken: str) -> None:
    asked, said = plant.parse(plain, TODAY), plant.parse(spoken, TODAY)
    assert isinstance(asked, Parsed)
    assert isinstance(said, Parsed)
    assert said.ask == asked.ask
