"""Words that only introduce what follows: "the day it was" before "closed", "part number" before the number itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.entities import CODES
from tools.graph.parser.readings import Function, Nodes, Property, Reading, Role, ValueKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INTRODUCED: Final = 0.1
_DAY_WORDS: Final = frozenset(("day", "date", "days", "dates", "jour", "jours", "an", "annee", "annees", "year"))
_YEARS: Final = frozenset(("an", "annee", "annees", "year"))
_BETWEEN: Final = frozenset(
    ("it", "they", "was", "were", "each", "one", "got", "he", "she", "on", "which", "when", "that")
)
_FRENCH_BETWEEN: Final = frozenset(
    ("a", "laquelle", "lequel", "ou", "l", "on", "il", "elle", "ils", "elles", "de", "d", "du", "son", "sa")
)
_LINKING: Final = _BETWEEN | _FRENCH_BETWEEN | {"leur", "of", "est", "sont", "ete", "ont", "la", "le", "les", "been"}
_WITH: Final = frozenset(("with", "the", "whose", "is", "avec", "le", "la", "dont", "est", "of", "de"))
_ASKING: Final = frozenset(("what", "which", "quel", "quelle", "same", "meme", "last", "latest", "first", "recent"))


def introductions(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the words that introduce a day or a node by its number, as words that say nothing.

    Args:
        words: Plain words.
        readings: What they may mean.
    """
    for reading in readings:
        meaning = reading.meaning
        if isinstance(meaning, Property) and meaning.kind in (ValueKind.DAY, ValueKind.NUMBER):
            yield from _before_day(words, reading.first, years=meaning.kind is ValueKind.NUMBER)
    nodes = {(r.first, r.meaning.label) for r in readings if isinstance(r.meaning, Nodes) and not r.cost}
    for reading in readings:
        meaning = reading.meaning
        if isinstance(meaning, Property) and meaning.property in CODES and (reading.last, meaning.owner) in nodes:
            first = reading.first
            while first > 0 and words[first - 1] in _WITH:
                first -= 1
            yield Reading(first, reading.last, Function(Role.FILLER), _INTRODUCED)


def _before_day(words: Sequence[str], last: int, *, years: bool) -> Iterator[Reading]:
    """Yields "the day it was", where it stands before the word for what happened on it; "year" before a number."""
    first = last
    while first > 0 and words[first - 1] in _LINKING:
        first -= 1
    named = first > 0 and words[first - 1] in (_YEARS if years else _DAY_WORDS)
    if named and (first == 1 or words[first - 2] not in _ASKING):
        yield Reading(first - 1, last, Function(Role.FILLER), _INTRODUCED)
