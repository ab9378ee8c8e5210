"""From readings to the chart: what each reading is in the grammar, and what it costs."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from tools.graph.parser import chart
from tools.graph.parser.descriptions import Description, Has, Noun, Shape
from tools.graph.parser.form import Compare, Filter, Thing
from tools.graph.parser.grammar.numbers import UNITS
from tools.graph.parser.plausible import SOME, is_filler
from tools.graph.parser.readings import (
    Aged,
    Days,
    End,
    Function,
    Label,
    Nodes,
    Number,
    Property,
    Quoted,
    Relation,
    Role,
    Sort,
    Value,
)
from tools.graph.parser.rules import Amount, Cat, Category, Columns, Small, Verb

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence

    from tools.graph.parser.readings import Reading, Word

_OVERLOOKED: Final = 0.2
_MEANT: Final = 0.5
_TAKEN: Final = 0.5
_TAKEN_FROM_VALUE: Final = 0.3
_PARTED: Final = 0.1
_RANKING: Final = frozenset({Role.LATEST, Role.EARLIEST, Role.LARGEST, Role.SMALLEST, Role.MEAN})
_USEFUL: Final = frozenset({Role.AT, Role.NOT, Role.HAVE, Role.TO, Role.SUM, Role.EACH, Role.MEAN})
_SEVERAL: Final = frozenset({"quels", "quelles"})
_CLAUSES: Final = frozenset({"qui", "que", "qu", "dont", "est", "sont", "a", "ont", "ne", "n", "par"})
_THAN: Final = frozenset({"than", "que", "qu", "but", "except"})
_JOINING: Final = frozenset({"and", "or", "et", "ou"})
_SINGULAR: Final = re.compile(r"([^e]e|[^n]t|d)\Z")
"""How a French verb of the third person ends where it is singular, and what tells that it does not begin a clause."""
_THEIR: Final = frozenset({"their", "its", "his", "her", "leur", "leurs", "son", "sa", "ses"})
_BOTH: Final = frozenset({"both", "a la fois", "tous les deux", "toutes les deux"})
_EVERYTHING: Final = frozenset({"everything"})
_EVERY: Final = frozenset({"all", "every", "tous", "toutes", "tout", "toute"})

_Span = tuple[int, int]
"""First word and the word behind the last."""


class _Spans(NamedTuple):
    """Where readings of some sorts stand, which make other readings of the same words less likely."""

    useful: frozenset[_Span]  # small words that may say how things are linked
    meant: frozenset[_Span]  # words of the graph, and totals
    phrases: frozenset[_Span]  # small words of several words
    ranks: frozenset[_Span]  # words that order things
    values: frozenset[_Span]
    ends: frozenset[_Span]  # of spans of days

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> _Spans:
        """Returns the places of some readings."""
        small = [(r.meaning.role, (r.first, r.last)) for r in readings if isinstance(r.meaning, Function)]
        others = [(r.meaning, (r.first, r.last)) for r in readings if not isinstance(r.meaning, Function)]
        return cls(
            useful=frozenset(span for role, span in small if role in _USEFUL),
            meant=frozenset((*(span for _, span in others), *(span for role, span in small if role is Role.SUM))),
            phrases=frozenset(span for _, span in small if span[1] - span[0] > 1),
            ranks=frozenset(span for role, span in small if role in _RANKING),
            values=frozenset(span for meaning, span in others if isinstance(meaning, Value)),
            ends=frozenset(span for meaning, span in others if isinstance(meaning, End)),
        )


def charted(
    words: Sequence[Word],
    readings: Sequence[Reading],
    rules: chart.Rules,
    told: Mapping[str, Noun] = MappingProxyType({}),
) -> tuple[int, dict[tuple[int, int], chart.Cell]]:
    """Returns how many words bear meaning, and what each span of these may be; `told` are words for known things."""
    places, kept = _without_fillers(words, _turned(words, readings))
    spans = _Spans.of(kept)
    items = [
        (places[r.first], places[r.last], (category, value, r.cost + more + _unread(r, spans)))
        for r in kept
        for category, value, more in _items(words, r, spans, told)
    ]
    items += _all_others(words, places, kept)
    items += [
        (places[n], places[n + 1], (Cat.UNIT, UNITS[words[n].plain], 0.0))
        for n in units(words, kept)
        if places[n] < places[n + 1]
    ]
    return places[-1], chart.fill(places[-1], items, rules)


def units(words: Sequence[Word], readings: Sequence[Reading]) -> list[int]:
    """Returns the places of the words behind numbers that are units."""
    behind = {r.last for r in readings if isinstance(r.meaning, Number) and r.last < len(words)}
    return sorted(place for place in behind if words[place].plain in UNITS)


def _all_others(
    words: Sequence[Word], places: Sequence[int], readings: Sequence[Reading]
) -> list[tuple[int, int, tuple[Category, Hashable, float]]]:
    """Returns "another area" as the areas but the only one that the question has named before."""
    others = [r for r in readings if isinstance(r.meaning, Function) and r.meaning.role is Role.OTHER]
    found: list[tuple[int, int, tuple[Category, Hashable, float]]] = []
    for other in others:
        if not _JOINING.isdisjoint(word.plain for word in words[max(0, other.first - 2) : other.first]):
            continue  # "on P-101 and on other assets" may be said of either
        for r in readings:
            if r.first != other.last or not isinstance(r.meaning, Label):
                continue
            named = {
                o.meaning.ids
                for o in readings
                if isinstance(o.meaning, Nodes) and o.meaning.label == r.meaning.label and o.last <= other.first
            }
            behind = words[r.last].plain if r.last < len(words) else ""
            if len(named) == 1 and behind not in _THAN:
                noun = Noun(Thing(r.meaning.label, excluded=tuple(sorted(*named))))
                found.append((places[other.first], places[r.last], (Cat.NOUN, noun, r.cost)))
    return found


def _turned(words: Sequence[Word], readings: Sequence[Reading]) -> list[Reading]:
    """Turns a French verb that stands before its subject: it is singular, the things asked for are several.

    "Quelles pompes alimente T-101 ?" asks for what T-101 feeds, as "alimentent" would not.
    """
    asking = next((place for place, word in enumerate(words) if word.plain in _SEVERAL), None)
    verbs = [r for r in readings if isinstance(r.meaning, Relation) and asking is not None and r.first > asking + 1]
    first = min((r.first for r in verbs), default=-1)
    told = {word.plain for word in words[:first]} & _CLAUSES if first > 0 else _CLAUSES
    named = any(isinstance(r.meaning, Nodes) and r.last <= first for r in readings)
    if told or named or not _SINGULAR.search(words[first].plain):
        return list(readings)
    return [_other_way(r) if r in verbs and r.first == first else r for r in readings]


def _other_way(reading: Reading) -> Reading:
    meaning = reading.meaning
    if not isinstance(meaning, Relation) or meaning.forward is None:
        return reading
    return msgspec.structs.replace(reading, meaning=msgspec.structs.replace(meaning, forward=not meaning.forward))


def _unread(reading: Reading, spans: _Spans) -> float:
    """Returns what it costs to take words for less than they are.

    The "on" of English is no French "on", the A of "criticality A" no article, and "au moins" not "au" and "moins".
    """
    place = (reading.first, reading.last)
    if isinstance(reading.meaning, Property):
        return _TAKEN if any(_holds(place, rank) for rank in spans.ranks) else 0.0
    if isinstance(reading.meaning, Relation):
        taken = any(_holds(place, value) for value in spans.values)
        return _TAKEN_FROM_VALUE if taken or any(f <= place[0] and place[1] < t for f, t in spans.ends) else 0.0
    if not isinstance(reading.meaning, Function):
        return 0.0
    cost = _PARTED if any(_holds(phrase, place) for phrase in spans.phrases) else 0.0
    if reading.meaning.role is Role.FILLER:
        cost += _MEANT if place in spans.meant else _OVERLOOKED if place in spans.useful else 0.0
    return cost


def _holds(longer: _Span, span: _Span) -> bool:
    """Whether a span lies within a longer one."""
    return longer[0] <= span[0] and span[1] <= longer[1] and span != longer


def _without_fillers(words: Sequence[Word], readings: Sequence[Reading]) -> tuple[list[int], list[Reading]]:
    """Leaves out the words that can only be fillers; returns each word's place among the others, and their readings."""
    empty = [r for r in readings if _is_empty(words, r)]
    meant = {place for r in readings if r not in empty for place in range(r.first, r.last)}
    dropped: set[int] = set()
    for r in empty:
        if meant.isdisjoint(range(r.first, r.last)):
            dropped.update(range(r.first, r.last))
    places = [0]
    for place in range(len(words)):
        places.append(places[-1] + (place not in dropped))
    return places, [r for r in readings if dropped.isdisjoint(range(r.first, r.last))]


