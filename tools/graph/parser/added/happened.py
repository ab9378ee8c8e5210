"""Verbs away from what they go with: "when did it start up" is a day, "in which film ... act" has its preposition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.graph_words import SYNONYM
from tools.graph.parser.inflection import english
from tools.graph.parser.readings import Function, Reading, Relation, Role
from tools.graph.parser.voice import BARE, FRONTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tools.graph.parser.readings import Property

_HAVE: Final = frozenset(("has", "have", "had"))


def days_done(
    words: Sequence[str], days: Callable[[Sequence[str]], Iterable[tuple[int, Property, float]]]
) -> Iterator[Reading]:
    """Yields verbs behind "did" or "have" as the day of what they say: "when did it start up", "have come in".

    Args:
        words: Plain words.
        days: Finds the days that phrases at the beginning of some words mean, with their lengths and costs.
    """
    asked = words.index("did") if "did" in words else len(words)
    perfect = {place + 1 for place, word in enumerate(words) if word in _HAVE}
    for first in sorted({*range(asked + 1, len(words)), *perfect} - {len(words)}):
        forms = english(words[first])
        for past in dict.fromkeys((*forms.past, *forms.participles)):
            for length, day, cost in days([past, *words[first + 1 :]]):
                yield Reading(first, first + length, day, round(cost + SYNONYM, 3))


def fronted(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the preposition that opens a question as nothing, where a verb stands behind without it."""
    opened = words and words[0] in FRONTED
    if opened and any(isinstance(reading.meaning, Relation) and reading.cost >= BARE for reading in readings):
        yield Reading(0, 1, Function(Role.FILLER), 0.0)
