"""`millhand doctor` and `millhand where`: what is there, what is not, and which setting came from where."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import msgspec
import typer

from plant.errors import ExitCode, MillhandError, ServiceUnavailable
from plant.settings import StoreSettings, cache_dir, origins, settings_file
from tui.cli.common import (
    GraphOption,
    JsonFlag,
    ModelOption,
    StoreOption,
    overrides_from,
    print_json,
    printable,
    settings_from,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from plant.settings import Settings


_SAMPLES = 5  # messages a partition that the mapping is tried on


class Check(msgspec.Struct, frozen=True):
    """One line of `doctor`.

    Attributes:
        name: What was looked at.
        ok: Whether it can be used.
        text: What was found, as a sentence.
        help: What to do about it; empty when all is well.
        details: What was found one by one, each a sentence.
    """

    name: str
    ok: bool
    text: str
    help: str = ""
    details: tuple[str, ...] = ()


def doctor(
    as_json: JsonFlag = False, store: StoreOption = None, model: ModelOption = None, graph: GraphOption = None
) -> None:
    """Check what millhand needs, one line each. Exits 4 when something named does not answer.

    Example: millhand doctor --model ollama://127.0.0.1:11434/llama3.2:1b
    """
    settings = settings_from(store=store, model=model, graph=graph)
    looks: dict[str, Callable[[Settings], str | Check]] = {
        "python": _python,
        "store": _store,
        "stream": _stream,
        "messages": _messages,
        "graph": _graph,
        "model": _model,
    }
    checks = [_check(name, look, settings) for name, look in looks.items()]
    if as_json:
        print_json(checks)
    else:
        for check in checks:
            print(f"{'ok ' if check.ok else 'NO '} {check.name:<8} {printable(check.text)}  {check.help}".rstrip())
            for detail in check.details:
                print(f"             {printable(detail)}")
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
        print(f"{key:<24} {_text(value):<36} {place}")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _check(name: str, look: Callable[[Settings], str | Check], settings: Settings) -> Check:
    try:
        found = look(settings)
        return found if isinstance(found, Check) else Check(name, ok=True, text=found)
    except MillhandError as error:
        return Check(name, ok=False, text=error.message, help=error.hint)


def _python(_: Settings) -> str:
    return f"Python {platform.python_version()} on {platform.system()}."


def _store(settings: Settings) -> str:
    from plant.store.sqlite import open_store

    path = settings.store.path
    if not path.exists():
        maker = (
            "the first question builds the demo plant in it" if path == StoreSettings().path else "a worker makes it"
        )
        return f"{path} is not there yet; {maker}."
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


def _messages(settings: Settings) -> str | Check:
    """Tries the mapping on the newest messages of the topic; reads them without joining the group."""
    from ingestion.mapping import decoder_for
    from ingestion.sources.address import parse_kafka
    from plant.registry import Registry
    from plant.store.sqlite import open_store

    registry = Registry()
    if settings.store.path.exists():
        with open_store(settings.store.path, read_only=True) as store:
            registry = store.registry()
    if not settings.stream.source.startswith("kafka:"):
        decoder_for(registry, settings.mapping, settings.stream.source)
        return "Files and the demo plant speak our own format."
    address = parse_kafka(settings.stream.source)
    decoder = decoder_for(registry, settings.mapping, address.topic)

    from ingestion.sources.access import kafka_access
    from ingestion.sources.samples import newest_messages
    from ingestion.trial import try_messages
    from plant.time import now_ms

    messages = newest_messages(address, kafka_access(settings.kafka), _SAMPLES)
    if not messages:
        return f"{address.topic} is empty: nothing to try the settings on."
    trial = try_messages(decoder, messages, now_ms())
    text = f"{_count(trial.readings, 'reading')} in the {_count(trial.messages, 'newest message')}"
    if not trial.refused:
        return Check("messages", ok=True, text=f"{text}.", details=trial.details)
    return Check(
        "messages",
        ok=False,
        text=f"{text}, {trial.refused} that cannot be used.",
        help="Mend what writes them, or the settings of mapping.",
        details=trial.details,
    )


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
