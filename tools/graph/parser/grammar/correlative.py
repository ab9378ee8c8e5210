"""What goes in pairs: "neither a manual nor a drawing", "both corrective and preventive jobs"; and "nobody", "nothing".

"Neither A nor B" denies each, and so does "no A or B"; "both A and B" says each of the things, not of all together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.descriptions import Description, Has, Like, Near, Not, Noun, Quantity, Shape, To, negated
from tools.graph.parser.form import Thing
from tools.graph.parser.grammar.coordination import joined_nouns
from tools.graph.parser.readings import Role
from tools.graph.parser.rules import Cat, Found, RuleBook, Small, Verb, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.parser.compose import Composer

BOOK = RuleBook()

_NOBODY = frozenset({"nobody", "no one", "noone", "nothing", "personne", "rien"})
_COMMON = phrases(
    "in common, common to, common between, commun a, communs a, commune a, communes a, common to both, shared by, "
    "shared between, partage par, partages par, partagee par, partagees par"
)
_BUT_NOT = frozenset({"but not", "and not", "mais pas", "et pas"})
_NO_LINK = 0.2  # of what nobody does


# --- neither, nor ---------------------------------------------------------------------------------------------------


@BOOK.pair(Role.NOR, Cat.NOUN)
def nor_noun(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "neither a manual", "nor a drawing"."""
    if noun.quantity in (None, Quantity.NONE) and noun.number is None and noun.plain and not noun.every:
        yield Cat.NOR_NOUN, replace(noun, quantity=None), 0.0


@BOOK.pair(Cat.NOR_NOUN, Cat.NOR_NOUN)
def neither_noun(_: Composer, noun: Noun, other: Noun) -> Found:
    """As in "neither a manual nor a drawing", "ni capteurs ni ordres"."""
    yield from _none_of(replace(noun, quantity=Quantity.NONE), other)


@BOOK.pair(Cat.NOUN, Cat.NOR_NOUN)
def no_noun_nor(_: Composer, noun: Noun, other: Noun) -> Found:
    """As in "no manual nor drawing"."""
    yield from _none_of(noun, other)


@BOOK.pair(Cat.NOUN, Cat.OR_NOUN)
def no_noun_or(_: Composer, noun: Noun, other: Noun) -> Found:
    """As in "without sensors or orders", where one noun cannot say both."""
    if not (noun.bare and other.bare) or noun.thing.label != other.thing.label:
        yield from ((cat, made, cost) for cat, made, cost in _none_of(noun, other) if cat is Cat.SAID)


def _none_of(noun: Noun, other: Noun) -> Found:
    if noun.quantity is not Quantity.NONE or other.quantity is not None:
        return
    together = list(joined_nouns(noun, other, joined=False))
    yield from together
    if not together:
        parts = (Near(noun), Near(replace(other, quantity=Quantity.NONE)))
        yield Cat.SAID, Description(parts, Shape.PREPOSITION), 0.05


@BOOK.pair(Role.NOR, (Cat.SAID, Cat.GAP))
def nor_said(_: Composer, _word: Small, said: Description) -> Found:
    """As in "neither in English", "nor fed by P-101"."""
    opposite = negated(said)
    if opposite is not None:
        yield Cat.NOR_SAID, opposite, 0.0


@BOOK.pair(Role.NOR, Cat.RELATION)
def nor_relation(composer: Composer, _word: Small, verb: Verb) -> Found:
    """As in "neither inspected", "nor repaired": by nobody, or none at all."""
    yield from ((Cat.NOR_SAID, said, _NO_LINK) for said in _without(composer, verb))


@BOOK.pair(Cat.NOR_SAID, Cat.NOR_SAID)
def neither_said(_: Composer, said: Description, other: Description) -> Found:
    """As in "neither in English nor in French"."""
    yield Cat.SAID, Description(said.parts + other.parts, said.shape), 0.0


@BOOK.pair(Cat.SAID, Cat.NOR_SAID)
def not_said_nor(_: Composer, said: Description, other: Description) -> Found:
    """As in "not open nor planned", and the third of three."""
    if all(map(_denies, said.parts)):
        yield Cat.SAID, Description(said.parts + other.parts, said.shape), 0.0


@BOOK.pair(Cat.SAID, Cat.OR_SAID)
def never_said_or(_: Composer, said: Description, other: Description) -> Found:
    """As in "never inspected or repaired": neither."""
    opposite = negated(other)
    linked = all(isinstance(part, To | Near) for part in (*said.parts, *other.parts))
    if linked and opposite is not None and all(map(_denies, said.parts)):
        yield Cat.SAID, Description(said.parts + opposite.parts, said.shape), 0.1


