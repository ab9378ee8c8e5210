"""From the items that span a question to the forms that it may mean."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser import chart
from tools.graph.parser.descriptions import Noun, Quantity
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Per, Thing
from tools.graph.parser.naming import STATES
from tools.graph.parser.rules import Asked, Cat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.catalogue import Catalogue

_ELLIPTIC: Final = 0.1
_KNOWN: Final = 0.2  # shown though the question says what it is: "which criticality A pumps"
_COUNTED: Final = 0.3  # "orders per asset", for how many


def understood(cell: chart.Cell, catalogue: Catalogue) -> list[tuple[Ask, float]]:
    """Returns the forms of a span, each once, cheapest first; equal ones in one order however they came."""
    forms: dict[Ask, float] = {}
    for category, value, cost in chart.items_of(cell):
        for ask, more in _asks(category, value, catalogue):
            forms[ask] = min(cost + more, forms.get(ask, float("inf")))
    return sorted(forms.items(), key=lambda entry: (round(entry[1], 6), repr(entry[0])))


def _asks(category: str, value: object, catalogue: Catalogue) -> Iterator[tuple[Ask, float]]:
    """Yields the form of an item that spans the question, if it is a question."""
    if category in (Cat.ASKED, Cat.YES_NO) and isinstance(value, Asked):
        yield from forms_of(value, 0.0, catalogue)
    elif category == Cat.VALUES and isinstance(value, Asked):
        yield from forms_of(value, _ELLIPTIC, catalogue)
    elif category in (Cat.NOUN, Cat.COLUMN) and isinstance(value, Noun):
        kind = Kind.COUNT if value.per is not None else Kind.EXISTS if value.some else Kind.LIST
        yield from forms_of(Asked(kind, value), _COUNTED if kind is Kind.COUNT else _ELLIPTIC, catalogue)


def forms_of(asked: Asked, cost: float, catalogue: Catalogue) -> Iterator[tuple[Ask, float]]:
    """Yields the form of a question with its cost; none where something of it is left unsaid, or cannot be said."""
    noun, kind = asked.noun, asked.kind
    thing = noun.thing
    unsaid = noun.other and not (thing.excluded or thing.relatives)
    if noun.quantity is not None or noun.number is not None or unsaid or not _fits(asked):
        return
    if kind is Kind.LIST and len(thing.ids) == 1 and thing.links and not _shows(thing):
        return  # what a name is said to have is told already: something of it was asked
    if kind is Kind.COUNT and any(found.property == asked.of and _is_one_value(found) for found in thing.filters):
        return  # of one value there is one
    if kind is Kind.EXISTS and noun.also:
        return  # "is there a pump and a valve": either would be a yes
    if kind is Kind.COUNT and asked.of and noun.per is not None and noun.per == Per(asked.of):
        return  # and so there is for each of them: « combien d'ordres chaque technicien a-t-il faits »
    if _stands_in_a_state(thing) or _has_and_lacks(thing) or _began_and_denied(thing):
        return
    if any(found.property in thing.shown and _is_one_value(found) for found in thing.filters):
        cost += _KNOWN
    if kind is Kind.LIST and thing == Thing(thing.label, ids=thing.ids) and thing.ids:
        thing = msgspec.structs.replace(thing, shown=_all_of(catalogue, thing.label))
    to = asked.to.thing if asked.to else None
    yield Ask(thing, kind, asked.of, noun.per, noun.rank, to, asked.having, asked.along, asked.having_figure), cost


def _shows(thing: Thing) -> bool:
    """Whether a thing, or what it is linked to, is asked something of."""
    return bool(thing.shown) or any(link.shown or _shows(link.thing) for link in thing.links)


def _fits(asked: Asked) -> bool:
    """Whether what was said of the things can be said in a question of this kind."""
    noun = asked.noun
    if asked.kind in (Kind.LIST, Kind.VALUES):
        return noun.per is None
    if noun.per is not None and noun.rank is not None and noun.rank.property:
        return False  # the latest of each group: a form orders groups by their figure only
    if _shows(noun.thing) or (noun.rank is not None and noun.per is None):
        return False
    if asked.kind in (Kind.EXISTS, Kind.PATH):
        return noun.per is None and noun.rank is None and not noun.every
    return not (asked.kind is Kind.COUNT and noun.quantity is Quantity.NONE)


def _stands_in_a_state(thing: Thing) -> bool:
    """Whether things are said to have been so on a day, and to be in a state now: which of the two is not told."""
    on_a_day = any(found.or_missing for found in thing.filters)
    return on_a_day and any(found.property in STATES for found in thing.filters)


def _began_and_denied(thing: Thing) -> bool:
    """Whether things are said to be in no such state and to have begun on one day: « ouverts et pas encore fermés »."""
    denied = any(found.property in STATES and found.negated for found in thing.filters)
    spans = sorted(
        str(f.values[0]) for f in thing.filters if f.values and f.compare in (Compare.AT_LEAST, Compare.BELOW)
    )
    return denied and any(_is_one_day(low, high) for low, high in pairwise(spans))


def _is_one_day(low: str, high: str) -> bool:
    try:
        return date.fromisoformat(high) - date.fromisoformat(low) == timedelta(days=1)
    except ValueError:
        return False


def _has_and_lacks(thing: Thing) -> bool:
    """Whether things are said to have some of what they have none of: then the words were taken apart wrongly."""
    none = {(link.type, link.way) for link in thing.links if link.absent and link.thing == Thing(link.thing.label)}
    some = {(link.type, link.way) for link in thing.links if not link.absent}
    return not none.isdisjoint(some) or any(_has_and_lacks(link.thing) for link in thing.links)


def _is_one_value(found: Filter) -> bool:
    return found.compare is Compare.EQUAL and len(found.values) == 1 and not found.negated


def _all_of(catalogue: Catalogue, label: str) -> tuple[str, ...]:
    names = next(node.properties for node in catalogue.schema.nodes if node.label == label)
    return tuple(name for name in names if name not in ("id", "name"))
