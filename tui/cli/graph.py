"""`millhand graph`: ask the plant graph in words or in Cypher, look at its schema, load one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path  # noqa: TC003 (typer reads the annotation when it runs)
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import to_builtins

from plant.errors import ExitCode
from plant.graph.contract import GuardedQuery
from tui.cli.common import GraphOption, JsonFlag, ModelOption, StoreOption, print_json, settings_from, talk, verb_group

if TYPE_CHECKING:
    from plant.facts import ToolResult
    from plant.graph.contract import GraphBackend
    from plant.settings import Settings
    from tools.contract import GraphInput
    from tools.graph.guard import Guard

app = verb_group('Ask the plant graph. Example: millhand graph ask "which sensors are on P-101?"')


@app.command()
def ask(
    question: str,
    with_query: Annotated[bool, typer.Option("--query", help="Show the Cypher that answered.")] = False,
    reading: Annotated[
        int, typer.Option("--reading", metavar="N", min=0, help="Which of the meanings that were offered is meant.")
    ] = 0,
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
    result = _run(settings, GraphInput(question=question, reading=reading), with_model=True)
    _show(result, as_json=as_json, with_query=with_query)


@app.command()
def query(cypher: str, as_json: JsonFlag = False, store: StoreOption = None, graph: GraphOption = None) -> None:
    """Run a Cypher query that only reads. Exits 3 when it is refused, with the reason.

    Example: millhand graph query "MATCH (s:Sensor)-[:MEASURES]->(a:Asset) RETURN a.id, count(s)"
    """
    from tools.contract import GraphInput

    settings = settings_from(store=store, graph=graph)
    _show(_run(settings, GraphInput(query=cypher), with_model=False), as_json=as_json, with_query=True)


@app.command()
def schema(as_json: JsonFlag = False, store: StoreOption = None, graph: GraphOption = None) -> None:
    """Show what there is to ask about: labels, relationships, properties and how many.

    Example: millhand graph schema
    """
    from plant.graph.urls import open_graph
    from tui.cli.graph_output import print_schema

    settings = settings_from(store=store, graph=graph)
    _ensure(settings)
    with closing(open_graph(settings)) as backend:
        found = backend.schema()
    if as_json:
        print_json(found)
    else:
        print_schema(found)


@app.command()
def recipes(as_json: JsonFlag = False, store: StoreOption = None, graph: GraphOption = None) -> None:
    """List the questions with a query of their own that fit this graph, each with an example, and why others do not.

    Example: millhand graph recipes
    """
    from plant.graph.urls import open_graph
    from tools.graph.guard import Guard
    from tools.graph.recipes import Book
    from tui.cli.graph_output import print_recipes

    settings = settings_from(store=store, graph=graph)
    _ensure(settings)
    with closing(open_graph(settings)) as backend:
        found = backend.schema()
        guard = Guard(found, row_limit=settings.graph.row_limit)
        ids = _one_of_each(backend, guard, settings)
    book = Book(guard)
    if as_json:
        print_json(
            {
                "recipes": [
                    {"name": one.name, "en": one.example.format_map(ids), "fr": one.exemple.format_map(ids)}
                    for one in book.recipes
                ],
                "refused": [{"name": name, **to_builtins(why)} for name, why in book.refused.items()],
            }
        )
    else:
        print_recipes(book.recipes, book.refused, ids)


@app.command()
def load(
    directory: Path,
    check: Annotated[bool, typer.Option("--check", help="Only say what would be loaded and what rejected.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Load nothing if a row is rejected or a file left out.")
    ] = False,
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
    model = open_model(settings) if with_model and settings.model.url else None
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


def _one_of_each(backend: GraphBackend, guard: Guard, settings: Settings) -> dict[str, str]:
    """Returns the first id of each label, by the label in lower case."""
    ids = {}
    for label in guard.names.labels:
        query = guard.check(f"MATCH (n:`{label}`) RETURN n.id AS id ORDER BY id LIMIT 1")
        if isinstance(query, GuardedQuery):
            for (key,) in backend.run(query, timeout_s=settings.graph.timeout_s).rows:
                ids[label.lower()] = str(key)
    return ids


def _show(result: ToolResult, *, as_json: bool, with_query: bool) -> None:
    """Prints a result, and exits 3 for a refusal."""
    from tui.cli.graph_output import print_answer, print_refusal

    if as_json:
        print_json(result.data)
    elif result.refusal:
        print_refusal(result.refusal, result.data["readings"])
    else:
        print_answer(result, with_query=with_query)
    if result.refusal:
        raise typer.Exit(ExitCode.REFUSED)
