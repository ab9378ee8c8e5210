"""Cuts a PDF into passages: paragraphs, procedures, warnings, and one passage for each table row.

A passage lies on one page, so its page is exact. Its text is verbatim: lines are joined by spaces,
a word broken at a line's end stays broken there. A table row repeats the header, `Code: E07`, so
that it can be read alone. What the index sees is a normalised copy, with the titles of chapter and
section.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingestion.manuals.words import searchable
from plant.store.contract import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingestion.manuals.pdf import Grid, Line, Page, Pdf

_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\.\d{1,2}|(?:Appendix|Annexe?|Chapter|Chapitre) \w+)\s+\S")
_STEP = re.compile(r"(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|[-\u2013\u2022\u25aa\u25cf*])\s+\S")
_WARNING = re.compile(r"(?:WARNING|CAUTION|DANGER|AVERTISSEMENT|ATTENTION|MISE EN GARDE)\b", re.IGNORECASE)
_CAPTION = re.compile(r"(?:Table|Tableau)\s+[\w.-]+", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:\.\s?){4,}\s*\S{1,7}\s*$")
_GAP = 0.6  # of the line height: a wider gap between lines begins a new block
_SAME_PLACE = 3.0  # points: edges of a table that goes on
_MAX_HEADING = 90
_MAX_TEXT = 1_200


class Report(msgspec.Struct, frozen=True):
    """What was and was not understood of a manual.

    Attributes:
        pages: How many pages it has.
        pages_without_text: Numbers of pages with nothing on them that can be read.
        labels: Where page labels come from: `file`, `printed` or `none`.
        sections: How many headings were found.
        tables: How many tables.
        passages: How many passages of each kind.
    """

    pages: int
    pages_without_text: tuple[int, ...]
    labels: str
    sections: int
    tables: int
    passages: dict[str, int]


def cut(pdf: Pdf, document: str) -> tuple[list[Passage], Report]:
    """Cuts a PDF into passages of a document, in reading order, and reports on it."""
    cutter = _Cutter(pdf, document)
    passages = [passage for page in pdf.pages for passage in cutter.page(page)]
    report = Report(
        pages=len(pdf.pages),
        pages_without_text=tuple(page.number for page in pdf.pages if not page.lines and not page.grids),
        labels=pdf.labels,
        sections=cutter.sections,
        tables=sum(len(page.grids) for page in pdf.pages),
        passages=dict(sorted(Counter(passage.kind for passage in passages).items())),
    )
    return passages, report


class _Table(NamedTuple):
    """What a table that goes on over a page takes along; header and edges are empty before its first row."""

    caption: str
    header: Sequence[str] = ()
    left: float = 0.0
    right: float = 0.0


class _Cutter:
    """Goes through the pages, keeping chapter, section and the last table."""

    def __init__(self, pdf: Pdf, document: str) -> None:
        self._document = document
        self._outline = pdf.outline
        sizes = Counter(line.size for page in pdf.pages for line in page.lines for _ in line.text)
        self._body = sizes.most_common(1)[0][0] if sizes else 0.0
        self._section = ""
        self._chapter = ""
        self._table: _Table | None = None
        self.sections = 0

    def page(self, page: Page) -> Iterator[Passage]:
        """Yields the passages of one page."""
        pieces = list(_in_order(page))
        for number, piece in enumerate(pieces, 1):
            if isinstance(piece, list):
                yield from self._prose(piece, page, before_table=number < len(pieces))
            else:
                yield from self._rows(piece, page)

    def _prose(self, lines: Sequence[Line], page: Page, *, before_table: bool) -> Iterator[Passage]:
        """Yields the passages of lines; a caption right above a table goes with its rows."""
        blocks = list(self._blocks(lines, page.number))
        for number, block in enumerate(blocks, 1):
            text = _joined(block)
            if self._is_heading(block[0], page.number):
                self._enter(block[0].text.strip())
            elif before_table and number == len(blocks) and _CAPTION.match(text):
                self._table = _Table(text)
            else:
                yield from self._text(text, _kind(block), page)

    def _enter(self, heading: str) -> None:
        """Goes into a section, and into a chapter where its number has no dot."""
        number = heading.split(maxsplit=1)[0].rstrip(".")
        if "." not in number:
            self._chapter = heading
        self._section, self._table = heading, None
        self.sections += 1

    def _blocks(self, lines: Sequence[Line], page: int) -> Iterator[list[Line]]:
        """Yields runs of lines that belong together: headings alone, steps of a procedure as one."""
        block: list[Line] = []
        for line in lines:
            if block and (self._is_heading(line, page) or self._is_heading(block[0], page) or _apart(block, line)):
                yield block
                block = []
            block.append(line)
        if block:
            yield block

    def _is_heading(self, line: Line, page: int) -> bool:
        """Says whether a line is a heading: in the outline, or numbered or large and set apart by its type."""
        text = line.text.strip()
        if len(text) > _MAX_HEADING or _CONTENTS.search(text) or _WARNING.match(text):
            return False
        if any(_same(text, title) for title in self._outline.get(page, ())):
            return True
        if text.endswith((".", ",", ";", ":")):
            return False
        return line.size > self._body + 1 or bool(_NUMBERED.match(text) and (line.bold or line.size > self._body + 0.4))

    def _text(self, text: str, kind: str, page: Page) -> Iterator[Passage]:
        if _CONTENTS.search(text):
            return  # a table of contents answers nothing
        for part in _shortened(text):
            yield self._passage(part, kind, page, part)

    def _rows(self, grid: Grid, page: Page) -> Iterator[Passage]:
        rows = [[" ".join((cell or "").split()) for cell in row] for row in _filled(grid.rows)]
        if len(rows) == 1 or max(map(len, rows)) == 1:
            text = " ".join(cell for row in rows for cell in row if cell)
            yield from self._text(text, "warning" if _WARNING.match(text) else "paragraph", page)
            return
        table = self._table = self._table_of(grid, rows)
        for row in rows[1:] if rows[0] == table.header else rows:
            if any(row):
                text = _row_text(table.header, row)
                yield self._passage(text, "table", page, f"{table.caption}\n{text}")

    def _table_of(self, grid: Grid, rows: list[list[str]]) -> _Table:
        """Returns a table's caption and header: its first row, or those of the table it goes on from."""
        last = self._table or _Table("")
        if _is_header(rows):
            return _Table(last.caption, rows[0], grid.left, grid.right)
        goes_on = abs(last.left - grid.left) < _SAME_PLACE and abs(last.right - grid.right) < _SAME_PLACE
        if goes_on and len(last.header) == len(rows[0]):
            return last
        return _Table("" if last.header else last.caption)

    def _passage(self, text: str, kind: str, page: Page, indexed: str) -> Passage:
        titles = dict.fromkeys((self._chapter, self._section))
        search = searchable("\n".join((*titles, indexed)))
        return Passage(0, self._document, page.number, page.label, self._section, kind, text, search)


