"""Cuts a manual into passages: paragraphs, procedures, warnings, and one passage for each table row.

A passage lies on one page, so its page is exact. Its text is verbatim: lines are joined by spaces, words
that a line's end broke are made whole where the manual shows what they are. A table row repeats the
header, `Code: E07`, so that it can be read alone. What the index sees is a normalised copy, with the
titles of chapter and section. Lines of the cover and of the revision are no passages: they say which
manual it is, not what stands in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingestion.manuals.contract import TABLE, Heading, Prose, Table
from ingestion.manuals.hyphens import with_whole_words
from ingestion.manuals.imprint import imprint_of
from ingestion.manuals.layout import CONTENTS
from ingestion.manuals.words import searchable
from plant.store.contract import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingestion.manuals.contract import Block, Manual, Page

_MAX_TEXT = 1_200


def cut(manual: Manual, document: str) -> list[Passage]:
    """Cuts a manual into passages of a document, in reading order."""
    cutter = _Cutter(document, imprint_of(manual))
    pages = with_whole_words(manual).pages
    return [passage for page in pages for block in page.blocks for passage in cutter.block(block, page)]


class _Cutter:
    """Goes through the blocks, keeping the headings that they stand under."""

    def __init__(self, document: str, imprint: frozenset[tuple[int, str]]) -> None:
        self._document = document
        self._imprint = imprint
        self._headings: list[Heading] = []

    def block(self, block: Block, page: Page) -> Iterator[Passage]:
        """Yields the passages of a block; a heading has none, and what follows stands under it."""
        if isinstance(block, Heading):
            self._headings = [above for above in self._headings if above.level < block.level] + [block]
        elif isinstance(block, Prose):
            yield from self._prose(block, page)
        else:
            yield from self._rows(block, page)

    def _prose(self, prose: Prose, page: Page) -> Iterator[Passage]:
        if CONTENTS.search(prose.text) or (page.number, prose.text) in self._imprint:
            return  # a table of contents and a cover answer nothing
        for part in _shortened(prose.text):
            yield self._passage(part, prose.kind, page, part)

    def _rows(self, table: Table, page: Page) -> Iterator[Passage]:
        for row in filled(table.rows):
            if any(row):
                text = _row_text(table.header, [" ".join(cell.split()) for cell in row])
                yield self._passage(text, TABLE, page, "\n".join((table.caption, *table.header, *row)))

    def _passage(self, text: str, kind: str, page: Page, indexed: str) -> Passage:
        titles = [self._headings[0].text, self._headings[-1].text] if self._headings else []
        search = searchable("\n".join((*dict.fromkeys(titles), indexed)))
        return Passage(0, self._document, page.number, page.label, titles[-1] if titles else "", kind, text, search)


def _shortened(text: str) -> Iterator[str]:
    """Yields a text whole, or cut at ends of sentences or steps where it is long."""
    while len(text) > _MAX_TEXT:
        ends = [match.end() for match in re.finditer(r"[.;:]\s|\n", text[:_MAX_TEXT])]
        end = ends[-1] if ends else _MAX_TEXT
        yield text[:end].strip()
        text = text[end:]
    if text.strip():
        yield text.strip()


def filled(rows: Sequence[Sequence[str | None]]) -> list[list[str]]:
    """Gives a merged cell the text of the cell above it; a row of one cell across stays as it is."""
    filled: list[list[str]] = []
    for row in rows:
        across = sum(cell is not None for cell in row) <= 1 < len(row)
        above = filled[-1] if filled and not across else []
        filled.append([(above[i] if i < len(above) else "") if cell is None else cell for i, cell in enumerate(row)])
    return filled


def _row_text(header: Sequence[str], row: Sequence[str]) -> str:
    if header and len(header) == len(row):
        return "\n".join(f"{name}: {cell}" if name else cell for name, cell in zip(header, row, strict=True) if cell)
    cells = [cell for cell in row if cell]
    return f"{cells[0]}: {cells[1]}" if len(cells) == 2 else " | ".join(cells)
