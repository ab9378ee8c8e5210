"""How a description and a thing become one: every attachment typed by a triple or a property of the schema.

A description is made before it is known what it describes ("in area CW-100", "that feed E-101"); `Composer.attach`
settles it against the label it meets, and gives every way the schema allows, each with its cost.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from tools.graph.parser.descriptions import Being, By, Has, Near, Not, Noun, Old, On, Quantity, Shown, To, day_filters
from tools.graph.parser.form import Compare, Filter, Link, Per, Thing, Way
from tools.graph.parser.graph_words import are_years
from tools.graph.parser.links import Links
from tools.graph.parser.modification import agree, counted, each_of, extended, goes_back, owned, without_return
from tools.graph.parser.naming import Naming
from tools.graph.parser.readings import ValueKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.catalogue import Catalogue
    from tools.graph.parser.descriptions import Description, Part
    from tools.graph.parser.form import Times

_NAMED: Final = 1.0  # a description of what already has a name
_TURNED_BACK: Final = 0.1  # a link that the other thing says itself
_SAID_LINK: Final = -0.2  # a property of the link that was said: the word is not one for the things' own
_UNSAID_LINK: Final = 0.3
_EXACTLY: Final = 0.1  # "with two sensors" for exactly two
_BY_LINKED: Final = 0.1  # grouped by a property of another thing than the one counted
_QUANTITIES: Final = frozenset({"quantity", "qty", "count", "pieces", "number"})
_MAIN_DAY: Final = 0.1  # "since March" without a word for what happened then


class Composer:
    """Joins nouns and descriptions in one schema.

    Attributes:
        properties: The properties of each label.
        links: The links between labels.
        naming: What the schema's names tell.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.properties = {node.label: frozenset(node.properties) for node in catalogue.schema.nodes}
        self.links = Links(catalogue.schema)
        self.naming = Naming(catalogue, self.links)

    def attach(self, noun: Noun, description: Description) -> Iterator[tuple[Noun, float]]:
        """Yields each way in which all parts of a description hold for a noun, with its cost."""
        ways = [(noun, _NAMED if noun.named else 0.0)]
        for part in description.parts:
            ways = [(after, cost + more) for before, cost in ways for after, more in self._one(before, part)]
        yield from ways

    def _one(self, noun: Noun, part: Part) -> Iterator[tuple[Noun, float]]:
        if isinstance(part, To | Near):
            yield from self._to(noun, part)
        elif isinstance(part, Being):
            yield from self._being(noun, part.noun)
        elif isinstance(part, On | Old):
            yield from self._on(noun, part) if isinstance(part, On) else self._old(noun, part)
        elif isinstance(part, Not):
            if part.noun.thing == Thing(noun.thing.label, ids=part.noun.thing.ids):
                yield extended(noun, excluded=part.noun.thing.ids), 0.0
        elif isinstance(part, Has | Shown) and part.of_relation:
            yield from self._of_link(noun, part)
        elif isinstance(part, By) and part.owner != noun.thing.label:
            yield from self._by_linked(noun, part)
        elif part.owner == noun.thing.label:
            after = owned(noun, part)
            if after is not None:
                yield after, 0.0

    def _by_linked(self, noun: Noun, part: By) -> Iterator[tuple[Noun, float]]:
        """Yields a noun grouped by a property of what it is linked to: "sensors per kind of asset"."""
        own = part.property in self.properties[noun.thing.label]
        if noun.per is None and noun.rank is None and noun.number is None and not (own or part.ordering):
            for link, cost in self.links.unnamed(noun.thing.label, Thing(part.owner)):
                yield msgspec.structs.replace(noun, per=Per(part.property, link), bare=False), cost + _BY_LINKED

    def _on(self, noun: Noun, part: On) -> Iterator[tuple[Noun, float]]:
        """Yields a noun to whose things something happened then: on their main day."""
        day = self.naming.main_day(noun.thing.label)
        if (
            day is not None
            and not (part.of_one_day and self.naming.is_in_a_state(noun))  # "open on 1 March" may be opened before
            and not self.naming.lasts(day)
            and not self.naming.is_of_another_day(noun, day)
            and agree(noun.thing, day_filters(day, part))
        ):
            yield extended(noun, filters=day_filters(day, part)), _MAIN_DAY

    def _old(self, noun: Noun, part: Old) -> Iterator[tuple[Noun, float]]:
        """Yields a noun whose things began then; by a year that is one, they did in it or before or behind it."""
        label = noun.thing.label
        name = self.naming.age_of(label, "old")
        if name is None:
            return
        filters: tuple[Filter, ...]
        if self.kind_of(label, name) is ValueKind.DAY:
            filters = day_filters(name, On(part.first, part.last and part.last + timedelta(days=1)))
        elif part.last is not None:
            filters = (Filter(name, Compare.BELOW, ((part.last + timedelta(days=1)).year,)),)
        else:
            filters = (Filter(name, Compare.ABOVE, ((part.first - timedelta(days=1)).year,)),)
        if agree(noun.thing, filters):
            yield extended(noun, filters=filters), 0.0

    def _of_link(self, noun: Noun, part: Has | Shown) -> Iterator[tuple[Noun, float]]:
        """Yields a noun with what is said of a link that it has: one that was said, else any of that type.

        "Parts with the quantity" say of no work how many it used: a link that was not said shows something only of
        a thing with a name.
        """
        links = noun.thing.links
        for place, link in self.links_of(noun, part.owner):
            unsaid = place == len(links)
            if isinstance(part, Has):
                changed = msgspec.structs.replace(link, filters=link.filters + part.filters)
            elif unsaid and not noun.named:
                continue
            else:
                other = extended(Noun(link.thing), shown=self._names(link.thing) if noun.named else ()).thing
                shown = tuple(dict.fromkeys(link.shown + part.properties))
                changed = msgspec.structs.replace(link, thing=other, shown=shown)
            kept = (*links[:place], changed, *links[place + 1 :])
            thing = msgspec.structs.replace(noun.thing, links=kept)
            yield msgspec.structs.replace(noun, thing=thing, bare=False), _UNSAID_LINK if unsaid else _SAID_LINK

    def _names(self, thing: Thing) -> tuple[str, ...]:
        """Returns the columns that say which of the things one is; none for things with a name."""
        if thing.ids or thing.shown:
            return ()
        return tuple(name for name in ("id", "name") if name in self.properties[thing.label])

    def links_of(self, noun: Noun, name: str) -> list[tuple[int, Link]]:
        """Returns the link of a type that a thing has, with its place: the only one said, else the only one there is.

        One that was not said has the place behind all others.
        """
        links = noun.thing.links
        alike = [(place, link) for place, link in enumerate(links) if link.type == name]
        if alike:
            said = [(place, link) for place, link in alike if link.most == 1 and not (link.absent or link.times)]
            return said if len(said) == 1 else []
        unsaid = self.links.of_type(noun.thing.label, name)
        return [(len(links), link) for link in unsaid] if len(unsaid) == 1 else []

    def _to(self, noun: Noun, part: To | Near) -> Iterator[tuple[Noun, float]]:
        other = part.noun
        if not other.plain:
            return
        if other.apart is not None and other.apart.label == noun.thing.label:
            noun = extended(noun, excluded=other.apart.ids)
        label = noun.thing.label
        links = self.links.named(label, part) if isinstance(part, To) else self._unnamed(label, other.thing)
        for found, cost in links:
            link = without_return(label, found)
            if isinstance(part, To) and part.filters:
                link = msgspec.structs.replace(link, filters=part.filters)
            if other.every and not (other.quantity is None and self.links.leads_to_one(label, link)):
                continue
            if other.quantity is Quantity.NONE and (self._may_be_when(noun, other) or goes_back(label, link)):
                continue
            after = None if other.both else counted(noun, link, other)
            if after is not None:
                yield after, cost + (_EXACTLY if other.number else 0.0)
            if self._may_be_both(label, link, other):
                yield extended(noun, links=tuple(each_of(link))), cost

    def _unnamed(self, label: str, thing: Thing) -> Iterator[tuple[Link, float]]:
        """Yields the links that may be meant where none is said: that which the thing says itself, if it does.

        "A crew with a leader", who leads a crew, is led by one, and has not one among its members.
        """
        found = list(self.links.unnamed(label, thing))
        back = {(link.type, link.way) for link in thing.links if link.thing == Thing(label) and not link.absent}
        own = [(link, cost) for link, cost in found if any(t == link.type and w is not link.way for t, w in back)]
        if label == thing.label:  # "a pump with a motor", which drives a machine
            turned = [(name, way.opposite) for name, way in sorted(back) if way is not Way.ANY]
            own = [(Link(name, way, thing), _TURNED_BACK) for name, way in turned]
        yield from own or found

    def _being(self, noun: Noun, other: Noun) -> Iterator[tuple[Noun, float]]:
        thing = other.thing
        if thing.label != noun.thing.label or other.quantity or other.number or not other.plain or other.every:
            return
        if thing.shown or thing.excluded:
            return  # what is shown of it, or left out, would be lost
        if thing.ids and noun.named and thing.ids != noun.thing.ids:
            return
        if agree(noun.thing, thing.filters):
            yield (
                extended(noun, ids=thing.ids, filters=thing.filters, links=thing.links, relatives=thing.relatives),
                0.0,
            )

    def _may_be_when(self, noun: Noun, lacking: Noun) -> bool:
        """Whether a day may be when the things were so, rather than when they had not what they lack.

        "Jobs done without a permit in 2026" were done then, or had none from then.
        """
        day, of_other = self.naming.main_day(noun.thing.label), self.naming.main_day(lacking.thing.label)
        dated = any(found.property == of_other and not found.negated for found in lacking.thing.filters)
        return dated and day is not None and self.naming.is_of_another_day(noun, day)

    def _may_be_both(self, label: str, link: Link, other: Noun) -> bool:
        """Whether a link may lead to each of several things: a sensor is not on both pumps."""
        several = (other.joined or other.both) and other.quantity is None
        direct = link.thing.label == other.thing.label
        return several and (direct or other.both) and not self._leads_on_to_one(label, link)

    def _leads_on_to_one(self, label: str, link: Link) -> bool:
        """Whether each link of a chain leads to one thing."""
        onward = link.thing.links
        return self.links.leads_to_one(label, link) and all(
            self._leads_on_to_one(link.thing.label, further) for further in onward
        )

    def groups(self, noun: Noun, description: Description) -> Iterator[tuple[Noun, Quantity | Times, float]]:
        """Yields counted things, with what they are grouped by, where a thing is described by how many of them it has.

        Only over unnamed nodes: "areas with the most orders" counts orders, by the area of their asset.
        """
        if len(description.parts) != 1 or not isinstance(description.parts[0], Near):
            return
        other = description.parts[0].noun
        if other.quantity in (None, Quantity.NONE, Quantity.EACH) or not other.plain:
            return
        things = msgspec.structs.replace(other, quantity=None)
        for link, cost in self.links.unnamed(other.thing.label, noun.thing):
            if link.thing != noun.thing and not noun.thing.links:
                yield msgspec.structs.replace(things, per=Per(link=link)), other.quantity, cost

    def day_of_link(self, name: str) -> str | None:
        """Returns the day that relationships of a type have: the only one."""
        days = [p for p in self._properties_of_link(name) if self.kind_of(name, p) is ValueKind.DAY]
        return days[0] if len(days) == 1 else None

    def text_of_link(self, name: str) -> str | None:
        """Returns the text that relationships of a type have: their only property, told by few values."""
        names = self._properties_of_link(name)
        return names[0] if len(names) == 1 and self.kind_of(name, names[0]) is ValueKind.TEXT else None

    def quantity_of_link(self, name: str) -> str | None:
        """Returns the property of a type that says how many of a thing there are at its end."""
        return next((p for p in self._properties_of_link(name) if p.lower() in _QUANTITIES), None)

    def _properties_of_link(self, name: str) -> list[str]:
        relations = self._catalogue.schema.relations
        return sorted({p for relation in relations if relation.type == name for p in relation.properties})

    def kind_of(self, owner: str, name: str) -> ValueKind:
        """Returns what the values of a label's or a relationship's property are."""
        return self._catalogue.kind_of(owner, name)

    def is_year(self, label: str, name: str) -> bool:
        """Whether the values of a label's property are years."""
        return are_years(self._catalogue.all_values_of(label, name))

    def only_year(self, label: str) -> str | None:
        """Returns the one property of a label that is a year."""
        years = [name for name in sorted(self.properties[label]) if self.is_year(label, name)]
        return years[0] if len(years) == 1 else None

    def can_be_zero(self, label: str, name: str) -> bool:
        """Whether a number is 0 somewhere in the graph."""
        return 0 in self._catalogue.all_values_of(label, name)
