"""Extraction is measured by what an extractor loses: words, order, cells; and pair makers by what the gate says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from finetuning.corpus.blocks import Layout, Manual, Table, Text
from finetuning.extraction import measure as measuring
from finetuning.extraction.extractors import Extracted
from finetuning.extraction.goals import missed
from finetuning.extraction.layouts import LAYOUTS, Row, manuals, truth_of
from finetuning.extraction.makers import Yield
from finetuning.extraction.measure import Figures, Lost, measure
from plant.errors import ExitCode
from tui.cli.main import main

ROOT = Path(__file__).parents[4]


class FakeExtractor:
    """Gives the same text of any file."""

    name = "fake"

    def __init__(self, text: str, *rows: Row) -> None:
        self._read = Extracted((text,), ("i",), rows)

    def read(self, path: Path) -> Extracted:
        return self._read


def _manual(*blocks: Text | Table) -> Manual:
    return Manual("KP-40", "KP-40", "Rev. B", "en", Layout(), blocks, (), {})


def _figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, extractor: FakeExtractor, *blocks: Text | Table
) -> Figures:
    monkeypatch.setattr(measuring, "OURS", extractor)
    (figures,) = measure([_manual(*blocks)], ["md"], tmp_path)
    return figures


def test_lost_words_words_too_many_and_their_order_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    figures = _figures(monkeypatch, tmp_path, FakeExtractor("two one three page 7"), Text("One two three four"))
    assert (figures.recall, figures.precision, figures.order) == (3 / 4, 3 / 5, 2 / 4)


def test_a_cell_counts_in_its_row_and_under_its_column_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = Table("", ("Code", "Cause"), (("E1", "Low oil"), ("E2", "Hot")))
    rows = (Row(("Code", "Cause"), ("E1", "low  OIL")), Row(("Code", "Remedy"), ("E2", "Hot")))
    figures = _figures(monkeypatch, tmp_path, FakeExtractor("", *rows), table)
    assert figures.cells == 3 / 4
    assert [lost.cells for lost in figures.lost] == [("E2", "Hot")]


def test_cells_without_names_of_columns_count_wherever_they_stand(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    extractor = FakeExtractor("", Row(("a", "b"), ("Flow", "40 m3/h")))
    assert _figures(monkeypatch, tmp_path, extractor, Table("", (), (("Flow", "40 m3/h"),))).cells == 1


def test_labels_begin_with_roman_ones_where_a_cover_is() -> None:
    assert truth_of(_manual()).labels(4) == ["i", "ii", "1", "2"]


@pytest.mark.parametrize("layout", ["pdf", "pdf-columns-unruled", "docx"])
def test_our_readers_keep_words_tables_pages_and_labels(layout: str, tmp_path: Path) -> None:
    ours = measure(list(manuals(1, 3)), [layout], tmp_path)[0]
    assert missed([ours], []) == []
    assert ours.recall > 0.99


def test_a_missed_goal_is_said_with_its_reason() -> None:
    poor = Figures("md", "ours", 1, 1, 0.5, 1, 1, None, None, None, 0.1, ())
    other = Figures("pdf", "pypdf", 1, 1, 0.1, 0.1, 0.1, None, 0.0, 1, 0.1, ())
    rules = Yield("rules", 1, 1, 10, 5, {"duplicate": 5}, 0, 0.1)
    assert [line.partition(":")[0] for line in missed([poor, other], [rules])] == [
        "MISSED recall of md",
        "MISSED accepted_share of rules",
    ]


def test_the_command_prints_writes_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "extraction.json"
    code = main(["eval", "extraction", "--limit", "1", "--layout", "md", "--out", str(out), "--check", "--json"])
    printed = capsys.readouterr()
    assert code == ExitCode.ANSWERED, printed.err
    report = json.loads(printed.out)
    assert report == json.loads(out.read_text(encoding="utf-8"))
    page = (
        (ROOT / "docs" / "json.md")
        .read_text(encoding="utf-8")
        .partition("## `eval extraction`")[2]
        .partition("\n## ")[0]
    )
    keys = set(re.findall(r"`([a-z_]+)`", page))
    assert {*report, *report["makers"][0], *report["extractors"][0]} | {*Lost.__struct_fields__} == keys
    assert report["makers"][0]["accepted"] > 0


@pytest.mark.parametrize(
    ("words", "said"), [(["--layout", "pfd"], "pdf"), (["--model", "none:"], "no model that writes")]
)
def test_a_wrong_option_is_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["eval", "extraction", "--limit", "1", *(["--layout", "md"] if "--model" in words else []), *words])
    assert code == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_layouts_are_all_formats() -> None:
    assert {str(form) for form, _ in LAYOUTS.values()} == {"pdf", "docx", "html", "md"}
