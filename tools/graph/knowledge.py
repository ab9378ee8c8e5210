"""What the graph tool knows of one graph, each part learnt when it is first needed: guard, names and values, ways."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from plant.facts import Refusal
from tools.graph.catalogue import Catalogue
from tools.graph.guard import Guard
from tools.graph.meaning import meaning_of
from tools.graph.parser.lexicon import Lexicon
from tools.graph.parser.parse import Parser
from tools.graph.recipes import Book

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plant.facts import Scalar
    from plant.graph.contract import GraphBackend, GraphSchema
    from plant.settings import Settings

_MOST_NODES: Final = 100_000


class Knowledge:
    """One graph, as long as it stays the same.

    Args:
        schema: What there is to ask about.
        revision: The engine's word for it as it is.
        backend: The graph.
        settings: For timeout and row limit.
        aliases: What people call the tags, by tag.

    Attributes:
        schema: As given, as are `revision` and `aliases`.
        guard: Judges queries against it.
    """

    def __init__(
        self,
        schema: GraphSchema,
        revision: str,
        backend: GraphBackend,
        settings: Settings,
        aliases: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.schema = schema
        self.revision = revision
        self.aliases = aliases
        self.guard = Guard(schema, row_limit=settings.graph.row_limit)
        self._backend = backend
        self._limits = settings.graph

    @cached_property
    def catalogue(self) -> Catalogue:
        """Names and values of its nodes; raises as `GraphBackend.run` does."""
        wide = Guard(self.schema, row_limit=_MOST_NODES)

        def read(text: str) -> list[tuple[Any, ...]]:
            query = wide.check(text)
            assert not isinstance(query, Refusal), query  # the catalogue asks only by names of the schema
            return list(self._backend.run(query, timeout_s=self._limits.timeout_s).rows)

        return Catalogue.learn(self.schema, read, self.aliases)

    @cached_property
    def book(self) -> Book:
        """The recipes that fit."""
        return Book(self.guard)

    @cached_property
    def parser(self) -> Parser:
        """Understands questions about it."""
        return Parser(self.catalogue)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Says what words mean in it."""
        return Lexicon(self.catalogue)

    def meaning_of(self, query: str) -> dict[str, str] | None:
        """Returns what a query asks for, in English and French; None for one that the guard refuses."""
        return meaning_of(self.guard.read(query), self.schema, row_limit=self._limits.row_limit)

    def values_of(self, name: str) -> list[Scalar]:
        """Returns the values that a property has anywhere."""
        return [value for node in self.schema.nodes for value in self.catalogue.all_values_of(node.label, name)]
