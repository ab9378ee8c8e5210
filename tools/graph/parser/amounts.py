"""The grammar's rules for numbers, days and order: "more than three sensors", "since March", "the oldest pump"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from tools.graph.parser.descriptions import (
    By,
    Description,
    First,
    Has,
    Like,
    Near,
    Noun,
    On,
    Quantity,
    Shape,
    span,
    within,
)
from tools.graph.parser.form import Compare, Filter, Kind, Rank, Thing, Times
from tools.graph.parser.readings import Days, Role, ValueKind
from tools.graph.parser.rules import Amount, Asked, Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()


class Than(msgspec.Struct, frozen=True):
    """A comparison with a thing, on the way to what of it is compared."""

    word: Small
    noun: Noun


COMPARES = {
    Role.MORE: Compare.ABOVE,
    Role.LESS: Compare.BELOW,
    Role.AT_LEAST: Compare.AT_LEAST,
    Role.AT_MOST: Compare.AT_MOST,
    Role.EXACTLY: Compare.EQUAL,
}
_TEXTS = {Role.CONTAINS: Compare.CONTAINS, Role.STARTS: Compare.STARTS, Role.ENDS: Compare.ENDS}
_OR = ("or ", "ou ", "and ", "et ")
_THAN = {**COMPARES, Role.BEFORE: Compare.BELOW, Role.AFTER: Compare.ABOVE}
_ALSO_PLACE = frozenset(
    {"before", "after", "by", "following", "preceding", "past", "until", "avant", "apres", "to", "jusqu"}
)
"""Words for before and after that may as well be said of places: "after P-101" is not when."""

_FIRST = frozenset({"first", "d abord", "en premier"})
_TITLES = ("name", "title")
_LARGEST = (Role.LARGEST, Role.SMALLEST)
_BY_DAY = (Role.LATEST, Role.EARLIEST)


# --- numbers ------------------------------------------------------------------------------------------------------


@BOOK.pair(tuple(COMPARES), Cat.NUMBER)
def amount(_: Composer, word: Small, number: float) -> Found:
    """As in "more than 3"."""
    yield Cat.AMOUNT, Amount(COMPARES[word.role], number), 0.0


@BOOK.pair(tuple(_TEXTS), Cat.TEXT)
def some_text(_: Composer, word: Small, text: Amount) -> Found:
    """As in "containing 'seal'"."""
    yield Cat.TEXT, replace(text, compare=_TEXTS[word.role]), 0.0


@BOOK.pair(Cat.NUMBER, (Role.AT_LEAST, Role.AT_MOST))
def or_more(_: Composer, number: float, word: Small) -> Found:
    """As in "6 or more"."""
    if word.text.startswith(_OR):
        yield Cat.AMOUNT, Amount(COMPARES[word.role], number), 0.0


@BOOK.pair(Cat.NOUN, (Role.AT_LEAST, Role.AT_MOST))
def things_or_more(composer: Composer, noun: Noun, word: Small) -> Found:
    """As in "five sensors or more"."""
    if noun.number is not None and word.text.startswith(_OR):
        yield from amount_of(composer, Amount(COMPARES[word.role], noun.number), replace(noun, number=None))


@BOOK.pair((Role.BE, Role.OF), Cat.NUMBER)
def is_number(_: Composer, _word: Small, number: float) -> Found:
    """As in "is 3", "of 3"."""
    yield Cat.AMOUNT, Amount(Compare.EQUAL, number), 0.0


@BOOK.pair((Role.AND, Role.TO), Cat.NUMBER)
def and_number(_: Composer, _word: Small, number: float) -> Found:
    """As in "and 5"."""
    yield Cat.AND_NUMBER, number, 0.0


@BOOK.pair(Cat.NUMBER, Cat.AND_NUMBER)
def range_of(_: Composer, lowest: float, highest: float) -> Found:
    """As in "3 and 5", after "between"."""
    if lowest <= highest:
        yield Cat.RANGE, Amount(Compare.AT_LEAST, lowest, highest), 0.0


@BOOK.pair((Role.BETWEEN, Role.AT), Cat.RANGE)
def between(_: Composer, _word: Small, amount: Amount) -> Found:
    """As in "between 3 and 5"."""
    yield Cat.AMOUNT, amount, 0.0


@BOOK.pair(Cat.PROPERTY, (Cat.AMOUNT, Cat.TEXT))
def compared(_: Composer, columns: Columns, amount: Amount) -> Found:
    """As in "stock below 3"."""
    yield from _compared(columns, amount)


@BOOK.pair((Cat.AMOUNT, Cat.TEXT), Cat.PROPERTY)
def compared_before(_: Composer, amount: Amount, columns: Columns) -> Found:
    """As in "less than 3 in stock"."""
    yield from _compared(columns, amount)


@BOOK.pair(Cat.PROPERTY, Cat.NUMBER)
def equals(_: Composer, columns: Columns, number: float) -> Found:
    """As in "stock 0"."""
    yield from _compared(columns, Amount(Compare.EQUAL, number))


@BOOK.pair(Cat.NUMBER, Cat.PROPERTY)
def equals_before(_: Composer, number: float, columns: Columns) -> Found:
    """As in "0 in stock"."""
    yield from _compared(columns, Amount(Compare.EQUAL, number))


UNITS = {
    **dict.fromkeys(("day", "days", "jour", "jours"), "day"),
    **dict.fromkeys(("hour", "hours", "heure", "heures", "h"), "hour"),
    **dict.fromkeys(("week", "weeks", "semaine", "semaines"), "week"),
    **dict.fromkeys(("month", "months", "mois"), "month"),
    **dict.fromkeys(("year", "years", "an", "ans"), "year"),
    **dict.fromkeys(("minute", "minutes", "min"), "minute"),
    **dict.fromkeys(("tonne", "tonnes", "ton", "tons", "t"), "tonne"),
}
"""Words for units, by what they are called in the names of properties: the days of `lead_days`."""


def _compared(columns: Columns, amount: Amount) -> Found:
    if len(columns.properties) != 1 or columns.figure is not None:
        return
    if isinstance(amount.value, str) is not (columns.kind is ValueKind.TEXT):
        return
    if columns.kind not in (ValueKind.NUMBER, ValueKind.TEXT):
        return
    (name,) = columns.properties
    filters: tuple[Filter, ...] = (Filter(name, amount.compare, (amount.value,)),)
    if amount.highest is not None:
        filters += (Filter(name, Compare.AT_MOST, (amount.highest,)),)
    yield Cat.SAID, Description((Has(columns.owner, filters, columns.of_relation),), Shape.VALUE), 0.0


@BOOK.pair(Cat.SAID, Cat.UNIT)
def in_unit(_: Composer, said: Description, unit: str) -> Found:
    """As in "a lead time over 100 days", of a property that is in days by its name."""
    names = {found.property for part in said.parts if isinstance(part, Has) for found in part.filters}
    words = {word.rstrip("s") for name in names for word in name.lower().split("_")}
    if len(said.parts) == 1 and len(names) == 1 and unit in words:
        yield Cat.SAID, said, 0.0


@BOOK.pair(Role.AT, Cat.PROPERTY)
def in_property(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "in their title"."""
    yield Cat.IN_PROPERTY, columns, 0.0


