"""Questions for values: "the model of P-101", "which technicians worked on P-101", "when was P-101 installed"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import By, Description, Near, Noun, Quantity, Shape
from tools.graph.parser.form import Compare, Kind, Link, Per, Rank, Thing, Times
from tools.graph.parser.grammar.properties import shown
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

IMPLIED = 0.2
_TOLD = 0.3  # "when was the last order": the day by which it is the last
_BESIDE_FIGURE = 0.4
_UNSAID = 0.5  # "when was the last order", without what of it was then
_SAID_LINK = -0.2  # of the link that was said, not of the things
_OF_THINGS = 0.3  # of links that were not said, where the things have such a property themselves
_ASKING = (Role.LIST, Role.WHICH, Role.WHO, Role.HOW_MUCH, Role.WHERE)


@BOOK.pair(Cat.PROPERTY, Cat.SAID)
def property_of(composer: Composer, columns: Columns, said: Description) -> Found:
    """As in "the model of P-101"; with "most" or a number, groups: "technicians with more than two orders"."""
    if not isinstance(said.only, Near):
        return
    noun = said.only.noun
    if noun.quantity is None or (noun.quantity is Quantity.EACH and columns.figure is None):
        if said.shape is Shape.PREPOSITION:
            yield from _whose(composer, columns, replace(noun, quantity=None), each=noun.quantity is not None)
    elif (
        noun.thing.label == columns.owner
        and len(columns.properties) == 1
        and noun.per is None
        and columns.figure is None
    ):
        yield from _grouped(replace(noun, quantity=None, per=Per(columns.properties[0])), noun.quantity, None)


def _whose(composer: Composer, columns: Columns, noun: Noun, *, each: bool) -> Found:
    """Yields what is asked of things; who they are of is asked but once: two pumps of a maker have one maker."""
    names_others = all(composer.naming.names_others(name) for name in columns.properties)
    several = columns.owner == noun.thing.label and columns.figure is None and not columns.of_relation and noun.plain
    if names_others and several and not noun.named and not each and noun.quantity is None and noun.number is None:
        thing = replace(noun.thing, shown=columns.properties)
        yield Cat.VALUES, Asked(Kind.VALUES, replace(noun, thing=thing, bare=False)), 0.0
    else:
        yield from _column(composer, columns, noun)


@BOOK.pair(Role.EACH, Cat.COLUMN)
def by_column(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "per category of component"."""
    thing = noun.thing
    if noun.plain and thing == Thing(thing.label, shown=thing.shown[:1]):
        yield Cat.SAID, Description((By(thing.label, thing.shown[0]),), Shape.PREPOSITION), 0.0


