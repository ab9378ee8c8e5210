"""How a noun is changed by what is said of it, where that can be said of it at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tools.graph.parser.descriptions import By, First, Has, Like, Noun, Own, Quantity, Shown
from tools.graph.parser.form import Compare, Filter, Link, Per, Rank, Relative, Thing, Times, leads_back

if TYPE_CHECKING:
    from collections.abc import Iterator


def owned(noun: Noun, part: Has | Like | Own | First | Shown | By) -> Noun | None:
    """Returns a noun of whose property something is said; None where it cannot be."""
    if isinstance(part, Has):
        fits = agree(noun.thing, part.filters) and not _is_vacuous(noun.thing, part.filters)
        return extended(noun, filters=part.filters) if fits else None
    if isinstance(part, Like):
        if part.noun.thing.label != part.owner:
            return None
        return extended(noun, relatives=(Relative(part.property, part.compare, part.noun.thing),))
    if isinstance(part, Own):
        return extended(noun, relatives=(Relative(part.property, part.compare, None, part.than),))
    if isinstance(part, Shown):
        return extended(noun, shown=part.properties)
    if isinstance(part, First) or noun.number is not None:
        descending, number = (part.descending, part.number) if isinstance(part, First) else (True, None)
        rank = Rank(part.property, None, descending, noun.number or number)
        return msgspec.structs.replace(noun, rank=rank, number=None) if noun.rank is None else None
    if noun.rank is not None:
        by = msgspec.structs.replace(noun.rank, property=part.property)
        return msgspec.structs.replace(noun, rank=by) if part.ordering and noun.rank.property else None
    return msgspec.structs.replace(noun, per=Per(part.property)) if noun.per is None else None


def without_return(label: str, link: Link) -> Link:
    """Returns a link without what it says itself: the members that a crew has are members of a crew."""
    kept = tuple(
        back
        for back in link.thing.links
        if not (back.type == link.type and back.way is not link.way and back == Link(back.type, back.way, Thing(label)))
    )
    return msgspec.structs.replace(link, thing=msgspec.structs.replace(link.thing, links=kept))


def goes_back(label: str, link: Link) -> bool:
    """Whether what a link leads to is described by others of the things that it comes from, none of them named.

    "Jobs without a permit on PM2" are on PM2: no permit is missed that covers other jobs there.
    """
    return any(
        leads_back(link, back) and back.thing.label == label and not back.thing.ids and not back.absent
        for back in link.thing.links
    )


def counted(noun: Noun, link: Link, other: Noun) -> Noun | None:
    """Returns a noun with a link to another, as the other's quantity says; None where a form cannot say it.

    A link over an unnamed node cannot be counted: it would be the unnamed nodes that are counted.
    """
    quantity = Times(Compare.EQUAL, other.number) if other.number is not None else other.quantity
    direct = link.thing.label == other.thing.label and link.thing.ids == other.thing.ids
    if quantity is None:
        return _with_link(noun, link)
    if quantity is Quantity.NONE:
        return extended(noun, links=(msgspec.structs.replace(link, absent=True),))
    if quantity is Quantity.EACH:
        single = noun.per is None and not other.thing.links  # the end of the chain is the group: not CW-100's area
        return msgspec.structs.replace(noun, per=Per(link=link)) if single else None
    if not direct:
        return None
    if isinstance(quantity, Times):
        return extended(noun, links=(msgspec.structs.replace(link, times=quantity),))
    if noun.rank is not None:
        return None
    rank = Rank("", link, quantity is Quantity.MOST, noun.number or 1)
    return msgspec.structs.replace(noun, rank=rank, number=None)


def _with_link(noun: Noun, link: Link) -> Noun:
    """Returns a noun with a link: the one of which a property is said already, where nothing else is said of that.

    "Suppliers with a lead time over 100 days for PT-3" supply PT-3 so.
    """
    links = noun.thing.links
    for place, said in enumerate(links):
        properties = said.filters or said.shown
        alike = (said.type, said.way, said.thing) == (link.type, link.way, Thing(link.thing.label))
        if properties and alike and not (said.absent or said.times or link.filters or link.shown):
            merged = msgspec.structs.replace(said, thing=link.thing)
            thing = msgspec.structs.replace(noun.thing, links=(*links[:place], merged, *links[place + 1 :]))
            return msgspec.structs.replace(noun, thing=thing, bare=False)
    return extended(noun, links=(link,))


def each_of(link: Link) -> Iterator[Link]:
    """Yields a link, or a chain of them, to each of the nodes that it leads to, or of the sorts of these."""
    thing = link.thing
    if thing.ids:
        things = [msgspec.structs.replace(thing, ids=(key,)) for key in thing.ids]
    elif thing.links and not thing.filters:
        (further, *others) = thing.links
        things = [msgspec.structs.replace(thing, links=(one, *others)) for one in each_of(further)]
    else:
        sorts = [found for found in thing.filters if len(found.values) > 1 and not found.negated]
        rest = tuple(found for found in thing.filters if found not in sorts[:1])
        things = [
            msgspec.structs.replace(thing, filters=(*rest, msgspec.structs.replace(found, values=(value,))))
            for found in sorts[:1]
            for value in found.values
        ]
    for one in things:
        yield msgspec.structs.replace(link, thing=one)


def agree(thing: Thing, filters: tuple[Filter, ...]) -> bool:
    """Whether filters do not contradict those that a thing has: nothing is open and closed, before and after."""
    equal = {f.property: f.values for f in thing.filters if f.compare is Compare.EQUAL and not f.negated}
    same = all(
        f.compare is not Compare.EQUAL or f.negated or equal.get(f.property, f.values) == f.values for f in filters
    )
    lows = [(f.property, f.values[0]) for f in (*thing.filters, *filters) if f.compare is Compare.AT_LEAST]
    highs = [(f.property, f.values[0]) for f in (*thing.filters, *filters) if f.compare is Compare.BELOW]
    return (
        same
        and not _contradict((*thing.filters, *filters))
        and not any(a == b and str(low) >= str(high) for a, low in lows for b, high in highs if _days(low, high))
    )


def _is_vacuous(thing: Thing, filters: tuple[Filter, ...]) -> bool:
    """Whether filters exclude what is excluded already: "pumps but not valves" are two things, and no such pumps."""
    equal = {found.property for found in thing.filters if found.compare is Compare.EQUAL and not found.negated}
    return any(found.negated and found.values and found.property in equal for found in filters)


def _contradict(filters: tuple[Filter, ...]) -> bool:
    """Whether a number would have to be one, and above it: what is in stock and is nothing."""
    above = {f.property: f.values[0] for f in filters if f.compare is Compare.ABOVE and f.values and not f.negated}
    return any(
        f.property in above and f.compare is Compare.EQUAL and f.values == (above[f.property],) and not f.negated
        for f in filters
    )


def _days(*values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def extended(noun: Noun, **more: tuple[Any, ...]) -> Noun:
    """Returns a noun of whose thing more is said, in one order however it was said, and nothing twice."""
    fields = {
        name: tuple(sorted({*getattr(noun.thing, name), *added}, key=repr)) for name, added in more.items() if added
    }
    if "filters" in fields:
        fields["filters"] = _none_of(fields["filters"])
    return msgspec.structs.replace(noun, thing=msgspec.structs.replace(noun.thing, **fields), bare=False)


def _none_of(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Returns filters with those that exclude values of one property as one: neither French nor English."""
    excluding: dict[str, Filter] = {}
    others = []
    for found in filters:
        if not (found.negated and found.compare is Compare.EQUAL and found.values):
            others.append(found)
            continue
        values = {*found.values, *(excluding[found.property].values if found.property in excluding else ())}
        excluding[found.property] = msgspec.structs.replace(found, values=tuple(sorted(values, key=repr)))
    return tuple(sorted((*others, *excluding.values()), key=repr))
