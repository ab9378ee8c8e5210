"""What became of a request to the graph tool, and the facts, rows and JSON that it gives."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any, Final

import msgspec

from plant.facts import EvidenceKind, FactSheet, Refusal, Scalar, Table, ToolResult
from plant.graph.contract import Rows
from tools.graph.emptiness import Nothing

NAME: Final = "graph"
"""The graph tool's name."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of a request, on the way to its result.

    Attributes:
        how: The way that answered: `recipe`, `parser`, `model`, `given`; None where none did.
        kind: What the rows are, a value of `tools.graph.parser.form.Kind`; `list` for what is not known better.
        recipe: The recipe's name.
        meaning: What was asked, a noun phrase by language.
        spelled: Words that were taken for a name spelled otherwise: (asked, taken for).
        linked: Ids of the nodes that the question names, in order.
        repaired: Whether the model had to write its query twice.
        query: The Cypher that ran.
        parameters: Its parameters.
        rows: What came back.
        nothing: Why that is nothing; None where it is something.
        refusal: Why there is no answer.
        readings: What an ambiguous question may mean: noun phrases by language.
    """

    how: str | None
    kind: str = "list"
    recipe: str | None = None
    meaning: dict[str, str] | None = None
    spelled: tuple[tuple[str, str], ...] = ()
    linked: tuple[str, ...] = ()
    repaired: bool = False
    query: str | None = None
    parameters: dict[str, Any] = {}
    rows: Rows | None = None
    nothing: Nothing | None = None
    refusal: Refusal | None = None
    readings: tuple[dict[str, str], ...] = ()

    def result(self, *, seconds: float) -> ToolResult:
        """Returns facts with their evidence, or the refusal."""
        sheet = FactSheet()
        tables: tuple[Table, ...] = ()
        if self.rows is not None:
            table = _table(self.rows, (self.meaning or {}).get("en", ""))
            tables = (table,)
            self._add_rows(sheet, self.rows, table)
        elif self.linked:
            self._add_linked(sheet, sheet.cite(EvidenceKind.QUERY, f"plant graph: {', '.join(self.linked)}"))
        return ToolResult(
            tool=NAME,
            facts=tuple(sheet.facts),
            tables=tables,
            evidence=tuple(sheet.evidence),
            refusal=self.refusal,
            data=self._data(seconds),
            seconds=seconds,
        )

    def _add_rows(self, sheet: FactSheet, rows: Rows, table: Table) -> None:
        source = sheet.cite(
            EvidenceKind.QUERY,
            f"plant graph: {len(table.rows)} row{'' if len(table.rows) == 1 else 's'}",
            text=self.query or "",
            table=table,
            parameters=self.parameters,
            how=self.how,
            recipe=self.recipe,
            **({"repaired": self.repaired} if self.how == "model" else {}),
        )
        self._add_linked(sheet, source)
        sheet.add("rows.count", len(rows.rows), source)
        for row in rows.rows:
            for column, cell in zip(rows.columns, row, strict=True):
                for value in _scalars(cell):
                    sheet.add(f"row.{column}", value, source)
        for language, text in (self.meaning or {}).items():
            sheet.add(f"meaning.{language}", text, source)
        for pair in self.spelled:
            for word in pair:
                sheet.add("spelled", word, source)
        if self.nothing is not None and self.nothing.missing is not None:
            for value in (self.nothing.missing.value, *self.nothing.choices):
                sheet.add("missing", value, source)

    def _add_linked(self, sheet: FactSheet, source: str) -> None:
        for key in self.linked:
            sheet.add("entity", key, source)

    def _data(self, seconds: float) -> dict[str, Any]:
        rows = self.rows
        answered = rows is not None
        return {
            "query": self.query,
            "parameters": self.parameters,
            "columns": list(rows.columns) if rows else [],
            "rows": [list(row) for row in rows.rows] if rows else [],
            "truncated": rows.truncated if rows else False,
            "how": self.how if answered else None,
            "kind": self.kind if answered else None,
            "recipe": self.recipe if answered else None,
            "repaired": self.repaired and answered,
            "meaning": self.meaning if answered else None,
            "spelled": [{"asked": asked, "taken": taken} for asked, taken in self.spelled],
            "path": path_in(rows) if rows else None,
            "empty": self.nothing.kind if self.nothing else None,
            "missing": msgspec.to_builtins(self.nothing.missing) if self.nothing else None,
            "choices": list(self.nothing.choices if self.nothing else self.refusal.choices if self.refusal else ()),
            "readings": list(self.readings),
            "refusal": msgspec.to_builtins(self.refusal),
            "seconds": seconds,
        }


def path_in(rows: Rows) -> list[Scalar] | None:
    """Returns the first path of the rows, ids of its nodes with the relationship types between them; None for none.

    A path is a value of the engine's, or the columns `path` and `types` that the parser's queries have.
    """
    for row in rows.rows:
        cells = dict(zip(rows.columns, row, strict=True))
        if cells.keys() >= {"path", "types"}:
            return _in_turn(cells["path"], cells["types"])
        for cell in row:
            if isinstance(cell, dict) and cell.keys() >= {"nodes", "relationships"}:
                ids = [node["properties"].get("id") for node in cell["nodes"]]
                return _in_turn(ids, [relation["type"] for relation in cell["relationships"]])
    return None


def _in_turn(ids: list[Scalar], types: list[Scalar]) -> list[Scalar]:
    steps = zip_longest(ids, types)
    return [one for pair in steps for one in pair][: len(ids) + len(types)]


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
