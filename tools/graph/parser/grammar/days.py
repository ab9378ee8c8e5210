"""Days: "in March", "since March", "between March and May"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.graph.parser.descriptions import Description, On, Shape, span, within
from tools.graph.parser.readings import Days, Role, ValueKind
from tools.graph.parser.rules import Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()


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


BOOK.marks(Cat.DAYS, Cat.AND_DAYS, before=(Role.AND, Role.TO))  # "and May"


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
def property_then(_: Composer, columns: Columns, when: On) -> Found:
    """As in "opened since March"."""
    if columns.kind is ValueKind.DAY and len(columns.properties) == 1 and not columns.of_relation:
        yield Cat.SAID, Description((within(columns.owner, columns.properties[0], when),), Shape.VALUE), 0.0


BOOK.passes(Cat.SPAN, before=(Role.AT, Role.BE))
