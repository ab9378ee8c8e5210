"""Verbs that say nothing beside the property they go with, and adjectives that ask for one.

"How long did J-1 take" asks for its hours, "which language is it written in" for its language: the verb adds nothing to
what is asked. Before an amount it stands for "have": "jobs that took more than 20 hours". A verb of place adds nothing
to its preposition: "sensors sitting on P-101", "which unit does it sit in".
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tools.graph.parser.inflection import english
from tools.graph.parser.readings import Function, Nodes, Number, Property, Reading, Role, Value, ValueKind
from tools.graph.parser.vocabulary import name_words
from tools.graph.parser.wording import Family, VerbForms, families, forms_of, phrases, verbs_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LIGHT: Final = 0.15
_ASKED: Final = 0.1
_REACH: Final = 6
"""How many words may stand between a verb and the amount it is said of."""

_FAMILIES: Final = families("english")

_STORED: Final = frozenset(("stock", "inventory"))
_HELD: Final = frozenset(phrases("held"))
"""What is said behind "how many" of something that is stored."""

_USE: Final = frozenset(("running", "operating"))
_SUPERLATIVES: Final = frozenset((Role.LARGEST, Role.SMALLEST))
_LEAST: Final = frozenset(("minimum", "min", "least", "maximum", "max"))
_AMOUNTS: Final = frozenset(("much", "many"))
_ASKING_ALONE: Final = frozenset(("how", "what", "where"))
_BEFORE: Final = frozenset(("of", "the", "a", "an", "is", "are", "does", "s"))
_IS: Final = frozenset(("is", "are", "s"))
_LONGEST_TAIL: Final = 6
_ASKING: Final = frozenset(("how", "where", "what", "which", "whats", "many", "much", "whose"))
_DEGREES: Final = frozenset(
    (Role.MORE, Role.LESS, Role.AT_LEAST, Role.AT_MOST, Role.EXACTLY, Role.BETWEEN, Role.FILLER, Role.OF)
)
_PLACES: Final = ("sit", "stand", "live", "hang", "lie", "belong", "go", "reside", "base", "find", "house")
"""Verbs that say no more than the preposition behind them."""

_PREPOSITIONS: Final = frozenset(("in", "on", "at", "under", "inside", "within", "off", "to", "with"))
_BELONGS: Final = {"belong": frozenset(("to", "with", "in", "on")), "go": frozenset(("with", "on"))}
"""The prepositions of those verbs that have a meaning of their own before the others: "go to" is a flow."""


def light_verbs(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields what such verbs and adjectives are.

    Args:
        words: Plain words.
        readings: What they may mean.
    """
    properties = [r for r in readings if isinstance(r.meaning, Property)]
    valued = {place for r in readings if isinstance(r.meaning, Value) for place in range(r.first, r.last)}
    numbers = [r for r in readings if isinstance(r.meaning, Number)]
    degrees = {r.first for r in readings if isinstance(r.meaning, Function) and r.meaning.role in _SUPERLATIVES}
    small = (
        degrees
        | {
            place
            for r in readings
            if isinstance(r.meaning, Function) and r.meaning.role in _DEGREES
            for place in range(r.first, r.last)
        }
        | {place for r in numbers for place in range(r.first, r.last)}
    )
    for first in range(len(words)):
        for last, family in _verbs_at(words, first):
            if first not in valued:
                own = [r for r in properties if _is_of(r, family)]
                if any(_asked(words, r, first) for r in own):
                    yield Reading(first, last, Function(Role.FILLER), _LIGHT)
                if any(_amount(r, last, numbers, degrees, small) for r in own):
                    yield Reading(first, last, Function(Role.HAVE), _LIGHT)
                if any(r.first == last and isinstance(r.meaning, Value) and _is_of(r, family) for r in readings):
                    yield Reading(first, last, Function(Role.HAVE), _LIGHT)
    yield from _placing(words)


def asked_figures(words: Sequence[str], readings: Sequence[Reading], owners: Sequence[Property]) -> Iterator[Reading]:
    """Yields the properties that "how long", "how old", "what ... cost", "how many ... do we have" ask for.

    Args:
        words: Plain words.
        readings: What they may mean.
        owners: All properties of the graph's labels.
    """
    for first, word in enumerate(words):
        if word not in _ASKING_ALONE:
            continue
        behind = words[first + 1] if first + 1 < len(words) else ""
        asking = behind if word == "how" and behind in _AMOUNTS else word
        for owner in owners:
            if word == "how" and any(behind in family.adjectives and _has(family, owner) for family in _FAMILIES):
                yield Reading(first, first + 2, owner, _ASKED)
        yield from _by_verb(words, owners, first, asking)
        if asking in _AMOUNTS:
            yield from _held(words, readings, owners, (first, first + 2))


