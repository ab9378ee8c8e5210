"""`millhand graph load` and what the other verbs print: reports, exit codes, and that data is never markup."""

from __future__ import annotations

import json
import os
import shutil
import sys

import pytest

from ingestion.simulator.registry import PLANT_DIR
from plant.errors import ExitCode, ServiceUnavailable
from plant.graph.contract import Node
from plant.graph.kglite import KgliteGraph
from plant.graph.lines import read_graph, write_graph
from tests.unit.graph.small_plant import NODES, RELATIONS
from tui.cli.main import main

SMALL = {"areas.csv": "id,name\nA,hall\n", "assets.csv": "id,name,area\nP-1,one,A\nP-2,two,A\nP-3,three,A\n"}


@pytest.fixture
def graph(tmp_path):
    """Returns the file of the graph, and words that name it."""
    path = tmp_path / "plant.graph"
    return path, ("--graph", f"kglite:{path}", "--store", str(tmp_path / "no.db"))


@pytest.fixture
def plant(tmp_path):
    directory = tmp_path / "plant"
    directory.mkdir()
    for name, text in SMALL.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


def run(capsys, *words):
    code = main(["graph", *map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def add(plant, name, text):
    with (plant / name).open("a", encoding="utf-8") as file:
        file.write(text)


def test_the_same_folder_twice_changes_nothing(capsys, graph, tmp_path):
    directory = shutil.copytree(PLANT_DIR / "graph", tmp_path / "cw100")
    path, there = graph
    assert run(capsys, "load", directory, *there)[1] == "90 nodes and 219 relationships are loaded.\n"
    stamp = path.stat().st_mtime_ns
    code, out, _ = run(capsys, "load", directory, *there)
    assert (code, path.stat().st_mtime_ns) == (ExitCode.ANSWERED, stamp)
    assert out == "Nothing changed: the plant graph has these 90 nodes and 219 relationships already.\n"
    add(directory, "parts.csv", "PT-99,wick,,1\n")
    assert json.loads(run(capsys, "load", directory, *there, "--json")[1])["status"] == "loaded"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("one", "eins"),
        lambda text: text.replace("P-1,one,A", "P-1,one,"),
        lambda text: text.replace("P-3", "P-4"),
    ],
)
def test_any_change_is_seen(capsys, graph, plant, change):
    run(capsys, "load", plant, *graph[1])
    (plant / "assets.csv").write_text(change(SMALL["assets.csv"]), encoding="utf-8")
    assert json.loads(run(capsys, "load", plant, *graph[1], "--json")[1])["status"] == "loaded"


def test_a_title_that_is_not_there_is_none(capsys, graph, plant):
    add(plant, "work_orders.csv", "id,status,opened,title\nW1,open,2026-01-31,seal\nW2,open,2026-01-31,\n")
    run(capsys, "load", plant, *graph[1])
    assert json.loads(run(capsys, "load", plant, *graph[1], "--json")[1])["status"] == "unchanged"
    text = "MATCH (w:WorkOrder) RETURN w.id, w.title, w.title IS NULL ORDER BY w.id"
    rows = json.loads(run(capsys, "query", text, *graph[1], "--json")[1])["rows"]
    assert rows == [["W1", "seal", False], ["W2", None, True]]


def test_a_graph_that_the_engine_cannot_open_is_replaced(capsys, graph, plant, monkeypatch):
    run(capsys, "load", plant, *graph[1])

    def cannot(self):
        raise ServiceUnavailable("The graph of 4 nodes does not fit into 64 MB.")

    monkeypatch.setattr(KgliteGraph, "_running", cannot)
    code, out, _ = run(capsys, "load", plant, *graph[1])
    assert (code, out) == (ExitCode.ANSWERED, "4 nodes and 3 relationships are loaded.\n")


