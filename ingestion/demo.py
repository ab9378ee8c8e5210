"""The demo plant's store: built where there is none yet, and brought up to now where there is one."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingestion.simulator.faults import WEEK_LENGTH
from ingestion.simulator.registry import PLANT_DIR, load_registry
from ingestion.sources.demo import DEFAULT_SEED, START_KEY, DemoLog, DemoSource
from plant.errors import StoreError
from plant.store.sqlite import open_store
from plant.time import MINUTE, format_duration, now_ms, parse_time, to_iso, zone_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from plant.settings import Settings
    from plant.store.contract import Store

DEMO_KEY: Final = "demo"
"""Key of a store's meta that says `1` where it holds the demo plant."""

MANUAL: Final = PLANT_DIR / "CW-100-manual.pdf"

_FRESH: Final = 3 * MINUTE  # a store that ends later than this before now is left as it is
_BATCH: Final = 23_000  # messages a transaction: history is read in large bites
_AFTER_MIDNIGHT: Final = 30 * MINUTE


def ensure_demo(settings: Settings, say: Callable[[str], None], *, clock: Callable[[], int] = now_ms) -> None:
    """Makes sure that there is a store: the demo plant where there is none; a demo store is brought up to now.

    A store that is not the demo's is left as it is. The demo plant is built beside its place and
    moved there when it is whole.

    Args:
        settings: Where the store and the graph are.
        say: Tells the person what is being done.
        clock: The wall clock, UTC milliseconds.

    Raises:
        StoreError: If the store cannot be made, read or written.
        BadInput: If the graph's file cannot be written.
    """
    path = settings.store.path
    if not path.exists():
        say(f"There is no store yet: building the demo plant in {path} (about ten seconds).")
        _build(settings, clock)
        return
    with open_store(path) as store:
        kept, extent = store.meta(START_KEY), store.extent()
        if store.meta(DEMO_KEY) != "1" or kept is None or extent is None:
            return
        behind = clock() - extent.end
        if behind > _FRESH:
            say(f"Simulating the {format_duration(behind)} since the demo plant was last looked at.")
            _read_history(store, settings, parse_time(kept), clock)


def is_demo(settings: Settings) -> bool:
    """Says whether the store of the settings holds the demo plant. Raises `StoreError` if it cannot be read."""
    if not settings.store.path.exists():
        return False
    with open_store(settings.store.path, read_only=True) as store:
        return store.meta(DEMO_KEY) == "1"


def _build(settings: Settings, clock: Callable[[], int]) -> None:
    path = settings.store.path
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        _remove(draft)
        with open_store(draft) as store:
            start = history_start(clock(), settings)
            store.put_sensors(list(load_registry()))
            store.set_meta(START_KEY, to_iso(start))
            store.set_meta(DEMO_KEY, "1")
            _read_history(store, settings, start, clock)
            _add_manual(store)
        _load_graph(settings)
        if not path.exists():  # another process may have built one meanwhile
            draft.replace(path)
    except OSError as error:
        raise StoreError(f"The demo plant cannot be built in {path}: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # where it cannot be removed the error under way says why
            _remove(draft)


def history_start(now: int, settings: Settings) -> int:
    """Returns where a history begins that is built now, a full minute, UTC milliseconds.

    It is a week long, and its last fault, on the exchanger, ends 15 minutes before now. Shortly
    after midnight that would be yesterday's: then the history is half an hour shorter, so that
    the fault goes on for some minutes more.
    """
    start = now - now % MINUTE - WEEK_LENGTH
    local = datetime.fromtimestamp(now / 1_000, zone_named(settings.plant.timezone))
    since_midnight = (local.hour * 60 + local.minute) * MINUTE
    return start + _AFTER_MIDNIGHT if since_midnight < _AFTER_MIDNIGHT else start


def _read_history(store: Store, settings: Settings, start: int, clock: Callable[[], int]) -> None:
    """Reads the plant's minutes up to now, those that the store has not, with all their alerts."""
    from ingestion.worker import Worker

    until = clock() // MINUTE * MINUTE + 1
    log = DemoLog(start, until, MINUTE, speed=0.0, live=False, scenario="week", seed=DEFAULT_SEED)
    stream = settings.stream.model_copy(update={"max_messages": _BATCH})
    Worker(store, DemoSource(log, clock), settings.model_copy(update={"stream": stream}), clock=clock).run(
        until_end=True
    )


def _add_manual(store: Store) -> None:
    from ingestion.manuals.index import add_manual

    add_manual(store, MANUAL)


def _load_graph(settings: Settings) -> None:
    """Writes the embedded graph beside the store; a graph that is there, or named by URL, is not touched."""
    from ingestion.plant_graph import read_plant
    from plant.graph.urls import open_graph

    if settings.graph.url or settings.graph_path.exists():
        return
    graph = open_graph(settings)
    try:
        graph.load(*read_plant(PLANT_DIR / "graph"))
    finally:
        graph.close()


def _remove(draft: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{draft}{suffix}").unlink(missing_ok=True)
