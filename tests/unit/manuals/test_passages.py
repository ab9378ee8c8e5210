"""Passages are verbatim, lie on one page, and say what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pdfplumber
import pytest

from ingestion.manuals.contract import Heading, Manual, Page, Prose, Table, Watch
from ingestion.manuals.passages import cut
from ingestion.manuals.readers.pdf import PdfReader
from ingestion.manuals.readers.pdf_blocks import Facts, manual_of
from ingestion.manuals.readers.pdf_page import Grid, Line, RawPage, Region
from ingestion.manuals.report import in_words, report_on

if TYPE_CHECKING:
    from pathlib import Path

    from ingestion.manuals.contract import Block
    from plant.store.contract import Passage


def _line(text: str, top: float, *, size: float = 10, bold: bool = False) -> Line:
    return Line(text, top, top + size, 72, size, bold)


def _page(number: int, *lines: Line, grids: tuple[Grid, ...] = ()) -> RawPage:
    return RawPage(number, (Region(lines, grids),) if lines or grids else ())


def _cut(*pages: RawPage) -> list[Passage]:
    return cut(manual_of(pages, Facts("", (), {})), "a.pdf")


def _cut_blocks(*blocks: Block) -> list[Passage]:
    return cut(Manual(title="", pages=(Page(1, "1", blocks),), labels="none"), "a.md")


def _read(path: Path) -> tuple[Manual, list[Passage]]:
    manual = PdfReader().read(path, Watch())
    return manual, cut(manual, path.name)


def test_cover_and_revision_are_no_passages() -> None:
    cover = Page(1, "i", (Heading("KP-40"), Prose("Operating manual"), Prose("Rev. B"), Prose("Mill Pumps Ltd, Leeds")))
    text = Page(
        2, "1", (Prose("Doc. no. 4420-7, rev. C"), Prose("Version 2.1 - 03/2024"), Prose("Version 2 has a fan."))
    )
    manual = Manual(title="KP-40", pages=(cover, text), labels="file")
    assert [passage.text for passage in cut(manual, "a.pdf")] == ["Version 2 has a fan."]


def test_a_first_page_that_tells_something_is_no_cover() -> None:
    first = Page(1, "1", (Heading("KP-40"), Table((("Flow", "40 m3/h"), ("Head", "22 m")))))
    manual = Manual(title="", pages=(first, Page(2, "2", (Prose("Words."),))), labels="none")
    assert len(cut(manual, "a.pdf")) == 3


def test_kinds_and_sections(manual: Path) -> None:
    read, passages = _read(manual)
    report = report_on(read, passages, "PDF")
    found = {(passage.kind, passage.section, passage.page, passage.label) for passage in passages}
    assert ("warning", "1 Safety", 2, "1") in found
    assert ("table", "2 Fault codes", 3, "2") in found
    assert ("table", "2 Fault codes", 4, "3") in found
    assert ("table", "3 Torques", 4, "3") in found
    assert ("procedure", "4 Changing the oil", 5, "4") in found
    assert report.passages == {"paragraph": 2, "procedure": 1, "table": 6, "warning": 1}
    assert (report.pages, report.tables, report.sections, report.labels) == (5, 3, 5, "printed")


def test_a_row_can_be_read_alone(manual: Path) -> None:
    _, passages = _read(manual)
    rows = [passage.text for passage in passages if passage.kind == "table"]
    assert "Code: F-02\nMeaning: Low suction pressure\nRemedy: Replace the inlet filter element" in rows


def test_a_table_that_goes_on_keeps_its_header(manual: Path) -> None:
    _, passages = _read(manual)
    (row,) = [passage for passage in passages if "F-04" in passage.text]
    assert row.text.startswith("Code: F-04\nMeaning: No oil pressure")
    assert row.page == 4


def test_every_word_of_a_passage_stands_on_its_page(manual: Path) -> None:
    _, passages = _read(manual)
    with pdfplumber.open(manual) as document:
        words = [{word["text"] for word in page.extract_words()} for page in document.pages]
    headers = {"Code:", "Meaning:", "Remedy:"}  # repeated on the page where the table goes on
    for passage in passages:
        said = {word for word in passage.text.split() if word not in headers}
        assert {word.rstrip(":") for word in said} <= {word.rstrip(":") for word in words[passage.page - 1]}


def test_steps_stay_together_and_paragraphs_apart() -> None:
    lines = ("Before you begin, read this.", "1. Close V-1.", "2. Open V-2", "slowly.", "Done.")
    tops = (100, 112, 124, 136, 170)
    page = _page(1, *(_line(text, top) for text, top in zip(lines, tops, strict=True)))
    assert [(passage.kind, passage.text) for passage in _cut(page)] == [
        ("paragraph", "Before you begin, read this."),
        ("procedure", "1. Close V-1.\n2. Open V-2 slowly."),
        ("paragraph", "Done."),
    ]


def test_numbered_steps_are_no_headings_and_numbered_headings_are() -> None:
    page = _page(1, _line("3.1 Start", 80, bold=True), _line("1. Press start", 100), _line("2. Wait", 112))
    (passage,) = _cut(page)
    assert (passage.section, passage.kind) == ("3.1 Start", "procedure")


def test_a_broken_word_is_whole() -> None:
    (passage,) = _cut(
        _page(1, _line("Watch the differ-", 100), _line("ential pressure of P-", 112), _line("101.", 124))
    )
    assert passage.text == "Watch the differential pressure of P-101."
    assert "differential" in passage.search
    assert "p-101" in passage.search.split()


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("high-\npressure", "high-pressure"),  # both are words here
        ("re-\nengage", "re-engage"),  # stands so elsewhere
        ("under-\nload", "underload"),  # stands so elsewhere, though both are words
        ("lubri-\ncation", "lubrication"),
        ("10-\n20", "10-20"),
        ("MP-\nB", "MP-B"),
    ],
)
def test_a_hyphen_stays_where_the_manual_shows_that_it_is_one(broken: str, whole: str) -> None:
    told = Prose("The high load and the pressure under it: underload. Let it re-engage.")
    assert _cut_blocks(told, Prose(f"Look at the {broken} now."))[1].text == f"Look at the {whole} now."


def test_a_table_of_contents_is_no_passage() -> None:
    page = _page(1, _line("1 Safety . . . . . . . . . . 3", 100), _line("2 Faults ........ 5", 112))
    assert _cut(page) == []


def test_a_warning_in_a_box_is_a_warning() -> None:
    box = Grid((("WARNING", "Hot surface. Wait 30 minutes."),), 100, 72, 400)
    (passage,) = _cut(_page(1, grids=(box,)))
    assert (passage.kind, passage.text) == ("warning", "WARNING Hot surface. Wait 30 minutes.")


def test_a_merged_cell_is_repeated() -> None:
    grid = Grid((("Part", "Size", "Torque"), ("Cover", "M8", "25 Nm"), (None, "M10", "49 Nm")), 100, 72, 400)
    assert _cut(_page(1, grids=(grid,)))[1].text == "Part: Cover\nSize: M10\nTorque: 49 Nm"


def test_a_table_without_header_is_names_and_values() -> None:
    grid = Grid((("Design flow", "42 m3/h"), ("Weight", "310 kg")), 100, 72, 400)
    assert [passage.text for passage in _cut(_page(1, grids=(grid,)))] == ["Design flow: 42 m3/h", "Weight: 310 kg"]


@pytest.mark.parametrize("text", ["x" * 5_000, "A sentence. " * 500])
def test_long_text_is_cut_and_nothing_is_lost(text: str) -> None:
    passages = _cut(_page(1, _line(text, 100)))
    assert max(len(passage.text) for passage in passages) <= 1_200
    assert "".join("".join(passage.text for passage in passages).split()) == "".join(text.split())


def test_a_cell_that_is_broken_is_whole() -> None:
    table = Table((("E07", "low differ-\nential"), ("E08", "")), ("Code", "Meaning"))
    first, second = _cut_blocks(table)
    assert first.text == "Code: E07\nMeaning: low differential"
    assert "differential" in first.search
    assert second.text == "Code: E08"


def test_headings_of_a_lower_level_end_with_the_next_of_a_higher_one() -> None:
    blocks = (Heading("2 Pumps"), Heading("2.1 Seals", 2), Prose("A."), Heading("3 Tanks"), Prose("B."))
    first, second = _cut_blocks(*blocks)
    assert (first.section, second.section) == ("2.1 Seals", "3 Tanks")
    assert "pump" in first.search
    assert "pump" not in second.search


def test_a_row_that_is_alone_on_the_next_page_keeps_its_header() -> None:
    grid = Grid((("Code", "Meaning", "Action"), ("E1", "low", "wait"), ("E2", "high", "stop")), 700, 72, 400)
    rest = Grid((("E3", "none", "call"),), 72, 72, 400)
    assert _cut(_page(1, grids=(grid,)), _page(2, grids=(rest,)))[-1].text == "Code: E3\nMeaning: none\nAction: call"


def test_pages_without_text_are_reported() -> None:
    manual = manual_of((_page(1, _line("Words.", 100)), _page(2)), Facts("", (), {}))
    report = report_on(manual, cut(manual, "a.pdf"), "PDF")
    assert report.pages_without_text == (2,)
    assert "Nothing could be read on page 2." in in_words(report)
