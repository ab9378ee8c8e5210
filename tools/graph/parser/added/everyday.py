"""Everyday English that adds nothing where it stands: each a class of words, told by what is around it.

| class | example |
|---|---|
| adjectives of what is there anyway | "the **known** failure modes", "**actual** stock", "**newly** opened orders" |
| vague adjectives that a figure makes exact | "**big** motors, above 100 kW", "**running low**: at most 3 in stock" |
| a rank beside the word for it | "**A-critical** pumps", "pumps **rated A**" |
| a condition that names what is spoken of | "**if** E06 **shows up**, which parts fix it" |
| words that put another way what was said | "recent ones, **say** from the last 14 days" |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.inflection import english
from tools.graph.parser.readings import (
    Days,
    End,
    Function,
    Label,
    Nodes,
    Number,
    Property,
    Reading,
    Role,
    Sort,
    Value,
    ValueKind,
)
from tools.graph.parser.vocabulary import name_words
from tools.graph.parser.wording import vague

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tools.graph.parser.readings import Word

_ADDED: Final = 0.15
_REACH: Final = 8
"""How many words may stand between a vague adjective and its figure."""

_SHORT: Final = 4
_NEAR: Final = 3
_KNOWN: Final = frozenset(("known", "existing", "respective", "corresponding", "particular"))
_ACTUAL: Final = frozenset(("actual", "real", "present", "exact", "precise"))
_NEWLY: Final = frozenset(("newly", "freshly"))
_THINGS: Final = (Label, Sort, End, Value)
_PLEASE: Final = frozenset(("please", "pls", "thanks", "plz"))
_INTENSE: Final = frozenset(("really", "very", "quite", "fairly", "pretty", "rather", "too", "so"))
_FALLING: Final = frozenset((Role.LESS, Role.AT_MOST))
_RISING: Final = frozenset((Role.MORE, Role.AT_LEAST))
_DEGREES: Final = frozenset(("how", "as", "more", "less", "most", "least", "not", "isn", "the"))

_OCCURS: Final = (
    *("show", "occur", "happen", "appear", "arise", "strike", "hit", "trip", "come", "pop", "turn", "crop", "fail"),
    *("break", "stop"),
)
_UP: Final = frozenset(("up", "again", "down", "in", "out"))
_IF: Final = frozenset(("if", "when", "whenever", "once", "should"))
_PUT: Final = (("say",), ("i", "mean"), ("that", "is", "to", "say"), ("i", "e"), ("namely",), ("in", "other", "words"))
_RECENT: Final = frozenset(("recent", "latest", "last", "first", "oldest", "newest"))
_RANKED: Final = frozenset(("rated", "ranked", "graded", "classed", "classified", "marked", "class", "rank"))
_FOR: Final = frozenset(("for", "in", "on", "by"))


_LARGE: Final = vague("large")
_SMALL: Final = vague("small")


def everyday(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields what such words are.

    Args:
        words: The words.
        readings: What they may mean.
    """
    plains = [word.plain for word in words]
    yield from _emptied(plains, readings)
    yield from _made_exact(plains, readings)
    yield from _graded(words, plains, readings)
    yield from _conditions(words, plains, readings)
    yield from _put_otherwise(words, plains, readings)
    yield from _by_trade(plains, readings)


