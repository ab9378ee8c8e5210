"""Two manuals, or two revisions of one, that answer the same question differently: both are to be shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingestion.manuals.words import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tools.manuals.reading import Quoted, Reading
    from tools.manuals.retrieval import Found

_MANUALS: Final = 2
"""Further manuals that are read, at most: each reading takes as long as the first."""

_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")


def rivals(found: Sequence[Found], quoted: Sequence[Quoted]) -> list[list[Found]]:
    """Returns what was found in each further manual that says as much to the question as the first one quoted.

    Args:
        found: All that was found, the likeliest first.
        quoted: What is quoted.
    """
    if not quoted:
        return []
    best, cited = quoted[0].found, {one.found.passage.document for one in quoted}
    by_manual: dict[str, list[Found]] = {}
    for one in found:
        if one.passage.document not in cited:
            by_manual.setdefault(one.passage.document, []).append(one)
    return [others for others in by_manual.values() if _says_as_much(others[0], best)][:_MANUALS]


def with_rivals(
    reading: Reading, found: Sequence[Found], read: Callable[[Sequence[Found]], Reading | None]
) -> tuple[list[Quoted], bool]:
    """Returns what is quoted, what further manuals say otherwise with it, and whether manuals say different things.

    Args:
        reading: What was read first.
        found: All that was found.
        read: Reads what was found in one manual.
    """
    quoted = list(reading.quoted)
    for others in rivals(found, quoted):
        other = read(others)
        if other is not None and other.quoted and _differ(quoted[0].words, other.quoted[0].words):
            quoted += other.quoted
    return quoted, disagree(quoted)


def disagree(quoted: Sequence[Quoted]) -> bool:
    """Says whether the answers of two manuals differ: in their figures, or neither has all words of the other.

    Whole paragraphs of two manuals always differ in words; only rows and words that were pointed at are compared.
    """
    firsts: dict[str, str] = {}
    for one in quoted:
        if not one.whole or one.found.passage.kind == "table":
            firsts.setdefault(one.found.passage.document, one.words)
    first, *others = firsts.values() or [""]
    return any(_differ(first, other) for other in others)


def _says_as_much(one: Found, best: Found) -> bool:
    judged = one.judged
    return judged.codes and one.enough >= best.enough and judged.covers_as_much(best.judged)


def _differ(first: str, second: str) -> bool:
    if sorted(_FIGURE.findall(first)) != sorted(_FIGURE.findall(second)):
        return True
    one, other = set(tokens(first)), set(tokens(second))
    return not (one <= other or other <= one)
