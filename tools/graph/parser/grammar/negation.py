"""Negation and exception: "no sensors", "not open", "other than P-101"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Being, Description, Has, Near, Noun, Quantity, Shape, negated
from tools.graph.parser.grammar.properties import of_property
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Cat, Columns, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_EXCEPTED = (Shape.PREPOSITION, Shape.ADJECTIVE, Shape.VALUE)
_THOSE = frozenset({"those", "ones", "celles", "ceux", "celle", "celui"})
STANDING_BEHIND = frozenset(
    ("excluded", "left out", "not counted", "not included", "exclus", "exclues", "exclue", "exclu", "exceptes")
).union(("exceptees", "mis a part", "mises a part", "non compris", "non comprises", "non comprise"))
"""What stands behind the things that are excepted: "buildings excluded"."""

_BEHIND_COMMA = 0.5  # said behind a comma of what is not there
_HOWEVER = frozenset({"but", "mais"})


@BOOK.pair(Role.NO, Cat.NOUN)
def no_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "no open orders", "without sensors"."""
    if noun.quantity is None and noun.number is None:
        behind = _BEHIND_COMMA if noun.comma and not noun.bare else 0.0  # "without a job, priority 1"
        yield Cat.NOUN, replace(noun, quantity=Quantity.NONE), behind


@BOOK.pair(Cat.LACKS, Cat.NOUN)
def lacks(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "n'ont pas de capteurs"."""
    said = negated(Description((Near(noun),), Shape.CLAUSE))
    if said is not None:
        yield Cat.SAID, said, 0.0


@BOOK.pair(Role.HAVE, Role.NOT)
def have_not(_: Composer, _word: Small, _no: Small) -> Found:
    """As in "n'ont pas"."""
    yield Cat.LACKS, "", 0.0


@BOOK.pair(Role.NOT, Cat.RELATION)
def not_before(_: Composer, _word: Small, verb: Verb) -> Found:
    """As in "not fed by"."""
    if not verb.negated:
        yield Cat.RELATION, replace(verb, negated=True), 0.0


@BOOK.pair(Cat.RELATION, Role.NOT)
def not_after(_: Composer, verb: Verb, _word: Small) -> Found:
    """As in "n'alimentent pas"."""
    if not verb.negated:
        yield Cat.RELATION, replace(verb, negated=True), 0.0


@BOOK.pair(Role.NOT, (Cat.SAID, Cat.GAP))
def not_said(_: Composer, _word: Small, said: Description) -> Found:
    """As in "not open"."""
    opposite = negated(said)
    if opposite is not None:
        yield Cat.SAID, opposite, 0.0


@BOOK.pair(Role.NO, Cat.SAID)
def without_flag(_: Composer, _word: Small, said: Description) -> Found:
    """As in "without newsletter": of what is so or is not."""
    opposite = negated(said) if said.shape is Shape.ADJECTIVE else None
    if opposite is not None and all(
        isinstance(part, Has) and all(found.values == (True,) for found in part.filters) for part in said.parts
    ):
        yield Cat.SAID, replace(opposite, shape=Shape.PREPOSITION), 0.0


@BOOK.pair(Role.NOT, Cat.NOUN)
def not_being(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "are not pumps"."""
    said = negated(Description((Being(noun),), Shape.ADJECTIVE))
    if said is not None and noun.quantity is None:
        yield Cat.SAID, said, 0.0


@BOOK.pair(Role.BUT, Cat.NOUN)
def but_noun(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "other than P-101", "except pumps"."""
    said = negated(Description((Being(noun),), Shape.PREPOSITION))
    if said is not None and noun.quantity is None and word.text not in STANDING_BEHIND:
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


BOOK.passes(Cat.LACKS, after=(Role.OF,))
