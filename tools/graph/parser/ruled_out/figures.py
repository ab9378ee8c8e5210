"""What is no reading beside a figure: "how many jobs per unit", "total motor power"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import (
    End,
    Function,
    Label,
    Nodes,
    Number,
    Property,
    Relation,
    Role,
    Sort,
    Value,
)
from tools.graph.parser.ruled_out.closed_class import ARTICLES
from tools.graph.parser.vocabulary import parted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.graph.parser.readings import Reading, Word

_TAKE: Final = frozenset(("take", "takes", "took", "taken", "taking"))
_SPENT: Final = frozenset(("spent", "passe", "passees", "passes", "consacrees", "consacres"))
_BY: Final = frozenset(("by", "par"))


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
    while behind < len(words) and words[behind].plain in ARTICLES:
        behind += 1
    return light and behind not in nouns


def _word_of_property(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether a word is rather one of a property's name that is spoken of: the stock of `stock_tonnes`, and no pulp."""
    if not (isinstance(reading.meaning, Value | Sort) and reading.cost > 0 and reading.last == reading.first + 1):
        return False
    word = words[reading.first].plain
    return any(isinstance(o.meaning, Property) and word in parted(o.meaning.property).split() for o in others)


def _groups_rather(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether "by" groups, and is no part of a verb: "quantity used by part", « quantité consommée par pièce »."""
    said = isinstance(reading.meaning, Relation) and reading.last - reading.first > 1
    if not said or words[reading.last - 1].plain not in _BY or reading.last >= len(words):
        return False
    named = any(isinstance(o.meaning, Nodes) and o.first == reading.last for o in others)
    ends = [o.last for o in others if isinstance(o.meaning, Label) and o.first == reading.last]
    return bool(ends) and not named and not words[max(ends) - 1].plain.endswith("s")


def _spent_before(words: Sequence[Word], reading: Reading, others: Sequence[Reading]) -> bool:
    """Whether "spent" is said of a figure before it, and is no cost: "number of hours spent on a job"."""
    meaning = reading.meaning
    if not isinstance(meaning, Property) or words[reading.first].plain not in _SPENT:
        return False
    return any(
        isinstance(o.meaning, Property) and o.meaning.owner == meaning.owner and o.meaning.property != meaning.property
        for o in others
        if o.last == reading.first and o.cost == 0
    )


def _beside(reading: Reading, others: Sequence[Reading]) -> list[Reading]:
    """Returns what else the words of a reading may mean."""
    return [o for o in others if o.place == reading.place]


RULES: Final = (
    _counted_things,
    _grouped_by_things,
    _swallows_sort,
    _took_nothing,
    _word_of_property,
    _groups_rather,
    _spent_before,
)
"""Each tells whether a reading is ruled out: by the words, itself, and all readings."""
