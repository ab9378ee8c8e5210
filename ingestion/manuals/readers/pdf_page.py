"""What is on a page of a PDF, in reading order: lines and tables, column by column.

A page is cut where white runs down between two columns of prose (a simple form of the recursive X-Y cut, Nagy and
Seth 1984): what spans the columns, such as a title or a wide table, is read where it stands, and between such spans
the left column before the right one. A wide gap inside a table is no such gutter, since its cells do not fill their
columns.
"""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

import msgspec

_GUTTER = 7.0  # points: white between two columns is at least so wide
_STEP = 3.0  # points between the places where a gutter is looked for
_REACH = 0.25  # of the text's width, from its middle: where a gutter may be
_CENTRAL = 0.08  # of it: the two columns of a page are equally wide
_LINES = 6  # a column has at least so many lines
_WORDS = 3.5  # in a line of prose, the median
_FULL = 0.45  # share of a column's lines that reach its edge: prose is broken there, a table's cells end before
_ALIGNED = 0.7  # share of lines beside one another from which both sides are cells of one table
_SAME_HEIGHT = 1.5  # points
_DEPTH = 2  # three columns are two, one of which is two


class Word(NamedTuple):
    """A word with its box, in points from the top left; type size, and whether it is bold."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool


class Line(msgspec.Struct, frozen=True):
    """A line of text: its height on the page in points from the top, type size, and whether it is bold."""

    text: str
    top: float
    bottom: float
    left: float
    size: float
    bold: bool


class Grid(msgspec.Struct, frozen=True):
    """A table: rows of cells, None where a cell is merged into another; and where it stands.

    `headed` says that its first row is bold, and its second is not.
    """

    rows: tuple[tuple[str | None, ...], ...]
    top: float
    left: float
    right: float
    bottom: float = 0.0
    headed: bool = False


class Region(msgspec.Struct, frozen=True):
    """A part of a page that is read from its top to its bottom: a column, or what spans the page."""

    lines: tuple[Line, ...]
    grids: tuple[Grid, ...] = ()


class RawPage(msgspec.Struct, frozen=True):
    """A page as it lies in the file: regions in reading order, running lines still among them.

    Attributes:
        number: From 1.
        gutter: Where white parts its columns, or those of the last page before it that has any, if one has.
        regions: What stands on it.
        pictures: How many pictures of a fifth of the page or more it has.
        unreadable: Whether its letters have no meaning that the file tells.
    """

    number: int
    regions: tuple[Region, ...]
    gutter: float | None = None
    pictures: int = 0
    unreadable: bool = False

    @property
    def lines(self) -> list[Line]:
        """All lines, from the top."""
        return sorted((line for region in self.regions for line in region.lines), key=lambda line: line.top)

    @property
    def grids(self) -> list[Grid]:
        """All tables, in reading order."""
        return [grid for region in self.regions for grid in region.grids]


def regions_of(
    words: list[Word], grids: list[Grid], before: float | None = None
) -> tuple[list[tuple[list[Word], list[Grid]]], float | None]:
    """Returns words and tables of a page by region, in reading order, and its gutter.

    Args:
        words: Outside ruled tables.
        grids: Ruled tables.
        before: The gutter of the pages before: a page with little in its last column has the same one.
    """
    gutter = _gutter(words, grids) if len(words) >= 2 * _LINES else None
    if gutter is not None:
        return _split(words, grids, gutter, _DEPTH), gutter
    if before is not None and _goes_on(words, grids, before):
        return _split(words, grids, before, _DEPTH, certain=True), before
    return ([(words, grids)] if words or grids else []), before


def rows_of(words: list[Word]) -> list[list[Word]]:
    """Returns words by line: those whose middles are at one height, from the left."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom) / 2):
        middle = (word.top + word.bottom) / 2
        if rows and rows[-1][0].top <= middle <= rows[-1][0].bottom and _apart(rows[-1], word):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.x0) for row in rows]


def line_of(row: list[Word]) -> Line:
    """Returns the line that words make."""
    letters = sum(len(word.text) for word in row)
    size = max(sorted({word.size for word in row}), key=lambda s: sum(len(w.text) for w in row if w.size == s))
    bold = sum(len(word.text) for word in row if word.bold) > letters / 2
    top, bottom = min(word.top for word in row), max(word.bottom for word in row)
    return Line(" ".join(word.text for word in row), top, bottom, row[0].x0, size, bold)


def _apart(row: list[Word], word: Word) -> bool:
    """Says whether a word stands beside those of a line, not over them."""
    return all(word.x0 >= other.x1 - 1 or word.x1 <= other.x0 + 1 for other in row)


