"""From pages of lines and tables to blocks: headings, paragraphs, procedures, warnings, tables.

Running headers and footers are found by repetition at one height, not by margins, and dropped. A page's label is
what the file declares (`/PageLabels`), else what is printed in its footer, else its own number; never what a
neighbour suggests. A heading is in the outline, or set apart by its type and numbered or large. A table that goes
on over a page takes its header along.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ingestion.manuals.contract import Heading, Manual, Page, Prose, Table
from ingestion.manuals.layout import (
    BROKEN,
    CONTENTS,
    MAX_HEADING,
    NUMBERED,
    SIGNAL,
    STEP,
    is_caption,
    kind_of,
    level_of,
    table_of,
    tidy,
    with_its_end,
    with_warnings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingestion.manuals.contract import Block
    from ingestion.manuals.readers.pdf_page import Grid, Line, RawPage, Region

_REPEATS = 3  # a line at one height of this many pages and of a fifth of them, is a running one
_SHARE = 0.2
_EDGE_LINES = 3  # looked at from the top and from the bottom
_GAP = 0.6  # of the line height: a wider gap between lines begins a new block
_SAME_SIZE = 0.6  # points
_HEADING_LINES = 3
_SAME_WIDTH = 3.0  # points: of the parts of a table that goes on
_NUMERAL = r"\d{1,4}(?:-\d{1,4})?|[ivxlc]{1,7}"
_LABEL = re.compile(rf"\W*({_NUMERAL})\W*", re.IGNORECASE)


class Facts(NamedTuple):
    """What a PDF declares: its title, page labels (none where it has none), titles of the outline by page number."""

    title: str
    labels: tuple[str, ...]
    outline: dict[int, tuple[str, ...]]


def manual_of(pages: Sequence[RawPage], facts: Facts) -> Manual:
    """Makes the manual of all its pages."""
    running = _running(pages, facts)
    sizes = Counter(line.size for page in pages for line in page.lines for _ in line.text)
    maker = _Blocks(sizes.most_common(1)[0][0] if sizes else 0.0, facts.outline, running)
    finished = []
    printed = _printed_labels(pages, running)
    for page in pages:
        declared = page.number <= len(facts.labels)
        label = facts.labels[page.number - 1] if declared else printed.get(page.number, "")
        finished.append(Page(page.number, label or str(page.number), with_warnings(maker.page(page))))
    furniture = dict.fromkeys(line.text for page in pages for line in page.lines if _shape(line) in running)
    return Manual(
        title=facts.title,
        pages=tuple(finished),
        labels="file" if facts.labels else "printed" if printed else "none",
        notes=_notes(pages),
        furniture="\n".join(list(furniture)[:50]),
        columns=sum(len(page.regions) > 2 or _beside(page) for page in pages),
    )


def _beside(page: RawPage) -> bool:
    """Says whether a region of a page begins above the end of the one before: beside it."""
    tops = [min((line.top for line in region.lines), default=0.0) for region in page.regions]
    ends = [max((line.bottom for line in region.lines), default=0.0) for region in page.regions]
    return any(top < end for top, end in zip(tops[1:], ends, strict=False))


def _notes(pages: Sequence[RawPage]) -> tuple[str, ...]:
    notes = []
    if pictures := sum(page.pictures for page in pages):
        notes.append(f"{pictures} pictures are not read.")
    if unreadable := [str(page.number) for page in pages if page.unreadable]:
        notes.append(
            f"The letters of page {', '.join(unreadable[:12])} have no meaning in the file; they are not read."
        )
    return tuple(notes)


def _printed_labels(pages: Sequence[RawPage], running: set[tuple[str, int]]) -> dict[int, str]:
    """Returns the labels that running lines tell, by page: the numeral in them that is another one on every page.

    Where several are, that which grows as the pages do comes first: the number of a page, not of its chapter.
    """
    found: defaultdict[tuple[tuple[str, int], int], dict[int, str]] = defaultdict(dict)
    for page in pages:
        for line in page.lines:
            if (shape := _shape(line)) in running:
                for place, word in enumerate(line.text.split()):
                    if numeral := _LABEL.fullmatch(word):
                        found[shape, place][page.number] = numeral[1]
    changing = [labels for labels in found.values() if len(labels) > 1 and len(set(labels.values())) == len(labels)]
    told: dict[int, str] = {}
    for labels in sorted(changing, key=_in_step):
        told |= labels
    return told


def _in_step(labels: dict[int, str]) -> int:
    """Returns on how many pages a numeral is as far ahead of the page's own number as on the others."""
    ahead = Counter(int(label.rpartition("-")[2]) - page for page, label in labels.items() if label[-1].isdigit())
    return max(ahead.values(), default=0)


