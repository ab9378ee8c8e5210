"""A query's names against the live schema: labels, types, triples and properties.

An engine answers "no rows" for a name that does not exist; people read that as "there is none".
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graphglot import ast
from graphglot.ast.cypher import CypherSubscriptExpression

from plant.errors import nearest
from plant.facts import Refusal, RefusalCode
from tools.graph.cypher import EdgeUse, NodeUse, Path, labels_in, path_of, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plant.graph.contract import GraphSchema
    from tools.graph.cypher import Parts


_UNITS: Final = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
_PARTS_OF_TIME: Final = frozenset({*_UNITS, *(f"{unit}s" for unit in _UNITS)})


_ALONE: Final = frozenset(
    {"ArithmeticValueExpression", "ArithmeticTerm", "ArithmeticFactor", "BindingVariableReference", "Identifier"}
)


class Names:
    """The names of one schema.

    Attributes:
        labels: For each label its properties.
        types: For each relationship type its properties.
        triples: (start label, type, end label) as they occur.
    """

    def __init__(self, schema: GraphSchema) -> None:
        self.labels: dict[str, set[str]] = {node.label: set(node.properties) for node in schema.nodes}
        self.types: dict[str, set[str]] = defaultdict(set)
        for relation in schema.relations:
            self.types[relation.type].update(relation.properties)
        self.triples = {(relation.start, relation.type, relation.end) for relation in schema.relations}

    def check(self, parts: Parts) -> Refusal | None:
        """Returns why a query asks for something that cannot be, or None; an impossible step is `not_found`."""
        walked = [path_of(term) for term in parts[ast.PathTerm]]
        if walked and not self.labels:
            return Refusal(
                RefusalCode.NOT_FOUND, "The plant graph is empty.", help="Load one: millhand graph load DIR."
            )
        bound = _bound_labels(parts, walked)
        return (
            self._unknown_name(parts, walked)
            or next((fault for path in walked if (fault := self._impossible_step(path, bound))), None)
            or self._unknown_property(parts, walked, bound)
            or _computed_property(parts, walked)
        )

    def _unknown_name(self, parts: Parts, walked: list[Path]) -> Refusal | None:
        uses = [use for path in walked for use in path]
        labels = [label for use in uses if isinstance(use, NodeUse) for label in use.labels]
        labels += [label for item in parts[ast.LabeledPredicate] for label in labels_in(item)]
        types = [name for use in uses if isinstance(use, EdgeUse) for name in use.types]
        for label in labels:
            if label not in self.labels:
                return _unknown("label", label, self.labels)
        for name in types:
            if name not in self.types:
                return _unknown("relationship type", name, self.types)
        return None

    def _impossible_step(self, path: Path, bound: dict[str, set[str]]) -> Refusal | None:
        for before, edge, after in zip(path[::2], path[1::2], path[2::2], strict=False):
            if not (isinstance(before, NodeUse) and isinstance(edge, EdgeUse) and isinstance(after, NodeUse)):
                continue
            starts, ends = _labels(before, bound), _labels(after, bound)
            forward = self._possible(starts, edge, ends)
            backward = self._possible(ends, edge, starts)
            possible = {"right": forward, "left": backward, "any": forward or backward}[edge.direction]
            if not possible:
                if edge.direction == "left":
                    starts, ends = ends, starts
                return self._no_such_step(starts, edge, ends)
        return None

    def _possible(self, starts: set[str], edge: EdgeUse, ends: set[str]) -> bool:
        found = [triple for triple in self.triples if not edge.types or triple[1] in edge.types]
        if edge.hops == (1, 1):
            return any((not starts or s in starts) and (not ends or e in ends) for s, _, e in found)
        leaves = not starts or any(s in starts for s, _, _ in found)
        arrives = not ends or any(e in ends for _, _, e in found)
        return edge.hops[0] == 0 or (leaves and arrives)

    def _no_such_step(self, starts: set[str], edge: EdgeUse, ends: set[str]) -> Refusal:
        start, end = " or ".join(sorted(starts)) or "anything", " or ".join(sorted(ends)) or "anything"
        types = " or ".join(edge.types) or "any relationship"
        known = [f"({s})-[:{t}]->({e})" for s, t, e in sorted(self.triples) if not edge.types or t in edge.types]
        return Refusal(
            RefusalCode.NOT_FOUND,
            f"The graph has no {types} from {start} to {end}.",
            help=f"It has {', '.join(known[:5])}." if known else "",
        )

    def _unknown_property(self, parts: Parts, walked: list[Path], bound: dict[str, set[str]]) -> Refusal | None:
        edges = {use.variable: use for path in walked for use in path if isinstance(use, EdgeUse)}
        for path in walked:
            for use in path:
                for name in use.properties:
                    known = (
                        self._of_types(use.types) if isinstance(use, EdgeUse) else self._of_labels(_labels(use, bound))
                    )
                    if name not in known:
                        return _unknown("property", name, known)
        anything = self._of_labels(set()) | self._of_types(()) | _fields(parts) | _PARTS_OF_TIME
        for item in parts[ast.PropertyReference]:
            source, name = item.property_source, str(item.property_name[0].identifier.name)
            variable = str(source.binding_variable.name) if isinstance(source, ast.BindingVariableReference) else ""
            if variable in bound:
                known = self._of_labels(bound[variable])
            elif variable in edges:
                known = self._of_types(edges[variable].types)
            else:
                known = anything
            if name not in known:
                return _unknown("property", name, known)
        return None

    def _of_labels(self, labels: set[str]) -> set[str]:
        return set().union(*(self.labels.get(label, set()) for label in labels or self.labels))

    def _of_types(self, types: Iterable[str]) -> set[str]:
        return set().union(*(self.types.get(name, set()) for name in types or self.types))


def _computed_property(parts: Parts, walked: list[Path]) -> Refusal | None:
    """Refuses `a['na' + 'me']`: a property is named, so that it can be looked up."""
    variables = {use.variable for path in walked for use in path}
    for item in parts[CypherSubscriptExpression]:
        held = list(walk(item.base))
        alone = {type(part).__name__ for part in held} <= _ALONE
        if alone and variables & {str(part.name) for part in held if isinstance(part, ast.Identifier)}:
            return Refusal(RefusalCode.INVALID_QUERY, "A property must be named.", help="Write it like a.name.")
    return None


def _bound_labels(parts: Parts, walked: list[Path]) -> dict[str, set[str]]:
    """Returns the labels each node variable may carry; an empty set for any."""
    bound: dict[str, set[str]] = {}
    for path in walked:
        for use in path:
            if isinstance(use, NodeUse) and use.variable:
                bound.setdefault(use.variable, set()).update(use.labels)
    for item in parts[ast.LabeledPredicate]:
        variable = str(item.element_variable_reference.binding_variable.name)
        if bound.get(variable):
            bound[variable].update(labels_in(item))
    return bound


def _labels(use: NodeUse, bound: dict[str, set[str]]) -> set[str]:
    return set(use.labels) or bound.get(use.variable, set())


def _fields(parts: Parts) -> set[str]:
    return {str(item.field_name.name) for item in parts[ast.Field]}


def _unknown(what: str, name: str, known: Iterable[str]) -> Refusal:
    names = sorted(known)
    near = nearest(name, names)
    listed = ", ".join(near or names[:8])
    return Refusal(
        RefusalCode.INVALID_QUERY,
        f"There is no {what} {name!r} here.",
        help=(f"Did you mean {listed}?" if near else f"There are {listed}.") if names else "The graph is empty.",
        choices=tuple(near),
    )
