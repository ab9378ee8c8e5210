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
from tools.graph.parser.readings import Function, Number, Property, Reading, Role, Value, ValueKind
from tools.graph.parser.vocabulary import parted, phrase_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LIGHT: Final = 0.15
_ASKED: Final = 0.1
_REACH: Final = 6
"""How many words may stand between a verb and the amount it is said of."""

_ANY: Final = frozenset(ValueKind)
_NUMBERS: Final = frozenset((ValueKind.NUMBER,))
_DATED: Final = frozenset((ValueKind.DAY, ValueKind.NUMBER))

_LASTING: Final = "take, last, run, run for, need, go on, go on for"
_BUSY: Final = "run, run for, do, clock, clock up, turn, log, put in, eat up, use up, tie up, spend, spend on"
_COSTING: Final = "cost, go for, sell for, sell at, retail at, come to, run to, set back, run up, spend on, pay for"

_FAMILIES: Final = tuple(
    (frozenset(names.split()), kinds, tuple(adjectives.split()), tuple(phrase_of(verb) for verb in verbs.split(",")))
    for names, kinds, adjectives, verbs in (
        ("hours duration minutes runtime downtime length", _NUMBERS, "long", _LASTING),
        ("hours running operating", _NUMBERS, "", _BUSY),
        ("days", _NUMBERS, "long soon quickly fast", "take, quote, need, wait, wait for, get, deliver, arrive"),
        ("price cost amount total salary fee", _NUMBERS, "expensive pricey costly dear", _COSTING),
        ("power kw", _NUMBERS, "big powerful strong", "draw, pull, put out, deliver, develop, rate, rate at"),
        ("capacity", _NUMBERS, "big", "make, produce, manage, handle, turn out, run at"),
        ("pages", _NUMBERS, "long thick", "run to, come to, go to, count"),
        ("weight mass", _NUMBERS, "heavy", "weigh"),
        ("height", _NUMBERS, "tall high", "stand"),
        ("width diameter", _NUMBERS, "wide", "measure"),
        ("depth", _NUMBERS, "deep", "go"),
        ("speed rpm", _NUMBERS, "fast quick", "run at, turn at, go at, spin at, run, turn"),
        ("distance", _NUMBERS, "far", ""),
        ("rating score stars", _NUMBERS, "good", "score, earn, rate, rate at"),
        ("language", _ANY, "", "write, write in, speak in, shoot in, film in, print in, shoot, film"),
        ("unit", _ANY, "", "measure in, read in, give in, express in, show in, report in, display in"),
        ("shelf bin location", _ANY, "", "keep, keep on, keep in, store, store in, store on, find on, sit on, lie on"),
        ("grade product", _ANY, "", "make, run, turn out, produce"),
        ("severity", _ANY, "severe serious grave bad", ""),
        ("priority", _ANY, "urgent pressing", ""),
        ("criticality", _ANY, "critical vital important", ""),
        ("installed built commissioned manufactured founded born established", _DATED, "old", ""),
        ("released started", _NUMBERS, "old", ""),
    )
)  # fmt: skip
"""By the words in a property's name: the kinds that its values may be, "how ..." for it, and the verbs it goes with."""

_USE: Final = frozenset(("running", "operating"))
_ASKING: Final = frozenset(("how", "what", "which", "whats", "many", "much", "whose"))
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
    small = {
        place
        for r in readings
        if isinstance(r.meaning, Function) and r.meaning.role in _DEGREES
        for place in range(r.first, r.last)
    } | {place for r in numbers for place in range(r.first, r.last)}
    for first in range(len(words)):
        for last, family in _verbs_at(words, first):
            if valued.isdisjoint(range(first, last)):
                own = [r for r in properties if _is_of(r, family)]
                if any(_asked(words, r, first) for r in own):
                    yield Reading(first, last, Function(Role.FILLER), _LIGHT)
                if any(_amount(r, last, numbers, small) for r in own):
                    yield Reading(first, last, Function(Role.HAVE), _LIGHT)
    yield from _placing(words)


def asked_by_adjectives(words: Sequence[str], owners: Sequence[Property]) -> Iterator[Reading]:
    """Yields the properties that "how long", "how old" ask for.

    Args:
        words: Plain words.
        owners: All properties of the graph's labels.
    """
    for first in range(len(words) - 1):
        if words[first] != "how":
            continue
        for owner in owners:
            for names, kinds, adjectives, _ in _FAMILIES:
                if words[first + 1] in adjectives and owner.kind in kinds and names & _named(owner.property):
                    yield Reading(first, first + 2, owner, _ASKED)


def goes_with_another(words: Sequence[str], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a verb before an amount tells that another property is meant: "took 20 hours" is no time of running."""
    if not isinstance(reading.meaning, Property):
        return False
    here = [o for o in others if (o.first, o.last) == (reading.first, reading.last)]
    verbs = {
        first
        for first in range(max(0, reading.first - _REACH), reading.first)
        if any(o.first == first and o.meaning == Function(Role.HAVE) and o.cost == _LIGHT for o in others)
    }
    families = {family for first in verbs for _, family in _verbs_at(words, first)}
    told = [o for o in here if any(_is_of(o, family) for family in families)]
    return bool(told) and not any(_is_of(reading, family) for family in families)


def _is_of(reading: Reading, family: int) -> bool:
    names, kinds, _, _ = _FAMILIES[family]
    meaning = reading.meaning
    return isinstance(meaning, Property) and meaning.kind in kinds and bool(names & _named(meaning.property))


def _asked(words: Sequence[str], reading: Reading, verb: int) -> bool:
    """Whether a property is asked for, and a verb stands behind it."""
    asking = words[reading.first] == "how" or (reading.first > 0 and words[reading.first - 1] in _ASKING)
    return asking and reading.last < verb


def _amount(reading: Reading, verb: int, numbers: Sequence[Reading], small: set[int]) -> bool:
    """Whether a property with a number stands behind a verb, with nothing that means anything between them."""
    if not verb <= reading.first <= verb + _REACH or not small.issuperset(range(verb, reading.first)):
        return False
    return any(verb <= n.first <= reading.last + _REACH for n in numbers)


def _verbs_at(words: Sequence[str], first: int) -> Iterator[tuple[int, int]]:
    """Yields the index after the longest verb of each family that stands at a word, and the family."""
    found: dict[int, int] = {}
    for phrase, family in _forms().get(words[first], ()):
        last = first + len(phrase)
        if tuple(words[first:last]) == phrase:
            found[family] = max(last, found.get(family, 0))
    yield from ((last, family) for family, last in found.items())


@cache
def _forms() -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """Returns the forms of the verbs by their first word."""
    found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for family, (_, _, _, verbs) in enumerate(_FAMILIES):
        for verb in filter(None, verbs):
            forms = english(verb[0])
            for form in dict.fromkeys((*forms.active[:2], *forms.past, *forms.participles)):
                found.setdefault(form, []).append(((form, *verb[1:]), family))
    return found


@cache
def _named(name: str) -> frozenset[str]:
    """Returns the words of a name; those that the hours of use are told by, alone, since nothing is that long."""
    words = frozenset(phrase_of(parted(name)))
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
