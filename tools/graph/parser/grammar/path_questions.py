"""Questions for a path: "path from P-101 to E-101"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.graph.parser.descriptions import Description, Near, Noun
from tools.graph.parser.form import Kind
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Asked, Cat, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()


@BOOK.pair(Cat.NOUN, Cat.AND_NOUN)
def ends(_: Composer, noun: Noun, other: Noun) -> Found:
    """As in "P-101 and E-101", "P-101 to E-101"."""
    if noun.thing.is_one and other.thing.is_one:
        yield Cat.PAIR, Asked(Kind.PATH, noun, to=other), 0.0


@BOOK.pair(Cat.NOUN, Cat.SAID)
def ends_at(_: Composer, noun: Noun, said: Description) -> Found:
    """As in "P-101 with E-101"."""
    if noun.thing.is_one and isinstance(said.only, Near) and said.only.noun.thing.is_one:
        yield Cat.PAIR, Asked(Kind.PATH, noun, to=said.only.noun), 0.1


@BOOK.pair(Role.PATH, Cat.PAIR)
def path(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "path from P-101 to E-101"."""
    yield Cat.ASKED, asked, 0.0


BOOK.passes(Cat.PAIR, before=(Role.AT, Role.OF, Role.BETWEEN, Role.BE))
