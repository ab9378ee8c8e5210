"""What is said of things by prepositions and verbs: "on P-101", "that feed E-101", "are open"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import (
    Being,
    Description,
    Has,
    Near,
    Noun,
    Quantity,
    Shape,
    To,
    inverted,
    negated,
)
from tools.graph.parser.form import Thing
from tools.graph.parser.grammar.nouns import POSSESSIVE
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Cat, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_PREPOSITIONS = (Role.AT, Role.OF)
_ALONE = 0.4  # a relation without its other end
OBJECT_WORDS = frozenset({"que", "qu", "ce que", "ce qu", "par quoi"})
"""What stands for the object of the clause that it opens, so that a noun behind the verb is its subject."""
PRONOUNS = frozenset(("that", "which", "who", "whom", "qui", "lequel", "laquelle", "lesquels", "lesquelles"))
"""What stands for a thing of the clause that it opens."""

SUBJECT_WORDS = PRONOUNS.union(("such that", "tel que", "whose", "dont"))
"""What may stand for the subject of its clause, or for an owner; behind all others, as "where we used PT-3" and
« où travaille R. Diaz », what they stand for is not it."""

_COMPARING = frozenset({"under", "over", "upon", "sous", "across", "off"})
_BY = frozenset({"by", "par"})


@BOOK.single(Cat.NOUN)
def counted_noun(_: Composer, noun: Noun) -> Found:
    """As in "per asset", "without sensors": they need no preposition."""
    if noun.quantity in (Quantity.EACH, Quantity.NONE):
        yield Cat.SAID, Description((Near(noun),), Shape.PREPOSITION), 0.05


@BOOK.pair(_PREPOSITIONS, Cat.NOUN)
def preposition(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "on P-101"; "by" with a mere label groups, and links nothing."""
    if word.text != POSSESSIVE and not (word.text in _BY and noun.bare):
        yield Cat.SAID, Description((Near(noun),), Shape.PREPOSITION), 0.0


