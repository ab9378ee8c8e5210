"""What a query asks for, as a form of the parser, as far as it is one.

Only what is surely understood is taken: one or more MATCH whose patterns hang together as a tree, conditions on
properties joined by AND, patterns that must or must not be there, columns, one figure, an order. Of anything else
`Formed.whole` tells that something was left out, or there is no form at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from graphglot import ast
from graphglot.ast.cypher import CypherPatternPredicate

from tools.graph.cypher import EdgeUse, NodeUse, path_of, walk
from tools.graph.expressions import (
    Beyond,
    alias_of,
    all_of,
    bare,
    denies_a_list,
    filter_of,
    inner_patterns,
    property_of,
    value_of,
)
from tools.graph.parser.form import Ask, Compare, Filter, Kind, Link, Per, Rank, Thing, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plant.graph.contract import GraphSchema

_FIGURES: Final = {"_Count": Kind.COUNT, "_Sum": Kind.SUM, "_Avg": Kind.MEAN, "_Min": Kind.LEAST, "_Max": Kind.MOST}
_WAYS: Final = {"right": Way.OUT, "left": Way.IN, "any": Way.ANY}
_BY_ID: Final = Rank("id", descending=False, number=None)
"""The order that every list is in: there is nothing to say of it."""


class Formed(msgspec.Struct, frozen=True):
    """A form made of a query.

    Attributes:
        ask: What it asks for.
        whole: Whether that is all it says.
    """

    ask: Ask
    whole: bool


class _Column(msgspec.Struct, frozen=True):
    """What a query returns.

    Attributes:
        alias: What it is called.
        kind: The figure, if it is one.
        variable: Of which variable; empty for all rows.
        name: The property; empty for the node itself.
        once: Whether a figure takes a node once however many rows it is in.
    """

    alias: str
    kind: Kind | None
    variable: str
    name: str
    once: bool = False


def form_of(tree: Any, values: Mapping[str, Any], schema: GraphSchema, *, row_limit: int) -> Formed | None:
    """Returns a query's form; None where its patterns are beyond the forms.

    Args:
        tree: The query's tree, as the guard read it.
        values: The values of its parameters.
        schema: The graph's; a node without a label has the one that its relationship leaves it.
        row_limit: The most rows of any answer: a LIMIT beyond it was the guard's.
    """
    queries = [item for item in walk(tree) if isinstance(item, ast.AmbientLinearQueryStatement)]
    try:
        return _Reader(values, schema, row_limit).query(queries[0]) if len(queries) == 1 else None
    except Beyond:
        return None


class _Graph:
    """Patterns taken together: labels, filters and links by variable."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self.filters: dict[str, list[Filter]] = {}
        self.links: dict[str, list[Link]] = {}
        self.edges: list[tuple[str, Link, str]] = []

    def node(self, variable: str, label: str) -> None:
        if label and self.labels.setdefault(variable, label) not in {label, ""}:
            raise Beyond
        if label:
            self.labels[variable] = label
        self.labels.setdefault(variable, "")

    def thing(self, variable: str, shown: Mapping[str, tuple[str, ...]], came: int = -1) -> Thing:
        """Returns a variable's thing, with all that hangs on it but the edge that was come by."""
        filters = self.filters.get(variable, [])
        ids = [item for item in filters if _is_of_ids(item) and not item.negated][:1]
        others = [item for item in filters if _is_of_ids(item) and item.negated]
        links = list(self.links.get(variable, []))
        for number, (start, link, end) in enumerate(self.edges):
            if number == came or variable not in {start, end}:
                continue
            way = link.way if variable == start else link.way.opposite
            other = self.thing(end if variable == start else start, shown, number)
            links.append(msgspec.structs.replace(link, way=way, thing=other))
        return Thing(
            self.labels[variable],
            ids=tuple(str(value) for item in ids for value in item.values),
            excluded=tuple(str(value) for item in others for value in item.values),
            filters=tuple(item for item in filters if item not in ids and item not in others),
            links=tuple(links),
            shown=shown.get(variable, ()),
        )

    def hangs_together(self) -> bool:
        """Whether it is a tree."""
        reached, edges = {next(iter(self.labels))}, list(self.edges)
        while joined := [edge for edge in edges if (edge[0] in reached) != (edge[2] in reached)]:
            reached |= {joined[0][0], joined[0][2]}
            edges.remove(joined[0])
        return not edges and reached == set(self.labels)


