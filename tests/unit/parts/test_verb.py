"""`millhand parts`: a file written again, counts for the graph, bad files, and a measurement."""

from __future__ import annotations

import csv
import io
import json

import pytest

from ingestion.plant_graph import read_folder
from plant.errors import ExitCode
from plant.registry import Registry
from tests.unit.parts.test_finder import CORPUS
from tui.cli.main import main

REVIEWS = (
    "machine,text\n"
    'P-1,"Mech seal dripping, bearing noisy"\n'
    "P-1,mech seal leaks again\n"
    "P-2,RAS sur les roulements\n"
    ',"coupling worn"\n'
    'P-2,"two lines\nbelt torn"\n'
)


@pytest.fixture
def reviews(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text(REVIEWS, encoding="utf-8")
    return path


def test_a_file_is_written_again_with_its_parts(reviews, capsys):
    assert main(["parts", str(reviews), "--column", "text"]) == ExitCode.ANSWERED
    said = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [row["machine"] for row in rows] == ["P-1", "P-1", "P-2", "", "P-2"]
    assert [row["List_part"] for row in rows] == [
        "mechanical seal; bearing",
        "mechanical seal",
        "bearing",
        "coupling",
        "belt",
    ]
    assert [row["Count_part"] for row in rows] == ["2", "1", "1", "1", "1"]
    assert rows[0]["List_defect"] == "mechanical seal: leakage; bearing: noise"
    assert rows[2]["List_defect"] == ""
    assert rows[4]["text"] == "two lines\nbelt torn"
    assert "5 texts: 6 parts named, 5 of them with a defect." in said.err


def test_findings_have_their_words_as_evidence(reviews, capsys):
    assert main(["parts", str(reviews), "--column", "text", "--asset", "machine", "--json"]) == ExitCode.ANSWERED
    told = json.loads(capsys.readouterr().out)
    text, parts = told["texts"][0]["text"], told["texts"][0]["parts"]
    assert [text[one["start"] : one["end"]] for one in parts] == ["Mech seal", "bearing"]
    assert [text[one["start"] : one["end"]] for part in parts for one in part["defects"]] == ["dripping", "noisy"]
    assert told["complaints"][0] == {"asset": "P-1", "part": "mechanical seal", "defect": "leakage", "count": 2}
    assert {one["asset"] for one in told["complaints"]} == {"P-1", "P-2"}


def test_counts_become_a_file_that_the_graph_loads(reviews, tmp_path, capsys):
    plant = tmp_path / "plant"
    plant.mkdir()
    (plant / "assets.csv").write_text("id,name\nP-1,pump\nP-2,pump\n", encoding="utf-8")
    words = ["parts", str(reviews), "--column", "text", "--asset", "machine", "--to-graph", str(plant)]
    out = tmp_path / "out.csv"
    assert main([*words, "--out", str(out)]) == ExitCode.ANSWERED
    assert out.read_text(encoding="utf-8").startswith("machine,text,List_part,Count_part,List_defect\n")
    assert capsys.readouterr().out == ""
    loaded = read_folder(plant, Registry())
    assert loaded.rejected == ()
    seal = next(node for node in loaded.nodes if node.key == "P-1/mechanical seal: leakage")
    assert (seal.label, seal.properties["count"]) == ("Complaint", 2)
    assert ("P-1/mechanical seal: leakage", "ON", "P-1") in {(one.start, one.type, one.end) for one in loaded.relations}


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"machine,text\na,b\n", ["--column", "txt"], "line 1: there is no column 'txt'. Did you mean text?"),
        (b"machine,text\na,b\n", ["--column", "text", "--asset", "asset"], "there is no column 'asset'"),
        (b"machine,text\na,seal, bearing\n", ["--column", "text"], "line 2: 3 cells, but 2 columns"),
        (b"text,List_part\na,b\n", ["--column", "text"], "has a column List_part already"),
        (b"", ["--column", "text"], "is empty"),
        (b"\x00\x01\n", ["--column", "text"], "is not a text file"),
        (b"text\nseal\n", ["--column", "text", "--to-graph", "."], "Name its column: --asset"),
        (b"text\nseal\n", ["--column", "text", "--asset", "text", "--to-graph", "nowhere"], "is no folder"),
    ],
    ids=["column", "asset", "cells", "again", "empty", "binary", "no asset", "no folder"],
)
def test_what_cannot_be_used_is_a_sentence_and_nothing_is_written(tmp_path, capsys, content, words, said):
    path, out = tmp_path / "reviews.csv", tmp_path / "out.csv"
    path.write_bytes(content)
    assert main(["parts", str(path), *words, "--out", str(out)]) in {ExitCode.BAD_INPUT, ExitCode.USAGE}
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
    assert not out.exists()


def test_a_file_that_is_not_there_is_said(tmp_path, capsys):
    assert main(["parts", str(tmp_path / "none.csv"), "--column", "text"]) == ExitCode.BAD_INPUT
    assert "cannot be read: No such file" in capsys.readouterr().err


def test_latin_1_and_one_column_are_read_and_said(tmp_path, capsys):
    path = tmp_path / "reviews.csv"
    path.write_bytes("texte\njoint usé\n".encode("latin-1"))
    assert main(["parts", str(path), "--column", "texte"]) == ExitCode.ANSWERED
    said = capsys.readouterr()
    assert "joint usé,gasket,1,gasket: wear" in said.out
    assert "there is one column, the text is latin-1" in said.err


def test_a_measurement_says_how_sure_it_is_and_shows_what_was_wrong(capsys):
    assert main(["parts", "eval", str(CORPUS / "dev.csv"), "--show"]) == ExitCode.ANSWERED
    said = capsys.readouterr().out
    assert said.startswith("150 texts; 95 % intervals in brackets\nparts ")
    assert "defects, fr" in said
    assert "  missed: " in said
    assert main(["parts", "eval", str(CORPUS / "dev.csv"), "--json"]) == ExitCode.ANSWERED
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"texts", "parts", "exact", "defects", "by_language", "wrong"}
    assert told["parts"]["recall"]["low"] < told["parts"]["recall"]["share"] <= told["parts"]["recall"]["high"]


def test_a_file_without_labels_cannot_be_measured_with(reviews, capsys):
    assert main(["parts", "eval", str(reviews)]) == ExitCode.BAD_INPUT
    assert "there is no column 'parts'" in capsys.readouterr().err


def test_help_has_its_verbs_and_an_example(capsys):
    assert main(["parts", "--help"]) == ExitCode.ANSWERED
    assert "millhand parts reviews.csv --column text" in capsys.readouterr().out
    assert main(["parts", "find", "--help"]) == ExitCode.ANSWERED
    assert "--to-graph" in capsys.readouterr().out
