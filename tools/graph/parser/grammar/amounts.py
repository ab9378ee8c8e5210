"""Numbers of which any will do, and what is counted out: "priority 1 or 2", "down to one or none", "exactly 4 of"."""

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
