"""A file of texts, such as work orders or reviews, and the same with the parts that each names.

What is added: `List_part` (names, a semicolon between two), `Count_part` (how many), `List_defect` ("name: kind").
Counted over assets, what is complained of becomes `complaints.csv`, a file of the plant graph's folder.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.tabular import read_table
from plant.errors import BadInput, did_you_mean
from tools.parts.finder import LONGEST, defects_in, names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tools.parts.finder import Part

ADDED: Final = ("List_part", "Count_part", "List_defect")
COMPLAINTS: Final = ("id", "name", "asset", "part", "defect", "count")


class Review(msgspec.Struct, frozen=True):
    """A row: the line it ends on, its cells, its text, and its asset where a column has it."""

    line: int
    cells: tuple[str, ...]
    text: str
    asset: str = ""


class Reviews(msgspec.Struct, frozen=True):
    """The rows of a file, its columns, and what should be known of how it was read, as sentences."""

    columns: tuple[str, ...]
    rows: tuple[Review, ...]
    notes: tuple[str, ...]


class Complaint(msgspec.Struct, frozen=True):
    """How many texts of an asset complain of a part, with a kind of defect."""

    asset: str
    part: str
    defect: str
    count: int


def read_reviews(path: Path, column: str, asset: str | None = None) -> Reviews:
    """Reads a file of texts.

    Args:
        path: A CSV file; one column is enough.
        column: The one with the texts.
        asset: The one with the asset that each is about; None where that does not matter.

    Raises:
        BadInput: If it cannot be read, lacks a column, has a column that is to be added, or a row has more cells than
            there are columns: a text with a delimiter in it must stand in quotation marks.
    """
    table = read_table(path, headed=True)
    first, *rows = table.rows
    header = first.cells
    for name in (column, *([asset] if asset is not None else [])):
        if name not in header:
            hint = did_you_mean(name, header) or f"Columns: {', '.join(header)}."
            raise BadInput(f"{path}, line {first.line}: there is no column {name!r}.", hint=hint)
    for name in ADDED:
        if name in header:
            raise BadInput(f"{path} has a column {name} already.", hint="Take the file without it, or rename it.")
    read = []
    for row in rows:
        if len(row.cells) > len(header):
            raise BadInput(
                f"{path}, line {row.line}: {len(row.cells)} cells, but {len(header)} columns.",
                hint="A text with a delimiter in it must stand in quotation marks.",
            )
        cells = [*row.cells, *[""] * (len(header) - len(row.cells))]
        where = cells[header.index(asset)] if asset is not None else ""
        read.append(Review(row.line, tuple(cells), cells[header.index(column)], where))
    notes = [f"Of {path}: {', '.join(table.notes)}."]
    if cut := [str(one.line) for one in read if len(one.text) > LONGEST]:
        notes.append(f"Only the first {LONGEST:,} characters are read of the text in line {', '.join(cut)}.")
    return Reviews(tuple(header), tuple(read), tuple(notes))


def as_csv(reviews: Reviews, found: Sequence[Sequence[Part]]) -> str:
    """Returns the file with the parts of each text."""
    lines = [[*reviews.columns, *ADDED]]
    for review, parts in zip(reviews.rows, found, strict=True):
        names = names_in(parts)
        defects = "; ".join(f"{name}: {kind}" for name, kind in defects_in(parts))
        lines.append([*review.cells, "; ".join(names), str(len(names)), defects])
    return _csv(lines)


def complaints_of(reviews: Reviews, found: Sequence[Sequence[Part]]) -> list[Complaint]:
    """Counts the texts that complain, for each asset, part and kind; those without an asset are left out."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for review, parts in zip(reviews.rows, found, strict=True):
        if review.asset:
            counts.update((review.asset, name, kind) for name, kind in defects_in(parts))
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0]))
    return [Complaint(asset, part, defect, count) for (asset, part, defect), count in ordered]


def complaints_csv(complaints: Iterable[Complaint]) -> str:
    """Returns the file `complaints.csv` of a plant's folder, as `millhand graph load` reads it."""
    lines: list[Sequence[str]] = [COMPLAINTS]
    for one in complaints:
        name = f"{one.part}: {one.defect}"
        lines.append((f"{one.asset}/{name}", name, one.asset, one.part, one.defect, str(one.count)))
    return _csv(lines)


def _csv(lines: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(lines)
    return written.getvalue()
