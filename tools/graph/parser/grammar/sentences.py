"""Sentences inside a noun: "pumps whose sensors detect E07", "assets where an order used PT-3", "on which lines did".

Such a sentence has a subject of its own, of which its verb is said; the subject, so described, is linked to the noun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Being, Description, Near, Noun, On, Quantity, Shape, To
from tools.graph.parser.form import Kind
from tools.graph.parser.grammar.clauses import PRONOUNS
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Asked, Cat, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_NO_LINK = PRONOUNS.union(("que", "qu"))
"""What stands for the subject or the object of its clause: all others of the role link it to a sentence."""

_OF = frozenset(("whose", "of which", "dont", "duquel", "desquels", "desquelles"))
_BESIDE = 0.05


@BOOK.pair((Cat.NOUN, Cat.SUBJECT), Cat.SAID)
def sentence(composer: Composer, noun: Noun, said: Description) -> Found:
    """As in "an order used PT-3", "have orders used PT-3"."""
    if said.shape is Shape.CLAUSE and not said.relative and noun.quantity is None and noun.plain and not noun.named:
        yield from ((Cat.SENTENCE, after, cost) for after, cost in composer.attach(noun, said))


@BOOK.pair(Role.THERE, Cat.NOUN)
def there_is_one(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "there is no spare"."""
    if noun.quantity in (None, Quantity.NONE) and noun.plain and not noun.named:
        yield Cat.SENTENCE, noun, 0.0


@BOOK.pair(Role.THAT, Cat.SENTENCE)
def whose(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "whose sensors detect E07"."""
    if word.text not in _NO_LINK:
        yield Cat.WHOSE, noun, 0.0


@BOOK.pair(Role.THAT, Cat.SUBJECT)
def where_is(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "où se trouvent les pompes"."""
    if word.text not in _NO_LINK | _OF:
        yield Cat.WHOSE, noun, 0.0


@BOOK.single(Cat.WHOSE)
def whose_said(_: Composer, noun: Noun) -> Found:
    """As in "where an order used PT-3", said of an asset."""
    yield Cat.SAID, Description((Near(noun),), Shape.CLAUSE, relative=True), 0.0


@BOOK.pair(Cat.VALUES, Cat.WHOSE)
def values_whose(composer: Composer, asked: Asked, noun: Noun) -> Found:
    """As in "technicians whose orders used PT-3": those that the orders have."""
    if asked.noun.thing.label == noun.thing.label and noun.quantity is None:
        said = Description((Being(noun),), Shape.CLAUSE)
        yield from ((Cat.VALUES, replace(asked, noun=n), cost) for n, cost in composer.attach(asked.noun, said))


@BOOK.pair(Cat.STRANDED, Cat.SENTENCE)
def which_of_sentence(composer: Composer, asked: Asked, noun: Noun) -> Found:
    """As in "on which assets did orders use PT-3"."""
    if asked.kind in (Kind.LIST, Kind.COUNT) and noun.quantity is None:
        for after, cost in composer.attach(asked.noun, Description((Near(noun),), Shape.CLAUSE)):
            yield Cat.ASKED, replace(asked, noun=replace(after, closed=True)), cost + _BESIDE


@BOOK.pair(Cat.RELATION, Cat.SPAN)
def dated(_: Composer, verb: Verb, when: On) -> Found:
    """As in « a réalisé en 2024 », before what."""
    if not verb.negated:
        yield Cat.DATED, (verb, when), 0.0


@BOOK.pair(Cat.DATED, Cat.NOUN)
def dated_object(composer: Composer, verb_then: tuple[Verb, On], noun: Noun) -> Found:
    """As in « a réalisé en 2024 une inspection »: the day is that of what was done."""
    verb, when = verb_then
    for after, cost in composer.attach(noun, Description((when,), Shape.PREPOSITION)):
        said = To(verb.type, verb.forward, after, verb.least, verb.most, verb.filters)
        yield Cat.SAID, Description((said,), Shape.CLAUSE), cost
