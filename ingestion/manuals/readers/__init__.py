"""The formats that manuals are read from, and which of them a file is.

A format is one module with a `Reader`; to add one is to write it and name it in `READERS`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from plant.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from ingestion.manuals.contract import Reader

READERS: Final = {
    "pdf": "PdfReader",
    "docx": "DocxReader",
    "html": "HtmlReader",
    "markdown": "MarkdownReader",
    "text": "TextReader",
}
"""The modules of this folder, each with its reader; a file is of the first format that its content can be."""

_SIGNATURES: Final = (
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "a document of Word 97-2003: save it as DOCX or PDF"),
    (b"{\\rtf", "an RTF document: save it as DOCX or PDF"),
    (b"PK\x03\x04", "a ZIP archive: unpack it, or save a document as DOCX or PDF"),
    (b"\x89PNG", "a picture: run text recognition on it and save a PDF"),
    (b"\xff\xd8\xff", "a picture: run text recognition on it and save a PDF"),
    (b"II*\x00", "a picture: run text recognition on it and save a PDF"),
    (b"\x1f\x8b", "a compressed file: unpack it"),
)


@cache
def readers() -> tuple[Reader, ...]:
    """Returns all readers; their libraries are imported when they read."""
    return tuple(getattr(import_module(f"{__name__}.{module}"), name)() for module, name in READERS.items())


def endings() -> tuple[str, ...]:
    """Returns the endings of file names that are read."""
    return tuple(ending for reader in readers() for ending in reader.endings)


def reader_of(path: Path) -> Reader:
    """Returns the reader of a file, by its ending, if its content agrees.

    Raises:
        BadInput: If it cannot be opened, has another ending, or is not what its ending says.
    """
    by_name = next((reader for reader in readers() if path.suffix.lower() in reader.endings), None)
    try:
        if by_name is not None and by_name.holds(path):
            return by_name
        content = _content(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error
    if by_name is not None:
        raise BadInput(f"{path} is not {_article(by_name.name)}.", hint=f"It looks like {content}." if content else "")
    raise BadInput(
        f"{path} is no manual that can be read: its name ends in {path.suffix or 'nothing'}.",
        hint=f"Manuals are files that end in {', '.join(endings())}.",
    )


def _content(path: Path) -> str:
    """Returns what a file looks like, for people; empty where it looks like nothing that is known."""
    other = next((reader for reader in readers() if reader.holds(path)), None)
    if other is not None:
        return f"{_article(other.name)}: let its name end in {other.endings[0]}"
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        return "an empty file"
    return next((words for signature, words in _SIGNATURES if head.startswith(signature)), "")


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEHI' else 'a'} {name}"