def _split(
    words: list[Word], grids: list[Grid], gutter: float, depth: int, *, certain: bool = False
) -> list[tuple[list[Word], list[Grid]]]:
    """Cuts a page at its gutter, and the columns again as long as they have one."""
    regions: list[tuple[list[Word], list[Grid]]] = []
    for top, bottom, columns in _bands(words, grids, gutter, certain=certain):
        inside = [word for word in words if top <= (word.top + word.bottom) / 2 < bottom]
        tables = [grid for grid in grids if top <= (grid.top + grid.bottom) / 2 < bottom]
        if not columns:
            regions += [(inside, tables)] if inside or tables else []
            continue
        for side in (False, True):
            part = [word for word in inside if (word.x0 > gutter) == side]
            ruled = [grid for grid in tables if (grid.left > gutter) == side]
            deeper = _gutter(part, ruled) if depth > 1 and len(part) >= 2 * _LINES else None
            regions += _split(part, ruled, deeper, depth - 1) if deeper is not None else [(part, ruled)]
    return [(part, ruled) for part, ruled in regions if part or ruled]


def _goes_on(words: list[Word], grids: list[Grid], gutter: float) -> bool:
    """Says whether a page that shows no gutter of its own keeps clear of that of the pages before."""
    crossing = sum(_crosses(word.x0, word.x1, gutter) for word in words)
    crossing += _LINES * sum(_crosses(grid.left, grid.right, gutter) for grid in grids)
    return crossing < _LINES and any(word.x0 > gutter for word in words) and any(word.x1 < gutter for word in words)


def _gutter(words: list[Word], grids: list[Grid]) -> float | None:
    """Returns where white runs down between columns: the place nearest the middle that the fewest words cross."""
    left, right = min(word.x0 for word in words), max(word.x1 for word in words)
    middle, width = (left + right) / 2, right - left
    steps = int(_REACH * width / _STEP)
    places = [middle + _STEP * step for step in sorted(range(-steps, steps + 1), key=abs)]
    crossing = [sum(_crosses(word.x0, word.x1, place) for word in words) for place in places]
    place = places[crossing.index(min(crossing))]
    central = abs(place - middle) <= _CENTRAL * width
    columns = any(columns for _, _, columns in _bands(words, grids, place, central=central))
    return place if columns else None


def _crosses(x0: float, x1: float, gutter: float) -> bool:
    return x0 < gutter + _GUTTER / 2 and x1 > gutter - _GUTTER / 2


def _bands(
    words: list[Word], grids: list[Grid], gutter: float, *, central: bool = True, certain: bool = False
) -> list[tuple[float, float, bool]]:
    """Returns the bands of a page from its top: where each begins and ends, and whether it is set in two columns."""
    spans = [(word.top, word.bottom) for word in words if _crosses(word.x0, word.x1, gutter)]
    spans += [(grid.top, grid.bottom) for grid in grids if _crosses(grid.left, grid.right, gutter)]
    bands: list[tuple[float, float, bool]] = []
    begin = float("-inf")
    for top, bottom in [*sorted(spans), (float("inf"), float("inf"))]:
        between = [word for word in words if begin <= (word.top + word.bottom) / 2 < top]
        tables = [grid for grid in grids if begin <= (grid.top + grid.bottom) / 2 < top]
        _add(bands, begin, top, columns=certain or _are_columns(between, tables, gutter, central=central))
        _add(bands, max(begin, top), bottom, columns=False)
        begin = max(begin, bottom)
    return bands


def _are_columns(words: list[Word], grids: list[Grid], gutter: float, *, central: bool) -> bool:
    """Says whether what stands left and right of a gutter are two columns, not cells of a table.

    They are where both are prose; and in the middle of the page, where their lines do not stand at the same heights,
    as those of a table do.
    """
    left, right = (rows_of([w for w in words if (w.x0 > gutter) == side]) for side in (False, True))
    if _is_prose(left) and _is_prose(right):
        return True
    ruled = [sum(len(grid.rows) for grid in grids if (grid.left > gutter) == side) for side in (False, True)]
    few, many = sorted((len(left) + ruled[0], len(right) + ruled[1]))
    return central and few >= _LINES and many >= 2 * _LINES and _in_step(left, right) < _ALIGNED


def _in_step(left: list[list[Word]], right: list[list[Word]]) -> float:
    """Returns the share of lines of the shorter column that stand at the height of a line of the other."""
    shorter, longer = sorted((left, right), key=len)
    heights = [(row[0].top + row[0].bottom) / 2 for row in longer]
    middles = [(row[0].top + row[0].bottom) / 2 for row in shorter]
    return sum(any(abs(m - height) < _SAME_HEIGHT for height in heights) for m in middles) / max(1, len(middles))


def _add(bands: list[tuple[float, float, bool]], top: float, bottom: float, *, columns: bool) -> None:
    """Adds a band, or makes the last one longer where both span the page."""
    if bands and not columns and not bands[-1][2]:
        bands[-1] = (bands[-1][0], max(bottom, bands[-1][1]), False)
    elif bottom > top:
        bands.append((top, bottom, columns))


def _is_prose(rows: list[list[Word]]) -> bool:
    """Says whether lines are a column of prose: of several words, and many of them reach its edge."""
    if len(rows) < _LINES or median(map(len, rows)) < _WORDS:
        return False
    left, right = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    return sum(row[-1].x1 > right - 0.15 * (right - left) for row in rows) >= _FULL * len(rows)
