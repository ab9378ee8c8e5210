"""Groups said twice, or counted out: "line by line", "how many of each", "how many running, how many on standby"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import By, Description, Has, Near, Noun, Quantity, Shape
from tools.graph.parser.form import Compare, Filter, Kind, Per, Thing
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small, asked_of, phrases

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_OF_EACH = phrases(
    "each, of each, in each, for each, on each, from each, per, chacun, chacune, de chacun, de chacune, "
    "pour chacun, pour chacune, chaque, de chaque, dans chaque, pour chaque"
)
_SPLIT = 0.05


@BOOK.pair(Cat.NOUN, Cat.SAID)
def noun_by_noun(_: Composer, noun: Noun, said: Description) -> Found:
    """As in "line by line"."""
    part = said.only
    each = isinstance(part, Near) and part.noun.quantity is Quantity.EACH
    same = isinstance(part, Near) and noun.thing == part.noun.thing
    if each and same and noun.bare and noun.quantity is None and noun.plain:
        yield Cat.SAID, said, 0.0


@BOOK.pair((Cat.PROPERTY, Cat.COLUMN), Cat.SAID)
def value_by_value(_: Composer, what: Columns | Noun, said: Description) -> Found:
    """As in "status by status", « type d'équipement par type d'équipement »."""
    part = said.only
    if not isinstance(part, By):
        return
    if isinstance(what, Columns):
        same = (what.owner, what.properties, what.figure) == (part.owner, (part.property,), None)
    else:
        same = what.plain and what.thing == Thing(part.owner, shown=(part.property,))
    if same:
        yield Cat.SAID, said, 0.0


@BOOK.pair((Role.COUNT, Cat.AND_COUNT), Role.EACH)
def how_many_of_each(_: Composer, word: Small, each: Small) -> Found:
    """As in "how many of each", "and how many each", behind what is grouped."""
    if each.text in _OF_EACH:
        yield Cat.EACH_COUNT, word, 0.0


@BOOK.pair((Cat.ASKED, Cat.NOUN), Cat.EACH_COUNT)
def told_of_each(_: Composer, what: Asked | Noun, _word: Small) -> Found:
    """As in "orders by status, how many of each", "the number per line, and how many each"."""
    asked = asked_of(what)
    if asked.kind in (Kind.LIST, Kind.COUNT) and asked.noun.per is not None and not (asked.of or asked.having):
        yield Cat.ASKED, replace(asked, kind=Kind.COUNT), _SPLIT


@BOOK.pair((Cat.ASKED, Cat.NOUN), Cat.EACH_COUNT)
def of_each_sort(_: Composer, what: Asked | Noun, _word: Small) -> Found:
    """As in "pumps and motors on PM1, how many of each": by the property whose values they are."""
    asked = asked_of(what)
    noun = asked.noun
    sorts = [found for found in noun.thing.filters if _says_which(found) and len(found.values) > 1]
    counted = asked.kind in (Kind.LIST, Kind.COUNT) and not (asked.of or asked.having or noun.thing.shown)
    if len(sorts) == 1 and counted and noun.plain and noun.quantity is None and noun.number is None:
        yield Cat.ASKED, Asked(Kind.COUNT, replace(noun, per=Per(sorts[0].property))), _SPLIT


@BOOK.pair(Role.COUNT, Cat.SAID)
def how_many_are(_: Composer, _word: Small, said: Description) -> Found:
    """As in "how many on standby", behind "how many are running"."""
    if _value_said(said) is not None:
        yield Cat.COUNT_SAID, said, 0.0


BOOK.passes(Cat.COUNT_SAID, before=(Role.AND,))


@BOOK.pair(Cat.ASKED, Cat.COUNT_SAID)
def counts_by_value(_: Composer, asked: Asked, said: Description) -> Found:
    """As in "how many pumps are running, how many on standby"."""
    has, noun = _value_said(said), asked.noun
    if has is None or asked.kind is not Kind.COUNT or asked.of or asked.having or noun.thing.label != has.owner:
        return
    (new,) = has.filters
    mine = [found for found in noun.thing.filters if found.property == new.property]
    if len(mine) != 1 or not _says_which(mine[0]) or noun.per not in (None, Per(new.property)):
        return
    if {*mine[0].values}.isdisjoint(new.values):
        either = replace(new, values=tuple(sorted({*mine[0].values, *new.values}, key=repr)))
        filters = tuple(sorted((*(f for f in noun.thing.filters if f != mine[0]), either), key=repr))
        thing = replace(noun.thing, filters=filters)
        yield Cat.ASKED, replace(asked, noun=replace(noun, thing=thing, per=Per(new.property))), _SPLIT


def _value_said(said: Description) -> Has | None:
    """Returns what a description says, where it is a value alone."""
    part = said.only
    plain = isinstance(part, Has) and not part.of_relation and len(part.filters) == 1 and said.shape is not Shape.CLAUSE
    return part if plain and isinstance(part, Has) and _says_which(part.filters[0]) else None


def _says_which(found: Filter) -> bool:
    return found.compare is Compare.EQUAL and bool(found.values) and not found.negated
