"""French ways of asking that say what others do: « quoi comme capteurs », « fait combien de kW », « ça coûte »."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.added.french_words import french_words
from tools.graph.parser.inflection import french
from tools.graph.parser.readings import (
    Function,
    Label,
    Nodes,
    Number,
    Property,
    Reading,
    Relation,
    Role,
    Sort,
    Value,
    ValueKind,
)
from tools.graph.parser.vocabulary import name_words
from tools.graph.parser.wording import VerbForms, families, forms_of, phrases, verbs_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LIGHT: Final = 0.15
_SAID: Final = 0.1
_OBJECT: Final = 0.05
_REACH: Final = 6
"""How many words may stand between a verb and the amount it is said of."""

_OPENING: Final = phrases("opening")
"""What asks before « comme » and the things that are asked for."""

_ENABLING: Final = frozenset(phrases("enabling"))
"""What adds nothing to the infinitive behind it."""

_OBJECTS: Final = frozenset(("le", "la", "les", "l"))
_IT: Final = frozenset(("ca", "cela"))
_ONE: Final = ("t", "on")
"""Behind a verb: « consomme-t-on »; « a-t-on » is an auxiliary."""

_ASKING: Final = frozenset(("combien", "quel", "quelle", "quels", "quelles"))
_BETWEEN: Final = frozenset(("de", "d", "le", "la", "les", "des", "du"))
_DEGREES: Final = frozenset(
    (Role.MORE, Role.LESS, Role.AT_LEAST, Role.AT_MOST, Role.EXACTLY, Role.BETWEEN, Role.FILLER, Role.OF)
)
_FAMILIES: Final = families("french")


def french_ways(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields what words mean in such ways of asking.

    Args:
        words: Plain words.
        readings: What they may mean.
    """
    yield from _as_what(words, readings)
    yield from _light_verbs(words, readings)
    yield from _by_nobody(words, readings)
    yield from french_words(words, readings)
    verbs = {r.first for r in readings if isinstance(r.meaning, Relation)}
    named = any(isinstance(r.meaning, Nodes) and r.cost < 1 for r in readings)
    for first in range(len(words)):
        if named and words[first] in _IT:
            yield Reading(first, first + 1, Function(Role.FILLER), _SAID)
        if tuple(words[first : first + 2]) == _ONE and first > 0 and words[first - 1] != "a":
            yield Reading(first, first + 2, Function(Role.FILLER), _SAID)
        for last in range(first + 1, first + 4):
            if tuple(words[first:last]) in _ENABLING and verbs & {last, last + (words[last : last + 1] == ["les"])}:
                yield Reading(first, last, Function(Role.FILLER), _SAID)


def _as_what(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields « comme » before things as "which", and what asks before it as nothing."""
    nouns = {r.first for r in readings if isinstance(r.meaning, Label | Sort | Value)}
    for at, word in enumerate(words):
        if word != "comme" or at + 1 not in nouns:
            continue
        opened = [
            (first, first + len(phrase))
            for first in range(at)
            for phrase in _OPENING
            if tuple(words[first : first + len(phrase)]) == phrase and first + len(phrase) <= at
        ]
        if opened:
            yield Reading(at, at + 1, Function(Role.WHICH), _SAID)
            yield from (Reading(first, last, Function(Role.FILLER), _SAID) for first, last in opened)


def _light_verbs(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields verbs that say nothing beside their property: nothing where it is asked for, "have" before an amount."""
    properties = [r for r in readings if isinstance(r.meaning, Property) and r.meaning.kind is not ValueKind.DAY]
    valued = {r.first for r in readings if isinstance(r.meaning, Value) and not r.cost}
    numbers = {r.first for r in readings if isinstance(r.meaning, Number)}
    small = {
        place
        for r in readings
        if isinstance(r.meaning, Number) or (isinstance(r.meaning, Function) and r.meaning.role in _DEGREES)
        for place in range(r.first, r.last)
    }
    for first in range(len(words)):
        if first in valued:
            continue
        for last, family in verbs_at(words, first, _forms()):
            for own in (r for r in properties if _is_of(r, family) and not (r.first < last and first < r.last)):
                if _is_asked(words, own):
                    yield Reading(first, last, Function(Role.FILLER), _LIGHT)
                between = range(last, own.first)
                if len(between) <= _REACH and numbers & {*between} and small.issuperset(between):
                    yield Reading(first, last, Function(Role.HAVE), _LIGHT)


def _by_nobody(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields verbs whose subject is « on » as said of their object: « les pièces qu'on utilise » are used."""
    for reading in readings:
        meaning, first = reading.meaning, reading.first
        if not isinstance(meaning, Relation) or meaning.forward is None or reading.last != first + 1:
            continue
        before = words[first - 1] if first > 0 else ""
        before = words[first - 2] if before == "n" and first > 1 else before
        if before == "on" or tuple(words[first + 1 : first + 3]) == _ONE:
            turned = msgspec.structs.replace(meaning, forward=not meaning.forward)
            yield Reading(first, reading.last, turned, reading.cost + _OBJECT)


def _is_of(reading: Reading, family: int) -> bool:
    meaning = reading.meaning
    return isinstance(meaning, Property) and bool(_FAMILIES[family].names & name_words(meaning.property))


def _is_asked(words: Sequence[str], reading: Reading) -> bool:
    """Whether a property is asked for: « combien de kW », « quelle puissance »."""
    at = reading.first - 1
    while at > 0 and words[at] in _BETWEEN:
        at -= 1
    return at >= 0 and words[at] in _ASKING


@cache
def _forms() -> VerbForms:
    return forms_of(_FAMILIES, _conjugated)


def _conjugated(verb: str) -> tuple[str, ...]:
    forms = french(verb)
    return *forms.active, *forms.participles
