"""What a reader of manuals is, and what it gives.

Rules every reader keeps, and `tests/conformance/test_manual_reader.py` checks:

- Text is as it is shown to a person: nothing rephrased, nothing from a neighbouring page. What is not shown
  (scripts, comments, hidden text) is not read.
- It reads what it can and notes what it cannot, in sentences for people (`Manual.notes`).
- A file that it cannot read at all is `BadInput` with a sentence: not of this format, cut short, encrypted, no
  text, too large when unpacked.
- It runs nothing and fetches nothing that a file names.
- The same file gives the same manual.

A format without pages is cut into some by its headings: see `ingestion.manuals.sections`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

PARAGRAPH: Final = "paragraph"
PROCEDURE: Final = "procedure"
WARNING: Final = "warning"
TABLE: Final = "table"
"""Kinds of passages; those of `Prose` are the first three."""


class Heading(msgspec.Struct, frozen=True):
    """A title within the manual; `level` 1 is a chapter's."""

    text: str
    level: int = 1


class Prose(msgspec.Struct, frozen=True):
    """Text that belongs together; steps of a procedure are lines of it, each with its number or bullet."""

    text: str
    kind: str = PARAGRAPH


class Table(msgspec.Struct, frozen=True):
    """Rows of cells; None where a cell is merged into the one above.

    Attributes:
        rows: Without the header.
        header: Names of the columns, empty where there is none.
        caption: What stands above it; empty where there is nothing.
    """

    rows: tuple[tuple[str | None, ...], ...]
    header: tuple[str, ...] = ()
    caption: str = ""


Block = Heading | Prose | Table


class Page(msgspec.Struct, frozen=True):
    """One page: number from 1, printed label, and what stands on it in reading order."""

    number: int
    label: str
    blocks: tuple[Block, ...]


class Manual(msgspec.Struct, frozen=True, kw_only=True):
    """A manual as read.

    Attributes:
        title: Its title, else empty.
        pages: All pages, in order.
        labels: Where page labels come from: `file`, `printed`, `sections` (formats without pages) or `none`.
        notes: What was not read, a sentence each.
        furniture: Text of headers, footers and the like, which is no passage but may name the revision.
        columns: How many pages are set in columns.
    """

    title: str
    pages: tuple[Page, ...]
    labels: str
    notes: tuple[str, ...] = ()
    furniture: str = ""
    columns: int = 0


class Watch:
    """Is told how far a reading is, and keeps pages for when it is ended in the middle; this one does nothing.

    A reader that takes long for a page calls it; the others need not.
    """

    def kept(self) -> Iterable[tuple[int, bytes]]:
        """Returns the pages that an earlier reading of the same file kept, in order."""
        return ()

    def keep(self, pages: Sequence[tuple[int, bytes]]) -> None:
        """Keeps pages as the reader wrote them."""

    def step(self, done: int, total: int) -> None:
        """Says how many pages are read."""


class Reader(Protocol):
    """Reads one format. Made without arguments; any thread may use it."""

    name: str
    """What the format is called, for people and in reports: `PDF`."""

    endings: tuple[str, ...]
    """Endings of file names, lower case, with the dot."""

    def holds(self, path: Path) -> bool:
        """Says whether a file's content is of this format, whatever its name. Raises `OSError` if it cannot be read."""

    def read(self, path: Path, watch: Watch) -> Manual:
        """Reads a file of this format.

        Raises:
            BadInput: If it cannot be read; see the module's docstring.
        """
