"""Expressions of a query's tree: values, properties, and the conditions that a form's filters can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphglot import ast
from graphglot.ast.base import Expression

from tools.graph.cypher import walk
from tools.graph.parser.form import Compare, Filter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plant.facts import Scalar

_SIGNS: Final = {
    "EQUALS": (Compare.EQUAL, False),
    "NOT_EQUALS": (Compare.EQUAL, True),
    "LESS_THAN": (Compare.BELOW, False),
    "LESS_THAN_OR_EQUALS": (Compare.AT_MOST, False),
    "GREATER_THAN": (Compare.ABOVE, False),
    "GREATER_THAN_OR_EQUALS": (Compare.AT_LEAST, False),
}
_MATCHES: Final = {"CONTAINS": Compare.CONTAINS, "STARTS_WITH": Compare.STARTS, "ENDS_WITH": Compare.ENDS}
_WRAPPERS: Final = frozenset(
    {
        *("ArithmeticValueExpression", "ArithmeticTerm", "ArithmeticFactor", "GeneralValueSpecification"),
        *("BooleanValueExpression", "BooleanTerm", "BooleanFactor", "BooleanTest"),
        *("ParenthesizedBooleanValueExpression", "CharacterStringValueExpression", "ListValueExpression"),
    }
)


class Beyond(Exception):
    """A part of a query that is beyond the forms."""


def filter_of(expression: Any, values: Mapping[str, Any]) -> tuple[str, Filter]:
    """Returns the variable and the filter of a comparison. Raises `Beyond`."""
    inner = bare(expression)
    if isinstance(inner, ast.ComparisonPredicate):
        second = inner.comparison_predicate_part_2
        compare, negated = _SIGNS.get(second.comp_op.name, (None, False))
        if compare is None:
            raise Beyond
        variable, name = property_of(inner.comparison_predicand)
        return variable, Filter(name, compare, (value_of(second.comparison_predicand, values),), negated)
    if isinstance(inner, ast.StringMatchPredicate) and inner.kind.name in _MATCHES:
        variable, name = property_of(inner.lhs)
        return variable, Filter(name, _MATCHES[inner.kind.name], (value_of(inner.rhs, values),))
    if isinstance(inner, ast.NullPredicate):
        variable, name = property_of(inner.value_expression_primary)
        return variable, Filter(name, Compare.EQUAL, (), bool(inner.null_predicate_part_2.not_))
    if isinstance(inner, ast.InPredicate):
        variable, name = property_of(inner.value)
        return variable, Filter(name, Compare.EQUAL, _listed(inner.list_expression, values))
    raise Beyond


def value_of(expression: Any, values: Mapping[str, Any]) -> Scalar:
    """Returns a value that is written, or a parameter's. Raises `Beyond`."""
    inner = bare(expression)
    if isinstance(inner, ast.ToLower):
        return value_of(inner.arguments[0], values)
    if isinstance(inner, ast.GeneralParameterReference):
        value = values.get(str(inner.parameter_name.name))
        if isinstance(value, str | int | float | bool):
            return value
    elif isinstance(inner, ast.CharacterStringLiteral):
        return str(inner.value)
    elif isinstance(inner, ast.BooleanLiteral):
        return bool(inner.value)
    elif isinstance(inner, ast.UnsignedNumericLiteral):
        return _number(inner.value)
    elif isinstance(inner, ast.ArithmeticFactor):  # one with a minus, or it would have been unwrapped
        value = value_of(inner.arithmetic_primary, values)
        if isinstance(value, int | float):
            return -value
    raise Beyond


def _listed(expression: Any, values: Mapping[str, Any]) -> tuple[Scalar, ...]:
    inner = next(all_of(expression))
    if isinstance(inner, ast.GeneralParameterReference):
        found = values.get(str(inner.parameter_name.name))
        if isinstance(found, list | tuple) and found:
            return tuple(found)
    elif isinstance(inner, ast.ListValueConstructorByEnumeration) and inner.list_element_list is not None:
        return tuple(value_of(item, values) for item in inner.list_element_list.list_list_element)
    raise Beyond


def bare(expression: Any) -> Any:
    """Returns what stands within wrappers that add nothing; one that denies, or joins, or has a minus stays."""
    while type(expression).__name__ in _WRAPPERS:
        held = [getattr(expression, name) for name in type(expression).__ast_field_names__]
        held = [item for item in held if item not in (None, False, [], ()) and str(item) != "Sign.PLUS_SIGN"]
        inner = held[0] if len(held) == 1 else None
        inner = inner[0] if isinstance(inner, list | tuple) and len(inner) == 1 else inner
        if not isinstance(inner, Expression):
            break
        expression = inner
    return expression


def all_of(condition: Any) -> Iterator[Any]:
    """Yields the conditions that are joined by AND.

    The parser takes `a IN b AND c` for `a IN (b AND c)`, and with NOT before it likewise: what is joined to a list is a
    condition of its own.
    """
    inner = bare(condition)
    if isinstance(inner, ast.BooleanValueExpression) and not inner.ops:
        inner = inner.boolean_term
    if isinstance(inner, ast.BooleanTerm):
        for factor in inner.list_boolean_factor:
            yield from all_of(factor)
        return
    yield inner
    if isinstance(inner, ast.InPredicate):
        yield from list(all_of(inner.list_expression))[1:]
    elif denies_a_list(inner):
        yield from list(all_of(inner.boolean_test))[1:]


def denies_a_list(factor: Any) -> bool:
    """Whether it is `NOT a IN b`, without brackets."""
    if not isinstance(factor, ast.BooleanFactor) or not factor.not_:
        return False
    return isinstance(factor.boolean_test.boolean_primary, ast.InPredicate)


def property_of(expression: Any, *, whole: bool = False) -> tuple[str, str]:
    """Returns the variable and name of a property; with `whole`, of a variable alone too. Raises `Beyond`."""
    inner = bare(expression)
    if isinstance(inner, ast.ToLower):
        inner = bare(inner.arguments[0])
    if whole and isinstance(inner, ast.BindingVariableReference):
        return str(inner.binding_variable.name), ""
    if isinstance(inner, ast.PropertyReference) and isinstance(inner.property_source, ast.BindingVariableReference):
        return str(inner.property_source.binding_variable.name), str(inner.property_name[-1].identifier.name)
    raise Beyond


def inner_patterns(exists: Any) -> list[Any]:
    """Returns the parts of `EXISTS { ... }`: its MATCHes, or its one pattern."""
    held = exists.exists_predicate
    block = getattr(held, "match_statement_block", None)
    if block is not None:
        return list(block.list_match_statement)
    patterns = [item for item in walk(held) if isinstance(item, ast.PathPattern)]
    wheres = [item for item in walk(held) if isinstance(item, ast.GraphPatternWhereClause)]
    if wheres or not patterns:
        raise Beyond
    return patterns


def alias_of(item: Any) -> str:
    """Returns what a column is called in the query; empty where it is not."""
    alias = item.return_item_alias
    return str(next(part.name for part in walk(alias) if isinstance(part, ast.Identifier))) if alias is not None else ""


def _number(value: Any) -> Scalar:
    return int(value) if value == int(value) else float(value)
