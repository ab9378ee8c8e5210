"""Groups chosen by their figure: "the line with the highest total cost of jobs", "that cost over 500 in total"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import By, Description, Has, Near, Noun, Quantity, Shape
from tools.graph.parser.form import Compare, Filter, Kind, Link, Rank, Thing, Way
from tools.graph.parser.grammar.figures import FIGURES
from tools.graph.parser.grammar.groups import FLOWS, figure_of_each
from tools.graph.parser.grammar.order import LARGEST
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Amount, Asked, Cat, Columns, Found, RuleBook, Small, noun_of

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_SIZES = frozenset({Compare.ABOVE, Compare.AT_LEAST, Compare.BELOW, Compare.AT_MOST})
_MOST = frozenset({"most", "plus"})
_PRICES = frozenset({"cost", "costs", "amount", "expense"})
_ADDED_UP = 0.2  # "the most hours" of what others did, for all of them together


@BOOK.pair(LARGEST, Cat.ASKED)
def highest_figure(_: Composer, word: Small, asked: Asked) -> Found:
    """As in "the highest total cost of jobs", of those who have it."""
    if _can_choose(asked):
        rank = Rank(descending=word.role is Role.LARGEST)
        yield Cat.FIGURED, replace(asked, noun=replace(asked.noun, rank=rank)), 0.0


@BOOK.pair(LARGEST, Cat.PROPERTY)
def most_used_up(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "the most hours", of those whose jobs took them; "the highest average rating", of those so rated."""
    if len(columns.properties) != 1 or columns.kind is not ValueKind.NUMBER:
        return
    rank = Rank(descending=word.role is Role.LARGEST)
    if columns.of_relation and columns.figure in (Kind.SUM, Kind.MEAN):
        yield Cat.FIGURED, _of_links(columns, rank), 0.0
    elif _is_more_of(word, columns.properties[0]) and columns.figure is None and not columns.of_relation:
        yield Cat.FIGURED, Asked(Kind.SUM, Noun(Thing(columns.owner), rank=rank), of=columns.properties[0]), _ADDED_UP


@BOOK.pair(Cat.PROPERTY, Cat.AMOUNT)
def links_above(_: Composer, columns: Columns, amount: Amount) -> Found:
    """As in "an average rating over 3"."""
    links = columns.of_relation and columns.figure in (Kind.SUM, Kind.MEAN) and len(columns.properties) == 1
    if links and not isinstance(amount.value, str) and amount.highest is None:
        chosen = Filter("", amount.compare, (amount.value,))
        yield Cat.FIGURED, replace(_of_links(columns, None), having_figure=(chosen,)), 0.0


def _is_more_of(word: Small, name: str) -> bool:
    """Whether "most" is said of how much was used up: "the most hours", never "the most expensive"."""
    return word.role is Role.LARGEST and not _MOST.isdisjoint(word.text.split()) and name in FLOWS - _PRICES


def _of_links(columns: Columns, rank: Rank | None) -> Asked:
    """Returns a figure of links, before it is known whose."""
    assert columns.figure is not None
    along = Link(columns.owner, Way.ANY, Thing(""))
    return Asked(columns.figure, Noun(Thing(""), rank=rank), of=columns.properties[0], along=along)


