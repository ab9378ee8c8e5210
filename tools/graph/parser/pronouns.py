"""Words that stand for what was spoken of before, or for anything: "it", "their", "on it", "everything"."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Function, Label, Nodes, Reading, Role, Sort

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.graph.entities import Entity

_PRONOUN_WORDS: Final = """
it, its, this, that, these, those, them, they, their, this one, that one, celui ci, celle ci, ceux ci, celles ci,
ce, cet, cette, ces, il, elle, lui, son, sa, ses, leur, leurs
"""
_PRONOUNS: Final = frozenset(tuple(phrase.split()) for phrase in _PRONOUN_WORDS.split(","))
_POSSESSIVES: Final = frozenset(("its", "their", "son", "sa", "ses", "leur", "leurs"))
_JOINING: Final = frozenset(("and", "with", "et", "avec", "in", "by", "dans", "par", "or", "ou"))
_HAVING: Final = frozenset(("with", "without", "have", "has", "having", "avec", "sans", "ont", "a", "no", "ayant"))
_BACK: Final = tuple(
    (*before, pronoun)
    for before in (("on",), ("in",), ("of",), ("all", "of"), ("to",), ("for",), ("against",), ("attached", "to"))
    for pronoun in ("it", "them")
)
_ANYTHING: Final = frozenset(("everything", "anything", "whatever", "something", "things", "stuff"))
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
        if words[first] in _POSSESSIVES and words[first - 1] in _JOINING:
            yield Reading(first, first + 1, Function(Role.FILLER), _SAID_BEFORE)
        for phrase in _BACK:
            last = first + len(phrase)
            if tuple(words[first:last]) == phrase and _HAVING.intersection(words[named:first]):
                yield Reading(first, last, Function(Role.FILLER), _SAID_BEFORE)


def anything(words: Sequence[str], labels: Sequence[str]) -> Iterator[Reading]:
    """Yields "everything" as the nodes of each label: which of them can be meant is told by what is said of it."""
    for first, word in enumerate(words):
        for label in labels if word in _ANYTHING else ():
            yield Reading(first, first + 1, Label(label), _ANY_LABEL)