def test_a_folder_without_a_row_does_not_replace_a_good_graph(capsys, graph, plant):
    run(capsys, "load", plant, *graph[1])
    before = graph[0].read_bytes()
    (plant / "assets.csv").write_text("id,name,area\n")
    code, out, err = run(capsys, "load", plant, *graph[1])
    assert (code, out, graph[0].read_bytes()) == (ExitCode.BAD_INPUT, "", before)
    assert "has no assets" in err


def test_a_graph_that_cannot_be_read_is_replaced(capsys, graph, plant):
    graph[0].write_bytes(b"\x80 no graph")
    assert run(capsys, "load", plant, *graph[1])[0] == ExitCode.ANSWERED
    assert len(read_graph(graph[0])[0]) == 4


def test_rejected_rows_are_listed_and_the_rest_is_loaded(capsys, graph, plant):
    add(plant, "assets.csv", "P-4,four,B\n")
    code, out, err = run(capsys, "load", plant, *graph[1])
    assert code == ExitCode.ANSWERED
    assert out == "4 nodes and 3 relationships are loaded, without 1 rejected row.\n"
    assert "assets.csv, line 5: there is no Area 'B'." in err
    data = json.loads(run(capsys, "load", plant, *graph[1], "--json")[1])
    assert data["status"] == "unchanged"
    assert data["rejected"] == [{"file": "assets.csv", "line": 5, "reason": "there is no Area 'B'."}]


def test_strict_loads_nothing_for_one_rejected_row(capsys, graph, plant):
    add(plant, "assets.csv", "P-4,four,B\n")
    code, out, err = run(capsys, "load", plant, *graph[1], "--strict")
    assert (code, out, graph[0].exists()) == (ExitCode.BAD_INPUT, "", False)
    assert "Nothing is loaded" in err


def test_strict_loads_nothing_for_a_file_that_is_left_out(capsys, graph, plant):
    add(plant, "failure_modes.csv", "id\nE1\n")
    add(plant, "detected_by.csv", "failure_mode,sensor\nE1,S\n")
    code, out, err = run(capsys, "load", plant, *graph[1], "--strict")
    assert (code, out, graph[0].exists()) == (ExitCode.BAD_INPUT, "", False)
    assert "Nothing is loaded: detected_by.csv is left out" in err
    assert run(capsys, "load", plant, *graph[1])[0] == ExitCode.ANSWERED


def test_a_wrong_export_does_not_replace_a_good_graph(capsys, graph, plant):
    run(capsys, "load", plant, *graph[1])
    before = graph[0].read_bytes()
    (plant / "areas.csv").write_text("id\nB\n")
    code, out, err = run(capsys, "load", plant, *graph[1], "--json")
    assert code == ExitCode.BAD_INPUT
    assert (json.loads(out)["status"], json.loads(out)["distrusted"]) == ("refused", ["assets.csv"])
    assert "more than half of the rows of assets.csv" in err
    assert graph[0].read_bytes() == before


def test_a_check_loads_nothing(capsys, graph, plant):
    code, out, _ = run(capsys, "load", plant, *graph[1], "--check")
    assert (code, graph[0].exists()) == (ExitCode.ANSWERED, False)
    assert out == "4 nodes and 3 relationships could be loaded. Nothing was.\n"


def test_many_rejected_rows_are_counted(capsys, graph, plant):
    add(plant, "assets.csv", "".join(f"Q-{number},x,A\n" for number in range(60)))
    add(plant, "parts.csv", "id,stock\n" + "".join(f"a{number},{'x' if number < 25 else 1}\n" for number in range(60)))
    err = run(capsys, "load", plant, *graph[1])[2]
    assert err.count("which is not a whole number") == 20
    assert "... and 5 more; --json lists them all." in err


def test_a_column_of_ones_own_is_named(capsys, graph, plant):
    (plant / "assets.csv").write_text("id,criticality\nP-1,high\n")
    code, _, err = run(capsys, "load", plant, *graph[1])
    assert code == ExitCode.BAD_INPUT
    assert "--extra criticality" in err
    assert run(capsys, "load", plant, *graph[1], "--extra", "criticality")[0] == ExitCode.ANSWERED
    assert "Asset (1): id, criticality" in run(capsys, "schema", *graph[1])[1]


