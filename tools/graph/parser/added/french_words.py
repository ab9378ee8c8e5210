"""French words that are what their neighbours make them: « stock nul », « capteurs pour surveiller E-101 »."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import (
    Function,
    Label,
    Number,
    Property,
    Reading,
    Relation,
    Role,
    Sort,
    Value,
    ValueKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SAID: Final = 0.1
_ZERO: Final = frozenset(("nul", "nulle", "nuls", "nulles"))
_IS: Final = frozenset(("est", "sont", "etait", "a", "devenu", "tombe"))
_INFINITIVES: Final = ("er", "ir", "re")
_WRITTEN: Final = frozenset(("redige", "rediges", "redigee", "redigees", "ecrit", "ecrits", "ecrite", "ecrites"))
_SPOKEN: Final = frozenset(("tourne", "tournes", "tournee", "publie", "publies", "publiee", "publiees"))
_LANGUAGE: Final = "language"


def french_words(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields what such words are.

    Args:
        words: Plain words.
        readings: What they may mean.
    """
    yield from _zero(words, readings)
    yield from _meant_for(words, readings)
    yield from _in_language(words, readings)


def _zero(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields « nul » behind an amount, or what says how large it is, as 0."""
    amounts = {r.last for r in readings if isinstance(r.meaning, Property) and r.meaning.kind is ValueKind.NUMBER}
    for at, word in enumerate(words):
        behind = at - 1 if at > 0 and words[at - 1] in _IS else at
        if word in _ZERO and behind in amounts:
            yield Reading(at, at + 1, Number(0.0), _SAID)


def _meant_for(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields « pour » between things and what they do as "that": « pour surveiller E-101 », « pour la corriger »."""
    verbs = {
        r.first
        for r in readings
        if isinstance(r.meaning, Relation) and r.last == r.first + 1 and words[r.first].endswith(_INFINITIVES)
    }
    nouns = {r.last for r in readings if isinstance(r.meaning, Label | Sort)}
    for at in nouns:
        if tuple(words[at : at + 1]) == ("pour",) and at + 1 in verbs:
            yield Reading(at, at + 1, Function(Role.THAT), _SAID)


def _in_language(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields « rédigé » before the language that something is in as nothing."""
    languages = {r.first for r in readings if isinstance(r.meaning, Value) and r.meaning.property == _LANGUAGE}
    for at, word in enumerate(words):
        if word in _WRITTEN | _SPOKEN and at + 1 in languages:
            yield Reading(at, at + 1, Function(Role.FILLER), _SAID)
