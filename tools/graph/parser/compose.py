"""How a description and a thing become one: every attachment typed by a triple or a property of the schema.

A description is made before it is known what it describes ("in area CW-100", "that feed E-101"); `Composer.attach`
settles it against the label it meets, and gives every way the schema allows, each with its cost.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tools.graph.parser.form import Compare, Filter, Link, Per, Rank, Relative, Thing, Times, Way
from tools.graph.parser.readings import Days, ValueKind
from tools.graph.parser.vocabulary import parted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.graph.catalogue import Catalogue

MOST_HOPS: Final = 8

_HOP: Final = 0.1  # a link that only a preposition says
_SEVERAL: Final = 0.3  # the same, where the schema has more than one such link
_TWO_HOPS: Final = 0.6  # the same, over an unnamed node
_NAMED: Final = 1.0  # a description of what already has a name
_TURNED: Final = 0.2  # a link the other way than it is said, where the labels allow no other
_MORE_HOPS: Final = 0.8
_SAID_LINK: Final = -0.2  # a property of the link that was said: the word is not one for the things' own
_UNSAID_LINK: Final = 0.3
_USUAL: Final = 4.0
_LONGEST: Final = 4
_EXACTLY: Final = 0.1  # "with two sensors" for exactly two
_MAIN_DAY: Final = 0.1  # "since March" without a word for what happened then


_BEGINNINGS: Final = frozenset(
    ("installed", "installation", "built", "born", "birth", "hired", "founded", "joined")
).union(("commissioned", "commissioning", "manufactured", "purchased", "acquired", "construction", "hire", "install"))
"""Words for the day from which something lasts: "pumps in 2025" is not those that were installed then."""

_PLANS: Final = frozenset({"planned", "scheduled", "due", "deadline", "valid", "expires", "expiry", "until", "to"})
"""Words for days on which nothing has happened yet."""

_STATES: Final = frozenset({"status", "state"})
_PLACING: Final = frozenset({"in", "at", "on", "of", "located", "location", "placed", "within", "inside"})
_PEOPLE: Final = frozenset(
    ("technician", "person", "author", "owner", "operator", "engineer", "inspector", "planner", "supervisor", "manager")
).union(("mechanic", "worker", "employee", "assignee", "responsible", "contact", "customer", "director", "user"))
_MAKERS: Final = frozenset(
    {"maker", "manufacturer", "brand", "supplier", "vendor", "make", "company", "team", "crew"}
).union(("group", "department", "studio", "publisher", "organisation", "organization", "contractor", "shop", "seller"))
_OTHERS: Final = (
    frozenset(
        (
            "actor",
            "actress",
            "artist",
            "athlete",
            "client",
            "coach",
            "doctor",
            "driver",
            "editor",
            "human",
            "individual",
        )
    )
    .union(("member", "musician", "patient", "people", "pilot", "player", "professor", "reader", "speaker", "staff"))
    .union(
        ("student", "teacher", "visitor", "writer", "band", "club", "party", "agency", "bank", "school", "university")
    )
)
"""Words in the names of types that say where, and of properties that say who, and of what make."""


_OPPOSITE: Final = {Way.OUT: Way.IN, Way.IN: Way.OUT, Way.ANY: Way.ANY}

_Step = tuple[str, Way, str]
"""A relationship's type, which way, and the label it leads to."""


class Quantity(StrEnum):
    """How many of the nodes a noun speaks of, where it is not simply some."""

    NONE = "none"
    EACH = "each"
    MOST = "most"
    FEWEST = "fewest"


class Noun(msgspec.Struct, frozen=True):
    """Words that name things, on the way to a form.

    Attributes:
        thing: The things.
        quantity: None for some of them; else how many, or that each, none or most of them are meant.
        number: How many are asked for: "the three pumps with ...".
        rank: The order that picks them.
        per: What they are grouped by.
        bare: Whether it is a label or a sort alone, with nothing said of it.
        closed: Whether something was said after it: what follows then belongs to what was said last, or costs more.
        every: Whether it says "all": a link to all of them is one to any of them only where it leads to one.
        some: Whether it says "any" or "a": such a noun may be asked about with yes or no.
        joined: Whether it joins names by "and": "on P-101 and P-102".
        both: Whether it says "both": then it is not either of them.
        other: Whether it says "other": it must be said than what.
        apart: The nodes it is shared with: "the same area as P-101".
    """

    thing: Thing
    quantity: Quantity | Times | None = None
    number: int | None = None
    rank: Rank | None = None
    per: Per | None = None
    bare: bool = False
    closed: bool = False
    every: bool = False
    some: bool = False
    joined: bool = False
    both: bool = False
    other: bool = False
    apart: Thing | None = None

    @property
    def plain(self) -> bool:
        """Whether it may stand inside a larger noun: neither ordered, nor grouped, nor other than something."""
        return self.rank is None and self.per is None and not self.other

    @property
    def named(self) -> bool:
        """Whether it names nodes."""
        return bool(self.thing.ids)