def test_text_of_a_file_never_steers_the_terminal(capsys, graph, plant):
    add(plant, "assets.csv", "\x1b[31mP-4,four,\x1b[2J\nP-5,[bold]five\x1b[0m[/bold],A\nP-6,s\u202eix,A\n")
    _, out, err = run(capsys, "load", plant, *graph[1])
    assert "\x1b" not in out + err
    _, out, _ = run(capsys, "query", "MATCH (a:Asset) RETURN a.name AS name ORDER BY a.id", *graph[1])
    assert "[bold]five\\x1b[0m[/bold]" in out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_ask_says_what_was_understood_and_shows_the_query_when_asked(capsys, graph):
    write_graph(graph[0], NODES, RELATIONS)
    words = ("ask", "open work orders on P-102", *graph[1], "--model", "none:")
    _, out, err = run(capsys, *words)
    assert out.splitlines()[0].split() == ["order", "title", "opened", "technician"]
    assert err.splitlines()[0] == "Open work orders on P-102: 2 rows."
    assert "MATCH" not in err
    assert "MATCH (w:WorkOrder)" in run(capsys, *words, "--query")[2]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("open work orders on P-103", "Open work orders on P-103: none."),
        ("how many sensors are on P-101?", "Number of sensors on P-101: 3."),
    ],
)
def test_nothing_and_numbers_are_said_in_words(capsys, graph, question, said):
    write_graph(graph[0], NODES, RELATIONS)
    assert run(capsys, "ask", question, *graph[1], "--model", "none:")[2].splitlines()[0] == said


def test_a_path_is_shown_as_one(capsys, graph):
    write_graph(graph[0], NODES, RELATIONS)
    text = (
        "MATCH p = (a:Asset {id: 'T-101'})-[:FEEDS*2..2]->(b:Asset {id: 'E-101'}) RETURN p ORDER BY length(p) LIMIT 1"
    )
    _, out, _ = run(capsys, "query", text, *graph[1])
    assert out.startswith("T-101 -FEEDS- P-10")
    assert out.endswith("-FEEDS- E-101\n")


def test_a_narrow_terminal_gets_a_block_a_row(capsys, graph, monkeypatch):
    write_graph(graph[0], [*NODES, Node("WO-9", "WorkOrder", {"status": "open", "title": "word " * 30})], RELATIONS)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((40, 24)))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    text = "MATCH (w:WorkOrder {status: 'open'}) RETURN w.id AS id, w.title AS title, w.opened AS opened ORDER BY id"
    _, out, _ = run(capsys, "query", text, *graph[1])
    assert "id:     WO-1001\ntitle:  Replace mechanical seal\nopened: 2026-11-02\n\n" in out
    assert max(map(len, out.splitlines())) <= 40


def test_recipes_are_listed_with_an_example_and_the_others_with_their_reason(capsys, graph):
    kept = [node for node in NODES if node.label in {"Asset", "Sensor"}]
    keys = {node.key for node in kept}
    write_graph(graph[0], kept, [r for r in RELATIONS if {r.start, r.end} <= keys])
    code, out, err = run(capsys, "recipes", *graph[1])
    assert code == ExitCode.ANSWERED
    assert "sensors_on\n    which sensors are on C-101?\n    quels capteurs sont sur C-101 ?\n" in out
    assert "orders_on is left out: There is no label 'WorkOrder' here." in err
    data = json.loads(run(capsys, "recipes", *graph[1], "--json")[1])
    assert {"name": "feeds", "en": "what does C-101 feed?", "fr": "qu'alimente C-101 ?"} in data["recipes"]
    assert {one["name"] for one in data["refused"]} >= {"orders_on", "parts_of"}