def _is_of_ids(item: Filter) -> bool:
    return item.property == "id" and item.compare is Compare.EQUAL and bool(item.values)


def _is_in_one_row(graph: _Graph, variable: str, groups: set[str]) -> bool:
    """Whether each node of a variable is in one row, or in one of each group: so that a figure takes it once."""
    others = [end if start == variable else start for start, _, end in graph.edges if variable in {start, end}]
    fixed = [any(_is_of_ids(item) and len(item.values) == 1 for item in graph.filters[other]) for other in others]
    return not graph.edges or (len(graph.edges) == 1 and (set(others) == groups or all(fixed)))


def _per(graph: _Graph, root: str, keys: list[_Column]) -> Per:
    """Returns what a figure is grouped by. Raises `Beyond`."""
    groups = {item.variable for item in keys}
    if groups == {root} and len(keys) == 1:
        return Per(keys[0].name or "id")
    named = {item.name or "id" for item in keys}
    if len(groups) != 1 or groups == {root} or len(graph.edges) != 1 or "id" not in named:
        raise Beyond  # where the group has no id, two of one name would be one
    ((start, link, _),) = graph.edges
    way = link.way if start == root else link.way.opposite
    shown = tuple(item.name for item in keys if item.name not in {"", "id", "name"})
    return Per(link=msgspec.structs.replace(link, way=way, thing=Thing(graph.labels[groups.pop()], shown=shown)))