def _is_empty(words: Sequence[Word], reading: Reading) -> bool:
    return is_filler(reading) and words[reading.first].plain not in SOME | _EVERY | _BOTH | _THEIR


def _items(
    words: Sequence[Word],
    reading: Reading,
    spans: _Spans,
    told: Mapping[str, Noun],
) -> Iterator[tuple[Category, Hashable, float]]:
    """Yields what a reading is in the grammar."""
    meaning = reading.meaning
    if words[reading.first].plain in told:
        yield Cat.NOUN, told[words[reading.first].plain], 0.0
    elif isinstance(meaning, Function):
        yield from _small(meaning.role, " ".join(word.plain for word in words[reading.first : reading.last]))
    elif isinstance(meaning, Label | Sort | Nodes):
        every = words[reading.first].plain in _EVERYTHING
        comma = _ends_at_comma(words, reading, spans.values)
        yield Cat.NOUN, msgspec.structs.replace(_noun(meaning), comma=comma, every=every), 0.0
    elif isinstance(meaning, Value):
        compare = Compare.ABOVE if meaning.above else Compare.EQUAL
        same = Filter(meaning.property, compare, (meaning.value,))
        yield Cat.SAID, Description((Has(meaning.label, (same,), meaning.of_relation),), Shape.ADJECTIVE), 0.0
    elif isinstance(meaning, Property):
        yield Cat.PROPERTY, Columns(meaning.owner, (meaning.property,), meaning.kind, meaning.of_relation), 0.0
    elif isinstance(meaning, Relation):
        preposition = (reading.first, reading.last) in spans.useful
        yield Cat.RELATION, Verb(meaning.type, meaning.forward, meaning.least, meaning.most, preposition), 0.0
    elif isinstance(meaning, Number):
        whole = float(meaning.number).is_integer()
        yield Cat.NUMBER, int(meaning.number) if whole else meaning.number, 0.0
    elif isinstance(meaning, Aged):
        yield Cat.FOR if meaning.lasting else Cat.AGE, meaning, 0.0
    elif isinstance(meaning, Quoted):
        yield Cat.TEXT, Amount(Compare.EQUAL, meaning.text), 0.0
    else:
        yield (Cat.DAYS if isinstance(meaning, Days) else Cat.END), meaning, 0.0


