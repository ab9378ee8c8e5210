"""Things and links as Cypher patterns with their conditions, for `writer.py`.

A thing is written as one path, `(s:Sensor)-[:MEASURES]->(a:Asset)-[:PART_OF]->(b:Area)`: at each thing the path goes
on along one link, and the other links are conditions, `EXISTS { ... }` or `NOT EXISTS { ... }`. No path has a
relationship type twice: Cypher walks no relationship twice in one path, which is more than a form says. What a form
does say, that a link does not lead straight back, is a condition.

How many things a counted link leads to is found beforehand, as a list of the ids that have enough: neither kglite
nor the guard's parser counts within a condition.
"""

from __future__ import annotations

import re
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Final

import msgspec
from graphglot.lexer import TokenType

from tools.graph.cypher import tokens
from tools.graph.parser.form import Compare, Link, Thing, Way, leads_back

if TYPE_CHECKING:
    from plant.facts import Scalar
    from tools.graph.parser.form import Filter, Relative, Times

SIGNS: Final = {
    Compare.EQUAL: "=",
    Compare.BELOW: "<",
    Compare.AT_MOST: "<=",
    Compare.ABOVE: ">",
    Compare.AT_LEAST: ">=",
    Compare.CONTAINS: "CONTAINS",
    Compare.STARTS: "STARTS WITH",
    Compare.ENDS: "ENDS WITH",
}
_ANY_CASE: Final = frozenset({Compare.EQUAL, Compare.CONTAINS, Compare.STARTS, Compare.ENDS})
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LETTER: Final = re.compile(r"[a-z]")


def quoted(name: str) -> str:
    """Returns a name as it is written in a query: in back quotes where it could be read as something else."""
    words = tokens(name) if name.isascii() and name.isidentifier() else []
    return name if len(words) == 1 and words[0].token_type is TokenType.VAR else f"`{name}`"


class Pattern(msgspec.Struct):
    """A path with its conditions.

    Attributes:
        path: The path so far.
        end: The variable of the thing that it was written for.
        rows: Whether it makes the rows of the answer; a pattern within a condition shows nothing.
        types: The relationship types on the path.
        conditions: What must hold.
        shown: Variables with their things, or links, that have columns in the answer, in order.
        further: Patterns of links that show something and are not on the path.
    """

    path: str
    end: str
    rows: bool = False
    types: set[str] = msgspec.field(default_factory=set)
    conditions: list[str] = msgspec.field(default_factory=list)
    shown: list[tuple[str, Thing | Link]] = msgspec.field(default_factory=list)
    further: list[Pattern] = msgspec.field(default_factory=list)

    def match(self, *conditions: str) -> str:
        """Returns it as a clause, with one more for each further pattern; `conditions` must hold too."""
        held = [*self.conditions, *conditions]
        clause = f"MATCH {self.path}" + (f" WHERE {' AND '.join(held)}" if held else "")
        return " ".join([clause, *(pattern.match() for pattern in self.further)])

    def all_shown(self) -> list[tuple[str, Thing | Link]]:
        """Returns what has columns, further patterns included."""
        return [*self.shown, *(item for pattern in self.further for item in pattern.all_shown())]


class Arrival(msgspec.Struct, frozen=True):
    """How a path came to where it is: from which variable, by which link."""

    before: str
    link: Link