class Has(msgspec.Struct, frozen=True):
    """The things, or a relationship of theirs, have a property so: "open", "with stock below 3"."""

    owner: str
    filters: tuple[Filter, ...]
    of_relation: bool = False


class On(msgspec.Struct, frozen=True):
    """Something was then, by the label's main day: "since March"."""

    first: Any  # the first day, or None
    last: Any  # the day after the last, or None


class To(msgspec.Struct, frozen=True):
    """A relationship to other things: "that feed E-101"; `forward` is seen from what is described."""

    type: str
    forward: bool | None
    noun: Noun
    least: int = 1
    most: int = 1
    filters: tuple[Filter, ...] = ()


class Near(msgspec.Struct, frozen=True):
    """Some link to other things, not said which: "of P-101", "in area CW-100"."""

    noun: Noun


class Being(msgspec.Struct, frozen=True):
    """The things are of such a sort: "that are pumps"."""

    noun: Noun


class Not(msgspec.Struct, frozen=True):
    """The things are none of these: "other than P-101"."""

    noun: Noun


class Like(msgspec.Struct, frozen=True):
    """The things stand so to another: "with the same model as P-101"."""

    owner: str
    property: str
    compare: Compare
    noun: Noun


class First(msgspec.Struct, frozen=True):
    """The things come first by a property: "with the highest stock"."""

    owner: str
    property: str
    descending: bool
    number: int | None = 1


class Shown(msgspec.Struct, frozen=True):
    """Properties are to be shown: "with their model"; of a relationship, "with the quantity"."""

    owner: str
    properties: tuple[str, ...]
    of_relation: bool = False


class By(msgspec.Struct, frozen=True):
    """The things are grouped by a property, "per status", or, where they are in order, ordered by it.

    Attributes:
        owner: Their label.
        property: Its name.
        ordering: Whether things can be ordered by it: it is a number or a day.
    """

    owner: str
    property: str
    ordering: bool = False


Part = Has | On | To | Near | Being | Not | Like | First | Shown | By


class Shape(StrEnum):
    """How a description is said; only like ones are joined by "and"."""

    ADJECTIVE = "adjective"
    PREPOSITION = "preposition"
    CLAUSE = "clause"
    QUESTION = "question"  # a clause whose verb begins it: "does P-101 feed"
    VALUE = "value"  # a property with its value


class Description(msgspec.Struct, frozen=True):
    """What is said of things, on the way to a form. All its parts hold."""

    parts: tuple[Part, ...]
    shape: Shape


def negated(description: Description) -> Description | None:
    """Returns its opposite, where it says one thing only; None elsewhere, since "not a and b" has two meanings."""
    if len(description.parts) != 1:
        return None
    part = _negated(description.parts[0])
    return None if part is None else Description((part,), description.shape)


def inverted(description: Description) -> Description | None:
    """Returns a clause with its object as the subject: "à quelle zone appartient P-101" is not said of P-101."""
    if len(description.parts) != 1 or description.shape is not Shape.CLAUSE:
        return None
    (part,) = description.parts
    if not isinstance(part, To):
        return None
    turned = msgspec.structs.replace(part, forward=None if part.forward is None else not part.forward)
    return Description((turned,), description.shape)


