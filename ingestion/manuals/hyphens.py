"""Makes words whole that a line's end broke, as the manual itself shows what they are.

A hyphen stays where the manual has the word with it elsewhere (`re-engage`), where a capital or a digit follows
(`P-101`), and where both parts are words of the manual (`high-pressure`); else the parts are one word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from ingestion.manuals.contract import Heading, Prose, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingestion.manuals.contract import Block, Manual

_BREAK = re.compile(r"([^\W_]+)-\s*\n\s*(\w+)")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def with_whole_words(manual: Manual) -> Manual:
    """Returns a manual without breaks at hyphens."""
    texts = [text for page in manual.pages for block in page.blocks for text in _texts(block)]
    if not any(_BREAK.search(text) for text in texts):
        return manual
    known = {word for text in texts for word in _WORD.findall(_BREAK.sub(" ", text.lower()))}

    def whole(found: re.Match[str]) -> str:
        return f"{found[1]}{'-' if _is_hyphenated(found[1], found[2], known) else ''}{found[2]}"

    pages = tuple(
        msgspec.structs.replace(page, blocks=tuple(_mended(block, whole) for block in page.blocks))
        for page in manual.pages
    )
    return msgspec.structs.replace(manual, pages=pages)


def _is_hyphenated(begin: str, end: str, known: set[str]) -> bool:
    """Says whether a word has a hyphen where it is broken."""
    if not end[0].islower() or not begin[-1].isalpha() or f"{begin}-{end}".lower() in known:
        return True
    return f"{begin}{end}".lower() not in known and {begin.lower(), end.lower()} <= known


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from (cell for row in (block.header, *block.rows) for cell in row if cell)
        yield block.caption
    else:
        yield block.text


def _mended(block: Block, whole: Callable[[re.Match[str]], str]) -> Block:
    def mend(text: str) -> str:
        return _BREAK.sub(whole, text)

    if isinstance(block, Heading):
        return Heading(mend(block.text), block.level)
    if isinstance(block, Prose):
        return Prose(mend(block.text), block.kind)
    rows = tuple(tuple(cell and mend(cell) for cell in row) for row in block.rows)
    return Table(rows, tuple(map(mend, block.header)), mend(block.caption))
