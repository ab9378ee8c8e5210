"""Where "only" adds nothing: it narrows what is asked for, "pumps only", "only the open ones"; and "only one" is one.

Elsewhere it denies all others, "parts used only on P-101", which no form says: there it has no reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import (
    Days,
    Function,
    Label,
    Nodes,
    Number,
    Property,
    Reading,
    Relation,
    Role,
    Sort,
    Value,
    ValueKind,
)
from tools.graph.parser.vocabulary import name_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.readings import Word

_SAID: Final = 0.1
_ONLY: Final = frozenset(("only", "solely", "exclusively", "seulement", "uniquement", "exclusivement", "strictement"))
_ARTICLES: Final = frozenset(("the", "le", "la", "les", "l", "a", "an", "des"))
_IS: Final = frozenset(("is", "are", "was", "were", "be", "est", "sont", "etait", "etaient"))
_AT: Final = frozenset(("on", "in", "en", "au", "a"))
_THOSE: Final = frozenset((("those",), ("the", "ones"), ("ones",), ("ceux",), ("celles",), ("celui",), ("celle",)))
_STORED: Final = frozenset(("stock", "inventory"))
_LIMITS: Final = frozenset(("minimum", "min", "maximum", "max", "safety"))
_HOLDING: Final = frozenset(("have", "got", "hold", "keep", "stock", "left", "remain"))
_US: Final = frozenset(("we", "you", "i"))


def restrictions(
    words: Sequence[Word], readings: Sequence[Reading], properties: Sequence[Property]
) -> Iterator[Reading]:
    """Yields what "only" is, and "those" behind it; and the "of" of "that we have one of", which is how many there are.

    Args:
        words: The question's words.
        readings: What they may mean.
        properties: All properties of the graph's labels.
    """
    plains = [word.plain for word in words]
    yield from _one_of(plains, readings, properties)
    for at, word in enumerate(plains):
        if word not in _ONLY:
            continue
        behind = at + 1
        if at > 0 and any(isinstance(r.meaning, Number) and r.first == behind for r in readings):
            yield Reading(at, behind, Function(Role.EXACTLY), _SAID)
        elif _opens(words, readings, at):
            those = next((n for n in (1, 2) if tuple(plains[behind : behind + n]) in _THOSE), 0)
            if those or _is_narrowing(plains, readings, behind):
                yield Reading(at, behind + those, Function(Role.FILLER), _SAID)
        elif _closes(words, readings, at) or _is_said(plains, readings, at):
            yield Reading(at, behind, Function(Role.FILLER), _SAID)


def _opens(words: Sequence[Word], readings: Sequence[Reading], at: int) -> bool:
    """Whether a word begins what is asked for: the question, what follows its order to list, or a mark."""
    listed = any(r.meaning == Function(Role.LIST) and (r.first, r.last) == (0, at) for r in readings)
    return at == 0 or listed or _is_marked(words, at)


def _is_marked(words: Sequence[Word], at: int) -> bool:
    """Whether a comma, a colon or a bracket stands before a word."""
    return at == 0 or words[at].start - words[at - 1].end > 1


def _is_narrowing(plains: Sequence[str], readings: Sequence[Reading], at: int) -> bool:
    """Whether things stand at a word, or what is said of them: nothing that they are linked to."""
    at += at < len(plains) and plains[at] in _ARTICLES
    return any(
        isinstance(r.meaning, Label | Sort | Value | Property) and r.first == at and r.cost < 1 for r in readings
    )


def _closes(words: Sequence[Word], readings: Sequence[Reading], at: int) -> bool:
    """Whether "only" ends what narrows the things: ", pumps only", or a value of theirs, "films in French only"."""
    if at + 1 < len(words) and not _is_marked(words, at + 1):
        return False
    before = [r for r in readings if r.last == at and isinstance(r.meaning, Label | Sort | Value) and r.cost < 1]
    begins = next(n for n in range(at - 1, -1, -1) if _is_marked(words, n)) if at else 0
    inside = [r for r in readings if r.first >= begins and r.last <= at]
    if before and not any(isinstance(r.meaning, Nodes | Relation | Days) for r in inside):
        first = min((r for r in inside if isinstance(r.meaning, Label | Sort | Value)), key=lambda r: r.first)
        if len({_label(r) for r in inside if isinstance(r.meaning, Label | Sort)}) < 2 and first.first - begins < 2:
            marks = [n for n in range(1, at) if _is_marked(words, n)]
            if begins > 0 and not all(words[n - 1].comma for n in marks):
                return False  # "PM2: faulty instruments, pumps only": of which of the two is not told
            return begins > 0 or any(isinstance(r.meaning, Label | Sort) for r in before)
    heads = [r for r in readings if isinstance(r.meaning, Label | Sort) and r.cost < 1]
    head = min(heads, key=lambda r: r.first, default=None)
    return head is not None and any(isinstance(r.meaning, Value) and _label(r) == _label(head) for r in before)


def _is_said(plains: Sequence[str], readings: Sequence[Reading], at: int) -> bool:
    """Whether it stands before a value that things are said to have: they have but one, "that is only on standby"."""
    if at == 0 or plains[at - 1] not in _IS:
        return False
    places = {at + 1, at + 2} if plains[at + 1 : at + 2] and plains[at + 1] in _AT else {at + 1}
    return any(isinstance(r.meaning, Value) and r.first in places and r.cost < 1 for r in readings)


def _label(reading: Reading) -> str:
    meaning = reading.meaning
    return meaning.label if isinstance(meaning, Label | Sort | Value) else ""


def _one_of(plains: Sequence[str], readings: Sequence[Reading], properties: Sequence[Property]) -> Iterator[Reading]:
    """Yields the last "of" behind a number as how many there are: "which parts do we have exactly 4 of"."""
    if not plains or plains[-1] != "of" or _US.isdisjoint(plains) or _HOLDING.isdisjoint(plains):
        return
    at = len(plains) - 1
    if not any(isinstance(r.meaning, Number) and r.last == at for r in readings):
        return
    for own in properties:
        named = name_words(own.property)
        if own.kind is ValueKind.NUMBER and named & _STORED and not named & _LIMITS:
            yield Reading(at, at + 1, own, _SAID)
