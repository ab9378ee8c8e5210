"""Days, ages, numbers and their units, and what "before" is where years are numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.ages import ages
from tools.graph.parser.graph_words import SYNONYM
from tools.graph.parser.numerals import numbers
from tools.graph.parser.periods import spans
from tools.graph.parser.readings import Days, Function, Number, Property, Reading, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

_OF_YEARS: Final = {Role.BEFORE: Role.LESS, Role.AFTER: Role.MORE, Role.SINCE: Role.AT_LEAST}


def days_and_numbers(words: Sequence[str], readings: Sequence[Reading], today: date) -> list[Reading]:
    """Returns the days, the ages and the numbers that are not a part of longer ones.

    Args:
        words: Plain words.
        readings: What they may mean.
        today: What days are counted from.
    """
    aged = list(ages(words, today))
    days = [*_outside(spans(words, today), aged), *aged]
    counted = list(numbers(words))  # the 10 of "10 000" is no number either
    dated = [reading for reading in (*readings, *days) if isinstance(reading.meaning, Days)]
    return [*days, *_outside(counted, [*dated, *counted])]


def measured(
    words: Sequence[str], readings: Sequence[Reading], units: Mapping[str, Sequence[Property]]
) -> Iterator[Reading]:
    """Yields units behind numbers and "how many": what is counted in them, or nothing where that is named.

    Args:
        words: Plain words.
        readings: What they may mean.
        units: What is counted in a unit.
    """
    for reading in readings:
        at = reading.last
        asked = reading.meaning == Function(Role.HOW_MUCH)
        if (asked or isinstance(reading.meaning, Number)) and at < len(words) and words[at] in units:
            if not asked:
                yield Reading(at, at + 1, Function(Role.FILLER))
            for owner in units[words[at]]:
                yield Reading(at, at + 1, owner, SYNONYM)


def years(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yields what "before" is where years are numbers: "born before 1940" is born less than 1940."""
    dated = {reading.first for reading in readings if isinstance(reading.meaning, Days)}
    counted = {reading.first for reading in readings if isinstance(reading.meaning, Number)}
    for reading in readings:
        role = reading.meaning.role if isinstance(reading.meaning, Function) else Role.FILLER
        if role in _OF_YEARS and reading.last in dated & counted:
            yield Reading(reading.first, reading.last, Function(_OF_YEARS[role]), SYNONYM)


def _outside(found: Iterable[Reading], longer: Sequence[Reading]) -> list[Reading]:
    """Returns the readings that are not a part of a longer span: the 30 of "the last 30 days" is no number."""
    return [
        reading
        for reading in found
        if not any(
            span.first <= reading.first
            and reading.last <= span.last
            and span.last - span.first > reading.last - reading.first
            for span in longer
        )
    ]
