"""One property against another: "stock below the minimum", "more running hours than P-101", "as many pages as"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tools.graph.parser.descriptions import Description, Like, Near, Noun, Own, Shape
from tools.graph.parser.form import Compare
from tools.graph.parser.grammar.numbers import COMPARES
from tools.graph.parser.grammar.polar_questions import holds
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Cat, Columns, Found, RuleBook, Small, phrases

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_BY_NUMBER = COMPARES
_BY_DAY = {Role.BEFORE: Compare.BELOW, Role.AFTER: Compare.ABOVE}
_SAME_DAY = frozenset({"day", "date", "jour"})
_NO_COMPARISON = frozenset({"min", "max", "mini", "maxi", "minimum", "maximum"})
"""Words for at least and at most that stand beside their number: "minimum stock" compares nothing."""

_OF_NOUNS = phrases(
    "more, less, fewer, greater, higher, lower, larger, smaller, bigger, longer, better, plus, plus de, plus d, "
    "moins, moins de, moins d, just, juste"
)
"""Words that stand before what there is more of: "less stock"."""

_THOSE = 0.05


class Against(msgspec.Struct, frozen=True):
    """How something stands to a property, "below the minimum stock", or by which it is compared, "more pages than".

    Attributes:
        compare: How it stands.
        columns: The property.
        limits: Whether the word may stand before what is a limit: "below", not "less".
    """

    compare: Compare
    columns: Columns
    limits: bool = False


@BOOK.pair((*_BY_NUMBER, *_BY_DAY), Cat.PROPERTY)
def against(composer: Composer, word: Small, columns: Columns) -> Found:
    """As in "below the minimum stock", "after it was planned"; a year may be before another."""
    if len(columns.properties) != 1 or columns.of_relation or columns.figure is not None:
        return
    if word.text.split()[0] in _NO_COMPARISON:
        return
    compare = {**_BY_NUMBER, **_BY_DAY}[word.role]
    of_days = columns.kind is ValueKind.DAY or composer.is_year(columns.owner, columns.properties[0])
    same_day = word.role is Role.EXACTLY and not _SAME_DAY.isdisjoint(word.text.split())
    if of_days if word.role in _BY_DAY or same_day else columns.kind is ValueKind.NUMBER:
        yield Cat.AGAINST, Against(compare, columns, word.text not in _OF_NOUNS), 0.0


@BOOK.pair(Cat.PROPERTY, Cat.AGAINST)
def one_against_another(_: Composer, columns: Columns, other: Against) -> Found:
    """As in "stock below the minimum"."""
    yield from _own(columns, other.compare, other.columns)


@BOOK.pair(Cat.MORE_THAN, Cat.PROPERTY)
def more_than_another(_: Composer, first: Against, other: Columns) -> Found:
    """As in "less stock than the minimum"."""
    yield from _own(first.columns, first.compare, other)


def _own(columns: Columns, compare: Compare, than: Columns) -> Found:
    single = len(columns.properties) == len(than.properties) == 1 and columns.figure is None and than.figure is None
    alike = columns.owner == than.owner and columns.kind is than.kind and columns.properties != than.properties
    if single and alike and not (columns.of_relation or than.of_relation):
        own = Own(columns.owner, columns.properties[0], compare, than.properties[0])
        yield Cat.SAID, Description((own,), Shape.VALUE), 0.0


BOOK.passes(Cat.AGAINST, before=(Role.BE, Role.AT, Role.OF))


@BOOK.single(Cat.AGAINST)
def against_a_limit(composer: Composer, other: Against) -> Found:
    """As in "parts below the minimum stock": what has that limit is below it."""
    (name,) = other.columns.properties
    limited = composer.naming.limited_by(other.columns.owner, name)
    if other.limits and limited is not None:
        own = Own(other.columns.owner, limited, other.compare, name)
        yield Cat.SAID, Description((own,), Shape.PREPOSITION), 0.1


@BOOK.pair(Cat.AGAINST, Role.THAN)
def more_than(_: Composer, first: Against, _word: Small) -> Found:
    """As in "more pages than"."""
    yield Cat.MORE_THAN, first, 0.0


@BOOK.pair(Cat.MORE_THAN, Cat.NOUN)
def more_than_another_thing(_: Composer, first: Against, noun: Noun) -> Found:
    """As in "more running hours than P-101"."""
    if noun.named and noun.quantity is None and noun.plain and noun.thing.label == first.columns.owner:
        like = Like(first.columns.owner, first.columns.properties[0], first.compare, noun)
        yield Cat.SAID, Description((like,), Shape.VALUE), 0.0


@BOOK.pair(Cat.MORE_THAN, Cat.SAID)
def more_than_that_of(composer: Composer, first: Against, said: Description) -> Found:
    """As in "more pages than that of DOC-1"."""
    if said.shape is Shape.PREPOSITION and isinstance(said.only, Near):
        found = more_than_another_thing(composer, first, said.only.noun)
        yield from ((cat, made, cost + _THOSE) for cat, made, cost in found)


@BOOK.pair(Cat.COLUMN, Cat.AGAINST)
def its_value_against(composer: Composer, noun: Noun, other: Against) -> Found:
    """As in "is the stock of PT-001 below its minimum"."""
    thing = noun.thing
    if len(thing.shown) != 1 or len(thing.ids) != 1 or other.columns.owner != thing.label:
        return
    columns = Columns(thing.label, thing.shown, composer.kind_of(thing.label, thing.shown[0]))
    one = msgspec.structs.replace(noun, thing=msgspec.structs.replace(thing, shown=()))
    for _, said, _ in _own(columns, other.compare, other.columns):
        if isinstance(said, Description):
            yield from holds(composer, one, said)
