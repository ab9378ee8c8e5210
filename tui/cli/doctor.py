"""`millhand doctor` and `millhand where`: what is there, what is not, and which setting came from where."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import msgspec
import typer

from plant.errors import ExitCode, MillhandError, ServiceUnavailable
from plant.settings import cache_dir, origins, settings_file
from tui.cli.common import GraphOption, JsonFlag, ModelOption, StoreOption, overrides_from, print_json, settings_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from plant.settings import Settings


class Check(msgspec.Struct, frozen=True):
    """One line of `doctor`.

    Attributes:
        name: What was looked at.
        ok: Whether it can be used.
        text: What was found, as a sentence.
        help: What to do about it; empty when all is well.
    """

    name: str
    ok: bool
    text: str
    help: str = ""


def doctor(
    as_json: JsonFlag = False, store: StoreOption = None, model: ModelOption = None, graph: GraphOption = None
) -> None:
    """Check what millhand needs, one line each. Exits 4 when something named does not answer.

    Example: millhand doctor --model ollama://127.0.0.1:11434/llama3.2:1b
    """
    settings = settings_from(store=store, model=model, graph=graph)
    looks: dict[str, Callable[[Settings], str]] = {
        "python": _python,
        "store": _store,
        "stream": _stream,
        "graph": _graph,
        "model": _model,
    }
    checks = [_check(name, look, settings) for name, look in looks.items()]
    if as_json:
        print_json(checks)
    else:
        for check in checks:
            print(
                f"{'ok ' if check.ok else 'NO '} {check.name:<7} {check.text}{f'  {check.help}' if check.help else ''}"
            )
    if not all(check.ok for check in checks):
        raise typer.Exit(ExitCode.UNAVAILABLE)


def where(as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """Print paths, and which source won for each setting: command line, environment, file or default.

    Example: millhand where --json
    """
    overrides = overrides_from(store=store)
    settings = settings_from(store=store)
    paths = {
        "settings file": settings_file(),
        "store": settings.store.path,
        "graph": settings.graph.url or settings.graph_path,
        "conversations": settings.memory_path,
        "models": cache_dir(),
    }
    won = origins(settings, overrides)
    if as_json:
        keys = {key: {"value": value, "from": place} for key, (value, place) in won.items()}
        print_json({"paths": {name: str(path) for name, path in paths.items()}, "settings": keys})
        return
    for name, path in paths.items():
        print(f"{name:<14} {path}")
    print()
    for key, (value, place) in won.items():
        print(f"{key:<24} {value!s:<36} {place}")


def _check(name: str, look: Callable[[Settings], str], settings: Settings) -> Check:
    try:
        return Check(name, ok=True, text=look(settings))
    except MillhandError as error:
        return Check(name, ok=False, text=error.message, help=error.hint)


def _python(_: Settings) -> str:
    return f"Python {platform.python_version()} on {platform.system()}."


def _store(settings: Settings) -> str:
    from plant.store.sqlite import open_store

    path = settings.store.path
    if not path.exists():
        return f"{path} is not there yet; the first question builds the demo plant in it."
    with open_store(path, read_only=True) as store:
        tags, manuals = len(store.registry()), len(store.documents())
    return f"{path}: {tags} tags, {_count(manuals, 'manual')}."


def _stream(settings: Settings) -> str:
    from ingestion.sources.urls import open_source

    source = open_source(settings.stream.source, settings)
    try:
        partitions = len(source.partitions())
    finally:
        source.close()
    return f"{settings.stream.source} answers: {_count(partitions, 'partition')}."


def _graph(settings: Settings) -> str:
    from plant.graph.urls import open_graph

    if not settings.graph.url and not settings.graph_path.exists():
        return f"{settings.graph_path} is not there yet; `millhand graph load` makes it."
    backend = open_graph(settings)
    try:
        nodes = sum(kind.count for kind in backend.schema().nodes)
    finally:
        backend.close()
    return f"{backend.name} answers: {nodes} nodes."


def _model(settings: Settings) -> str:
    from inference.models import open_model

    model = open_model(settings)
    if model is None:
        if settings.model.url:
            return "None, as set; recipes, templates and quotes answer."
        raise ServiceUnavailable("There is no language model.", hint="`make demo` unpacks one; all else works without.")
    try:
        return f"{model.name} answers, {model.context_length} tokens of context."
    finally:
        model.close()


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
