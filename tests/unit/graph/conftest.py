"""The small plant: in an engine, once a module, and its parser, once for all."""

from __future__ import annotations

import pytest

from plant.graph.kglite import KgliteGraph
from tests.unit.graph.asking import parser_of
from tests.unit.graph.small_plant import NODES, RELATIONS


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    graph = KgliteGraph(tmp_path_factory.mktemp("graph") / "plant.graph", memory_mb=512)
    graph.load(NODES, RELATIONS)
    yield graph
    graph.close()


@pytest.fixture(scope="session")
def plant():
    return parser_of(NODES, RELATIONS)
