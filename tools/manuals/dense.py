"""Dense retrieval: passages that mean the like of a question, by vectors of an embedding model; optional.

A passage's vector is made once, of its manual's title, its heading and its text, and kept in the store. Where it is
looked for, all vectors are compared: for thousands of passages that takes less than a search for words.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from tools.manuals.prompt import on_one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inference.embedding import Embedder
    from plant.store.contract import Store

RANK_CONSTANT: Final = 60
"""The k of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009): an item counts 1 / (k + rank) in each list."""

_BATCH: Final = 32
_NEAREST: Final = 20


class Dense:
    """Vectors of the passages of a store.

    Args:
        store: Where the passages are; open for writing, since vectors are kept there.
        embedder: The embedding model.
    """

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def update(self, tell: Callable[[int], None] = lambda done: None) -> None:  # noqa: ARG005 (nobody is told)
        """Makes the vectors of passages that have none yet; killed, it goes on where it was.

        Args:
            tell: Is told how many were made so far.

        Raises:
            ServiceUnavailable: If the model does not answer.
            StoreError: If the store cannot be written.
        """
        titles = {document.name: document.title for document in self._store.documents()}
        done = 0
        while passages := self._store.passages_without_vector(self._embedder.name, _BATCH):
            texts = [f"{titles[one.document]}, {one.section}: {on_one_line(one.text)}" for one in passages]
            vectors = self._embedder.embed(texts)
            packed = {one.id: _packed(vector) for one, vector in zip(passages, vectors, strict=True)}
            self._store.put_vectors(self._embedder.name, packed)
            done += len(passages)
            tell(done)

    def nearest(self, question: str) -> list[int]:
        """Returns the passages nearest to a question, nearest first, by their ids.

        Raises:
            ServiceUnavailable: If the model does not answer.
            StoreError: If the store cannot be read or written.
        """
        import numpy as np

        self.update()
        (vector,) = self._embedder.embed([question])
        size = len(_packed(vector))  # others are of a model that had this name before
        kept = {number: kept for number, kept in self._store.vectors(self._embedder.name).items() if len(kept) == size}
        matrix = np.frombuffer(b"".join(kept.values()), dtype="<f4").reshape(len(kept), len(vector))
        likeness = matrix @ np.asarray(vector, dtype="<f4")
        numbers = list(kept)
        return [numbers[at] for at in np.argsort(-likeness, kind="stable")[:_NEAREST]]


def fused(lists: Sequence[Sequence[int]]) -> dict[int, float]:
    """Returns the score of each item over ranked lists by reciprocal rank; what a list lacks adds nothing."""
    scores: dict[int, float] = {}
    for ranked in lists:
        for rank, item in enumerate(ranked, 1):
            scores[item] = scores.get(item, 0.0) + 1 / (RANK_CONSTANT + rank)
    return scores


def _packed(vector: Sequence[float]) -> bytes:
    return struct.pack(f"<{len(vector)}f", *vector)