@BOOK.pair(LARGEST, Cat.COLUMN)
def most_used_up_by(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "the most job hours"."""
    shown = noun.thing.shown
    if len(shown) == 1 and _is_more_of(word, shown[0]) and noun.plain and not noun.named:
        rank = Rank(descending=word.role is Role.LARGEST)
        plain = replace(noun, thing=replace(noun.thing, shown=()), rank=rank)
        yield Cat.FIGURED, Asked(Kind.SUM, plain, of=shown[0]), _ADDED_UP


@BOOK.pair(Cat.ASKED, Cat.AMOUNT)
def figure_above(_: Composer, asked: Asked, amount: Amount) -> Found:
    """As in "a total cost over 500", of those who have it."""
    if _can_choose(asked) and not isinstance(amount.value, str) and amount.highest is None:
        yield Cat.FIGURED, replace(asked, having_figure=(Filter("", amount.compare, (amount.value,)),)), 0.0


@BOOK.pair(Cat.SAID, (Role.SUM, Role.MEAN))
def so_in_all(_: Composer, said: Description, word: Small) -> Found:
    """As in "cost over 500 in total"."""
    part = said.only
    if isinstance(part, Has) and not part.of_relation and said.shape is not Shape.ADJECTIVE:
        (only, *more) = part.filters
        if only.compare in _SIZES and not more and all(type(value) in (int, float) for value in only.values):
            chosen = replace(only, property="")
            asked = Asked(FIGURES[word.role], Noun(Thing(part.owner)), of=only.property, having_figure=(chosen,))
            yield Cat.IN_ALL, asked, 0.0


@BOOK.pair(Cat.NOUN, Cat.IN_ALL)
def things_in_all(_: Composer, noun: Noun, asked: Asked) -> Found:
    """As in "jobs cost over 500 in total", of those whose jobs they are."""
    if noun.thing.label == asked.noun.thing.label and noun.plain and not noun.named and noun.quantity is None:
        yield Cat.FIGURED, replace(asked, noun=noun), 0.0


@BOOK.pair(Role.EACH, Cat.ASKED)
def by_figure(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "by total budget", of the top 3."""
    if _can_choose(asked):
        yield Cat.FIGURED, replace(asked, noun=replace(asked.noun, rank=Rank(number=None))), 0.0


@BOOK.pair(Cat.FIGURED, Cat.SAID)
def figure_then(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "the highest total cost of jobs in 2025"."""
    if said.shape is Shape.PREPOSITION and asked.noun.thing.label:
        for noun, cost in composer.attach(asked.noun, said):
            yield Cat.FIGURED, replace(asked, noun=noun), cost + 0.1


@BOOK.pair(Cat.NOUN, Cat.FIGURED)
def groups_by_figure(composer: Composer, noun: Noun, asked: Asked) -> Found:
    """As in "lines with the highest total cost of jobs"."""
    if noun.named or noun.quantity is not None or not noun.plain or noun.thing.label == asked.noun.thing.label:
        return
    number, rank = noun.number, asked.noun.rank
    if number is not None if rank is None else rank.number is None and number is None:
        return  # of "over 500" there is no first three; "by total budget" needs a number
    each = Near(replace(noun, quantity=Quantity.EACH, number=None, every=False))
    yield from _chosen(composer, asked, Description((each,), Shape.PREPOSITION), number)


@BOOK.pair((Cat.VALUES, Cat.COLUMN), Cat.FIGURED)
def values_by_figure(composer: Composer, what: Asked | Noun, figured: Asked) -> Found:
    """As in "makers with the highest total power", "which kind of equipment has"."""
    noun = noun_of(what)
    thing = noun.thing
    ranked = figured.noun.rank is None or figured.noun.rank.number is not None
    if (
        noun.plain
        and noun.number is None
        and len(thing.shown) == 1
        and thing == Thing(thing.label, shown=thing.shown)
        and ranked
    ):
        by = By(thing.label, thing.shown[0])
        yield from _chosen(composer, figured, Description((by,), Shape.PREPOSITION), None)


def _chosen(composer: Composer, asked: Asked, groups: Description, number: int | None) -> Found:
    """Yields the groups that are chosen by a figure of their things, or of their links."""
    rank = asked.noun.rank
    ranked = rank if rank is None or number is None else replace(rank, number=number)
    if asked.along is not None:
        columns = Columns(asked.along.type, (asked.of,), ValueKind.NUMBER, of_relation=True, figure=asked.kind)
        for _, found, cost in figure_of_each(composer, columns, groups):
            if isinstance(found, Asked):
                noun = replace(found.noun, rank=ranked)
                yield Cat.ASKED, replace(found, noun=noun, having_figure=asked.having_figure), cost
        return
    for noun, cost in composer.attach(replace(asked.noun, rank=None), groups):
        yield Cat.ASKED, replace(asked, noun=replace(noun, rank=ranked)), cost


def _can_choose(asked: Asked) -> bool:
    """Whether groups can be chosen by what is asked: a sum or a mean of things that are not grouped yet."""
    noun = asked.noun
    return asked.kind in (Kind.SUM, Kind.MEAN) and noun.plain and not noun.named and not asked.having_figure


BOOK.passes(Cat.FIGURED, before=(Role.AT, Role.HAVE, Role.THAT))
