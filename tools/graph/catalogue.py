"""What the live graph holds, learnt once per schema: how its nodes are called, and what values its properties have.

A graph is read with one query per label, in pages, and one per triple that has properties; nothing of it
is asked again until the schema changes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from tools.graph.entities import Linker, entity_of
from tools.graph.parser.readings import ValueKind
from tools.graph.parser.words import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from plant.facts import Scalar
    from plant.graph.contract import GraphSchema, NodeType, RelationType
    from tools.graph.entities import Entity

FEW: Final = 60
"""A property with at most so many different values is one whose values people know and ask by."""

_PAGE: Final = 5_000
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.+\-Z]*)?\Z")


class Catalogue:
    """The names and values of one graph.

    Attributes:
        schema: Labels, triples and properties.
        entities: Finds its nodes in questions.
    """

    def __init__(
        self, schema: GraphSchema, entities: Iterable[Entity], values: Mapping[tuple[str, str], Iterable[Scalar]]
    ) -> None:
        self.schema = schema
        self._values = {key: tuple(dict.fromkeys(found)) for key, found in values.items()}
        self._kinds = {key: _kind(found) for key, found in self._values.items()}
        self.entities = Linker(entities, _words_of(self._values))

    @classmethod
    def learn(
        cls,
        schema: GraphSchema,
        read: Callable[[str], Sequence[Sequence[Any]]],
        aliases: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Catalogue:
        """Reads a graph.

        Args:
            schema: What there is to read.
            read: Runs a Cypher text and returns its rows; what it raises is passed on.
            aliases: What else people call a node, by its id.
        """
        entities: dict[str, Entity] = {}
        values: dict[tuple[str, str], list[Scalar]] = defaultdict(list)
        for node in schema.nodes:
            for row in _rows_of(node, read):
                properties = dict(zip(node.properties, row, strict=True))
                _keep(values, node.label, properties)
                entity = entity_of(node.label, properties, aliases or {})
                if entity is not None:
                    entities.setdefault(entity.key, entity)
        for relation in schema.relations:
            for row in read(_of_relation(relation)) if relation.properties else ():
                _keep(values, relation.type, dict(zip(relation.properties, row, strict=True)))
        return cls(schema, entities.values(), values)

    def kind_of(self, owner: str, name: str) -> ValueKind:
        """Returns what the values of a property of a label or type are; text where there are none."""
        return self._kinds.get((owner, name), ValueKind.TEXT)

    def values_of(self, owner: str, name: str) -> tuple[Scalar, ...]:
        """Returns the values of a property in reading order, or nothing where they are more than `FEW`."""
        found = self.all_values_of(owner, name)
        return found if len(found) <= FEW else ()

    def all_values_of(self, owner: str, name: str) -> tuple[Scalar, ...]:
        """Returns all different values of a property, however many, in reading order."""
        return self._values.get((owner, name), ())


def _rows_of(node: NodeType, read: Callable[[str], Sequence[Sequence[Any]]]) -> Iterator[Sequence[Any]]:
    columns = ", ".join(f"n.`{name}` AS `{name}`" for name in node.properties)
    if not columns:
        return
    query = f"MATCH (n:`{node.label}`) RETURN {columns}"
    if node.count <= _PAGE:
        yield from read(query)
        return
    for start in range(0, node.count, _PAGE):
        yield from read(f"{query} ORDER BY n.`{node.properties[0]}` SKIP {start} LIMIT {_PAGE}")


def _of_relation(relation: RelationType) -> str:
    columns = ", ".join(f"r.`{name}` AS `{name}`" for name in relation.properties)
    return f"MATCH (:`{relation.start}`)-[r:`{relation.type}`]->(:`{relation.end}`) RETURN DISTINCT {columns}"


def _keep(values: dict[tuple[str, str], list[Scalar]], owner: str, properties: dict[str, Any]) -> None:
    for name, value in properties.items():
        if isinstance(value, str | int | float):
            values[owner, name].append(value)


def _words_of(values: Mapping[tuple[str, str], tuple[Scalar, ...]]) -> set[str]:
    """Returns the words that values are made of and that look like ids: the T10 of "Alfa Laval T10"."""
    texts = (value for found in values.values() for value in found if isinstance(value, str))
    return {word.plain for text in texts if any(mark.isdigit() for mark in text) for word in split(text)}


def _kind(values: Sequence[Scalar]) -> ValueKind:
    if values and all(isinstance(value, bool) for value in values):
        return ValueKind.FLAG
    if values and all(isinstance(value, int | float) for value in values):
        return ValueKind.NUMBER
    if values and all(isinstance(value, str) and _DAY.match(value) for value in values):
        return ValueKind.DAY
    return ValueKind.TEXT
