"""The graph tool: a question or a Cypher query in, facts with their rows and query out.

A question is tried by a recipe first, then by the language model if there is one, then refused:
a wrong answer is worse than "I don't know". A given query goes straight through the guard.

Facts, all citing the one evidence (kind `query`: the Cypher that ran, its parameters, its rows):

| name | value |
|---|---|
| `rows.count` | how many rows came back; 0 is an answer ("there is none"), see `data["empty"]` |
| `row.COLUMN` | one value of a row, one fact for each row, in row order; empty values are left out |
| `entity` | id of each node the question was linked to, in order of mention |

A column is named for what it holds: recipes use `tag`, `asset`, `description`, `unit`, `order`,
`title`, `opened`, `closed`, `status`, `technician`, `part`, `number`, `stock`, `code`, `failure`,
`effect`, `manual`, `file`, `name`, `kind`, `model`, `maker`, `distance`, `count`; each recipe's own
columns stand in `tools/graph/recipes.py`. A refusal keeps the `entity` facts that explain it.

`ToolResult.data` is the JSON that `millhand graph ask|query --json` prints:

| key | value |
|---|---|
| `query` | the Cypher that ran, as the guard rewrote it; null when none ran |
| `parameters` | its parameters, literals of the query included |
| `columns`, `rows` | names, and a list of lists of values |
| `truncated` | whether there were more rows than the limit |
| `how` | `recipe`, `model`, `given`; null when nothing answered |
| `recipe` | name of the recipe, or null |
| `meaning` | what was asked, as a noun phrase, `{"en": "sensors on P-101", "fr": "capteurs sur P-101"}`, or null |
| `choices` | for `spelled_otherwise`, the spellings that are there |
| `empty` | null, or for no rows `true_zero`, `entity_not_found`, `spelled_otherwise`, `impossible_path` |
| `refusal` | `{code, text, help, choices}` or null |
| `seconds` | how long it took |

A sentence composes as: `{meaning} : {values of the first column}`; with no rows and `true_zero`:
"no {meaning}".
"""

from __future__ import annotations

import re
import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from plant.facts import EvidenceKind, FactSheet, Refusal, RefusalCode, Scalar, Table, ToolResult
from plant.graph.contract import QueryFailed, QueryTimeout, Rows
from tools.graph.emptiness import why_empty
from tools.graph.entities import Linked, Linker, Unknown, entities_of, plain
from tools.graph.generate import Generator
from tools.graph.guard import Guard
from tools.graph.meaning import meaning_of
from tools.graph.recipes import Book, Prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from inference.contract import LanguageModel
    from plant.graph.contract import GraphBackend, GraphSchema, GuardedQuery
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.contract import GraphInput

_MOST_NODES: Final = 100_000
_FEW_VALUES: Final = 50
_HELP: Final = "Ask for an asset's sensors, parts, manuals, failures or work orders, what feeds it, what is downstream."


