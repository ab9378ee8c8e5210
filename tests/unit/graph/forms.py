"""Forms read naively, over nodes and relations in memory: what a written query must agree with.

Also random forms over a schema, and some of every sort that are there by name.
"""

from __future__ import annotations

import operator
import random
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from plant.graph.lines import schema_of
from tools.graph.parser.form import (
    Ask,
    Compare,
    Filter,
    Kind,
    Link,
    Per,
    Rank,
    Relative,
    Thing,
    Times,
    Way,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from plant.graph.contract import Node, Relation

_HOLDS: dict[Compare, Callable[[Any, Any], bool]] = {
    Compare.EQUAL: operator.eq,
    Compare.BELOW: operator.lt,
    Compare.AT_MOST: operator.le,
    Compare.ABOVE: operator.gt,
    Compare.AT_LEAST: operator.ge,
    Compare.CONTAINS: lambda text, part: part in text,
    Compare.STARTS: lambda text, part: text.startswith(part),
    Compare.ENDS: lambda text, part: text.endswith(part),
}
_TEXTUAL = {Compare.CONTAINS, Compare.STARTS, Compare.ENDS}
_FIGURES: dict[Kind, Callable[[list[Any]], Any]] = {
    Kind.SUM: sum,
    Kind.MEAN: lambda values: sum(values) / len(values) if values else None,
    Kind.LEAST: lambda values: min(values, default=None),
    Kind.MOST: lambda values: max(values, default=None),
}


class World:
    """Reads forms over one graph."""

    def __init__(self, nodes: Sequence[Node], relations: Sequence[Relation]) -> None:
        self.schema = schema_of(nodes, relations)
        self.relations = relations
        self.nodes = {node.key: node for node in nodes}
        self.out: dict[str, list[tuple[int, Relation, str]]] = defaultdict(list)
        self.into: dict[str, list[tuple[int, Relation, str]]] = defaultdict(list)
        for number, relation in enumerate(relations):
            self.out[relation.start].append((number, relation, relation.end))
            self.into[relation.end].append((number, relation, relation.start))
        has = {node.label: node.properties for node in self.schema.nodes}
        self.names = {label: [name for name in ("name", "title") if name in names] for label, names in has.items()}

    def rows(self, ask: Ask) -> Counter[tuple[Any, ...]]:
        """Returns the rows of a form: what is computed or shown, columns in the writer's order."""
        things = self.ranked(ask, [key for key in self.nodes if self.is_(key, ask.thing)])
        if ask.kind is Kind.EXISTS:
            return Counter([(bool(things),)])
        if ask.along is not None:
            things = [key for key in things if self.along(ask.along, key)]
        if ask.per is not None:
            return self.groups(ask, things)
        if ask.kind in {Kind.COUNT, *_FIGURES}:
            return Counter([row((self.figure(ask, things),))])
        return Counter({row: 1 for key in things for row in self.shown_rows(ask, key)})

    def shown_rows(self, ask: Ask, key: str) -> set[tuple[Any, ...]]:
        """Returns the rows of one thing; a column that is there is not there twice."""
        thing, rank = ask.thing, ask.rank or Rank()
        names = dict.fromkeys(thing.shown)
        size = []
        if ask.kind is Kind.LIST or not shows(thing):
            names = dict.fromkeys(["id", *self.names[thing.label], *names])
            names |= {rank.property: None} if rank.property else {}
            size = [self.size(key, rank.link)] if rank.link else []
        own = [self.value(key, name) for name in names]
        return {row((*own, *linked, *size)) for linked in self.linked(key, thing, None)}

    def linked(self, key: str, thing: Thing, came: tuple[str, Link] | None) -> Iterator[tuple[Any, ...]]:
        """Yields what the things that a thing is linked to show."""
        found: list[tuple[Any, ...]] = [()]
        for link in thing.links:
            if link.absent or link.times or not (link.shown or shows(link.thing)):
                continue
            ends = [end for end in self.ends(key, link, came) if self.is_(end, link.thing, (key, link))]
            below = [
                (*own, *(self.value(end, name) for name in link.thing.shown), *rest)
                for end in ends
                for own in self.own_rows(key, link, end)
                for rest in self.linked(end, link.thing, (key, link))
            ]
            found = [(*left, *right) for left in found for right in below]
        yield from found

    def own_rows(self, key: str, link: Link, end: str) -> set[tuple[Any, ...]]:
        """Returns what the relationships of a link to one end show of themselves."""
        if not link.shown:
            return {()}
        return {tuple(r.properties.get(name) for name in link.shown) for r in self.hops(key, link, end)}

    def hops(self, key: str, link: Link, end: str) -> list[Relation]:
        steps = {
            number: relation
            for way, steps in ((Way.OUT, self.out), (Way.IN, self.into))
            for number, relation, to in steps[key]
            if link.way in (way, Way.ANY) and to == end and relation.type == link.type
        }
        return [r for r in steps.values() if all(passes(r.properties.get(f.property), f) for f in link.filters)]

    def value(self, key: str, name: str) -> Any:
        return key if name == "id" else self.nodes[key].properties.get(name)

    def is_(self, key: str, thing: Thing, came: tuple[str, Link] | None = None) -> bool:
        return (
            self.nodes[key].label == thing.label
            and (not thing.ids or key in thing.ids)
            and key not in thing.excluded
            and all(passes(self.value(key, item.property), item) for item in thing.filters)
            and all(self.stands(key, item) for item in thing.relatives)
            and all(self.has(key, link, came) for link in thing.links)
        )

    def stands(self, key: str, item: Relative) -> bool:
        others = [key]
        if item.other is not None:
            others = [other for other in self.nodes if other != key and self.is_(other, item.other)]
        mine, than = self.value(key, item.property), item.than or item.property
        return any(stands(mine, item.compare, self.value(other, than)) for other in others)

    def has(self, key: str, link: Link, came: tuple[str, Link] | None) -> bool:
        if link.times is not None:
            return _HOLDS[link.times.compare](self.size(key, link), link.times.number)
        ends = self.ends(key, link, None if link.absent else came)
        return link.absent != any(self.is_(end, link.thing, (key, link)) for end in ends)

    def size(self, key: str, link: Link) -> int:
        return sum(self.is_(end, link.thing, (key, link)) for end in self.ends(key, link, None))

    def ends(self, key: str, link: Link, came: tuple[str, Link] | None) -> set[str]:
        """Returns where a link leads: along trails, and not straight back."""
        found = {end for hops, end in self.trails(key, link, frozenset()) if hops >= link.least}
        if link.most > 1:
            found.discard(key)
        if came is not None and came[1].type == link.type and (came[1].way is not link.way or link.way is Way.ANY):
            found.discard(came[0])
        return found

    def trails(self, key: str, link: Link, walked: frozenset[int]) -> Iterator[tuple[int, str]]:
        if len(walked) == link.most:
            return
        steps = [
            *(self.out[key] if link.way is not Way.IN else []),
            *(self.into[key] if link.way is not Way.OUT else []),
        ]
        for number, relation, end in steps:
            fits = all(passes(relation.properties.get(item.property), item) for item in link.filters)
            if relation.type == link.type and number not in walked and fits:
                yield len(walked) + 1, end
                yield from self.trails(end, link, walked | {number})

    def ranked(self, ask: Ask, things: list[str]) -> list[str]:
        rank = ask.rank
        if rank is None or rank.number is None or not (rank.property or rank.link):
            return things
        sizes = {key: self.size(key, rank.link) if rank.link else self.value(key, rank.property) for key in things}
        return first(rank, {key: size for key, size in sizes.items() if size is not None})

    def figure(self, ask: Ask, things: Sequence[str]) -> Any:
        if not ask.of:
            return len(things)
        values = [self.value(key, ask.of) for key in things]
        if ask.along is not None:
            values = [r.properties.get(ask.of) for key in things for r in self.along(ask.along, key)]
        values = [value for value in values if value is not None]
        return len(set(values)) if ask.kind is Kind.COUNT else _FIGURES[ask.kind](values)

    def along(self, link: Link, key: str) -> list[Relation]:
        ends = [end for end in self.ends(key, link, None) if self.is_(end, link.thing, (key, link))]
        return [r for end in ends for r in self.hops(key, link, end)]

    def groups(self, ask: Ask, things: list[str]) -> Counter[tuple[Any, ...]]:
        groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        for key in things:
            for group in self.group(ask.per, ask.thing, key):
                groups[group].append(key)
        if ask.having is not None:
            groups = {g: m for g, m in groups.items() if _HOLDS[ask.having.compare](len(m), ask.having.number)}
        figures = {group: self.figure(ask, members) for group, members in groups.items()}
        figures = {group: n for group, n in figures.items() if all(passes(n, item) for item in ask.having_figure)}
        if ask.rank is not None and ask.rank.number is not None and not (ask.rank.property or ask.rank.link):
            kept = first(ask.rank, {group: figure for group, figure in figures.items() if figure is not None})
            figures = {group: figures[group] for group in kept}
        return Counter(row((*group, figure)) for group, figure in figures.items())

    def group(self, per: Per, own: Thing, key: str) -> set[tuple[Any, ...]]:
        ends = [(key, own)] if per.link is None else list(self.chain(key, per.link, None))
        if per.property:
            return {(self.value(end, per.property),) for end, _ in ends}
        return {
            (end, *(self.value(end, n) for n in dict.fromkeys([*self.names[thing.label], *thing.shown])))
            for end, thing in ends
        }

    def chain(self, key: str, link: Link, came: tuple[str, Link] | None) -> Iterator[tuple[str, Thing]]:
        thing = msgspec.structs.replace(link.thing, links=link.thing.links[1:])
        for end in self.ends(key, link, came):
            if self.is_(end, thing, (key, link)):
                if link.thing.links:
                    yield from self.chain(end, link.thing.links[0], (key, link))
                else:
                    yield end, thing


def row(cells: Sequence[Any]) -> tuple[Any, ...]:
    """Returns a row as it is compared: the order of its columns aside, figures to nine digits."""
    return tuple(sorted((round(cell, 9) if isinstance(cell, float) else cell for cell in cells), key=repr))


def first(rank: Rank, sizes: dict[Any, Any]) -> list[Any]:
    """Returns the first so many by size, with those equal to the last."""
    ordered = sorted(sizes.values(), reverse=rank.descending)
    if not ordered:
        return []
    last = ordered[min(rank.number, len(ordered)) - 1]
    return [key for key, size in sizes.items() if (size >= last if rank.descending else size <= last)]


def shows(thing: Thing) -> bool:
    plain = [link for link in thing.links if not link.absent and not link.times]
    return bool(thing.shown) or any(link.shown or shows(link.thing) for link in plain)


def passes(value: Any, item: Filter) -> bool:
    if not item.values:
        return (value is not None) == item.negated
    if value is None:
        return item.or_missing
    return item.negated != any(stands(value, item.compare, wanted) for wanted in item.values)


def stands(value: Any, compare: Compare, other: Any) -> bool:
    if value is None or other is None or isinstance(value, str) != isinstance(other, str):
        return False
    if isinstance(value, str) and compare in {*_TEXTUAL, Compare.EQUAL}:
        value, other = value.lower(), other.lower()
    return _HOLDS[compare](value, other)


class Forms:
    """Makes random forms over a world: most of them small, all of them with names that are there."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)

    def ask(self) -> Ask:
        kind = self.random.choice([kind for kind in Kind if kind is not Kind.PATH])
        label = self.random.choice(self.world.schema.nodes).label
        thing = self.thing(label, depth=2, shown=kind in {Kind.LIST, Kind.VALUES})
        of = self.number(label) if kind in _FIGURES else ""
        if kind in _FIGURES and not of:
            kind = Kind.COUNT
        if kind is Kind.COUNT:
            of = self.random.choice(self.properties(label)) if self.maybe(0.3) else ""
        per = self.per(label) if kind in {Kind.COUNT, *_FIGURES} and self.maybe(0.5) else None
        having = self.times() if per and self.maybe(0.3) else None
        rank = self.rank(label, of_groups=per is not None) if self.maybe(0.4) else None
        if rank is not None and rank.number is None and kind not in {Kind.LIST, Kind.VALUES} and per is None:
            rank = None
        along = self.along(label) if of and self.maybe(0.5) else None
        of = along.shown[0] if along else of
        figure = self.figure() if per and of and self.maybe(0.3) else ()
        return Ask(thing, kind, of, per=per, having=having, rank=rank, along=along, having_figure=figure)

    def figure(self) -> tuple[Filter, ...]:
        compares = [Compare.BELOW, Compare.AT_MOST, Compare.ABOVE, Compare.AT_LEAST]
        number = self.random.choice([1, 2])
        return tuple(
            Filter("", self.random.choice(compares), (self.random.randint(0, 4),), negated=self.maybe(0.2))
            for _ in range(number)
        )

    def along(self, label: str) -> Link | None:
        """Returns a link with a property that has numbers, as its `shown`."""
        found = [self.link(label, depth=1, shown=True) for _ in range(6)] if self.triples(label) else []
        plain = [link for link in found if link.shown and link.thing == Thing(link.thing.label, ids=link.thing.ids)]
        numbers = {r.type for r in self.world.relations if any(not isinstance(v, str) for v in r.properties.values())}
        return next((link for link in plain if link.type in numbers), None)

    def thing(self, label: str, *, depth: int, shown: bool = False) -> Thing:
        ids = [node.key for node in self.world.nodes.values() if node.label == label]
        some = tuple(self.random.sample(ids, min(len(ids), self.random.randint(1, 2))))
        triples = self.triples(label)
        number = self.random.choice([0, 1, 1, 2]) if depth and triples else 0
        return Thing(
            label,
            ids=some if self.maybe(0.2) else (),
            excluded=some if self.maybe(0.1) else (),
            filters=tuple(self.filter(label) for _ in range(self.random.choice([0, 0, 1, 2]))),
            relatives=(self.relative(label),) if depth and self.maybe(0.1) else (),
            links=tuple(self.link(label, depth=depth, shown=shown) for _ in range(number)),
            shown=tuple(self.random.sample(self.properties(label), 1)) if shown and self.maybe(0.6) else (),
        )

    def link(self, label: str, *, depth: int, shown: bool = False) -> Link:
        type_, way, other = self.random.choice(self.triples(label))
        sort = self.random.choice(["plain", "plain", "plain", "absent", "times"])
        far = way is not Way.ANY and (label == other) and self.maybe(0.4)
        return Link(
            type_,
            way,
            self.thing(other, depth=depth - 1, shown=shown and sort == "plain"),
            least=self.random.choice([1, 1, 2]) if far else 1,
            most=self.random.choice([2, 3]) if far else 1,
            filters=self.edge_filters(type_),
            absent=sort == "absent",
            times=self.times() if sort == "times" else None,
            shown=self.edge_shown(type_) if shown and sort == "plain" and not far else (),
        )

    def triples(self, label: str) -> list[tuple[str, Way, str]]:
        found = [(r.type, Way.OUT, r.end) for r in self.world.schema.relations if r.start == label]
        found += [(r.type, Way.IN, r.start) for r in self.world.schema.relations if r.end == label]
        return [*found, *((r.type, Way.ANY, label) for r in self.world.schema.relations if r.start == r.end == label)]

    def edge_filters(self, type_: str) -> tuple[Filter, ...]:
        relations = [r for found in self.world.out.values() for _, r, _ in found if r.type == type_ and r.properties]
        if not relations or self.maybe(0.6):
            return ()
        name, value = self.random.choice(sorted(self.random.choice(relations).properties.items()))
        return (Filter(name, Compare.EQUAL, (value,), negated=self.maybe(0.3)),)

    def edge_shown(self, type_: str) -> tuple[str, ...]:
        names = sorted({name for r in self.world.relations if r.type == type_ for name in r.properties})
        return tuple(names[:1]) if self.maybe(0.4) else ()

    def filter(self, label: str) -> Filter:
        name = self.random.choice(self.properties(label))
        values = self.values(label, name)
        if not values or self.maybe(0.1):
            return Filter(name, Compare.EQUAL, (), negated=self.maybe(0.5))
        value = self.random.choice(values)
        compare = self.random.choice(list(Compare))
        if compare in _TEXTUAL:
            if not isinstance(value, str):
                compare = Compare.AT_LEAST
            else:
                value = {Compare.STARTS: value[:2], Compare.ENDS: value[-2:]}.get(compare, value[1:4]).upper()
        elif isinstance(value, str) and compare is Compare.EQUAL:
            value = value.upper()
        more = (self.random.choice(values),) if compare is Compare.EQUAL and self.maybe(0.4) else ()
        negated = self.maybe(0.2)
        return Filter(name, compare, (value, *more), negated=negated, or_missing=not negated and self.maybe(0.1))

    def relative(self, label: str) -> Relative:
        name = self.random.choice(self.properties(label))
        compare = self.random.choice([Compare.EQUAL, Compare.EQUAL, Compare.BELOW, Compare.AT_LEAST])
        sort = self.random.choice(["same", "own", "than"])
        if sort == "own":
            than = self.random.choice([other for other in self.properties(label) if other != name])
            return Relative(name, compare, None, than)
        other = self.random.choice(self.world.schema.nodes).label if sort == "than" else label
        than = self.random.choice(self.properties(other)) if sort == "than" else ""
        return Relative(name, compare, self.thing(other, depth=1), "" if than == name else than)

    def per(self, label: str) -> Per:
        triples = [found for found in self.triples(label) if found[1] is not Way.ANY]
        if not triples or self.maybe(0.4):
            return Per(property=self.random.choice(["", *self.properties(label)]))
        type_, way, other = self.random.choice(triples)
        further = self.triples(other)
        links = ()
        if further and self.maybe(0.4):
            onward, back, last = self.random.choice(further)
            links = (Link(onward, back, Thing(last)),)
        end = last if links else other
        of = self.random.choice(self.properties(end)) if self.maybe(0.4) else ""
        return Per(of, Link(type_, way, Thing(other, links=links)))

    def rank(self, label: str, *, of_groups: bool) -> Rank:
        number = self.random.choice([None, 1, 2, 3])
        descending = self.maybe(0.5)
        sort = self.random.choice(["groups", "property"] if of_groups else ["property", "link"])
        if sort == "groups":
            return Rank(descending=descending, number=number)
        if sort == "link" and self.triples(label):
            return Rank(
                link=msgspec.structs.replace(self.link(label, depth=1), absent=False, times=None), number=number
            )
        return Rank(property=self.random.choice(self.properties(label)), descending=descending, number=number)

    def times(self) -> Times:
        compare = self.random.choice([compare for compare in Compare if compare not in _TEXTUAL])
        return Times(compare, self.random.randint(0, 3))

    def number(self, label: str) -> str:
        names = [n for n in self.properties(label) if any(not isinstance(v, str) for v in self.values(label, n))]
        return self.random.choice(names) if names else ""

    def properties(self, label: str) -> list[str]:
        return list(next(node.properties for node in self.world.schema.nodes if node.label == label))

    def values(self, label: str, name: str) -> list[Any]:
        found = {self.world.value(n.key, name) for n in self.world.nodes.values() if n.label == label} - {None}
        return sorted(found)

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance
