"""`millhand graph`: data on stdout, talk on stderr, and the exit code says which of the two it is."""

from __future__ import annotations

import json

import pytest

from plant.errors import ExitCode
from plant.graph.lines import write_graph
from tests.unit.graph.small_plant import NODES, RELATIONS
from tui.cli.main import main


@pytest.fixture
def url(tmp_path):
    write_graph(tmp_path / "plant.graph", NODES, RELATIONS)
    return f"kglite:{tmp_path / 'plant.graph'}"


def run(capsys, *words):
    code = main(["graph", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_ask_gives_the_json_that_scripts_rely_on(capsys, url):
    code, out, _ = run(capsys, "ask", "which part fixes E07?", "--graph", url, "--model", "none:", "--json")
    data = json.loads(out)
    assert code == ExitCode.ANSWERED
    assert data.keys() >= {"query", "parameters", "columns", "rows", "truncated", "how", "refusal", "seconds"}
    assert (data["how"], data["refusal"], data["rows"][0][0]) == ("recipe", None, "gasket set")


def test_rows_go_to_stdout_and_the_query_to_stderr(capsys, url):
    code, out, err = run(capsys, "query", "MATCH (p:Part) RETURN p.name AS part ORDER BY part", "--graph", url)
    assert code == ExitCode.ANSWERED
    assert out.split() == ["part", "bearing", "gasket", "set"]
    assert "LIMIT 201" in err


@pytest.mark.parametrize(
    "words",
    [("query", "MATCH (n) DETACH DELETE n"), ("query", "no cypher"), ("ask", "who are you?", "--model", "none:")],
)
def test_a_refusal_exits_3_with_its_reason(capsys, url, words):
    code, out, err = run(capsys, *words, "--graph", url)
    assert (code, out) == (ExitCode.REFUSED, "")
    assert err.strip()
    code, out, _ = run(capsys, *words, "--graph", url, "--json")
    assert code == ExitCode.REFUSED
    assert json.loads(out)["refusal"]["text"]


def test_a_meaning_that_was_offered_is_picked_by_its_number(capsys, url):
    words = ("ask", "parts of pumps that feed E-101 with work orders", "--graph", url, "--model", "none:")
    code, _, err = run(capsys, *words)
    assert code == ExitCode.REFUSED
    _, first, second, how = err.splitlines()
    assert (first[:5], second[:5], "--reading" in how) == ("  1  ", "  2  ", True)
    code, out, err = run(capsys, *words, "--reading", "2")
    assert (code, bool(out)) == (ExitCode.ANSWERED, True)
    assert second[5:].lower() in err.lower()


def test_schema_lists_what_there_is(capsys, url):
    _, out, _ = run(capsys, "schema", "--graph", url)
    assert "Sensor (7): id, description, name, unit" in out
    assert "(Sensor)-[:MEASURES]->(Asset) (7)" in out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no plant graph"),
        (b"\x80\x04pickle", "not a plant graph"),
        (b'{"format":"millhand-graph","version":9}\n', "not a plant graph"),
        (b'{"format":"millhand-graph","version":1}\n["node","A"]\n', "line 2"),
        (b'{"format":"millhand-graph","version":1}\n["node","A","As`set",{}]\n', "not a name"),
        (b'{"format":"millhand-graph","version":1}\n["node","A","B",{}]\n["node","A","B",{}]\n', "2 times"),
        (b'{"format":"millhand-graph","version":1}\n["relation","A","FEEDS","B",{}]\n', "no node 'A'"),
        (b'{"format":"millhand-graph","version":1}\n["node","A","B",{"x":{"y":1}}]\n', "neither a plain value"),
    ],
)
def test_a_file_that_is_no_graph_is_told(capsys, tmp_path, content, words):
    path = tmp_path / "bad.graph"
    if content is not None:
        path.write_bytes(content)
    code, _, err = run(capsys, "schema", "--graph", f"kglite:{path}")
    assert code == ExitCode.BAD_INPUT
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("url", ["kglite:", "http://127.0.0.1", "klite:x"])
def test_a_url_that_names_no_graph_is_told(capsys, url):
    code, _, err = run(capsys, "schema", "--graph", url)
    assert code == ExitCode.USAGE
    assert "kglite" in err
