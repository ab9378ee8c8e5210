"""Order, and superlatives: "the oldest pump", "the highest stock", "sorted by stock", "top 3"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import By, Description, First, Near, Noun, Quantity, Shape
from tools.graph.parser.form import Kind, Rank
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small, noun_of, phrases

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

LARGEST = (Role.LARGEST, Role.SMALLEST)
BY_DAY = (Role.LATEST, Role.EARLIEST)
FALLING = (Role.LARGEST, Role.LATEST)
"""What is said of the end from which things fall: the largest, the latest."""

FIRST = frozenset({"first", "d abord", "en premier"})
"""Words that tell from which end a list begins: "cheapest first"."""

_SIZES = phrases(
    "largest, biggest, smallest, plus grand, plus grande, plus grands, plus grandes, plus gros, plus grosse, "
    "plus grosses, plus petit, plus petite, plus petits, plus petites"
)
"""Words for how big something is itself: the biggest pumps are not the most pumps."""

_LENGTHS = frozenset({"long", "longue", "longs", "longues", "short", "court", "courte", "courts", "courtes"})


@BOOK.pair((*LARGEST, *BY_DAY), Cat.PROPERTY)
def first_by(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "the highest stock", "most recently installed"."""
    if can_order(word, columns):
        yield Cat.SAID, Description((_first(word.role, columns),), Shape.VALUE), 0.0


@BOOK.pair(Cat.PROPERTY, (*LARGEST, *BY_DAY))
def by_first(_: Composer, columns: Columns, word: Small) -> Found:
    """As in "installed first", "stock le plus bas"."""
    if can_order(word, columns):
        yield Cat.SAID, Description((_first(word.role, columns),), Shape.VALUE), 0.0


def can_order(word: Small, columns: Columns) -> bool:
    """Whether things can be put in order by a property with a word: the first stock is not the lowest."""
    if len(columns.properties) != 1 or columns.of_relation or columns.figure is not None:
        return False
    return columns.kind is ValueKind.DAY or (columns.kind is ValueKind.NUMBER and word.role in LARGEST)


@BOOK.pair(Cat.SAID, Role.EARLIEST)
def lowest_first(_: Composer, said: Description, word: Small) -> Found:
    """As in "lowest stock first": all of them, in order."""
    if isinstance(said.only, First) and word.text in FIRST:
        yield Cat.ORDER, replace(said.only, number=None), 0.0


def is_size(word: Small) -> bool:
    """Whether a word says how big something is itself."""
    return word.text in _SIZES


def is_length(word: Small) -> bool:
    """Whether a word says how long something is, or takes: "longest" is read as "most long"."""
    return word.text.split()[-1] in _LENGTHS or word.text in ("longest", "shortest")


def _first(word: Role, columns: Columns) -> First:
    return First(columns.owner, columns.properties[0], word in FALLING)


@BOOK.pair(BY_DAY, Cat.NOUN)
def latest(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "the latest order", "the last 3 orders"."""
    label = noun.thing.label
    day = composer.naming.age_of(label, word.text) if composer.naming.main_day(label) is not None else None
    if day is not None and noun.rank is None and noun.quantity is None and not noun.named:
        rank = Rank(day, None, word.role is Role.LATEST, noun.number or 1)
        yield Cat.NOUN, replace(noun, rank=rank, number=None, bare=False), 0.0


@BOOK.pair(LARGEST, (Cat.NOUN, Cat.ASKED))
def most_of(_: Composer, word: Small, what: Noun | Asked) -> Found:
    """As in "the most sensors", "the highest number of sensors"."""
    noun = noun_of(what)
    counted = isinstance(what, Noun) or (what.kind is Kind.COUNT and not what.of)
    own = (is_size(word) or is_length(word)) and isinstance(what, Noun)
    if counted and noun.quantity is None and noun.number is None and noun.plain and not (noun.named or own):
        yield Cat.NOUN, replace(noun, quantity=_MOST[word.role], bare=False), 0.0


_MOST = {Role.LARGEST: Quantity.MOST, Role.SMALLEST: Quantity.FEWEST}


@BOOK.pair(Role.TOP, Cat.NOUN)
def top(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "top 3 pumps"."""
    if noun.number is not None:
        yield Cat.NOUN, noun, 0.0


@BOOK.pair((Role.EACH, Role.SORTED), Cat.ASKED)
def by_number(_: Composer, _word: Small, asked: Asked) -> Found:
    """As in "top 3 assets by number of orders"."""
    noun = asked.noun
    if asked.kind is Kind.COUNT and noun.quantity is None and noun.plain and noun.number is None:
        yield Cat.SAID, Description((Near(replace(noun, quantity=Quantity.MOST)),), Shape.PREPOSITION), 0.0


@BOOK.pair(Role.EACH, Cat.PROPERTY)
def by_property(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "per status"; of "top 3", "by stock"."""
    if len(columns.properties) == 1 and not columns.of_relation:
        by = By(columns.owner, columns.properties[0], columns.kind in (ValueKind.NUMBER, ValueKind.DAY))
        yield Cat.SAID, Description((by,), Shape.PREPOSITION), 0.0


@BOOK.pair(Role.SORTED, Cat.PROPERTY)
def in_order(_: Composer, _word: Small, columns: Columns) -> Found:
    """As in "sorted by stock"."""
    if len(columns.properties) == 1 and not columns.of_relation:
        yield Cat.ORDER, First(columns.owner, columns.properties[0], descending=False, number=None), 0.0


@BOOK.single(Cat.ORDER)
def ordered(_: Composer, first: First) -> Found:
    """As in "sorted by stock, highest first": all of them."""
    yield Cat.SAID, Description((first,), Shape.PREPOSITION), 0.0


@BOOK.pair(Cat.ORDER, (*LARGEST, *BY_DAY))
def order_from(_: Composer, first: First, word: Small) -> Found:
    """As in "sorted by stock, descending"."""
    if word.text not in FIRST:
        yield Cat.ORDER, replace(first, descending=word.role in FALLING), 0.0


@BOOK.pair(Cat.ORDER, Role.EARLIEST)
def order_first(_: Composer, first: First, word: Small) -> Found:
    """As in "sorted by stock, highest first"."""
    if word.text in FIRST:
        yield Cat.ORDER, first, 0.0


@BOOK.pair(Cat.NOUN, BY_DAY)
def newest_first(composer: Composer, noun: Noun, word: Small) -> Found:
    """Marks the order of "orders, newest first"."""
    day = composer.naming.main_day(noun.thing.label)
    if day is not None and noun.rank is None and noun.number is None and noun.quantity is None and noun.plain:
        rank = Rank(day, None, word.role is Role.LATEST, None)
        yield Cat.ORDERED, replace(noun, rank=rank, closed=True, bare=False), 0.0


@BOOK.pair(Cat.ORDERED, Role.EARLIEST)
def newest_first_of_all(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "orders, newest first"."""
    if word.text in FIRST:
        yield Cat.NOUN, noun, 0.0