@BOOK.pair(Role.OF, Cat.NOUN)
def among(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "of the pumps", before "which"."""
    if noun.quantity is None:
        yield Cat.AMONG, noun, 0.0


@BOOK.pair(Cat.AMONG, Role.WHICH)
def which_among(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "of the pumps, which"."""
    yield Cat.NOUN, replace(noun, closed=True, bare=False), 0.1


@BOOK.pair(Role.HAVE, Cat.NOUN)
def has(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "has sensors"."""
    yield Cat.SAID, Description((Near(noun),), Shape.CLAUSE), 0.0


@BOOK.pair(Cat.RELATION, _PREPOSITIONS)
def relation_to(_: Composer, verb: Verb, word: Small) -> Found:
    """As in "downstream from"; "by" would make it passive."""
    if word.text not in (*_BY, POSSESSIVE):
        yield Cat.RELATION, verb, 0.05


@BOOK.pair(Cat.RELATION, Cat.NOUN)
def relation(_: Composer, verb: Verb, noun: Noun) -> Found:
    """As in "feed E-101"."""
    shape = Shape.PREPOSITION if verb.preposition else Shape.CLAUSE
    said = Description((To(verb.type, verb.forward, noun, verb.least, verb.most, verb.filters),), shape)
    yield from ((Cat.SAID, made, 0.0) for made in _perhaps_not(verb, said))


@BOOK.pair(Cat.NOUN, Cat.RELATION)
def object_clause(_: Composer, noun: Noun, verb: Verb) -> Found:
    """As in "P-101 feeds": said of what it feeds."""
    yield from ((Cat.GAP, said, 0.0) for said in _objects(noun, verb))


def _objects(noun: Noun, verb: Verb) -> Iterator[Description]:
    forward = None if verb.forward is None else not verb.forward
    said = Description((To(verb.type, forward, noun, verb.least, verb.most, verb.filters),), Shape.CLAUSE)
    yield from _perhaps_not(verb, said)


def _perhaps_not(verb: Verb, said: Description) -> Iterator[Description]:
    """Yields what a verb says, or its opposite where it is negated and has one."""
    opposite = negated(said) if verb.negated else said
    if opposite is not None:
        yield opposite


@BOOK.pair(Cat.NOUN, Role.HAVE)
def has_clause(_: Composer, noun: Noun, _word: Small) -> Found:
    """As in "P-101 has": said of what it has."""
    yield Cat.GAP, Description((Near(noun),), Shape.CLAUSE), 0.0


@BOOK.pair(Role.WHETHER, Cat.GAP)
def question(_: Composer, _word: Small, said: Description) -> Found:
    """As in "does P-101 feed"."""
    yield Cat.GAP, replace(said, shape=Shape.QUESTION), 0.0


@BOOK.pair(Cat.SUBJECT, Cat.RELATION)
def question_object(_: Composer, noun: Noun, verb: Verb) -> Found:
    """As in "is E-101 fed", "have notifications shown"."""
    for said in _objects(noun, verb):
        yield Cat.GAP, replace(said, shape=Shape.QUESTION), 0.0


@BOOK.pair(Cat.SAID, Role.HAVE)
def value_has(_: Composer, said: Description, _word: Small) -> Found:
    """As in "does R. Diaz have"."""
    if said.shape is Shape.ADJECTIVE:
        yield Cat.GAP, replace(said, shape=Shape.CLAUSE), 0.0


@BOOK.pair(Role.BE, Cat.NOUN)
def being(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "are pumps", "are no pumps"."""
    said: Description | None = Description((Being(replace(noun, quantity=None)),), Shape.CLAUSE)
    if noun.quantity is Quantity.NONE and said is not None:
        said = negated(said)
    if said is not None and noun.quantity in (None, Quantity.NONE):
        yield Cat.SAID, said, 0.0


@BOOK.pair((Role.BE, Role.HAVE), Cat.SAID)
def predicate(_: Composer, _word: Small, said: Description) -> Found:
    """As in "are open", "has a stock below 3"."""
    yield Cat.SAID, replace(said, shape=Shape.CLAUSE), 0.0


@BOOK.pair(Role.THAT, Cat.SAID)
def clause(_: Composer, word: Small, said: Description) -> Found:
    """As in "that are open"; behind French "que" the verb's subject follows it."""
    turned: Description | None = said
    if word.text in OBJECT_WORDS and said.shape is not Shape.VALUE:
        turned = inverted(said)
    elif word.text not in SUBJECT_WORDS:
        turned = inverted(said) or said
    if turned is not None:
        yield Cat.SAID, replace(turned, shape=Shape.CLAUSE, relative=True), 0.0


@BOOK.single(Cat.RELATION)
def relation_alone(composer: Composer, verb: Verb) -> Found:
    """As in "parts never used", "fed with electricity": with nothing at its other end."""
    if (verb.negated or verb.filters) and verb.forward is not None:
        others = composer.links.ends_of(verb.type, start=not verb.forward)
        if len(others) == 1:
            other = To(verb.type, verb.forward, Noun(Thing(others[0])), verb.least, verb.most, verb.filters)
            said = Description((other,), Shape.CLAUSE)
            yield from ((Cat.SAID, made, _ALONE) for made in _perhaps_not(verb, said))


@BOOK.pair(Role.THAT, Cat.GAP)
def object_that(_: Composer, word: Small, said: Description) -> Found:
    """As in "that P-101 feeds"; French "qui" is never an object."""
    if word.text != "qui":
        yield Cat.SAID, replace(said, shape=Shape.CLAUSE, relative=True), 0.0


@BOOK.pair(_PREPOSITIONS, Cat.SAID)
def preposition_said(_: Composer, word: Small, said: Description) -> Found:
    """As in "with stock below 3", "by R. Diaz"."""
    if said.shape in (Shape.ADJECTIVE, Shape.VALUE) and word.text not in (POSSESSIVE, *_COMPARING):
        yield Cat.SAID, replace(said, shape=Shape.PREPOSITION), 0.05


@BOOK.pair(Cat.RELATION, Cat.SAID)
def relation_so(_: Composer, verb: Verb, said: Description) -> Found:
    """As in "consumes more than 10 tonnes per day", before what."""
    part = said.only
    if isinstance(part, Has) and part.of_relation and part.owner == verb.type and not verb.filters:
        yield Cat.RELATION, replace(verb, filters=part.filters), 0.0


BOOK.passes(Cat.RELATION, before=(Role.BE, Role.HAVE))
