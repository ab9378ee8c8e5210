"""Pages for formats that have none: a page begins at each heading of the two highest levels.

A title that stands alone above all others is the manual's, and counts as no level. Headings with no text between
them share a page, so no page is empty but that of an empty manual. A page's label is the number that its last
heading of those levels begins with (`6.2`), else its own number with a section mark (`§ 3`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestion.manuals.contract import Heading, Page
from ingestion.manuals.layout import NUMBERED, with_captions, with_warnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingestion.manuals.contract import Block

_LEVELS = 2


def titled(blocks: Sequence[Block]) -> tuple[str, tuple[Block, ...]]:
    """Returns the title that stands alone above all other headings, else nothing, and the blocks with levels from 1."""
    levels = [block.level for block in blocks if isinstance(block, Heading)]
    if not levels:
        return "", tuple(blocks)
    first = next(block for block in blocks if isinstance(block, Heading))
    highest = min(levels)
    alone = first.level == highest and levels.count(highest) == 1 and not NUMBERED.match(first.text)
    above = highest if alone and len(levels) > 1 else highest - 1
    moved = (
        Heading(block.text, max(1, block.level - above)) if isinstance(block, Heading) else block for block in blocks
    )
    return first.text if alone else "", tuple(moved)


def paged(blocks: Sequence[Block]) -> tuple[Page, ...]:
    """Cuts blocks into pages by their headings."""
    parts: list[list[Block]] = [[]]
    for block in with_captions(with_warnings(blocks)):
        begins = isinstance(block, Heading) and block.level <= _LEVELS
        if begins and not all(isinstance(before, Heading) for before in parts[-1]):
            parts.append([])
        parts[-1].append(block)
    return tuple(Page(number, _label(part, number), tuple(part)) for number, part in enumerate(parts, 1))


def _label(part: Sequence[Block], number: int) -> str:
    headings = [block.text for block in part if isinstance(block, Heading) and block.level <= _LEVELS]
    if headings and NUMBERED.match(headings[-1]) and headings[-1][0].isdigit():
        return headings[-1].split(maxsplit=1)[0].rstrip(".")
    return f"\u00a7 {number}"
