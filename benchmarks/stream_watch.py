"""Watches a worker from outside while it works: when polls return and alerts are committed, and how its memory grows.

`WatchedSource` and `WatchedStore` stand between a worker and what it uses; they note times, no more.
"""

from __future__ import annotations

import bisect
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np

from ingestion.closing import GRACE
from plant.episodes import ChangeKind
from plant.time import MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingestion.contract import RawBatch, Source
    from plant.episodes import EpisodeChange
    from plant.store.contract import Store

_MIB: Final = 2**20
_SETTLED: Final = 0.3  # of a run is left out of the slope: caches fill


class _Time(msgspec.Struct):
    ts: int


class Moment(NamedTuple):
    """A time by the clock, and the seconds that the processor has worked for us until then."""

    clock: float
    cpu: float

    @classmethod
    def now(cls) -> Moment:
        """Returns this moment."""
        return cls(time.perf_counter(), time.process_time())


class Rate(NamedTuple):
    """So many a second of the clock, and a second of the processor: the second is what other work does not change."""

    clock: float
    cpu: float

    @classmethod
    def since(cls, began: Moment, count: int) -> Rate:
        """Returns the rate of what was done since a moment."""
        now = Moment.now()
        return cls(count / (now.clock - began.clock), count / (now.cpu - began.cpu))


class WatchedSource:
    """A source that notes when polls return, and how far all its partitions are by then.

    Attributes:
        first: When the first poll with messages was begun, of the clock and of the processor; 0 before.
        returned: When the last poll returned.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._partitions = len(source.partitions())
        self._newest: dict[int, int] = {}
        self._marks: list[tuple[int, float]] = []
        self._decode = msgspec.json.Decoder(_Time).decode
        self.first, self.returned = Moment(0.0, 0.0), 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        """Polls and notes the time."""
        began = Moment.now()
        batches = self._source.poll(max_messages, timeout_ms)
        self.returned = time.perf_counter()
        for batch in batches:
            if batch.messages:
                self.first = self.first if self.first.clock else began
                self._newest[batch.partition] = self._decode(batch.messages[-1].value or b"").ts
        if len(self._newest) == self._partitions:
            self._marks.append((min(self._newest.values()), self.returned))
        return batches

    def passed(self, ts: int) -> float | None:
        """Returns when the poll returned with which all partitions had passed a source time; None if they have not."""
        at = bisect.bisect_left(self._marks, ts, key=lambda mark: mark[0])
        return self._marks[at][1] if at < len(self._marks) else None


class WatchedStore:
    """A store that notes how long after the poll that brought its cause an alert was committed.

    Attributes:
        seconds: By `tag` and `asset`, the seconds of each alert that opened.
    """

    def __init__(self, store: Store, source: WatchedSource) -> None:
        self._store = store
        self._source = source
        self.seconds: dict[str, list[float]] = {"tag": [], "asset": []}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Lends a transaction; after its commit, notes what opened in it."""
        opened: list[EpisodeChange] = []
        with self._store.transaction() as transaction:
            yield _WatchedTransaction(transaction, opened)
        committed = time.perf_counter()
        for change in opened:
            episode = change.episode
            if episode.tag:
                self.seconds["tag"].append(committed - self._source.returned)
            elif episode.opened_at is not None:
                closed = self._source.passed(episode.opened_at + MINUTE + GRACE)
                if closed is not None:  # else the end of the log has closed its minute, not a reading
                    self.seconds["asset"].append(committed - closed)


class _WatchedTransaction:
    def __init__(self, transaction: Any, opened: list[EpisodeChange]) -> None:
        self._transaction = transaction
        self._opened = opened

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)

    def apply_episodes(self, changes: Sequence[EpisodeChange]) -> None:
        self._opened += [change for change in changes if change.kind is ChangeKind.OPENED]
        self._transaction.apply_episodes(changes)


class MemoryRun:
    """A `millhand worker` process whose memory is looked at each second.

    Args:
        url: What it reads.
        store: Its store.
        group: Its consumer group.
    """

    def __init__(self, url: str, store: Path, group: str) -> None:
        command = [sys.executable, "-m", "tui.cli.main", "worker", "--source", url, "--store", str(store)]
        self._process = subprocess.Popen([*command, "--group", group], stderr=subprocess.DEVNULL)
        self.samples: list[tuple[float, float]] = []
        """Seconds since the start, and MiB resident."""

    def watch(self, seconds: float, each: Callable[[], object]) -> None:
        """Samples once a second, calling `each` before; stops the worker at the end."""
        began, pause = time.monotonic(), threading.Event()
        try:
            while (at := time.monotonic() - began) < seconds:
                each()
                self.samples.append((at, self._resident()))
                pause.wait(max(0.0, len(self.samples) - (time.monotonic() - began)))
        finally:
            self._process.terminate()
            self._process.wait(timeout=60)

    def slope(self) -> float:
        """Returns how the memory grows, MiB a minute, by least squares after the caches are filled."""
        at, resident = np.array(self.samples[int(len(self.samples) * _SETTLED) :]).T
        return float(np.polyfit(at / 60.0, resident, 1)[0])

    def _resident(self) -> float:
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / _MIB
