"""Exceptions: "other than P-101", "except in CW-100", "buildings excluded", "not counting the buildings"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Being, Description, Noun, Shape, negated
from tools.graph.parser.grammar.properties import of_property
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small, phrases

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_EXCEPTED = (Shape.PREPOSITION, Shape.ADJECTIVE, Shape.VALUE)
_THOSE = frozenset({"those", "ones", "celles", "ceux", "celle", "celui"})
_STANDING_BEHIND = phrases(
    "excluded, left out, not counted, not included, exclus, exclues, exclue, exclu, exceptes, exceptees, "
    "mis a part, mises a part, non compris, non comprises, non comprise"
)
"""What stands behind the things that are excepted: "buildings excluded"."""

_HOWEVER = frozenset({"but", "mais"})


@BOOK.pair(Role.BUT, Cat.NOUN)
def but_noun(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "other than P-101", "except pumps"."""
    said = negated(Description((Being(noun),), Shape.PREPOSITION))
    if said is not None and noun.quantity is None and word.text not in _STANDING_BEHIND:
        yield Cat.SAID, said, 0.0


@BOOK.pair(Role.BUT, Cat.SAID)
def but_said(_: Composer, word: Small, said: Description) -> Found:
    """As in "but not in CW-100", "except in CW-100", "except those that are open"."""
    if word.text in _HOWEVER:
        yield Cat.AND_SAID, said, 0.0
    elif said.shape in _EXCEPTED or word.text.split()[-1] in _THOSE:
        opposite = negated(said)
        if opposite is not None:
            category = Cat.SAID if said.shape is Shape.PREPOSITION else Cat.EXCEPT
            yield category, replace(opposite, shape=Shape.PREPOSITION), 0.0


@BOOK.pair(Cat.NOUN, Cat.EXCEPT)
def noun_except(composer: Composer, noun: Noun, said: Description) -> Found:
    """As in "pumps except the criticality C ones"."""
    for after, cost in composer.attach(noun, said) if not noun.named else ():
        yield Cat.NOUN, replace(after, closed=True), cost


@BOOK.pair(Cat.PROPERTY, Cat.EXCEPT)
def property_except(_: Composer, columns: Columns, said: Description) -> Found:
    """As in "from countries other than Germany"."""
    yield from of_property(columns, said)


@BOOK.pair(Cat.NOUN, Role.BUT)
def excluded(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "buildings excluded", behind what they are excluded from."""
    if word.text in _STANDING_BEHIND:
        yield from _but_these(noun)


@BOOK.pair(Role.BUT, Cat.NOUN)
def not_counting(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "not counting the buildings", before or behind a question."""
    if word.text not in _STANDING_BEHIND:
        yield from _but_these(noun)


def _but_these(noun: Noun) -> Found:
    said = negated(Description((Being(noun),), Shape.PREPOSITION))
    if said is not None and noun.quantity is None and noun.plain and noun.number is None:
        yield Cat.EXCEPT, said, 0.0


@BOOK.pair(Cat.EXCEPT, Cat.ASKED)
def except_asked(composer: Composer, said: Description, asked: Asked) -> Found:
    """As in "not counting buildings, which assets were installed after T-101"."""
    yield from asked_except(composer, asked, said)


@BOOK.pair(Cat.ASKED, Cat.EXCEPT)
def asked_except(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "which assets were installed after T-101? don't count buildings"."""
    if asked.noun.named or asked.noun.rank is not None:
        return
    for noun, cost in composer.attach(asked.noun, said):
        yield Cat.ASKED, replace(asked, noun=noun), cost
