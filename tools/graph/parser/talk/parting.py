"""The sentences of a question that say something of what it asks; the others, and parts of them, are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Function, Label, Property, Relation, Role, Sort
from tools.graph.parser.talk.anaphora import has_anaphor
from tools.graph.parser.talk.scenes import (
    Sentence,
    asks,
    asks_inside,
    commands,
    commands_first,
    is_idle,
    is_purpose,
    pieces,
    sentences,
    without_asker,
)

if TYPE_CHECKING:
    from tools.graph.parser.readings import Reading
    from tools.graph.parser.talk.clauses import Clauses

_RESTRICTING: Final = frozenset(
    {Role.LARGEST, Role.SMALLEST, Role.LATEST, Role.EARLIEST, Role.TOP, Role.SAME, Role.OTHER, Role.BUT, Role.UNKNOWN}
)


def told_sentences(question: str, clauses: Clauses) -> list[Sentence]:
    """Returns the sentences of a question that say something of what it asks."""
    whole = clauses.read(question, {})
    lenient = not has_anaphor(whole.words, whole.readings)
    found: list[Sentence] = []
    for sentence in sentences(question):
        found += _told(sentence, clauses, lenient=lenient)
    return found


def _told(sentence: Sentence, clauses: Clauses, *, lenient: bool) -> list[Sentence]:
    """Returns what a sentence says of what is asked: nothing, itself, or what it speaks of and what it then asks."""
    kept = pieces(sentence.text)
    while kept and _is_idle(kept[0], clauses, lenient=lenient):
        kept.pop(0)
    while kept and _is_idle(kept[-1], clauses, lenient=True):
        kept.pop()
    if not kept:
        return []
    kept[0] = _without_purpose(without_asker(kept[0], lambda text: _knows(text, clauses)), clauses)
    asking = [place for place, piece in enumerate(kept) if asks(clauses.read(piece, {}))]
    begun = clauses.read(kept[0], {})
    if asking[1:] and commands_first(begun) and begun.unread:  # "I need to isolate C-101, what feeds it"
        asking.pop(0)
    first = asking[0] if asking else 0
    before = [Sentence(", ".join(kept[:first]), ",")] if first else []
    return [*before, Sentence(", ".join(kept[first:]), sentence.mark)]


def _is_idle(text: str, clauses: Clauses, *, lenient: bool) -> bool:
    """Whether a part of a sentence says nothing of what is asked; `lenient`: it may name labels for its purpose."""
    read = clauses.read(text, {})
    named = lenient and is_purpose(read)
    restricting = {place for r in read.readings if _restricts(r, named=named) for place in range(r.first, r.last)}
    return not (read.unknown or asks_inside(read)) and is_idle(read, restricting)


def _restricts(reading: Reading, *, named: bool) -> bool:
    """Whether a word says of which things something is asked: all but most of the words that belong to no graph.

    Args:
        reading: What it may mean.
        named: Whether a mere label or property does not.
    """
    if named and isinstance(reading.meaning, Label | Property | Relation | Sort):
        return False
    if not isinstance(reading.meaning, Function):
        return reading.cost < 1
    return reading.meaning.role in _RESTRICTING


def _without_purpose(text: str, clauses: Clauses) -> str:
    """Returns a sentence without what it is asked for: "for tomorrow's stocktake I need ..."."""
    read = clauses.read(text, {})
    for place in commands(read):
        if _is_idle(text[: read.words[place - 1].end], clauses, lenient=False):
            return text[read.words[place].start :]
    return text


def _knows(text: str, clauses: Clauses) -> bool:
    """Whether a word of a text may be one of the graph's."""
    return any(not isinstance(reading.meaning, Function) for reading in clauses.read(text, {}).readings)
