"""Properties: what is said by one, "without a closing date", and which are to be shown, "with their model"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Has, Noun, Shape, Shown
from tools.graph.parser.form import Compare, Filter
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

SHOWN = 0.25  # "with their model", which is asked for, not said
WITH = frozenset({"with", "along with", "together with", "avec"})


@BOOK.pair(Role.NO, Cat.PROPERTY)
def no_property(composer: Composer, _word: Small, columns: Columns) -> Found:
    """As in "without a closing date"; "no stock" is none of it, where there is such a number."""
    if columns.kind is ValueKind.NUMBER and composer.can_be_zero(columns.owner, columns.properties[0]):
        zero = Filter(columns.properties[0], Compare.EQUAL, (0,))
        yield Cat.SAID, Description((Has(columns.owner, (zero,)),), Shape.VALUE), 0.0
        return
    if columns.kind is not ValueKind.FLAG:
        yield from _recorded(columns, negated=False)


@BOOK.pair(Cat.PROPERTY, Role.UNKNOWN)
def unknown_property(_: Composer, columns: Columns, _word: Small) -> Found:
    """As in "whose model is unknown"."""
    yield from _recorded(columns, negated=False)


@BOOK.pair(Role.UNKNOWN, Cat.PROPERTY)
def property_unknown(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "unknown model"."""
    yield from _recorded(columns, negated=False)


def _recorded(columns: Columns, *, negated: bool) -> Found:
    if len(columns.properties) == 1:
        missing = Filter(columns.properties[0], Compare.EQUAL, (), negated)
        yield Cat.SAID, Description((Has(columns.owner, (missing,)),), Shape.VALUE), 0.0


@BOOK.pair(Cat.PROPERTY, Cat.SAID)
def property_says(_: Composer, columns: Columns, said: Description) -> Found:
    """As in "status open", "whose status is not open"."""
    yield from of_property(columns, said)


@BOOK.pair(Cat.SAID, Cat.PROPERTY)
def is_property(_: Composer, said: Description, columns: Columns) -> Found:
    """As in "open status"."""
    if said.shape is Shape.ADJECTIVE:
        yield from of_property(columns, said)


def of_property(columns: Columns, said: Description) -> Found:
    """Yields that a property has a value which a word says: "status open"."""
    has = said.only
    if isinstance(has, Has) and said.shape is not Shape.VALUE:
        equal = all(f.compare is Compare.EQUAL for f in has.filters)
        if equal and has.owner == columns.owner and {f.property for f in has.filters} == {*columns.properties}:
            yield Cat.SAID, replace(said, shape=Shape.VALUE), 0.0


@BOOK.pair(Role.AT, Cat.PROPERTY)
def with_property(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "with their model": it is to be shown."""
    if word.text in WITH and columns.figure is None:
        yield Cat.SAID, Description((shown(columns),), Shape.PREPOSITION), SHOWN


@BOOK.pair(Cat.NOUN, Cat.AND_PROPERTY)
def and_its_property(composer: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "pumps and their model"."""
    said = Description((shown(columns),), Shape.PREPOSITION)
    yield from ((Cat.NOUN, replace(after, closed=True), cost + 0.1) for after, cost in composer.attach(noun, said))


def shown(columns: Columns) -> Shown:
    """Returns that columns are to be shown."""
    return Shown(columns.owner, columns.properties, columns.of_relation)


@BOOK.pair((Role.BE, Role.HAVE), Cat.PROPERTY)
def was_done(composer: Composer, _word: Small, columns: Columns) -> Found:
    """As in "has been closed", "was founded", of the day or the year when."""
    year = not columns.of_relation and any(composer.is_year(columns.owner, name) for name in columns.properties)
    if (columns.kind is ValueKind.DAY or year) and columns.figure is None:
        yield Cat.PROPERTY, columns, 0.05


@BOOK.pair(Cat.PROPERTY, Role.EACH)
def of_each(_: Composer, columns: Columns, _word: Small) -> Found:
    """As in "the stock of each"."""
    if columns.figure is None:
        yield Cat.PROPERTY, replace(columns, each=True), 0.1


BOOK.passes(Cat.PROPERTY, before=(Cat.EVERY, Cat.THEIR))
BOOK.passes(Role.UNKNOWN, before=(Role.BE,))
