"""French as it is spoken: what is asked in other ways means what the plain question does."""

from __future__ import annotations

import pytest

from tests.unit.graph.asking import TODAY, ask
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
        ("Quels capteurs pour surveiller E-101 ?", "capteurs surveillant E-101"),
        ("pièces à stock nul", "pièces dont le stock est 0"),
        ("mets-moi les ordres encore ouverts sur P-101", "ordres ouverts sur P-101"),
        ("pièces qui ont servi dans des ordres sur P-101", "pièces utilisées dans des ordres sur P-101"),
        ("lors de quels ordres PT-7 a-t-elle été utilisée ?", "dans quels ordres PT-7 a-t-elle été utilisée"),
        ("quels capteurs surveillent lequipement P-101", "quels capteurs surveillent l'équipement P-101"),
    ],
)
def test_spoken_french_means_what_the_plain_question_does(plant: Parser, spoken: str, plain: str) -> None:
    assert ask(plant, spoken) == ask(plant, plain)


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