def _running(pages: Sequence[RawPage], facts: Facts) -> set[tuple[str, int]]:
    """Returns the shapes of lines that stand at one height of many pages, near the top or the bottom.

    Fewer pages are enough for the outermost lines: three with the very same words, as the title of a chapter has; two
    with words of the manual's title, or with the page's own label.
    """
    near: Counter[tuple[str, int]] = Counter()
    outermost: Counter[tuple[str, int, str]] = Counter()
    for page in pages:
        lines = page.lines
        near.update({_shape(line) for line in (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:])})
        label = _label_of(page.number, facts)
        outer = [line for line in (*lines[:1], *lines[-1:]) if not SIGNAL.match(line.text)]
        outermost.update({(*_shape(line), "" if _bears(line.text, label) else line.text.strip()) for line in outer})
    enough = max(_REPEATS, _SHARE * len(pages))
    title = facts.title.casefold()
    few = {
        (shape, top)
        for (shape, top, words), count in outermost.items()
        if count >= _REPEATS or (count > 1 and words.casefold() in title)
    }
    return {shape for shape, count in near.items() if count >= enough} | few


def _label_of(page: int, facts: Facts) -> str:
    return facts.labels[page - 1] if page <= len(facts.labels) else str(page)


def _bears(text: str, label: str) -> bool:
    """Says whether a line begins or ends with a page's label."""
    words = text.split()
    return bool(words) and label in {words[0], words[-1]}


def _shape(line: Line) -> tuple[str, int]:
    """Returns what is the same in a running line on all pages: its words without numbers, and its height."""
    words = re.sub(rf"\b(?:{_NUMERAL})\b", "#", line.text.strip(), flags=re.IGNORECASE)
    return words, round(line.top)


class _Last(NamedTuple):
    """What a table that goes on over a page takes along."""

    caption: str
    header: tuple[str, ...]
    width: float


