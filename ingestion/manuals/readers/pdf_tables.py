"""Finds tables without rulings: lines whose words keep clear of the same white strips.

A table is at least three lines in a row that are parted by strips of white, wider than between words, which all of
them and the lines between them (cells of several lines) leave free. Steps of a procedure are none, though their
numbers stand apart, nor is a table of contents.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ingestion.manuals.layout import CONTENTS, MARKER
from ingestion.manuals.readers.pdf_page import Grid, Word, rows_of

_STRIP = 0.9  # of the type size: white between columns is at least so wide
_ROWS = 3  # lines that are parted
_NEAR = 2.2  # of the line's height: a wider gap ends the table
_CELL = 0.45  # of the line's height: a line of one cell that is closer goes on with it
_SPREAD = 0.2  # of the line's height: gaps that differ by more are those within rows and those between them

Strip = tuple[float, float]


class _Run(NamedTuple):
    """Lines that are one table, and the strips that part them."""

    rows: list[list[Word]]
    strips: list[Strip]


def split_tables(words: list[Word]) -> tuple[list[Word], list[Grid]]:
    """Returns the words outside tables without rulings, and these tables."""
    rows = rows_of(words)
    outside: list[Word] = []
    grids = []
    start = 0
    while start < len(rows):
        run = _run_from(rows, start)
        if run is None:
            outside += rows[start]
            start += 1
        else:
            grids.append(_grid(run))
            start += len(run.rows)
    return outside, grids


def _run_from(rows: list[list[Word]], start: int) -> _Run | None:
    """Returns the table that begins with a line, if one does."""
    strips = _strips(rows[start])
    end = start + 1
    while strips and end < len(rows):
        row, last = rows[end], rows[end - 1]
        left = _kept(strips, row)
        gap = row[0].top - max(word.bottom for word in last)
        if not left or gap > _NEAR * _height(row) or not _belongs(row, left, gap):
            break
        strips = left
        end += 1
    while end > start + 1 and not _strips(rows[end - 1]) and rows[end - 1][0].x0 < strips[0][0]:
        end -= 1  # a line under the first column alone is text again
    run = rows[start:end]
    parted = [row for row in run if _columns_used(row, strips) > 1]
    if len(parted) < _ROWS or _is_list(parted, strips) or _is_contents(run):
        return None
    return _Run(run, strips)


def _strips(row: list[Word]) -> list[Strip]:
    return [(a.x1, b.x0) for a, b in pairwise(row) if b.x0 - a.x1 > _STRIP * max(a.size, b.size)]


def _kept(strips: list[Strip], row: list[Word]) -> list[Strip]:
    """Returns what a line leaves free of the strips, those that stay wide enough."""
    kept = []
    for low, high in strips:
        for word in row:
            if word.x0 < high and word.x1 > low:
                if word.x0 + word.x1 > low + high:
                    high = min(high, word.x0)  # noqa: PLW2901 (the strip is cut from the right)
                else:
                    low = max(low, word.x1)  # noqa: PLW2901 (the strip is cut from the left)
        if high - low > _STRIP * row[0].size:
            kept.append((low, high))
    return kept


def _belongs(row: list[Word], strips: list[Strip], gap: float) -> bool:
    """Says whether a line goes with the table: it is parted, or goes on with a cell close above it."""
    return _columns_used(row, strips) > 1 or row[0].x0 > strips[0][0] or gap < _CELL * _height(row)


def _columns_used(row: list[Word], strips: list[Strip]) -> int:
    return len({_column(word, strips) for word in row})


def _column(word: Word, strips: list[Strip]) -> int:
    return sum(word.x0 >= (low + high) / 2 for low, high in strips)


def _is_list(rows: list[list[Word]], strips: list[Strip]) -> bool:
    """Says whether the first column is numbers of steps, or bullets."""
    firsts = [" ".join(word.text for word in row if not _column(word, strips)) for row in rows]
    return len(strips) == 1 and sum(bool(MARKER.fullmatch(first)) for first in firsts if first) > len(firsts) / 2


def _is_contents(rows: list[list[Word]]) -> bool:
    return sum(bool(CONTENTS.search(" ".join(word.text for word in row))) for row in rows) > len(rows) / 2


def _grid(run: _Run) -> Grid:
    """Puts the lines of a table into rows of cells."""
    words = [word for row in run.rows for word in row]
    rows = _logical_rows(run)
    cells = [tuple(_text(row, run.strips, column) for column in range(len(run.strips) + 1)) for row in rows]
    bold = [all(word.bold for line in row for word in line) for row in rows[:2]]
    return Grid(
        tuple(cells),
        top=min(word.top for word in words),
        left=min(word.x0 for word in words),
        right=max(word.x1 for word in words),
        bottom=max(word.bottom for word in words),
        headed=bold == [True, False],
    )


def _logical_rows(run: _Run) -> list[list[list[Word]]]:
    """Joins the lines of one row: by the gaps between lines where rows stand apart, else by the first column."""
    gaps = [b[0].top - max(word.bottom for word in a) for a, b in pairwise(run.rows)]
    limit = (max(gaps) + min(gaps)) / 2
    spread = max(gaps) - min(gaps) > _SPREAD * median(map(_height, run.rows))
    spaced = spread and sum(gap > limit for gap in gaps) >= _ROWS - 1
    rows = [[run.rows[0]]]
    for gap, line in zip(gaps, run.rows[1:], strict=True):
        begins = gap > limit if spaced else not _column(line[0], run.strips)
        if begins:
            rows.append([line])
        else:
            rows[-1].append(line)
    return rows


def _text(lines: list[list[Word]], strips: list[Strip], column: int) -> str:
    parts = [" ".join(word.text for word in line if _column(word, strips) == column) for line in lines]
    return "\n".join(part for part in parts if part)


def _height(row: list[Word]) -> float:
    return row[0].bottom - row[0].top
