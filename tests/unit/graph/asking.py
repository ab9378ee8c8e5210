"""Asking a parser in tests: of any graph, on one day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from plant.graph.lines import schema_of
from tools.graph.catalogue import Catalogue
from tools.graph.parser.parse import Parsed, Parser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.graph.contract import Node, Relation
    from tools.graph.parser.form import Ask

TODAY = date(2026, 11, 21)


def parser_of(nodes: Sequence[Node], relations: Sequence[Relation]) -> Parser:
    """Returns the parser of a graph that holds these nodes and relations."""
    schema = schema_of(list(nodes), list(relations))

    def read(query: str) -> list[tuple[Any, ...]]:
        label, *others = query.split("`")[1::2]
        if "]->" in query:
            type_, (_, _, _, *names) = others[0], [label, *others]
            return [
                tuple(r.properties.get(name) for name in dict.fromkeys(names)) for r in relations if r.type == type_
            ]
        (names,) = (node.properties for node in schema.nodes if node.label == label)
        rows = ({"id": node.key, **node.properties} for node in nodes if node.label == label)
        return [tuple(row.get(name) for name in names) for row in rows]

    return Parser(Catalogue.learn(schema, read))


def ask(parser: Parser, question: str) -> Ask:
    """Returns the form of a question that is answered."""
    parsed = parser.parse(question, TODAY)
    assert isinstance(parsed, Parsed), parsed
    return parsed.ask