@BOOK.pair(Cat.TEXT, Cat.IN_PROPERTY)
def text_in(_: Composer, text: Amount, columns: Columns) -> Found:
    """As in "have 'seal' in their title"."""
    yield from _compared(columns, replace(text, compare=Compare.CONTAINS))


@BOOK.pair(Cat.SAID, (Role.AT_LEAST, Role.AT_MOST))
def so_or_more(_: Composer, said: Description, word: Small) -> Found:
    """As in "50 running hours or more"."""
    if len(said.parts) != 1 or not isinstance(said.parts[0], Has) or not word.text.startswith(_OR):
        return
    has = said.parts[0]
    (only, *others) = has.filters
    if not others and only.compare is Compare.EQUAL and all(type(value) in (int, float) for value in only.values):
        more = replace(only, compare=COMPARES[word.role])
        yield Cat.SAID, replace(said, parts=(replace(has, filters=(more,)),)), 0.0


@BOOK.pair(Cat.NOUN, Cat.TEXT)
def called(composer: Composer, noun: Noun, text: Amount) -> Found:
    """As in "orders mentioning 'seal'": by what they are called."""
    label = noun.thing.label
    names = [name for name in _TITLES if name in composer.properties[label]]
    for name in names[-1:]:
        said = Description((Has(label, (Filter(name, text.compare, (text.value,)),)),), Shape.PREPOSITION)
        yield from ((Cat.NOUN, replace(after, closed=True), cost + 0.1) for after, cost in composer.attach(noun, said))


