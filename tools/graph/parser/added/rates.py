"""Rates whose words stand apart: "how many tonnes of bark do they use per day", "daily tonnes of bark"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tools.graph.parser.readings import Function, Property, Reading, Role, ValueKind
from tools.graph.parser.vocabulary import Named, parted, phrase_of, synonyms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plant.graph.contract import GraphSchema

_APART: Final = 0.1
_SPANS: Final = {
    "day": ("per day", "a day", "in a day", "each day", "every day", "daily", "par jour", "chaque jour", "journalier"),
    "hour": ("per hour", "an hour", "each hour", "hourly", "par heure", "de l heure", "a l heure", "chaque heure"),
    "week": ("per week", "a week", "each week", "weekly", "par semaine", "chaque semaine", "hebdomadaire"),
    "month": ("per month", "a month", "each month", "monthly", "par mois", "chaque mois", "mensuel", "mensuelle"),
    "year": ("per year", "a year", "each year", "yearly", "annually", "par an", "chaque annee", "annuel", "annuelle"),
}
_MORE: Final = {"day": ("journaliere", "quotidien", "quotidienne", "quotidiennement", "every day", "d", "per 24 h")}


class Rates:
    """The rates among a graph's numbers: `tonnes_per_day`.

    Args:
        schema: The graph's.
    """

    def __init__(self, schema: GraphSchema) -> None:
        owned = [(node.label, name, False) for node in schema.nodes for name in node.properties]
        owned += [(link.type, name, True) for link in schema.relations for name in link.properties]
        self._rates: dict[tuple[Property, str], set[tuple[str, ...]]] = {}
        for owner, name, of_relation in dict.fromkeys(owned):
            words = phrase_of(parted(name))
            if len(words) > 2 and words[-2] == "per" and words[-1] in _SPANS:
                rate = (Property(owner, name, ValueKind.NUMBER, of_relation), words[-1])
                self._rates[rate] = {words[:-2], *synonyms(words[:-2], Named.PROPERTY), *_UNITS.get(words[:-2], ())}

    def readings(self, words: Sequence[str]) -> Iterator[Reading]:
        """Yields what is measured as the rate, and its time as nothing, where they stand apart."""
        for (rate, span), said in self._rates.items():
            times = list(_found(words, {tuple(text.split()) for text in (*_SPANS[span], *_MORE.get(span, ()))}))
            measured = list(_found(words, said))
            for first, last in times:
                if any(end != first for _, end in measured):
                    yield Reading(first, last, Function(Role.FILLER), _APART)
                    yield from (Reading(a, b, rate, _APART) for a, b in measured if b != first)


_UNITS: Final = {
    ("tonnes",): (("tonne",), ("tons",), ("ton",), ("t",)),
    ("litres",): (("litre",), ("liters",), ("liter",), ("l",)),
    ("cubic", "metres"): (("m3",), ("metres", "cubes")),
}


def _found(words: Sequence[str], phrases: set[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Yields where phrases stand."""
    for first in range(len(words)):
        for phrase in phrases:
            if phrase and tuple(words[first : first + len(phrase)]) == phrase:
                yield first, first + len(phrase)