class GraphTool:
    """Answers questions about the plant graph; see `tools.contract.Tool`.

    Args:
        backend: The graph.
        store: Its sensor registry has what people call the tags; None where there is no store.
        settings: For timeout and row limit.
        model: Writes Cypher where no recipe fits; None for none.
    """

    name: ClassVar[str] = "graph"

    def __init__(
        self, backend: GraphBackend, store: Store | None, settings: Settings, model: LanguageModel | None
    ) -> None:
        self._backend = backend
        self._store = store
        self._settings = settings
        self._model = model
        self._lock = threading.Lock()
        self._known: _Knowledge | None = None

    def run(self, request: GraphInput) -> ToolResult:
        """Answers a question, or runs a given query.

        Raises:
            ServiceUnavailable: When the graph does not answer.
            BadInput: When there is no graph, or its file is damaged.
        """
        began = time.monotonic()
        with self._lock:
            known = self._knowledge()
            outcome = self._given(known, request.query) if request.query.strip() else self._asked(known, request)
        return outcome.result(seconds=time.monotonic() - began)

    def _knowledge(self) -> _Knowledge:
        """Returns what is known of the graph, learnt anew when its schema has changed."""
        schema = self._backend.schema()
        if self._known is None or self._known.schema != schema:
            self._known = _Knowledge(schema, self._backend, self._settings, self._aliases())
        return self._known

    def _aliases(self) -> dict[str, tuple[str, ...]]:
        return {s.tag: (s.description, *s.aliases) for s in self._store.registry()} if self._store else {}

    def _given(self, known: _Knowledge, text: str) -> _Outcome:
        checked = known.guard.check(text)
        if isinstance(checked, Refusal):
            impossible = checked.code is RefusalCode.NOT_FOUND
            return _Outcome("given", refusal=checked, empty="impossible_path" if impossible else None)
        return self._execute(known, checked, _Outcome("given", meaning=meaning_of(known.guard.read(text))))

    def _asked(self, known: _Knowledge, request: GraphInput) -> _Outcome:
        if not request.question.strip():
            return _Outcome(None, refusal=Refusal(RefusalCode.NOT_UNDERSTOOD, "Nothing was asked.", help=_HELP))
        linked = known.linker.link(request.question, request.entities)
        if linked.unknown:
            return _not_linked(linked)
        prepared = known.book.find(linked)
        if prepared is not None:
            return self._by_recipe(known, prepared, linked)
        if self._model is not None:
            outcome = self._by_model(known, self._model, request.question, linked)
            if outcome is not None:
                return outcome
        text = "The question is not one that the plant graph is known to answer."
        return _Outcome(None, linked=linked, refusal=Refusal(RefusalCode.NOT_UNDERSTOOD, text, help=_HELP))

    def _by_recipe(self, known: _Knowledge, prepared: Prepared, linked: Linked) -> _Outcome:
        checked = known.guard.check(prepared.query, prepared.parameters)
        assert not isinstance(checked, Refusal), "recipes are checked when the book is made"
        outcome = _Outcome("recipe", recipe=prepared.recipe, meaning=prepared.meaning, linked=linked)
        return self._execute(known, checked, outcome)

    def _by_model(self, known: _Knowledge, model: LanguageModel, question: str, linked: Linked) -> _Outcome | None:
        """Lets the model write a query; None where it is not sure to have understood."""
        generator = Generator(model, known.guard, known.schema)
        text = generator.write(question, linked, known.named_in(linked.text), self._failure(known))
        if text is None:
            return None
        checked = known.guard.check(text)
        assert not isinstance(checked, Refusal), "the generator only returns what passed"
        outcome = _Outcome("model", meaning=meaning_of(known.guard.read(text)), linked=linked)
        outcome = self._execute(known, checked, outcome)
        return outcome if outcome.rows is not None and outcome.rows.rows else None

    def _failure(self, known: _Knowledge) -> Callable[[str], str | None]:
        """Returns a function that runs a query and gives the engine's words if it failed."""

        def failure(text: str) -> str | None:
            checked = known.guard.check(text)
            if isinstance(checked, Refusal):
                return checked.text
            try:
                self._backend.run(checked, timeout_s=self._settings.graph.timeout_s)
            except (QueryFailed, QueryTimeout) as error:
                return str(error)
            return None

        return failure

    def _execute(self, known: _Knowledge, query: GuardedQuery, outcome: _Outcome) -> _Outcome:
        outcome = msgspec.structs.replace(outcome, query=query.text, parameters=query.parameters)
        try:
            rows = self._backend.run(query, timeout_s=self._settings.graph.timeout_s)
        except QueryTimeout as error:
            return msgspec.structs.replace(outcome, refusal=_refused(RefusalCode.TIMED_OUT, error))
        except QueryFailed as error:
            return msgspec.structs.replace(outcome, refusal=_refused(RefusalCode.INVALID_QUERY, error))
        empty: str | None = None
        choices: tuple[str, ...] = ()
        if not rows.rows:
            empty, choices = why_empty(known.guard.read(query.text), query.parameters, known.values_of)
        return msgspec.structs.replace(outcome, rows=rows, empty=empty, choices=choices)


class _Knowledge:
    """What the tool knows of one schema: its guard, its entities, the recipes that fit."""

    def __init__(
        self, schema: GraphSchema, backend: GraphBackend, settings: Settings, aliases: dict[str, tuple[str, ...]]
    ) -> None:
        self.schema = schema
        self.guard = Guard(schema, row_limit=settings.graph.row_limit)
        self._backend = backend
        self._timeout_s = settings.graph.timeout_s
        self._wide = Guard(schema, row_limit=_MOST_NODES)
        self._aliases = aliases

    @cached_property
    def book(self) -> Book:
        """The recipes that fit."""
        return Book(self.guard)

    @cached_property
    def linker(self) -> Linker:
        """Finds its nodes in questions."""
        return Linker(entities_of(self._nodes(), self._aliases))

    @cached_property
    def few_values(self) -> dict[str, list[str]]:
        """For each property that has few values, ids and names aside, what they are."""
        names = sorted({name for node in self.schema.nodes for name in node.properties} - {"id", "name"})
        values = {name: [value for value in self.values_of(name) if isinstance(value, str)] for name in names}
        return {name: found for name, found in values.items() if len(found) <= _FEW_VALUES}

    def values_of(self, name: str) -> list[Scalar]:
        """Returns the values that a property has anywhere."""
        return [
            value for (value,) in self._read(f"MATCH (n) WHERE n.`{name}` IS NOT NULL RETURN DISTINCT n.`{name}` AS v")
        ]

    def named_in(self, text: str) -> list[tuple[str, str]]:
        """Returns (property, value) for each value of a property with few values that a text names."""
        return [
            (name, value)
            for name, found in self.few_values.items()
            for value in found
            if re.search(rf"(?<!\w){re.escape(plain(value))}s?(?!\w)", text)
        ]

    def _nodes(self) -> list[tuple[Any, ...]]:
        """Returns (labels, id, name, kind, code, number) of every node, null for what the schema has not."""
        have = {name for node in self.schema.nodes for name in node.properties}
        if "id" not in have:
            return []
        names = ("id", "name", "kind", "code", "number")
        wanted = ", ".join(f"n.{name} AS {name}" if name in have else f"null AS {name}" for name in names)
        return self._read(f"MATCH (n) RETURN labels(n), {wanted}")

    def _read(self, text: str) -> list[tuple[Any, ...]]:
        query = self._wide.check(text)
        assert not isinstance(query, Refusal), query
        return list(self._backend.run(query, timeout_s=self._timeout_s).rows)


