"""Nouns for what a verb does: "without any consumption of water", « avec utilisation de PT-3 », "gets its feed from".

Such a noun is the verb where "with" or "without" says of the things before it that they do it, or do not; alone it may
as well be the figure that is told of it, and is left to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import End, Function, Label, Reading, Relation, Role, Sort, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_ADDED: Final = 0.1
_WITHOUT: Final = frozenset(("without", "no", "sans", "aucun", "aucune", "zero"))
_WITH: Final = frozenset(("with", "avec", "involving", "including"))
_ANY: Final = frozenset(("any", "a", "an", "the", "aucun", "aucune", "une", "un", "la", "moindre", "single", "some"))
_OF: Final = frozenset(("of", "de", "d", "des", "du"))
_ITS: Final = frozenset(("its", "their", "the", "his", "her", "son", "sa", "ses", "leur", "leurs", "la", "le", "l"))
_PREPOSITIONS: Final = ("from", "to", "into", "with", "de", "du", "d", "des", "par", "a", "dans", "vers")
_STRAIGHT: Final = frozenset(("directly", "straight", "directement"))
_REACH: Final = 5
"""How far behind its verb the preposition of "gets its steam from" may stand."""


def doings(
    words: Sequence[str], readings: Sequence[Reading], actions: Mapping[str, Sequence[Relation]]
) -> Iterator[Reading]:
    """Yields action nouns behind "with" and "without" as their verbs.

    Args:
        words: Plain words.
        readings: What they may mean.
        actions: The nouns, with what they say.
    """
    ends = [r for r in readings if isinstance(r.meaning, End)]
    nouns = {r.last: r.first for r in readings if isinstance(r.meaning, Label | Sort)}
    for at, word in enumerate(words):
        if word not in actions:
            continue
        first = at
        while first > 0 and words[first - 1] in _ANY:
            first -= 1
        before = words[first - 1] if first > 0 else ""
        lacking = before in _WITHOUT or bool(_WITHOUT.intersection(words[first:at]))
        last = at + 2 if at + 1 < len(words) and words[at + 1] in _OF else at + 1
        alone = last == at + 1 < len(words)  # "without a drive motor" speaks of motors
        if last == at + 1 and at > 0 and words[at - 1] in _OF:  # « moteur d'entraînement »
            types = {verb.type for verb in actions[word]}
            own = [r for r in ends if r.last == at - 1 and isinstance(r.meaning, End) and r.meaning.type in types]
            yield from (Reading(r.first, at + 1, r.meaning, r.cost) for r in own)
        if (lacking or before in _WITH) and not alone:
            first -= before in _WITHOUT | _WITH
            yield from (Reading(at, last, verb, _ADDED) for verb in actions[word])
            yield Reading(first, at, Function(Role.NOT if lacking else Role.FILLER), _ADDED)
        elif at in nouns and _WITHOUT.intersection(words[max(0, nouns[at] - 2) : nouns[at]]):
            yield Reading(at, at + 1, Function(Role.FILLER), _ADDED)  # "without parts consumption"


def parted_verbs(
    words: Sequence[str],
    readings: Sequence[Reading],
    actions: Mapping[str, Sequence[Relation]],
    said: Callable[[tuple[str, str]], Sequence[Relation]],
) -> Iterator[Reading]:
    """Yields verbs whose preposition stands behind what flows: "gets its feed from", "receives steam from".

    Args:
        words: Plain words.
        readings: What they may mean.
        actions: The nouns for what is done: the "feed".
        said: What a verb with its preposition says.
    """
    values = {
        (r.first, r.last): r.meaning.label for r in readings if isinstance(r.meaning, Value) and r.meaning.of_relation
    }
    for first, word in enumerate(words):
        for at in range(first + 2, min(len(words), first + _REACH)):
            if words[at] not in _PREPOSITIONS:
                continue
            for verb in said((word, words[at])):
                own = {n for (f, t), owner in values.items() if owner == verb.type for n in range(f, t)}
                doing = {n for n in range(first + 1, at) if any(v.type == verb.type for v in actions.get(words[n], ()))}
                small = {n for n in range(first + 1, at) if words[n] in _ITS | _STRAIGHT}
                if own.isdisjoint(range(first + 1, at)):
                    if doing and small | doing >= {*range(first + 1, at)}:
                        yield Reading(first, at + 1, verb, _ADDED)
                elif small | own >= {*range(first + 1, at)}:
                    last = next(n for n in range(first + 1, at) if n in own)
                    yield Reading(first, last, verb, _ADDED)
                    yield Reading(at, at + 1, Function(Role.FILLER), _ADDED)
