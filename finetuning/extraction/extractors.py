"""What takes text from a file: our readers, and the two libraries below them as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from finetuning.extraction.layouts import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ingestion.manuals.contract import Block, Page


class Extracted(msgspec.Struct, frozen=True):
    """What was taken from a file.

    Attributes:
        pages: The text of each page.
        labels: The label of each page; None where the extractor knows no labels.
        rows: Rows of tables; None where it knows no tables.
    """

    pages: tuple[str, ...]
    labels: tuple[str, ...] | None = None
    rows: tuple[Row, ...] | None = None


class Extractor(Protocol):
    """Takes text from files."""

    name: str

    def read(self, path: Path) -> Extracted:
        """Returns what stands in a file."""


class Ours:
    """The readers of `ingestion.manuals`; contents and cover are left out, as passages leave them out."""

    name = "ours"

    def read(self, path: Path) -> Extracted:
        """Returns what our reader of the file's format makes of it. Raises `BadInput` as the reader does."""
        from ingestion.manuals.contract import Table, Watch
        from ingestion.manuals.hyphens import with_whole_words
        from ingestion.manuals.imprint import imprint_of
        from ingestion.manuals.passages import filled
        from ingestion.manuals.readers import reader_of

        manual = reader_of(path).read(path, Watch())
        imprint = imprint_of(manual)
        pages = with_whole_words(manual).pages
        tables = [block for page in pages for block in page.blocks if isinstance(block, Table)]
        return Extracted(
            tuple("\n".join(_shown(page, imprint)) for page in pages),
            tuple(page.label for page in pages) if path.suffix == ".pdf" else None,
            tuple(Row(table.header or ("",) * len(row), tuple(row)) for table in tables for row in filled(table.rows)),
        )


def _shown(page: Page, imprint: frozenset[tuple[int, str]]) -> Iterator[str]:
    from ingestion.manuals.layout import CONTENTS

    for block in page.blocks:
        for text in _texts(block):
            if not CONTENTS.search(text) and (page.number, text) not in imprint:
                yield text


def _texts(block: Block) -> list[str]:
    from ingestion.manuals.contract import Table

    if isinstance(block, Table):
        return [block.caption, *block.header, *(cell or "" for row in block.rows for cell in row)]
    return [block.text]


class PlainPypdf:
    """pypdf's `extract_text`, page by page."""

    name = "pypdf"

    def read(self, path: Path) -> Extracted:
        """Returns the text of a PDF."""
        import pypdf

        with pypdf.PdfReader(path) as reader:
            return Extracted(tuple(page.extract_text() for page in reader.pages), tuple(reader.page_labels))


class PlainPdfplumber:
    """pdfplumber's `extract_text` and `extract_tables`, page by page; a table's first row names its columns."""

    name = "pdfplumber"

    def read(self, path: Path) -> Extracted:
        """Returns text and tables of a PDF."""
        import pdfplumber

        with pdfplumber.open(path) as document:
            pages = tuple(page.extract_text() for page in document.pages)
            rows = [row for page in document.pages for table in page.extract_tables() for row in _under_first(table)]
        return Extracted(pages, None, tuple(rows))


def _under_first(table: Sequence[Sequence[str | None]]) -> Iterator[Row]:
    columns = tuple(cell or "" for cell in table[0])
    for row in table:
        yield Row(columns, tuple(cell or "" for cell in row))


OURS: Final = Ours()
PDF: Final[tuple[Extractor, ...]] = (OURS, PlainPypdf(), PlainPdfplumber())
"""Those for PDF; other formats are read by ours alone."""
