"""From which end a list is told: "from oldest to newest", « du plus cher au moins cher », "shortest first"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, First, Noun
from tools.graph.parser.form import Kind, Rank
from tools.graph.parser.grammar.order import BY_DAY, FALLING, FIRST, LARGEST, is_length, is_size
from tools.graph.parser.grammar.superlatives import by_size
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Found, RuleBook, Small, noun_of

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_OTHER_END = {
    Role.LARGEST: Role.SMALLEST,
    Role.SMALLEST: Role.LARGEST,
    Role.LATEST: Role.EARLIEST,
    Role.EARLIEST: Role.LATEST,
}
_TO = frozenset({"to", "au", "a", "aux", "down to", "up to", "jusqu au", "jusqu a"})
_FROM = (Role.OF, Role.AT, Role.BETWEEN, Role.SORTED)
_TOLD = 0.1


@BOOK.pair((Role.TO, Role.AT, Role.AT_MOST), tuple(_OTHER_END))
def to_the_end(_: Composer, to: Small, word: Small) -> Found:
    """As in "to newest", « au plus ancien »."""
    if to.text in _TO:
        yield Cat.TO_END, word.role, 0.0


@BOOK.pair(tuple(_OTHER_END), Cat.TO_END)
def from_end_to_end(_: Composer, word: Small, end: Role) -> Found:
    """As in "oldest to newest", "highest to lowest"."""
    if _OTHER_END[word.role] is end:
        yield Cat.MOST_FIRST, word.role, 0.0


@BOOK.pair((Role.TO, Role.AT, Role.AT_MOST), Cat.SAID)
def to_the_last(_: Composer, to: Small, said: Description) -> Found:
    """As in « au moins cher », "to cheapest"."""
    first = said.only
    if to.text in _TO and isinstance(first, First) and first.number == 1:
        yield Cat.TO_LAST, first, 0.0


@BOOK.pair(Cat.SAID, Cat.TO_LAST)
def from_first_to_last(_: Composer, said: Description, last: First) -> Found:
    """As in « du plus cher au moins cher », "cheapest to dearest"."""
    first = said.only
    if isinstance(first, First) and first == replace(last, descending=not last.descending):
        yield Cat.ORDER, replace(first, number=None), -_TOLD


BOOK.passes((Cat.MOST_FIRST, Cat.ORDER), before=_FROM)


@BOOK.pair((Cat.NOUN, Cat.COLUMN, Cat.ASKED), Cat.ORDER)
def already_so(_: Composer, what: Asked | Noun, first: First) -> Found:
    """As in "the five cheapest parts, cheapest first": they are in that order."""
    noun = noun_of(what)
    rank = noun.rank
    if rank is None or rank.number == 1 or noun.thing.label != first.owner:
        return
    if (rank.property, rank.descending) == (first.property, first.descending):
        yield (Cat.ASKED, what, 0.0) if isinstance(what, Asked) else (Cat.NOUN, noun, 0.0)


@BOOK.pair((Cat.NOUN, Cat.COLUMN), Cat.MOST_FIRST)
def in_its_order(composer: Composer, noun: Noun, way: Role) -> Found:
    """As in "orders from oldest to newest", by their main day; "parts with their stock, lowest first", by it."""
    if noun.rank is not None or noun.per is not None or noun.number is not None or noun.quantity is not None:
        return
    label, shown = noun.thing.label, noun.thing.shown
    if way in BY_DAY:
        by = composer.naming.main_day(label)
    else:
        numbers = [name for name in shown if composer.kind_of(label, name) is ValueKind.NUMBER]
        by = numbers[0] if len(numbers) == 1 else None
    if by is not None:
        ranked = replace(noun, rank=Rank(by, None, way in FALLING, None), closed=True, bare=False)
        yield Cat.ASKED, Asked(Kind.LIST, ranked), _TOLD


@BOOK.pair(LARGEST, Role.EARLIEST)
def size_first(_: Composer, word: Small, first: Small) -> Found:
    """As in "shortest first"."""
    if first.text in FIRST and (is_size(word) or is_length(word)):
        yield Cat.SIZE_FIRST, word, 0.0


@BOOK.pair(Cat.NOUN, Cat.SIZE_FIRST)
def in_order_of_size(composer: Composer, noun: Noun, word: Small) -> Found:
    """As in "films, shortest first"."""
    for _, found, cost in by_size(composer, noun, word) if noun.number is None and noun.plain else ():
        if isinstance(found, Noun) and found.rank is not None:
            yield Cat.NOUN, replace(found, rank=replace(found.rank, number=None), closed=True), cost
