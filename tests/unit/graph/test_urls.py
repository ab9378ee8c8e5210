"""The address of a graph: what is taken, what is refused, and that no password is shown."""

from __future__ import annotations

import pytest

from plant.errors import SettingsError
from plant.graph.urls import open_graph
from plant.settings import load_settings


def opened(url: str) -> object:
    graph = open_graph(load_settings({"graph": {"url": url}}))
    graph.close()
    return graph.name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("kglite:/tmp/none.graph", "kglite"),
        ("bolt://127.0.0.1:7687", "neo4j"),
        ("neo4j+s://reader@graph.plant.example/plant", "neo4j"),
    ],
)
def test_an_engine_is_opened_without_being_reached(url, name):
    assert opened(url) == name


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("kglite:", "names no file"),
        ("bold://127.0.0.1", "not a graph URL"),
        ("plant.graph", "not a graph URL"),
        ("bolt://127.0.0.1:none", "not the address of a graph server"),
        ("bolt://", "not the address of a graph server"),
        ("bolt://neo4j:secret-word", "not the address of a graph server"),
        ("neo4j:secret-word", "not the address of a graph server"),
        ("bolt://[secret-word", "not the address of a graph server"),
        ("bolt://neo4j:secret-word@127.0.0.1:7687", "holds a password"),
        ("neo4j+s://:secret-word@127.0.0.1", "holds a password"),
        ("http://neo4j:secret-word@127.0.0.1", "not a graph URL"),
    ],
)
def test_what_is_no_address_is_refused_in_a_sentence_without_its_password(url, words):
    with pytest.raises(SettingsError, match=words) as refused:
        opened(url)
    assert "secret-word" not in f"{refused.value} {refused.value.hint} {refused.value.__cause__}"