def _by_verb(words: Sequence[str], owners: Sequence[Property], first: int, asking: str) -> Iterator[Reading]:
    """Yields the verb as the property that a word before asks for together with it: "what does it weigh"."""
    for at in range(first + 2, len(words)):
        for last, number in _verbs_at(words, at):
            own = [owner for owner in owners if _has(_FAMILIES[number], owner)]
            if asking in _FAMILIES[number].questions and own:
                yield from (Reading(at, last, owner, _ASKED) for owner in own)
                if asking == "how":
                    yield Reading(first, first + 1, Function(Role.WHICH), _ASKED)


def _held(
    words: Sequence[str], readings: Sequence[Reading], owners: Sequence[Property], asking: tuple[int, int]
) -> Iterator[Reading]:
    """Yields the stock of one thing that "how many of it do we have" asks for, and its price, "how much is it"."""
    first, last = asking
    at = next((n for n in range(last, len(words)) if words[n] not in _BEFORE), last)
    for reading in readings:
        if not isinstance(reading.meaning, Nodes) or reading.first != at:
            continue
        tail = words[reading.last :]
        own = [owner for owner in owners if owner.owner == reading.meaning.label and owner.kind is ValueKind.NUMBER]
        if tuple(tail[:_LONGEST_TAIL]) in _HELD:
            stored = [
                owner for owner in own if _STORED & _named(owner.property) and not _LEAST & _named(owner.property)
            ]
            yield from (Reading(first, last, owner, _ASKED) for owner in stored)
            if stored:
                yield Reading(reading.last, len(words), Function(Role.FILLER), _ASKED)
        if not tail and words[last] in _IS and words[first + 1] == "much":
            yield from (Reading(first, last, owner, _ASKED) for owner in own if "price" in _named(owner.property))


def goes_with_another(words: Sequence[str], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a verb before an amount tells that another property is meant: "took 20 hours" is no time of running."""
    if not isinstance(reading.meaning, Property):
        return False
    near = range(max(0, reading.first - _REACH), reading.first)
    verbs = {o.first for o in others if o.cost == _LIGHT and o.first in near and o.meaning == Function(Role.HAVE)}
    if not verbs:
        return False
    here = [o for o in others if (o.first, o.last) == (reading.first, reading.last)]
    families = {family for first in verbs for _, family in _verbs_at(words, first)}
    told = [o for o in here if any(_is_of(o, family) for family in families)]
    return bool(told) and not any(_is_of(reading, family) for family in families)


def _is_of(reading: Reading, family: int) -> bool:
    meaning = reading.meaning
    if isinstance(meaning, Value):
        return isinstance(meaning.value, str) and bool(_FAMILIES[family].names & _named(meaning.property))
    return isinstance(meaning, Property) and _has(_FAMILIES[family], meaning)


def _has(family: Family, owner: Property) -> bool:
    return owner.kind in family.kinds and bool(family.names & _named(owner.property))


def _asked(words: Sequence[str], reading: Reading, verb: int) -> bool:
    """Whether a property is asked for, and a verb stands behind it."""
    asking = words[reading.first] == "how" or (reading.first > 0 and words[reading.first - 1] in _ASKING)
    return asking and reading.last < verb


def _amount(reading: Reading, verb: int, numbers: Sequence[Reading], degrees: set[int], small: set[int]) -> bool:
    """Whether a property with a number, or a superlative, stands behind a verb, with nothing that matters between."""
    if not verb <= reading.first <= verb + _REACH or not small.issuperset(range(verb, reading.first)):
        return False
    if not degrees.isdisjoint(range(verb, reading.first)):
        return True
    return any(verb <= n.first <= reading.last + _REACH for n in numbers)


def _verbs_at(words: Sequence[str], first: int) -> Iterator[tuple[int, int]]:
    """Yields the index after the longest verb of each family that stands at a word, and the family."""
    found: dict[int, int] = {}
    for last, family in verbs_at(words, first, _forms()):
        found[family] = max(last, found.get(family, 0))
    yield from ((last, family) for family, last in found.items())


@cache
def _forms() -> VerbForms:
    return forms_of(_FAMILIES, _conjugated)


def _conjugated(verb: str) -> tuple[str, ...]:
    forms = english(verb)
    return *forms.active[:2], *forms.past, *forms.participles


def _named(name: str) -> frozenset[str]:
    """Returns the words of a name; those that the hours of use are told by, alone, since nothing is that long."""
    words = name_words(name)
    return words & _USE or words


def _placing(words: Sequence[str]) -> Iterator[Reading]:
    """Yields verbs of place before a preposition: as "be" where they are finite, else as nothing."""
    for first, (word, behind) in enumerate(pairwise(words)):
        verb = _placing_forms().get(word)
        if verb is not None and behind in _BELONGS.get(verb, _PREPOSITIONS - {"to", "with"}):
            finite = word in english(verb).active[:2] or (word in english(verb).past and word not in {"based", "found"})
            yield Reading(first, first + 1, Function(Role.BE if finite else Role.FILLER), _LIGHT)


@cache
def _placing_forms() -> dict[str, str]:
    return {
        form: verb
        for verb in _PLACES
        for form in (*english(verb).active, *english(verb).past, *english(verb).participles)
    }
