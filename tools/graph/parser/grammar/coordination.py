"""Coordination, by "and", "or" or a comma: of nouns, of what is said of them, and of properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Has, Near, Noun, Shape, To
from tools.graph.parser.form import Compare, Filter, Thing
from tools.graph.parser.grammar.properties import SHOWN
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Cat, Columns, Found, RuleBook

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_UNLIKE = 0.3  # joined by "and" though not said alike
_LISTED = 0.1  # names side by side


BOOK.marks(Cat.NOUN, Cat.AND_NOUN, before=(Role.AND, Role.TO))  # "and P-102"
BOOK.marks(Cat.NOUN, Cat.OR_NOUN, before=Role.OR)  # "or P-102"


@BOOK.pair(Cat.NOUN, Cat.AND_NOUN)
def both(composer: Composer, noun: Noun, other: Noun) -> Found:
    """As in "P-101 and P-102", "pumps and valves", "pumps and their area"."""
    if not other.thing.shown:
        yield from joined_nouns(noun, other, joined=True)
        return
    for after, cost in composer.attach(noun, Description((Near(other),), Shape.PREPOSITION)):
        yield Cat.NOUN, replace(after, closed=True), cost + SHOWN


@BOOK.pair(Cat.NOUN, Cat.OR_NOUN)
def either(_: Composer, noun: Noun, other: Noun) -> Found:
    """As in "P-101 or P-102"."""
    yield from joined_nouns(noun, other, joined=False)


@BOOK.pair(Cat.NOUN, Cat.NOUN)
def listed(_: Composer, noun: Noun, other: Noun) -> Found:
    """As in "P-101, P-102", and the first of "P-101, P-102 and P-103", "pumps, valves and tanks"."""
    if noun.named and other.named:
        yield from ((cat, made, _LISTED) for cat, made, _ in joined_nouns(noun, other, joined=True))
    elif not noun.thing.ids and any(len(found.values) > 1 for found in other.thing.filters):
        yield from ((cat, made, _LISTED) for cat, made, _ in joined_nouns(noun, other, joined=False))


@BOOK.pair(Cat.SAID, Cat.SAID)
def listed_said(_: Composer, said: Description, other: Description) -> Found:
    """As in the first of "open, planned or waiting"."""
    several = any(len(found.values) > 1 for part in other.parts if isinstance(part, Has) for found in part.filters)
    one = _either(said, other) if several and said.shape is other.shape is Shape.ADJECTIVE else None
    if one is not None:
        yield Cat.SAID, one, _LISTED


def joined_nouns(noun: Noun, other: Noun, *, joined: bool) -> Found:
    """Yields things that two nouns name or describe together, where one noun can say it."""
    mine, theirs = noun.thing, other.thing
    if mine.label != theirs.label or other.quantity is not None or noun.number or other.number:
        return
    if mine.undescribed and theirs.undescribed and mine.ids and theirs.ids:
        ids = tuple(sorted({*mine.ids, *theirs.ids}))
        yield Cat.NOUN, replace(noun, thing=Thing(mine.label, ids=ids), joined=joined, bare=False), 0.0
    elif noun.bare and other.bare:
        filters = united(mine.filters, theirs.filters)
        if filters:
            yield Cat.NOUN, replace(noun, thing=Thing(mine.label, filters=filters), also=joined), 0.0


def united(mine: tuple[Filter, ...], theirs: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Returns one filter that passes what either of two passes, where one can say it."""
    if len(mine) != 1 or len(theirs) != 1:
        return ()
    (one,), (two,) = mine, theirs
    alike = one.property == two.property and one.compare is two.compare is Compare.EQUAL
    if not alike or one.negated or two.negated or not (one.values and two.values):
        return ()
    values = tuple(sorted({*one.values, *two.values}, key=repr))
    return (replace(one, values=values),)


BOOK.marks(Cat.SAID, Cat.AND_SAID, before=Role.AND)  # "and have open orders"
BOOK.marks(Cat.SAID, Cat.OR_SAID, before=Role.OR)  # "or closed"


@BOOK.pair(Cat.SAID, Cat.AND_SAID)
def both_said(_: Composer, said: Description, other: Description) -> Found:
    """As in "that feed E-101 and have open orders"; two values of one property are either."""
    if not said.parts or not other.parts:
        return
    united_parts = _either(said, other)
    if united_parts is not None and united_parts.shape is Shape.ADJECTIVE:
        yield Cat.SAID, united_parts, 0.0
    else:
        unlike = 0.0 if said.shape is other.shape else _UNLIKE
        yield Cat.SAID, replace(said, parts=said.parts + other.parts), unlike


@BOOK.pair(Cat.SAID, Cat.OR_SAID)
def either_said(_: Composer, said: Description, other: Description) -> Found:
    """As in "open or closed", "on P-101 or on P-102"; nothing else can be either in a form."""
    one = _either(said, other)
    if one is not None:
        yield Cat.SAID, one, 0.0


def _either(said: Description, other: Description) -> Description | None:
    if len(said.parts) != 1 or len(other.parts) != 1:
        return None
    (mine,), (theirs,) = said.parts, other.parts
    if isinstance(mine, Has) and isinstance(theirs, Has) and mine.owner == theirs.owner:
        filters = united(mine.filters, theirs.filters)
        return Description((Has(mine.owner, filters),), said.shape) if filters else None
    if isinstance(mine, To | Near) and isinstance(theirs, To | Near):
        nouns = [noun for _, noun, _ in joined_nouns(mine.noun, theirs.noun, joined=False)]
        if len(nouns) == 1 and replace(mine, noun=theirs.noun) == theirs:
            return Description((replace(mine, noun=nouns[0]),), said.shape)
    return None


BOOK.marks(Cat.PROPERTY, Cat.AND_PROPERTY, before=Role.AND)  # "and maker"


@BOOK.pair(Cat.PROPERTY, (Cat.AND_PROPERTY, Cat.PROPERTY))
def properties(_: Composer, columns: Columns, other: Columns) -> Found:
    """As in "model and maker"; a figure of one property has no other beside it."""
    figure = columns.figure or other.figure
    if columns.owner == other.owner and figure is None and not {*columns.properties} & {*other.properties}:
        yield Cat.PROPERTY, replace(columns, properties=columns.properties + other.properties), 0.1
