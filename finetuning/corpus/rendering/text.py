"""A manual as plain text, as it comes off an old printer: headings underlined, columns aligned, a form feed a page."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from finetuning.corpus.blocks import Heading, NewPage, Notice, Steps, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finetuning.corpus.blocks import Block, Manual

_WIDE: Final = 100
_UNDERLINES: Final = {1: "=", 2: "-", 3: "~"}
_GAP: Final = "   "


def to_text(manual: Manual) -> str:
    """Returns a manual's text, its title and edition first."""
    title = f"{manual.title}\n{'*' * len(manual.title)}"
    parts = [title, manual.edition, *(_block(block) for block in manual.blocks)]
    return "\n\n".join(filter(None, parts)).replace("\n\n\f\n\n", "\n\f\n") + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{text}\n{_UNDERLINES[level] * len(text)}"
        case Text(text):
            return textwrap.fill(text, _WIDE, break_on_hyphens=False, break_long_words=False)
        case Steps(items, numbered):
            return "\n".join(_step(f"{number}." if numbered else "-", item) for number, item in enumerate(items, 1))
        case Notice(word, text):
            return textwrap.fill(f"{word} {text}", _WIDE, break_on_hyphens=False, break_long_words=False)
        case Table():
            return "\n".join(_table(block))
        case NewPage():
            return "\f"


def _step(mark: str, item: str) -> str:
    return textwrap.fill(
        f"{mark} {item}",
        _WIDE,
        subsequent_indent=" " * (len(mark) + 1),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"{table.caption}\n"
    rows = [table.header, *table.rows] if table.header else list(table.rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        yield _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if not number and table.header:
            yield _GAP.join("-" * width for width in widths)
