"""What a query may cost: patterns, steps, values and regular expressions that would run away are refused unseen.

An engine ends a query at its limit only where it looks at its clock. Neo4j does so between rows, and inside one
value it does not. Seen in version 5.26: a regular expression that backtracks went on ten minutes after its
transaction had been terminated, lists in lists went on until the server was killed, and a text that is joined to
itself at each step took all of the server's memory.
"""

from __future__ import annotations

import re
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any, Final

from graphglot import ast
from graphglot.ast.cypher import CypherWithStatement, ListComprehension, ListPredicateFunction, RegexMatchPredicate
from graphglot.ast.expressions import BooleanValueExpression
from graphglot.ast.functions import Split

from plant.facts import Refusal, RefusalCode
from tools.graph.cypher import EdgeUse, NodeUse, path_of, paths, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.graph.cypher import Parts

MAX_HOPS: Final = 8
MAX_UNCONNECTED: Final = 3
MAX_STEPS: Final = 8
MAX_NESTED_LISTS: Final = 2
MAX_GROWTH: Final = 10_000
MAX_REPEATS: Final = 3
MAX_CHOICES: Final = 2
MAX_XOR: Final = 4
MAX_SIZE: Final = 1_000_000
MAX_WORK: Final = 100_000_000
_MAX_REGEX: Final = 200
_LIST_GROWTH: Final = 50
_Operand: Final = BooleanValueExpression._OpBooleanTerm  # noqa: SLF001 (the tree has it)
_USUAL_TEXT: Final = MAX_SIZE // MAX_GROWTH
_USUAL_LIST: Final = 50
_ALONE: Final = frozenset({"ArithmeticValueExpression", "ArithmeticTerm", "ArithmeticFactor", "Identifier"})
_PROPERTY: Final = _ALONE | {"PropertyReference", "PropertyName", "BindingVariableReference", "ToLower", "ToUpper"}
_PARAMETER: Final = _ALONE | {"GeneralValueSpecification", "GeneralParameterReference"}
_QUOTED_MARKS: Final = re.compile(r"\\[^A-Za-z0-9]|\\[dDsSwWbB]|\[(?:\\.|[^\[\]\\])+\]")
_STRANGE_MARKS: Final = re.compile(r"\\|\[|\(\?(?!i\)|:)|\)[*+{?]|[*+?}][*{]")
"""In a regular expression without escapes and classes: what is left of them, look-around, what is repeated twice."""


def runs_away(found: Parts, lifted: Mapping[str, str]) -> Refusal | None:
    """Returns why a query might cost too much, or None.

    Args:
        found: The query's parts.
        lifted: The strings that stood in it, by parameter.
    """
    longest = max(map(len, lifted.values()), default=0)
    return _far(found) or _wide(found) or _grows(found, longest) or _tangled(found) or _backtracks(found, lifted)


def _far(found: Parts) -> Refusal | None:
    for use in _uses(found):
        if isinstance(use, EdgeUse) and (use.hops[1] is None or use.hops[1] > MAX_HOPS):
            return _costly(f"A path may have at most {MAX_HOPS} hops.", f"Write it like [:FEEDS*1..{MAX_HOPS}].")
    return None


def _wide(found: Parts) -> Refusal | None:
    if any(_unconnected(part) > MAX_UNCONNECTED for part in found[ast.AmbientLinearQueryStatement]):
        return _costly("The query matches too many things that are not connected to each other.")
    if _nested(found) > (1 if _collects(found) else MAX_NESTED_LISTS):
        return _costly("The query goes through lists inside lists.")
    return None


def _collects(found: Parts) -> bool:
    return any(kind.__name__ == "_CollectList" for kind in found)


def _nested(found: Parts) -> int:
    return max((_depth(item) for item in (*found[ListComprehension], *found[ListPredicateFunction])), default=0)


def _unconnected(tree: Any) -> int:
    """Counts the groups of patterns that share no variable: each multiplies the rows of the others."""
    groups: list[set[str]] = []
    for number, path in enumerate(paths(tree)):
        names = {use.variable for use in path if isinstance(use, NodeUse) and use.variable} or {f"#{number}"}
        apart = [group for group in groups if not group & names]
        groups = [*apart, names.union(*(group for group in groups if group & names))]
    return len(groups)


def _depth(item: Any) -> int:
    """Counts how deep lists are gone through inside each other, this one included."""
    inside = [_depth(part) for name in type(item).__ast_field_names__ for part in _lists_in(getattr(item, name))]
    return 1 + max(inside, default=0)


def _lists_in(node: Any) -> Iterator[Any]:
    """Yields the lists gone through in a tree, those inside them left out."""
    if isinstance(node, ListComprehension | ListPredicateFunction):
        yield node
    elif isinstance(node, list | tuple):
        for item in node:
            yield from _lists_in(item)
    elif isinstance(node, ast.Expression):
        for name in type(node).__ast_field_names__:
            yield from _lists_in(getattr(node, name))