def _negated(part: Part) -> Part | None:
    if isinstance(part, Has) and len(part.filters) == 1:
        (only,) = part.filters
        if only.negated:
            return None
        return Has(part.owner, (msgspec.structs.replace(only, negated=True),))
    if isinstance(part, To | Near) and part.noun.quantity is None and part.noun.number is None and not part.noun.joined:
        return msgspec.structs.replace(part, noun=msgspec.structs.replace(part.noun, quantity=Quantity.NONE))
    if isinstance(part, Being):
        thing = part.noun.thing
        if thing.ids and not (thing.filters or thing.links or thing.relatives):
            return Not(part.noun)
        if len(thing.filters) == 1 and not (thing.ids or thing.links or thing.relatives or thing.excluded):
            return _negated(Has(thing.label, thing.filters))
    return None


class Composer:
    """Joins nouns and descriptions in one schema."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.properties = {node.label: frozenset(node.properties) for node in catalogue.schema.nodes}
        self._triples = frozenset((r.start, r.type, r.end) for r in catalogue.schema.relations)
        self._steps: dict[str, dict[str, list[tuple[str, Way]]]] = defaultdict(lambda: defaultdict(list))
        self._found: dict[tuple[str, str], list[tuple[_Step, ...]]] = {}
        nodes = {node.label: node.count for node in catalogue.schema.nodes}
        self._counts: dict[tuple[str, str, Way], float] = defaultdict(float)
        for triple in catalogue.schema.relations:
            self._counts[triple.start, triple.type, Way.OUT] += triple.count / max(1, nodes[triple.start])
            self._counts[triple.end, triple.type, Way.IN] += triple.count / max(1, nodes[triple.end])
        for start, name, end in sorted(self._triples):
            self._steps[start][end].append((name, Way.OUT))
            self._steps[end][start].append((name, Way.IN))

    # --- describing -----------------------------------------------------------------------------------------

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
        elif isinstance(part, On):
            day = self.main_day(noun.thing.label)
            lasts = day is not None and not _BEGINNINGS.isdisjoint(day.lower().split("_"))
            if (
                day is not None
                and not lasts
                and not self._is_of_another_day(noun, day)
                and _agree(noun.thing, _within(day, part))
            ):
                yield _with(noun, filters=_within(day, part)), _MAIN_DAY
        elif isinstance(part, Not):
            if part.noun.thing == Thing(noun.thing.label, ids=part.noun.thing.ids):
                yield _with(noun, excluded=part.noun.thing.ids), 0.0
        elif isinstance(part, Has | Shown) and part.of_relation:
            yield from self._of_link(noun, part)
        elif part.owner == noun.thing.label:
            after = _owned(noun, part)
            if after is not None:
                yield after, 0.0

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
                other = _with(Noun(link.thing), shown=self._names(link.thing) if noun.named else ()).thing
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
        onward = self._steps[noun.thing.label].items()
        steps = [(way, other) for other, found in onward for step, way in found if step == name]
        return [(len(links), Link(name, way, Thing(other))) for way, other in steps] if len(steps) == 1 else []

    def is_of_another_day_than_main(self, noun: Noun) -> bool:
        """Whether something was on a label's main day though its state tells of another."""
        day = self.main_day(noun.thing.label)
        on_day = any(found.property == day for found in noun.thing.filters)
        return on_day and day is not None and self._is_of_another_day(noun, day)

    def _is_of_another_day(self, noun: Noun, day: str) -> bool:
        """Whether things are said to be in a state, so that "in 2025" may be when they came to it, not their main day.

        "Closed in 2025" is not "opened in 2025"; "open since March" is.
        """
        days = [
            name for name in self.properties[noun.thing.label] if self.kind_of(noun.thing.label, name) is ValueKind.DAY
        ]
        states = [str(value) for f in noun.thing.filters if f.property in _STATES for value in f.values]
        return len(days) > 1 and not all(day.startswith(state) for state in states)

    def _to(self, noun: Noun, part: To | Near) -> Iterator[tuple[Noun, float]]:
        other = part.noun
        if not other.plain:
            return
        if other.apart is not None and other.apart.label == noun.thing.label:
            noun = _with(noun, excluded=other.apart.ids)
        label = noun.thing.label
        links = self._named_links(label, part) if isinstance(part, To) else self._links(label, other.thing)
        for found, cost in links:
            link = _without_return(label, found)
            if isinstance(part, To) and part.filters:
                link = msgspec.structs.replace(link, filters=part.filters)
            if other.every and not (other.quantity is None and self._leads_to_one(label, link)):
                continue
            after = None if other.both else _counted(noun, link, other)
            if after is not None:
                yield after, cost + (_EXACTLY if other.number else 0.0)
            if self._may_be_both(label, link, other):
                yield _with(noun, links=tuple(_each(link))), cost

    def _being(self, noun: Noun, other: Noun) -> Iterator[tuple[Noun, float]]:
        thing = other.thing
        if thing.label != noun.thing.label or other.quantity or other.number or not other.plain or other.every:
            return
        if thing.ids and noun.named and thing.ids != noun.thing.ids:
            return
        if _agree(noun.thing, thing.filters):
            yield _with(noun, ids=thing.ids, filters=thing.filters, links=thing.links, relatives=thing.relatives), 0.0

    def _may_be_both(self, label: str, link: Link, other: Noun) -> bool:
        """Whether a link may lead to each of several things: a sensor is not on both pumps."""
        several = other.joined and other.quantity is None and link.thing.label == other.thing.label
        return several and (other.both or not self._leads_to_one(label, link))

    def _leads_to_one(self, label: str, link: Link) -> bool:
        """Whether a link of a label leads to one thing only: there are as many links as things."""
        return link.most == 1 and self._counts.get((label, link.type, link.way)) == 1.0

    # --- links ----------------------------------------------------------------------------------------------

    def _named_links(self, label: str, part: To) -> Iterator[tuple[Link, float]]:
        """Yields the links of a type from a label to a thing; the last hop may be an unnamed node away."""
        thing = part.noun.thing
        ways = [Way.OUT] if part.forward else [Way.IN] if part.forward is False else [Way.OUT, Way.IN]
        found = [way for way in ways if self._leads(label, part.type, way, thing.label)]
        if found:
            way = found[0] if len(found) == 1 else Way.ANY
            yield Link(part.type, way, thing, part.least, part.most), 0.0
            return
        for way in {Way.OUT, Way.IN}.difference(ways):
            if self._leads(label, part.type, way, thing.label):
                yield Link(part.type, way, thing, part.least, part.most), _TURNED
                return
        for way in ways if label != thing.label else ():
            for middle in sorted(self.properties):
                if self._leads(label, part.type, way, middle) and len(self._steps[middle][thing.label]) == 1:
                    ((name, onward),) = self._steps[middle][thing.label]
                    between = Thing(middle, links=(Link(name, onward, thing),))
                    yield Link(part.type, way, between, part.least, part.most), _TWO_HOPS

    def _leads(self, label: str, name: str, way: Way, other: str) -> bool:
        start, end = (label, other) if way is Way.OUT else (other, label)
        return (start, name, end) in self._triples

    def _links(self, label: str, thing: Thing) -> Iterator[tuple[Link, float]]:
        """Yields the links that a bare preposition may mean; none within a label, where the direction is not said."""
        if label == thing.label:
            return
        direct = self._steps[label][thing.label]
        usual = self._usual(label, direct)
        for name, way in direct:
            yield Link(name, way, thing), _HOP if (name, way) == usual else _SEVERAL
        paths = [] if direct else self._paths(label, thing.label)
        if len(paths) == 1:
            yield _along(paths[0], thing), _TWO_HOPS if len(paths[0]) == 2 else _MORE_HOPS

    def _usual(self, label: str, steps: list[tuple[str, Way]]) -> tuple[str, Way] | None:
        """Returns the link that is meant where none is named: the only one, or by far the most frequent."""
        ranked = sorted(steps, key=lambda step: self._counts[label, *step], reverse=True)
        if len(ranked) > 1 and self._counts[label, *ranked[0]] < _USUAL * self._counts[label, *ranked[1]]:
            return None
        return ranked[0] if ranked else None

    def _paths(self, label: str, other: str) -> list[tuple[_Step, ...]]:
        """Returns the shortest paths between two labels over unnamed nodes.

        Along two links whatever they are; along more only where each leads to one thing, this way or the other, as from
        a sensor to its asset, its unit and its line: else too much is meant by too little.
        """
        if (label, other) not in self._found:
            paths: list[tuple[_Step, ...]] = [()]
            for hops in range(1, _LONGEST + 1):
                paths = [longer for path in paths for longer in self._longer(label, path)]
                there = [path for path in paths if path[-1][2] == other]
                if hops > 2:
                    there = [path for path in there if self._is_narrow(label, path)]
                if there or hops == _LONGEST:
                    self._found[label, other] = there
                    break
        return self._found[label, other]

    def _longer(self, label: str, path: tuple[_Step, ...]) -> Iterator[tuple[_Step, ...]]:
        seen = {label, *(middle for _, _, middle in path)}
        for onward in sorted(self._steps[path[-1][2] if path else label]):
            if onward not in seen:
                for name, way in self._steps[path[-1][2] if path else label][onward]:
                    yield (*path, (name, way, onward))

    def _is_narrow(self, label: str, path: tuple[_Step, ...]) -> bool:
        starts = (label, *(middle for _, _, middle in path))
        steps = list(zip(starts, path, strict=False))
        return all(self._counts[start, name, way] <= 1.0 for start, (name, way, _) in steps) or all(
            self._counts[end, name, _OPPOSITE[way]] <= 1.0 for _, (name, way, end) in steps
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
        for link, cost in self._links(other.thing.label, noun.thing):
            if link.thing != noun.thing and not noun.thing.links:
                yield msgspec.structs.replace(things, per=Per(link=link)), other.quantity, cost

    def people(self, label: str) -> tuple[str, ...]:
        """Returns the properties of a label that say who."""
        return tuple(name for name in sorted(self.properties[label]) if not _PEOPLE.isdisjoint(name.lower().split("_")))

    def names_others(self, name: str) -> bool:
        """Whether a property says who, or of what make: its values stand for others, and are the same for many."""
        return not (_PEOPLE | _MAKERS).isdisjoint(name.lower().split("_"))

    def hands(self, label: str) -> list[Link]:
        """Returns the links from a label to people."""
        return [
            Link(name, way, Thing(other))
            for other in sorted(self._steps[label])
            if self.is_person(other)
            for name, way in self._steps[label][other]
        ]

    def person_labels(self) -> list[str]:
        """Returns the labels whose nodes are people."""
        return [label for label in sorted(self.properties) if self.is_person(label)]

    def is_person(self, label: str) -> bool:
        """Whether a label says that its nodes are people."""
        return label.lower() in _PEOPLE

    def is_somebody(self, label: str) -> bool:
        """Whether "who" may ask for the nodes of a label: people, or those who work together; none is a job."""
        return not (_PEOPLE | _MAKERS | _OTHERS).isdisjoint(parted(label).split())

    def places(self, label: str) -> list[Link]:
        """Returns the links that say where a thing of a label is: they lead to one other, and their type says so."""
        return [
            link
            for other in sorted(self._steps[label])
            for name, way in self._steps[label][other]
            if way is Way.OUT and other != label and not _PLACING.isdisjoint(name.lower().split("_"))
            if self._leads_to_one(label, link := Link(name, way, Thing(other)))
        ]

    def ends_of(self, name: str, *, start: bool) -> list[str]:
        """Returns the labels at one end of a type."""
        return sorted({tail if start else head for tail, type_, head in self._triples if type_ == name})

    def kind_of(self, label: str, name: str) -> ValueKind:
        """Returns what the values of a label's property are."""
        return self._catalogue.kind_of(label, name)

    def can_be_zero(self, label: str, name: str) -> bool:
        """Whether a number is 0 somewhere in the graph."""
        return 0 in self._catalogue.all_values_of(label, name)

    # --- days -----------------------------------------------------------------------------------------------

    def main_day(self, label: str) -> str | None:
        """Returns the day that is meant where none is named: the one that most nodes of the label have their own of."""
        days = [p for p in sorted(self.properties[label]) if self._catalogue.kind_of(label, p) is ValueKind.DAY]
        happened = [name for name in days if _PLANS.isdisjoint(name.lower().split("_"))]
        return max(happened or days, key=lambda name: len(self._catalogue.all_values_of(label, name)), default=None)


def span(days: Days) -> On:
    """Returns what falls into a span of days."""
    return On(days.first, None if days.last is None else days.last + timedelta(days=1))


def within(owner: str, name: str, when: On) -> Has:
    """Returns that a property's day falls into a span."""
    return Has(owner, _within(name, when))


def _within(name: str, when: On) -> tuple[Filter, ...]:
    low = (Filter(name, Compare.AT_LEAST, (when.first.isoformat(),)),) if when.first else ()
    high = (Filter(name, Compare.BELOW, (when.last.isoformat(),)),) if when.last else ()
    return low + high


def _owned(noun: Noun, part: Has | Like | First | Shown | By) -> Noun | None:
    """Returns a noun of whose property something is said; None where it cannot be."""
    if isinstance(part, Has):
        return _with(noun, filters=part.filters) if _agree(noun.thing, part.filters) else None
    if isinstance(part, Like):
        if part.noun.thing.label != part.owner:
            return None
        return _with(noun, relatives=(Relative(part.property, part.compare, part.noun.thing),))
    if isinstance(part, Shown):
        return _with(noun, shown=part.properties)
    if isinstance(part, First) or noun.number is not None:
        descending, number = (part.descending, part.number) if isinstance(part, First) else (True, None)
        rank = Rank(part.property, None, descending, noun.number or number)
        return msgspec.structs.replace(noun, rank=rank, number=None) if noun.rank is None else None
    if noun.rank is not None:
        by = msgspec.structs.replace(noun.rank, property=part.property)
        return msgspec.structs.replace(noun, rank=by) if part.ordering and noun.rank.property else None
    return msgspec.structs.replace(noun, per=Per(part.property)) if noun.per is None else None


def _without_return(label: str, link: Link) -> Link:
    """Returns a link without what it says itself: the members that a crew has are members of a crew."""
    kept = tuple(
        back
        for back in link.thing.links
        if not (back.type == link.type and back.way is not link.way and back == Link(back.type, back.way, Thing(label)))
    )
    return msgspec.structs.replace(link, thing=msgspec.structs.replace(link.thing, links=kept))


def _counted(noun: Noun, link: Link, other: Noun) -> Noun | None:
    """Returns a noun with a link to another, as the other's quantity says; None where a form cannot say it.

    A link over an unnamed node cannot be counted: it would be the unnamed nodes that are counted.
    """
    quantity = Times(Compare.EQUAL, other.number) if other.number is not None else other.quantity
    direct = link.thing.label == other.thing.label and link.thing.ids == other.thing.ids
    if quantity is None:
        return _with_link(noun, link)
    if quantity is Quantity.NONE:
        return _with(noun, links=(msgspec.structs.replace(link, absent=True),))
    if quantity is Quantity.EACH:
        single = noun.per is None and not other.thing.links  # the end of the chain is the group: not CW-100's area
        return msgspec.structs.replace(noun, per=Per(link=link)) if single else None
    if not direct:
        return None
    if isinstance(quantity, Times):
        return _with(noun, links=(msgspec.structs.replace(link, times=quantity),))
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
    return _with(noun, links=(link,))


def _along(path: tuple[_Step, ...], thing: Thing) -> Link:
    """Returns a link to a thing over the unnamed nodes of a path."""
    (name, way, middle), *rest = path
    return Link(name, way, Thing(middle, links=(_along(tuple(rest), thing),)) if rest else thing)


def _each(link: Link) -> Iterator[Link]:
    for key in link.thing.ids:
        yield msgspec.structs.replace(link, thing=msgspec.structs.replace(link.thing, ids=(key,)))


def _agree(thing: Thing, filters: tuple[Filter, ...]) -> bool:
    """Whether filters do not contradict those that a thing has: nothing is open and closed, before and after."""
    equal = {f.property: f.values for f in thing.filters if f.compare is Compare.EQUAL and not f.negated}
    same = all(
        f.compare is not Compare.EQUAL or f.negated or equal.get(f.property, f.values) == f.values for f in filters
    )
    lows = [(f.property, f.values[0]) for f in (*thing.filters, *filters) if f.compare is Compare.AT_LEAST]
    highs = [(f.property, f.values[0]) for f in (*thing.filters, *filters) if f.compare is Compare.BELOW]
    return same and not any(
        a == b and str(low) >= str(high) for a, low in lows for b, high in highs if _days(low, high)
    )


def _days(*values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


def _with(noun: Noun, **more: tuple[Any, ...]) -> Noun:
    """Returns a noun of whose thing more is said, in one order however it was said, and nothing twice."""
    fields = {
        name: tuple(sorted({*getattr(noun.thing, name), *added}, key=repr)) for name, added in more.items() if added
    }
    return msgspec.structs.replace(noun, thing=msgspec.structs.replace(noun.thing, **fields), bare=False)
