"""Questions for what things have, put another way than "with their model".

"And what model is each", "how severe is each of them" show a property of every thing; "is it in auto, cascade or
manual" asks for the property that has these values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.inflection import english
from tools.graph.parser.readings import Function, Nodes, Property, Reading, Role, Value, ValueKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.parser.readings import Word

_SAID: Final = 0.1
_ASKING: Final = frozenset(("what", "which", "how", "when"))
_MANY: Final = frozenset(("many", "much"))
_JOINING: Final = frozenset(("and", "with", "plus"))
_BE: Final = frozenset(("is", "are", "was", "were", "does", "do", "did", "has", "have"))
_EACH: Final = (
    *(("each", "of", "them"), ("each", "of", "these"), ("each", "of", "those"), ("each", "one"), ("each", "piece")),
    *(("each", "machine"), ("each",), ("every", "one")),
)
_PARTICLES: Final = frozenset(("in", "on", "of", "at", "for"))
_VERBS: Final = ("take", "use", "consume", "need", "cost", "have", "run", "draw", "weigh", "last", "come", "carry")
_WHETHER: Final = frozenset(("is", "are", "was", "were", "est", "sont"))
_OPENING: Final = frozenset(("and", "et", "so", "ok"))
_ARTICLES: Final = frozenset(("the", "le", "la", "l", "il", "elle", "t", "ce"))
_PREPOSITIONS: Final = frozenset(("in", "on", "at", "a", "an", "en", "au", "currently", "now"))
_OR: Final = frozenset(("or", "ou"))


def each_of_them(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the words around a property that is asked of each as nothing, so that "and" joins it to the things.

    Args:
        words: The words.
        readings: What they may mean.
    """
    plains = [word.plain for word in words]
    for r in readings:
        if not isinstance(r.meaning, Property) or r.first == 0:
            continue
        first, last = _asking(plains, r), _asked_of_each(plains, r.last)
        joined = first > 1 and (plains[first - 1] in _JOINING or words[first - 1].comma)
        if joined and last > r.last and last == len(plains):
            yield Reading(r.last, last, Function(Role.FILLER), _SAID)
            if first < r.first:
                yield Reading(first, r.first, Function(Role.FILLER), _SAID)


def _asking(plains: Sequence[str], reading: Reading) -> int:
    """Returns where the words begin that ask for a property: "what", "how many" before it, or its own "how"."""
    at = reading.first
    if plains[at] in _ASKING:
        return at
    if at > 1 and plains[at - 1] in _MANY and plains[at - 2] == "how":
        return at - 2
    return at - 1 if plains[at - 1] in _ASKING else 0


def _asked_of_each(plains: Sequence[str], first: int) -> int:
    """Returns the index behind "is each", "does each of them take"; the first where it is not there."""
    if first >= len(plains) or plains[first] not in _BE:
        return first
    for phrase in _EACH:
        last = first + 1 + len(phrase)
        if tuple(plains[first + 1 : last]) == phrase:
            verbs = {form for verb in _VERBS for form in english(verb).active}
            while last < len(plains) and plains[last] in _PARTICLES | verbs:
                last += 1
            return last
    return first


def chosen_between(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields values between which a question asks to choose as the property of theirs: "is P-1 open or closed".

    Args:
        words: The words.
        readings: What they may mean.
    """
    plains = [word.plain for word in words]
    values: dict[tuple[str, str], dict[int, int]] = {}
    for r in readings:
        if isinstance(r.meaning, Value) and isinstance(r.meaning.value, str):
            places = values.setdefault((r.meaning.label, r.meaning.property), {})
            places[r.first] = max(r.last, places.get(r.first, 0))
    for verb, word in enumerate(plains):
        if word not in _WHETHER or not (verb == 0 or words[verb - 1].comma or plains[verb - 1] in _OPENING):
            continue
        for r in readings:
            if not isinstance(r.meaning, Nodes) or not set(plains[verb + 1 : r.first]) <= _ARTICLES or r.first <= verb:
                continue
            for (label, name), places in values.items():
                begun = min((first for first in places if first >= r.last), default=len(plains))
                last = _end_of_choice(words, places, begun)
                if label == r.meaning.label and last and set(plains[r.last : begun]) <= _PREPOSITIONS:
                    yield Reading(verb, verb + 1, Function(Role.WHICH), _SAID)
                    if r.last < begun:
                        yield Reading(r.last, begun, Function(Role.FILLER), 0.0)
                    yield Reading(begun, last, Property(label, name, ValueKind.TEXT))


def _end_of_choice(words: Sequence[Word], places: dict[int, int], first: int) -> int:
    """Returns the index behind "auto, cascade or manual", which begins at a word; 0 where there is no "or"."""
    at, chosen = places.get(first, 0), False
    while 0 < at < len(words):
        if words[at].plain in _OR:
            behind = at + 1
        elif words[at - 1].comma:
            behind = at
        else:
            break
        while behind < len(words) and words[behind].plain in _PREPOSITIONS:
            behind += 1
        if behind not in places:
            break
        chosen = chosen or words[at].plain in _OR
        at = places[behind]
    return at if chosen else 0
