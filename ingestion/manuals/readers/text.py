"""Reads plain text: blank lines part blocks, numbers and capitals make headings, aligned cells a table.

Form feeds part pages, as printers take them; without any, pages go by headings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingestion.manuals.contract import Heading, Manual, Page, Prose
from ingestion.manuals.layout import CONTENTS, MARKER, MAX_HEADING, NUMBERED, SIGNAL, STEP, kind_of, level_of, table_of
from ingestion.manuals.readers.plain import head_of, text_of
from ingestion.manuals.sections import paged, titled
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ingestion.manuals.contract import Block, Watch

_UNDERLINE = re.compile(r"([=\-~*_])\1{2,}")
_CELLS = re.compile(r"\s*\|\s*|\s{2,}|\t+")
_RULE = re.compile(r"[\s|+:=\-_]*[-=_]{3}[\s|+:=\-_]*")
_TABLE_ROWS = 3


class TextReader:
    """Reads plain text; see `ingestion.manuals.contract.Reader`."""

    name = "text"
    endings = (".txt", ".text")

    def holds(self, path: Path) -> bool:
        """Says whether a file is text, and no page of HTML."""
        from ingestion.manuals.readers.html import looks_like_html

        head = head_of(path)
        return head is not None and not looks_like_html(head)

    def read(self, path: Path, watch: Watch) -> Manual:  # noqa: ARG002 (a text is read at once)
        """Reads a text file. Raises `BadInput` if it is too large or empty."""
        text, notes = text_of(path)
        parts = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\f\n ").split("\f")
        pages = [list(text_blocks(part)) for part in parts]
        if not any(pages):
            raise BadInput(f"{path} is empty.")
        title = _title([block for page in pages for block in page])
        if len(pages) == 1:
            return Manual(title=title, pages=paged(titled(pages[0])[1]), labels="sections", notes=notes)
        numbered = tuple(Page(number, str(number), tuple(blocks)) for number, blocks in enumerate(pages, 1))
        return Manual(title=title, pages=numbered, labels="none", notes=notes)


def _title(blocks: Sequence[Block]) -> str:
    """Returns the heading that a text begins with, where it is the only one of its level without a number."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    bare = [one.text for one in headings if one.level == 1 and not NUMBERED.match(one.text)]
    return bare[0] if len(bare) == 1 and blocks[0] == headings[0] == Heading(bare[0]) else ""


def text_blocks(text: str) -> Iterator[Block]:
    """Yields the blocks of a plain text."""
    block: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.strip():
            block.append(line.rstrip())
        elif block:
            yield from _blocks(block)
            block = []


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Yields what stands between two blank lines: headings first, then a table or text."""
    lines = [line for line in lines if not _UNDERLINE.fullmatch(line.strip()) or len(lines) > 1]
    while lines and (taken := _heading(lines)):
        heading, count = taken
        yield heading
        lines = lines[count:]
    if not lines:
        return
    rows = [_CELLS.split(line.strip().strip("|").strip()) for line in lines if not _RULE.fullmatch(line)]
    if _is_table(rows):
        block = table_of(rows)
        if block is not None:
            yield block
        return
    kept = [line for line in lines if not _RULE.fullmatch(line)]
    if kept and not all(CONTENTS.search(line) for line in kept):
        for text in _texts(kept):
            yield Prose(text, kind_of(text))


def _heading(lines: Sequence[str]) -> tuple[Heading, int] | None:
    """Returns the heading that lines begin with, and how many of them it is; None where they begin with none."""
    text = lines[0].strip()
    underlined = len(lines) > 1 and _UNDERLINE.fullmatch(lines[1].strip())
    if len(text) > MAX_HEADING or CONTENTS.search(text) or SIGNAL.match(text) or text.endswith((".", ";", ",")):
        return None
    if underlined:
        level = level_of(text) if NUMBERED.match(text) else 1 if lines[1].strip()[0] in "=*" else 2
        return Heading(text, level), 2
    alone = len(lines) == 1 or not STEP.match(lines[1].strip())
    numbered = bool(NUMBERED.match(text)) and alone and not (STEP.match(text) and len(lines) > 1)
    capitals = text.isupper() and len(text) > 3 and len(lines) == 1 and len(text.split()) < 10
    if (numbered and len(lines) == 1) or capitals:
        return Heading(text, level_of(text)), 1
    return None


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Says whether lines are rows of a table: several, most with as many cells, the first of which is no bullet."""
    if len(rows) < _TABLE_ROWS or len(rows[0]) < 2:
        return False
    alike = sum(len(row) == len(rows[0]) for row in rows)
    return alike > 0.8 * len(rows) and not all(MARKER.fullmatch(row[0]) for row in rows)


def _texts(lines: Sequence[str]) -> Iterator[str]:
    """Yields paragraphs: steps on lines of their own, the others joined, warnings apart."""
    text = ""
    for line in map(str.strip, lines):
        if text and (SIGNAL.match(line) or (STEP.match(line) and kind_of(text) != "procedure")):
            yield text
            text = ""
        own_line = bool(STEP.match(line)) or text.endswith("-")
        text += f"{chr(10) if own_line else ' '}{line}" if text else line
    if text:
        yield text
