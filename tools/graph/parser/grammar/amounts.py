"""Amounts of several numbers: of which any will do, "priority 1 or 2", or with two ends, "above 0 but at most 6"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.form import Compare
from tools.graph.parser.grammar.numbers import compared_with
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Amount, Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_LOW = (Compare.ABOVE, Compare.AT_LEAST)
_HIGH = (Compare.BELOW, Compare.AT_MOST)
_JOINING = frozenset({"and", "but", "et", "mais"})
_NOTHING = frozenset({"none", "no", "nothing", "aucun", "aucune", "rien"})


BOOK.marks(Cat.NUMBER, Cat.OR_NUMBER, before=Role.OR)  # "or 2"


@BOOK.pair(Role.OR, Role.NO)
def or_none(_: Composer, _word: Small, none: Small) -> Found:
    """As in "one or none"."""
    if none.text in _NOTHING:
        yield Cat.OR_NUMBER, 0, 0.0


@BOOK.pair(Cat.NUMBER, Cat.OR_NUMBER)
def any_of(_: Composer, number: float, other: float) -> Found:
    """As in "1 or 2"."""
    if number != other:
        yield Cat.AMOUNT, Amount(Compare.EQUAL, number, others=(other,)), 0.0


@BOOK.pair(Cat.NUMBER, Cat.AMOUNT)
def any_of_more(_: Composer, number: float, amount: Amount) -> Found:
    """As in "1, 2 or 3"."""
    if amount.others and isinstance(amount.value, int | float):
        yield Cat.AMOUNT, replace(amount, value=number, others=(amount.value, *amount.others)), 0.0


BOOK.marks(Cat.NUMBER, Cat.ALSO_NUMBER, before=Role.AND)  # "and 2"


@BOOK.pair(Cat.NUMBER, Cat.ALSO_NUMBER)
def both_numbers(_: Composer, number: float, other: float) -> Found:
    """As in "1 and 2", behind "priorities"."""
    if number != other:
        yield Cat.BOTH_NUMBERS, (number, other), 0.0


@BOOK.pair(Cat.PROPERTY, Cat.BOTH_NUMBERS)
def each_has_one(_: Composer, columns: Columns, numbers: tuple[float, float]) -> Found:
    """As in "priorities 1 and 2": each has one of them."""
    yield from compared_with(columns, Amount(Compare.EQUAL, numbers[0], others=numbers[1:]))


@BOOK.pair((Role.AND, Role.BUT), Cat.AMOUNT)
def but_amount(_: Composer, word: Small, amount: Amount) -> Found:
    """As in "but at most 6"."""
    if word.text in _JOINING and amount.highest is None and not amount.others:
        yield Cat.BUT_AMOUNT, amount, 0.0


@BOOK.pair(Cat.AMOUNT, (Cat.BUT_AMOUNT, Cat.AMOUNT))
def amount_within(_: Composer, amount: Amount, other: Amount) -> Found:
    """As in "above 0 but at most 6", "at most 6, at least 1"."""
    low, high = (amount, other) if amount.compare in _LOW else (other, amount)
    ends = low.compare in _LOW and high.compare in _HIGH
    single = low.highest is None and high.highest is None and not (low.others or high.others)
    if not (ends and single) or isinstance(low.value, str) or isinstance(high.value, str) or low.value > high.value:
        return
    yield Cat.AMOUNT, replace(low, highest=high.value, below=high.compare is Compare.BELOW), 0.0
