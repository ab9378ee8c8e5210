"""What stands behind a question about counts: "and how many", "most first", "number per status"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import By, Description, Near, Noun, Quantity
from tools.graph.parser.form import Compare, Kind, Link, Per, Rank
from tools.graph.parser.grammar.order import FIRST, LARGEST, is_length
from tools.graph.parser.grammar.properties import WITH
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Asked, Cat, Found, RuleBook, Small, asked_of

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_TELLING = 0.1
_FALLING = frozenset({"descending", "decroissant", "ascending", "croissant"})


@BOOK.pair((Role.AND, Role.AT), Role.COUNT)
def and_how_many(_: Composer, word: Small, _count: Small) -> Found:
    """As in "and how many", "with the number of each"."""
    if word.role is Role.AND or word.text in WITH:
        yield Cat.AND_COUNT, word, 0.0


@BOOK.pair((Cat.ASKED, Cat.NOUN), Cat.AND_COUNT)
def told_how_many(_: Composer, what: Asked | Noun, _word: Small) -> Found:
    """As in "which asset has the most sensors and how many", "assets with more than three sensors, and how many"."""
    asked = asked_of(what)
    noun = asked.noun
    if asked.kind is Kind.COUNT and noun.per is not None:
        yield Cat.ASKED, asked, _TELLING
    elif asked.kind is Kind.LIST and noun.per is not None:
        yield Cat.ASKED, replace(asked, kind=Kind.COUNT), _TELLING
    elif asked.kind is Kind.LIST and noun.rank is not None and noun.rank.link is not None:
        yield Cat.ASKED, asked, _TELLING
    elif asked.kind is Kind.LIST and noun.rank is None and noun.plain:
        yield from ((Cat.ASKED, found, _TELLING) for found in _counts(noun))


def _counts(noun: Noun) -> list[Asked]:
    """Returns how many there are of what things are chosen by the number of."""
    counted = [link for link in noun.thing.links if link.times is not None]
    if len(counted) != 1 or noun.quantity is not None or noun.number is not None or noun.thing.shown:
        return []
    (link,) = counted
    others = tuple(other for other in noun.thing.links if other is not link)
    if others or link.times is None or link.times.compare not in (Compare.ABOVE, Compare.AT_LEAST):
        return []
    back = Link(link.type, link.way.opposite, replace(noun.thing, links=()), link.least, link.most, link.filters)
    return [Asked(Kind.COUNT, Noun(link.thing, per=Per(link=back)), having=link.times)]


@BOOK.pair(Role.COUNT, Cat.SAID)
def number_per(_: Composer, _word: Small, said: Description) -> Found:
    """As in "number per status", behind what is counted."""
    part = said.only
    each = isinstance(part, Near) and part.noun.quantity is Quantity.EACH
    if each or isinstance(part, By):
        yield Cat.SAID, said, _TELLING


@BOOK.pair(LARGEST, Role.EARLIEST)
def most_first(_: Composer, word: Small, first: Small) -> Found:
    """As in "most first"."""
    if first.text in FIRST and not is_length(word):
        yield Cat.MOST_FIRST, word.role, 0.0


@BOOK.single(*LARGEST)
def falling(_: Composer, word: Small) -> Found:
    """As in "in descending order"."""
    if not _FALLING.isdisjoint(word.text.split()):
        yield Cat.MOST_FIRST, word.role, 0.0


@BOOK.pair((Cat.ASKED, Cat.NOUN), Cat.MOST_FIRST)
def figures_in_order(_: Composer, what: Asked | Noun, way: Role) -> Found:
    """As in "orders per asset, most first"; of "the three pumps with the most sensors" they are so already."""
    asked = asked_of(what)
    noun, descending = asked.noun, way is Role.LARGEST
    if noun.rank is not None:
        if noun.rank.descending is descending and noun.rank.number != 1:
            yield Cat.ASKED, asked, _TELLING
    elif noun.per is not None and asked.having is None:
        kind = Kind.COUNT if asked.kind is Kind.LIST else asked.kind
        yield (
            Cat.ASKED,
            replace(asked, kind=kind, noun=replace(noun, rank=Rank(number=None, descending=descending))),
            0.1,
        )
