"""A PDF is read with its labels, tables and running lines; what is no usable PDF is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdf
import pytest
from pypdf.constants import PageLabelStyle
from reportlab.pdfgen.canvas import Canvas

from ingestion.manuals.contract import Heading, Prose, Table, Watch
from ingestion.manuals.readers import reader_of
from ingestion.manuals.readers.pdf import shown
from plant.errors import BadInput
from tests.unit.manuals.conftest import LABELS

if TYPE_CHECKING:
    from pathlib import Path

    from ingestion.manuals.contract import Block, Manual


def read_pdf(path: Path) -> Manual:
    return reader_of(path).read(path, Watch())


def _blocks(manual: Manual) -> list[Block]:
    return [block for page in manual.pages for block in page.blocks]


def test_labels_are_those_printed_in_the_footer(manual: Path) -> None:
    pdf = read_pdf(manual)
    assert pdf.labels == "printed"
    assert tuple(page.label for page in pdf.pages) == LABELS
    assert [page.number for page in pdf.pages] == [1, 2, 3, 4, 5]


def test_labels_declared_by_the_file_come_first(manual: Path, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=manual)
    writer.set_page_label(0, 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(2, 4, style=PageLabelStyle.DECIMAL, prefix="A-")
    writer.write(tmp_path / "labelled.pdf")
    pdf = read_pdf(tmp_path / "labelled.pdf")
    assert pdf.labels == "file"
    assert [page.label for page in pdf.pages] == ["i", "ii", "A-1", "A-2", "A-3"]


def test_without_any_label_a_page_has_its_number(tmp_path: Path) -> None:
    pdf = read_pdf(_write(tmp_path / "plain.pdf", ["Open the valve.", "Close the valve."]))
    assert pdf.labels == "none"
    assert [page.label for page in pdf.pages] == ["1", "2"]


def test_running_lines_are_dropped_and_others_kept(manual: Path) -> None:
    texts = [block.text for block in _blocks(read_pdf(manual)) if not isinstance(block, Table)]
    assert not any("screw compressor manual" in text or text.startswith("Page ") for text in texts)
    assert "Operation manual." in texts


def test_tables_are_read_by_their_rules(manual: Path) -> None:
    (table,) = (block for block in read_pdf(manual).pages[2].blocks if isinstance(block, Table))
    assert table.header == ("Code", "Meaning", "Remedy")
    assert table.rows[1] == ("F-02", "Low suction pressure", "Replace the inlet filter element")


def test_a_line_that_the_outline_names_is_a_heading(tmp_path: Path) -> None:
    plain = _write(tmp_path / "plain.pdf", ["Starting up", "Open the valve."])
    writer = pypdf.PdfWriter(clone_from=plain)
    parent = writer.add_outline_item(title="Starting up", page_number=0)
    writer.add_outline_item(title="leads nowhere that is there", page_number=1, parent=parent)
    writer.write(tmp_path / "outlined.pdf")
    assert _blocks(read_pdf(tmp_path / "outlined.pdf")) == [Heading("Starting up"), Prose("Open the valve.")]


def test_a_page_without_text_is_kept_as_such(tmp_path: Path) -> None:
    pdf = read_pdf(_write(tmp_path / "gap.pdf", ["Open the valve.", "", "Close the valve."]))
    assert [bool(page.blocks) for page in pdf.pages] == [True, False, True]


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        read_pdf(tmp_path / "nowhere.pdf")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 a spreadsheet", b"\x00" * 5_000])
def test_what_is_not_a_pdf_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "manual.pdf"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="is not a PDF"):
        read_pdf(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_pdf_cut_short_is_said(manual: Path, tmp_path: Path, share: float) -> None:
    path = tmp_path / "cut.pdf"
    content = manual.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadInput, match="cut short"):
        read_pdf(path)


def test_a_damaged_pdf_is_said(manual: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.pdf"
    content = manual.read_bytes()
    path.write_bytes(content[:200] + b"\xff" * (len(content) - 400) + content[-200:])
    with pytest.raises(BadInput, match=r"damaged|no pages|no text"):
        read_pdf(path)


def test_an_encrypted_pdf_is_said(manual: Path, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=manual)
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(BadInput, match="is encrypted"):
        read_pdf(tmp_path / "locked.pdf")


def test_a_pdf_that_only_restricts_printing_is_read(manual: Path, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=manual)
    writer.encrypt("", owner_password="owner", algorithm="AES-256")
    writer.write(tmp_path / "restricted.pdf")
    assert len(read_pdf(tmp_path / "restricted.pdf").pages) == 5


def test_a_pdf_without_pages_is_said(tmp_path: Path) -> None:
    pypdf.PdfWriter().write(tmp_path / "empty.pdf")
    with pytest.raises(BadInput, match="no pages"):
        read_pdf(tmp_path / "empty.pdf")


def test_a_scanned_pdf_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no text layer"):
        read_pdf(_write(tmp_path / "scan.pdf", ["", ""]))


def _write(path: Path, pages: list[str]) -> Path:
    canvas = Canvas(str(path))
    for text in pages:
        canvas.rect(100, 100, 200, 200)  # something is drawn on every page
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return path


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("d\u00b4emarrage", "d\u00e9marrage"),
        ("E\u00b4tudier", "\u00c9tudier"),
        ("gr\u02c6ace \u02c6etre", "gr\u00e2ce \u00eatre"),
        ("J\u00a8org", "J\u00f6rg"),
        ("5 \u00b4 6", "5 \u00b4 6"),
        ("P\u00ad101", "P-101"),
        ("(cid:127)", "\u2022"),
    ],
)
def test_letters_are_read_as_they_are_seen(text: str, seen: str) -> None:
    assert shown(text) == seen
