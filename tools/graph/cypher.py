"""Cypher as a tree: tokens, a parse that is bounded (`packrat.py`), and the patterns that a query walks.

graphglot reads Neo4j's dialect; its classes are the tree's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from graphglot import ast
from graphglot.ast.base import Expression
from graphglot.dialect.neo4j import Neo4j
from graphglot.error import GraphGlotError
from graphglot.lexer import Token, TokenType

from tools.graph.packrat import OutOfBudgetError, Packrat

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIALECT: Final = Neo4j()
_MAX_DEPTH: Final = 40
_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_NOT_WORDS: Final = frozenset({TokenType.STRING, TokenType.VAR})
_FUNCTION_WORDS: Final = """
abs ceil collect exp floor group left local log lower record replace right round schema sin size sqrt table trim upper
"""
_FUNCTIONS: Final = frozenset(_FUNCTION_WORDS.split())
"""Words of graphglot that are names wherever no parenthesis follows."""
_TAKEN_WORDS: Final = """
all and any as at call case create delete distinct drop else group having is limit load match next not optional or
return set string then union use when where with xor yield
"""
_TAKEN: Final = _FUNCTIONS.union(_TAKEN_WORDS.split())
"""Words that graphglot does not take for a name; `null`, `true` and `false` are none for an engine either."""
_HOLDERS: Final = (Expression, list, tuple)
_PLACE: Final = re.compile(r"line (\d+), col:? (\d+)", re.IGNORECASE)


class NotCypher(Exception):
    """The text does not parse; the message says where, in plain words."""


def tokens(text: str) -> list[Token]:
    """Splits a text into tokens. Raises `NotCypher`."""
    try:
        return list(_DIALECT.tokenize(text))
    except (GraphGlotError, ValueError, IndexError) as error:
        raise NotCypher(_where(error, text)) from error


def names_among(words: list[Token]) -> set[int]:
    """Returns which tokens are names though graphglot takes the word for its own: `u.floor`, `{size: 2}`, `AS left`."""
    found, open_ = set(), [""]
    for at, word in enumerate(words):
        before, after = words[at - 1].text if at else "", words[at + 1].text if at + 1 < len(words) else ""
        if word.token_type in _NOT_WORDS:
            continue
        if word.text in _OPENING:
            open_.append(word.text)
        elif word.text in _CLOSING and len(open_) > 1:
            open_.pop()
        name = word.text.lower()
        if after == "(" or before == "$" or name not in _TAKEN:
            continue
        in_map = open_[-1] == "{"
        is_key = in_map and before in {"{", ","} and after == ":"
        is_label = before == ":" and not in_map
        if before == "." or is_key or is_label or name in _FUNCTIONS or (before.upper() == "AS" and name != "string"):
            found.add(at)
    return found


def parse(text: str) -> list[Expression]:
    """Reads a text as statements, one tree each. Raises `NotCypher`."""
    words = tokens(text)
    _check_depth(words)
    try:
        trees = Packrat(dialect=_DIALECT).parse(words, text)
    except OutOfBudgetError as error:
        raise NotCypher("it takes too long to read.") from error
    except RecursionError as error:
        raise NotCypher("it is nested too deeply.") from error
    except (GraphGlotError, ValueError, TypeError, NotImplementedError) as error:
        raise NotCypher(_where(error, text)) from error
    return [tree for tree in trees if tree is not None]


def walk(node: Any) -> Iterator[Expression]:
    """Yields every expression of a tree, parents first."""
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Expression):
            yield item
            names = type(item).__ast_field_names__[::-1]
            waiting += [value for name in names if isinstance(value := getattr(item, name), _HOLDERS)]
        elif isinstance(item, _HOLDERS):
            waiting += item[::-1]


class NodeUse(msgspec.Struct, frozen=True):
    """A node of a pattern, `(a:Asset {id: $x})`; labels are alternatives, empty for any."""

    variable: str
    labels: tuple[str, ...]
    properties: tuple[str, ...]


class EdgeUse(msgspec.Struct, frozen=True):
    """A relationship of a pattern; types are alternatives, empty for any.

    `direction` is `right`, `left` or `any`; `hops` is (fewest, most), most None when unbounded.
    """

    variable: str
    types: tuple[str, ...]
    properties: tuple[str, ...]
    direction: str
    hops: tuple[int, int | None]


Path = tuple[NodeUse | EdgeUse, ...]


Parts = Mapping[type[Expression], Sequence[Any]]
"""A tree's expressions by their class, parents first; empty for a class that is not there."""


