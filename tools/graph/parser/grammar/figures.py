"""Figures of a property: "average stock", "highest stock", "what did the jobs cost in total"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Noun, Shape
from tools.graph.parser.form import Kind
from tools.graph.parser.grammar.order import BY_DAY, FALLING, LARGEST, can_order
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small, noun_of

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

FIGURES = {Role.SUM: Kind.SUM, Role.MEAN: Kind.MEAN}


@BOOK.pair((Role.SUM, Role.MEAN), Cat.PROPERTY)
def figure(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "average stock"."""
    yield from _figure(FIGURES[word.role], columns)


@BOOK.pair(Cat.PROPERTY, (Role.SUM, Role.MEAN))
def figure_after(_: Composer, columns: Columns, word: Small) -> Found:
    """As in "stock moyen"."""
    yield from _figure(FIGURES[word.role], columns)


@BOOK.pair((*LARGEST, *BY_DAY), Cat.PROPERTY)
def extreme(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "highest stock" for itself, not for who has it."""
    if can_order(word, columns):
        yield from _figure(Kind.MOST if word.role in FALLING else Kind.LEAST, columns)


@BOOK.pair(Cat.PROPERTY, (*LARGEST, *BY_DAY))
def extreme_after(_: Composer, columns: Columns, word: Small) -> Found:
    """As in "stock le plus bas"."""
    if can_order(word, columns):
        yield from _figure(Kind.MOST if word.role in FALLING else Kind.LEAST, columns)


def _can_be_of(kind: Kind, values: ValueKind) -> bool:
    """Whether a figure can be taken of values: a sum or a mean of numbers only, the first and the last of days too."""
    return values is ValueKind.NUMBER or (values is ValueKind.DAY and kind not in (Kind.SUM, Kind.MEAN))


def _figure(kind: Kind, columns: Columns) -> Found:
    if _can_be_of(kind, columns.kind) and len(columns.properties) == 1 and columns.figure is None and not columns.each:
        yield Cat.PROPERTY, replace(columns, figure=kind), 0.0


@BOOK.pair(Cat.FIGURE, (Cat.SAID, Cat.GAP))
def figure_of(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "average stock per category"."""
    if said.shape is Shape.ADJECTIVE:
        return
    for noun, cost in composer.attach(asked.noun, said):
        yield Cat.FIGURE, replace(asked, noun=noun), cost


@BOOK.single(Cat.FIGURE)
def figure_asked(_: Composer, asked: Asked) -> Found:
    """As in "average stock" alone."""
    yield Cat.ASKED, asked, 0.0


@BOOK.pair((Role.SUM, Role.MEAN), (Cat.COLUMN, Cat.VALUES))
def asked_figure(composer: Composer, word: Small, what: Noun | Asked) -> Found:
    """As in "total of the stock of parts"."""
    yield from _asked_figure(composer, FIGURES[word.role], noun_of(what))


@BOOK.pair((Cat.COLUMN, Cat.VALUES), (Role.SUM, Role.MEAN))
def asked_figure_after(composer: Composer, what: Noun | Asked, word: Small) -> Found:
    """As in "what did the jobs cost in total"."""
    yield from asked_figure(composer, word, what)


def _asked_figure(composer: Composer, kind: Kind, noun: Noun) -> Found:
    """Yields a figure of what is shown of things, or nothing where it has none."""
    shown = noun.thing.shown
    if len(shown) == 1 and _can_be_of(kind, composer.kind_of(noun.thing.label, shown[0])) and noun.rank is None:
        plain = replace(noun, thing=replace(noun.thing, shown=()))
        yield Cat.ASKED, Asked(kind, plain, of=shown[0]), 0.0


BOOK.passes((Role.SUM, Role.MEAN), after=(Role.OF,))
