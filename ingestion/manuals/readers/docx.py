"""Reads DOCX: headings by style or outline level, lists with the numbers Word would show, tables, all inserted text.

The XML is walked as it stands, since text in content controls and tracked insertions is shown too. Text boxes and
pictures are counted and not read.
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from ingestion.manuals.contract import Heading, Manual, Prose
from ingestion.manuals.layout import MAX_HEADING, NUMBERED, STEP, kind_of, level_of, table_of, tidy
from ingestion.manuals.sections import paged, titled
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docx.document import Document

    from ingestion.manuals.contract import Block, Watch

    Element = Any  # of lxml, which has no types

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|titre|\u00fcberschrift)\s*(\d)", re.IGNORECASE)
_MAX_UNPACKED: Final = 256 * 1024 * 1024
_MAX_RATIO: Final = 200  # unpacked bytes for one packed byte: text packs to a tenth, a bomb to a thousandth
_SMALL: Final = 1024 * 1024  # bytes below which a ratio says nothing
_BULLET: Final = "-"


class DocxReader:
    """Reads DOCX; see `ingestion.manuals.contract.Reader`."""

    name = "DOCX"
    endings = (".docx",)

    def holds(self, path: Path) -> bool:
        """Says whether a file is a ZIP archive, and a document of Word where its directory can be read."""
        with path.open("rb") as file:
            if file.read(4) != b"PK\x03\x04":
                return False
        try:
            with zipfile.ZipFile(path) as archive:
                return "[Content_Types].xml" in archive.namelist() and any(
                    name.startswith("word/") for name in archive.namelist()
                )
        except zipfile.BadZipFile:
            return path.suffix.lower() in self.endings  # cut short: `read` says so

    def read(self, path: Path, watch: Watch) -> Manual:  # noqa: ARG002 (a document is read at once)
        """Reads a DOCX file.

        Raises:
            BadInput: If it is cut short, encrypted, damaged, too large when unpacked, or has no text.
        """
        _check_archive(path)
        import docx

        try:
            document = docx.Document(str(path))
            body = _Body(document)
            blocks = list(body.blocks())
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error
        except Exception as error:  # a damaged archive makes zipfile, lxml and python-docx raise almost anything
            hint = "Open and save it again in Word or LibreOffice."
            raise BadInput(f"{path} is damaged: {type(error).__name__} while reading it.", hint=hint) from error
        if not blocks:
            raise BadInput(
                f"{path} has no text.", hint="If its pages are pictures, run text recognition on them first."
            )
        title, moved = titled(blocks)
        return Manual(
            title=body.title or document.core_properties.title or title,
            pages=paged(moved),
            labels="sections",
            notes=body.notes(),
            furniture=_furniture(document),
        )


def _check_archive(path: Path) -> None:
    """Raises for an archive that is cut short, locked, or would unpack to far more than it is."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise BadInput(f"{path} is cut short or damaged: its directory is missing.", hint="Copy it again.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise BadInput(f"{path} is encrypted.", hint="Save a copy without a password and add that.")
    unpacked = sum(entry.file_size for entry in entries)
    swollen = [entry for entry in entries if entry.file_size > max(_SMALL, _MAX_RATIO * entry.compress_size)]
    if unpacked > _MAX_UNPACKED or swollen:
        raise BadInput(
            f"{path} would unpack to {unpacked:,} bytes and is not read.", hint="A manual of that size is no document."
        )


def _furniture(document: Document) -> str:
    """Returns the text of headers and footers, and what the file says of itself."""
    parts = [part for section in document.sections for part in (section.header, section.footer)]
    texts = [paragraph.text.strip() for part in parts for paragraph in part.paragraphs]
    return "\n".join(dict.fromkeys(text for text in texts if text))


