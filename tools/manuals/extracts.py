"""Extracts: the passages that are quoted where no model reads them, and how many of them.

Of a table's row in which only one cell may answer (`cells.py`), that cell is pointed at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.manuals.cells import answering, sought
from tools.manuals.prompt import Span, fitting
from tools.manuals.reading import Reading, reading_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.manuals.cells import Sought
    from tools.manuals.retrieval import Found

_QUOTES: Final = 3
_ROWS: Final = 6  # that say as much: who asks for M12 sees all joints with M12
_SECTION: Final = 6  # passages of the section that was asked for: a procedure is not cut to three
_KIND: Final = 0.2  # of coverage: what a passage of the kind that is asked for has before others
_CLOSE: Final = 0.7  # of the best passage's bm25: a further quote says as much


def extracts(question: str, found: Sequence[Found]) -> Reading:
    """Returns the best passage if it is evidence enough, and those that say as much; else nothing is quoted.

    Args:
        question: As it was asked.
        found: What `retrieve` found.
    """
    quoted, asked = _worth_quoting(found), sought(question)
    read = found[: fitting([one.shown for one in found])]
    shown = (*quoted, *(one for one in read if one not in quoted))
    return reading_of([Span(number, *_words(one, asked)) for number, one in enumerate(quoted)], shown)


def _words(found: Found, asked: Sought) -> tuple[int, int]:
    """Returns where the words that answer stand in a passage."""
    text = found.passage.text
    if found.passage.kind == "table":
        likely = answering(text, asked)
        if len(likely) == 1:
            return likely[0].start, likely[0].end
    return 0, len(text)


def _worth_quoting(found: Sequence[Found]) -> list[Found]:
    """Returns the passages to quote.

    A row that the question names stands alone. To a text under the heading that was asked for
    belongs all that stands there, in reading order, after what scores higher elsewhere; to any
    other passage, what scores nearly as high.
    """
    worth = sorted((one for one in found if one.enough), key=_evidence, reverse=True)
    if not worth:
        return []
    best = worth[0]
    equals = [one for one in worth if one.judged.covers_as_much(best.judged)]
    if not best.judged.about:
        close = [one for one in equals if one.passage.score >= _CLOSE * best.passage.score]
        return close[: _ROWS if best.passage.kind == "table" else _QUOTES]
    if best.passage.kind == "table":
        return [one for one in equals if one.judged.about and one.passage.kind == "table"][:_QUOTES]
    under = (best.passage.document, best.passage.section)
    section = [one for one in equals if (one.passage.document, one.passage.section) == under]
    highest = max(one.passage.score for one in section)
    elsewhere = [one for one in equals if one not in section and one.passage.score > highest]
    return [*elsewhere[:_QUOTES], *sorted(section[:_SECTION], key=lambda one: one.passage.id)]


def _evidence(one: Found) -> tuple[float, ...]:
    """Returns what extracts are ordered by, the highest first: what they say, whatever else is likely."""
    judged, passage = one.judged, one.passage
    return one.named, judged.about, round(judged.coverage + _KIND * judged.wanted, 2), passage.score, -passage.id
