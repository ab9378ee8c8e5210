"""`millhand eval`: figures on stdout, progress on stderr, a report in a file, and no server emptied unasked."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from msgspec.structs import replace

from finetuning.assistant import report as assistant
from finetuning.assistant.questions import Question, Split, manual_files
from finetuning.assistant.similarity import Likeness
from finetuning.assistant.ways import Cited
from finetuning.cypher.compare import Comparison, Pair
from finetuning.cypher.report import (
    Asked,
    Control,
    Counts,
    Figures,
    Outcome,
    RowFigures,
    Share,
    figures_of,
    read_report,
    wilson,
)
from plant.errors import ExitCode
from tui.cli.eval_output import question_lines, report_lines
from tui.cli.main import main

PAGE = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
GRAPH = ("eval", "graph", "--split", "dev", "--world", "plant", "--model", "none:")


def said(capsys, *words):
    code = main(list(words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


class Run(NamedTuple):
    """What a run of the demo plant's dev questions gave: exit code, stdout, stderr, the file of its report."""

    code: int
    out: str
    err: str
    path: Path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("eval") / "report.json"
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = main([*GRAPH, "--out", str(path), "--show", "wrong,refused", "--check"])
    return Run(code, out.getvalue(), err.getvalue(), path)


def test_the_report_has_the_keys_of_the_page(run):
    document = json.loads(run.path.read_bytes())
    text = PAGE.partition("## `eval graph`")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z0-9_]+)`", text))
    kinds = (Figures, Counts, Share, RowFigures, Control, Asked)
    assert set(document) <= named
    assert {field for kind in kinds for field in kind.__struct_fields__} <= named
    assert set(document["figures"]["by"]) == {"category", "world", "language", "hops", "way"} <= named
    text = PAGE.partition("## `eval compare")[2].partition("\n## ")[0]
    assert {field for kind in (Comparison, Pair) for field in kind.__struct_fields__} <= set(
        re.findall(r"`(\w+)`", text)
    )


