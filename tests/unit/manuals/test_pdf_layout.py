"""Columns are read one after the other, tables without rulings as tables; a long reading goes on where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Spacer, Table

from ingestion.manuals.contract import Heading, Prose, Watch
from ingestion.manuals.contract import Table as Grid
from ingestion.manuals.readers.pdf import PdfReader
from ingestion.manuals.readers.pdf_blocks import Facts, manual_of
from ingestion.manuals.readers.pdf_page import Line, RawPage, Region
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingestion.manuals.contract import Block, Manual

_STYLES = getSampleStyleSheet()
_PROSE = (
    "The impeller is keyed to the shaft and sealed by a ring that has to be replaced when the gap exceeds its limit. "
)


def _text(text: str, style: str = "BodyText") -> Paragraph:
    return Paragraph(text, _STYLES[style])


def _read(path: Path) -> Manual:
    return PdfReader().read(path, Watch())


def _blocks(manual: Manual) -> list[Block]:
    return [block for page in manual.pages for block in page.blocks]


def _two_columns(path: Path, story: list) -> Path:
    width, height = A4
    frames = [Frame(x, 60, (width - 120) / 2, height - 120) for x in (54, 66 + (width - 120) / 2)]
    document = BaseDocTemplate(str(path), pagesize=A4)
    document.addPageTemplates([PageTemplate(frames=frames)])
    document.build(story)
    return path


def test_two_columns_are_read_column_by_column(tmp_path: Path) -> None:
    story = [_text(f"Paragraph {number} begins. {_PROSE * 3}Paragraph {number} ends.") for number in range(1, 13)]
    manual = _read(_two_columns(tmp_path / "a.pdf", story))
    texts = [block.text for block in _blocks(manual) if isinstance(block, Prose)]
    begins = [int(text.split()[1]) for text in texts if text.startswith("Paragraph")]
    assert begins == list(range(1, 13))
    assert manual.columns == len(manual.pages) >= 1
    assert all(f"Paragraph {number} ends." in text for number, text in zip(begins, texts, strict=False))


def test_columns_of_short_lines_and_tables_are_columns_too(tmp_path: Path) -> None:
    story = []
    for number in range(1, 9):
        story += [_text(f"{number} Part", "Heading2"), *(_text(f"{step}. Do it.") for step in range(1, number + 2))]
        story += [Spacer(1, number), Table([("Code", "Meaning", "Action"), *[("E1", "low", "wait")] * 3])]
    manual = _read(_two_columns(tmp_path / "a.pdf", story))
    assert [block.text for block in _blocks(manual) if isinstance(block, Heading)] == [f"{n} Part" for n in range(1, 9)]
    tables = [block for block in _blocks(manual) if isinstance(block, Grid)]
    assert {table.header for table in tables} == {("Code", "Meaning", "Action")}


def _columns(path: Path, rows: Sequence[tuple[float, Sequence[str]]], lefts: Sequence[float] = (72, 150, 330)) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(72, 760, "The table below lists the faults that the controller shows on its display at any time.")
    for height, cells in rows:
        for left, cell in zip(lefts, cells, strict=False):
            canvas.drawString(left, height, cell)
    canvas.drawString(72, 500, "After the table comes text again, which goes over the whole width of the page.")
    canvas.save()
    return path


def test_a_table_without_rulings_is_read_with_its_wrapped_cells(tmp_path: Path) -> None:
    rows = [
        (730, ("Code", "Meaning", "Remedy")),
        (710, ("E07", "Low flow", "Clean the strainer and look whether")),
        (698, ("", "", "the valve is open.")),
        (678, ("E08", "Bearing too hot", "Grease it.")),
        (658, ("E09", "Vibration", "Align the coupling.")),
    ]
    before, table, after = _blocks(_read(_columns(tmp_path / "a.pdf", rows)))
    assert isinstance(before, Prose)
    assert isinstance(after, Prose)
    assert table == Grid(
        (
            ("E07", "Low flow", "Clean the strainer and look whether the valve is open."),
            ("E08", "Bearing too hot", "Grease it."),
            ("E09", "Vibration", "Align the coupling."),
        ),
        ("Code", "Meaning", "Remedy"),
    )


def test_numbers_of_steps_are_no_column(tmp_path: Path) -> None:
    steps = [(730 - 14 * n, (f"{n}.", "Stop the pump and wait.")) for n in range(1, 6)]
    blocks = _blocks(_read(_columns(tmp_path / "a.pdf", steps, lefts=(72, 100))))
    assert not any(isinstance(block, Grid) for block in blocks)
    assert any(isinstance(block, Prose) and block.kind == "procedure" for block in blocks)


class _Keeping(Watch):
    """Keeps pages as the store does, and can end a reading in the middle."""

    def __init__(self, end_at: int = -1) -> None:
        self.pages: list[tuple[int, bytes]] = []
        self.steps: list[int] = []
        self._end_at = end_at

    def kept(self) -> Sequence[tuple[int, bytes]]:
        return tuple(self.pages)

    def keep(self, pages: Sequence[tuple[int, bytes]]) -> None:
        self.pages += pages

    def step(self, done: int, total: int) -> None:
        self.steps.append(done)
        if done == self._end_at:
            raise OSError("the machine stops")


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "long.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for number in range(1, 131):
        canvas.drawString(72, 800, "K-7 manual")
        canvas.drawString(72, 700, f"Step {number}: turn the wheel by {number} degrees.")
        canvas.drawCentredString(297, 30, f"{number}")
        canvas.showPage()
    canvas.save()
    return path


def test_a_reading_that_was_ended_goes_on_and_gives_the_same(long_file: Path) -> None:
    watch = _Keeping(end_at=110)
    with pytest.raises(BadInput, match="cannot be read"):
        PdfReader().read(long_file, watch)
    assert [number for number, _ in watch.pages] == list(range(1, 101))
    again = _Keeping()
    again.pages = watch.pages
    manual = PdfReader().read(long_file, again)
    assert again.steps[:2] == [100, 101]
    assert manual == _read(long_file)
    assert (len(manual.pages), manual.pages[129].label, manual.labels) == (130, "130", "printed")


def test_pages_that_were_kept_with_a_gap_are_read_again(long_file: Path) -> None:
    watch = _Keeping()
    PdfReader().read(long_file, watch)
    again = _Keeping()
    again.pages = [*watch.pages[:20], *watch.pages[40:]]
    assert PdfReader().read(long_file, again) == _read(long_file)
    assert again.steps[0] == 20


def test_steps_and_sentences_go_on_in_the_next_column() -> None:
    left = Region(
        (Line("1. Open the drain.", 700, 710, 54, 10, False), Line("2. Close the suc-", 712, 722, 54, 10, False))
    )
    right = Region((Line("tion valve.", 72, 82, 310, 10, False), Line("3. Wait.", 84, 94, 310, 10, False)))
    (page,) = manual_of((RawPage(1, (left, right)),), Facts("", (), {})).pages
    assert page.blocks == (Prose("1. Open the drain.\n2. Close the suc-\ntion valve.\n3. Wait.", "procedure"),)


def test_a_table_after_text_takes_no_header_of_the_one_before(tmp_path: Path) -> None:
    rules = [("GRID", (0, 0), (-1, -1), 0.5, "black")]
    story = [
        Table([("Code", "Cause"), ("E1", "low"), ("E2", "high")], colWidths=[150, 250], style=rules),
        _text("The parts below are kept in stock. Order them by number."),
        Table([("Seal", "4420"), ("Bearing", "4421")], colWidths=[150, 250], style=rules),
    ]
    SimpleDocTemplate(str(tmp_path / "a.pdf")).build(story)
    first, _, second = _blocks(_read(tmp_path / "a.pdf"))
    assert first == Grid((("E1", "low"), ("E2", "high")), ("Code", "Cause"))
    assert second == Grid((("Seal", "4420"), ("Bearing", "4421")))


def test_a_few_words_above_a_table_are_its_caption_and_a_figure_is_none(tmp_path: Path) -> None:
    rules = [("GRID", (0, 0), (-1, -1), 0.5, "black")]
    story = []
    for above in ("Torque values of the MP-25", "Test pressure: 6 bar"):
        story += [
            _text("Text goes before it."),
            _text(above),
            Table([("Seal", "10 Nm"), ("Lid", "20 Nm")], style=rules),
        ]
    SimpleDocTemplate(str(tmp_path / "a.pdf")).build(story)
    blocks = _blocks(_read(tmp_path / "a.pdf"))
    assert [block.caption for block in blocks if isinstance(block, Grid)] == ["Torque values of the MP-25", ""]
    assert "Test pressure: 6 bar" in [block.text for block in blocks if isinstance(block, Prose)]


def test_bullets_of_a_font_that_does_not_name_them_are_bullets(tmp_path: Path) -> None:
    items = [Paragraph(f"Check {what}", _STYLES["BodyText"], "\u2022") for what in ("the oil", "the belt", "the seal")]
    SimpleDocTemplate(str(tmp_path / "a.pdf")).build(items)
    assert _blocks(_read(tmp_path / "a.pdf")) == [
        Prose("\u2022 Check the oil\n\u2022 Check the belt\n\u2022 Check the seal", "procedure")
    ]


def test_running_lines_of_a_short_file_are_found(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    canvas.setTitle("KP-40 manual")
    for number in (1, 2):
        canvas.drawString(72, 800, "KP-40 manual")
        canvas.drawString(72, 700, f"Fault {number} is said here.")
        canvas.drawString(72, 30, f"{number} Issue 02/2014")
        canvas.showPage()
    canvas.save()
    manual = _read(tmp_path / "a.pdf")
    assert _blocks(manual) == [Prose("Fault 1 is said here."), Prose("Fault 2 is said here.")]
    assert "Issue 02/2014" in manual.furniture
    assert [page.label for page in manual.pages] == ["1", "2"]


def test_a_number_that_is_the_same_on_all_pages_is_no_label() -> None:
    pages = []
    for number in (1, 2, 3):
        foot = Line(f"Page {number + 4} of 40, doc. 4334-02", 800, 810, 72, 8, False)
        pages.append(RawPage(number, (Region((Line(f"Text {number}.", 100, 110, 72, 10, False), foot)),)))
    manual = manual_of(pages, Facts("", (), {}))
    assert [page.label for page in manual.pages] == ["5", "6", "7"]


def test_words_of_a_file_without_spaces_are_parted(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A4)
    canvas.setFont("Helvetica", 10)
    left = 72.0
    for word in ("Clean", "the", "filter", "every", "week."):
        canvas.drawString(left, 700, word)
        left += canvas.stringWidth(word) + 2  # points: as TeX sets a tight line
    canvas.save()
    assert _blocks(_read(tmp_path / "a.pdf")) == [Prose("Clean the filter every week.")]