def _denies(part: object) -> bool:
    if isinstance(part, Has):
        return all(found.negated for found in part.filters)
    return isinstance(part, Not) or (isinstance(part, To | Near) and part.noun.quantity is Quantity.NONE)


@BOOK.pair(Role.BUT, Cat.NOUN)
def but_not_noun(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "but not valves", behind what is linked to pumps."""
    if word.text in _BUT_NOT and noun.quantity is None and noun.number is None and noun.plain:
        yield Cat.BUT_NOUN, noun, 0.0


@BOOK.pair(Cat.SAID, Cat.BUT_NOUN)
def linked_but_not(_: Composer, said: Description, noun: Noun) -> Found:
    """As in "that affect pumps but not valves"."""
    last = said.parts[-1]
    if isinstance(last, To | Near) and last.noun.quantity is None and last.noun.thing.label == noun.thing.label:
        lacking = replace(last, noun=replace(noun, quantity=Quantity.NONE))
        yield Cat.SAID, Description((*said.parts, lacking), said.shape), 0.0


# --- nobody, nothing ------------------------------------------------------------------------------------------------


@BOOK.pair(Role.NO, Cat.RELATION)
def nobody_does(composer: Composer, word: Small, verb: Verb) -> Found:
    """As in "that nobody leads", "que personne ne livre"."""
    if word.text in _NOBODY and verb.forward is not None:
        turned = replace(verb, forward=not verb.forward, negated=False)
        yield from ((Cat.GAP, said, _NO_LINK) for said in _without(composer, turned))


@BOOK.pair(Cat.RELATION, Role.NO)
def does_nothing(composer: Composer, verb: Verb, word: Small) -> Found:
    """As in "feeds nothing", "led by nobody"."""
    if word.text in _NOBODY:
        yield from ((Cat.SAID, said, _NO_LINK) for said in _without(composer, verb))


def _without(composer: Composer, verb: Verb) -> Iterator[Description]:
    """Yields that things have no such link, where it leads to one label only."""
    if verb.forward is not None and not verb.filters and not verb.negated:
        others = composer.links.ends_of(verb.type, start=not verb.forward)
        if len(others) == 1:
            noun = Noun(Thing(others[0]), quantity=Quantity.NONE)
            yield Description((To(verb.type, verb.forward, noun, verb.least, verb.most),), Shape.CLAUSE)


# --- both, in common ------------------------------------------------------------------------------------------------


@BOOK.pair(Cat.BOTH, Cat.NOUN)
def both_sorts(_: Composer, _word: Small, noun: Noun) -> Found:
    """As in "both a manual and a drawing": one of each."""
    if not noun.named and noun.quantity is None and _sorts(noun.thing):
        yield Cat.NOUN, replace(noun, both=True, bare=False), 0.0


def _sorts(thing: Thing) -> bool:
    """Whether things are of one of several sorts, said in one way."""
    several = [found for found in thing.filters if len(found.values) > 1 and not found.negated]
    return len(several) == 1


@BOOK.pair(Cat.BOTH, Cat.SAID)
def both_said(_: Composer, _word: Small, said: Description) -> Found:
    """As in "both on P-101 and in area CW-100": each is said already."""
    labels = [part.noun.thing.label for part in said.parts if isinstance(part, To | Near)]
    if len(said.parts) > 1 and len({*labels}) == len(labels) and not any(isinstance(part, Like) for part in said.parts):
        yield Cat.SAID, said, 0.0


@BOOK.pair(Role.SAME, Cat.NOUN)
def common_to(_: Composer, word: Small, noun: Noun) -> Found:
    """As in "faults common to P-101 and P-102"."""
    if word.text in _COMMON and noun.joined and noun.named:
        yield Cat.SAID, Description((Near(replace(noun, both=True)),), Shape.PREPOSITION), 0.0


@BOOK.pair((Cat.SUBJECT, Cat.STATED), Role.SAME)
def said_in_common(_: Composer, noun: Noun, word: Small) -> Found:
    """As in "what do P-101 and P-102 have in common", before or after what it is."""
    if word.text in _COMMON and noun.joined and noun.named:
        yield Cat.GAP, Description((Near(replace(noun, both=True)),), Shape.QUESTION), 0.0
