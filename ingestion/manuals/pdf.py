"""Reads a PDF into pages: lines with their type size, ruled tables, printed label, outline.

pypdf gives labels and outline, pdfplumber lines and tables with their places. Running headers and
footers are found by repetition at one height, not by margins, and dropped. A page's label is what
the file declares (`/PageLabels`), else what is printed in its footer, else its own number; never
what a neighbour suggests.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pdfplumber
import pypdf

from plant.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

for _name in ("pypdf", "pdfminer"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # they warn about every oddity of a file on stderr

_HEAD = 1_024  # the signature stands within the first bytes, the end mark within the last
_REPEATS = 3  # a line at one height of this many pages, and of a fifth of them, is a header or footer
_SHARE = 0.2
_EDGE_LINES = 3  # looked at from the top and from the bottom
_NUMERAL = r"\d{1,4}(?:-\d{1,4})?|[ivxlc]{1,7}"
_LABEL = re.compile(
    rf"(?:^|\b(?:page|p\.|seite)\s+|[-\u2013|]\s*)({_NUMERAL})(?:\s*(?:/|of|sur|von)\s*\d+)?\s*[-\u2013|]?\s*$",
    re.IGNORECASE,
)


class Line(msgspec.Struct, frozen=True):
    """A line of text: its height on the page in points from the top, type size, and whether it is bold."""

    text: str
    top: float
    bottom: float
    left: float
    size: float
    bold: bool


class Grid(msgspec.Struct, frozen=True):
    """A ruled table: rows of cells, None where a cell is merged into another; and where it stands."""

    rows: tuple[tuple[str | None, ...], ...]
    top: float
    left: float
    right: float


class Page(msgspec.Struct, frozen=True):
    """One page: number from 1, printed label, and what stands on it, from the top."""

    number: int
    label: str
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]


class Pdf(msgspec.Struct, frozen=True):
    """A PDF as read.

    Attributes:
        title: Its title, else empty.
        pages: All pages, in order.
        outline: Titles of the outline, by page number.
        labels: Where labels come from: `file`, `printed` or `none`.
    """

    title: str
    pages: tuple[Page, ...]
    outline: dict[int, tuple[str, ...]]
    labels: str


def read_pdf(path: Path) -> Pdf:
    """Reads a PDF.

    Raises:
        BadInput: If it is not there, not a PDF, cut short, encrypted, damaged, or has no page or no
            text.
    """
    _check_bytes(path)
    try:
        with pypdf.PdfReader(path) as reader:
            _check_readable(path, reader)
            declared = reader.page_labels if "/PageLabels" in reader.root_object else []
            title = str((reader.metadata.title if reader.metadata else "") or "").strip()
            outline = _outline(reader)
        with pdfplumber.open(path) as document:
            pages = [_read_page(page) for page in document.pages]
    except BadInput:
        raise
    except Exception as error:  # a damaged file makes these libraries raise almost anything
        raise BadInput(
            f"{path} is damaged: {type(error).__name__} while reading it.", hint="Open and save it again in a viewer."
        ) from error
    if not any(page.lines or page.grids for page in pages):
        raise BadInput(f"{path} has no text layer; it is probably scanned.", hint="Run text recognition on it first.")
    return _finish(title, pages, declared, outline)


def _check_bytes(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, file.seek(0, 2) - _HEAD))
            tail = file.read()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    if b"%PDF-" not in head:
        raise BadInput(f"{path} is not a PDF.", hint="Manuals are added as PDF files.")
    if b"%%EOF" not in tail:
        raise BadInput(f"{path} is cut short: its end is missing.", hint="Copy it again.")


def _check_readable(path: Path, reader: pypdf.PdfReader) -> None:
    """Raises for a password, and for no pages; a file that only restricts printing opens with an empty one."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise BadInput(f"{path} is encrypted.", hint="Save a copy without a password and add that.")
    if not reader.pages:
        raise BadInput(f"{path} has no pages.")


def _outline(reader: pypdf.PdfReader) -> dict[int, tuple[str, ...]]:
    """Returns the titles of the outline by page number; an outline that leads nowhere is left out."""
    titles: dict[int, tuple[str, ...]] = {}

    def walk(items: list[Any]) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item)
            elif (page := reader.get_destination_page_number(item)) is not None and page >= 0:
                titles[page + 1] = (*titles.get(page + 1, ()), str(item.title).strip())

    walk(reader.outline)
    return titles


def _read_page(page: Any) -> Page:
    """Reads the lines outside tables, and the tables; a table of one cell is a box around text, so lines."""
    tables = [table for table in page.find_tables() if sum(map(len, (row.cells for row in table.rows))) > 1]
    outside = page
    for table in tables:
        outside = outside.outside_bbox(_within(table.bbox, page.bbox))
    lines = [_line(line) for line in outside.extract_text_lines()] if outside.chars else []
    grids = [
        Grid(tuple(tuple(row) for row in table.extract()), table.bbox[1], table.bbox[0], table.bbox[2])
        for table in tables
    ]
    read = Page(page.page_number, "", tuple(lines), tuple(grid for grid in grids if any(map(any, grid.rows))))
    page.close()  # frees what pdfplumber keeps of it
    return read


def _within(box: tuple[float, ...], page: tuple[float, ...]) -> tuple[float, float, float, float]:
    """Returns the part of a box that is on the page; rulings may stick out by a hair."""
    return max(box[0], page[0]), max(box[1], page[1]), min(box[2], page[2]), min(box[3], page[3])


def _line(line: dict[str, Any]) -> Line:
    chars = line["chars"]
    sizes = Counter(round(float(char["size"]), 1) for char in chars)
    bold = sum("bold" in str(char["fontname"]).lower() for char in chars) > len(chars) / 2
    return Line(line["text"], line["top"], line["bottom"], line["x0"], sizes.most_common(1)[0][0], bold)


def _finish(title: str, pages: list[Page], declared: list[str], outline: dict[int, tuple[str, ...]]) -> Pdf:
    """Drops running headers and footers and gives each page its label."""
    running = _running(pages)
    finished = []
    printed = False
    for page in pages:
        edge = [line for line in page.lines if _shape(line) in running]
        own = next((found[1] for line in reversed(edge) if (found := _LABEL.search(line.text.strip()))), "")
        printed = printed or bool(own)
        label = declared[page.number - 1] if page.number <= len(declared) else own
        lines = tuple(line for line in page.lines if _shape(line) not in running)
        finished.append(Page(page.number, label or str(page.number), lines, page.grids))
    return Pdf(title, tuple(finished), outline, "file" if declared else "printed" if printed else "none")


def _running(pages: list[Page]) -> set[tuple[str, int]]:
    """Returns the shapes of lines that stand at one height of many pages, near the top or the bottom."""
    counts = Counter(
        shape
        for page in pages
        for shape in {_shape(line) for line in (*page.lines[:_EDGE_LINES], *page.lines[-_EDGE_LINES:])}
    )
    enough = max(_REPEATS, _SHARE * len(pages))
    return {shape for shape, count in counts.items() if count >= enough}


def _shape(line: Line) -> tuple[str, int]:
    """Returns what is the same in a running line on all pages: its words without numbers, and its height."""
    words = re.sub(rf"\b(?:{_NUMERAL})\b", "#", line.text.strip(), flags=re.IGNORECASE)
    return words, round(line.top)
