"""A sentence of a text, cut into clauses, with the parts that it names and the defects that it says."""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tools.parts.defects import Mention
    from tools.parts.gazetteer import Place
    from tools.parts.words import Token

_ENDS: Final = re.compile(r"[.;!?\n]")
_FIRST: Final = attrgetter("first")
_CUTS: Final = re.compile(r"[,:()\u2013\u2014]")


class Sentence:
    """What stands where in a sentence. A clause is what stands between two of its marks; each has a number.

    Args:
        words: All words of the text.
        first: The first of the sentence.
        last: One past its last.
        places: The parts that it names, by their number in the text.
        mentions: The defects that it says.
    """

    def __init__(
        self,
        words: Sequence[Token],
        first: int,
        last: int,
        places: Mapping[int, Place],
        mentions: Sequence[Mention],
    ) -> None:
        self.words = words
        self.first = first
        self.last = last
        self.places = places
        self.mentions = mentions
        inside = _inside([*self.places.values(), *self.mentions])
        self._clause: dict[int, int] = {}
        clause = 0
        for at in range(first, last):
            clause += at > first and at not in inside and _CUTS.search(words[at].mark) is not None
            self._clause[at] = clause
        self._said = {at for mention in mentions for at in range(mention.first, mention.last)}
        self._taken = self._said | {at for place in places.values() for at in range(place.first, place.last)}
        self._in_clause: dict[int, list[int]] = {}
        for number, place in places.items():
            self._in_clause.setdefault(self.clause(place.first), []).append(number)

    def clause(self, at: int) -> int:
        """Returns the number of the clause of a word; none, -1, outside of the sentence."""
        return self._clause.get(at, -1)

    def together(self, one: int, other: int) -> bool:
        """Whether two words are of one clause."""
        return self.clause(one) == self.clause(other)

    def begins(self, mention: Mention) -> bool:
        """Whether a defect is the first thing in its clause."""
        return not self.together(mention.first - 1, mention.first)

    def in_clause(self, clause: int) -> list[int]:
        """Returns the parts of a clause, by their number."""
        return self._in_clause.get(clause, [])

    def between(self, first: int, last: int) -> list[str]:
        """Returns all words from one to another."""
        return [self.words[at].word for at in range(first, last)]

    def around(self, mention: Mention, first: int, last: int) -> list[str]:
        """Returns the words in a range that are of the defect's clause, and no part's name and no defect's."""
        clause = self.clause(mention.first)
        return [
            self.words[at].word
            for at in range(max(first, self.first), min(last, self.last))
            if self.clause(at) == clause and at not in self._taken
        ]

    def says(self, at: int) -> bool:
        """Whether a word says a defect."""
        return at in self._said


def sentences(words: Sequence[Token], places: Sequence[Place], mentions: Sequence[Mention]) -> Iterator[Sentence]:
    """Yields the sentences of a text that say a defect."""
    inside = _inside([*places, *mentions])
    starts = [at for at in range(len(words)) if not at or (at not in inside and _ENDS.search(words[at].mark))]
    for first, last in zip(starts, [*starts[1:], len(words)], strict=False):
        said = mentions[bisect_left(mentions, first, key=_FIRST) : bisect_left(mentions, last, key=_FIRST)]
        numbers = range(bisect_left(places, first, key=_FIRST), bisect_left(places, last, key=_FIRST))
        if said:
            yield Sentence(words, first, last, {number: places[number] for number in numbers}, said)


def _inside(spans: Sequence[Place | Mention]) -> set[int]:
    """Returns the words that are not the first of a name or a defect: a mark before them cuts nothing."""
    return {at for one in spans for at in range(one.first + 1, one.last)}
