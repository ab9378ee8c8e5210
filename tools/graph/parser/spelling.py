"""Words one slip away from a known one: a letter too many, too few, another, or two that changed places."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST: Final = 5
"""Shorter words have too many neighbours to be sure of one."""

_ELIDED: Final = re.compile("(?:l|d|qu)([aeiouyh].*)")


class Speller:
    """Finds the known words nearest to one that is not known.

    Known words are indexed by what is left of them without one letter, so that a look-up does not depend on how many
    there are (the deletions of SymSpell, W. Garbe 2012).

    Args:
        known: Plain words.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._by_rest: dict[str, set[str]] = defaultdict(set)
        for word in self._known:
            if len(word) >= SHORTEST and word.isalpha():
                for rest in _rests(word):
                    self._by_rest[rest].add(word)

    def near(self, word: str) -> list[str]:
        """Returns the known words one slip away, in alphabetical order; nothing for a short word or an id."""
        if len(word) < SHORTEST - 1 or not word.isalpha():
            return []
        return sorted({*self._near(word), *self._near(word.removesuffix("s")), *self._elided(word)})

    def _elided(self, word: str) -> set[str]:
        """Returns the known word behind a French article or preposition that slipped into it: « lequipement »."""
        found = _ELIDED.fullmatch(word)
        return {found[1]} & self._known if found is not None and len(found[1]) >= SHORTEST else set()

    def _near(self, word: str) -> set[str]:
        near = {known for rest in _rests(word) for known in self._by_rest.get(rest, ())}
        return {known for known in near if known != word and _begins_alike(word, known) and _one_slip(word, known)}


def _begins_alike(word: str, known: str) -> bool:
    """Whether the slip is not in the first letter, where people make none: a rotor is no motor."""
    return word[0] == known[0] or word[:2] == known[1::-1]


def _rests(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _one_slip(word: str, other: str) -> bool:
    """Whether two words are at Damerau-Levenshtein distance 1."""
    if abs(len(word) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    if len(word) == len(other):
        swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
        return word[at + 1 :] == other[at + 1 :] or swapped == other
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    return longer[at + 1 :] == shorter[at:]
