"""Passages are found by their meaning where there is an embedding model, and by words where there is none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from ingestion.manuals.words import searchable
from plant.errors import ServiceUnavailable
from plant.settings import load_settings
from plant.store.documents import Document, Passage
from tools.contract import ManualInput
from tools.manuals.dense import Dense, fused
from tools.manuals.retrieval import retrieve
from tools.manuals.tool import ManualTool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.store.contract import Store

MEANINGS = ({"hoist", "lift", "sling"}, {"oil", "grease"})


class FakeEmbedder:
    """Knows what two groups of words mean; fails once it has been asked for more texts than it may."""

    name = "fake"

    def __init__(self, may: int = 10_000) -> None:
        self.asked: list[str] = []
        self._may = may

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked += texts
        if len(self.asked) > self._may:
            raise ServiceUnavailable("No Ollama answers.")
        return [_vector(text) for text in texts]

    def close(self) -> None:
        """Has nothing to free."""


def _vector(text: str) -> list[float]:
    counts = [float(sum(word in text.lower() for word in words)) for words in MEANINGS]
    length = math.hypot(*counts) or 1.0
    return [count / length for count in counts]


@pytest.fixture
def manual(store: Store) -> Store:
    texts = ["Use a sling of 2 t.", "Grease the bearings.", *(f"Filler {number}." for number in range(40))]
    passages = [Passage(0, "a.pdf", 1, "1", "", "paragraph", text, searchable(text)) for text in texts]
    store.put_document(Document(0, "a", "a.pdf", "A", 1, 5, {}), passages)
    return store


def test_a_passage_without_a_word_of_the_question_is_found(manual: Store) -> None:
    assert retrieve(manual, "tackle") == []
    found = retrieve(manual, "tackle", dense=Dense(manual, FakeEmbedder()))
    assert found[0].passage.text == "Use a sling of 2 t."
    assert not found[0].enough


def test_what_stands_there_in_words_comes_first(manual: Store) -> None:
    found = retrieve(manual, "grease for the hoist bearings", dense=Dense(manual, FakeEmbedder()))
    assert [one.passage.text for one in found[:2]] == ["Grease the bearings.", "Use a sling of 2 t."]


def test_a_passage_is_embedded_once(manual: Store) -> None:
    embedder = FakeEmbedder()
    for _ in range(2):
        retrieve(manual, "hoist", dense=Dense(manual, embedder))
    assert len(embedder.asked) == manual.count_passages() + 2
    assert embedder.asked[0] == "A, : Use a sling of 2 t."


def test_an_update_that_is_interrupted_goes_on_where_it_was(manual: Store) -> None:
    with pytest.raises(ServiceUnavailable):
        Dense(manual, FakeEmbedder(may=40)).update()
    again = FakeEmbedder()
    told: list[int] = []
    Dense(manual, again).update(told.append)
    assert len(again.asked) == told[-1] == manual.count_passages() - 32
    assert len(manual.vectors("fake")) == manual.count_passages()


def test_vectors_of_another_size_are_left_aside(manual: Store) -> None:
    (first, *_) = manual.page_passages("a.pdf", 1)
    manual.put_vectors("fake", {first.id: b"\x00" * 12})
    assert first.id not in Dense(manual, FakeEmbedder()).nearest("oil")


def test_without_the_embedding_model_words_are_searched(manual: Store) -> None:
    dense = Dense(manual, FakeEmbedder(may=0))
    result = ManualTool(manual, load_settings(), dense=dense).run(ManualInput(question="which grease?"))
    assert result.data["quotes"][0]["text"] == "Grease the bearings."


def test_reciprocal_ranks_are_added() -> None:
    scores = fused([[1, 2], [2, 3]])
    assert scores == pytest.approx({1: 1 / 61, 2: 1 / 62 + 1 / 61, 3: 1 / 62})
