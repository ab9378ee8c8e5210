"""From a form to Cypher that passes the guard and gives the same rows on kglite and on Neo4j.

A query is written in steps: the lists that counted links need (`patterns.py`); the last size that is still among the
first, where only so many are asked for, so that those equal to it are kept; the things; what is returned of them.
Ids and values are parameters. Rows are distinct, and in an order that does not depend on the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from tools.graph.parser.columns import Columns
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Rank, Way
from tools.graph.parser.patterns import SIGNS, Pattern, Patterns, quoted
from tools.graph.parser.routes import route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plant.graph.contract import GraphSchema
    from tools.graph.parser.form import Thing

_NAMES: Final = ("name", "title")
_FIGURES: Final = {Kind.SUM: "sum", Kind.MEAN: "avg", Kind.LEAST: "min", Kind.MOST: "max"}
_COLUMNS: Final = {Kind.COUNT: "count", Kind.SUM: "sum", Kind.MEAN: "mean", Kind.LEAST: "least", Kind.MOST: "most"}


class Written(msgspec.Struct, frozen=True):
    """A query.

    Attributes:
        text: Its Cypher, for the guard.
        parameters: Values of its parameters.
        columns: Names of the columns that it returns, in order.
    """

    text: str
    parameters: dict[str, Any]
    columns: tuple[str, ...]


def write(ask: Ask, schema: GraphSchema) -> Written:
    """Writes a form as a query.

    | kind | columns |
    |---|---|
    | LIST | `id`, `name` and `title` where the label has them, what is shown, what it is ranked by |
    | VALUES | what is shown; the ids where nothing is |
    | COUNT, SUM, MEAN, LEAST, MOST | the group, then `count`, `sum`, `mean`, `least`, `most` |
    | EXISTS | `found` |
    | PATH | `path` (ids), `types`, `hops`: one row at most |

    A column of another thing than the one asked for has its label in front, `asset_model`; its id is just `asset`.
    """
    return _Path(ask, schema).write() if ask.kind is Kind.PATH else _Query(ask, schema).write()


class _Path:
    """The query for a shortest path."""

    def __init__(self, ask: Ask, schema: GraphSchema) -> None:
        assert ask.to is not None, "a path leads somewhere"
        self._route = route(ask.thing, ask.to, schema)
        self._patterns = Patterns()
        self._ends = [self._end(thing) for thing in (ask.thing, ask.to)]

    def write(self) -> Written:
        (first, start), (second, end) = self._ends
        text = [
            *self._patterns.beforehand,
            first,
            second,
            f"MATCH route = ({start}){self._along()}({end})",
            "RETURN [step IN nodes(route) | step.id] AS path, [step IN relationships(route) | type(step)] AS types,",
            "length(route) AS hops ORDER BY hops, path LIMIT 1",
        ]
        return Written(" ".join(text), self._patterns.values(), ("path", "types", "hops"))

    def _along(self) -> str:
        types = "|".join(map(quoted, self._route.types))
        arrow = ">" if self._route.way is Way.OUT else ""
        return f"-[{types and f':{types}'}*1..{self._route.most}]-{arrow}"

    def _end(self, thing: Thing) -> tuple[str, str]:
        """Returns the clause that finds an end, and its variable; how many links it has is a condition as any."""
        pattern = self._patterns.thing(thing, counted=True)
        return pattern.match(), pattern.end


class _Query:
    """The query for anything but a path.

    The variables of its steps: `bound`, the last size that is still among the first; `ranked`, how many of the link
    that decides the rank a thing has; `grouped`, a property that groups are made by; `figure`, what is computed;
    `members`, how many things a group has.
    """

    def __init__(self, ask: Ask, schema: GraphSchema) -> None:
        self._ask = ask
        self._names: dict[str, list[str]] = {
            node.label: [name for name in _NAMES if name in node.properties] for node in schema.nodes
        }
        self._patterns = patterns = Patterns()
        self._rank = ask.rank or Rank(number=None)
        thing = ask.thing
        if self._rank.property and self._rank.number is not None:
            there = Filter(self._rank.property, Compare.EQUAL, (), negated=True)
            thing = msgspec.structs.replace(thing, filters=(*thing.filters, there))
        self._things = patterns.thing(thing)
        self._it = self._things.end
        self._shown = self._things.all_shown()
        self._counted = [(patterns.link(self._it, link), link.times) for link in thing.links if link.times is not None]
        self._sizes = patterns.link(self._it, self._rank.link) if self._rank.link is not None else None
        self._figured = self._it  # the variable whose property a figure is taken of
        self._along: tuple[str, ...] = ()
        self._chain: list[Pattern] = []
        self._group = ask.thing  # the thing that groups are made by, or by a property of
        if ask.per is not None and ask.per.link is not None:
            self._chain, self._group = patterns.chain(self._it, ask.per.link)
        self._grouping = self._chain[-1].end if self._chain else self._it
        if ask.along is not None:
            pattern, self._figured = patterns.along(self._it, ask.along)
            self._along = (pattern.match(),)
        self._ranks_groups = ask.per is not None and ask.rank is not None and not (ask.rank.property or ask.rank.link)

    def write(self) -> Written:
        clauses = [*self._patterns.beforehand]
        carried = [*self._patterns.lists]
        if self._rank.number is not None:
            clauses += self._bounded(carried)
            carried.append("bound")
        columns, last = self._grouped(carried) if self._ask.per is not None else self._single(carried)
        return Written(" ".join([*clauses, *last]), self._patterns.values(), tuple(columns))

    def _chosen(self, carried: list[str], joined: Iterable[str], *, bound: bool) -> list[str]:
        """Returns the clauses that choose the things, with `joined` variables beside them; `bound` if it is known."""
        within = f"bound {'<=' if self._rank.descending else '>='}"
        by_property = bound and self._rank.property
        clauses = [self._things.match(*([f"{within} {self._key}"] if by_property else []))]
        kept = ", ".join(dict.fromkeys([*carried, self._it, *joined]))
        for pattern, times in self._counted:
            clauses += [
                f"OPTIONAL {pattern.match()}",
                f"WITH {kept}, count(DISTINCT {pattern.end}) AS figure",
                f"WHERE figure {SIGNS[times.compare]} {times.number}",
            ]
        if self._sizes is not None:
            clauses += [
                f"OPTIONAL {self._sizes.match()}",
                f"WITH {kept}, count(DISTINCT {self._sizes.end}) AS ranked"
                + (f" WHERE {within} ranked" if bound else ""),
            ]
        return clauses

    @property
    def _key(self) -> str:
        """What things are ranked by."""
        return "ranked" if self._sizes is not None else f"{self._it}.{quoted(self._rank.property)}"

    def _bounded(self, carried: list[str]) -> list[str]:
        """Returns the clauses that find the last size that is still among the first."""
        if self._ranks_groups:
            key = "figure"
            clauses = self._figures(carried, bound=False)
            rows = f"WITH {_listed(carried)}figure"
        else:
            key = self._key
            clauses = self._chosen(carried, [], bound=False)
            rows = f"WITH DISTINCT {_listed(carried)}{self._it}" + (", ranked" if self._sizes is not None else "")
        direction, last = (" DESC", "min") if self._rank.descending else ("", "max")
        return [
            *clauses,
            f"{rows} ORDER BY {key}{direction} LIMIT {self._rank.number}",
            f"WITH {_listed(carried)}{last}({key}) AS bound",
        ]

    def _single(self, carried: list[str]) -> tuple[list[str], list[str]]:
        """Returns the columns and the clauses of an answer without groups."""
        ask, it = self._ask, self._it
        clauses = self._chosen(carried, [name for name, _ in self._shown], bound=self._rank.number is not None)
        if ask.kind in {Kind.LIST, Kind.VALUES}:
            return self._listed_things(clauses)
        if ask.kind is Kind.EXISTS:
            return ["found"], [*clauses, f"WITH count({it}) AS figure RETURN figure > 0 AS found"]
        column = _COLUMNS[ask.kind]
        if ask.kind is Kind.COUNT and not ask.of:
            return [column], [*clauses, f"RETURN count(DISTINCT {it}) AS {column}"]
        return [column], [*clauses, f"WITH DISTINCT {it}", *self._along, f"RETURN {self._figure} AS {column}"]

    def _listed_things(self, clauses: list[str]) -> tuple[list[str], list[str]]:
        columns = Columns()
        values = self._ask.kind is Kind.VALUES and any(thing.shown for _, thing in self._shown)
        if not values:
            columns.add("id", f"{self._it}.id")
            for name in self._names[self._ask.thing.label]:
                columns.add(name, f"{self._it}.{quoted(name)}")
        for variable, thing in self._shown:
            for name in thing.shown:
                if isinstance(thing, Link):
                    columns.add(name, f"{variable}.{quoted(name)}")
                else:
                    columns.add_property(variable, thing, name, own=variable == self._it)
        if not values and self._sizes is not None:
            columns.add("count", "ranked")
        if not values and self._rank.property:
            columns.add(self._rank.property, self._key)
        return list(columns.held), [*clauses, columns.returned(self._order(columns))]

    def _order(self, columns: Columns) -> list[str]:
        """Returns how a list is ordered: by rank where the rank has a column, things without a size last."""
        name = columns.name_of(self._key) if self._rank.property or self._sizes is not None else None
        if name is None:
            return []
        if not self._rank.descending:
            return [quoted(name)]
        unsized = [f"{quoted(name)} IS NULL"] if self._rank.property and self._rank.number is None else []
        return [*unsized, f"{quoted(name)} DESC"]

    def _figures(self, carried: list[str], *, bound: bool) -> list[str]:
        """Returns the clauses that compute a figure for each group; `bound` if that of the figures is known."""
        ask, it = self._ask, self._it
        chosen = self._chosen(carried, [], bound=bound and not self._ranks_groups)
        clauses = [*chosen, *(pattern.match() for pattern in self._chain)]
        assert ask.per is not None
        group, kept = self._grouping, list(dict.fromkeys([it, self._grouping]))
        if ask.per.property:
            group, kept = "grouped", [it, f"{group}.{quoted(ask.per.property)} AS grouped"]
        clauses.append(f"WITH DISTINCT {_listed(carried)}{', '.join(kept)}")
        clauses += self._along
        conditions = [self._patterns.condition("figure", item) for item in ask.having_figure]
        if ask.having is not None:
            conditions.append(f"members {SIGNS[ask.having.compare]} {ask.having.number}")
        if bound and self._ranks_groups:
            conditions.append(f"bound {'<=' if self._rank.descending else '>='} figure")
        members = f", count(DISTINCT {it}) AS members" if ask.having is not None else ""
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        clauses.append(f"WITH {_listed(carried)}{group}, {self._figure} AS figure{members}{where}")
        return clauses

    def _grouped(self, carried: list[str]) -> tuple[list[str], list[str]]:
        """Returns the columns and the clauses of an answer with groups."""
        columns = Columns()
        assert self._ask.per is not None
        own = not self._chain
        if name := self._ask.per.property:
            columns.add_property(self._grouping, self._group, name, own=own, expression="grouped")
        else:
            for shown in ("id", *self._names[self._group.label], *self._group.shown):
                columns.add_property(self._grouping, self._group, shown, own=own)
        figure = columns.add(_COLUMNS[self._ask.kind], "figure")
        order = [f"{quoted(figure)}{' DESC' if self._rank.descending else ''}"] if self._ranks_groups else []
        clauses = self._figures(carried, bound=self._rank.number is not None)
        return list(columns.held), [*clauses, columns.returned(order)]

    @property
    def _figure(self) -> str:
        """What is computed of a group of things, each there once."""
        kind = self._ask.kind
        if not self._ask.of:
            return f"count({self._it})"
        of = f"{self._figured}.{quoted(self._ask.of)}"
        return f"count(DISTINCT {of})" if kind is Kind.COUNT else f"{_FIGURES[kind]}({of})"


def _listed(names: list[str]) -> str:
    return "".join(f"{name}, " for name in names)
