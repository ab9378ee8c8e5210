"""What lacks something done to it, and amounts with two ends: "no fault found", "above 0 but at most 6"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Being, Description, Has, Like, Near, Noun, Quantity, Shape, To, negated
from tools.graph.parser.form import Compare
from tools.graph.parser.grammar.negation import STANDING_BEHIND
from tools.graph.parser.readings import Role, ValueKind
from tools.graph.parser.rules import Amount, Asked, Cat, Columns, Found, RuleBook, Small, Verb

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer
    from tools.graph.parser.grammar.comparison import Than

BOOK = RuleBook()

_LOW = (Compare.ABOVE, Compare.AT_LEAST)
_HIGH = (Compare.BELOW, Compare.AT_MOST)
_BY = frozenset({"by", "going by", "according to", "selon", "par", "d apres", "suivant"})
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


@BOOK.pair(Role.NOT, Role.HAVE)
def never_had(_: Composer, word: Small, _have: Small) -> Found:
    """As in "never had", behind who."""
    yield Cat.HAD_NEVER, word, 0.0


@BOOK.pair(Cat.SAID, Cat.HAD_NEVER)
def somebody_never(_: Composer, said: Description, _word: Small) -> Found:
    """As in "mechanic 3 never had", where he is a value of what he never had."""
    if said.shape is Shape.ADJECTIVE and len(said.parts) == 1 and isinstance(said.parts[0], Has):
        yield Cat.ONE_NEVER, said, 0.0


@BOOK.pair(Cat.ONE_NEVER, Cat.NOUN)
def never_of_somebody(composer: Composer, said: Description, noun: Noun) -> Found:
    """As in "mechanic 3 never had an order", of the machines that it would have been on."""
    if noun.quantity is None and noun.plain and not noun.named and noun.number is None:
        for after, cost in composer.attach(noun, said):
            lacking = Near(replace(after, quantity=Quantity.NONE))
            yield Cat.NEVER_OF, Description((lacking,), Shape.CLAUSE), cost


@BOOK.pair(Cat.NEVER_OF, Role.AT)
def never_on_it(_: Composer, said: Description, _word: Small) -> Found:
    """As in "mechanic 3 never had an order on"."""
    yield Cat.GAP, said, 0.0


@BOOK.pair((Role.EACH, Role.AT, Role.SORTED), Cat.PROPERTY)
def by_a_day(_: Composer, word: Small, columns: Columns) -> Found:
    """As in "by installation date", behind "newer than P-101"."""
    if word.text in _BY and columns.kind is ValueKind.DAY and len(columns.properties) == 1 and columns.figure is None:
        yield Cat.BY_DAY, columns, 0.0


@BOOK.pair(Cat.THAN, Cat.BY_DAY)
def newer_by_a_day(_: Composer, other: Than, columns: Columns) -> Found:
    """As in "newer than P-101 by installation date"."""
    if other.word.role in (Role.BEFORE, Role.AFTER) and columns.owner == other.noun.thing.label:
        compare = Compare.BELOW if other.word.role is Role.BEFORE else Compare.ABOVE
        like = Like(columns.owner, columns.properties[0], compare, other.noun)
        yield Cat.SAID, Description((like,), Shape.PREPOSITION), 0.0


BOOK.passes(Cat.NEVER_OF, before=(Role.HAVE, Role.WHETHER))


@BOOK.pair(Cat.NOUN, Role.BUT)
def excluded(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "buildings excluded", behind what they are excluded from."""
    if word.text in STANDING_BEHIND and noun.quantity is None and noun.plain and noun.number is None:
        said = negated(Description((Being(noun),), Shape.PREPOSITION))
        if said is not None:
            yield Cat.EXCEPT, said, 0.0


@BOOK.pair(Role.BUT, Cat.NOUN)
def not_counting(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "not counting the buildings", before or behind a question."""
    if word.text not in STANDING_BEHIND and noun.quantity is None and noun.plain and noun.number is None:
        said = negated(Description((Being(noun),), Shape.PREPOSITION))
        if said is not None:
            yield Cat.EXCEPT, said, 0.0


@BOOK.pair(Cat.EXCEPT, Cat.ASKED)
def except_asked(composer: Composer, said: Description, asked: Asked) -> Found:
    """As in "not counting buildings, which assets were installed after T-101"."""
    yield from asked_except(composer, asked, said)


@BOOK.pair(Cat.ASKED, Cat.EXCEPT)
def asked_except(composer: Composer, asked: Asked, said: Description) -> Found:
    """As in "which assets were installed after T-101? don't count buildings"."""
    if asked.noun.named or asked.noun.rank is not None:
        return
    for noun, cost in composer.attach(asked.noun, said):
        yield Cat.ASKED, replace(asked, noun=noun), cost


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
