"""Whether a model's query makes sense of its question: a small model writes plausible nonsense that runs.

Both ways, from the readings of the question's words (`parser/readings.py`): every word must have a reading that the
query uses, and whatever the query does (a value, an end of a path, a property that it returns, a negation, a count, an
order) must be asked for by some word. It does not prove a query right, and is meant to reject some that are.

Which checks are worth it was measured on the references of train and dev and on wrong queries made from them (another
question's, a filter left out, a direction turned round, another label, value or property): docs/graph.md.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec
from graphglot import ast

from tools.graph.cypher import EdgeUse, NodeUse, paths, walk
from tools.graph.entities import CODES, NAMES, plain
from tools.graph.parser.readings import Days, End, Function, Label, Nodes, Property, Relation, Role, Sort, Value
from tools.graph.parser.words import split
from tools.graph.prompt import literals_of, named_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.graph.cypher import Path
    from tools.graph.guard import Checked
    from tools.graph.parser.lexicon import Read
    from tools.graph.parser.readings import Reading

_COMPARED: Final = {
    "GREATER_THAN": "above",
    "GREATER_THAN_OR_EQUALS": "above",
    "LESS_THAN": "below",
    "LESS_THAN_OR_EQUALS": "below",
    "NOT_EQUALS": "negation",
}
_BY_CLASS: Final = {
    "_Count": "count",
    "_CountAsterisk": "count",
    "_Sum": "sum",
    "_Avg": "mean",
    "_Max": "descending",
    "_Min": "ascending",
    "InPredicate": "or",
    "StringMatchPredicate": "part",
}
_SIZES: Final = {Role.MORE, Role.LESS, Role.AT_LEAST, Role.AT_MOST, Role.EXACTLY}
_FIRST: Final = {Role.LARGEST, Role.SMALLEST, Role.LATEST, Role.EARLIEST, Role.TOP}
_PARTS: Final = {Role.CONTAINS, Role.STARTS, Role.ENDS}
_OPEN: Final = {Role.WHO, Role.WHEN, Role.WHERE, Role.HOW_MUCH}
"""Words that ask for a property without naming it."""

_HALF: Final = {Role.BEFORE, Role.AFTER, Role.SINCE, Role.BUT, Role.NOT, Role.NO}
"""Words that leave a span of days open."""

_PLAIN: Final = {"id", *NAMES, *CODES}
"""Properties that tell which node is meant, so that nobody needs to ask for them."""

_PRONOUNS: Final = (
    "it its them they their those these this that he his him she her ones ce cet cette celle celles celui ceux ci la"
    " il ils elle elles lui ses son sa leur leurs"
)
_TAKING_UP: Final = frozenset(_PRONOUNS.split())
"""Words that only take up what the question has named."""

_ASKED_BY: Final[dict[str, set[Role]]] = {
    "count": {Role.COUNT, Role.HOW_MUCH, Role.EACH, Role.SORTED, *_SIZES, *_FIRST},
    "sum": {Role.SUM},
    "mean": {Role.MEAN},
    "negation": {Role.NOT, Role.NO, Role.BUT, Role.OTHER, Role.SAME, Role.UNKNOWN},
    "or": {Role.OR, Role.AND},
    "above": {Role.MORE, Role.AT_LEAST, Role.AFTER, Role.SINCE, Role.BETWEEN, Role.DURING},
    "below": {Role.LESS, Role.AT_MOST, Role.BEFORE, Role.BETWEEN, Role.DURING},
    "ascending": {Role.SMALLEST, Role.EARLIEST, Role.SORTED, Role.TOP},
    "descending": {Role.LARGEST, Role.LATEST, Role.SORTED, Role.TOP},
    "limit": _FIRST,
    "number": {Role.COUNT, Role.HOW_MUCH, Role.WHETHER, Role.BE, Role.HAVE},
    "part": _PARTS,
}
"""What a query may do, by the words that ask for it."""

_ASKS_FOR: Final[dict[Role, frozenset[str]]] = {
    Role.COUNT: frozenset({"count"}),
    Role.SUM: frozenset({"sum"}),
    Role.MEAN: frozenset({"mean"}),
    Role.OR: frozenset({"or", "below", "above"}),
    Role.BETWEEN: frozenset({"above"}),
    Role.TOP: frozenset({"limit"}),
    Role.SORTED: frozenset({"ascending", "descending"}),
    **dict.fromkeys((Role.NOT, Role.NO, Role.OTHER, Role.UNKNOWN), frozenset({"negation", "above", "below"})),
    **dict.fromkeys((Role.MORE, Role.AT_LEAST, Role.AFTER, Role.SINCE), frozenset({"above"})),
    **dict.fromkeys((Role.LESS, Role.AT_MOST, Role.BEFORE), frozenset({"below"})),
    **dict.fromkeys((Role.LARGEST, Role.LATEST), frozenset({"descending"})),
    **dict.fromkeys((Role.SMALLEST, Role.EARLIEST), frozenset({"ascending"})),
    **dict.fromkeys(_PARTS, frozenset({"part"})),
    **dict.fromkeys((Role.SAME, Role.PATH), frozenset[str]()),  # what no check here could tell right from wrong
}
"""What a word of a role asks a query to do, one of these; of any other role, nothing."""


class _Query(msgspec.Struct, frozen=True):
    """What a query names and does; `ends` are the labels at either end of its paths, `shown` what it only returns."""

    labels: set[str]
    types: set[str]
    properties: set[str]
    returned: set[str]
    shown: set[str]
    heads: set[str]
    ends: set[str]
    values: set[Any]
    acts: set[str]
    looped: bool


def unread(read: Read) -> list[str]:
    """Returns the words of a question that nothing reads, but those that take up what it has named."""
    return [word for word in read.unread if plain(word) not in _TAKING_UP]


def makes_sense(query: Checked, read: Read, *, limited: bool, tuned: bool = False) -> bool:
    """Whether a query accounts for every word of its question, and its question for all of the query.

    Args:
        query: What the guard made of it.
        read: What the question's words may mean.
        limited: Whether the query had a LIMIT before the guard set one.
        tuned: Whether the model has learnt which way round a relationship goes that leads from a label to itself; no
            check here can tell.
    """
    if unread(read) or read.unknown:
        return False
    found = _query(query, _types(read.readings))
    if limited:
        found.acts.add("limit")
    said = plain(" ".join(word.written for word in read.words))
    return (
        all(_covered(at, read, found) for at in range(len(read.words)))
        and all(_is_said(value, said) for value in found.values - _values(read.readings))
        and found.ends <= _touched(read.readings)
        and all(_asked(act, read.readings) for act in found.acts)
        and _returns_what_is_asked(found, read.readings)
        and (tuned or not found.looped)
    )


def _is_said(value: Any, said: str) -> bool:
    """Whether a text is in the question, word for word."""
    return isinstance(value, str) and f" {plain(' '.join(word.written for word in split(value)))} " in f" {said} "


def _covered(at: int, read: Read, query: _Query) -> bool:
    """Whether a query uses a word; one that only takes up another, or only names a relationship, need not be."""
    here = [reading for reading in read.readings if reading.first <= at < reading.last]
    if all(isinstance(reading.meaning, Relation | End) for reading in here):
        return True
    half = any(isinstance(one.meaning, Function) and one.meaning.role in _HALF for one in read.readings)
    return any(_used(reading, query, half=half) or _is_named(reading, read, query) for reading in here)


def _is_named(reading: Reading, read: Read, query: _Query) -> bool:
    """Whether a query has a node, or a value, by the very words of the question."""
    if not isinstance(reading.meaning, Nodes | Sort | Value):
        return False
    words = " ".join(plain(word.written) for word in read.words[reading.first : reading.last])
    texts = (" ".join(plain(word.written) for word in split(value)) for value in query.values if isinstance(value, str))
    return any(f" {words} " in f" {text} " for text in texts)


def _used(reading: Reading, query: _Query, *, half: bool) -> bool:
    """Whether a query uses a reading; of a span of days one end is enough where `half` is so: "since 2025"."""
    match reading.meaning:
        case Function(role):
            return role not in _ASKS_FOR or bool(_ASKS_FOR[role] & query.acts)
        case Label(label):
            return label in query.labels
        case Nodes(label, ids):
            return label in query.labels and bool(set(ids) & query.values)
        case Sort(label, name, value) | Value(label, name, value):
            return label in query.labels | query.types and name in query.properties and value in query.values
        case Property(owner, name):
            return owner in query.labels | query.types and name in query.properties
        case Relation(type_) | End(type_):
            return type_ in query.types
    literals = set(literals_of(reading.meaning))
    return bool(literals & query.values) if half else literals <= query.values


def _asked(act: str, readings: Iterable[Reading]) -> bool:
    if act in {"above", "below", "part"} and any(isinstance(one.meaning, Days) for one in readings):
        return True
    return any(isinstance(one.meaning, Function) and one.meaning.role in _ASKED_BY[act] for one in readings)


def _values(readings: Iterable[Reading]) -> set[Any]:
    """Returns the values that a question names, and 1 and 0, which limits and comparisons need."""
    named = {one.value for reading in readings for one in named_by(reading.meaning)}
    return named | {value for reading in readings for value in literals_of(reading.meaning)} | {0, 1}


def _touched(readings: Iterable[Reading]) -> set[str]:
    return {
        one.meaning.label if not isinstance(one.meaning, Property) else one.meaning.owner
        for one in readings
        if isinstance(one.meaning, Label | Nodes | Sort | Value | Property)
    }


def _returns_what_is_asked(query: _Query, readings: Iterable[Reading]) -> bool:
    """Whether the rows are of a kind of thing, or of a property, that the question names, and of no other property."""
    asked = {one.meaning.property for one in readings if isinstance(one.meaning, Property)}
    if any(isinstance(one.meaning, Function) and one.meaning.role in _OPEN for one in readings):
        return True
    heads = {one.meaning.label for one in readings if isinstance(one.meaning, Label | Sort)}
    return query.shown <= asked | _PLAIN and bool(query.heads & heads or query.returned & asked)


def _query(query: Checked, named_types: set[str]) -> _Query:
    uses = [use for path in paths(query.tree) for use in path]
    labels = {use.variable: use.labels for use in uses if isinstance(use, NodeUse) and use.labels}
    returned = [item for item in walk(query.tree) if isinstance(item, ast.ReturnItem)]
    used = Counter(_referred(query.tree))
    shown = Counter(name for item in returned for name in _referred(item))
    edges = {name for use in uses if isinstance(use, EdgeUse) for name in use.types}
    return _Query(
        labels={label for use in uses if isinstance(use, NodeUse) for label in use.labels},
        types=edges,
        properties={name for use in uses for name in use.properties} | _properties(query.tree),
        returned={name for item in returned for name in _properties(item)},
        shown={name for name, times in shown.items() if times == used[name]},
        heads={label for item in returned for name in _variables(item) for label in labels.get(name, ())},
        ends=_ends(paths(query.tree), labels, named_types),
        values=set(query.lifted.values()) | _numbers(query.tree),
        acts=_acts(query.tree),
        looped=any(_loops(path, labels) for path in paths(query.tree)),
    )


def _ends(walked: Iterable[Path], labels: dict[str, tuple[str, ...]], named_types: set[str]) -> set[str]:
    """Returns the labels at either end of paths, but those at the end of a relationship that the question names."""
    found: set[str] = set()
    for path in walked:
        for end, edge in ((path[0], path[1:2]), (path[-1], path[-2:-1])):
            if not any(isinstance(use, EdgeUse) and named_types & set(use.types) for use in edge):
                found |= set(_labels(end, labels))
    return found


def _types(readings: Iterable[Reading]) -> set[str]:
    """Returns the relationship types that a question names, or names a property of."""
    named = {one.meaning.type for one in readings if isinstance(one.meaning, Relation | End)}
    return named | {one.meaning.owner for one in readings if isinstance(one.meaning, Property)}


def _labels(use: NodeUse | EdgeUse, labels: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return labels.get(use.variable, use.labels) if isinstance(use, NodeUse) else ()


def _loops(path: tuple[NodeUse | EdgeUse, ...], labels: dict[str, tuple[str, ...]]) -> bool:
    """Whether a step leads from a label to itself: which way round is right only a grammar of the words can tell."""
    nodes = [_labels(use, labels) for use in path[::2]]
    return any(before and before == after for before, after in pairwise(nodes))


def _properties(tree: Any) -> set[str]:
    return set(_referred(tree))


def _referred(tree: Any) -> list[str]:
    references = (item for item in walk(tree) if isinstance(item, ast.PropertyReference))
    return [str(item.property_name[-1].identifier.name) for item in references]


def _variables(tree: Any) -> set[str]:
    references = (item for item in walk(tree) if isinstance(item, ast.BindingVariableReference))
    return {str(item.binding_variable.name) for item in references}


def _numbers(tree: Any) -> set[float]:
    """Returns the numbers written in a query, its LIMIT aside."""
    limits = {id(item) for limit in walk(tree) if isinstance(limit, ast.LimitClause) for item in walk(limit)}
    numbers = (item for item in walk(tree) if isinstance(item, ast.UnsignedNumericLiteral) and id(item) not in limits)
    return {float(item.value) for item in numbers}


def _acts(tree: Any) -> set[str]:
    found = {_BY_CLASS[name] for item in walk(tree) if (name := type(item).__name__) in _BY_CLASS}
    for item in walk(tree):
        if _denies(item):
            found.add("negation")
        elif isinstance(item, ast.ComparisonPredicatePart2):
            found |= {_COMPARED[item.comp_op.name]} if item.comp_op.name in _COMPARED else set()
        elif type(item).__name__ == "_OpBooleanTerm" and item.operator.name == "OR":
            found.add("or")
        elif isinstance(item, ast.SortSpecification):
            found.add("descending" if "DESC" in str(_order(item)) else "ascending")
    returned = [item for item in walk(tree) if isinstance(item, ast.ReturnItem)]
    if len(returned) == 1 and any(type(item).__name__ in {"_Count", "_CountAsterisk"} for item in walk(returned[0])):
        found.add("number")
    return found


def _denies(item: Any) -> bool:
    """Whether a part of a query is a NOT, or an IS NULL."""
    if isinstance(item, ast.NullPredicate):
        return not item.null_predicate_part_2.not_
    return isinstance(item, ast.BooleanFactor) and bool(item.not_)


def _order(item: Any) -> str:
    return " ".join(str(one.ordering_specification) for one in walk(item) if isinstance(one, ast.OrderingSpecification))
