"""Whether words of scope have left their mark in a form: "not", "most", "more than", "each"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.form import Compare, Filter, Kind, Thing
from tools.graph.parser.readings import ASKING, Function, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tools.graph.parser.form import Ask
    from tools.graph.parser.readings import Reading

_FIGURES: Final = frozenset({Kind.SUM, Kind.MEAN, Kind.LEAST, Kind.MOST})
_EXTREMES: Final = frozenset({Role.LARGEST, Role.SMALLEST, Role.LATEST, Role.EARLIEST, Role.TOP, Role.SORTED})
_NEGATIONS: Final = frozenset({Role.NO, Role.NOT, Role.NOR, Role.BUT, Role.UNKNOWN, Role.OTHER})
_COMPARISONS: Final = frozenset(
    {Role.MORE, Role.LESS, Role.AT_LEAST, Role.AT_MOST, Role.EXACTLY, Role.BEFORE, Role.AFTER, Role.SINCE}
)
_HARMLESS: Final = frozenset({Role.AT, Role.OF, Role.TO, Role.BE, Role.HAVE, *ASKING})


def all_scopes_show(readings: Sequence[Reading], ask: Ask) -> bool:
    """Whether a form says something of each kind of scope that a question's words can only be for.

    A word that has another reading than as a word of scope, as "par" for "each" and for "by", need not.
    """
    others = {
        place
        for reading in readings
        if not isinstance(reading.meaning, Function) or reading.meaning.role in _HARMLESS
        for place in range(reading.first, reading.last)
    }
    roles = {
        reading.meaning.role
        for reading in readings
        if isinstance(reading.meaning, Function) and others.isdisjoint(range(reading.first, reading.last))
    }
    return all(shows(ask) for asking, shows in _MARKS if roles & asking)


def _is_negated(ask: Ask) -> bool:
    return any(
        thing.excluded
        or any(link.absent for link in thing.links)
        or any(found.negated or found.values in ((), (0,)) for found in thing.filters)
        for thing in _things(ask.thing)
    )


def _is_ordered(ask: Ask) -> bool:
    return ask.rank is not None or ask.kind in (Kind.LEAST, Kind.MOST)


def _compares(ask: Ask) -> bool:
    filters = (found for thing in _things(ask.thing) for found in thing.filters)
    times = any(link.times is not None for thing in _things(ask.thing) for link in thing.links)
    related = any(thing.relatives for thing in _things(ask.thing))
    return times or related or ask.having is not None or any(_is_range(found) for found in filters)


def _is_range(found: Filter) -> bool:
    return found.compare not in (Compare.EQUAL, Compare.CONTAINS)


def _chooses(ask: Ask) -> bool:
    several = (len(found.values) > 1 for thing in _things(ask.thing) for found in thing.filters)
    return any(several) or any(len(thing.ids) > 1 for thing in _things(ask.thing))


def _is_the_same(ask: Ask) -> bool:
    return any(thing.relatives or thing.excluded for thing in _things(ask.thing))


def _things(thing: Thing) -> Iterator[Thing]:
    yield thing
    for link in thing.links:
        yield from _things(link.thing)


_MARKS: Final[tuple[tuple[frozenset[Role], Callable[[Ask], bool]], ...]] = (
    (_NEGATIONS, _is_negated),
    (_EXTREMES, _is_ordered),
    (_COMPARISONS, _compares),
    (frozenset({Role.OR}), _chooses),
    (frozenset({Role.SAME}), _is_the_same),
    (frozenset({Role.EACH}), lambda ask: ask.per is not None),
    (frozenset({Role.SUM, Role.MEAN}), lambda ask: ask.kind in _FIGURES or ask.kind is Kind.COUNT),
    (frozenset({Role.PATH}), lambda ask: ask.kind is Kind.PATH),
)