@BOOK.pair(Cat.AMOUNT, Cat.NOUN)
def amount_of(_: Composer, amount: Amount, noun: Noun) -> Found:
    """As in "more than three sensors"."""
    whole = isinstance(amount.value, float | int) and float(amount.value).is_integer()
    if noun.quantity is None and noun.number is None and not noun.named and whole and amount.highest is None:
        yield Cat.NOUN, replace(noun, quantity=Times(amount.compare, int(amount.value)), bare=False), 0.0


@BOOK.pair(Cat.NUMBER, Cat.NOUN)
def number_of(_: Composer, number: float, noun: Noun) -> Found:
    """As in "three pumps", "3 latest orders"."""
    if not float(number).is_integer() or number < 1 or noun.named or noun.quantity is not None:
        return
    if noun.rank is not None and noun.rank.number == 1:
        yield Cat.NOUN, replace(noun, rank=replace(noun.rank, number=int(number))), 0.0
    elif noun.number is None and noun.rank is None:
        yield Cat.NOUN, replace(noun, number=int(number), bare=False), 0.0


# --- days ---------------------------------------------------------------------------------------------------------


@BOOK.single(Cat.DAYS)
def bare_days(_: Composer, days: Days) -> Found:
    """As in "last month"."""
    yield Cat.SPAN, span(days), 0.1


@BOOK.pair((Role.DURING, Role.AT, Role.OF), Cat.DAYS)
def during(_: Composer, _word: Small, days: Days) -> Found:
    """As in "in March"."""
    yield Cat.SPAN, span(days), 0.0


@BOOK.pair(Role.BEFORE, Cat.DAYS)
def before(_: Composer, _word: Small, days: Days) -> Found:
    """As in "before March"."""
    if days.first is not None:
        yield Cat.SPAN, On(None, days.first), 0.0


@BOOK.pair(Role.AT_MOST, Cat.DAYS)
def until(_: Composer, _word: Small, days: Days) -> Found:
    """As in "until March", "no later than March": March is in it."""
    if days.last is not None:
        yield Cat.SPAN, On(None, span(days).last), 0.0


@BOOK.pair(Role.AFTER, Cat.DAYS)
def after(_: Composer, _word: Small, days: Days) -> Found:
    """As in "after March"."""
    if days.last is not None:
        yield Cat.SPAN, On(span(days).last, None), 0.0


@BOOK.pair(Role.SINCE, Cat.DAYS)
def since(_: Composer, _word: Small, days: Days) -> Found:
    """As in "since March"."""
    if days.first is not None:
        yield Cat.SPAN, On(days.first, None), 0.0


@BOOK.pair((Role.AND, Role.TO), Cat.DAYS)
def and_days(_: Composer, _word: Small, days: Days) -> Found:
    """As in "and May"."""
    yield Cat.AND_DAYS, days, 0.0


@BOOK.pair(Cat.DAYS, Cat.AND_DAYS)
def days_to_days(_: Composer, days: Days, other: Days) -> Found:
    """As in "March and May", after "between"."""
    if days.first is not None and other.last is not None and days.first <= other.last:
        yield Cat.TERM, Days(days.first, other.last), 0.0


@BOOK.pair((Role.BETWEEN, Role.AT, Role.OF), Cat.TERM)
def between_days(_: Composer, _word: Small, days: Days) -> Found:
    """As in "between March and May"."""
    yield Cat.SPAN, span(days), 0.0


@BOOK.single(Cat.SPAN)
def at_some_time(_: Composer, when: On) -> Found:
    """As in "since March": by the main day of what it is said of."""
    yield Cat.SAID, Description((when,), Shape.PREPOSITION), 0.0


@BOOK.pair(Cat.PROPERTY, Cat.SPAN)
def done_then(_: Composer, columns: Columns, when: On) -> Found:
    """As in "opened since March"."""
    if columns.kind is ValueKind.DAY and len(columns.properties) == 1 and not columns.of_relation:
        yield Cat.SAID, Description((within(columns.owner, columns.properties[0], when),), Shape.VALUE), 0.0


