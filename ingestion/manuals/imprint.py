"""What stands on a manual's cover, and lines that tell its revision: which manual it is, not what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingestion.manuals.contract import PARAGRAPH, Heading, Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingestion.manuals.contract import Manual, Page

_FIRST_PAGES: Final = 3
_COVER_WORDS: Final = 60
_LABEL = (
    r"(?:(?:rev|r\u00e9v|ver|ind|doc|r\u00e9f|ref|\u00e9d|ed)\b\.?|(?:re|r\u00e9)vision|version|indice|edition|\u00e9dition|issue"
    r"|document|r\u00e9f\u00e9rence|reference|date|printed|imprim\u00e9)"
)
_NUMBER = r"(?:\s*(?:no\b\.?|n\u00b0|number|num\u00e9ro))?"
_CODE = r"(?:[a-z]{0,4}[-/]?\d[\w./-]*|[a-z])"
_DATE = r"(?:\d[\d./-]*|(?:[a-z\u00e9\u00fb]{3,9}\.? )?(?:19|20)\d\d)"
_MARK = rf"{_LABEL}{_NUMBER}[\s.:_-]*{_CODE}"
_EDITION = re.compile(rf"{_MARK}(?:[\s,;()|/\u2013-]+(?:{_MARK}|{_DATE}))*\)?", re.IGNORECASE)


def imprint_of(manual: Manual) -> frozenset[tuple[int, str]]:
    """Returns the texts that say which manual it is, each with the number of its page."""
    cover = manual.pages[0] if _has_cover(manual) else None
    return frozenset(
        (page.number, text)
        for page in manual.pages[:_FIRST_PAGES]
        for text in _paragraphs(page)
        if page is cover or _EDITION.fullmatch(text)
    )


def _has_cover(manual: Manual) -> bool:
    """Says whether the first page is one: a few words in lines, none of them a sentence."""
    if manual.labels == "sections" or len(manual.pages) < 2:
        return False
    first = manual.pages[0]
    texts = list(_paragraphs(first))
    only_lines = len(texts) == sum(not isinstance(block, Heading) for block in first.blocks)
    return only_lines and not any(_ends(text) for text in texts) and len(" ".join(texts).split()) <= _COVER_WORDS


def _paragraphs(page: Page) -> Iterator[str]:
    return (block.text for block in page.blocks if isinstance(block, Prose) and block.kind == PARAGRAPH)


def _ends(text: str) -> bool:
    """Says whether a text ends as a sentence does."""
    return text.endswith((".", "!", "?", ":")) and len(text.split()) > 2
