"""What text looks like in every format: steps, warnings, captions, contents, headers of tables, rows read alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingestion.manuals.contract import PARAGRAPH, PROCEDURE, WARNING, Heading, Prose, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingestion.manuals.contract import Block

NUMBERED: Final = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\.\d{1,2}(?:\.\d{1,2})*"
    r"|(?:Appendix|Annexe?|Chapter|Chapitre|Section) \w+\.?)\s+\S"
)
"""A heading that begins with its number."""

STEP: Final = re.compile(r"(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|[-\u2013\u2022\u25aa\u25cf\u25a1\u25e6*])\s+\S")
"""A step of a procedure, or an item of a list."""

_STEP_NUMBER: Final = re.compile(r"\(?(\d{1,2})[.)]\s")
MARKER: Final = re.compile(r"(?:\(?\d{1,2}[.)]?|\(?[a-z][.)]|[-\u2013\u2022\u25aa\u25cf\u25a1\u25e6*])")
"""What a step begins with, alone."""

SIGNAL: Final = re.compile(
    r"\W{0,3}(?:WARNING|CAUTION|DANGER|AVERTISSEMENT|ATTENTION|MISE EN GARDE|PRUDENCE|DANGER DE MORT)\b", re.IGNORECASE
)
"""The signal word of a warning (ANSI Z535.6, ISO 3864-2), which begins it."""

BROKEN: Final = re.compile(r"\w-$")
"""A line that ends in the middle of a word."""

_CAPTION: Final = re.compile(r"(?:Table|Tableau|Tab\.)\s+[\w.-]+", re.IGNORECASE)
CONTENTS: Final = re.compile(r"(?:\.\s?){4,}\s*\S{1,7}\s*$")

_KIND_OF_ROW: Final = re.compile(
    r"(?:item|parameter|quantity|property|characteristic|feature|description|designation|data|size|model"
    r"|param\u00e8tre|grandeur|caract\u00e9ristique|d\u00e9signation|donn\u00e9e|\u00e9l\u00e9ment|mod\u00e8le)s?",
    re.IGNORECASE,
)
_FIGURE: Final = re.compile(r"(?<![\w-])\d+(?:[.,]\d+)?\s?[^\W\d]|\d\s?[\u00b0%]|[:=]\s*\S*\d")
MAX_HEADING: Final = 90
_MAX_CAPTION: Final = 70
_MAX_COLUMN_NAME: Final = 40
_MAX_SIGNAL: Final = 40
_FIGURES: Final = 0.6  # share of a column's cells


def level_of(heading: str) -> int:
    """Returns the level that a heading's number says, 1 for `6 Faults` and 2 for `6.2 Codes`; 1 without a number."""
    if not NUMBERED.match(heading):
        return 1
    return heading.split(maxsplit=1)[0].rstrip(".").count(".") + 1


def kind_of(text: str) -> str:
    """Returns the kind of a text by how it begins."""
    if SIGNAL.match(text):
        return WARNING
    return PROCEDURE if STEP.match(text) else PARAGRAPH


def is_signal_alone(text: str) -> bool:
    """Says whether a text is the signal word of a warning, and nothing to say to it."""
    found = SIGNAL.match(text)
    return found is not None and len(text) <= _MAX_SIGNAL and not re.search(r"\w", text[found.end() :])


