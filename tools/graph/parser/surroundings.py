"""Which readings of a word what stands around it leaves possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.readings import (
    Function,
    Label,
    Nodes,
    Property,
    Quoted,
    Reading,
    Relation,
    Role,
    Sort,
    Value,
    ValueKind,
)
from tools.graph.parser.relations import DIRECTLY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.readings import Word

_IN_QUOTES: Final = 0.15
_SHORT: Final = 2
_SIZES: Final = frozenset((Role.LARGEST, Role.SMALLEST, Role.SUM, Role.MEAN, Role.AT_LEAST, Role.AT_MOST))
_WHO: Final = frozenset(("who", "qui", "whom"))
_ARTICLES: Final = frozenset(("the", "a", "an", "le", "la", "les", "l", "un", "une", "des"))


def left_possible(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the readings that can be meant.

    - What is in quotation marks is a text, or the name or value that it spells.
    - "Minimum" asks for no least where "minimum stock" is a property.
    - A French "ne" that is read as "not" is no filler.
    - "A" is no article in "criticality A".
    - A name is not the same text as some property's value.
    - "Reported" is no date in "who reported N-1".
    - "Directly" is no filler in "directly downstream of".
    - "Effectués" is not done in « effectués sur P-101 ».
    """
    quotes = [reading for reading in readings if isinstance(reading.meaning, Quoted) and not reading.cost]
    for reading in readings:
        quote = next((q for q in quotes if q.first < reading.last and reading.first < q.last), None)
        if quote is not None and reading.meaning != quote.meaning:
            if isinstance(reading.meaning, Nodes | Value) and _place(reading) == _place(quote):
                yield msgspec.structs.replace(reading, cost=reading.cost + _IN_QUOTES)
        elif not any(rule(words, reading, readings) for rule in _RULES):
            yield reading


def _part_of_property(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    if not (isinstance(reading.meaning, Function) and reading.meaning.role in _SIZES):
        return False
    longer = (other for other in others if isinstance(other.meaning, Property) and _place(other) != _place(reading))
    return any(other.first <= reading.first and reading.last <= other.last for other in longer)


def _negating(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    if reading.meaning != Function(Role.FILLER):
        return False
    return any(other.meaning == Function(Role.NOT) and _place(other) == _place(reading) for other in others)


def _capital(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    written = words[reading.first].written
    if not (reading.first > 0 and written.isupper() and len(written) <= _SHORT and reading.last == reading.first + 1):
        return False
    return isinstance(reading.meaning, Function | Relation) and any(
        isinstance(other.meaning, Value | Nodes) and _place(other) == _place(reading) for other in others
    )


def _named_as_well(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    meaning = reading.meaning
    return isinstance(meaning, Value) and any(
        isinstance(other.meaning, Nodes) and other.meaning.label == meaning.label and _place(other) == _place(reading)
        for other in others
    )


def _has_object(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    meaning = reading.meaning
    if not (isinstance(meaning, Property) and meaning.kind is ValueKind.DAY and reading.last == reading.first + 1):
        return False
    verb = any(isinstance(other.meaning, Relation) and _place(other) == _place(reading) for other in others)
    asked = any(word.plain in _WHO for word in words[: reading.first])
    nouns = (other for other in others if isinstance(other.meaning, Nodes | Label | Sort))
    objects = reading.last < len(words) and words[reading.last].plain in _ARTICLES
    return verb and (asked or objects or any(noun.first == reading.last for noun in nouns))


def _part_of_verb(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    if not (isinstance(reading.meaning, Value) and reading.cost > 0):
        return False
    return any(
        isinstance(other.meaning, Relation) and other.first == reading.first and other.last > reading.last
        for other in others
    )


def _next_only(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    if reading.meaning != Function(Role.FILLER) or words[reading.first].plain not in DIRECTLY:
        return False
    return any(isinstance(other.meaning, Relation) and other.first == reading.first for other in others)


def _place(reading: Reading) -> tuple[int, int]:
    return reading.first, reading.last


_RULES: Final = (_part_of_property, _negating, _capital, _named_as_well, _has_object, _part_of_verb, _next_only)
