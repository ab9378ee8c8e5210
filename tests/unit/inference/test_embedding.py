"""Embedding models: what is wrong with one is a sentence; what comes out has length 1."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

from inference.contract import PromptTooLong
from inference.embedding import LlamaEmbedder, OllamaEmbedder, open_embedder
from inference.fetch import model_path
from plant.errors import BadInput, ServiceUnavailable, SettingsError
from tests.unit.inference.test_ollama import FakeServer, server

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["server"]


@pytest.mark.parametrize("url", ["", "none:"])
def test_none_is_none(url: str) -> None:
    assert open_embedder(url) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "minilm", "ollama://", "ollama://127.0.0.1"])
def test_an_address_that_is_none_is_said(url: str) -> None:
    with pytest.raises(SettingsError):
        open_embedder(url)


def test_a_file_that_is_no_model_is_said(tmp_path: Path) -> None:
    file = tmp_path / "x.gguf"
    with pytest.raises(BadInput, match="cannot be read"):
        open_embedder(f"llama:{file}")
    file.write_bytes(b"PK\x03\x04")
    with pytest.raises(BadInput, match="not a GGUF"):
        open_embedder(f"llama:{file}")


def test_nobody_there_is_said() -> None:
    with pytest.raises(ServiceUnavailable, match="No Ollama answers"):
        OllamaEmbedder("127.0.0.1:1", "minilm")


def test_vectors_of_a_server_come_with_length_1(server: tuple[type[FakeServer], str]) -> None:
    handler, host = server
    handler.body = json.dumps({"model_info": {}}).encode()
    embedder = OllamaEmbedder(host, "minilm")
    handler.body = json.dumps({"embeddings": [[3.0, 4.0], [0.0, 0.0]]}).encode()
    assert embedder.embed(["a", "b"]) == [[0.6, 0.8], [0.0, 0.0]]
    assert handler.asked[-1]["input"] == ["a", "b"]
    assert handler.asked[-1]["truncate"] is False
    assert embedder.embed([]) == []
    embedder.close()


def test_a_gguf_file_embeds_in_this_process() -> None:
    if not model_path().exists():
        pytest.skip("the small language model is not there: `make demo` fetches it")
    embedder = LlamaEmbedder(model_path())
    texts = ["The pump weighs 30 kg.", "How heavy is the pump?", "Rinse the eyes with plenty of water."]
    pump, question, eyes = embedder.embed(texts)
    assert math.hypot(*pump) == pytest.approx(1)
    assert embedder.embed(texts[:1]) == [pytest.approx(pump, abs=1e-3)]
    assert pump != question != eyes
    with pytest.raises(PromptTooLong):
        embedder.embed(["valve " * 3_000])
    embedder.close()
    with pytest.raises(ServiceUnavailable, match="closed"):
        embedder.embed(["a"])
