"""Adverbs inside the words for a relationship: "fed directly by", "flows straight into", « alimenté en direct par »."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tools.graph.parser.readings import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tools.graph.parser.readings import Reading, Word

_ADVERBS: Final = (
    *((word,) for word in ("directly", "straight", "immediately", "direct", "directement", "immediatement")),
    *((word,) for word in ("already", "also", "deja", "aussi", "egalement", "currently", "actuellement")),
    ("en", "direct"),
)
"""A link leads to what is next anyway: these leave it as it is."""


def around_adverbs(
    words: Sequence[Word], relations: Callable[[Sequence[Word]], Iterable[Reading]]
) -> Iterator[Reading]:
    """Yields the words for a relationship with an adverb among them.

    Args:
        words: The question's words.
        relations: Reads words for relationships.
    """
    for adverb in _ADVERBS:
        for at in range(1, len(words) - len(adverb)):
            behind = at + len(adverb)
            if tuple(word.plain for word in words[at:behind]) != adverb:
                continue
            for reading in relations((*words[:at], *words[behind:])):
                next_only = isinstance(reading.meaning, Relation) and reading.meaning.most == 1
                if next_only and reading.first < at < reading.last:
                    yield replace(reading, last=reading.last + len(adverb))