class _Outcome(msgspec.Struct, frozen=True):
    """What became of a request, on the way to its result."""

    how: str | None
    recipe: str | None = None
    meaning: dict[str, str] | None = None
    linked: Linked | None = None
    query: str | None = None
    parameters: dict[str, Any] = {}
    rows: Rows | None = None
    empty: str | None = None
    choices: tuple[str, ...] = ()
    refusal: Refusal | None = None

    def result(self, *, seconds: float) -> ToolResult:
        """Returns facts with their evidence, or the refusal."""
        sheet = FactSheet()
        tables: tuple[Table, ...] = ()
        if self.rows is not None:
            table = _table(self.rows, (self.meaning or {}).get("en", ""))
            tables = (table,)
            source = sheet.cite(
                EvidenceKind.QUERY,
                f"plant graph: {len(table.rows)} row{'' if len(table.rows) == 1 else 's'}",
                text=self.query or "",
                table=table,
                parameters=self.parameters,
                how=self.how,
                recipe=self.recipe,
            )
            self._add_entities(sheet, source)
            sheet.add("rows.count", len(self.rows.rows), source)
            for row in self.rows.rows:
                for column, cell in zip(self.rows.columns, row, strict=True):
                    for value in _scalars(cell):
                        sheet.add(f"row.{column}", value, source)
        elif self.linked is not None and self.linked.entities:
            keys = ", ".join(entity.key for entity in self.linked.entities)
            self._add_entities(sheet, sheet.cite(EvidenceKind.QUERY, f"plant graph: {keys}", how=self.how))
        return ToolResult(
            tool=GraphTool.name,
            facts=tuple(sheet.facts),
            tables=tables,
            evidence=tuple(sheet.evidence),
            refusal=self.refusal,
            data=self._data(seconds),
            seconds=seconds,
        )

    def _add_entities(self, sheet: FactSheet, source: str) -> None:
        for entity in self.linked.entities if self.linked else ():
            sheet.add("entity", entity.key, source)

    def _data(self, seconds: float) -> dict[str, Any]:
        answered = self.rows is not None
        return {
            "query": self.query,
            "parameters": self.parameters,
            "columns": list(self.rows.columns) if self.rows else [],
            "rows": [list(row) for row in self.rows.rows] if self.rows else [],
            "truncated": self.rows.truncated if self.rows else False,
            "how": self.how if answered else None,
            "recipe": self.recipe if answered else None,
            "meaning": self.meaning if answered else None,
            "empty": self.empty,
            "choices": list(self.choices),
            "refusal": msgspec.to_builtins(self.refusal),
            "seconds": seconds,
        }


def _not_linked(linked: Linked) -> _Outcome:
    first: Unknown = linked.unknown[0]
    if first.ambiguous:
        text = f"{first.word} may be any of {', '.join(first.choices)}."
        refusal = Refusal(RefusalCode.AMBIGUOUS, text, help="Name one of them in full.", choices=first.choices)
        return _Outcome(None, linked=linked, refusal=refusal)
    text = f"There is no {first.word} in the plant graph."
    help_ = f"Did you mean {' or '.join(first.choices)}?" if first.choices else ""
    empty = "spelled_otherwise" if first.choices else "entity_not_found"
    refusal = Refusal(RefusalCode.UNKNOWN_ENTITY, text, help=help_, choices=first.choices)
    return _Outcome(None, linked=linked, refusal=refusal, empty=empty, choices=first.choices)


def _refused(code: RefusalCode, error: QueryFailed | QueryTimeout) -> Refusal:
    return Refusal(code, error.message, help=error.hint)


def _table(rows: Rows, title: str) -> Table:
    cells = tuple(tuple(_cell(cell) for cell in row) for row in rows.rows)
    return Table(rows.columns, cells, title=title, truncated=rows.truncated)


def _cell(value: Any) -> Scalar:
    return (
        value if value is None or isinstance(value, str | int | float | bool) else ", ".join(map(str, _scalars(value)))
    )


def _scalars(value: Any) -> list[Scalar]:
    """Returns the plain values of a cell: a node or relationship by what it is called, a list by its items."""
    if value is None:
        return []
    if isinstance(value, str | int | float | bool):
        return [value]
    if isinstance(value, list):
        return [scalar for item in value for scalar in _scalars(item)]
    if "labels" in value and "properties" in value:
        return _scalars(value["properties"].get("id"))
    if "type" in value and "properties" in value:
        return [value["type"]]
    if "nodes" in value and "relationships" in value:
        return _scalars(value["nodes"])
    return [scalar for item in value.values() for scalar in _scalars(item)]
