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
_MIDDLE = (0.25, 0.75)  # of the text's width: where a gutter may be
_SIDE = 0.15  # of a page's words: fewer beside a gutter are no column
_LINES = 6  # a column has at least so many lines
_WORDS = 3.5  # in a line of prose, the median
_FULL = 0.45  # share of a column's lines that reach its edge: prose is broken there, a table's cells end before
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
    """A table: rows of cells, None where a cell is merged into another; and where it stands."""

    rows: tuple[tuple[str | None, ...], ...]
    top: float
    left: float
    right: float
    bottom: float = 0.0


class Region(msgspec.Struct, frozen=True):
    """A part of a page that is read from its top to its bottom: a column, or what spans the page."""

    lines: tuple[Line, ...]
    grids: tuple[Grid, ...] = ()


class RawPage(msgspec.Struct, frozen=True):
    """A page as it lies in the file: regions in reading order, running lines still among them.

    Attributes:
        number: From 1.
        regions: What stands on it.
        pictures: How many pictures of a fifth of the page or more it has.
        unreadable: Whether its letters have no meaning that the file tells.
    """

    number: int
    regions: tuple[Region, ...]
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


def regions_of(words: list[Word], grids: list[Grid]) -> list[tuple[list[Word], list[Grid]]]:
    """Returns words and tables of a page by region, in reading order."""
    return _split(words, grids, _DEPTH)


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


def _split(words: list[Word], grids: list[Grid], depth: int) -> list[tuple[list[Word], list[Grid]]]:
    gutter = _gutter(words, grids) if depth and len(words) >= 2 * _LINES * _WORDS else None
    if gutter is None:
        return [(words, grids)] if words or grids else []
    regions: list[tuple[list[Word], list[Grid]]] = []
    for top, bottom, columns in _bands(words, grids, gutter):
        inside = [word for word in words if top <= (word.top + word.bottom) / 2 < bottom]
        tables = [grid for grid in grids if top <= (grid.top + grid.bottom) / 2 < bottom]
        if not columns:
            regions += _split(inside, tables, 0)
            continue
        for side in (0, 1):
            part = [word for word in inside if (word.x0 > gutter) == bool(side)]
            regions += _split(part, [grid for grid in tables if (grid.left > gutter) == bool(side)], depth - 1)
    return regions


def _gutter(words: list[Word], grids: list[Grid]) -> float | None:
    """Returns where white runs down between columns of prose: the place that the fewest words cross."""
    left, right = min(word.x0 for word in words), max(word.x1 for word in words)
    places = [left + (right - left) * _MIDDLE[0]]
    while places[-1] + _STEP < left + (right - left) * _MIDDLE[1]:
        places.append(places[-1] + _STEP)
    crossing = {place: sum(word.x0 < place + _GUTTER / 2 and word.x1 > place - _GUTTER / 2 for word in words)
                for place in places}  # fmt: skip
    fewest = min(crossing.values())
    best = [place for place in places if crossing[place] == fewest]
    place = best[len(best) // 2]
    beside = sum(word.x0 > place for word in words) / len(words)
    if not _SIDE <= beside <= 1 - _SIDE:
        return None
    return place if any(columns for _, _, columns in _bands(words, grids, place)) else None


def _bands(words: list[Word], grids: list[Grid], gutter: float) -> list[tuple[float, float, bool]]:
    """Returns the bands of a page from its top: where each begins and ends, and whether it is set in two columns."""
    low, high = gutter - _GUTTER / 2, gutter + _GUTTER / 2
    spans = [(word.top, word.bottom) for word in words if word.x0 < high and word.x1 > low]
    spans += [(grid.top, grid.bottom) for grid in grids if grid.left < high and grid.right > low]
    bands: list[tuple[float, float, bool]] = []
    begin = float("-inf")
    for top, bottom in [*sorted(spans), (float("inf"), float("inf"))]:
        between = [word for word in words if begin <= (word.top + word.bottom) / 2 < top]
        columns = _is_prose([w for w in between if w.x0 < gutter]) and _is_prose([w for w in between if w.x0 > gutter])
        _add(bands, begin, top, columns=columns)
        _add(bands, max(begin, top), bottom, columns=False)
        begin = max(begin, bottom)
    return bands


def _add(bands: list[tuple[float, float, bool]], top: float, bottom: float, *, columns: bool) -> None:
    """Adds a band, or makes the last one longer where both span the page."""
    if bands and not columns and not bands[-1][2]:
        bands[-1] = (bands[-1][0], max(bottom, bands[-1][1]), False)
    elif bottom > top:
        bands.append((top, bottom, columns))


def _is_prose(words: list[Word]) -> bool:
    """Says whether words are a column of prose: lines of several words, many of which reach its edge."""
    rows = rows_of(words)
    if len(rows) < _LINES or median(map(len, rows)) < _WORDS:
        return False
    left, right = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    return sum(row[-1].x1 > right - 0.15 * (right - left) for row in rows) >= _FULL * len(rows)
