"""A language model writes the Cypher where no recipe fits, fenced in on both sides.

Before: a grammar built from the live schema, so that it cannot name what is not there, with only
the values that the question names. After: the guard, at most one repair with the engine's words,
and a check of sense. A small model writes plausible nonsense that runs; so its query counts only
where it accounts for every word of the question and for every entity in it, and else is nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from graphglot import ast

from inference.contract import Message, Options, PromptTooLong
from inference.grammar import any_of, grammar, literal
from plant.errors import BadInput
from plant.facts import Refusal
from tools.graph.cookbook import COMMON_WORDS, COUNTING
from tools.graph.cypher import EdgeUse, NodeUse, paths, walk
from tools.graph.entities import LABEL_WORDS, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from inference.contract import LanguageModel
    from plant.graph.contract import GraphSchema, RelationType
    from tools.graph.entities import Linked
    from tools.graph.guard import Checked, Guard

_MAX_TOKENS: Final = 120
_MAX_TRIPLES: Final = 12
_STEM: Final = 4
_TASK: Final = """You write one Cypher query that answers the question, and nothing else.
Node labels with their properties:
{labels}
Relationships:
{triples}"""
_EXAMPLES: Final = (
    ("Which sensors are on P-9?", "MATCH (a:Sensor)-[:MEASURES]->(b:Asset) WHERE b.id = 'P-9' RETURN a.id"),
    ("How many work orders are open?", "MATCH (a:WorkOrder) WHERE a.status = 'open' RETURN count(a)"),
)
_THOUGHT: Final = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
_MARKS: Final = re.compile(r"<\|[^|>]*\|>|```(?:cypher)?", re.IGNORECASE)
_QUERY: Final = re.compile(r"\b(?:OPTIONAL )?MATCH\b.*", re.DOTALL | re.IGNORECASE)
_JSON_SHAPE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"query": {"type": "string"}},
    "required": ["query"],
}

Value = tuple[str, str]
"""A property and a value of it that the question names."""


class Generator:
    """Writes queries for one schema.

    Args:
        model: The language model.
        guard: Judges what it writes.
        schema: What there is to ask about.
    """

    def __init__(self, model: LanguageModel, guard: Guard, schema: GraphSchema) -> None:
        self._model = model
        self._guard = guard
        self._properties = {node.label: node.properties for node in schema.nodes}
        self._relations = schema.relations

    def write(
        self, question: str, linked: Linked, values: Sequence[Value], failure: Callable[[str], str | None]
    ) -> str | None:
        """Writes a query that passes the guard, runs, and makes sense of the question.

        Args:
            question: As it was asked.
            linked: The question with its entities.
            values: Property values that the question names, ids aside.
            failure: Runs a query and returns the engine's words if it fails.

        Returns:
            The query's text, or None where there is none that may be trusted.

        Raises:
            ServiceUnavailable: When the model does not answer.
        """
        named = [("id", entity.key) for entity in linked.entities] + list(values)
        if not self._speaks_of(linked, named):
            return None
        relations = self._pruned(linked)
        messages = self._prompt(question, relations)
        for _ in range(2):  # once, and one repair
            text = self._complete(messages, relations, named)
            if text is None:
                return None
            checked = self._guard.read(text)
            words = checked.text if isinstance(checked, Refusal) else failure(text)
            if words is None:
                return text if makes_sense(checked, linked, named) else None
            messages = [
                *messages,
                Message("assistant", text),
                Message("user", f"That is wrong: {words} Write it again."),
            ]
        return None

    def _complete(
        self, messages: Sequence[Message], relations: Sequence[RelationType], named: list[Value]
    ) -> str | None:
        if self._model.grammars:
            options = Options(max_tokens=_MAX_TOKENS, grammar=self._grammar(relations, named))
        else:
            options = Options(max_tokens=_MAX_TOKENS, schema=_JSON_SHAPE)
        try:
            text = self._model.complete(messages, options)[0].text
            if not self._model.grammars:
                text = str(msgspec.json.decode(text)["query"])
        except (PromptTooLong, BadInput, msgspec.DecodeError, KeyError, TypeError):
            return None  # a model that cannot say it has not understood
        return clean(text)

    def _speaks_of(self, linked: Linked, named: list[Value]) -> bool:
        """Whether the schema has a word for every word of the question, and the question one for a label.

        If not, no query makes sense of it, and the model need not be asked.
        """
        properties = [name for names in self._properties.values() for name in names]
        types = [relation.type for relation in self._relations]
        stems = _stems(self._properties, types, properties, [value for _, value in named])
        return _accounts_for(linked.text, stems) and _names_a_label(linked.text, self._properties)

    def _pruned(self, linked: Linked) -> list[RelationType]:
        """Returns the triples that the question touches, all where it touches none; the prompt stays short."""
        labels = {entity.label for entity in linked.entities}
        labels |= {label for label in self._properties if _mentions(linked.text, _label_words(label))}
        near = [r for r in self._relations if {r.start, r.end} & labels]
        return (near or list(self._relations))[:_MAX_TRIPLES]

    def _prompt(self, question: str, relations: Sequence[RelationType]) -> list[Message]:
        labels = list(dict.fromkeys(label for r in relations for label in (r.start, r.end))) or list(self._properties)
        task = _TASK.format(
            labels="\n".join(f"{label}({', '.join(self._properties[label])})" for label in labels),
            triples="\n".join(f"(:{r.start})-[:{r.type}]->(:{r.end})" for r in relations),
        )
        turns = [
            Message(role, text) for pair in _EXAMPLES for role, text in zip(("user", "assistant"), pair, strict=True)
        ]
        return [Message("system", task), *turns, Message("user", question)]

    def _grammar(self, relations: Sequence[RelationType], named: list[Value]) -> str:
        """Returns the GBNF of simple MATCH-WHERE-RETURN queries over these triples and values."""
        rules: dict[str, str] = {}
        shapes: list[str] = []
        labels = dict.fromkeys(label for r in relations for label in (r.start, r.end)) or dict.fromkeys(
            self._properties
        )
        for number, label in enumerate(labels):
            rules[f"one-{number}"] = self._shape(f"(a:{label})", {"a": label}, named)
            shapes.append(f"one-{number}")
        for number, r in enumerate(relations):
            pattern = f"(a:{r.start})-[:{r.type}]->(b:{r.end})"
            rules[f"hop-{number}"] = self._shape(pattern, {"a": r.start, "b": r.end}, named)
            shapes.append(f"hop-{number}")
        return grammar({"root": " | ".join(shapes), **rules})

    def _shape(self, pattern: str, labels: dict[str, str], named: list[Value]) -> str:
        conditions = [
            f"{variable}.{name} = {_quoted(value)}"
            for variable, label in labels.items()
            for name, value in named
            if name in self._properties[label]
        ]
        returned = [f"{variable}.{name}" for variable, label in labels.items() for name in self._properties[label]]
        returned += [f"count({variable})" for variable in labels]
        where = ""
        if conditions:
            one = any_of(conditions)
            where = f'(" WHERE " {one} (" AND " {one})?)? '
        return f'{literal(f"MATCH {pattern}")} {where}" RETURN " {any_of(returned)} (", " {any_of(returned)}){{0,2}}'


def clean(text: str) -> str | None:
    """Returns the query inside what a model wrote: without thoughts, fences, marks, and its talk around it."""
    bare = _MARKS.sub("\n", _THOUGHT.sub("", text))
    match = _QUERY.search(bare)
    return match[0].split("\n\n", 1)[0].strip() if match else None


def makes_sense(checked: Checked | Refusal, linked: Linked, named: Sequence[Value]) -> bool:
    """Whether a query accounts for its question: every entity and value asked for, and every word.

    Words count by their first letters against what the query names: labels, relationship types,
    properties, values. What is left over means that something was asked that the query leaves out.
    """
    if isinstance(checked, Refusal):
        return False
    held = set(checked.lifted.values())
    if not {value for _, value in named} <= held:
        return False
    uses = [use for path in paths(checked.tree) for use in path]
    if _counts(checked.tree) != bool(COUNTING.search(linked.text)):
        return False
    labels = [label for use in uses if isinstance(use, NodeUse) for label in use.labels]
    if not _names_a_label(linked.text, labels):
        return False
    types = [name for use in uses if isinstance(use, EdgeUse) for name in use.types]
    properties = [
        str(item.property_name[-1].identifier.name)
        for item in walk(checked.tree)
        if isinstance(item, ast.PropertyReference)
    ]
    return _accounts_for(linked.text, _stems(labels, types, properties, held))


def _counts(tree: Any) -> bool:
    return any(type(item).__name__ in {"_Count", "_CountAsterisk"} for item in walk(tree))


def _stems(labels: Iterable[str], types: Iterable[str], properties: Iterable[str], values: Iterable[str]) -> set[str]:
    """Returns the first letters of every word that these names are known by."""
    phrases = [phrase for label in labels for phrase in _label_words(label)]
    phrases += [name.replace("_", " ") for name in (*types, *properties)] + list(values)
    return {word[:_STEM] for phrase in phrases for word in plain(phrase).split()}


def _names_a_label(text: str, labels: Iterable[str]) -> bool:
    return any(_mentions(text, _label_words(label)) for label in labels)


def _accounts_for(text: str, stems: set[str]) -> bool:
    asked = re.findall(r"[a-z0-9]+", re.sub(r"<\w+>", " ", text))
    return all(word in COMMON_WORDS or word[:_STEM] in stems for word in asked)


def _label_words(label: str) -> tuple[str, ...]:
    own = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).lower()
    return (own, *LABEL_WORDS.get(label, ()))


def _mentions(text: str, words: Sequence[str]) -> bool:
    return any(re.search(rf"\b{re.escape(word)}", text) for word in words)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
