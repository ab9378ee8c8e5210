"""Small words of contrast: "later than they were opened", "although their end has passed", "inclusive", "then"."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Days, Function, Label, Number, Property, Reading, Role, Sort, ValueKind
from tools.graph.parser.vocabulary import phrase_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from tools.graph.parser.vocabulary import Phrase

_SAID: Final = 0.1
_LONGEST: Final = 5


def _phrases(text: str) -> frozenset[Phrase]:
    return frozenset(map(phrase_of, text.replace("\n", " ").split(",")))


_PRONOUNS: Final = frozenset(("they", "it", "ils", "elles", "il", "elle"))
_HAVING_BEEN: Final = frozenset(("was", "were", "had", "got", "is", "are", "ont", "a", "avaient", "avait", "sont"))
_COMPARING: Final = frozenset((Role.BEFORE, Role.AFTER, Role.EXACTLY, Role.THAN))
_POSSESSIVES: Final = frozenset(("its", "their", "son", "sa", "ses", "leur", "leurs"))
_ALTHOUGH: Final = _phrases(
    "although, though, even though, whereas, despite the fact that, while, alors que, alors meme que, bien que, "
    "tandis que, quoique, meme si"
)
_PASSED: Final = _phrases(
    "has passed, have passed, has already passed, is past, are past, is over, is behind us, has gone by, lies "
    "in the past, is in the past, has been and gone, has come and gone, est depassee, est depasse, est passee, "
    "est passe, sont passees, sont passes, est deja depassee, est deja passee, est deja passe, est deja "
    "depasse, est revolue, est derriere nous, has elapsed, is up, already passed, depassee, already past"
)
_TO_COME: Final = _phrases(
    "is still to come, are still to come, is in the future, are in the future, lies ahead, is yet to come, lies "
    "in the future, est a venir, est encore a venir, est dans le futur, n est pas encore passee"
)
_ATTACHED: Final = _phrases(
    "linked to it, linked to them, attached to it, attached to them, associated with it, associated with them, "
    "filed for it, filed for them, recorded for it, recorded against it, noted on it, behind it, behind them, "
    "linked, attached, associated, filed, noted, recorded, y soit associe, y soit associee, y est associe, y "
    "est associee, y soit rattache, y soit lie, associe, associee, rattache, rattachee, lie, liee, derriere, "
    "cree derriere, creee derriere, lance derriere, derriere lui"
)
_GO_BACK: Final = _phrases(
    "go back to, going back to, think back to, looking back at, look back at, take, let us take, let s take, "
    "back on, revenons au, prenons le, prenez le, reviens au, retour au, situation au, position au"
)
_INCLUSIVE: Final = _phrases(
    "inclusive, included, both included, both inclusive, inclus, incluses, compris, comprises, inclusivement"
)
_THAT_DAY: Final = _phrases(
    "on that day, on that date, at that date, that day, that date, at that time, at that point, at that moment, "
    "then, by then, ce jour la, cette date, a cette date, a cette date la, a ce moment la, a l epoque, ce jour"
)


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
    for phrases, days in ((_PASSED, passed), (_TO_COME, coming)):
        yield from (Reading(at, end, days, 0.0) for at, end in _found(words, phrases) if at in dated)
    ends = {r.last for r in readings if isinstance(r.meaning, Number | Days)}
    yield from (Reading(at, end, Function(Role.FILLER), _SAID) for at, end in _found(words, _INCLUSIVE) if at in ends)
    yield from _same_day(words, readings)
    yield from _attached(words, readings)


def _found(words: Sequence[str], phrases: frozenset[Phrase]) -> Iterator[tuple[int, int]]:
    """Yields where some phrases stand, the longest at each place."""
    for first in range(len(words)):
        for last in range(min(len(words), first + _LONGEST), first, -1):
            if tuple(words[first:last]) in phrases:
                yield first, last
                break


def _subjects(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "they" as nothing in "later than they were opened": who is compared is who is spoken of."""
    compared = {r.last for r in readings if isinstance(r.meaning, Function) and r.meaning.role in _COMPARING}
    for first, word in enumerate(words[:-1]):
        if word in _PRONOUNS and first in compared and words[first + 1] in _HAVING_BEEN:
            yield Reading(first, first + 1, Function(Role.FILLER), _SAID)


def _although(words: Sequence[str]) -> Iterator[Reading]:
    """Yields "although" as "and", and "their" behind it as nothing."""
    for first, last in _found(words, _ALTHOUGH):
        if first > 1:
            yield Reading(first, last, Function(Role.AND), _SAID)
            if last < len(words) and words[last] in _POSSESSIVES | _PRONOUNS:
                yield Reading(last, last + 1, Function(Role.FILLER), _SAID)


def _attached(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "linked to it" as nothing behind what is not there: "no fault linked to it", « aucun avis derrière »."""
    none = {r.last for r in readings if isinstance(r.meaning, Function) and r.meaning.role is Role.NO}
    lacking = {r.last for r in readings if isinstance(r.meaning, Label | Sort) and r.first in none}
    found = [(at, end) for at, end in _found(words, _ATTACHED) if at in lacking]
    yield from (Reading(at, end, Function(Role.FILLER), _SAID) for at, end in found)


def _same_day(words: Sequence[str], readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields "then" as the one day that was named before it."""
    days = {r.meaning for r in readings if isinstance(r.meaning, Days) and r.meaning.first == r.meaning.last}
    if len(days) != 1:
        return
    (day,) = days
    first, named = min((r.first, r.last) for r in readings if r.meaning == day)
    taken_up = [(at, end) for at, end in _found(words, _THAT_DAY) if at >= named]
    yield from (Reading(at, end, day, _SAID) for at, end in taken_up)
    if taken_up and tuple(words[:first]) in _GO_BACK:
        yield Reading(0, named, Function(Role.FILLER))
