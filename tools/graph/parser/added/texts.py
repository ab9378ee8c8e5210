"""Texts: in quotation marks, or behind "containing"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tools.graph.parser.added.question import covered
from tools.graph.parser.readings import Function, Quoted, Reading, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.readings import Word

_TEXTUAL: Final = frozenset((Role.CONTAINS, Role.STARTS, Role.ENDS))
_TOLD: Final = 0.3
_MOST_TOLD: Final = 4
_JOINING: Final = frozenset(("and", "with", "et", "avec", "plus", "or", "ou"))
_QUOTES: Final = re.compile(
    r'"([^"]+)"|\u00ab\s*([^\u00bb]+?)\s*\u00bb|\u201c([^\u201d]+)\u201d|(?<!\w)\'([^\']+)\'(?!\w)'
)


def quoted(question: str, words: Sequence[Word]) -> Iterator[Reading]:
    """Yields what stands in quotation marks as a text."""
    for match in _QUOTES.finditer(question):
        inside = [i for i, word in enumerate(words) if match.start() <= word.start and word.end <= match.end()]
        if inside:
            text = next(group for group in match.groups() if group is not None)
            yield Reading(inside[0], inside[-1] + 1, Quoted(text))


def told(question: str, words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields what follows "containing" and is nothing else as a text: the next word, or all to the clause's end."""
    places = covered(readings)
    textual = {r.last for r in readings if isinstance(r.meaning, Function) and r.meaning.role in _TEXTUAL}
    for first in textual:
        for last in {first + 1, _end_of_text(words, first)}:
            if first < last <= min(len(words), first + _MOST_TOLD) and not places.issuperset(range(first, last)):
                yield Reading(first, last, Quoted(question[words[first].start : words[last - 1].end]), _TOLD)


def _end_of_text(words: Sequence[Word], first: int) -> int:
    """Returns the index after a text that begins at a word and ends before a mark or a joining word."""
    for last in range(first + 1, len(words)):
        if words[last].plain in _JOINING or words[last].start - words[last - 1].end > 1:
            return last
    return len(words)
