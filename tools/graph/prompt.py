"""The prompt from which a language model writes Cypher: the one place of its format, asking and training alike.

A prompt has three parts: the schema pruned to the question, a few pairs of question and query that are near to it,
the question. The answer is one query on one line, values written in it, and nothing else:

    system     Write one Cypher query ...
               Nodes:
               Asset(id, name, kind)
               Sensor(id, name, unit)
               Relationships:
               (Sensor)-[:MEASURES]->(Asset)
               Values:
               Asset.id = 'P-101'
    user       Which sensors are on T-9?
    assistant  MATCH (s:Sensor)-[:MEASURES]->(:Asset {id: 'T-9'}) RETURN s.id
    user       Which sensors are on pump P-101?

A model that is tuned for it writes `CANNOT` instead where no query answers, or something is to be changed.

A schema prompt in the very format of training is what keeps a small tuned model from naming what is not there.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import msgspec

from inference.contract import Message
from plant.facts import Scalar
from plant.graph.contract import GraphSchema, NodeType, RelationType
from tools.graph.parser.readings import (
    Days,
    End,
    Label,
    Nodes,
    Number,
    Property,
    Quoted,
    Reading,
    Relation,
    Sort,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CANNOT: Final = "The graph does not say."
"""What a tuned model writes where no query answers; `query_in` finds none in it."""

_TASK: Final = """Write one Cypher query that answers the question, and nothing else. Use only these names.
Nodes:
{nodes}
Relationships:
{relations}
Values:
{values}"""
_THOUGHT: Final = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
_MARKS: Final = re.compile(r"<\|[^|>]*\|>|```(?:cypher)?", re.IGNORECASE)
_QUERY: Final = re.compile(r"\b(?:OPTIONAL )?MATCH\b.*", re.DOTALL | re.IGNORECASE)
_TEXT_OR_PARAMETER: Final = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`|\$(\w+)")


class Named(msgspec.Struct, frozen=True):
    """A value of a property that the question names; `owner` is a label or a relationship type."""

    owner: str
    property: str
    value: Scalar


class Pruned(msgspec.Struct, frozen=True):
    """The part of a schema that a question touches.

    Attributes:
        nodes: Labels with their properties.
        relations: Triples between them.
        named: Values that the question names.
        literals: Numbers, days and quoted texts of the question, which belong to no property yet.
    """

    nodes: tuple[NodeType, ...]
    relations: tuple[RelationType, ...]
    named: tuple[Named, ...] = ()
    literals: tuple[Scalar, ...] = ()


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question with its query."""

    question: str
    query: str


def prompt_for(question: str, schema: Pruned, examples: Sequence[Example] = ()) -> list[Message]:
    """Returns the turns that a model is asked with, and trained on.

    Args:
        question: As it was asked.
        schema: What it touches, from `prune`.
        examples: Pairs near to it, the nearest last.
    """
    task = _TASK.format(
        nodes=_lines(f"{node.label}({', '.join(node.properties)})" for node in schema.nodes),
        relations=_lines(f"({r.start})-[:{r.type}{_properties(r)}]->({r.end})" for r in schema.relations),
        values=_lines(f"{one.owner}.{one.property} = {literal(one.value)}" for one in schema.named),
    )
    turns = [turn for pair in examples for turn in (Message("user", pair.question), Message("assistant", pair.query))]
    return [Message("system", task), *turns, Message("user", question)]


def answer_for(query: str, parameters: Mapping[str, Any]) -> str:
    """Returns the answer that a model is to give: a query on one line, with its parameters' values in their places.

    Raises:
        KeyError: If a parameter has no value.
    """

    def written(match: re.Match[str]) -> str:
        return literal(parameters[match[1]]) if match[1] else match[0]

    return " ".join(_TEXT_OR_PARAMETER.sub(written, query).split())


def query_in(text: str) -> str | None:
    """Returns the query inside what a model wrote: without thoughts, fences, marks, and its talk around it."""
    bare = _MARKS.sub("\n", _THOUGHT.sub("", text))
    match = _QUERY.search(bare)
    return match[0].split("\n\n", 1)[0].strip() if match else None


def literal(value: Any) -> str:
    """Returns a value as Cypher writes it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, int | float):
        return "null" if value is None else str(int(value)) if float(value).is_integer() else repr(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def prune(schema: GraphSchema, readings: Iterable[Reading]) -> Pruned:
    """Returns what a question touches: labels and triples of its readings, and the ways between labels.

    These are all triples that join two of the labels, and where none does, a shortest path.

    All labels and triples where it touches none.
    """
    meanings = [reading.meaning for reading in readings]
    owners, types = _touched(meanings)
    labels = owners & {node.label for node in schema.nodes}
    types |= owners - labels
    relations = [r for r in schema.relations if r.type in types and (not labels or {r.start, r.end} & labels)]
    named_labels = [node.label for node in schema.nodes if node.label in labels]
    for start, end in combinations(named_labels, 2):
        relations += shortest_path(schema.relations, start, end)
    kept = labels | {label for r in relations for label in (r.start, r.end)}
    if not kept:
        kept, relations = {node.label for node in schema.nodes}, list(schema.relations)
    return Pruned(
        nodes=tuple(node for node in schema.nodes if node.label in kept),
        relations=tuple(r for r in schema.relations if r in relations or {r.start, r.end} <= kept),
        named=tuple(dict.fromkeys(named for meaning in meanings for named in named_by(meaning))),
        literals=tuple(dict.fromkeys(value for meaning in meanings for value in literals_of(meaning))),
    )


def shortest_path(relations: Sequence[RelationType], start: str, end: str) -> list[RelationType]:
    """Returns the triples of one shortest path between two labels, directions aside; none where there is no path."""
    reached: dict[str, list[RelationType]] = {start: []}
    waiting = [start]
    for label in waiting:
        for relation in relations:
            other = {relation.start: relation.end, relation.end: relation.start}.get(label)
            if other is not None and other not in reached:
                reached[other] = [*reached[label], relation]
                waiting.append(other)
    return reached.get(end, [])


def _touched(meanings: Iterable[Any]) -> tuple[set[str], set[str]]:
    """Returns the owners of properties, and the types, that meanings are about."""
    owners: set[str] = set()
    types: set[str] = set()
    for meaning in meanings:
        match meaning:
            case Label(label) | Nodes(label) | Sort(label) | Value(label):
                owners.add(label)
            case Property(owner, _, _, of_relation):
                (types if of_relation else owners).add(owner)
            case Relation(type_) | End(type_):
                types.add(type_)
    return owners, types


def named_by(meaning: Any) -> list[Named]:
    """Returns the values of a property that a meaning names."""
    match meaning:
        case Nodes(label, ids):
            return [Named(label, "id", key) for key in ids]
        case Sort(label, name, value) | Value(label, name, value):
            return [Named(label, name, value)]
    return []


def literals_of(meaning: Any) -> list[Scalar]:
    """Returns the number, days or text that a meaning is, of no property yet."""
    match meaning:
        case Number(number):
            return [int(number) if number.is_integer() else number]
        case Quoted(text):
            return [text]
        case Days(first, last):
            return [day.isoformat() for day in (first, last) if day is not None]
    return []


def _properties(relation: RelationType) -> str:
    return f" {{{', '.join(relation.properties)}}}" if relation.properties else ""


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines) or "(none)"
