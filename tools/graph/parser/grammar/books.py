"""The rules of the whole grammar, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser import chart
from tools.graph.parser.grammar import (
    against,
    ages,
    amounts,
    clauses,
    comparison,
    coordination,
    correlative,
    days,
    describing,
    exceptions,
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
    # things
    nouns.BOOK,
    coordination.BOOK,
    # said of them
    negation.BOOK,
    exceptions.BOOK,
    clauses.BOOK,
    sentences.BOOK,
    correlative.BOOK,
    properties.BOOK,
    # compared
    numbers.BOOK,
    amounts.BOOK,
    comparison.BOOK,
    against.BOOK,
    # when
    days.BOOK,
    happened.BOOK,
    ages.BOOK,
    standing.BOOK,
    # first, and in order
    order.BOOK,
    superlatives.BOOK,
    sequences.BOOK,
    # figures and groups
    figures.BOOK,
    totals.BOOK,
    groups.BOOK,
    weighed.BOOK,
    offers.BOOK,
    # asked
    questions.BOOK,
    value_questions.BOOK,
    last_days.BOOK,
    flows.BOOK,
    describing.BOOK,
    polar_questions.BOOK,
    path_questions.BOOK,
    # beside a question
    tails.BOOK,
    one_by_one.BOOK,
    spoken_french.BOOK,
)


def rules_of(composer: Composer) -> chart.Rules:
    """Returns the rules of the whole grammar for one schema."""
    rules = chart.Rules(neutral=Role.FILLER)
    for book in _BOOKS:
        book.add_to(rules, composer)
    return rules
