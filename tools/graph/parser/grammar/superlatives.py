"""Superlatives that name no property: "the oldest line", « le film le plus court », "the biggest motor".

What is biggest is told by the label: it has one number that is a size. Who is oldest is told by when they were born,
never by when they were hired.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, First, Noun
from tools.graph.parser.form import Kind, Rank, Thing
from tools.graph.parser.grammar.order import BY_DAY, LARGEST, is_length, is_size
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Asked, Cat, Columns, Found, RuleBook, Small, phrases

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_SIZES: Final = frozenset({"power", "capacity", "volume", "area", "size", "employees", "weight"})
_LENGTHS: Final = frozenset({"runtime", "duration", "length", "pages", "hours"})
_COUNTING: Final = phrases(
    "last, latest, first, dernier, derniere, derniers, dernieres, premier, premiere, premiers, premieres, "
    "the last, the first, most recent of, recently, lately"
)
"""Words for first and last that are of days, never of years: the first line is not the oldest one."""


@BOOK.pair(BY_DAY, Cat.NOUN)
def oldest(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "the oldest line", where lines have a year and no day."""
    if word.text not in _COUNTING and composer.naming.main_day(noun.thing.label) is None:
        yield from _by_age(composer, noun, word)


@BOOK.pair(BY_DAY, Cat.AMONG)
def oldest_of(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "the oldest of the open orders"; "of the three pumps" asks for one, of what is not said which."""
    if noun.number is None:
        yield from _by_age(composer, noun, word)


@BOOK.pair((Cat.NOUN, Cat.STATED), BY_DAY)
def oldest_behind(composer: Composer, noun: Noun, word: Small) -> Found:
    """As in « les cinq films les plus anciens », "which line is the oldest"; « le dernier » stands before its noun."""
    if word.text not in _COUNTING:
        yield from _by_age(composer, noun, word)


def _by_age(composer: Composer, noun: Noun, word: Small) -> Found:
    name = composer.naming.age_of(noun.thing.label, word.text)
    if name is not None and noun.rank is None and noun.quantity is None and not noun.named:
        rank = Rank(name, None, word.role is Role.LATEST, noun.number or 1)
        yield Cat.NOUN, replace(noun, rank=rank, number=None, bare=False), 0.0


@BOOK.pair(LARGEST, Cat.NOUN)
def biggest(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "the biggest motor", "the longest job"."""
    if is_size(word) or is_length(word):
        yield from by_size(composer, noun, word)


@BOOK.pair(LARGEST, Cat.AMONG)
def biggest_of(composer: Composer, word: Small, noun: Noun) -> Found:
    """As in "the smallest of the lines"."""
    if noun.number is None:
        yield from biggest(composer, word, noun)


@BOOK.pair((Cat.NOUN, Cat.STATED), LARGEST)
def biggest_behind(composer: Composer, noun: Noun, word: Small) -> Found:
    """As in « le film le plus court », "which motor is the biggest"."""
    if is_size(word) or is_length(word):
        yield from by_size(composer, noun, word)


def by_size(composer: Composer, noun: Noun, word: Small) -> Found:
    """Yields the largest or the smallest of some things, or the longest: by the one such number that they have."""
    label = noun.thing.label
    meant = _LENGTHS if is_length(word) else _SIZES
    names = [
        name
        for name in sorted(composer.properties[label])
        if not meant.isdisjoint(name.lower().split("_")) and composer.kind_of(label, name) is ValueKind.NUMBER
    ]
    if len(names) == 1 and noun.rank is None and noun.quantity is None and not noun.named:
        rank = Rank(names[0], None, word.role is Role.LARGEST, noun.number or 1)
        yield Cat.NOUN, replace(noun, rank=rank, number=None, bare=False), 0.0


@BOOK.pair(Role.WHO, (Cat.NOUN, Cat.SUBJECT))
def who_first(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "who is the youngest director"."""
    single = noun.quantity is None and noun.number is None and noun.per is None and not noun.other
    if noun.rank is not None and single and composer.naming.is_person(noun.thing.label):
        yield Cat.ASKED, Asked(Kind.LIST, noun), 0.0


@BOOK.pair(Role.WHO, Cat.SAID)
def who_was_first(composer: Composer, _word: Small, said: Description) -> Found:
    """As in "who was hired first"."""
    first = said.only
    if isinstance(first, First) and composer.naming.is_person(first.owner):
        for noun, cost in composer.attach(Noun(Thing(first.owner)), said):
            yield Cat.ASKED, Asked(Kind.LIST, noun), cost


@BOOK.pair(Cat.NOUN, Cat.IN_PROPERTY)
def first_in_unit(_: Composer, noun: Noun, columns: Columns) -> Found:
    """As in "the longest job, in hours": the figure by which it is first."""
    rank = noun.rank or Rank()
    if len(columns.properties) == 1 and (columns.owner, columns.properties[0]) == (noun.thing.label, rank.property):
        yield Cat.NOUN, noun, 0.0