def _ends_at_comma(words: Sequence[Word], reading: Reading, values: Collection[_Span]) -> bool:
    """Whether a comma stands behind a noun, or behind the value that follows it: « avis ouverts, »."""
    last = max((last for first, last in values if first == reading.last), default=reading.last)
    return words[reading.last - 1].comma or words[last - 1].comma


def _noun(meaning: Label | Sort | Nodes) -> Noun:
    if isinstance(meaning, Nodes):
        return Noun(Thing(meaning.label, ids=tuple(sorted(meaning.ids))))
    if isinstance(meaning, Label):
        return Noun(Thing(meaning.label), bare=True)
    return Noun(Thing(meaning.label, filters=(Filter(meaning.property, Compare.EQUAL, (meaning.value,)),)), bare=True)


def _small(role: Role, text: str) -> Iterator[tuple[Category, Hashable, float]]:
    """Yields what a small word is: "all" and "any" are said of how many, whatever else they are."""
    first = text.split(" ", 1)[0]
    if role is not Role.FILLER:
        yield role, Small(role, text), 0.0
    elif text in _THEIR:
        yield Cat.THEIR, Small(role, text), 0.0
    elif text in _BOTH:
        yield Cat.BOTH, Small(role, text), 0.0
    elif first in _EVERY:
        yield Cat.EVERY, Small(role, text), 0.0
    else:
        yield Role.FILLER, Small(role, text), 0.0
        if first in SOME:
            yield Cat.SOME, Small(role, text), 0.0