@BOOK.pair((*COMPARES, Role.BEFORE, Role.AFTER), Cat.NOUN)
def than(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "before E-101", "older than E-101", "higher than that of E-101": what of is said elsewhere."""
    if noun.named and noun.quantity is None and noun.thing == Thing(noun.thing.label, ids=noun.thing.ids):
        yield Cat.THAN, Than(word, noun), 0.0


@BOOK.pair(Cat.PROPERTY, Cat.THAN)
def compared_to(_: Composer, columns: Columns, other: Than) -> Found:
    """As in "installed before E-101", "stock higher than PT-3"."""
    by_day = other.word.role in (Role.BEFORE, Role.AFTER)
    if len(columns.properties) != 1 or columns.owner != other.noun.thing.label or columns.figure is not None:
        return
    if columns.kind is (ValueKind.DAY if by_day else ValueKind.NUMBER):
        like = Like(columns.owner, columns.properties[0], _THAN[other.word.role], other.noun)
        yield Cat.SAID, Description((like,), Shape.VALUE), 0.0


@BOOK.single(Cat.THAN)
def older_than(composer: Composer, other: Than) -> Found:
    """As in "older than E-101": by the main day of its label."""
    day = composer.naming.main_day(other.noun.thing.label)
    if (
        other.word.role in (Role.BEFORE, Role.AFTER)
        and day is not None
        and not _ALSO_PLACE & {*other.word.text.split()}
    ):
        like = Like(other.noun.thing.label, day, _THAN[other.word.role], other.noun)
        yield Cat.SAID, Description((like,), Shape.PREPOSITION), 0.1


# --- order --------------------------------------------------------------------------------------------------------


@BOOK.pair((*_LARGEST, *_BY_DAY), Cat.PROPERTY)
def first_by(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "the highest stock", "most recently installed"."""
    if _orders(word, columns):
        yield Cat.SAID, Description((_first(word.role, columns),), Shape.VALUE), 0.0


@BOOK.pair(Cat.PROPERTY, (*_LARGEST, *_BY_DAY))
def by_first(_: Composer, columns: Columns, word: Small) -> Found:
    """As in "installed first", "stock le plus bas"."""
    if _orders(word, columns):
        yield Cat.SAID, Description((_first(word.role, columns),), Shape.VALUE), 0.0


def _orders(word: Small, columns: Columns) -> bool:
    """Whether things can be put in order by a property with a word: the first stock is not the lowest."""
    if len(columns.properties) != 1 or columns.of_relation or columns.figure is not None:
        return False
    return columns.kind is ValueKind.DAY or (columns.kind is ValueKind.NUMBER and word.role in _LARGEST)


@BOOK.pair(Cat.SAID, Role.EARLIEST)
def lowest_first(_: Composer, said: Description, word: Small) -> Found:
    """As in "lowest stock first": all of them, in order."""
    if len(said.parts) == 1 and isinstance(said.parts[0], First) and word.text in _FIRST:
        yield Cat.ORDER, replace(said.parts[0], number=None), 0.0


def _first(word: Role, columns: Columns) -> First:
    return First(columns.owner, columns.properties[0], word in (Role.LARGEST, Role.LATEST))


@BOOK.pair(_BY_DAY, Cat.NOUN)
def latest(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "the latest order", "the last 3 orders"."""
    day = composer.naming.main_day(noun.thing.label)
    if day is not None and noun.rank is None and noun.quantity is None and not noun.named:
        rank = Rank(day, None, word.role is Role.LATEST, noun.number or 1)
        yield Cat.NOUN, replace(noun, rank=rank, number=None, bare=False), 0.0


@BOOK.pair(_LARGEST, (Cat.NOUN, Cat.ASKED))
def most_of(_: Composer, word: Small, what: Noun | Asked) -> Found:
    """As in "the most sensors", "the highest number of sensors"."""
    noun = what.noun if isinstance(what, Asked) else what
    counted = isinstance(what, Noun) or (what.kind is Kind.COUNT and not what.of)
    if counted and noun.quantity is None and noun.number is None and noun.plain and not noun.named:
        yield Cat.NOUN, replace(noun, quantity=_MOST[word.role], bare=False), 0.0


_MOST = {Role.LARGEST: Quantity.MOST, Role.SMALLEST: Quantity.FEWEST}


@BOOK.pair(Role.TOP, Cat.NOUN)
def top(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "top 3 pumps"."""
    if noun.number is not None:
        yield Cat.NOUN, noun, 0.0


@BOOK.pair((Role.EACH, Role.SORTED), Cat.ASKED)
def by_number(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "top 3 assets by number of orders"."""
    noun = asked.noun
    if asked.kind is Kind.COUNT and noun.quantity is None and noun.plain and noun.number is None:
        yield Cat.SAID, Description((Near(replace(noun, quantity=Quantity.MOST)),), Shape.PREPOSITION), 0.0


@BOOK.pair(Role.EACH, Cat.PROPERTY)
def by_property(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "per status"; of "top 3", "by stock"."""
    if len(columns.properties) == 1 and not columns.of_relation:
        by = By(columns.owner, columns.properties[0], columns.kind in (ValueKind.NUMBER, ValueKind.DAY))
        yield Cat.SAID, Description((by,), Shape.PREPOSITION), 0.0


@BOOK.pair(Role.SORTED, Cat.PROPERTY)
def in_order(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "sorted by stock"."""
    if len(columns.properties) == 1 and not columns.of_relation:
        yield Cat.ORDER, First(columns.owner, columns.properties[0], descending=False, number=None), 0.0


@BOOK.single(Cat.ORDER)
def ordered(_: Composer, first: First) -> Found:
    """As in "sorted by stock, highest first": all of them."""
    yield Cat.SAID, Description((first,), Shape.PREPOSITION), 0.0


@BOOK.pair(Cat.ORDER, (*_LARGEST, *_BY_DAY))
def order_from(_: Composer, first: First, word: Small) -> Found:
    """As in "sorted by stock, descending"."""
    if word.text not in _FIRST:
        yield Cat.ORDER, replace(first, descending=word.role in (Role.LARGEST, Role.LATEST)), 0.0


@BOOK.pair(Cat.ORDER, Role.EARLIEST)
def order_first(_: Composer, first: First, word: Small) -> Found:
    """As in "sorted by stock, highest first"."""
    if word.text in _FIRST:
        yield Cat.ORDER, first, 0.0


@BOOK.pair(Cat.NOUN, _BY_DAY)
def newest_first(composer: Composer, noun: Noun, word: Small) -> Found:
    """Marks the order of "orders, newest first"."""
    day = composer.naming.main_day(noun.thing.label)
    if day is not None and noun.rank is None and noun.number is None and noun.quantity is None and noun.plain:
        rank = Rank(day, None, word.role is Role.LATEST, None)
        yield Cat.ORDERED, replace(noun, rank=rank, closed=True, bare=False), 0.0


@BOOK.pair(Cat.ORDERED, Role.EARLIEST)
def newest_first_of_all(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "orders, newest first"."""
    if word.text in _FIRST:
        yield Cat.NOUN, noun, 0.0


@BOOK.pair((Role.SUM, Role.MEAN), Cat.PROPERTY)
def figure(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "average stock"."""
    yield from _figure(_FIGURES[word.role], columns)


@BOOK.pair(Cat.PROPERTY, (Role.SUM, Role.MEAN))
def figure_after(_: Composer, columns: Columns, word: Small) -> Found:
    """As in "stock moyen"."""
    yield from _figure(_FIGURES[word.role], columns)


@BOOK.pair((*_LARGEST, *_BY_DAY), Cat.PROPERTY)
def extreme(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "highest stock" for itself, not for who has it."""
    if _orders(word, columns):
        yield from _figure(Kind.MOST if word.role in (Role.LARGEST, Role.LATEST) else Kind.LEAST, columns)


@BOOK.pair(Cat.PROPERTY, (*_LARGEST, *_BY_DAY))
def extreme_after(_: Composer, columns: Columns, word: Small) -> Found:
    """As in "stock le plus bas"."""
    if _orders(word, columns):
        yield from _figure(Kind.MOST if word.role in (Role.LARGEST, Role.LATEST) else Kind.LEAST, columns)


def _figure(kind: Kind, columns: Columns) -> Found:
    kinds = (ValueKind.NUMBER,) if kind in (Kind.SUM, Kind.MEAN) else (ValueKind.NUMBER, ValueKind.DAY)
    if columns.kind in kinds and len(columns.properties) == 1 and columns.figure is None:
        yield Cat.PROPERTY, replace(columns, figure=kind), 0.0


_FIGURES = {Role.SUM: Kind.SUM, Role.MEAN: Kind.MEAN}

BOOK.passes(Cat.AMOUNT, before=(Role.BE, Role.AT, Role.OF))
BOOK.passes(Cat.TEXT, before=(Role.BE, Role.THAT))
BOOK.passes(Cat.SPAN, before=(Role.AT, Role.BE))
