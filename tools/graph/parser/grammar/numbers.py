"""Comparison with numbers and texts: "stock below 3", "more than three sensors", "containing 'seal'"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.dates import YEARS
from tools.graph.parser.descriptions import Description, Has, Noun, Shape
from tools.graph.parser.form import Compare, Filter, Times
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Amount, Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

COMPARES = {
    Role.MORE: Compare.ABOVE,
    Role.LESS: Compare.BELOW,
    Role.AT_LEAST: Compare.AT_LEAST,
    Role.AT_MOST: Compare.AT_MOST,
    Role.EXACTLY: Compare.EQUAL,
}
_TEXTS = {Role.CONTAINS: Compare.CONTAINS, Role.STARTS: Compare.STARTS, Role.ENDS: Compare.ENDS}
_OR = ("or ", "ou ", "and ", "et ")
_TITLES = ("name", "title")


@BOOK.pair(tuple(COMPARES), Cat.NUMBER)
def amount(_: Composer, word: Small, number: float) -> Found:
    """As in "more than 3"."""
    if not word.text.startswith(_OR):  # "and above 0" is no "6 and above"
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


BOOK.marks(Cat.NUMBER, Cat.AND_NUMBER, before=(Role.AND, Role.TO))  # "and 5"


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
    yield from compared_with(columns, amount)


@BOOK.pair((Cat.AMOUNT, Cat.TEXT), Cat.PROPERTY)
def compared_before(_: Composer, amount: Amount, columns: Columns) -> Found:
    """As in "less than 3 in stock"."""
    yield from compared_with(columns, amount)


@BOOK.pair(Cat.PROPERTY, Cat.NUMBER)
def equals(_: Composer, columns: Columns, number: float) -> Found:
    """As in "stock 0"."""
    yield from compared_with(columns, Amount(Compare.EQUAL, number))


@BOOK.pair(Cat.NUMBER, Cat.PROPERTY)
def equals_before(_: Composer, number: float, columns: Columns) -> Found:
    """As in "0 in stock"."""
    yield from compared_with(columns, Amount(Compare.EQUAL, number))


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


def compared_with(columns: Columns, amount: Amount) -> Found:
    """Yields that a property's values stand so to a number or a text, where they are numbers or texts."""
    if len(columns.properties) != 1 or columns.figure is not None:
        return
    if isinstance(amount.value, str) is not (columns.kind is ValueKind.TEXT):
        return
    if columns.kind not in (ValueKind.NUMBER, ValueKind.TEXT):
        return
    (name,) = columns.properties
    filters: tuple[Filter, ...] = (Filter(name, amount.compare, (amount.value, *amount.others)),)
    if amount.highest is not None:
        filters += (Filter(name, Compare.BELOW if amount.below else Compare.AT_MOST, (amount.highest,)),)
    yield Cat.SAID, Description((Has(columns.owner, filters, columns.of_relation),), Shape.VALUE), 0.0


@BOOK.pair(Cat.SAID, Cat.UNIT)
def in_unit(_: Composer, said: Description, unit: str) -> Found:
    """As in "a lead time over 100 days", of a property that is in days by its name."""
    names = {found.property for found in said.only.filters} if isinstance(said.only, Has) else set()
    words = {word.rstrip("s") for name in names for word in name.lower().split("_")}
    if len(names) == 1 and unit in words:
        yield Cat.SAID, said, 0.0


BOOK.marks(Cat.PROPERTY, Cat.IN_PROPERTY, before=Role.AT)  # "in their title"


@BOOK.pair(Cat.TEXT, Cat.IN_PROPERTY)
def text_in(_: Composer, text: Amount, columns: Columns) -> Found:
    """As in "have 'seal' in their title"."""
    yield from compared_with(columns, replace(text, compare=Compare.CONTAINS))


@BOOK.pair(Cat.SAID, (Role.AT_LEAST, Role.AT_MOST))
def so_or_more(_: Composer, said: Description, word: Small) -> Found:
    """As in "50 running hours or more"."""
    has = said.only
    if not isinstance(has, Has) or not word.text.startswith(_OR):
        return
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
    one = amount.highest is None and not amount.others
    if noun.quantity is None and noun.number is None and not noun.named and whole and one:
        yield Cat.NOUN, replace(noun, quantity=Times(amount.compare, int(amount.value)), bare=False), 0.0


@BOOK.pair(Cat.NUMBER, Cat.NOUN)
def number_of(_: Composer, number: float, noun: Noun) -> Found:
    """As in "three pumps", "3 latest orders"."""
    if not float(number).is_integer() or number < 1 or noun.named or noun.quantity is not None:
        return
    if noun.rank is not None and noun.rank.number == 1:
        yield Cat.NOUN, replace(noun, rank=replace(noun.rank, number=int(number))), 0.0
    elif noun.number is None and noun.rank is None and number not in YEARS:  # « en 2024 une inspection »
        yield Cat.NOUN, replace(noun, number=int(number), bare=False), 0.0


BOOK.passes(Cat.AMOUNT, before=(Role.BE, Role.AT, Role.OF))
BOOK.passes(Cat.TEXT, before=(Role.BE, Role.THAT))
