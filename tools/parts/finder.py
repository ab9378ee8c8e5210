"""Finds the parts that a text names and what it says is wrong with each; every finding is words of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from tools.parts.attach import complaints
from tools.parts.defects import defect_words
from tools.parts.gazetteer import Place
from tools.parts.words import is_french, lexicon, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.parts.gazetteer import Gazetteer
    from tools.parts.words import Token

LONGEST: Final = 10_000
"""Characters of a text that are read; a longer one is no work order."""


class Defect(msgspec.Struct, frozen=True):
    """What is said to be wrong: its kind, and the words of the text, `text[start:end]`."""

    kind: str
    text: str
    start: int
    end: int


class Part(msgspec.Struct, frozen=True):
    """A part that a text names.

    Attributes:
        name: As the list calls it; the words of the text where a model found what no list has.
        text: The words of the text.
        start: Where they begin in it.
        end: One past their end.
        by: `list`, `spelling` (a slip was forgiven) or `model`.
        defects: What is said to be wrong with it; none where it is only named, or a defect is denied or supposed.
    """

    name: str
    text: str
    start: int
    end: int
    by: str
    defects: tuple[Defect, ...] = ()


class Finder(Protocol):
    """Finds parts in texts; the same text gives the same parts, as places in it."""

    def find(self, text: str) -> list[Part]:
        """Returns the parts that a text names, in its order; none overlap."""


class ListFinder:
    """Finds what a list of names has.

    Args:
        names: The list.
    """

    def __init__(self, names: Gazetteer) -> None:
        self._names = names

    def find(self, text: str) -> list[Part]:
        """Returns the parts of the list that a text names, in its order."""
        text = text[:LONGEST]
        words = tokens(text)
        french = is_french(words, text)
        places = _compounds(words, self._names.find(words), french=french)
        taken = {at for place in places for at in range(place.first, place.last)}
        mentions = defect_words().find(words, taken, french=french)
        said = complaints(words, places, mentions)
        found = []
        for number, place in enumerate(places):
            start, end = _told(words, place, taken)
            defects = tuple(
                _defect(text, one.kind, words[one.first].start, words[one.last - 1].end) for one in said.get(number, ())
            )
            if place.name in lexicon().media and not defects:
                continue  # oil that is only named is what leaks, or is filled up
            by = "spelling" if place.slip else "list"
            found.append(Part(place.name, text[start:end], start, end, by, defects))
        return found


def _compounds(words: Sequence[Token], places: Sequence[Place], *, french: bool) -> list[Place]:
    """Returns names, those side by side as one: of English ones the last is the part, of French ones the first.

    "Drum liner" is a liner, and « soufflet vanne » a bellows. What may leak out keeps apart: "gearbox oil".
    """
    media = lexicon().media
    joined: list[Place] = []
    for place in places:
        last = joined[-1] if joined else None
        if last and last.last == place.first and not words[place.first].mark and not {last.name, place.name} & media:
            joined[-1] = Place(last.first, place.last, last.name if french else place.name, last.slip or place.slip)
        else:
            joined.append(place)
    return joined


def names_in(parts: Sequence[Part]) -> tuple[str, ...]:
    """Returns the names of parts, each once, in order."""
    return tuple(dict.fromkeys(part.name for part in parts))


def defects_in(parts: Sequence[Part]) -> tuple[tuple[str, str], ...]:
    """Returns what is wrong with which part, as (name, kind), each once, in order."""
    return tuple(dict.fromkeys((part.name, one.kind) for part in parts for one in part.defects))


def _defect(text: str, kind: str, start: int, end: int) -> Defect:
    return Defect(kind, text[start:end], start, end)


def _told(words: Sequence[Token], place: Place, taken: set[int]) -> tuple[int, int]:
    """Returns where a part's words begin and end, with those that tell it from others of its kind: "upper bearing"."""
    first, last = place.first, place.last
    if first and not words[first].apart and words[first - 1].word in lexicon().before and first - 1 not in taken:
        first -= 1
    for after in lexicon().after:
        following = words[last : last + len(after)]
        if tuple(one.word for one in following) == after and not any(one.apart for one in following):
            last += len(after)
            break
    return words[first].start, words[last - 1].end
