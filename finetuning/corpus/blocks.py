"""What a manual is made of before it has a format: headings, paragraphs, steps, notices, tables; and what it says."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Format(StrEnum):
    """File formats a manual is written in; the value is the file's ending."""

    PDF = "pdf"
    MARKDOWN = "md"
    HTML = "html"
    DOCX = "docx"


class Heading(msgspec.Struct, frozen=True):
    """A heading of level 1 (chapter), 2 (section) or 3 (a fault of its own), with its number where it has one."""

    level: int
    text: str


class Text(msgspec.Struct, frozen=True):
    """A paragraph."""

    text: str


class Steps(msgspec.Struct, frozen=True):
    """Steps of a procedure, or points of a list where `numbered` is false."""

    items: tuple[str, ...]
    numbered: bool = True


class Notice(msgspec.Struct, frozen=True):
    """A box that begins with a word such as `WARNING:`."""

    word: str
    text: str


class Table(msgspec.Struct, frozen=True):
    """A table; `header` is empty where the columns have no names."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class NewPage(msgspec.Struct, frozen=True):
    """What follows begins a page, where the format has pages."""


Block = Heading | Text | Steps | Notice | Table | NewPage


class Layout(msgspec.Struct, frozen=True):
    """How a manual looks.

    Attributes:
        columns: Columns of text on a page, 1 or 2 (PDF).
        ruled: Whether short tables have lines (PDF).
        front: Whether there are a cover and a table of contents; their pages have roman numerals (PDF).
        running: Whether pages have a header and a footer; the page number is printed anyway (PDF).
        serif: Whether the type has serifs (PDF).
    """

    columns: int = 1
    ruled: bool = True
    front: bool = True
    running: bool = True
    serif: bool = False


class Fact(msgspec.Struct, frozen=True):
    """Something a manual says, and how to find it in a passage.

    Attributes:
        id: What it is, `fault.low-flow.remedy`; the same in every manual of a family.
        quote: The words, as the manual has them; empty where a passage answers as a whole.
        near: What stands in the same passage or in its heading; the quote comes after the first of them.
        column: Name of the table's column it stands in; empty where there is none.
    """

    id: str
    quote: str
    near: tuple[str, ...]
    column: str = ""


class Manual(msgspec.Struct, frozen=True):
    """A manual of an invented machine.

    Attributes:
        model: The machine's name.
        title: What stands on the cover.
        edition: Edition or revision, as printed.
        language: `en` or `fr`.
        layout: How it looks.
        blocks: What it says, in order.
        facts: The facts that may be asked for.
        values: What the slots of questions stand for: `model`, the family's slots, and `fault.low-flow.code` for the
            cells of a row, in the case in which a sentence has them.
    """

    model: str
    title: str
    edition: str
    language: str
    layout: Layout
    blocks: tuple[Block, ...]
    facts: tuple[Fact, ...]
    values: dict[str, str]
