"""Groups of a figure that is taken of links: "the total quantity per part" is of the links of each part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tools.graph.parser.form import Link, Per, Thing

if TYPE_CHECKING:
    from tools.graph.parser.form import Ask
    from tools.graph.parser.links import Links


def grouped_all(forms: list[tuple[Ask, float]], links: Links) -> list[tuple[Ask, float]]:
    """Returns forms with their costs as `grouped` says them, each once; none where the first cannot be said."""
    said: dict[Ask, float] = {}
    for place, (ask, cost) in enumerate(forms):
        form = grouped(ask, links)
        if form is not None:
            said.setdefault(form, cost)
        elif place == 0:
            return []
    return list(said.items())


def grouped(ask: Ask, links: Links) -> Ask | None:
    """Returns a form whose groups are of its links, as well as of its things; None where no form can say it.

    A group of things is one of their links where each thing is in one group. Where the groups are made by what the
    links lead to, the links are seen from there: each part's, not each order's.
    """
    ask = _of_the_same(ask)
    along, per = ask.along, ask.per
    if along is None or per is None or per.link is None:
        return ask
    label = ask.thing.label
    if (per.link.type, per.link.way, per.link.thing.label) != (along.type, along.way, along.thing.label):
        return ask if _leads_to_one(label, per.link, links) else None
    if (ask.rank is not None and (ask.rank.property or ask.rank.link)) or ask.having is not None:
        return None
    back = Link(along.type, along.way.opposite, ask.thing, filters=along.filters)
    further = per.link.thing.links
    if per.link.thing != Thing(per.link.thing.label, links=further):
        return None
    if len(further) > 1 or (further and not _leads_to_one(along.thing.label, further[0], links)):
        return None
    by = Per(per.property, further[0] if further else None)
    return _of_the_same(replace(ask, thing=along.thing, along=back, per=by))


def _of_the_same(ask: Ask) -> Ask:
    """Returns a form with what is said of the things from the other end of their links said of themselves.

    The parts that each technician used in orders of May were used by his orders of May, not by some others as well.
    """
    along, thing = ask.along, ask.thing
    if along is None or len(along.thing.links) != 1:
        return ask
    (back,) = along.thing.links
    same = (back.type, back.way, back.thing.label) == (along.type, along.way.opposite, thing.label)
    if not same or back.absent or back.times or back.filters or back.most > 1 or back.thing.ids or thing.ids:
        return ask
    said = {
        name: tuple(sorted({*getattr(thing, name), *getattr(back.thing, name)}, key=repr))
        for name in ("excluded", "filters", "relatives", "links")
    }
    return replace(ask, thing=replace(thing, **said), along=replace(along, thing=replace(along.thing, links=())))


def _leads_to_one(label: str, link: Link, links: Links) -> bool:
    """Whether a chain of links leads from each thing to one at most."""
    if not links.leads_to_one(label, link):
        return False
    return not link.thing.links or _leads_to_one(link.thing.label, link.thing.links[0], links)