def test_the_report_of_the_assistant_has_the_keys_of_the_page():
    text = PAGE.partition("## `eval assistant`")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z0-9_]+)`", text))
    kinds = (
        assistant.Report,
        assistant.Asked,
        assistant.Answer,
        assistant.Figures,
        assistant.Group,
        assistant.Mean,
        assistant.Paired,
        assistant.WayReport,
        Cited,
        Likeness,
        Question,
    )
    assert {field for kind in kinds for field in kind.__struct_fields__} <= named
    assert set(map(str, assistant.DEPTHS)) <= named


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (("--out", "report.odt"), ExitCode.BAD_INPUT, "it ends in none of .json, .html, .csv"),
        (("--out", "nowhere/report.json"), ExitCode.BAD_INPUT, "there is no folder nowhere"),
        (("--split", "train"), ExitCode.USAGE, "train"),
    ],
)
def test_what_the_assistant_cannot_be_asked_is_told_first(capsys, words, exit_code, told):
    code, out, err = said(capsys, "eval", "assistant", *words)
    assert (code, out) == (exit_code, "")
    assert told in err


def test_the_assistant_is_asked_and_two_ways_are_compared(capsys, tmp_path):
    pytest.importorskip("reportlab", reason="it writes the manuals that are PDFs: pip install reportlab")
    path = tmp_path / "report.json"
    words = ("assistant", "--way", "extracts", "--limit", "2", "--out", str(path), "--check")
    code, out, err = said(capsys, "eval", *words)
    assert code == ExitCode.BELOW_GOAL  # the tuned model was not asked
    assert out.startswith("dev: ")
    asked = 2 * len(manual_files(Split.DEV))
    assert f"extracts: {asked} of {asked} questions" in err
    assert "MISSED right: not measured" in err
    code, out, _ = said(capsys, "eval", "compare", str(path), str(path), "--way", "extracts")
    assert (code, "cannot be told apart" in out) == (ExitCode.ANSWERED, True)


def test_a_run_is_compared_with_itself(capsys, run):
    report = run.path
    code, out, _ = said(capsys, "eval", "compare", str(report), str(report))
    assert code == ExitCode.ANSWERED
    assert "cannot be told apart" in out
    assert "\nlost" not in out
    _, out, _ = said(capsys, "eval", "compare", str(report), str(report), "--json")
    found = json.loads(out)
    assert (found["all"]["p"], found["lost"], found["gained"]) == (1.0, [], [])
    assert found["all"]["questions"] == len(json.loads(report.read_bytes())["asked"])


def test_figures_go_to_stdout_progress_and_missed_goals_to_stderr(run):
    assert run.code == (ExitCode.BELOW_GOAL if "MISSED" in run.err else ExitCode.ANSWERED)
    assert ("All goals are reached." in run.err) == (run.code == ExitCode.ANSWERED)
    assert run.out.splitlines()[-1].startswith("query like the reference (measures no rightness)")
    head = r"^dev: \d+ questions of \d+ templates on plant; kglite, no model, seed 1$"
    assert re.search(head, run.out, re.MULTILINE)
    asked = json.loads(run.path.read_bytes())["asked"]
    shown = [one for one in asked if one["outcome"] == "wrong" or (one["outcome"] == "refused" and one["reference"])]
    assert run.out.count("\n  asked ") == len(shown)
    assert f"plant: {len(asked)} of {len(asked)} questions" in run.err


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (("graph", "--backend", "bolt://127.0.0.1:1"), ExitCode.USAGE, "say --replace"),
        (("graph", "--backend", "kglite:mine.graph"), ExitCode.USAGE, "say --replace"),
        (("graph", "--backend", "blot://127.0.0.1:1", "--replace"), ExitCode.USAGE, "Did you mean bolt"),
        (("graph", "--show", "wrog"), ExitCode.USAGE, "Did you mean wrong?"),
        (("graph", "--split", "dve"), ExitCode.USAGE, "dve"),
        (("graph", "--control", "no-edges"), ExitCode.USAGE, "shuffled-edges"),
        (("graph", "--world", "films"), ExitCode.BAD_INPUT, "no such questions of films"),
        (("compare", "none.json", "none.json"), ExitCode.BAD_INPUT, "cannot be read"),
    ],
)
def test_what_cannot_be_measured_is_told(capsys, words, exit_code, told):
    code, out, err = said(capsys, "eval", *words)
    assert (code, out) == (exit_code, "")
    assert told in err
    assert "Traceback" not in err


@pytest.mark.parametrize("place", ["none/report.json", "."])
def test_a_report_that_cannot_be_written_is_told_before_a_question_is_asked(capsys, tmp_path, place):
    code, out, err = said(capsys, *GRAPH, "--out", str(tmp_path / place))
    assert (code, out) == (ExitCode.BAD_INPUT, "")
    assert "cannot be written" in err
    assert "questions" not in err


def test_a_measurement_that_fails_leaves_no_report(capsys, tmp_path):
    code, _, _ = said(capsys, "eval", "graph", "--world", "films", "--out", str(tmp_path / "report.json"))
    assert code == ExitCode.BAD_INPUT
    assert list(tmp_path.iterdir()) == []


def test_all_that_is_printed_fits_a_terminal_of_80_columns(capsys, monkeypatch, run, tmp_path):
    report = read_report(run.path)
    asked = [replace(one, outcome=Outcome.WRONG) if number % 3 else one for number, one in enumerate(report.asked)]
    control = Control("shuffled-edges", wilson(11, 281), wilson(196, 281), [])
    other = replace(report, asked=asked, figures=figures_of(asked), control=control)
    path = tmp_path / "other.json"
    path.write_bytes(msgspec.json.encode(other))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((80, 24)))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    lines = "\n".join(question_lines(other, set(Outcome)) + report_lines(other)).splitlines()
    code, out, _ = said(capsys, "eval", "compare", str(run.path), str(path))
    assert code == ExitCode.ANSWERED
    assert "The two runs differ: the first is right more often (McNemar" in " ".join(out.split())
    lines += out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line != line.rstrip()] == []
    assert any(re.match(r"all +\d+ +\d+  \d+ \[\d+-\d+\] ", line) for line in lines)
