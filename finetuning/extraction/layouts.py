"""The layouts that manuals are written in to be read again, and what is known of each manual's text."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.corpus.blocks import Format, Heading, Layout, Notice, Steps, Table, Text
from finetuning.corpus.families import LANGUAGES, family_names, load_family
from finetuning.corpus.manual import write_manual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finetuning.corpus.blocks import Block, Manual

LAYOUTS: Final = {
    "pdf": (Format.PDF, Layout(columns=1, ruled=True)),
    "pdf-unruled": (Format.PDF, Layout(columns=1, ruled=False, front=False, serif=True)),
    "pdf-columns": (Format.PDF, Layout(columns=2, ruled=True, front=False)),
    "pdf-columns-unruled": (Format.PDF, Layout(columns=2, ruled=False, running=False)),
    "docx": (Format.DOCX, Layout()),
    "html": (Format.HTML, Layout()),
    "md": (Format.MARKDOWN, Layout()),
}
"""Layouts by name, with the format that they are written in."""

_WORD: Final = re.compile(r"\w+")


class Row(msgspec.Struct, frozen=True):
    """A row of a table: its cells with the names of their columns, empty where they have none."""

    columns: tuple[str, ...]
    cells: tuple[str, ...]


class Truth(msgspec.Struct, frozen=True):
    """What stands in a manual.

    Attributes:
        title: Words of its title, which may stand first.
        words: All others in reading order, but those of the revision, of contents and running lines.
        rows: All rows of its tables.
        front: Whether two pages with the labels i and ii come first; else the first page is 1.
    """

    title: list[str]
    words: tuple[str, ...]
    rows: tuple[Row, ...]
    front: bool

    def labels(self, pages: int) -> list[str]:
        """Returns the labels that are printed on so many pages."""
        return [*(["i", "ii"] if self.front else []), *map(str, range(1, pages + 1))][:pages]


def manuals(count: int, seed: int) -> Iterator[Manual]:
    """Yields manuals of the corpus, one of each family in each of its languages, at most so many; 0 for all."""
    made = 0
    for name in family_names():
        for language in LANGUAGES:
            family = load_family(name, language)
            if family is not None and (made < count or not count):
                made += 1
                yield write_manual(family, family.models[0], f"{seed}/{language}/{name}/extraction")


def in_layout(manual: Manual, layout: Layout) -> Manual:
    """Returns a manual in a layout."""
    return msgspec.structs.replace(manual, layout=layout)


def truth_of(manual: Manual) -> Truth:
    """Returns what stands in a manual."""
    words = tuple(word for block in manual.blocks for text in _texts(block) for word in words_of(text))
    rows = tuple(
        Row(block.header or ("",) * len(cells), cells)
        for block in manual.blocks
        if isinstance(block, Table)
        for cells in block.rows
    )
    return Truth(words_of(manual.title), words, rows, manual.layout.front)


def words_of(text: str) -> list[str]:
    """Returns the words of a text, in lower case, ligatures and wide letters as plain ones."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading() | Text():
            yield block.text
        case Steps(items, numbered):
            for number, item in enumerate(items, 1):
                yield f"{number}. {item}" if numbered else item
        case Notice():
            yield f"{block.word} {block.text}"
        case Table():
            yield from (block.caption, *block.header, *(cell for row in block.rows for cell in row))
