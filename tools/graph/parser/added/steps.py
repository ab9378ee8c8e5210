"""How far a flow is followed: "up to three steps upstream of V-103", « en aval de P-201, à quatre étapes au plus »."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.readings import Function, Label, Number, Reading, Relation, Role
from tools.graph.parser.relations import MOST_HOPS

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

_STEPS: Final = frozenset(("step", "steps", "hop", "hops", "etape", "etapes", "saut", "sauts", "maillon", "maillons"))
_BEFORE: Final = (
    *(("up", "to"), ("at", "most"), ("no", "more", "than"), ("not", "more", "than"), ("a", "maximum", "of")),
    *(("within",), ("maximum",), ("jusqu", "a"), ("au", "plus"), ("a", "au", "plus"), ("max",)),
)
_BEHIND: Final = (
    ("at", "most"),
    ("or", "less"),
    ("at", "the", "most"),
    ("maximum",),
    ("max",),
    ("au", "plus"),
    ("au", "maximum"),
)
_AWAY: Final = (("away",), ("further",), ("off",), ("de", "distance"))


def stepped(words: Sequence[str], readings: Sequence[Reading], flowing: Set[str]) -> list[Reading]:
    """Returns the readings with a flow followed as far as the words say; as they are where they say nothing of it.

    Args:
        words: Plain words.
        readings: What they may mean.
        flowing: The relationship types that are followed over several steps.
    """
    told = [r for r in readings if isinstance(r.meaning, Number) and r.last < len(words) and words[r.last] in _STEPS]
    flows = [r for r in readings if isinstance(r.meaning, Relation) and r.meaning.type in flowing]
    far = [r for r in flows if isinstance(r.meaning, Relation) and r.meaning.most == MOST_HOPS]
    if len(told) != 1 or not flows or any(r.first == told[0].last for r in readings if isinstance(r.meaning, Label)):
        return list(readings)
    (number,) = told
    span = _span(words, number)
    steps = number.meaning.number if isinstance(number.meaning, Number) else 0
    if span is None or not 1 <= steps <= MOST_HOPS or not float(steps).is_integer():
        return list(readings)
    kept = [r for r in readings if r not in flows and not (r.first < span[1] and span[0] < r.last)]
    limited = [
        msgspec.structs.replace(r, meaning=msgspec.structs.replace(r.meaning, most=int(steps))) for r in far or flows
    ]
    others = [r for r in flows if far and r not in far]
    return [*kept, *others, *limited, Reading(*span, Function(Role.FILLER))]


def _span(words: Sequence[str], number: Reading) -> tuple[int, int] | None:
    """Returns the words that say how far, where they say that it may be less too."""
    first, last, most = number.first, number.last + 1, False
    for phrase in sorted(_BEFORE, key=len, reverse=True):
        if tuple(words[max(0, first - len(phrase)) : first]) == phrase:
            first, most = first - len(phrase), True
            break
    for phrases in (_AWAY, _BEHIND, _AWAY):
        for phrase in phrases:
            if tuple(words[last : last + len(phrase)]) == phrase:
                last, most = last + len(phrase), most or phrases is _BEHIND
                break
    if first == number.first and first > 0 and words[first - 1] == "a" and most:  # « à quatre étapes au plus »
        first -= 1
    return (first, last) if most else None
