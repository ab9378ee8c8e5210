"""Nouns, and what stands before or behind them: "open orders", "pump P-101", "P-101's sensors", "each asset".

What follows a noun belongs to the noun nearest to it; a name needs no description; and words that stand side by side
with nothing between them cost most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Being, Description, Like, Near, Noun, Quantity, Shape, To
from tools.graph.parser.form import Thing
from tools.graph.parser.readings import End, Role
from tools.graph.parser.rules import Cat, Found, RuleBook, Small

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_FARTHER = 0.25  # said of a noun though another stands nearer
_BEHIND_COMMA = 0.5
_SIDE_BY_SIDE = 0.4
_FAR = 0.5  # a link over an unnamed node costs more
ANYTHING = 0.3  # "directors" for those who directed anything
_BEFORE = 0.15  # "most recently installed pump"
POSSESSIVE = "s"


@BOOK.pair(Cat.SAID, Cat.NOUN)
def before_noun(composer: Composer, said: Description, noun: Noun) -> Found:
    """As in "open orders"."""
    if said.shape in (Shape.ADJECTIVE, Shape.VALUE) and not noun.named and noun.quantity is None:
        before = _BEFORE if said.shape is Shape.VALUE else 0.0
        yield from ((Cat.NOUN, after, cost + before) for after, cost in composer.attach(noun, said))


@BOOK.pair(Cat.NOUN, (Cat.SAID, Cat.GAP))
def after_noun(composer: Composer, noun: Noun, said: Description) -> Found:
    """As in "orders on P-101", "assets that P-101 feeds"."""
    lacking = any(isinstance(part, Near | To) and part.noun.quantity is Quantity.NONE for part in said.parts)
    farther = _FARTHER if noun.closed and not lacking else 0.0  # "orders on pumps without parts" may be either
    if noun.comma and noun.quantity is Quantity.NONE:
        farther += _BEHIND_COMMA  # "without a job, priority 1" says nothing of the job
    closed = noun.closed or any(isinstance(part, To | Near | Like | Being) for part in said.parts)
    for after, cost in composer.attach(noun, said):
        yield Cat.NOUN, replace(after, closed=closed), cost + farther


@BOOK.pair(Cat.NOUN, Cat.NOUN)
def side_by_side(composer: Composer, left: Noun, right: Noun) -> Found:
    """As in "pump P-101", "CW-100 area", "P-101 sensors", "open orders P-102"."""
    if (left.quantity is not None and right.quantity is not None) or right.every:
        return  # "customers returned everything" is a sentence
    if left.thing.label == right.thing.label:
        noun, other = (right, left) if right.named else (left, right)
        if noun.named and other.bare and right.quantity is None:  # "P-101 without pumps" is no pump P-101
            said = Description((Being(replace(other, quantity=None)),), Shape.ADJECTIVE)
            yield from (
                (Cat.NOUN, replace(after, quantity=left.quantity), 0.0) for after, _ in composer.attach(noun, said)
            )
        return
    if left.comma and not (left.named or right.named):
        yield from _after_comma(composer, left, right)
        return
    if not right.named and not right.closed and left.quantity is None and left.plain and not left.closed:
        for after, cost in composer.attach(right, Description((Near(left),), Shape.PREPOSITION)):
            yield Cat.NOUN, replace(after, owned=True), cost + _SIDE_BY_SIDE
    if right.named and not left.named and right.quantity is None:
        farther = _SIDE_BY_SIDE if left.closed else 0.0
        for after, cost in composer.attach(left, Description((Near(right),), Shape.PREPOSITION)):
            yield Cat.NOUN, replace(after, closed=True), cost + _SIDE_BY_SIDE + farther


def _after_comma(composer: Composer, left: Noun, right: Noun) -> Found:
    """Yields the first of two sorts of things, which are asked for: "permits, jobs on TM4"."""
    if right.bare or not right.plain or left.quantity is not None or right.quantity is not None:
        return
    for after, cost in composer.attach(left, Description((Near(right),), Shape.PREPOSITION)):
        if cost < _FAR:
            yield Cat.NOUN, replace(after, closed=True), cost + _SIDE_BY_SIDE


@BOOK.pair(Cat.NOUN, Role.OF)
def possessive(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "P-101's"."""
    if word.text == POSSESSIVE:
        yield Cat.OWNER, noun, 0.0


