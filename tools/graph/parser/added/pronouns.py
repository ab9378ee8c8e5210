"""Words that stand for what was spoken of before, or for anything: "it", "their", "on it", "everything"."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tools.graph.parser.naming import is_somebody
from tools.graph.parser.readings import Function, Label, Nodes, Reading, Relation, Role, Sort, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

    from tools.graph.entities import Entity
    from tools.graph.parser.readings import Word

_PRONOUN_WORDS: Final = """
it, its, this, that, these, those, them, they, their, this one, that one, celui ci, celle ci, ceux ci, celles ci,
ce, cet, cette, ces, il, elle, lui, son, sa, ses, leur, leurs
"""
_PRONOUNS: Final = frozenset(tuple(phrase.split()) for phrase in _PRONOUN_WORDS.split(","))
_POSSESSIVES: Final = frozenset(("its", "their", "son", "sa", "ses", "leur", "leurs"))
_JOINING: Final = frozenset(("and", "with", "et", "avec", "in", "by", "dans", "par", "or", "ou"))
_COMPARING: Final = frozenset(
    ("than", "below", "under", "above", "over", "before", "after", "sous", "que", "avant", "apres")
)
_HAVING: Final = frozenset(("with", "without", "have", "has", "having", "avec", "sans", "ont", "a", "no", "ayant"))
_BACK: Final = tuple(
    (*before, pronoun)
    for before in (("on",), ("in",), ("of",), ("all", "of"), ("to",), ("for",), ("against",), ("attached", "to"))
    for pronoun in ("it", "them")
)
_SINGULAR: Final = frozenset(("it", "its", "his", "her", "son", "sa", "ses"))
_OF_PERSON: Final = frozenset(("they", "them", "their", "he", "she", "him", "her", "his"))
_TAGS: Final = frozenset(("has", "have", "had", "does", "did"))
_OBJECTS: Final = frozenset(("it", "them"))
_FRENCH_OBJECTS: Final = frozenset(("le", "la", "les", "l"))
_MODALS: Final = frozenset(("can", "could", "would", "may", "might", "peut", "peuvent", "pourrait", "pourraient"))
_THAT: Final = frozenset(("that", "which", "who", "qui"))
_ANYTHING: Final = frozenset(("everything", "anything", "whatever", "something", "things", "stuff"))
_WHATEVER_IT_IS: Final = frozenset(("on", "about", "of", "for"))  # "everything on P-101": its sensors too
_SOMETHING: Final = ("quelque", "chose")
_ANY_LABEL: Final = 0.15
_SAID_BEFORE: Final = 0.1


def spoken_of(words: Sequence[str], entities: Sequence[Entity]) -> Iterator[Reading]:
    """Yields pronouns as the nodes that were spoken of before the question."""
    ids: dict[str, list[str]] = defaultdict(list)
    for entity in entities:
        ids[entity.label].append(entity.key)
    for first in range(len(words)):
        for last in (first + 1, first + 2):
            if tuple(words[first:last]) in _PRONOUNS and last <= len(words):
                for label, keys in ids.items():
                    yield Reading(first, last, Nodes(label, tuple(keys)), _SAID_BEFORE)


def resumed(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields pronouns that add nothing, where nothing was spoken of before the question.

    "Their" joins a property to what has just been named; "on it" goes back to the subject of "with" or "has".
    """
    named = min((r.last for r in readings if isinstance(r.meaning, Label | Sort | Nodes)), default=len(words))
    for first in range(named, len(words)):
        if words[first] in _POSSESSIVES and words[first - 1] in _JOINING | _COMPARING:
            yield Reading(first, first + 1, Function(Role.FILLER), _SAID_BEFORE)
        for phrase in _BACK:
            last = first + len(phrase)
            if tuple(words[first:last]) == phrase and _HAVING.intersection(words[named:first]):
                yield Reading(first, last, Function(Role.FILLER), _SAID_BEFORE)