@BOOK.pair(Cat.OWNER, Cat.PROPERTY)
def owners_property(composer: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "P-101's model"."""
    yield from _column(composer, columns, noun)


@BOOK.pair(Cat.NOUN, Cat.SAID)
def groups(composer: Composer, noun: Noun, said: Description) -> Found:
    """As in "areas with the most orders", where an order is an area's only by its asset."""
    for things, quantity, cost in composer.groups(noun, said):
        yield from ((cat, asked, cost + more) for cat, asked, more in _grouped(things, quantity, noun.number))


def _grouped(things: Noun, quantity: Quantity | Times, number: int | None) -> Found:
    """Yields the groups that have so many, or the most; none where those without any would have to be among them."""
    if isinstance(quantity, Times):
        if number is None and quantity.compare in (Compare.ABOVE, Compare.AT_LEAST) and quantity.number > 0:
            yield Cat.ASKED, Asked(Kind.COUNT, things, having=quantity), 0.0
    elif quantity is Quantity.MOST and things.rank is None:
        yield Cat.ASKED, Asked(Kind.COUNT, replace(things, rank=Rank(number=number or 1))), 0.0


@BOOK.pair((Cat.SUBJECT, Cat.STATED), Cat.PROPERTY)
def done(composer: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "P-101 was installed", before or after "when"."""
    yield from ((Cat.DONE, made, cost) for cat, made, cost in _column(composer, columns, noun) if cat is Cat.COLUMN)


@BOOK.pair(Cat.NOUN, Cat.PROPERTY)
def noun_property(composer: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "P-101 model", "when was P-101 installed"."""
    yield from ((cat, made, IMPLIED) for cat, made, _ in _column(composer, columns, noun))


@BOOK.pair(Cat.PROPERTY, Cat.NOUN)
def property_noun(composer: Composer, columns: Columns, noun: Noun) -> Found:
    """As in "model P-101"; a figure beside a noun is less likely one of it."""
    cost = IMPLIED if columns.figure is None else _BESIDE_FIGURE
    yield from ((cat, made, cost) for cat, made, _ in _column(composer, columns, noun))


@BOOK.pair(Cat.PROPERTY, Cat.SUBJECT)
def property_is(composer: Composer, columns: Columns, noun: Noun) -> Found:
    """As in "what model is P-101", "which makers have equipment in CW-100"."""
    yield from _whose_if_told(composer, columns, noun)


@BOOK.pair(Cat.PROPERTY, Cat.GAP)
def property_had(composer: Composer, columns: Columns, said: Description) -> Found:
    """As in "what stock does PT-3 have"."""
    if isinstance(said.only, Near):
        yield from _whose_if_told(composer, columns, said.only.noun)


def _whose_if_told(composer: Composer, columns: Columns, noun: Noun) -> Found:
    """Yields what is asked of a thing with a name, or who of several; pumps' models may be asked of each."""
    if noun.named or noun.told or all(composer.naming.names_others(name) for name in columns.properties):
        yield from _whose(composer, columns, noun, each=False)


def _column(composer: Composer, columns: Columns, noun: Noun) -> Found:
    if columns.of_relation:
        yield from _of_links(composer, columns, noun)
    if columns.owner == noun.thing.label and not columns.of_relation and noun.quantity is None and noun.number is None:
        if columns.figure is not None:
            of_one = len(noun.thing.ids) == 1 and columns.figure in (Kind.LEAST, Kind.MOST)
            if noun.rank is None and not (noun.thing.shown or of_one):  # one thing's own price is not its lowest
                yield Cat.ASKED, Asked(columns.figure, noun, of=columns.properties[0]), 0.0
            return
        shown = tuple(dict.fromkeys((*noun.thing.shown, *columns.properties)))
        rank = noun.rank
        if (
            rank is not None
            and columns.kind is ValueKind.DAY
            and rank.property == composer.naming.main_day(columns.owner)
        ):
            rank = replace(rank, property=columns.properties[0])  # the last to be finished, where that is asked for
        yield Cat.COLUMN, replace(noun, thing=replace(noun.thing, shown=shown), rank=rank, bare=False), 0.0


def _of_links(composer: Composer, columns: Columns, noun: Noun) -> Found:
    """Yields what is asked of a property of the links that things have: "total quantity of parts used on P-101"."""
    if noun.quantity is not None or noun.number is not None or noun.rank is not None or noun.other:
        return
    if columns.figure is None:
        for after, cost in composer.attach(noun, Description((shown(columns),), Shape.PREPOSITION)):
            yield Cat.COLUMN, after, cost
        return
    per = noun.per.link if noun.per is not None else None
    if per is not None and per.type == columns.owner and per.most == 1:  # "the quantity of parts used per order"
        link = Link(per.type, per.way, Thing(per.thing.label))
        yield Cat.ASKED, Asked(columns.figure, noun, of=columns.properties[0], along=link), _SAID_LINK
        return
    for place, link in composer.links_of(noun, columns.owner):
        links = (*noun.thing.links[:place], *noun.thing.links[place + 1 :])
        things = replace(noun, thing=replace(noun.thing, links=links), bare=False)
        own = _OF_THINGS if {columns.properties[0]} <= composer.properties[noun.thing.label] else 0.0
        said = _SAID_LINK if place < len(noun.thing.links) else own
        if not any(further.thing.is_any for further in link.thing.links):  # "by line"
            yield Cat.ASKED, Asked(columns.figure, things, of=columns.properties[0], along=link), said


@BOOK.single(Cat.PROPERTY)
def values(_: Composer, columns: Columns) -> Found:
    """As in "technicians", "highest stock": of all that have any."""
    if columns.figure is not None and not columns.of_relation:
        yield Cat.FIGURE, Asked(columns.figure, Noun(Thing(columns.owner)), of=columns.properties[0]), 0.1
    elif not columns.of_relation and columns.figure is None and columns.kind is ValueKind.TEXT:
        thing = Thing(columns.owner, shown=columns.properties)
        yield Cat.VALUES, Asked(Kind.VALUES, Noun(thing)), IMPLIED


@BOOK.pair(Cat.VALUES, (Cat.SAID, Cat.GAP))
def values_of(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "technicians who worked on P-101", "makers of pumps"."""
    if said.shape is Shape.ADJECTIVE:
        return
    for noun, cost in composer.attach(asked.noun, said):
        yield Cat.VALUES, replace(asked, noun=noun), cost


@BOOK.pair((Role.LIST, Role.WHICH, Role.WHO, Role.WHERE), Cat.VALUES)
def which_values(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "which technicians worked on P-101"."""
    yield Cat.ASKED, asked, 0.0


@BOOK.pair(_ASKING, Cat.COLUMN)
def which_column(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "what is the model of P-101"; "how much" of several things may be their sum as well as each of them."""
    if word.role is Role.WHO and not all(composer.naming.names_others(name) for name in noun.thing.shown):
        return
    if word.role is not Role.HOW_MUCH or noun.named:
        yield Cat.ASKED, Asked(Kind.LIST, noun), 0.0


@BOOK.pair(Role.WHEN, (Cat.COLUMN, Cat.DONE))
def when_column(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "when was P-101 installed"."""
    label = noun.thing.label
    if all(composer.kind_of(label, p) is ValueKind.DAY or composer.is_year(label, p) for p in noun.thing.shown):
        yield Cat.ASKED, Asked(Kind.LIST, noun), 0.0


@BOOK.pair((Cat.COLUMN, Cat.DONE), Role.WHEN)
def column_when(composer: Composer, noun: Noun, word: Small) -> Found:
    """As in "P-101 was installed when"."""
    yield from when_column(composer, word, noun)


@BOOK.pair(Role.WHEN, (Cat.SUBJECT, Cat.NOUN))
def when_was(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "when was the last order on P-101"."""
    day = composer.naming.main_day(noun.thing.label)
    done = {value for f in noun.thing.filters for value in f.values}
    if not done.isdisjoint(composer.properties[noun.thing.label]):
        return  # "when did we last close an order": closed orders, or the day of closing
    if day is not None and noun.quantity is None and noun.number is None:
        told = noun.rank is not None and composer.kind_of(noun.thing.label, noun.rank.property) is ValueKind.DAY
        shown = noun.rank.property if noun.rank is not None and told else day
        asked = Asked(Kind.LIST, replace(noun, thing=replace(noun.thing, shown=(shown,))))
        yield Cat.ASKED, asked, _TOLD if told else _UNSAID


BOOK.passes(Role.WHEN, after=(Role.BE, Role.HAVE))
BOOK.passes(Role.HOW_MUCH, after=(Role.BE, Role.HAVE))
BOOK.passes(Cat.VALUES, before=(Cat.EVERY,))