@BOOK.pair(Cat.OWNER, Cat.NOUN)
def owned(composer: Composer, owner: Noun, noun: Noun) -> Found:
    """As in "P-101's sensors"; in "P-101's sensors' faults" the faults are the sensors'."""
    chained = _FARTHER if noun.owned else 0.0
    for after, cost in composer.attach(noun, Description((Near(owner),), Shape.PREPOSITION)):
        yield Cat.NOUN, replace(after, owned=True), cost + chained


@BOOK.pair(Cat.END, Cat.SAID)
def end_of(composer: Composer, end: End, said: Description) -> Found:
    """As in "director of Heat"."""
    if said.shape is Shape.PREPOSITION and isinstance(said.only, Near):
        yield from _ends(composer, end, said.only.noun)


@BOOK.pair(Role.NO, Cat.END)
def no_end(composer: Composer, _word: Small, end: End) -> Found:
    """As in "no leader": nobody leads them."""
    others = composer.links.ends_of(end.type, start=end.start)
    if len(others) == 1:
        nobody = To(end.type, not end.start, Noun(Thing(others[0]), quantity=Quantity.NONE))
        yield Cat.SAID, Description((nobody,), Shape.PREPOSITION), 0.0


@BOOK.pair(Cat.OWNER, Cat.END)
def owners_end(composer: Composer, owner: Noun, end: End) -> Found:
    """As in "Heat's director"."""
    yield from _ends(composer, end, owner)


@BOOK.pair(Cat.NOUN, Cat.END)
def end_beside(composer: Composer, noun: Noun, end: End) -> Found:
    """As in "Heat, director", « PM1-PU-002 : moteur d'entraînement »."""
    if noun.named and noun.plain and noun.quantity is None:
        yield from ((cat, found, cost + _SIDE_BY_SIDE) for cat, found, cost in _ends(composer, end, noun))


@BOOK.single(Cat.END)
def any_end(composer: Composer, end: End) -> Found:
    """As in "directors": those who directed anything."""
    others = composer.links.ends_of(end.type, start=not end.start)
    if len(others) == 1:
        yield from ((cat, noun, cost + ANYTHING) for cat, noun, cost in _ends(composer, end, Noun(Thing(others[0]))))


def _ends(composer: Composer, end: End, other: Noun) -> Found:
    said = Description((To(end.type, end.start, other),), Shape.PREPOSITION)
    for label in composer.links.ends_of(end.type, start=end.start):
        for noun, cost in composer.attach(Noun(Thing(label)), said):
            yield Cat.NOUN, replace(noun, closed=True), cost


@BOOK.pair(Cat.THEIR, Cat.NOUN)
def their_noun(composer: Composer, _word: Small, noun: Noun) -> Found:
    """As in "their area", after "with" or "and": it is to be shown."""
    if noun.bare and noun.quantity is None:
        names = tuple(name for name in ("id", "name") if name in composer.properties[noun.thing.label])
        yield Cat.NOUN, replace(noun, thing=replace(noun.thing, shown=names), bare=False), 0.0


@BOOK.pair(Role.EACH, Cat.NOUN)
def each_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "each asset", "per asset"."""
    if noun.quantity is None and noun.number is None and not noun.named:
        yield Cat.NOUN, replace(noun, quantity=Quantity.EACH), 0.0


@BOOK.pair(Cat.EVERY, Cat.NOUN)
def every_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "all pumps"."""
    if noun.quantity is None and not noun.named:
        yield Cat.NOUN, replace(noun, every=True, bare=False), 0.0


@BOOK.pair(Cat.SOME, Cat.NOUN)
def some_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "any pump"."""
    if noun.quantity is None:
        yield Cat.NOUN, replace(noun, some=True), 0.0


@BOOK.pair(Cat.BOTH, Cat.NOUN)
def both_nouns(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "both E-101 and C-101"."""
    if noun.joined:
        yield Cat.NOUN, replace(noun, both=True), 0.0


@BOOK.pair(Role.OTHER, Cat.NOUN)
def other_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "other orders"."""
    if not noun.named:
        yield Cat.NOUN, replace(noun, other=True, bare=False), 0.0


BOOK.passes(Cat.NOUN, after=(Role.THERE,))