class _Reader:
    def __init__(self, values: Mapping[str, Any], schema: GraphSchema, row_limit: int) -> None:
        self._values = values
        self._schema = schema
        self._row_limit = row_limit
        self._unnamed = 0
        self._whole = True

    def query(self, query: Any) -> Formed:
        """Reads a query of MATCH and RETURN."""
        body = query.ambient_linear_query_statement
        statements = getattr(getattr(body, "simple_linear_query_statement", None), "list_simple_query_statement", None)
        if not statements or not all(isinstance(item, ast.SimpleMatchStatement) for item in statements):
            raise Beyond
        graph = _Graph()
        conditions: list[Any] = []
        for statement in statements:
            self._match(graph, statement, conditions)
        self._label(graph)
        types = [link.type for _, link, _ in graph.edges]
        if len(statements) > 1 and len(set(types)) < len(types):
            raise Beyond  # what one path may not walk twice, two may
        for condition in conditions:
            try:
                self._condition(graph, condition, negated=False)
            except Beyond:
                self._whole = False
        if not graph.hangs_together() or "" in graph.labels.values():
            raise Beyond
        return Formed(self._returned(graph, body.primitive_result_statement.primitive_result_statement), self._whole)

    def _match(self, graph: _Graph, statement: Any, conditions: list[Any]) -> None:
        """Adds one MATCH to a graph, and its conditions to those that wait."""
        pattern = statement.graph_pattern_binding_table.graph_pattern
        for path in pattern.path_pattern_list.list_path_pattern:
            self._path(graph, path)
        if pattern.graph_pattern_where_clause is not None:
            conditions += all_of(pattern.graph_pattern_where_clause.search_condition)

    def _path(self, graph: _Graph, path: Any) -> None:
        """Adds one path to a graph."""
        before, link = "", None
        factors = path.path_pattern_expression.factors
        for factor, use in zip(factors, path_of(path.path_pattern_expression), strict=True):
            if isinstance(use, EdgeUse):
                link = self._edge(factor, use)
                continue
            variable = self._node(graph, factor, use)
            if link is not None:
                graph.edges.append((before, link, variable))
            before, link = variable, None

    def _node(self, graph: _Graph, factor: Any, use: NodeUse) -> str:
        if len(use.labels) > 1:
            raise Beyond
        variable = use.variable or f" {self._next()}"
        graph.node(variable, use.labels[0] if use.labels else "")
        graph.filters.setdefault(variable, []).extend(self._inline(factor))
        return variable

    def _edge(self, factor: Any, use: EdgeUse) -> Link:
        least, most = use.hops
        if len(use.types) != 1 or most is None or least < 1:
            raise Beyond
        return Link(use.types[0], _WAYS[use.direction], Thing(""), least, most, tuple(self._inline(factor)))

    def _inline(self, factor: Any) -> Iterator[Filter]:
        """Yields the conditions that stand within a pattern, `{id: $id}`."""
        for pair in walk(factor):
            if isinstance(pair, ast.PropertyKeyValuePair):
                value = value_of(pair.value_expression, self._values)
                yield Filter(str(pair.property_name.identifier.name), Compare.EQUAL, (value,))

    def _label(self, graph: _Graph) -> None:
        """Gives a node without a label the only one that its relationship leaves it."""
        for start, link, end in graph.edges:
            tail, head = (end, start) if link.way is Way.IN else (start, end)
            found = [
                (known.start, known.end)
                for known in self._schema.relations
                if known.type == link.type
                and link.way is not Way.ANY
                and graph.labels[tail] in {known.start, ""}
                and graph.labels[head] in {known.end, ""}
            ]
            if len(found) == 1:
                graph.labels[tail], graph.labels[head] = found[0]

    def _condition(self, graph: _Graph, condition: Any, *, negated: bool) -> None:
        """Adds a condition to the variable that it is on. Raises `Beyond`."""
        inner = bare(condition)
        if isinstance(inner, ast.BooleanFactor) and inner.not_:
            first, *rest = all_of(inner.boolean_test)
            if rest and not denies_a_list(inner):
                raise Beyond
            self._condition(graph, first, negated=not negated)
        elif isinstance(inner, ast.ExistsPredicate):
            self._pattern(graph, inner_patterns(inner), negated=negated)
        elif isinstance(inner, CypherPatternPredicate):
            self._pattern(graph, [inner.pattern], negated=negated)
        else:
            variable, item = filter_of(inner, self._values)
            if variable not in graph.labels:
                raise Beyond
            if negated:
                item = msgspec.structs.replace(item, negated=not item.negated)
            graph.filters.setdefault(variable, []).append(item)

    def _pattern(self, graph: _Graph, parts: list[Any], *, negated: bool) -> None:
        """Adds a pattern that must be there, or must not, as a link of the variable that it starts from."""
        inner = _Graph()
        conditions: list[Any] = []
        for part in parts:
            if isinstance(part, ast.SimpleMatchStatement):
                self._match(inner, part, conditions)
            else:
                self._path(inner, part)
        outer = set(inner.labels) & set(graph.labels)
        if len(outer) != 1:
            raise Beyond
        (variable,) = outer
        inner.labels[variable] = graph.labels[variable]
        self._label(inner)
        for condition in conditions:
            self._condition(inner, condition, negated=False)
        if not inner.hangs_together() or "" in inner.labels.values() or inner.filters.get(variable):
            raise Beyond
        links = inner.thing(variable, {}).links
        if len(links) != 1:
            raise Beyond
        graph.links.setdefault(variable, []).append(msgspec.structs.replace(links[0], absent=negated))

    def _returned(self, graph: _Graph, result: Any) -> Ask:
        """Reads what is returned, in which order, and how much of it."""
        page = getattr(result, "order_by_and_page_statement", None)
        body = getattr(result, "return_statement", result).return_statement_body.return_statement_body
        items = getattr(getattr(body, "return_item_list", None), "list_return_item", None)
        if not items:
            raise Beyond
        read = [self._item(item.aggregating_value_expression, alias_of(item)) for item in items]
        figures = [item for item in read if item.kind is not None]
        if len(figures) > 1:
            raise Beyond
        ask = self._figure(graph, read, figures[0]) if figures else self._list(graph, read)
        return self._ordered(ask, read, page)

    def _item(self, expression: Any, alias: str = "") -> _Column:
        """Returns what a column holds."""
        inner = bare(expression)
        if not isinstance(inner, ast.AggregateFunction):
            return _Column(alias, None, *property_of(inner, whole=True))
        function = inner.aggregate_function
        if type(function).__name__ == "_CountAsterisk":
            return _Column(alias, Kind.COUNT, "", "")
        if not isinstance(function, ast.GeneralSetFunction):
            raise Beyond
        kind = _FIGURES.get(type(function.general_set_function_type.general_set_function_type).__name__)
        variable, name = property_of(function.value_expression, whole=True)
        distinct = function.set_quantifier is not None
        if kind is None or (kind is Kind.COUNT) != (not name) or (distinct and kind in {Kind.SUM, Kind.MEAN}):
            raise Beyond
        return _Column(alias, kind, variable, name, distinct or kind in {Kind.LEAST, Kind.MOST})

    def _list(self, graph: _Graph, read: list[_Column]) -> Ask:
        root = read[0].variable
        if any(item.variable not in graph.labels for item in read):
            raise Beyond
        listed = any(item.variable == root and item.name in {"", "id"} for item in read)
        shown: dict[str, tuple[str, ...]] = {}
        for item in read:
            known = {"", "id", "name"} if listed and item.variable == root else set()
            name = item.name or "id"
            if name not in known:
                shown[item.variable] = (*shown.get(item.variable, ()), name)
        return Ask(graph.thing(root, shown), Kind.LIST if listed else Kind.VALUES)

    def _figure(self, graph: _Graph, read: list[_Column], figure: _Column) -> Ask:
        keys = [item for item in read if item is not figure]
        groups = {item.variable for item in keys}
        counted = set(graph.labels) - (groups if len(graph.labels) > 1 else set())
        root = figure.variable or (counted.pop() if len(counted) == 1 else "")
        if root not in graph.labels or not (figure.once or _is_in_one_row(graph, root, groups)):
            raise Beyond
        ask = Ask(graph.thing(root, {}), figure.kind or Kind.COUNT, of=figure.name)
        return msgspec.structs.replace(ask, per=_per(graph, root, keys)) if keys else ask

    def _ordered(self, ask: Ask, read: list[_Column], page: Any) -> Ask:
        """Adds the order, by its first key, and how many rows are asked for."""
        clauses = [] if page is None else list(walk(page))
        limit = next(
            (
                value_of(item.non_negative_integer_specification, {})
                for item in clauses
                if isinstance(item, ast.LimitClause)
            ),
            None,
        )
        number = int(limit) if isinstance(limit, int) and limit <= self._row_limit else None
        keys = [item for item in clauses if isinstance(item, ast.SortSpecification)]
        skips = any(isinstance(item, ast.OffsetClause) for item in clauses)
        rank = self._rank(ask, read, keys[0], number) if keys else None
        if skips or (rank is None and (keys or number is not None)):
            self._whole = False
        return ask if rank in {None, _BY_ID} else msgspec.structs.replace(ask, rank=rank)

    def _rank(self, ask: Ask, read: list[_Column], key: Any, number: int | None) -> Rank | None:
        ordering = key.ordering_specification
        descending = ordering is not None and ordering.ordering_specification.name == "DESC"
        inner = bare(key.sort_key)
        column = next(
            (
                item
                for item in read
                if isinstance(inner, ast.BindingVariableReference) and item.alias == str(inner.binding_variable.name)
            ),
            None,
        )
        if column is None:
            column = self._item(inner)
        if column.kind is not None:
            return Rank(descending=descending, number=number) if ask.per is not None else None
        if column.variable != read[0].variable or ask.per is not None or ask.kind not in {Kind.LIST, Kind.VALUES}:
            return None
        return Rank(column.name or "id", descending=descending, number=number)

    def _next(self) -> int:
        self._unnamed += 1
        return self._unnamed
