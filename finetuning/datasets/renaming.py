"""Other names for a graph's labels, relationship types and properties, in a question's schema and in its query alike.

The question stays as it was asked: what else a graph might call a thing is as good a name for the question's word
(`renamed.toml`). So a model learns to read the names in its prompt, where two graphs alone could be known by heart.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import msgspec

from plant.graph.contract import NodeType
from tools.graph.prompt import Named, Pruned

if TYPE_CHECKING:
    from random import Random

_PIECE: Final = re.compile(r"'(?:\\.|[^'\\])*'|(?<=[:|])[A-Za-z_]\w*|(?<=\.)[A-Za-z_]\w*|[A-Za-z_]\w*(?=:\s)")
"""A text, which stays; or a label or type behind its colon, a property behind its dot or before its colon."""


class Names(msgspec.Struct, frozen=True):
    """New names by old ones: of labels and types, and of properties. What has none keeps its own."""

    kinds: Mapping[str, str]
    properties: Mapping[str, str]

    def schema(self, pruned: Pruned) -> Pruned:
        """Returns a part of a schema under the new names."""
        kind, owned = self.kinds.get, self._owned
        return Pruned(
            nodes=tuple(NodeType(kind(n.label, n.label), owned(n.properties), n.count) for n in pruned.nodes),
            relations=tuple(
                msgspec.structs.replace(
                    r,
                    start=kind(r.start, r.start),
                    type=kind(r.type, r.type),
                    end=kind(r.end, r.end),
                    properties=owned(r.properties),
                )
                for r in pruned.relations
            ),
            named=tuple(
                Named(kind(n.owner, n.owner), self.properties.get(n.property, n.property), n.value)
                for n in pruned.named
            ),
            literals=pruned.literals,
        )

    def query(self, text: str) -> str:
        """Returns a query under the new names; its texts stay."""

        def renamed(match: re.Match[str]) -> str:
            before = text[: match.start()]
            return (self.kinds if before.endswith((":", "|")) else self.properties).get(match[0], match[0])

        return _PIECE.sub(renamed, text)

    def _owned(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted((self.properties.get(name, name) for name in names), key=lambda name: (name != "id", name)))


def drawn(schema_names: set[str], random: Random) -> Names:
    """Draws new names for a graph; each is kept as it was now and then, and no two names become one.

    Args:
        schema_names: Every label, type and property of the graph.
        random: Decides.
    """
    table = _table()
    taken = set(schema_names)

    def draw(names: Mapping[str, list[str]]) -> dict[str, str]:
        new: dict[str, str] = {}
        for name in sorted(schema_names & names.keys()):
            other = random.choice([name, *names[name]])
            if other not in taken:
                taken.add(other)
                new[name] = other
        return new

    return Names(draw({**table["labels"], **table["types"]}), draw(table["properties"]))


def used_kinds(query: str) -> set[str]:
    """Returns the labels and types that a query uses."""
    return {name for name, kind in _used(query) if kind}


def used_properties(query: str) -> set[str]:
    """Returns the properties that a query uses, but `id` and `name`."""
    return {name for name, kind in _used(query) if not kind} - {"id", "name"}


def _used(query: str) -> list[tuple[str, bool]]:
    """Returns the names of a query, and whether each is of a label or type."""
    found = (match for match in _PIECE.finditer(query) if not match[0].startswith("'"))
    return [(one[0], query[: one.start()].endswith((":", "|"))) for one in found]


def without(pruned: Pruned, name: str) -> Pruned:
    """Returns a part of a schema in which nothing has a property."""
    nodes, relations = (
        tuple(
            msgspec.structs.replace(one, properties=tuple(other for other in one.properties if other != name))
            for one in owners
        )
        for owners in (pruned.nodes, pruned.relations)
    )
    named = tuple(one for one in pruned.named if one.property != name)
    return msgspec.structs.replace(pruned, nodes=nodes, relations=relations, named=named)


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, list[str]]]:
    text = files("finetuning.datasets").joinpath("renamed.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
