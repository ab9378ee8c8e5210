"""The demo plant on a Neo4j: loaded by its folder, and answered by every recipe as the embedded engine answers."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from ingestion.plant_graph import read_plant
from ingestion.simulator.registry import PLANT_DIR
from plant.errors import ExitCode
from plant.graph.kglite import KgliteGraph
from tests.unit.graph.test_recipes import ABOUT
from tools.graph.guard import Guard
from tools.graph.recipes import Book
from tui.cli.main import main

pytestmark = pytest.mark.neo4j


def test_a_folder_is_loaded_once_and_changes_nothing_then(server, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("MILLHAND_GRAPH_PASSWORD", server.password)
    words = ["graph", "load", str(PLANT_DIR / "graph"), "--graph", server.url, "--store", str(tmp_path / "no.db")]
    found = []
    for _ in range(2):
        assert main([*words, "--json"]) == ExitCode.ANSWERED
        found.append(json.loads(capsys.readouterr().out))
    assert [one["status"] for one in found] == ["loaded", "unchanged"]
    assert found[0]["digest"] == found[1]["digest"]


def test_every_recipe_gives_the_rows_of_the_embedded_engine(server, tmp_path):
    plant = read_plant(PLANT_DIR / "graph")
    with closing(server.graph()) as there, closing(KgliteGraph(tmp_path / "plant.graph", memory_mb=512)) as here:
        for graph in (there, here):
            graph.load(*plant)
        guard = Guard(there.schema(), row_limit=200)
        for recipe in Book(guard).recipes:
            parameters = {label.lower(): ABOUT[label.lower()] for label in recipe.needs}
            for counting in (False, True) if recipe.counted else (False,):
                query = guard.check(recipe.query(counting=counting), parameters)
                assert there.run(query, timeout_s=30).rows == here.run(query, timeout_s=5).rows, recipe.name
