"""A manual as a Word document."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from docx import Document

from finetuning.corpus.blocks import Heading, NewPage, Notice, Steps, Table, Text

if TYPE_CHECKING:
    from finetuning.corpus.blocks import Block, Manual

_DAY: Final = datetime(2020, 1, 1, tzinfo=UTC)  # the same manual gives the same bytes
_STAMP: Final = (2020, 1, 1, 0, 0, 0)


def to_docx(manual: Manual) -> bytes:
    """Returns a manual's file; headings, lists and tables have Word's own styles."""
    document = Document()
    core = document.core_properties
    core.title, core.author, core.created, core.modified = manual.title, "", _DAY, _DAY
    document.add_heading(manual.title, 0)
    document.add_paragraph(manual.edition)
    for block in manual.blocks:
        _add(document, block)
    written = io.BytesIO()
    document.save(written)
    return _with_one_date(written.getvalue())


def _add(document: Any, block: Block) -> None:
    match block:
        case Heading(level, text):
            document.add_heading(text, level)
        case Text(text):
            document.add_paragraph(text)
        case Steps(items, numbered):
            style = document.styles["List Number" if numbered else "List Bullet"]
            number = _new_list(document, style) if numbered else None
            for item in items:
                properties = document.add_paragraph(item, style)._p.get_or_add_pPr()  # noqa: SLF001 (python-docx has no other way)
                if number is not None:
                    properties.get_or_add_numPr().get_or_add_numId().val = number
        case Notice(word, text):
            paragraph = document.add_paragraph()
            paragraph.add_run(word).bold = True
            paragraph.add_run(f" {text}")
        case Table():
            _add_table(document, block)
        case NewPage():
            document.add_page_break()


def _new_list(document: Any, style: Any) -> int:
    """Returns the number of a new list of a style, which begins at 1: Word goes on counting in the style's own."""
    numbering = document.part.numbering_part.element
    abstract = numbering.num_having_numId(style.element.pPr.numPr.numId.val).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(number.numId)


def _add_table(document: Any, table: Table) -> None:
    if table.caption:
        document.add_paragraph(table.caption, "Caption")
    rows = [table.header, *table.rows] if table.header else list(table.rows)
    grid = document.add_table(len(rows), len(rows[0]), "Table Grid")
    for line, row in zip(grid.rows, rows, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = text


def _with_one_date(archive: bytes) -> bytes:
    """Returns a ZIP archive whose members are all of one day."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as read, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as write:
        for member in read.infolist():
            write.writestr(zipfile.ZipInfo(member.filename, _STAMP), read.read(member), zipfile.ZIP_DEFLATED)
    return written.getvalue()
