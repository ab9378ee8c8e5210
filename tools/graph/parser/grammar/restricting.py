"""What lacks something done to it, and amounts with two ends: "no fault found", "above 0 but at most 6"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Noun, Quantity, Shape, To
from tools.graph.parser.form import Compare
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Amount, Cat, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_LOW = (Compare.ABOVE, Compare.AT_LEAST)
_HIGH = (Compare.BELOW, Compare.AT_MOST)
_JOINING = frozenset({"and", "but", "et", "mais"})


@BOOK.pair(Cat.NOUN, Cat.RELATION)
def none_done(composer: Composer, noun: Noun, verb: Verb) -> Found:
    """As in "no fault found", "without any part used": which side they are on is told by their label."""
    if noun.quantity is not Quantity.NONE or verb.negated or verb.preposition or verb.least != 1 or verb.most != 1:
        return
    sides = [start for start in (True, False) if noun.thing.label in composer.links.ends_of(verb.type, start=start)]
    if len(sides) == 1:
        to = To(verb.type, not sides[0], noun, filters=verb.filters)
        yield Cat.SAID, Description((to,), Shape.PREPOSITION), 0.0


@BOOK.pair((Role.AND, Role.BUT), Cat.AMOUNT)
def but_amount(_: Composer, word: Small, amount: Amount) -> Found:
    """As in "but at most 6"."""
    if word.text in _JOINING and amount.highest is None and not amount.others:
        yield Cat.BUT_AMOUNT, amount, 0.0


@BOOK.pair(Cat.AMOUNT, (Cat.BUT_AMOUNT, Cat.AMOUNT))
def amount_within(_: Composer, amount: Amount, other: Amount) -> Found:
    """As in "above 0 but at most 6", "at most 6, at least 1"."""
    low, high = (amount, other) if amount.compare in _LOW else (other, amount)
    ends = low.compare in _LOW and high.compare in _HIGH
    single = low.highest is None and high.highest is None and not (low.others or high.others)
    if not (ends and single) or isinstance(low.value, str) or isinstance(high.value, str) or low.value > high.value:
        return
    yield Cat.AMOUNT, replace(low, highest=high.value, below=high.compare is Compare.BELOW), 0.0
