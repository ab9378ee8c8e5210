"""Groups and counts of different values: "sensors per kind of asset", "how many different models"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Being, By, Description, Near, Noun, Quantity, Shape
from tools.graph.parser.form import Kind, Per, Thing
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_IN_ALL = 0.3  # "how many hours did the jobs take", for all of them together
_EACH_LINK = 0.2  # a figure of the links that each thing has

FLOWS = frozenset({"hours", "cost", "costs", "amount", "duration", "tonnes", "quantity", "minutes", "expense"})
"""Names of properties that things use up: how much of it several took is their sum, and no list of each."""


@BOOK.pair(Role.EACH, Cat.VALUES)
def by_values(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "per maker of assets"."""
    thing = asked.noun.thing
    if asked.noun.plain and len(thing.shown) == 1 and thing == Thing(thing.label, shown=thing.shown):
        yield Cat.SAID, Description((By(thing.label, thing.shown[0]),), Shape.PREPOSITION), 0.0


@BOOK.pair(Role.COUNT, Cat.VALUES)
def how_many_values(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "how many different models of pumps", "how many technicians worked on P-101"."""
    noun = asked.noun
    if len(noun.thing.shown) == 1 and noun.plain and noun.number is None and noun.quantity is None:
        plain = replace(noun, thing=replace(noun.thing, shown=()))
        yield Cat.ASKED, Asked(Kind.COUNT, plain, of=noun.thing.shown[0]), 0.0


@BOOK.pair((Role.COUNT, Role.HOW_MUCH), Cat.COLUMN)
def how_much_of_several(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "how many hours did the jobs on PM1 take"; "how many models do pumps have" counts different ones."""
    if (
        len(noun.thing.shown) != 1
        or noun.named
        or noun.rank is not None
        or noun.number is not None
        or noun.quantity is not None
    ):
        return
    (name,) = noun.thing.shown
    kind = composer.kind_of(noun.thing.label, name)
    plain = replace(noun, thing=replace(noun.thing, shown=()))
    if kind is ValueKind.NUMBER and name in FLOWS:
        yield Cat.ASKED, Asked(Kind.SUM, plain, of=name), _IN_ALL
    elif kind is ValueKind.TEXT and word.role is Role.COUNT:
        yield Cat.ASKED, Asked(Kind.COUNT, plain, of=name), 0.0


@BOOK.pair(Role.COUNT, Cat.ASKED)
def how_many_in_total(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "how many hours in total"."""
    if asked.kind is Kind.SUM:
        yield Cat.ASKED, asked, 0.0


@BOOK.pair(Cat.PROPERTY, Cat.SAID)
def figure_of_each(composer: Composer, columns: Columns, said: Description) -> Found:
    """As in "average stars per film", of the links that each has; "per studio", of those that its films have."""
    if columns.figure is None or not columns.of_relation:
        return
    part = said.only
    if isinstance(part, Near) and part.noun.quantity is Quantity.EACH and part.noun.plain:
        each = replace(part.noun, quantity=None, per=Per(), bare=False)
        direct = [found for found in composer.links_of(each, columns.owner) if found[0] == len(each.thing.links)]
        for _, link in direct if part.noun.number is None else ():
            yield Cat.ASKED, Asked(columns.figure, each, of=columns.properties[0], along=link), _EACH_LINK
        if direct:
            return
    elif not isinstance(part, By):
        return
    for start in (True, False):
        for label in composer.links.ends_of(columns.owner, start=start):
            for noun, cost in composer.attach(Noun(Thing(label)), said):
                for _, link in composer.links_of(noun, columns.owner):
                    asked = Asked(columns.figure, noun, of=columns.properties[0], along=link)
                    yield Cat.ASKED, asked, cost + _EACH_LINK


@BOOK.pair(Cat.FIGURE, Cat.SAID)
def mean_per_thing(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "average stock per part": of each part there is one, so the mean is of them all."""
    part = said.only
    if asked.kind is not Kind.MEAN or not isinstance(part, Near) or part.noun.quantity is not Quantity.EACH:
        return
    if part.noun.thing.label == asked.noun.thing.label and not part.noun.named:
        being = Description((Being(replace(part.noun, quantity=None)),), Shape.ADJECTIVE)
        yield from ((Cat.FIGURE, replace(asked, noun=noun), cost) for noun, cost in composer.attach(asked.noun, being))