def with_warnings(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Joins a signal word that stands alone to the text that it warns of."""
    joined: list[Block] = []
    signal = ""
    for block in blocks:
        if signal and isinstance(block, Prose):
            joined.append(Prose(f"{signal} {block.text}", WARNING))
            signal = ""
            continue
        if signal:
            joined.append(Prose(signal, WARNING))
            signal = ""
        if isinstance(block, Heading | Prose) and is_signal_alone(block.text):
            signal = block.text
        else:
            joined.append(block)
    return (*joined, Prose(signal, WARNING)) if signal else tuple(joined)


def with_its_end(block: Block, after: Block) -> Prose | None:
    """Returns a text with what goes on from it in the next column: a sentence, or steps by their numbers; else None."""
    if not isinstance(block, Prose) or not isinstance(after, Prose):
        return None
    if block.kind == after.kind == PROCEDURE and _follows(_last_step(block.text), after.text):
        return Prose(f"{block.text}\n{after.text}", PROCEDURE)
    goes_on = after.kind == PARAGRAPH and after.text[:1].islower() and not block.text.endswith((".", "!", "?", ":"))
    return (
        Prose(f"{block.text}{chr(10) if BROKEN.search(block.text) else ' '}{after.text}", block.kind)
        if goes_on
        else None
    )


def _last_step(text: str) -> str:
    """Returns the last line of a procedure that begins a step."""
    return next((line for line in reversed(text.splitlines()) if STEP.match(line)), text)


def _follows(step: str, after: str) -> bool:
    """Says whether a step has the next number after another's, or the same bullet."""
    first, second = (_STEP_NUMBER.match(text) for text in (step, after))
    if first and second:
        return int(second[1]) == int(first[1]) + 1
    return not first and not second and step[0] == after[0]


def with_captions(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Gives a caption right above a table to it."""
    joined: list[Block] = []
    for block in blocks:
        above = joined[-1] if joined else None
        if isinstance(block, Table) and not block.caption and isinstance(above, Prose) and is_caption(above.text):
            joined[-1] = Table(block.rows, block.header, above.text)
        else:
            joined.append(block)
    return tuple(joined)


def is_caption(text: str) -> bool:
    """Says whether a text right above a table is its caption: it says so, or is a few words that tell no figure."""
    if _CAPTION.match(text):
        return len(text) <= 2 * _MAX_CAPTION
    few = len(text) <= _MAX_CAPTION and not text.endswith((".", "!", "?", ";", ","))
    return few and kind_of(text) == PARAGRAPH and not _FIGURE.search(text)


def is_header(rows: Sequence[Sequence[str | None]]) -> bool:
    """Says whether the first row names the columns: short, none repeated, and without digits or above figures."""
    first = rows[0]
    if not all(cell and len(cell) <= _MAX_COLUMN_NAME for cell in first[1:]) or len(set(first)) < len(first):
        return False
    if first[0] and not any(c.isdigit() for cell in first for c in cell or ""):
        return len(first) > 2 or len(first) == 2 < len(rows)
    if len(first) == 2:
        return bool(_KIND_OF_ROW.fullmatch(first[0] or "")) and len(rows) > 2
    if len(first) > 2 and _KIND_OF_ROW.fullmatch(first[0] or ""):
        return True
    return len(first) > 2 and all(_is_above_figures(column) for column in list(zip(*rows, strict=False))[1:])


def _is_above_figures(column: Sequence[str | None]) -> bool:
    """Says whether a column begins with a name, that of a model say, and goes on with figures mostly."""
    name, *cells = (cell or "" for cell in column)
    figures = sum(bool(re.match(r"[-+\u00b1<>\u2264\u2265~]?\s?\d", cell)) for cell in cells if cell)
    return name[:1].isalpha() and figures > _FIGURES * sum(map(bool, cells))


def table_of(rows: Sequence[Sequence[str | None]], caption: str = "", *, headed: bool = False) -> Table | Prose | None:
    """Makes a table of rows; text where it has one row or column, so is only a box; None where it is empty.

    Args:
        rows: All of them, the header among them.
        caption: What stands above it.
        headed: Whether its first row is marked as the header; else that is judged by what stands in it.
    """
    clean = [tuple(None if cell is None else tidy(cell) for cell in row) for row in rows]
    clean = [row for row in clean if any(row)]
    if not clean:
        return None
    if len(clean) == 1 or max(map(len, clean)) == 1:
        text = " ".join(cell for row in clean for cell in row if cell)
        return Prose(text, WARNING if SIGNAL.match(text) else PARAGRAPH)
    header = tuple(cell or "" for cell in clean[0]) if headed or is_header(clean) else ()
    return Table(tuple(clean[1:] if header else clean), header, caption)


def tidy(text: str) -> str:
    """Returns a text on one line with one space for each run of them, without soft hyphens.

    A word broken at a line's end stays on two, for `ingestion.manuals.hyphens` to make it whole.
    """
    whole = ""
    for line in text.replace("\u00ad", "").splitlines():
        words = " ".join(line.split())
        whole += ("\n" if BROKEN.search(whole) else " ") + words if whole and words else words
    return whole