class _Blocks:
    """Goes through the pages, keeping the last table and a caption until its table comes."""

    def __init__(self, body: float, outline: dict[int, tuple[str, ...]], running: set[tuple[str, int]]) -> None:
        self._body = body
        self._outline = outline
        self._running = running
        self._table: _Last | None = None
        self._caption = ""

    def page(self, page: RawPage) -> list[Block]:
        """Returns the blocks of one page; what goes on from one column to the next is one."""
        blocks: list[Block] = []
        for region in page.regions:
            found = list(self._region(region, page.number))
            while blocks and found and (whole := with_its_end(blocks[-1], found[0])):
                blocks[-1:] = [whole]
                del found[0]
            blocks += found
        return blocks

    def _region(self, region: Region, page: int) -> Iterator[Block]:
        pieces = list(self._in_order(region))
        for number, piece in enumerate(pieces, 1):
            if isinstance(piece, list):
                yield from self._prose(piece, page, before_table=number < len(pieces))
            else:
                yield from self._grid(piece)

    def _in_order(self, region: Region) -> Iterator[list[Line] | Grid]:
        """Yields runs of lines and tables as they follow one another down the region."""
        lines = [line for line in region.lines if _shape(line) not in self._running]
        for grid in region.grids:
            above = [line for line in lines if line.top < grid.top]
            if above:
                yield above
            lines = lines[len(above) :]
            yield grid
        if lines:
            yield lines

    def _prose(self, lines: Sequence[Line], page: int, *, before_table: bool) -> Iterator[Block]:
        """Yields the blocks of lines; a caption right above a table goes with its rows."""
        blocks = list(self._apart(lines, page))
        for number, block in enumerate(blocks, 1):
            text = _joined(block)
            if self._is_heading(block[0], page):
                self._table = None
                yield Heading(text, level_of(text))
            elif before_table and number == len(blocks) and is_caption(text):
                self._caption = text
            else:
                self._table = None
                yield Prose(text, kind_of(text))

    def _apart(self, lines: Sequence[Line], page: int) -> Iterator[list[Line]]:
        """Yields runs of lines that belong together: headings alone, steps of a procedure as one."""
        block: list[Line] = []
        for line in lines:
            if block and self._parts(block, line, page):
                yield block
                block = []
            block.append(line)
        if block:
            yield block

    def _parts(self, block: Sequence[Line], line: Line, page: int) -> bool:
        """Says whether a line does not go on with the block before it."""
        last = block[-1]
        if not self._is_heading(last, page):
            return self._is_heading(line, page) or _begins(block, line)
        alike = abs(line.size - last.size) < _SAME_SIZE and line.bold == last.bold and line.size > self._body + 1
        close = 0 <= line.top - last.bottom + 1 < _GAP * (last.bottom - last.top)
        return not alike or not close or bool(NUMBERED.match(line.text)) or len(block) == _HEADING_LINES

    def _is_heading(self, line: Line, page: int) -> bool:
        """Says whether a line is a heading: in the outline, or numbered or large and set apart by its type."""
        text = line.text.strip()
        if len(text) > MAX_HEADING or CONTENTS.search(text) or SIGNAL.match(text):
            return False
        if any(_same(text, title) for title in self._outline.get(page, ())):
            return True
        large = line.size > self._body + 1
        if text.endswith((".", ";", ":")) or (text.endswith(",") and not large):
            return False
        return large or bool(NUMBERED.match(text) and (line.bold or line.size > self._body + 0.4))

    def _grid(self, grid: Grid) -> Iterator[Block]:
        """Yields the table of a grid, with the header of the one that it goes on from; text where it is only a box."""
        caption, self._caption = self._caption, ""
        block = self._continued(grid, caption) or table_of(grid.rows, caption, headed=grid.headed)
        if isinstance(block, Table):
            self._table = _Last(block.caption, block.header, grid.right - grid.left)
        elif caption:
            yield Prose(caption, kind_of(caption))
        if block is not None:
            yield block

    def _continued(self, grid: Grid, caption: str) -> Table | None:
        """Returns a grid as the rest of the last table, if nothing parts them and their columns are the same."""
        last = self._table
        if (
            last is None
            or not last.header
            or len(last.header) != len(grid.rows[0])
            or caption not in {"", last.caption}
        ):
            return None
        if abs(last.width - (grid.right - grid.left)) > _SAME_WIDTH:
            return None
        rows = tuple(tuple(None if cell is None else tidy(cell) for cell in row) for row in grid.rows)
        if rows[0] == last.header:
            return Table(rows[1:], last.header, last.caption) if len(rows) > 1 else None
        return None if grid.headed else Table(rows, last.header, last.caption)


def _begins(block: Sequence[Line], line: Line) -> bool:
    """Says whether a line begins a new block after these: a wide gap, another size, or steps that begin or end."""
    last = block[-1]
    if SIGNAL.match(line.text):
        return True
    gap = line.top - last.bottom
    wide = gap > _GAP * (last.bottom - last.top) or gap < -2 or abs(line.size - last.size) > _SAME_SIZE
    step, in_steps = bool(STEP.match(line.text)), bool(STEP.match(block[0].text))
    if step:
        return not in_steps
    return wide


def _joined(block: Sequence[Line]) -> str:
    """Returns the text of lines: steps on lines of their own, words broken at a line's end left so."""
    text = block[0].text.strip()
    for line in block[1:]:
        own_line = bool(STEP.match(line.text)) or bool(BROKEN.search(text))
        text += ("\n" if own_line else " ") + line.text.strip()
    return text


def _same(text: str, title: str) -> bool:
    """Says whether a line is a title of the outline, with or without its number."""
    bare = re.sub(r"^[\d.]+\s+", "", text)
    return title.casefold() in {text.casefold(), bare.casefold()} or re.sub(r"^[\d.]+\s+", "", title) == bare