def _grows(found: Parts, longest: int) -> Refusal | None:
    """Refuses values that grow from step to step, one that names another twice may be twice as large, and long work.

    `longest` is the length of the longest text in the query: what is split by its letters is as long a list.
    """
    steps = found[CypherWithStatement]
    if len(steps) > MAX_STEPS:
        return _costly(f"A query may have at most {MAX_STEPS} steps of WITH.")
    before = prod(_growth(step) for step in steps) * prod(max(_named(item), 1) for item in found[ast.ForItem])
    last = max((_growth(item) for item in found[ast.PrimitiveResultStatement]), default=1)
    if last * before * max(longest, _USUAL_TEXT) > MAX_SIZE or before * _work(found, longest) > MAX_WORK:
        return _costly("The values of the query may grow too large from step to step.")
    return None


def _growth(step: Any) -> int:
    """Returns how many times larger the largest column of a step may be than what went into it."""
    items = [item for item in walk(step) if isinstance(item, ast.ReturnItem)]
    return max((_growth_of(item) for item in items), default=1)


def _growth_of(item: Any) -> int:
    named, lists = 0, 0
    for part in walk(item):
        named += isinstance(part, ast.BindingVariableReference | ast.GeneralParameterReference)
        lists += isinstance(part, ListComprehension)
    return max(named, 1) * int(_LIST_GROWTH**lists)


def _named(tree: Any) -> int:
    return sum(isinstance(part, ast.BindingVariableReference) for part in walk(tree))


def _work(found: Parts, longest: int) -> int:
    """Estimates the steps taken inside one value, where no engine looks at its clock: a list, and `IN` or `=` in it."""
    passes = (*found[ListComprehension], *found[ListPredicateFunction])
    if not passes:
        return 1
    listed = max((len(item.list_list_element) for item in found[ast.ListElementList]), default=0)
    items = max(_USUAL_LIST, listed, longest if found[Split] else 0)
    return int((items * max(map(_named, passes))) ** (_nested(found) + 1))


def _tangled(found: Parts) -> Refusal | None:
    """Refuses conditions that Neo4j's planner takes apart without end: each XOR doubles them, NOT NOT goes round."""
    exclusive = sum(item.operator.name == "XOR" for item in found[_Operand])
    if exclusive > MAX_XOR:
        return _costly(f"A query may say XOR at most {MAX_XOR} times.", "Say it with AND, OR and NOT.")
    if any(item.not_ and _begins_with_not(item) for item in found[ast.BooleanFactor]):
        return _costly("A query may not say NOT NOT.", "Leave both out.")
    return None


def _begins_with_not(factor: Any) -> bool:
    """Whether what is negated is itself a negation, without parentheses between them."""
    inside = list(islice(walk(factor), 5))
    return isinstance(inside[-1], ast.BooleanFactor) and inside[-1].not_


def _backtracks(found: Parts, lifted: Mapping[str, str]) -> Refusal | None:
    """Refuses regular expressions but simple ones, in place, of a property: a backtracking engine never ends."""
    if not found[RegexMatchPredicate]:
        return None
    nodes = {use.variable for use in _uses(found)} - _renamed(found)
    for item in found[RegexMatchPredicate]:
        if not _is_property(item.lhs, nodes):
            return _costly("Only a property may be matched with a regular expression.", "Like a.name =~ '.*pump.*'.")
        pattern = _lifted_in(item.rhs, lifted)
        if pattern is None:
            return _costly("A regular expression must stand in the query itself.", "Like a.name =~ '.*pump.*'.")
        if not is_quick(pattern):
            return _costly("That regular expression may take too long.", "Use CONTAINS, or three * + ? and two groups.")
    return None


def is_quick(pattern: str) -> bool:
    """Tells whether a regular expression ends in a time polynomial in the text: few repeats, few groups."""
    bare = _QUOTED_MARKS.sub("x", pattern).replace("(?i)", "").replace("(?:", "(")
    repeats = sum(mark in "*+{?" for mark in bare)
    few = repeats <= MAX_REPEATS and bare.count("(") <= MAX_CHOICES
    return len(pattern) <= _MAX_REGEX and few and not _STRANGE_MARKS.search(bare)


def _is_property(tree: Any, nodes: set[str]) -> bool:
    kinds, sources = set(), set()
    for item in walk(tree):
        kinds.add(type(item).__name__)
        if isinstance(item, ast.BindingVariableReference):
            sources.add(str(item.binding_variable.name))
    return "PropertyReference" in kinds and kinds <= _PROPERTY and sources <= nodes


def _lifted_in(tree: Any, lifted: Mapping[str, str]) -> str | None:
    items = list(walk(tree))
    named = [str(item.parameter_name.name) for item in items if isinstance(item, ast.GeneralParameterReference)]
    alone = len(named) == 1 and {type(item).__name__ for item in items} <= _PARAMETER
    return lifted.get(named[0]) if alone else None


def _renamed(found: Parts) -> set[str]:
    """Returns the names that a step or a list gives to something else than a node of a pattern."""
    aliases = {str(item.identifier.name) for item in found[ast.ReturnItemAlias]}
    unwound = {str(item.binding_variable.name) for item in found[ast.ForItemAlias]}
    inside = {str(item.variable.name) for item in (*found[ListComprehension], *found[ListPredicateFunction])}
    return aliases | unwound | inside


def _uses(found: Parts) -> Iterator[NodeUse | EdgeUse]:
    return (use for term in found[ast.PathTerm] for use in path_of(term))


def _costly(text: str, help_: str = "Ask for less at once.") -> Refusal:
    return Refusal(RefusalCode.UNSAFE_QUERY, text, help=help_)
