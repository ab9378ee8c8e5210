"""`millhand graph`: ask the plant graph in words or in Cypher, look at its schema, load one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path  # noqa: TC003 (typer reads the annotation when it runs)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import ExitCode
from tui.cli.common import GraphOption, JsonFlag, ModelOption, StoreOption, print_json, settings_from, talk, verb_group

if TYPE_CHECKING:
    from plant.facts import Table, ToolResult
    from plant.settings import Settings
    from tools.contract import GraphInput

app = verb_group('Ask the plant graph. Example: millhand graph ask "which sensors are on P-101?"')


@app.command()
def ask(
    question: str,
    as_json: JsonFlag = False,
    store: StoreOption = None,
    graph: GraphOption = None,
    model: ModelOption = None,
) -> None:
    """Ask in words, English or French. Exits 3 when the graph cannot answer.

    Example: millhand graph ask "open work orders on P-102"
    """
    from tools.contract import GraphInput

    settings = settings_from(store=store, graph=graph, model=model)
    _show(_run(settings, GraphInput(question=question), with_model=True), as_json=as_json)


@app.command()
def query(cypher: str, as_json: JsonFlag = False, store: StoreOption = None, graph: GraphOption = None) -> None:
    """Run a Cypher query that only reads. Exits 3 when it is refused, with the reason.

    Example: millhand graph query "MATCH (s:Sensor)-[:MEASURES]->(a:Asset) RETURN a.id, count(s)"
    """
    from tools.contract import GraphInput

    settings = settings_from(store=store, graph=graph)
    _show(_run(settings, GraphInput(query=cypher), with_model=False), as_json=as_json)


@app.command()
def schema(as_json: JsonFlag = False, store: StoreOption = None, graph: GraphOption = None) -> None:
    """Show what there is to ask about: labels, relationships, properties and how many.

    Example: millhand graph schema
    """
    from plant.graph.urls import open_graph

    settings = settings_from(store=store, graph=graph)
    _ensure(settings)
    with closing(open_graph(settings)) as backend:
        found = backend.schema()
    if as_json:
        print_json(found)
        return
    for node in found.nodes:
        print(f"{node.label} ({node.count}): {', '.join(node.properties)}")
    for relation in found.relations:
        more = f": {', '.join(relation.properties)}" if relation.properties else ""
        print(f"({relation.start})-[:{relation.type}]->({relation.end}) ({relation.count}){more}")


@app.command()
def load(
    directory: Path,
    check: Annotated[bool, typer.Option("--check", help="Only say what would be loaded and what rejected.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Load nothing if a row is rejected.")] = False,
    extra: Annotated[
        list[str] | None,
        typer.Option("--extra", metavar="COLUMN", help="A column of your own, kept as a property; repeat it for more."),
    ] = None,
    as_json: JsonFlag = False,
    store: StoreOption = None,
    graph: GraphOption = None,
) -> None:
    """Replace the plant graph by the one in a folder of CSV or JSON files.

    Rows that are wrong are left out and listed. docs/graph.md says which files and columns there are.

    Example: millhand graph load my-plant/ --extra criticality
    """
    from tui.cli.graph_load import load_folder

    settings = settings_from(store=store, graph=graph)
    code = load_folder(settings, directory, extra=extra or (), strict=strict, check=check, as_json=as_json)
    if code:
        raise typer.Exit(code)


def _run(settings: Settings, request: GraphInput, *, with_model: bool) -> ToolResult:
    """Runs the graph tool once and closes all that it used."""
    from inference.models import open_model
    from plant.graph.urls import open_graph
    from plant.store.sqlite import open_store
    from tools.graph.answer import GraphTool

    _ensure(settings)
    store = open_store(settings.store.path, read_only=True) if settings.store.path.exists() else None
    model = open_model(settings) if with_model else None
    with closing(open_graph(settings)) as backend:
        try:
            return GraphTool(backend, store, settings, model).run(request)
        finally:
            for opened in (store, model):
                if opened is not None:
                    opened.close()


def _ensure(settings: Settings) -> None:
    """Builds the demo plant where neither a graph nor a store is there yet."""
    if not settings.graph.url and not settings.graph_path.exists():
        from ingestion.demo import ensure_demo

        ensure_demo(settings, talk)


def _show(result: ToolResult, *, as_json: bool) -> None:
    """Prints a result, and exits 3 for a refusal."""
    data: dict[str, Any] = result.data
    if as_json:
        print_json(data)
    elif result.refusal:
        talk(f"{result.refusal.text} {result.refusal.help}".strip())
    else:
        for table in result.tables:
            _print_rows(table)
        talk(_remark(data))
    if result.refusal:
        raise typer.Exit(ExitCode.REFUSED)


def _print_rows(table: Table) -> None:
    rows = [table.columns, *(tuple("" if cell is None else str(cell) for cell in row) for row in table.rows)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.columns))]
    for row in rows if table.rows else ():
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _remark(data: dict[str, Any]) -> str:
    """Says what was asked, by which query, and what the rows do not say."""
    meaning = (data["meaning"] or {}).get("en", "the query")
    count = len(data["rows"])
    said = f"{meaning}: {count or 'no'} row{'' if count == 1 else 's'}"
    if data["truncated"]:
        said += ", and there are more"
    if data["empty"] == "spelled_otherwise":
        said += f", perhaps for the spelling: there is {' or '.join(data['choices'])}"
    elif data["empty"] == "entity_not_found":
        said += ", since a name in the query is not in the graph"
    return f"{said}. {data['query']}"