def _emptied(plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields adjectives that say only that a thing is there, or that a figure is what it is."""
    things = {r.first for r in readings if isinstance(r.meaning, _THINGS)}
    figures = {r.first for r in readings if isinstance(r.meaning, Property) and r.meaning.kind is ValueKind.NUMBER}
    days = {r.first for r in readings if isinstance(r.meaning, Property) and r.meaning.kind is ValueKind.DAY}
    for first, word in enumerate(plains[:-1]):
        behind = first + 1
        if (
            (word in _KNOWN and behind in things)
            or (word in _ACTUAL and behind in figures)
            or (word in _NEWLY and behind in days | things)
        ):
            yield _nothing(first, behind)
    properties = {r.last for r in readings if isinstance(r.meaning, Property)}
    for first, word in enumerate(plains):  # "and the unit too"
        if word == "too" and first in properties and set(plains[first + 1 :]) <= _PLEASE:
            yield _nothing(first, first + 1)


def _made_exact(plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields vague adjectives as nothing, where the figure that they mean is given and lies their way."""
    figures = [r for r in readings if isinstance(r.meaning, Property) and r.meaning.kind is ValueKind.NUMBER]
    numbers = [r for r in readings if isinstance(r.meaning, Number)]
    for adjectives, way, other in ((_LARGE, _RISING, _FALLING), (_SMALL, _FALLING, _RISING)):
        degrees = _places_of(way, readings)
        if not degrees or _places_of(other, readings):
            continue
        for phrase, names in adjectives.items():
            for first in range(len(plains)):
                last = first + len(phrase)
                if tuple(plains[first:last]) != phrase or (first > 0 and plains[first - 1] in _DEGREES - {"the"}):
                    continue
                if any(
                    names & name_words(r.meaning.property)  # type: ignore[union-attr]  # filtered above
                    and r.first >= last
                    and any(last <= n.first <= last + _REACH and abs(n.first - r.first) <= _REACH for n in numbers)
                    for r in figures
                ):
                    begun = first - 1 if first > 0 and plains[first - 1] in _INTENSE else first
                    yield _nothing(begun, last)


def _places_of(roles: frozenset[Role], readings: Sequence[Reading]) -> set[int]:
    return {r.first for r in readings if isinstance(r.meaning, Function) and r.meaning.role in roles}


def _graded(words: Sequence[Word], plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields a rank of one letter together with the adjective or the participle beside it."""
    properties = [r for r in readings if isinstance(r.meaning, Property)]
    for r in readings:
        meaning = r.meaning
        if not isinstance(meaning, Value) or words[r.first].written != meaning.value or len(meaning.value) > 1:
            continue
        names = name_words(meaning.property)
        before, behind = plains[r.first - 1] if r.first > 0 else "", plains[r.last] if r.last < len(plains) else ""
        last = r.last + 1 if _is_adjective_of(behind, names) or behind in _RANKED else r.last
        first = r.first - 1 if before in _RANKED or _is_adjective_of(before, names) else r.first
        if last < len(plains) and plains[last] in _FOR and first < r.first:
            told = [p for p in properties if p.first == last + 1 and p.meaning.property == meaning.property]  # type: ignore[union-attr]
            last = max((p.last for p in told), default=last)
        if (first, last) != (r.first, r.last):
            yield Reading(first, last, meaning, _ADDED)


def _is_adjective_of(word: str, names: Iterable[str]) -> bool:
    """Whether an adjective is made from the same stem as a name: "critical" for criticality."""
    return len(word) > _SHORT and any(name.startswith(word) and name != word for name in names)


def _conditions(words: Sequence[Word], plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "if" and "shows up" around a node as nothing: the node is what the question then speaks of."""
    if not plains or plains[0] not in _IF:
        return
    occurs = {form for verb in _OCCURS for form in (*english(verb).active, *english(verb).past)}
    for r in readings:
        if not isinstance(r.meaning, Nodes) or r.first > _NEAR or r.last >= len(plains):
            continue
        between = set(plains[1 : r.first])
        if plains[r.last] in occurs and between <= {"the", "a", "code", "fault", "alarm", "error", "ever"}:
            last = r.last + 1
            while last < len(plains) and plains[last] in _UP:
                last += 1
            if words[last - 1].comma and last < len(plains):  # "if E01 occurs on P-101" says more of it
                yield _nothing(0, 1)
                yield _nothing(r.last, last)


def _by_trade(plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields the "by" of "what is Ada Stone by trade" as nothing."""
    asked = len(plains) > 1 and plains[0] in {"what", "whats"}
    nodes = {r.last for r in readings if isinstance(r.meaning, Nodes)}
    texts = {r.first for r in readings if isinstance(r.meaning, Property) and r.meaning.kind is ValueKind.TEXT}
    for first, word in enumerate(plains):
        if asked and word == "by" and first in nodes and first + 1 in texts:
            yield _nothing(first, first + 1)


def _put_otherwise(words: Sequence[Word], plains: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "say" before a span or an amount, and "I mean" before what is no other thing: that would mend it."""
    exact = {r.first for r in readings if isinstance(r.meaning, Days | Number)}
    things = {r.first for r in readings if isinstance(r.meaning, Label | Sort | Nodes)}
    for phrase in _PUT if _RECENT.isdisjoint(plains) else ():
        for first in range(1, len(plains) - len(phrase)):
            last = first + len(phrase)
            apart = words[first].start - words[first - 1].end > 1
            if tuple(plains[first:last]) != phrase or not apart or things & {last, last + 1}:
                continue
            if phrase != ("say",) or exact & {last, last + 1, last + 2}:
                yield _nothing(first, last)


def _nothing(first: int, last: int) -> Reading:
    return Reading(first, last, Function(Role.FILLER), _ADDED)
