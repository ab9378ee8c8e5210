"""Negation: "no sensors", "not open", "no fault found", "which machines has mechanic 3 never had an order on"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Being, Description, Has, Near, Noun, Quantity, Shape, To, negated
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Cat, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_BEHIND_COMMA = 0.5  # said behind a comma of what is not there


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


@BOOK.pair(Cat.NOUN, Cat.RELATION)
def none_done(composer: Composer, noun: Noun, verb: Verb) -> Found:
    """As in "no fault found", "without any part used": which side they are on is told by their label."""
    if noun.quantity is not Quantity.NONE or verb.negated or verb.preposition or verb.least != 1 or verb.most != 1:
        return
    sides = [start for start in (True, False) if noun.thing.label in composer.links.ends_of(verb.type, start=start)]
    if len(sides) == 1:
        to = To(verb.type, not sides[0], noun, filters=verb.filters)
        yield Cat.SAID, Description((to,), Shape.PREPOSITION), 0.0


@BOOK.pair(Role.NOT, Role.HAVE)
def never_had(_: Composer, word: Small, _have: Small) -> Found:
    """As in "never had", behind who."""
    yield Cat.HAD_NEVER, word, 0.0


@BOOK.pair(Cat.SAID, Cat.HAD_NEVER)
def somebody_never(_: Composer, said: Description, _word: Small) -> Found:
    """As in "mechanic 3 never had", where he is a value of what he never had."""
    if said.shape is Shape.ADJECTIVE and isinstance(said.only, Has):
        yield Cat.ONE_NEVER, said, 0.0


@BOOK.pair(Cat.ONE_NEVER, Cat.NOUN)
def never_of_somebody(composer: Composer, said: Description, noun: Noun) -> Found:
    """As in "mechanic 3 never had an order", of the machines that it would have been on."""
    if noun.quantity is None and noun.plain and not noun.named and noun.number is None:
        for after, cost in composer.attach(noun, said):
            lacking = Near(replace(after, quantity=Quantity.NONE))
            yield Cat.NEVER_OF, Description((lacking,), Shape.CLAUSE), cost


@BOOK.pair(Cat.NEVER_OF, Role.AT)
def never_on_it(_: Composer, said: Description, _word: Small) -> Found:
    """As in "mechanic 3 never had an order on"."""
    yield Cat.GAP, said, 0.0


BOOK.passes(Cat.LACKS, after=(Role.OF,))
BOOK.passes(Cat.NEVER_OF, before=(Role.HAVE, Role.WHETHER))