class _Body:
    """The body of a document."""

    def __init__(self, document: Document) -> None:
        self._root: Any = document.element.body
        self._styles = {style.style_id: style for style in document.styles}
        self._formats = _list_formats(document)
        self._counts: dict[tuple[str, int], int] = defaultdict(int)
        self.title = ""

    def notes(self) -> tuple[str, ...]:
        """Returns what of it is not read."""
        notes = []
        if pictures := len(self._root.findall(f".//{_W}drawing")) + len(self._root.findall(f".//{_W}pict")):
            notes.append(f"{pictures} pictures or drawings are not read.")
        if boxes := sum(1 for box in self._root.iter(f"{_W}txbxContent") if "".join(_texts(box)).strip()):
            notes.append(f"{boxes} text boxes are not read.")
        return tuple(notes)

    def blocks(self) -> Iterator[Block]:
        """Yields the blocks; items of a list that follow one another are one."""
        items: list[str] = []
        for element in _children(self._root):
            marker = self._marker(element) if element.tag == f"{_W}p" else None
            text = _text(element) if element.tag == f"{_W}p" else ""
            if marker is not None and text:
                items.append(f"{marker} {text}")
                continue
            if items:
                yield Prose("\n".join(items), kind_of(items[0]))
                items = []
            block = self._block(element, text)
            if block is not None:
                yield block
        if items:
            yield Prose("\n".join(items), kind_of(items[0]))

    def _block(self, element: Element, text: str) -> Block | None:
        if element.tag == f"{_W}tbl":
            return table_of(_rows(element), headed=_is_headed(element))
        if not text:
            return None
        level = self._level(element, text)
        if level == 0:
            self.title = self.title or text
            return None
        return Heading(text, level) if level else Prose(text, kind_of(text))

    def _level(self, element: Element, text: str) -> int | None:
        """Returns a paragraph's level as a heading: 0 for the title, None for text."""
        name = self._style_name(element)
        if name.lower() in {"title", "titre"}:
            return 0
        if found := _HEADING.match(name):
            return int(found[1])
        outline = element.find(f"{_W}pPr/{_W}outlineLvl")
        if outline is not None and outline.get(f"{_W}val", "9").isdigit() and int(outline.get(f"{_W}val", "9")) < 9:
            return int(outline.get(f"{_W}val", "9")) + 1
        plain = name.lower() in {"", "normal"} and len(text) <= MAX_HEADING and not text.endswith((".", ";", ":"))
        return level_of(text) if plain and NUMBERED.match(text) and _is_bold(element) else None

    def _style_name(self, element: Element) -> str:
        style = element.find(f"{_W}pPr/{_W}pStyle")
        found = self._styles.get(style.get(f"{_W}val", "")) if style is not None else None
        return str(found.name) if found is not None else ""

    def _marker(self, element: Element) -> str | None:
        """Returns what Word shows before an item of a list; None for a paragraph that is none, and for headings."""
        name = self._style_name(element)
        numbering = element.find(f"{_W}pPr/{_W}numPr")
        if _HEADING.match(name) or (numbering is None and not name.lower().startswith("list")):
            return None
        if STEP.match(_text(element)):
            return None  # its number is typed
        level, list_id = _value(numbering, "ilvl", "0"), _value(numbering, "numId", name)
        form = self._formats.get((list_id, level), "decimal" if "number" in name.lower() else "bullet")
        if form == "bullet":
            return _BULLET
        self._counts[list_id, int(level)] += 1
        for deeper in [key for key in self._counts if key[0] == list_id and key[1] > int(level)]:
            del self._counts[deeper]
        count = self._counts[list_id, int(level)]
        return f"{chr(96 + count)}." if form == "lowerLetter" and count <= 26 else f"{count}."


def _value(numbering: Element | None, name: str, default: str) -> str:
    found = numbering.find(f"{_W}{name}") if numbering is not None else None
    return found.get(f"{_W}val", default) if found is not None else default


def _list_formats(document: Document) -> dict[tuple[str, str], str]:
    """Returns the form of each level of each list: `bullet`, `decimal`, `lowerLetter` ..."""
    part: Any = next(
        (rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")), None
    )
    if part is None:
        return {}
    root = part.element
    levels = {
        (abstract.get(f"{_W}abstractNumId"), level.get(f"{_W}ilvl")): _value(level, "numFmt", "decimal")
        for abstract in root.iter(f"{_W}abstractNum")
        for level in abstract.iter(f"{_W}lvl")
    }
    return {
        (number.get(f"{_W}numId"), level): form
        for number in root.iter(f"{_W}num")
        for (abstract, level), form in levels.items()
        if _value(number, "abstractNumId", "") == abstract
    }


def _children(root: Element) -> Iterator[Element]:
    """Yields paragraphs and tables of a body in order, those in content controls and insertions too."""
    stack = list(reversed(root))
    while stack:
        element = stack.pop()
        if element.tag in {f"{_W}p", f"{_W}tbl"}:
            yield element
        elif element.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}:
            stack += reversed(element)


def _texts(element: Element) -> Iterator[str]:
    """Yields the pieces of text under an element, but those in text boxes within it."""
    for node in element.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}noBreakHyphen"):
        if element.tag != f"{_W}txbxContent" and any(True for _ in node.iterancestors(f"{_W}txbxContent")):
            continue
        if node.tag == f"{_W}t":
            yield node.text or ""
        else:
            yield "-" if node.tag == f"{_W}noBreakHyphen" else " "


def _text(element: Element) -> str:
    return tidy("".join(_texts(element)))


def _is_bold(element: Element) -> bool:
    runs = [run for run in element.iter(f"{_W}r") if "".join(_texts(run)).strip()]
    marks = [run.find(f"{_W}rPr/{_W}b") for run in runs]
    return bool(runs) and all(mark is not None and mark.get(f"{_W}val", "1") not in {"0", "false"} for mark in marks)


def _is_headed(table: Element) -> bool:
    """Says whether the first row of a table is marked as its header: repeated on each page, or alone in bold."""
    rows = list(table.iterchildren(f"{_W}tr"))
    if len(rows) < 2:
        return False
    marked = rows[0].find(f"{_W}trPr/{_W}tblHeader") is not None
    return marked or (_is_bold(rows[0]) and not _is_bold(rows[1]))


def _rows(table: Element) -> list[list[str | None]]:
    """Returns the rows of a table: None below the first cell of a vertical merge."""
    rows: list[list[str | None]] = []
    for row in table.iterchildren(f"{_W}tr"):
        cells: list[str | None] = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tbl")) is not table:
                continue  # of a table in this one: its text is in the outer cell
            span = int(_value(cell.find(f"{_W}tcPr"), "gridSpan", "1"))
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            below = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            text = tidy("\n".join("".join(_texts(paragraph)) for paragraph in cell.iter(f"{_W}p")))
            cells += [None if below else text] + [""] * (span - 1)
        rows.append(cells)
    width = max(map(len, rows), default=0)
    return [cells + [""] * (width - len(cells)) for cells in rows]
