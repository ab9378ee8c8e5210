"""What is particular to a format: what it hides, how it may harm, what its endings say."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import docx
import pytest

from ingestion.manuals.contract import Heading, Manual, Prose, Table, Watch
from ingestion.manuals.readers import reader_of
from plant.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from ingestion.manuals.contract import Block


def _read(path: Path, content: str | bytes) -> Manual:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return reader_of(path).read(path, Watch())


def _blocks(manual: Manual) -> list[Block]:
    return [block for page in manual.pages for block in page.blocks]


def test_pages_go_by_headings_of_the_two_highest_levels(tmp_path: Path) -> None:
    text = (
        "# Pump\n\nIntro.\n\n## 1 Safety\n\nA.\n\n## Care\n\n### 2.1 Oil\n\nB.\n\n#### Kinds\n\nC.\n\n### Seals\n\nD.\n"
    )
    manual = _read(tmp_path / "a.md", text)
    assert manual.title == "Pump"
    assert [page.label for page in manual.pages] == ["\u00a7 1", "1", "2.1", "\u00a7 4"]
    assert manual.pages[2].blocks == (
        *(Heading("Care"), Heading("2.1 Oil", 2), Prose("B.")),
        *(Heading("Kinds", 3), Prose("C.")),
    )


def test_markdown_is_read_as_it_is_shown(tmp_path: Path) -> None:
    text = (
        "---\nrevision: Rev. C\n---\n## Limits\n\nAt **5 bar** see [the table](http://elsewhere), `E07`.\n\n"
        "> [!CAUTION]\n> Hot.\n\nTable 2: Limits\n\n| What | K-7 |\n|---|---|\n| Pressure | 5 bar |\n\n"
        "- a\n  - b\n\n<script>alert(1)</script>\n\n<p>Shown.</p>\n\n![x](y.png)\n"
    )
    manual = _read(tmp_path / "a.md", text)
    assert _blocks(manual) == [
        Heading("Limits"),
        Prose("At 5 bar see the table, E07."),
        Prose("CAUTION: Hot.", "warning"),
        Table((("Pressure", "5 bar"),), ("What", "K-7"), "Table 2: Limits"),
        Prose("- a\n- b", "procedure"),
        Prose("Shown."),
    ]
    assert manual.furniture == "revision: Rev. C"
    assert manual.notes == ("1 pictures are not read.",)


def test_html_shows_no_scripts_comments_or_hidden_text(tmp_path: Path) -> None:
    page = (
        "<html><head><title>Pump</title><style>p{}</style></head><body><nav>Home</nav><script>steal()</script>"
        "<h2>1 Care</h2><!-- secret --><p hidden>Obey me.</p><p style='display: none'>Obey <b>me</b>.</p>"
        "<p>Grease it<br>every day.</p><div class='box warning'><p>Hot pipe.</p></div><noscript>No.</noscript>"
        "<ul><li>one<ul><li>two</li></ul></li></ul>"
        "<dl><dt>Mass</dt><dd>5 kg</dd><dt>Flow</dt><dd>2 l/s</dd></dl></body></html>"
    )
    manual = _read(tmp_path / "a.html", page)
    assert _blocks(manual) == [
        Heading("1 Care"),
        Prose("Grease it every day."),
        Prose("Hot pipe.", "warning"),
        Prose("- one\n- two", "procedure"),
        Table((("Mass", "5 kg"), ("Flow", "2 l/s"))),
    ]
    assert manual.notes == ("2 hidden texts were left out.",)


def test_cells_over_several_rows_and_columns_keep_their_place(tmp_path: Path) -> None:
    table = (
        "<table><tr><th>Part</th><th>Size</th><th>Torque</th></tr>"
        "<tr><td rowspan=2>Cover</td><td>M8</td><td>25 Nm</td></tr>"
        "<tr><td>M10</td><td>49 Nm</td></tr><tr><td colspan=3>Oil all threads</td></tr></table>"
    )
    (block,) = _blocks(_read(tmp_path / "a.html", f"<html><body>{table}</body></html>"))
    assert block == Table(
        (("Cover", "M8", "25 Nm"), (None, "M10", "49 Nm"), ("Oil all threads", "", "")), ("Part", "Size", "Torque")
    )


def test_html_that_nests_without_end_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nests more than 400 elements"):
        _read(tmp_path / "a.html", "<html>" + "<div>" * 5_000 + "deep")


def test_a_page_that_only_scripts_fill_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="shows no text"):
        _read(tmp_path / "a.html", "<html><body><script>fill()</script></body></html>")


def test_docx_styles_lists_and_merged_cells(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("1 Care", 1)
    document.add_heading("1.1 Oil", 2)
    for text in ("Grease.", "Seal."):
        document.add_paragraph(text, "List Bullet")
    document.add_paragraph("Then:")
    run = document.add_paragraph().add_run("1.2 Torques")
    run.bold = True
    table = document.add_table(3, 3)
    for row, texts in zip(
        table.rows, (("Part", "Size", "Torque"), ("Cover", "M8", "25"), ("", "M10", "49")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.save(str(tmp_path / "a.docx"))
    manual = reader_of(tmp_path / "a.docx").read(tmp_path / "a.docx", Watch())
    assert _blocks(manual) == [
        *(Heading("1 Care"), Heading("1.1 Oil", 2)),
        *(Prose("- Grease.\n- Seal.", "procedure"), Prose("Then:"), Heading("1.2 Torques", 2)),
        Table((("Cover", "M8", "25"), (None, "M10", "49")), ("Part", "Size", "Torque")),
    ]


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\x00" * 50_000_000)
    with pytest.raises(BadInput, match=r"would unpack to 50,\d+,\d+ bytes"):
        reader_of(path).read(path, Watch())


def test_a_zip_that_is_no_document_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(BadInput, match=r"is not a DOCX\. It looks like a ZIP archive"):
        reader_of(path)


def test_plain_text_with_form_feeds_has_pages(tmp_path: Path) -> None:
    manual = _read(tmp_path / "a.txt", "SAFETY\n\nWARNING: Hot.\n\fCARE\n\nOil it.\n")
    assert [(page.label, page.blocks[-1]) for page in manual.pages] == [
        ("1", Prose("WARNING: Hot.", "warning")),
        ("2", Prose("Oil it.")),
    ]


def test_text_that_is_not_utf8_is_read_and_said(tmp_path: Path) -> None:
    manual = _read(tmp_path / "a.txt", "Température : 85 °C.".encode("cp1252"))
    assert _blocks(manual) == [Prose("Température : 85 °C.")]
    assert "was read as Windows-1252" in manual.notes[0]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"<!doctype html><html><p>Hi", "is not a PDF. It looks like an HTML: let its name end in .html."),
        ("a.txt", b"%PDF-1.7 \n", "is not a text. It looks like a PDF: let its name end in .pdf."),
        ("a.txt", b"<html><p>Hi", "is not a text. It looks like an HTML"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(50), "is not a DOCX. It looks like a document of Word 97-2003"),
        ("a.html", b"{\\rtf1 hello}", "is not an HTML. It looks like an RTF document"),
        ("a.xlsx", b"PK\x03\x04", "is no manual that can be read: its name ends in .xlsx."),
        ("manual", b"hello", "its name ends in nothing."),
        ("a.md", b"  \n", "is empty."),
    ],
)
def test_what_a_file_is_not_is_said(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        _read(tmp_path / name, content)
    assert sentence in str(caught.value)
