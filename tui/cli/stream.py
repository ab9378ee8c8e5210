"""`millhand worker`, `replay`, `verify`: the stream from the command line."""

from __future__ import annotations

import signal
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import ExitCode, UsageError
from plant.settings import Settings, load_settings
from tui.cli.common import JsonFlag, StoreOption, overrides_from, print_json, settings_from, talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingestion.contract import Source
    from ingestion.verify import Balance, Verification

_SHOWN_REJECTED = 5

SourceOption = Annotated[
    str | None,
    typer.Option("--source", metavar="URL", help="kafka://HOST:PORT/TOPIC, file:PATH or demo:; else as set."),
]
GroupOption = Annotated[
    str | None, typer.Option("--group", metavar="NAME", help="Kafka consumer group; workers of one group share.")
]
UntilEndFlag = Annotated[
    bool, typer.Option("--until-end", help="Stop when all that is in the log now is in the store, whoever reads it.")
]
SpeedOption = Annotated[
    float | None,
    typer.Option("--speed", metavar="X", help="Source seconds a second, such as 60; without it as fast as it goes."),
]


def worker(
    source: SourceOption = None,
    store: StoreOption = None,
    group: GroupOption = None,
    until_end: UntilEndFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Read a stream into the store, exactly once, and raise alerts. Stops cleanly on Ctrl+C or TERM.

    Example: millhand worker --source kafka://127.0.0.1:9092/millhand.readings --store plant.db
    """
    given: dict[str, Any] = {key: value for key, value in (("source", source), ("group", group)) if value is not None}
    settings = load_settings({**overrides_from(store=store), "stream": given})
    _log_to_stderr()

    from ingestion.lake import sealing
    from ingestion.metrics import Meter, MetricsServer
    from ingestion.sinks import open_sinks
    from ingestion.sources.urls import open_source
    from ingestion.verify import verify as recount
    from ingestion.worker import Worker
    from plant.store.sqlite import open_store

    url = settings.stream.source
    new = not settings.store.path.exists()
    with open_store(settings.store.path) as plant_store, _stopping() as stop:
        with closing(open_source(url, settings)) as log, open_sinks(plant_store, settings) as sinks:
            _describe(log)
            talk(f"Reading {url} into {settings.store.path}{'' if until_end else '; Ctrl+C stops'}.")
            if new:
                _say_first_run(settings)
            meter = Meter()
            with MetricsServer(plant_store, settings, meter), sealing(plant_store, settings):
                consumed = Worker(plant_store, log, settings, sinks=sinks, meter=meter).run(until_end, stop)
        if as_json:
            print_json(recount(plant_store))
        talk(f"Stopped after {consumed} messages. millhand verify --store {settings.store.path} checks the books.")


def replay(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A CSV or Parquet file, or demo: for the demo plant.")],
    to: Annotated[str, typer.Option("--to", metavar="URL", help="kafka://HOST:PORT/TOPIC.")],
    speed: SpeedOption = None,
) -> None:
    """Play a historian's file or the demo plant to a Kafka topic.

    Example: millhand replay history.csv --to kafka://127.0.0.1:9092/millhand.readings --speed 60
    """
    if speed is not None and not 0 < speed < float("inf"):
        raise UsageError(f"The speed {speed:g} is not a positive number.", hint="1 is as fast as life.")
    settings = load_settings()
    _log_to_stderr()

    from ingestion.replay import replay as play
    from ingestion.sources.access import kafka_access
    from ingestion.sources.address import parse_kafka
    from ingestion.sources.kafka import KafkaSink
    from ingestion.sources.urls import open_source

    address, access = parse_kafka(to), kafka_access(settings.kafka)
    url = file if file.startswith(("file:", "demo:")) else f"file:{file}"
    source = open_source(url, settings)
    _describe(source)
    sink = KafkaSink(address, access)
    try:
        talk(f"Playing {url} to {to}.")
        with _stopping() as stop:
            sent = play(source, sink, speed=speed, stop=stop)
    finally:
        sink.close()
        source.close()
    talk(f"Sent {sent} messages, all acknowledged.")


def verify(store: StoreOption = None, as_json: JsonFlag = False) -> None:
    """Prove that nothing was lost: recount the store and compare it with its books. Exits 1 when they differ.

    Example: millhand verify --store plant.db --json
    """
    from ingestion.verify import verify as recount
    from plant.store.sqlite import open_store

    with open_store(settings_from(store=store).store.path, read_only=True) as plant_store:
        result = recount(plant_store)
    if as_json:
        print_json(result)
    else:
        _print_books(result)
    if not result.sum.balanced:
        raise typer.Exit(ExitCode.BELOW_GOAL)


def _print_books(result: Verification) -> None:
    columns = ("consumed", "stored", "duplicates", "dead_lettered", "late", "next_offset", "balanced")

    def row(name: str, balance: Balance) -> list[str]:
        values = [getattr(balance, column) for column in columns]
        return [name, *(("yes" if value else "NO") if isinstance(value, bool) else str(value) for value in values)]

    rows = [
        ["partition", *(column.replace("_", "-") for column in columns)],
        *(row(f"{one.source}/{one.partition}", one) for one in result.partitions),
        row("sum", result.sum),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        print("  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))]))
    for problem in result.sum.problems:
        print(problem)


def _say_first_run(settings: Settings) -> None:
    """Says what becomes of tags that a new store does not know, and how to look at them."""
    store = f"--store {settings.store.path}"
    talk("The store is new: every tag it meets is discovered, that is stored and shown, but not alarmed.")
    talk(f"  millhand tags list {store}                         shows them")
    talk(f"  millhand tags set TAG high 6.5 {store}             gives one a limit")
    talk(f"  millhand tags set TAG state confirmed {store}      has it watched")
    talk(f"  millhand alerts {store}                            shows what is wrong")


def _describe(source: Source) -> None:
    """Says what was detected about a file, and what of it cannot be used."""
    from ingestion.sources.files import FileSource

    if not isinstance(source, FileSource):
        return
    talk(f"{source.name}: {'; '.join(source.notes)}.")
    for text in source.rejected[:_SHOWN_REJECTED]:
        talk(f"  {text}")
    if source.rejected:
        talk(f"{len(source.rejected)} rows or cells cannot be used; each becomes a dead letter.")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Lends an event that TERM or INT sets; a second INT interrupts at once."""
    stop = threading.Event()

    def ask(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, before[number])

    before: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _log_to_stderr() -> None:
    import logging

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(message)s")
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # our own log says what matters of it, once