def parts(tree: Expression) -> Parts:
    """Returns the parts of a tree, from one walk."""
    found: dict[type[Expression], list[Any]] = defaultdict(list)
    for item in walk(tree):
        found[type(item)].append(item)
    return found


def paths(tree: Expression) -> list[Path]:
    """Returns the path patterns of a tree, those in predicates included."""
    return [path_of(term) for term in walk(tree) if isinstance(term, ast.PathTerm)]


def path_of(term: ast.PathTerm) -> Path:
    """Returns one path pattern as it is walked."""
    uses = [_use(factor) for factor in term.factors]
    return tuple(use for use in uses if use is not None)


def counts(tree: Any) -> bool:
    """Whether a tree counts something."""
    return any(type(item).__name__ in {"_Count", "_CountAsterisk"} for item in walk(tree))


def labels_in(node: Any) -> tuple[str, ...]:
    """Returns the label or type names inside an expression, in order."""
    return tuple(str(item.identifier.name) for item in walk(node) if isinstance(item, ast.LabelName))


def _use(factor: Any) -> NodeUse | EdgeUse | None:
    hops: tuple[int, int | None] = (1, 1)
    if isinstance(factor, ast.QuantifiedPathPrimary):
        hops = _hops(factor.graph_pattern_quantifier)
        factor = factor.path_primary
    if isinstance(factor, ast.NodePattern):
        return NodeUse(*_filling(factor.element_pattern_filler))
    if isinstance(factor, ast.AbbreviatedEdgePattern):
        return EdgeUse("", (), (), _direction(factor.pattern.name), hops)
    if hasattr(factor, "element_pattern_filler"):
        return EdgeUse(*_filling(factor.element_pattern_filler), _direction(type(factor).__name__), hops)
    return None


def _filling(filler: Any) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    if filler is None:
        return "", (), ()
    declared = filler.element_variable_declaration
    names = (item.property_name for item in walk(filler) if isinstance(item, ast.PropertyKeyValuePair))
    return (
        str(declared.element_variable.name) if declared else "",
        labels_in(filler.is_label_expression),
        tuple(str(name.identifier.name) for name in names),
    )


def _direction(name: str) -> str:
    word = name.lower()
    if "any" in word or ("left" in word and "right" in word) or "minus" in word:
        return "any"
    return "left" if "left" in word else "right"


def _hops(quantifier: Any) -> tuple[int, int | None]:
    if isinstance(quantifier, ast.FixedQuantifier):
        return int(quantifier.unsigned_integer.value), int(quantifier.unsigned_integer.value)
    if not isinstance(quantifier, ast.GeneralQuantifier):
        return 1, None
    lower, upper = quantifier.lower_bound, quantifier.upper_bound
    return int(lower.value) if lower else 1, int(upper.value) if upper else None


def _check_depth(words: list[Token]) -> None:
    depth = 0
    for word in words:
        if word.token_type is TokenType.STRING:
            continue
        depth += sum(mark in _OPENING for mark in word.text) - sum(mark in _CLOSING for mark in word.text)
        if depth > _MAX_DEPTH:
            raise NotCypher("it is nested too deeply.")


def _where(error: Exception, text: str) -> str:
    """Says near which words it went wrong; graphglot's own message lists every token there is."""
    place = _PLACE.search(str(error))
    if place is None:
        return "it cannot be read."
    line, column = int(place[1]), int(place[2])
    lines = text.splitlines() or [""]
    near = lines[min(line, len(lines)) - 1][max(0, column - 20) : column + 5].strip()
    return f"something is wrong near {near!r}."
