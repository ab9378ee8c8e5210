"""First by a property of a link: "the supplier with the lowest price for PT-3", "who gave Heat the most stars".

What is compared is the relationship's: a supplier has a price for each part. So a thing is as cheap as the cheapest of
its links to what is named, and the things are groups of their links, of which the first are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Near, Noun, Shape, To
from tools.graph.parser.form import Kind, Link, Per, Rank, Thing
from tools.graph.parser.grammar.order import LARGEST
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_OF_ALL = 0.3  # first by any of its links, to whatever they lead


class Offer(msgspec.Struct, frozen=True):
    """Which comes first, by a property of a relationship.

    Attributes:
        columns: The property.
        descending: Whether the largest comes first.
        number: How many are asked for.
    """

    columns: Columns
    descending: bool
    number: int | None = None


@BOOK.pair(LARGEST, Cat.PROPERTY)
def offer(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "the lowest price", of a supplier for a part."""
    number = columns.kind is ValueKind.NUMBER and columns.figure is None and not columns.each
    if columns.of_relation and number and len(columns.properties) == 1:
        yield Cat.OFFER, Offer(columns, word.role is Role.LARGEST), 0.0


@BOOK.pair(Cat.PROPERTY, LARGEST)
def offer_after(composer: Composer, columns: Columns, word: Small) -> Found:
    """As in « le prix le plus bas »."""
    yield from offer(composer, word, columns)


@BOOK.pair(Cat.NUMBER, Cat.OFFER)
def several_first(_: Composer, number: float, first: Offer) -> Found:
    """As in "the two cheapest", of suppliers."""
    if isinstance(number, int) and number > 0 and first.number is None:
        yield Cat.OFFER, replace(first, number=number), 0.0


@BOOK.pair(Cat.RELATION, Cat.OFFER)
def gave_the_most(_: Composer, verb: Verb, first: Offer) -> Found:
    """As in "gave the highest rating": the verb says the link whose property it is."""
    if verb.type == first.columns.owner and not verb.negated and not verb.filters:
        yield Cat.OFFER, first, 0.0


BOOK.passes(Cat.OFFER, before=(Role.AT, Role.HAVE, Role.BE, Role.THAT))


@BOOK.pair(Cat.NOUN, Cat.OFFER)
def first_by_offer(composer: Composer, noun: Noun, first: Offer) -> Found:
    """As in "suppliers with the lowest price", "suppliers of PT-3 with the lowest price"."""
    yield from ((Cat.ASKED, asked, cost) for asked, cost in _ranked(composer, noun, first))


@BOOK.pair(Cat.OFFER, Cat.NOUN)
def offer_first(composer: Composer, first: Offer, noun: Noun) -> Found:
    """As in "the cheapest supplier", "the cheapest supplier of PT-3"."""
    yield from first_by_offer(composer, noun, first)


@BOOK.pair(Cat.ASKED, Cat.OFFER)
def asked_by_offer(composer: Composer, asked: Asked, first: Offer) -> Found:
    """As in "who sells PT-3 at the lowest price", "which supplier is the cheapest"."""
    if asked.kind is Kind.LIST:
        yield from first_by_offer(composer, asked.noun, first)


def _ranked(composer: Composer, noun: Noun, first: Offer) -> list[tuple[Asked, float]]:
    """Returns the question for the first of some things by the links that they have."""
    columns = first.columns
    both = noun.number is not None and first.number is not None
    if noun.named or noun.quantity is not None or not noun.plain or noun.every or noun.thing.shown or both:
        return []
    found: list[tuple[Asked, float]] = []
    if columns.properties[0] in composer.properties[noun.thing.label]:
        return found  # "the cheapest component", by its own price
    for place, link in composer.links_of(noun, columns.owner):
        said = place < len(noun.thing.links)
        links = (*noun.thing.links[:place], *noun.thing.links[place + 1 :])
        thing = replace(noun.thing, links=links)
        rank = Rank(descending=first.descending, number=first.number or noun.number or 1)
        each = replace(noun, thing=thing, per=Per(), rank=rank, number=None, bare=False)
        kind = Kind.MOST if first.descending else Kind.LEAST
        found.append((Asked(kind, each, of=columns.properties[0], along=link), 0.0 if said else _OF_ALL))
    return found


@BOOK.pair(Cat.OFFER, Cat.SAID)
def offer_of_one(composer: Composer, first: Offer, said: Description) -> Found:
    """As in "the longest lead time for PT-3", of all its suppliers."""
    part = said.only
    if isinstance(part, Near) and said.shape is Shape.PREPOSITION:
        yield from offer_of_one_beside(composer, first, part.noun)


@BOOK.pair(Cat.OFFER, Cat.NOUN)
def offer_of_one_beside(composer: Composer, first: Offer, noun: Noun) -> Found:
    """As in "longest lead time PT-3"."""
    name = first.columns.properties[0]
    one = noun.thing.is_one
    if one and noun.plain and noun.quantity is None and first.number is None:
        for _, link in composer.links_of(noun, first.columns.owner):
            yield Cat.ASKED, Asked(Kind.MOST if first.descending else Kind.LEAST, noun, of=name, along=link), 0.1


@BOOK.pair(Role.WHO, Cat.ASKED)
def who_offers(composer: Composer, _word: Small, asked: Asked) -> Found:
    """As in "who is the cheapest for PT-3": who is at the other end of its links."""
    link, noun = asked.along, asked.noun
    if link is None or asked.kind not in (Kind.LEAST, Kind.MOST) or not noun.named or noun.per is not None:
        return
    if link.thing.is_any and composer.naming.is_somebody(link.thing.label):
        back = replace(link, way=link.way.opposite, thing=noun.thing)
        each = Noun(link.thing, per=Per(), rank=Rank(descending=asked.kind is Kind.MOST))
        yield Cat.ASKED, replace(asked, noun=each, along=back), -0.15


@BOOK.pair(Cat.ASKED, Cat.SAID)
def offer_for(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "the lowest price for PT-3", of a supplier; what is said is of the other end of the link."""
    link = _open_offer(asked)
    if link is None or not isinstance(said.only, Near | To):
        return
    for noun, cost in composer.attach(Noun(Thing(asked.noun.thing.label)), said):
        for place, meant in composer.links_of(noun, link.type):
            if place == 0 and len(noun.thing.links) == 1 and meant.thing.label == link.thing.label:
                yield Cat.ASKED, replace(asked, along=meant), cost - _OF_ALL


@BOOK.pair(Cat.NOUN, Cat.ASKED)
def offer_of_topic(_: Composer, noun: Noun, asked: Asked) -> Found:
    """As in "PT-3: the supplier with the lowest price"."""
    link = _open_offer(asked)
    if link is not None and noun.named and noun.quantity is None and noun.thing.label == link.thing.label:
        yield Cat.ASKED, replace(asked, along=replace(link, thing=noun.thing)), -_OF_ALL + 0.1


def _open_offer(asked: Asked) -> Link | None:
    """Returns the link that things are first by, where it is not said yet to what."""
    link = asked.along
    offered = asked.kind in (Kind.LEAST, Kind.MOST) and asked.noun.per == Per() and link is not None
    return link if offered and link is not None and link.thing.is_any else None
