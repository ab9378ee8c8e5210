"""How much of its words two manuals have in common, without reading either again.

A document's sketch is the smallest hashes of its shingles, runs of four words; the share of shingles that two
documents have in common (Jaccard) is estimated from their sketches (bottom-k, Broder 1997), and exact for short
ones. 1,024 hashes tell the share to within .03, nineteen times in twenty.
"""

from __future__ import annotations

import heapq
from array import array
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from plant.store.documents import DocumentRelation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ingestion.manuals.revisions import Edition
    from plant.store.contract import Passage

NEAR: Final = 0.6
"""Share of words in common from which two manuals are said to be nearly the same."""

REVISION: Final = 0.3
"""The same for two of one title or name: a manual that was rewritten by more than that is another one."""

_HASHES = 1_024
_WORDS = 4


def sketch_of(passages: Iterable[Passage]) -> bytes:
    """Returns the sketch of a document: up to 1,024 hashes of 64 bits."""
    shingles = {shingle for passage in passages for shingle in _shingles(passage.search.split())}
    hashes = (int.from_bytes(blake2b(shingle.encode(), digest_size=8).digest(), "little") for shingle in shingles)
    return array("Q", heapq.nsmallest(_HASHES, hashes)).tobytes()


def share_of(one: bytes, other: bytes) -> float:
    """Returns the share of words that two documents have in common, from their sketches, in [0, 1]."""
    first, second = (set(array("Q", sketch)) for sketch in (one, other))
    smallest = heapq.nsmallest(_HASHES, first | second)
    both = first & second
    return sum(hashed in both for hashed in smallest) / len(smallest) if smallest else 0.0


def relations_of(
    name: str, sketch: bytes, edition: Edition, others: Mapping[str, tuple[bytes, Edition]]
) -> tuple[DocumentRelation, ...]:
    """Returns which other documents a document resembles, and how.

    Args:
        name: The document's name.
        sketch: Of its words.
        edition: What it is called, and which revision it is.
        others: Sketch and edition of the others, by name.
    """
    found = []
    for other, (theirs, their_edition) in others.items():
        share = share_of(sketch, theirs)
        if sketch and sketch == theirs and edition.may_be_for(their_edition):
            found.append(DocumentRelation(name, other, "same text", 1.0))
        elif edition.revises(their_edition) and (share >= REVISION or edition.is_surely_other(their_edition)):
            found.append(DocumentRelation(name, other, "revision", round(share, 3)))
        elif share >= NEAR:
            found.append(DocumentRelation(name, other, "near", round(share, 3)))
    return tuple(found)


def _shingles(words: list[str]) -> Iterator[str]:
    for start in range(max(1, len(words) - _WORDS + 1)):
        yield " ".join(words[start : start + _WORDS])
