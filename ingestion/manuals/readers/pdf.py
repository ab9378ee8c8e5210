"""Reads a PDF: pypdf gives labels and outline, pdfplumber the words and rulings of each page.

A page is read once, in bounded memory however long the file is, and handed to the watch, so that a reading that is
ended goes on where it was. What the pages have in common (running lines, the size of body text) is found when all
are read: `pdf_blocks.py`.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from ingestion.manuals.readers.pdf_blocks import Facts, manual_of
from ingestion.manuals.readers.pdf_page import Grid, RawPage, Region, Word, line_of, regions_of, rows_of
from ingestion.manuals.readers.pdf_tables import split_tables
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pypdf

    from ingestion.manuals.contract import Manual, Watch

for _name in ("pypdf", "pdfminer"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # they warn about every oddity of a file on stderr

_HEAD = 1_024  # the signature stands within the first bytes, the end mark within the last
_AT_ONCE = 100  # pages: the file is opened anew for so many, since pdfplumber keeps what it has read of it
_KEEP = 20  # pages that are kept together
_MARKS = {"\u00b4": "\u0301", "\u02c6": "\u0302", "\u00a8": "\u0308"}
_ACCENT = re.compile(rf"([aeiouAEIOU]?)([{''.join(_MARKS)}])([aeiouAEIOU\u0131]?)")
_SPACE = 0.15  # of the type size: wider white parts words, also where a file has no spaces (TeX)
_PICTURE = 0.2  # of the page: a smaller picture is an ornament
_UNNAMED = re.compile(r"(?:\(cid:\d+\)|[\ue000-\uf8ff])+")  # most often a bullet of a font of symbols
_NO_TITLE = re.compile(r"\(?(?:anonymous|untitled|unspecified|microsoft word|sans titre)\b", re.IGNORECASE)
_UNREADABLE = 0.2  # share of letters without meaning from which a page is not read


class PdfReader:
    """Reads PDF; see `ingestion.manuals.contract.Reader`."""

    name = "PDF"
    endings = (".pdf",)

    def holds(self, path: Path) -> bool:
        """Says whether a file begins as a PDF."""
        with path.open("rb") as file:
            return b"%PDF-" in file.read(_HEAD)

    def read(self, path: Path, watch: Watch) -> Manual:
        """Reads a PDF.

        Raises:
            BadInput: If it is cut short, encrypted, damaged, or has no page or no text.
        """
        _check_end(path)
        try:
            facts, total = _facts(path)
            pages = list(_pages(path, total, watch))
        except (BadInput, MemoryError):
            raise
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error
        except Exception as error:  # a damaged file makes these libraries raise almost anything
            hint = "Open and save it again in a viewer."
            raise BadInput(f"{path} is damaged: {type(error).__name__} while reading it.", hint=hint) from error
        if not any(page.regions for page in pages):
            raise BadInput(
                f"{path} has no text layer; it is probably scanned.", hint="Run text recognition on it first."
            )
        return manual_of(pages, facts)


def _check_end(path: Path) -> None:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _HEAD))
            tail = file.read()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    if b"%%EOF" not in tail:
        raise BadInput(f"{path} is cut short: its end is missing.", hint="Copy it again.")


def _facts(path: Path) -> tuple[Facts, int]:
    """Returns what the file declares, and how many pages it has.

    Raises:
        BadInput: If it asks for a password, or has no pages. One that only restricts printing opens with an empty one.
    """
    import pypdf

    with pypdf.PdfReader(path) as reader:
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadInput(f"{path} is encrypted.", hint="Save a copy without a password and add that.")
        total = len(reader.pages)
        if not total:
            raise BadInput(f"{path} has no pages.")
        labels = reader.page_labels if "/PageLabels" in reader.root_object else []
        title = str((reader.metadata.title if reader.metadata else "") or "").strip()
        return Facts("" if _NO_TITLE.match(title) else title, tuple(labels), _outline(reader)), total


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


def _pages(path: Path, total: int, watch: Watch) -> Iterator[RawPage]:
    """Yields all pages, those that an earlier reading kept first."""
    done, gutter = 0, None
    for number, body in watch.kept():
        if number != done + 1:
            break
        page = msgspec.msgpack.decode(body, type=RawPage)
        done, gutter = number, page.gutter
        yield page
    watch.step(done, total)
    fresh: list[tuple[int, bytes]] = []
    for page in _read_from(path, done + 1, total, gutter):
        fresh.append((page.number, msgspec.msgpack.encode(page)))
        watch.step(page.number, total)
        if len(fresh) == _KEEP:
            watch.keep(fresh)
            fresh = []
        yield page


def _read_from(path: Path, first: int, total: int, gutter: float | None) -> Iterator[RawPage]:
    import pdfplumber

    for start in range(first, total + 1, _AT_ONCE):
        with pdfplumber.open(path, pages=list(range(start, min(start + _AT_ONCE, total + 1)))) as document:
            for page in document.pages:
                read = _read_page(page, gutter)
                gutter = read.gutter
                yield read
                page.close()  # frees what pdfplumber keeps of it


def _read_page(page: Any, gutter: float | None) -> RawPage:
    """Reads the tables, and the lines outside them; a table of one cell is a box around text, so lines."""
    pictures = sum(_area(image) > _PICTURE * float(page.width * page.height) for image in page.images)
    if _meaningless(page.chars):
        return RawPage(page.page_number, (), gutter, pictures, unreadable=True)
    tables = [table for table in page.find_tables() if sum(map(len, (row.cells for row in table.rows))) > 1]
    boxes = [table.bbox for table in tables]
    outside = page.filter(lambda thing: not any(_inside(thing, box) for box in boxes)) if boxes else page
    grids = [_grid(table, page.chars) for table in tables]
    regions = []
    parts, gutter = regions_of(_words(outside), [grid for grid in grids if any(map(any, grid.rows))], gutter)
    for words, ruled in parts:
        text, unruled = split_tables(words)
        lines = tuple(line_of(row) for row in rows_of(text))
        regions.append(Region(lines, tuple(sorted([*ruled, *unruled], key=lambda grid: grid.top))))
    return RawPage(page.page_number, tuple(regions), gutter, pictures)


def _area(image: dict[str, Any]) -> float:
    return float(abs(image["x1"] - image["x0"]) * abs(image["bottom"] - image["top"]))


def _meaningless(chars: list[dict[str, Any]]) -> bool:
    """Says whether many letters are only numbers of glyphs: a font without a table of what they mean."""
    unknown = sum(str(char["text"]).startswith("(cid:") for char in chars)
    return unknown > _UNREADABLE * len(chars)


def _grid(table: Any, chars: list[dict[str, Any]]) -> Grid:
    left, top, right, bottom = table.bbox
    bold = [_is_bold([char for char in chars if _inside(char, row.bbox)]) for row in table.rows[:2]]
    rows = tuple(tuple(cell and shown(cell) for cell in row) for row in table.extract(x_tolerance_ratio=_SPACE))
    return Grid(rows, top, left, right, bottom, bold == [True, False])


def _inside(char: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    """Says whether the middle of a letter is in a box: its edge may touch what stands beside."""
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _is_bold(chars: list[dict[str, Any]]) -> bool:
    return sum("bold" in str(char["fontname"]).lower() for char in chars) > len(chars) / 2


def _words(page: Any) -> list[Word]:
    """Returns the words that stand upright; what is written up the margin is no part of the text."""
    if not page.chars:
        return []
    words = page.extract_words(return_chars=True, x_tolerance_ratio=_SPACE)
    return [_word(word) for word in words if word.get("upright", True)]


def _word(word: dict[str, Any]) -> Word:
    chars = word["chars"]
    size = Counter(round(float(char["size"]), 1) for char in chars).most_common(1)[0][0]
    return Word(shown(word["text"]), word["x0"], word["x1"], word["top"], word["bottom"], size, _is_bold(chars))


def shown(text: str) -> str:
    """Returns a text as it is seen: hyphens that look like one, bullets for signs that a font does not name.

    An accent that stands beside its letter, as TeX's older fonts have it, is put on it.
    """
    return _ACCENT.sub(_accented, _UNNAMED.sub("\u2022", text.replace("\u00ad", "-")))


def _accented(found: re.Match[str]) -> str:
    """Returns a letter with the accent that stands before it, or after it where the next takes none."""
    before, accent, after = found.groups()
    mark = _MARKS[accent]
    for letter, whole in ((after, "{0}{1}"), (before, "{1}{2}")):
        one = unicodedata.normalize("NFC", letter.replace("\u0131", "i") + mark)
        if letter and len(one) == 1:
            return whole.format(before, one, after)
    return found[0]
