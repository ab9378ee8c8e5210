"""Small words of contrast: "later than they were opened", "although their end has passed", "inclusive", "then"."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Days, Function, Label, Number, Property, Reading, Role, Sort, ValueKind
from tools.graph.parser.wording import longest, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

_SAID: Final = 0.1


_PRONOUNS: Final = frozenset(("they", "it", "ils", "elles", "il", "elle"))
_HAVING_BEEN: Final = frozenset(("was", "were", "had", "got", "is", "are", "ont", "a", "avaient", "avait", "sont"))
_COMPARING: Final = frozenset((Role.BEFORE, Role.AFTER, Role.EXACTLY, Role.THAN))
_POSSESSIVES: Final = frozenset(("its", "their", "son", "sa", "ses", "leur", "leurs"))
_ALTHOUGH: Final = frozenset(phrases("although"))
_PASSED: Final = frozenset(phrases("passed"))
_TO_COME: Final = frozenset(phrases("to_come"))
_ATTACHED: Final = frozenset(phrases("attached"))
_GO_BACK: Final = frozenset(phrases("go_back"))
_INCLUSIVE: Final = frozenset(phrases("inclusive"))
_THAT_DAY: Final = frozenset(phrases("that_day"))


def contrasts(words: Sequence[str], readings: Sequence[Reading], today: date) -> Iterator[Reading]:
    """Yields what such words are.

    Args:
        words: Plain words.
        readings: What they may mean.
        today: Before which a day has passed.
    """
    yield from _subjects(words, readings)
    yield from _although(words)
    dated = {r.last for r in readings if isinstance(r.meaning, Property) and r.meaning.kind is ValueKind.DAY}
    passed, coming = Days(None, today - timedelta(days=1)), Days(today + timedelta(days=1), None)
    for said, days in ((_PASSED, passed), (_TO_COME, coming)):
        yield from (Reading(at, end, days, 0.0) for at, end in longest(words, said) if at in dated)
    ends = {r.last for r in readings if isinstance(r.meaning, Number | Days)}
    yield from (Reading(at, end, Function(Role.FILLER), _SAID) for at, end in longest(words, _INCLUSIVE) if at in ends)
    yield from _same_day(words, readings)
    yield from _attached(words, readings)


def _subjects(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "they" as nothing in "later than they were opened": who is compared is who is spoken of."""
    compared = {r.last for r in readings if isinstance(r.meaning, Function) and r.meaning.role in _COMPARING}
    for first, word in enumerate(words[:-1]):
        if word in _PRONOUNS and first in compared and words[first + 1] in _HAVING_BEEN:
            yield Reading(first, first + 1, Function(Role.FILLER), _SAID)


def _although(words: Sequence[str]) -> Iterator[Reading]:
    """Yields "although" as "and", and "their" behind it as nothing."""
    for first, last in longest(words, _ALTHOUGH):
        if first > 1:
            yield Reading(first, last, Function(Role.AND), _SAID)
            if last < len(words) and words[last] in _POSSESSIVES | _PRONOUNS:
                yield Reading(last, last + 1, Function(Role.FILLER), _SAID)


def _attached(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "linked to it" as nothing behind what is not there: "no fault linked to it", « aucun avis derrière »."""
    none = {r.last for r in readings if isinstance(r.meaning, Function) and r.meaning.role is Role.NO}
    lacking = {r.last for r in readings if isinstance(r.meaning, Label | Sort) and r.first in none}
    found = [(at, end) for at, end in longest(words, _ATTACHED) if at in lacking]
    yield from (Reading(at, end, Function(Role.FILLER), _SAID) for at, end in found)


def _same_day(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "then" as the one day that was named before it."""
    days = {r.meaning for r in readings if isinstance(r.meaning, Days) and r.meaning.first == r.meaning.last}
    if len(days) != 1:
        return
    (day,) = days
    first, named = min((r.first, r.last) for r in readings if r.meaning == day)
    taken_up = [(at, end) for at, end in longest(words, _THAT_DAY) if at >= named]
    yield from (Reading(at, end, day, _SAID) for at, end in taken_up)
    if taken_up and tuple(words[:first]) in _GO_BACK:
        yield Reading(0, named, Function(Role.FILLER))
