"""A question while its words are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from tools.graph.entities import Entity
    from tools.graph.parser.readings import Meaning, Reading, Word


class Question(NamedTuple):
    """A question, and what it is asked beside.

    Attributes:
        text: As it was asked.
        words: Its words.
        plains: The same, plain.
        today: What days are counted from.
        before: The nodes that were spoken of before.
        told: Words that stand for what earlier sentences spoke of.
    """

    text: str
    words: Sequence[Word]
    plains: Sequence[str]
    today: date
    before: Sequence[Entity]
    told: Mapping[str, Meaning]


def covered(readings: Iterable[Reading]) -> set[int]:
    """Returns the places of all words that have a reading."""
    return {index for reading in readings for index in range(reading.first, reading.last)}
