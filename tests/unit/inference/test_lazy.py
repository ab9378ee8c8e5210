"""A model that is opened when it is first used, once, and closed only if it was."""

from __future__ import annotations

import pytest

from inference.contract import Completion, Message, Options
from inference.lazy import LazyModel
from plant.errors import BadInput


class FakeModel:
    name, context_length, grammars, adapters = "fake", 2048, True, ("manuals",)

    def __init__(self):
        self.closed = 0

    def complete(self, messages, options, *, n=1):
        return [Completion(messages[-1].content, True, 1, 1, 0.0)] * n

    continue_text = complete

    def stream(self, messages, options):
        yield messages[-1].content

    def count_tokens(self, text):
        return len(text)

    def close(self):
        self.closed += 1


@pytest.fixture
def opened():
    return []


@pytest.fixture
def lazy(opened):
    def open_it():
        opened.append(FakeModel())
        return opened[-1]

    return LazyModel(open_it)


def test_it_is_opened_once_when_it_is_used(lazy, opened):
    assert opened == []
    said = lazy.complete([Message("user", "hello")], Options(), n=2)
    assert [one.text for one in said] == ["hello", "hello"]
    assert (lazy.name, lazy.context_length, lazy.grammars, lazy.adapters) == ("fake", 2048, True, ("manuals",))
    assert list(lazy.stream([Message("user", "a")], Options())) == ["a"]
    assert lazy.count_tokens("abc") == 3
    assert len(opened) == 1


def test_one_that_was_never_used_is_not_opened_to_be_closed(lazy, opened):
    lazy.close()
    assert opened == []
    lazy.count_tokens("a")
    lazy.close()
    lazy.close()
    assert opened[0].closed == 1


def test_what_cannot_be_opened_says_so_at_each_use():
    def spoilt():
        raise BadInput("The file is no model.")

    lazy = LazyModel(spoilt)
    for _ in range(2):
        with pytest.raises(BadInput, match="no model"):
            lazy.count_tokens("a")
