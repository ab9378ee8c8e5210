"""Two questions about the same things, as one: "when was it opened and who did it"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tools.graph.parser.form import Ask, Compare, Kind, Link, Thing, Way
from tools.graph.parser.readings import ValueKind

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer

_OPPOSITE: Final = {Way.OUT: Way.IN, Way.IN: Way.OUT, Way.ANY: Way.ANY}


def merged(first: Ask, second: Ask, composer: Composer) -> Ask | None:
    """Returns what two questions ask together; None where no form says both."""
    first, second = _as_column(first, composer), _as_column(second, composer)
    if first.kind is Kind.EXISTS and second.kind is Kind.LIST:
        return second if _leads_to(second.thing, first.thing) else None
    if not (first.kind is second.kind is Kind.LIST) or first.rank != second.rank or first.per or second.per:
        return None
    if bare(first.thing) == bare(second.thing):
        shown = tuple(dict.fromkeys((*first.thing.shown, *second.thing.shown)))
        return replace(first, thing=replace(first.thing, shown=shown))
    return _linked(first, second, composer)


def bare(thing: Thing) -> Thing:
    """Returns a thing without what is shown of it."""
    return replace(thing, shown=())


def _leads_to(thing: Thing, other: Thing) -> bool:
    """Whether a yes or no question was about the things that are then asked for: they are linked to what it named."""
    named = set(other.ids)
    return bare(thing) == bare(other) or bool(named and named & {key for link in thing.links for key in link.thing.ids})


def _as_column(ask: Ask, composer: Composer) -> Ask:
    """Returns "is it approved?" as the column that says so, of one thing with a name."""
    thing = ask.thing
    if ask.kind is not Kind.EXISTS or len(thing.ids) != 1 or len(thing.filters) != 1:
        return ask
    (said,) = thing.filters
    flag = composer.kind_of(thing.label, said.property) is ValueKind.FLAG
    if not flag or said.compare is not Compare.EQUAL or thing != Thing(thing.label, ids=thing.ids, filters=(said,)):
        return ask
    return Ask(Thing(thing.label, ids=thing.ids, shown=(said.property,)))


def _linked(first: Ask, second: Ask, composer: Composer) -> Ask | None:
    """Returns the things of one question beside those of another that are linked to them: "its title and its parts"."""
    if first.rank is not None or second.rank is not None:
        return None
    back = [link for link in second.thing.links if link.thing == bare(first.thing)]
    if len(back) != 1:
        return None
    (link,) = back
    if link.absent or link.times or link.most > 1 or link.shown or not first.thing.shown:
        return None
    names = tuple(name for name in ("id", "name") if name in composer.properties[second.thing.label])
    others = tuple(other for other in second.thing.links if other != link)
    thing = replace(second.thing, links=others, shown=second.thing.shown or names)
    onward = Link(link.type, _OPPOSITE[link.way], thing, filters=link.filters)
    return replace(first, thing=replace(first.thing, links=(*first.thing.links, onward)))
