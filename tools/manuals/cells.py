"""The cells of a table's row, and which of them may answer a question.

An answer from a row is a cell, or one sentence of it: not the name of its column, not what the question says itself
(`M12`, where it asks for the torque of the M12 bolts), and where it asks for a quantity or a cause, one that gives it.
What a rule can tell, a small model need not guess.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.manuals.words import read_question, tokens
from tools.manuals import columns, quantities
from tools.manuals.ranking import units_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_END: Final = re.compile(r"\n|\s\|\s|\Z")
"""What ends a cell: the line, or a bar."""

_NAMED: Final = re.compile(r"\s*([^:\n]{1,60}):[ \t]+(?=\S)")
_SENTENCES: Final = re.compile(r"[.;](?=\s)\s*")
_NOTHING: Final = (0, 0)


class Cell(msgspec.Struct, frozen=True):
    """A cell of a row: `text[start:end]` of its passage, under the name of its column, if it has one."""

    column: str
    start: int
    end: int


class Sought(msgspec.Struct, frozen=True):
    """What a question says itself, and which kinds of quantity it asks for.

    Attributes:
        said: Its words as the index sees them, and their counterparts.
        related: Other words for the same.
        quantities: Kinds of quantity that it asks for, but those that it gives ("with the 500 g weight").
        roles: What it asks a row for: its cause, its remedy.
    """

    said: frozenset[str]
    related: frozenset[str]
    quantities: frozenset[str]
    roles: frozenset[str]


def sought(question: str) -> Sought:
    """Returns what a question says and asks for."""
    read, words = read_question(question), tokens(question)
    related = (word for unit in units_of(words, read.words) for term in unit.related for word in term.split())
    asked = quantities.asked(question)
    given = quantities.given(question, asked)
    return Sought(frozenset([*words, *read.stems()]), frozenset(related), asked - given, columns.asked(question))


def cells(row: str) -> list[Cell]:
    """Returns the cells of a row as it stands in a passage: `column: cell` a line, or cells between bars."""
    found, begins = [], 0
    for end in _END.finditer(row):
        name = _NAMED.match(row, begins, end.start())
        start = name.end() if name else begins
        text = row[start : end.start()]
        if text.strip():
            start += len(text) - len(text.lstrip())
            found.append(Cell(name[1] if name else "", start, start + len(text.strip())))
        begins = end.end()
    return found


def answering(row: str, asked: Sought) -> list[Cell]:
    """Returns the cells of a row that may answer; all of them where none is likelier than the others."""
    every = cells(row)
    left = [cell for cell in every if not _is_said(row, cell, asked.said)] or every
    gives = {cell: _gives(row, cell, asked) for cell in left}
    if (most := max(gives.values(), default=_NOTHING)) > _NOTHING:
        return [cell for cell in left if gives[cell] == most]
    return [cell for cell in left if not _is_said(row, cell, asked.said | asked.related)] or left


def pieces(row: str, cell: Cell) -> Iterator[tuple[int, int]]:
    """Yields a cell, then each of its sentences where it has several, as they stand in the row."""
    yield cell.start, cell.end
    text = row[cell.start : cell.end]
    ends = [(match.start(), match.end()) for match in _SENTENCES.finditer(text)]
    if ends:
        starts = [0, *(after for _, after in ends)]
        stops = [*(before for before, _ in ends), len(text.rstrip(".;"))]
        spans = zip(starts, stops, strict=True)
        yield from ((cell.start + start, cell.start + stop) for start, stop in spans if text[start:stop].strip())


def _gives(row: str, cell: Cell, asked: Sought) -> tuple[int, int]:
    """Returns how much a cell gives of what is asked for: by its column's name, then in kinds of quantity."""
    kinds = quantities.given(f"{row[cell.start : cell.end]} {cell.column}", asked.quantities)
    return _names(cell.column, asked) + bool(columns.given(cell.column, asked.roles)), len(kinds)


def _names(column: str, asked: Sought) -> bool:
    """Says whether a column is that of a machine or a size by its number (`RT 270-L`), and the question says it."""
    return any(map(str.isdigit, column)) and asked.said.issuperset(words_of(column))


def _is_said(row: str, cell: Cell, said: frozenset[str]) -> bool:
    words = words_of(row[cell.start : cell.end])
    return bool(words) and said.issuperset(words)
