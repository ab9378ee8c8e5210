"""Which readings are left of words that stand beside a figure: "how many jobs per unit", "total motor power"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import (
    End,
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
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.parser.readings import Word

_TAKE: Final = frozenset(("take", "takes", "took", "taken", "taking"))
_ARTICLES: Final = frozenset(("the", "a", "an", "le", "la", "les", "l", "un", "une", "des"))


def _counted_things(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether things are counted, not what a property of others is called: "how many jobs per unit"."""
    meaning = reading.meaning
    if not (isinstance(meaning, Property) and reading.cost > 0):
        return False
    counts = any(o.meaning == Function(Role.COUNT) and o.last == reading.first for o in others)
    return counts and any(
        isinstance(o.meaning, Label) and o.meaning.label != meaning.owner and o.cost < reading.cost
        for o in _beside(reading, others)
    )


def _grouped_by_things(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether things are grouped by others, not by a property of what is not spoken of: "jobs per unit"."""
    meaning = reading.meaning
    if not isinstance(meaning, Property) or meaning.of_relation:
        return False
    each = any(o.meaning == Function(Role.EACH) and o.last == reading.first for o in others)
    label = any(isinstance(o.meaning, Label) and o.cost <= reading.cost for o in _beside(reading, others))
    owned = any(isinstance(o.meaning, Label | Sort | Nodes) and o.meaning.label == meaning.owner for o in others)
    return each and label and not owned


def _swallows_sort(_: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether words for a property hold a sort of its things, of which none is named: "total motor power"."""
    meaning = reading.meaning
    if not isinstance(meaning, Property) or reading.last - reading.first == 1:
        return False
    sorts = any(
        isinstance(o.meaning, Sort) and o.meaning.label == meaning.owner and o.cost == 0
        for o in others
        if reading.first <= o.first and o.last <= reading.last
    )
    named = any(isinstance(o.meaning, Nodes) and o.meaning.label == meaning.owner for o in others)
    apart = any(o.meaning == meaning and o.last == reading.last and o.first > reading.first for o in others)
    return sorts and apart and not named


def _took_nothing(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether "take" has no object, behind what it takes: "how many hours did the jobs take in 2025"."""
    if not isinstance(reading.meaning, Relation) or words[reading.last - 1].plain not in _TAKE:
        return False
    light = any(o.meaning == Function(Role.FILLER) for o in _beside(reading, others))
    nouns = {o.first for o in others if isinstance(o.meaning, Label | Sort | Nodes | End | Number | Value)}
    behind = reading.last
    while behind < len(words) and words[behind].plain in _ARTICLES:
        behind += 1
    return light and behind not in nouns


def _beside(reading: Reading, others: Sequence[Reading]) -> list[Reading]:
    """Returns what else the words of a reading may mean."""
    return [o for o in others if (o.first, o.last) == (reading.first, reading.last)]


WITH_FIGURES: Final = (_counted_things, _grouped_by_things, _swallows_sort, _took_nothing)
