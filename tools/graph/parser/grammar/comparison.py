"""Comparison with another thing: "the same model as P-101", "older than E-101"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Like, Near, Noun, Shape, To
from tools.graph.parser.form import Compare, Thing
from tools.graph.parser.grammar.numbers import COMPARES
from tools.graph.parser.readings import End, Role, ValueKind
from tools.graph.parser.rules import Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_BY = frozenset({"by", "going by", "according to", "selon", "par", "d apres", "suivant"})
_IN_COMMON = frozenset({"in common", "en commun"})
_THAN = {**COMPARES, Role.BEFORE: Compare.BELOW, Role.AFTER: Compare.ABOVE}
_ALSO_PLACE = frozenset(
    {"before", "after", "by", "following", "preceding", "past", "until", "avant", "apres", "to", "jusqu"}
)
"""Words for before and after that may as well be said of places: "after P-101" is not when."""


@BOOK.pair(Role.SAME, (Cat.PROPERTY, Cat.NOUN))
def same(_: Composer, _word: Small, what: Columns | Noun) -> Found:
    """As in "the same model", "the same area"."""
    if isinstance(what, Columns) or (what.bare and what.quantity is None):
        yield Cat.SHARED, what, 0.0


@BOOK.pair(Cat.NOUN, Role.SAME)
def in_common(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "parts in common", before "with C-101"."""
    if word.text in _IN_COMMON and noun.bare and noun.quantity is None:
        yield Cat.SHARED, noun, 0.0


@BOOK.single(Cat.NOUN)
def shares(_: Composer, noun: Noun) -> Found:
    """As in "share a part with C-101": who shares it has it."""
    if noun.apart is not None and noun.quantity is None:
        yield Cat.SAID, Description((Near(noun),), Shape.CLAUSE), 0.1


@BOOK.pair(Cat.SHARED, Cat.NOUN)
def same_as(composer: Composer, what: Columns | Noun, noun: Noun) -> Found:
    """As in "the same model as P-101"."""
    if noun.quantity is not None or not noun.plain:
        return
    if isinstance(what, Columns):
        if what.owner == noun.thing.label and not what.of_relation:
            parts = tuple(Like(what.owner, name, Compare.EQUAL, noun) for name in what.properties)
            yield Cat.SAID, Description(parts, Shape.VALUE), 0.0
        return
    for after, cost in composer.attach(what, Description((Near(noun),), Shape.PREPOSITION)):
        yield Cat.NOUN, replace(after, apart=noun.thing, closed=True), cost


@BOOK.pair(Role.SAME, Cat.END)
def same_end(_: Composer, _word: Small, end: End) -> Found:
    """As in "the same director"."""
    yield Cat.SHARED_END, end, 0.0


@BOOK.pair(Cat.SHARED_END, Cat.NOUN)
def same_end_as(composer: Composer, end: End, noun: Noun) -> Found:
    """As in "the same director as Heat"."""
    if noun.named and noun.quantity is None and noun.plain and not noun.joined:
        said = To(end.type, end.start, noun)
        for label in composer.links.ends_of(end.type, start=end.start):
            for after, cost in composer.attach(Noun(Thing(label)), Description((said,), Shape.PREPOSITION)):
                again = To(end.type, not end.start, replace(after, apart=noun.thing, closed=True))
                yield Cat.SAID, Description((again,), Shape.PREPOSITION), cost


@BOOK.pair(Cat.SHARED, Cat.SAID)
def same_of(composer: Composer, what: Columns | Noun, said: Description) -> Found:
    """As in "the same model as that of P-101"."""
    if said.shape is Shape.PREPOSITION and isinstance(said.only, Near):
        yield from same_as(composer, what, said.only.noun)


class Than(msgspec.Struct, frozen=True):
    """A comparison with a thing, on the way to what of it is compared."""

    word: Small
    noun: Noun


@BOOK.pair((*COMPARES, Role.BEFORE, Role.AFTER), Cat.NOUN)
def than(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "before E-101", "older than E-101", "higher than that of E-101": what of is said elsewhere."""
    if noun.named and noun.quantity is None and noun.thing.undescribed:
        yield Cat.THAN, Than(word, noun), 0.0


@BOOK.pair(Cat.PROPERTY, Cat.THAN)
def compared_to(composer: Composer, columns: Columns, other: Than) -> Found:
    """As in "installed before E-101", "stock higher than PT-3"."""
    by_day = other.word.role in (Role.BEFORE, Role.AFTER)
    if len(columns.properties) != 1 or columns.owner != other.noun.thing.label or columns.figure is not None:
        return
    year = composer.is_year(columns.owner, columns.properties[0]) and not columns.of_relation
    if columns.kind is (ValueKind.DAY if by_day and not year else ValueKind.NUMBER):
        like = Like(columns.owner, columns.properties[0], _THAN[other.word.role], other.noun)
        yield Cat.SAID, Description((like,), Shape.VALUE), 0.0


@BOOK.single(Cat.THAN)
def older_than(composer: Composer, other: Than) -> Found:
    """As in "older than E-101": by the main day of its label."""
    day = composer.naming.main_day(other.noun.thing.label) or composer.only_year(other.noun.thing.label)
    if (
        other.word.role in (Role.BEFORE, Role.AFTER)
        and day is not None
        and not _ALSO_PLACE & {*other.word.text.split()}
    ):
        like = Like(other.noun.thing.label, day, _THAN[other.word.role], other.noun)
        yield Cat.SAID, Description((like,), Shape.PREPOSITION), 0.1


BOOK.passes(Cat.SHARED_END, before=(Role.HAVE, Role.AT, Role.OF), after=(Role.THAT, Role.AT))
BOOK.passes(Cat.SHARED, before=(Role.HAVE, Role.AT, Role.OF), after=(Role.THAT, Role.AT))


@BOOK.pair((Role.EACH, Role.AT, Role.SORTED), Cat.PROPERTY)
def by_a_day(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "by installation date", behind "newer than P-101"."""
    if word.text in _BY and columns.kind is ValueKind.DAY and len(columns.properties) == 1 and columns.figure is None:
        yield Cat.BY_DAY, columns, 0.0


@BOOK.pair(Cat.THAN, Cat.BY_DAY)
def newer_by_a_day(_: Composer, other: Than, columns: Columns) -> Found:
    """As in "newer than P-101 by installation date"."""
    if other.word.role in (Role.BEFORE, Role.AFTER) and columns.owner == other.noun.thing.label:
        like = Like(columns.owner, columns.properties[0], _THAN[other.word.role], other.noun)
        yield Cat.SAID, Description((like,), Shape.PREPOSITION), 0.0
