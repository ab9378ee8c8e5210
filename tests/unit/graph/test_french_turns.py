"""French turns of phrase are written out before a question is read, and what they say is understood."""

from __future__ import annotations

import pytest

from tools.graph.parser.french_turns import written_out


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        ("On a fermé un OT sur P-1 pour la dernière fois quand ?", "On a fermé le dernier OT sur P-1 quand ?"),
        ("Quand a-t-on inspecté P-1 pour la dernière fois ?", "de quand date la dernière inspection sur P-1 ?"),
        ("Chez qui achète-t-on le joint S50 ?", "quels fournisseurs vendent le joint S50 ?"),
        ("Le fournisseur au prix le plus bas, c'est lequel ?", "Le fournisseur au prix le plus bas"),
        ("Les pompes de PM1, donne aussi leur criticité", "Les pompes de PM1, avec leur criticité"),
        ("inspections sans qu'aucun défaut n'ait été trouvé", "inspections sans défaut trouvé"),
        ("boucles restées en mode manuel", "boucles en mode manuel"),
        ("P-1 alimente bien P-2, oui ou non ?", "est-ce que P-1 alimente P-2"),
        ("P-1 : qui a bossé dessus ?", "qui a travaillé sur P-1"),
        ("Que faut-il comme pièces pour réparer E06 ?", "quels pièces pour réparer E06 ?"),
        ("mécano 5, il lui reste quoi comme OT à finir ?", "mécano 5, quels OT à finir ?"),
        ("Qu\u2019est-ce qu\u2019on consomme comme matières ?", "quels matières consomme-t-on ?"),
    ],
)
def test_written_out(asked: str, plain: str) -> None:
    assert written_out(asked) == plain


@pytest.mark.parametrize(
    "question",
    [
        "pièces dont il reste au plus une",  # is no state that lasts
        "N-1 : date du signalement, arrêt oui ou non",  # asks for a column
        "Which pumps feed E-101?",
        "",
    ],
)
def test_left_as_it_is(question: str) -> None:
    assert written_out(question) == question