def referred(words: Sequence[Word], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "it" and "its", of somebody "they" too, as the only node that the question has named before.

    What is named at the head only to be spoken of ("P-101: its sensors") then says nothing of its own.
    """
    named = [reading for reading in readings if isinstance(reading.meaning, Nodes) and reading.cost < 1]
    whole = [
        r
        for r in named
        if not any(o.first <= r.first and r.last <= o.last and o.last - o.first > r.last - r.first for o in named)
    ]
    for first, word in enumerate(words):
        before = [reading for reading in whole if reading.last <= first]
        if first + 1 == len(words) and first > 0 and words[first - 1].plain in _TAGS:  # "..., has it?"
            continue
        if word.plain not in _SINGULAR | _OF_PERSON or len({(r.first, r.last, r.meaning) for r in before}) != 1:
            continue
        (node,) = before[:1]
        if word.plain in _OF_PERSON and not _is_of_somebody(node, readings):
            continue
        marked = any(words[i].start - words[i - 1].end > 1 for i in range(node.last, first + 1))
        if marked and node.first > 0 and (word.plain in _SINGULAR or _is_said(readings, node, first)):
            continue  # what was said of it before the mark is a matter of its own
        yield Reading(first, first + 1, node.meaning, _SAID_BEFORE)
        if node.first == 0 and words[node.last].start - words[node.last - 1].end > 1:
            yield Reading(node.first, node.last, Function(Role.FILLER), _SAID_BEFORE)


def _is_of_somebody(node: Reading, readings: Sequence[Reading]) -> bool:
    """Whether "they" can only be one node: somebody, where no things of any label are spoken of."""
    others = [r for r in readings if isinstance(r.meaning, Label | Sort)]
    alone = all(node.first <= r.first and r.last <= node.last for r in others)
    return alone and isinstance(node.meaning, Nodes) and is_somebody(node.meaning.label)


def _is_said(readings: Sequence[Reading], node: Reading, last: int) -> bool:
    """Whether something but properties is said before a place, beside a node."""
    return any(
        isinstance(r.meaning, Label | Sort | Value | Relation)
        and r.last <= last
        and not (node.first <= r.first and r.last <= node.last)
        for r in readings
    )


def echoed(
    words: Sequence[str], readings: Sequence[Reading], links: Mapping[frozenset[str], Set[str]]
) -> Iterator[Reading]:
    """Yields clauses that only say again how a thing is linked: "faults without parts that fix them".

    Args:
        words: Plain words.
        readings: What they may mean.
        links: The relationship types between two labels.
    """
    nouns = [(r.first, r.last, r.meaning.label) for r in readings if isinstance(r.meaning, Label | Sort | Nodes)]
    nodes = {r.meaning.label for r in readings if isinstance(r.meaning, Nodes) and r.cost < 1}
    verbs = [(r.first, r.last, r.meaning.type) for r in readings if isinstance(r.meaning, Relation)]
    for first, last, type_name in verbs:
        start, end = _clause(words, first, last)
        if start is None:
            continue
        for label in {label for _, noun_end, label in nouns if noun_end == start}:
            before = [noun for noun in nouns if noun[1] < start and noun[2] != label]
            others = {other for _, _, other in before if frozenset((label, other)) in links}
            if len(others) != 1 or others & nodes:
                continue
            if links[frozenset((label, *others))] == {type_name}:
                yield Reading(start, end, Function(Role.FILLER), _SAID_BEFORE)


def _clause(words: Sequence[str], first: int, last: int) -> tuple[int | None, int]:
    """Returns the place of "that can fix it" and « qui les corrigent », around the verb; None where it is none."""
    behind = last < len(words) and words[last] in _OBJECTS
    if behind:
        last += 1
    elif first > 0 and words[first - 1] in _FRENCH_OBJECTS:
        first -= 1
    else:
        return None, last
    while first > 0 and words[first - 1] in _MODALS:
        first -= 1
    if first > 0 and words[first - 1] in _THAT:
        return first - 1, last
    return (first if behind else None), last


def anything(words: Sequence[str], labels: Sequence[str]) -> Iterator[Reading]:
    """Yields "everything" as the nodes of each label: which of them can be meant is told by what is said of it."""
    for first, word in enumerate(words):
        something = tuple(words[first : first + 2]) == _SOMETHING
        last = first + 2 if something else first + 1
        told = word in _ANYTHING and not (last < len(words) and words[last] in _WHATEVER_IT_IS)
        for label in labels if told or something else ():
            yield Reading(first, last, Label(label), _ANY_LABEL)
