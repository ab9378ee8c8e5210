"""The rules of the whole grammar, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser import chart
from tools.graph.parser.grammar import (
    ages,
    amounts,
    clauses,
    comparing,
    comparison,
    coordination,
    correlative,
    days,
    describing,
    figures,
    flows,
    groups,
    happened,
    last_days,
    negation,
    nouns,
    numbers,
    offers,
    one_by_one,
    order,
    path_questions,
    polar_questions,
    properties,
    questions,
    restricting,
    sentences,
    sequences,
    spoken_french,
    standing,
    superlatives,
    tails,
    totals,
    value_questions,
    weighed,
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
    correlative.BOOK,
    numbers.BOOK,
    amounts.BOOK,
    restricting.BOOK,
    days.BOOK,
    happened.BOOK,
    ages.BOOK,
    standing.BOOK,
    order.BOOK,
    superlatives.BOOK,
    figures.BOOK,
    groups.BOOK,
    questions.BOOK,
    sentences.BOOK,
    tails.BOOK,
    value_questions.BOOK,
    weighed.BOOK,
    offers.BOOK,
    totals.BOOK,
    sequences.BOOK,
    one_by_one.BOOK,
    last_days.BOOK,
    polar_questions.BOOK,
    comparing.BOOK,
    path_questions.BOOK,
    flows.BOOK,
    spoken_french.BOOK,
    describing.BOOK,
)


def rules_of(composer: Composer) -> chart.Rules:
    """Returns the rules of the whole grammar for one schema."""
    rules = chart.Rules(neutral=Role.FILLER)
    for book in _BOOKS:
        book.add_to(rules, composer)
    return rules