def _in_order(page: Page) -> Iterator[list[Line] | Grid]:
    """Yields runs of lines and tables as they follow one another down the page."""
    lines = list(page.lines)
    for grid in sorted(page.grids, key=lambda grid: grid.top):
        above = [line for line in lines if line.top < grid.top]
        if above:
            yield above
        lines = lines[len(above) :]
        yield grid
    if lines:
        yield lines


def _apart(block: Sequence[Line], line: Line) -> bool:
    """Says whether a line begins a new block after these: a wide gap, another size, or steps that begin or end."""
    last = block[-1]
    if _WARNING.match(line.text):
        return True
    gap = line.top - last.bottom
    wide = gap > _GAP * (last.bottom - last.top) or gap < -2 or abs(line.size - last.size) > 0.6
    step, in_steps = bool(_STEP.match(line.text)), bool(_STEP.match(block[0].text))
    if step:
        return not in_steps
    return wide


def _kind(block: Sequence[Line]) -> str:
    if _WARNING.match(block[0].text):
        return "warning"
    return "procedure" if _STEP.match(block[0].text) else "paragraph"


def _joined(block: Sequence[Line]) -> str:
    """Returns the text of lines: steps on lines of their own, words broken at a line's end left so."""
    text = block[0].text.strip()
    for line in block[1:]:
        own_line = bool(_STEP.match(line.text)) or text.endswith("-")
        text += ("\n" if own_line else " ") + line.text.strip()
    return text


def _shortened(text: str) -> Iterator[str]:
    """Yields a text whole, or cut at ends of sentences or steps where it is long."""
    while len(text) > _MAX_TEXT:
        ends = [match.end() for match in re.finditer(r"[.;:]\s|\n", text[:_MAX_TEXT])]
        end = ends[-1] if ends else _MAX_TEXT
        yield text[:end].strip()
        text = text[end:]
    if text.strip():
        yield text.strip()


def _filled(rows: Sequence[Sequence[str | None]]) -> list[list[str]]:
    """Gives a merged cell the text of the cell above it; a row of one cell across stays as it is."""
    filled: list[list[str]] = []
    for row in rows:
        across = sum(cell is not None for cell in row) <= 1 < len(row)
        above = filled[-1] if filled and not across else [""] * len(row)
        filled.append([above[i] if cell is None else cell for i, cell in enumerate(row)])
    return filled


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Says whether the first row names the columns: all filled, short, no digits, none repeated."""
    first = rows[0]
    named = all(0 < len(cell) <= 40 and not any(c.isdigit() for c in cell) for cell in first)
    return named and len(set(first)) == len(first) and (len(first) > 2 or len(rows) > 2)


def _row_text(header: Sequence[str], row: Sequence[str]) -> str:
    if header and len(header) == len(row):
        return "\n".join(f"{name}: {cell}" for name, cell in zip(header, row, strict=True) if cell)
    cells = [cell for cell in row if cell]
    return f"{cells[0]}: {cells[1]}" if len(cells) == 2 else " | ".join(cells)


def _same(text: str, title: str) -> bool:
    """Says whether a line is a title of the outline, with or without its number."""
    bare = re.sub(r"^[\d.]+\s+", "", text)
    return title.casefold() in {text.casefold(), bare.casefold()} or re.sub(r"^[\d.]+\s+", "", title) == bare
