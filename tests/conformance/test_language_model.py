"""The language models that run without a server keep the rules of their contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inference.fetch import model_path
from inference.llama import LlamaModel
from tests.conformance.language_model_rules import LanguageModelRules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inference.contract import LanguageModel


@pytest.fixture(scope="module")
def model() -> Iterator[LanguageModel]:
    """The small model of the cache, in this process."""
    if not model_path().exists():
        pytest.skip("no language model: run `make model`")
    opened = LlamaModel(model_path(), context_length=512)
    yield opened
    opened.close()


class TestLlama(LanguageModelRules):
    """llama.cpp in this process."""
