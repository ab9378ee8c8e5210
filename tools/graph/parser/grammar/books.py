"""The rules of the whole grammar, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser import chart
from tools.graph.parser.grammar import (
    clauses,
    comparison,
    coordination,
    days,
    figures,
    negation,
    nouns,
    numbers,
    order,
    path_questions,
    polar_questions,
    properties,
    questions,
    value_questions,
)
from tools.graph.parser.readings import Role

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

_BOOKS: Final = (
    nouns.BOOK,
    coordination.BOOK,
    negation.BOOK,
    clauses.BOOK,
    properties.BOOK,
    comparison.BOOK,
    numbers.BOOK,
    days.BOOK,
    order.BOOK,
    figures.BOOK,
    questions.BOOK,
    value_questions.BOOK,
    polar_questions.BOOK,
    path_questions.BOOK,
)


def rules_of(composer: Composer) -> chart.Rules:
    """Returns the rules of the whole grammar for one schema."""
    rules = chart.Rules(neutral=Role.FILLER)
    for book in _BOOKS:
        book.add_to(rules, composer)
    return rules
