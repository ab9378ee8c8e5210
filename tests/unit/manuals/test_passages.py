"""Passages are verbatim, lie on one page, and say what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pdfplumber
import pytest

from ingestion.manuals.passages import cut
from ingestion.manuals.pdf import Grid, Line, Page, Pdf, read_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from plant.store.contract import Passage


def _line(text: str, top: float, *, size: float = 10, bold: bool = False) -> Line:
    return Line(text, top, top + size, 72, size, bold)


def _cut(*pages: Page) -> list[Passage]:
    return cut(Pdf("", pages, {}, "none"), "a.pdf")[0]


def test_kinds_and_sections(manual: Path) -> None:
    passages, report = cut(read_pdf(manual), "K-7.pdf")
    found = {(passage.kind, passage.section, passage.page, passage.label) for passage in passages}
    assert ("warning", "1 Safety", 2, "1") in found
    assert ("table", "2 Fault codes", 3, "2") in found
    assert ("table", "2 Fault codes", 4, "3") in found
    assert ("table", "3 Torques", 4, "3") in found
    assert ("procedure", "4 Changing the oil", 5, "4") in found
    assert report.passages == {"paragraph": 3, "procedure": 1, "table": 6, "warning": 1}
    assert (report.pages, report.tables, report.sections, report.labels) == (5, 3, 5, "printed")


def test_a_row_can_be_read_alone(manual: Path) -> None:
    passages, _ = cut(read_pdf(manual), "K-7.pdf")
    rows = [passage.text for passage in passages if passage.kind == "table"]
    assert "Code: F-02\nMeaning: Low suction pressure\nRemedy: Replace the inlet filter element" in rows


def test_a_table_that_goes_on_keeps_its_header(manual: Path) -> None:
    passages, _ = cut(read_pdf(manual), "K-7.pdf")
    (row,) = [passage for passage in passages if "F-04" in passage.text]
    assert row.text.startswith("Code: F-04\nMeaning: No oil pressure")
    assert row.page == 4


def test_every_word_of_a_passage_stands_on_its_page(manual: Path) -> None:
    passages, _ = cut(read_pdf(manual), "K-7.pdf")
    with pdfplumber.open(manual) as document:
        words = [{word["text"] for word in page.extract_words()} for page in document.pages]
    headers = {"Code:", "Meaning:", "Remedy:"}  # repeated on the page where the table goes on
    for passage in passages:
        said = {word for word in passage.text.split() if word not in headers}
        assert {word.rstrip(":") for word in said} <= {word.rstrip(":") for word in words[passage.page - 1]}


def test_steps_stay_together_and_paragraphs_apart() -> None:
    lines = ("Before you begin, read this.", "1. Close V-1.", "2. Open V-2", "slowly.", "Done.")
    tops = (100, 112, 124, 136, 170)
    page = Page(1, "1", tuple(_line(text, top) for text, top in zip(lines, tops, strict=True)), ())
    assert [(passage.kind, passage.text) for passage in _cut(page)] == [
        ("paragraph", "Before you begin, read this."),
        ("procedure", "1. Close V-1.\n2. Open V-2 slowly."),
        ("paragraph", "Done."),
    ]


def test_numbered_steps_are_no_headings_and_numbered_headings_are() -> None:
    page = Page(1, "1", (_line("3.1 Start", 80, bold=True), _line("1. Press start", 100), _line("2. Wait", 112)), ())
    (passage,) = _cut(page)
    assert (passage.section, passage.kind) == ("3.1 Start", "procedure")


def test_a_broken_word_stays_broken_in_the_text_and_whole_in_the_index() -> None:
    (passage,) = _cut(
        Page(1, "1", (_line("Watch the differ-", 100), _line("ential pressure of P-", 112), _line("101.", 124)), ())
    )
    assert passage.text == "Watch the differ-\nential pressure of P-\n101."
    assert "differential" in passage.search
    assert "p-101" in passage.search.split()


def test_a_table_of_contents_is_no_passage() -> None:
    page = Page(1, "1", (_line("1 Safety . . . . . . . . . . 3", 100), _line("2 Faults ........ 5", 112)), ())
    assert _cut(page) == []


def test_a_warning_in_a_box_is_a_warning() -> None:
    box = Grid((("WARNING", "Hot surface. Wait 30 minutes."),), 100, 72, 400)
    (passage,) = _cut(Page(1, "1", (), (box,)))
    assert (passage.kind, passage.text) == ("warning", "WARNING Hot surface. Wait 30 minutes.")


def test_a_merged_cell_is_repeated() -> None:
    grid = Grid((("Part", "Size", "Torque"), ("Cover", "M8", "25 Nm"), (None, "M10", "49 Nm")), 100, 72, 400)
    assert _cut(Page(1, "1", (), (grid,)))[1].text == "Part: Cover\nSize: M10\nTorque: 49 Nm"


def test_a_table_without_header_is_names_and_values() -> None:
    grid = Grid((("Design flow", "42 m3/h"), ("Weight", "310 kg")), 100, 72, 400)
    assert [passage.text for passage in _cut(Page(1, "1", (), (grid,)))] == ["Design flow: 42 m3/h", "Weight: 310 kg"]


@pytest.mark.parametrize("text", ["x" * 5_000, "A sentence. " * 500])
def test_long_text_is_cut_and_nothing_is_lost(text: str) -> None:
    passages = _cut(Page(1, "1", (_line(text, 100),), ()))
    assert max(len(passage.text) for passage in passages) <= 1_200
    assert "".join("".join(passage.text for passage in passages).split()) == "".join(text.split())


def test_pages_without_text_are_reported() -> None:
    pages = (Page(1, "1", (_line("Words.", 100),), ()), Page(2, "2", (), ()))
    _, report = cut(Pdf("", pages, {}, "none"), "a.pdf")
    assert report.pages_without_text == (2,)