class Patterns:
    """Writes the patterns of one query, and keeps its names apart.

    Attributes:
        lists: Names of the lists of ids that were found beforehand, in order.
        beforehand: The clauses that find them, in order.
    """

    def __init__(self) -> None:
        self.lists: list[str] = []
        self.beforehand: list[str] = []
        self._parameters: dict[str, Scalar | tuple[str, ...]] = {}
        self._variables: set[str] = set()

    def thing(self, thing: Thing, *, counted: bool = False) -> Pattern:
        """Returns the pattern of what is asked about; its counted links only if `counted`."""
        variable = self.variable(thing.label)
        pattern = Pattern(self._node(variable, thing), variable, rows=True)
        links = tuple(link for link in thing.links if counted or link.times is None)
        self._describe(pattern, msgspec.structs.replace(thing, links=links), variable, None)
        return pattern

    def link(self, start: str, link: Link, arrival: Arrival | None = None, *, rows: bool = False) -> Pattern:
        """Returns the pattern of a link from a variable that is bound; `end` is the thing that it leads to."""
        pattern = Pattern(f"({start})", "", rows)
        pattern.end = self._extend(pattern, start, link, arrival)
        return pattern

    def along(self, start: str, link: Link) -> tuple[Pattern, str]:
        """Returns the pattern of one hop from a variable that is bound, and the variable of its relationship."""
        pattern = self.link(start, msgspec.structs.replace(link, shown=link.shown or ("",)), rows=True)
        return pattern, pattern.shown[0][0]

    def chain(self, start: str, link: Link) -> tuple[list[Pattern], Thing]:
        """Returns the patterns of a chain of links, one for each, and the thing at its end."""
        found: list[Pattern] = []
        arrival: Arrival | None = None
        while True:
            thing = msgspec.structs.replace(link.thing, links=link.thing.links[1:])
            found.append(self.link(start, msgspec.structs.replace(link, thing=thing), arrival))
            if not link.thing.links:
                return found, link.thing
            arrival, start, link = Arrival(start, link), found[-1].end, link.thing.links[0]

    def values(self) -> dict[str, Any]:
        """Returns the parameters as an engine takes them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self._parameters.items()}

    def filter(self, owner: str, item: Filter) -> str:
        """Returns the condition of a filter on a variable's property."""
        return self.condition(f"{owner}.{quoted(item.property)}", item)

    def condition(self, owned: str, item: Filter) -> str:
        """Returns the condition of a filter on an expression."""
        if not item.values:
            return f"{owned} IS {'NOT ' if item.negated else ''}NULL"
        sign = SIGNS[item.compare]
        either = " OR ".join(self._compared(owned, item, sign, value) for value in item.values)
        if item.negated:
            return f"NOT ({either})"
        if item.or_missing:
            return f"({owned} IS NULL OR {either})"
        return f"({either})" if len(item.values) > 1 else either

    def variable(self, label: str) -> str:
        """Returns a variable that is not taken, after the label's first letter."""
        first = label[:1].lower()
        return self._free(first if _LETTER.fullmatch(first) else "n", self._variables)

    def _describe(self, pattern: Pattern, thing: Thing, variable: str, arrival: Arrival | None) -> None:
        """Adds all that must hold of a thing at the end of a path, and goes on along one of its links."""
        if thing.excluded:
            pattern.conditions.append(f"NOT {variable}.id IN ${self._parameter('ids', thing.excluded)}")
        if thing.ids and not _is_keyed(thing):
            pattern.conditions.append(f"{variable}.id IN ${self._parameter('ids', thing.ids)}")
        pattern.conditions += [self.filter(variable, item) for item in thing.filters]
        pattern.conditions += [self._relative(variable, item) for item in thing.relatives]
        if pattern.rows and thing.shown:
            pattern.shown.append((variable, thing))
        onward = _onward(thing, pattern)
        for place, link in enumerate(thing.links):
            if place == onward:
                continue
            if pattern.rows and _plain(link) and _shows(link):
                pattern.further.append(self.link(variable, link, arrival, rows=True))
            else:
                pattern.conditions.append(self._linked(variable, thing.label, link, arrival))
        if onward is not None:
            self._extend(pattern, variable, thing.links[onward], arrival)

    def _extend(self, pattern: Pattern, start: str, link: Link, arrival: Arrival | None) -> str:
        """Writes a link and its thing at the end of a path, and returns the thing's variable."""
        end = self.variable(link.thing.label)
        shown = pattern.rows and bool(link.shown)
        edge = self._free("r", self._variables) if link.filters or shown else ""
        if shown:
            pattern.shown.append((edge, link))
        pattern.path += _edge(link, edge) + self._node(end, link.thing)
        pattern.types.add(link.type)
        if link.most > 1:
            pattern.conditions.append(f"{end}.id <> {start}.id")
        if arrival is not None and leads_back(arrival.link, link):
            pattern.conditions.append(f"{end}.id <> {arrival.before}.id")
        for item in link.filters:
            if link.most == 1:
                pattern.conditions.append(self.filter(edge, item))
            else:
                pattern.conditions.append(f"all(step IN {edge} WHERE {self.filter('step', item)})")
        self._describe(pattern, link.thing, end, Arrival(start, link))
        return end

    def _linked(self, variable: str, label: str, link: Link, arrival: Arrival | None) -> str:
        """Returns the condition that a bound thing has a link, has none, or has so many."""
        if link.times is not None:
            return f"{variable}.id IN {self._enough(label, link, link.times)}"
        inner = self.link(variable, link, None if link.absent else arrival).match()
        return f"{'NOT ' if link.absent else ''}EXISTS {{ {inner} }}"

    def _enough(self, label: str, link: Link, times: Times) -> str:
        """Writes, beforehand, a list of the ids of a label's things that have so many of a link; returns its name.

        The others are collected as null, which is nothing: were they left out and none remained, no row would be left
        to carry the lists that were there before.
        """
        variable = self.variable(label)
        pattern = self.link(variable, link)
        name = self._free("few", self._variables)
        kept = "".join(f"{other}, " for other in self.lists)
        self.beforehand.append(
            f"MATCH ({variable}:{quoted(label)}) OPTIONAL {pattern.match()} "
            f"WITH {kept}{variable}, count(DISTINCT {pattern.end}) AS figure "
            f"WITH {kept}collect(CASE WHEN figure {SIGNS[times.compare]} {times.number} "
            f"THEN {variable}.id END) AS {name}"
        )
        self.lists.append(name)
        return name

    def _relative(self, variable: str, item: Relative) -> str:
        """Returns the condition that a bound thing stands so to another one, or to itself."""
        other = variable if item.other is None else self.variable(item.other.label)
        mine, theirs = f"{variable}.{quoted(item.property)}", f"{other}.{quoted(item.than or item.property)}"
        if item.compare in _ANY_CASE and item.compare is not Compare.EQUAL:
            mine, theirs = f"toLower({mine})", f"toLower({theirs})"
        stands = f"{mine} {SIGNS[item.compare]} {theirs}"
        if item.other is None:
            return stands
        pattern = Pattern(self._node(other, item.other), other)
        self._describe(pattern, item.other, other, None)
        return f"EXISTS {{ {pattern.match(f'{other}.id <> {variable}.id', stands)} }}"

    def _compared(self, owned: str, item: Filter, sign: str, value: Scalar) -> str:
        parameter = f"${self._parameter(item.property, value)}"
        if isinstance(value, str) and _DAY.fullmatch(value):
            return f"substring(toString({owned}), 0, 10) {sign} {parameter}"  # of a day, a time, or a server's own date
        if isinstance(value, str) and item.compare in _ANY_CASE:
            return f"toLower({owned}) {sign} toLower({parameter})"
        return f"{owned} {sign} {parameter}"

    def _node(self, variable: str, thing: Thing) -> str:
        key = f" {{id: ${self._parameter('id', thing.ids[0])}}}" if _is_keyed(thing) else ""
        return f"({variable}:{quoted(thing.label)}{key})"

    def _parameter(self, name: str, value: Scalar | tuple[str, ...]) -> str:
        """Returns the name of a parameter with a value."""
        name = self._free(name if quoted(name) == name else "given", set(self._parameters))
        self._parameters[name] = value
        return name

    def _free(self, name: str, taken: set[str]) -> str:
        """Returns a name, numbered where it is taken, and takes it."""
        free = next(called for called in chain([name], (f"{name}{n}" for n in count(2))) if called not in taken)
        taken.add(free)
        return free


def _onward(thing: Thing, pattern: Pattern) -> int | None:
    """Returns the index of the link that a path goes on along: one that shows something before one that does not."""
    fit = [n for n, link in enumerate(thing.links) if _plain(link) and link.type not in pattern.types]
    showing = [n for n in fit if pattern.rows and _shows(thing.links[n])]
    return next(iter([*showing, *fit]), None)


def _is_keyed(thing: Thing) -> bool:
    """Whether the id stands in the node itself: for one, unless kglite would take "above" beside it for "at least"."""
    strict = any(item.compare in {Compare.ABOVE, Compare.BELOW} for item in thing.filters)
    return len(thing.ids) == 1 and not strict


def _plain(link: Link) -> bool:
    return not link.absent and link.times is None


def _shows(link: Link) -> bool:
    return bool(link.shown or link.thing.shown) or any(
        _plain(further) and _shows(further) for further in link.thing.links
    )


def _edge(link: Link, variable: str) -> str:
    hops = "" if link.least == link.most == 1 else f"*{link.least}..{link.most}"
    inner = f"-[{variable}:{quoted(link.type)}{hops}]-"
    return {Way.OUT: f"{inner}>", Way.IN: f"<{inner}", Way.ANY: inner}[link.way]
