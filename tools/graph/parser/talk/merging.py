"""Two questions about the same things, as one: "when was it opened and who did it"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.form import Ask, Compare, Kind, Link, Thing
from tools.graph.parser.readings import ValueKind

if TYPE_CHECKING:
    from tools.graph.parser.compose import Composer


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
    return _linked(first, second, composer) or _linked(second, first, composer) or _of_one(first, second, composer)


def bare(thing: Thing) -> Thing:
    """Returns a thing without what is shown of it."""
    return replace(thing, shown=())


def _leads_to(thing: Thing, other: Thing) -> bool:
    """Whether a yes or no question was about the things that are then asked for: they are linked to what it named."""
    named = set(other.ids)
    alike = (thing.label, thing.ids, thing.filters) == (other.label, other.ids, other.filters)
    if alike and set(other.links) <= set(thing.links):
        return True
    return bool(named and named & {key for link in thing.links for key in link.thing.ids})


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
    link = _link_back(second, bare(first.thing), composer)
    if link is None or first.rank is not None or (first.thing.ids and not first.thing.shown):
        return None
    return replace(first, thing=replace(first.thing, links=(*first.thing.links, link)))


def _of_one(first: Ask, second: Ask, composer: Composer) -> Ask | None:
    """Returns two things that one named node is linked to: "which crew is he in, and who leads it".

    One of them must be one only; of several of both, no row says which goes with which.
    """
    named = [
        link.thing
        for link in first.thing.links
        if link.thing.ids and link.thing == Thing(link.thing.label, link.thing.ids)
    ]
    if len(named) != 1:
        return None
    links = [link for ask in (first, second) if (link := _link_back(ask, named[0], composer)) is not None]
    if len(links) != 2 or not any(
        composer.links.leads_to_one(named[0].label, replace(link, shown=())) for link in links
    ):
        return None
    return Ask(replace(named[0], links=tuple(links)))


def _link_back(ask: Ask, thing: Thing, composer: Composer) -> Link | None:
    """Returns the link from a thing to those that a question asks for, which are linked to it; None where none is."""
    back = [link for link in ask.thing.links if link.thing == thing]
    if len(back) != 1 or ask.rank is not None:
        return None
    (link,) = back
    if link.absent or link.times or link.most > 1 or link.shown:
        return None
    names = tuple(name for name in ("id", "name") if name in composer.properties[ask.thing.label])
    others = tuple(other for other in ask.thing.links if other != link)
    shown = tuple(dict.fromkeys((*names, *ask.thing.shown)))
    onward = replace(ask.thing, links=others, shown=shown)
    return Link(link.type, link.way.opposite, onward, filters=link.filters)
