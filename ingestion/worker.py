"""The worker: poll -> decode -> one transaction a partition, exactly once, whatever dies when.

The store's offset is the truth. After each poll the worker compares what the source says it owns
with what it has claimed; a gained partition is claimed (a higher epoch fences its last owner off),
sought to the store's offset, and what that very poll returned for it is dropped. Nothing is kept
between polls that is not in the store, so a killed worker leaves nothing to repair.

A broker that goes away is waited for, with growing pauses; a store that cannot be written is tried
again a few times. Both are said in the log.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from typing import TYPE_CHECKING, Final

from ingestion import outbox
from ingestion.assets import AssetStage
from ingestion.log import get_log
from ingestion.mapping import decoder_for
from ingestion.partition import Partition
from plant.errors import BadInput, Fenced, ServiceUnavailable, StoreError
from plant.registry import SensorState
from plant.time import now_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingestion.contract import RawBatch, Source
    from plant.registry import Registry, Sensor
    from plant.settings import Settings
    from plant.store.contract import Store

POLL_MS: Final = 500
BEAT_S: Final = 3.0
"""How often the worker says that it is alive, reads the registry again, judges assets and publishes."""

PUBLISH_AGAIN_S: Final = 60.0
"""How long an alerts topic that does not answer is left alone: asking it holds the readings up."""

ALERTS_TOPIC: Final = "topic"
"""The alerts topic's name among the sinks."""

_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_STORE_TRIES: Final = 5

_log = get_log(__name__)


def new_owner() -> str:
    """Returns a name for a worker that no other one ever has: host, process and a random word."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


class Worker:
    """Takes a source into a store. Uses one thread; `run` may be stopped from another.

    Args:
        store: Where everything goes.
        source: What is read; closed by whoever opened it.
        settings: The stream's settings.
        owner: Name in the store's books; unique by default.
        sink: Where the outbox is emptied to; None leaves it full.
        clock: The wall clock, UTC milliseconds.
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        settings: Settings,
        *,
        owner: str = "",
        sink: outbox.Sink | None = None,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._store = store
        self._source = source
        self._settings = settings.stream
        self._owner = owner or new_owner()
        self._sink = sink
        self._clock = clock
        self._registry = store.registry()
        self._mapping = settings.mapping
        self._decoder = decoder_for(self._registry, self._mapping, source.name)
        self._assets = AssetStage(store, self._owner, settings)
        self._held: dict[int, Partition] = {}
        self._beat_due = 0.0
        self._publish_due = 0.0

    def run(self, until_end: bool = False, stop: threading.Event | None = None) -> int:
        """Works until stopped, or until all that was in the log at the start is in the store.

        Args:
            until_end: Stop when the store holds, for every partition of the log, whoever owns it,
                all offsets below the end seen at the start.
            stop: Set by another thread or a signal handler to end after the batch under way.

        Returns:
            How many messages this worker took in.

        Raises:
            StoreError: If the store cannot be written, several times in a row.
            BadInput: If the log is not the one that the store has read before.
        """
        stop = stop or threading.Event()
        supervisor = _Supervisor(stop)
        goal: dict[int, int] | None = None
        consumed = 0
        while not stop.is_set():
            try:
                if until_end and goal is None:
                    goal = self._source.end_offsets()
                consumed += self.step()
                supervisor.succeeded()
                if goal is not None and self._reached(goal):
                    break
            except (ServiceUnavailable, StoreError) as error:
                self._held.clear()  # what was read and not committed is read again
                supervisor.failed(error)
        self._finish(final=goal is not None and not stop.is_set())
        return consumed

    def step(self) -> int:
        """Polls once and commits what came.

        Returns:
            How many messages were consumed.

        Raises:
            ServiceUnavailable: If the source does not answer.
            StoreError: If the store cannot be written; nothing of the batch under way is kept.
            BadInput: If the log is not the one that the store has read before.
        """
        batches = self._source.poll(self._settings.max_messages, POLL_MS)
        gained = self._own()
        consumed = sum(self._commit(batch) for batch in batches if batch.partition not in gained)
        if time.monotonic() >= self._beat_due:
            self._beat()
            self._beat_due = time.monotonic() + BEAT_S
        return consumed

    def _own(self) -> set[int]:
        """Claims what the source has given us and forgets what it has taken; returns the gained partitions."""
        assigned = self._source.assignment()
        for lost in self._held.keys() - assigned:
            del self._held[lost]
        gained = assigned - self._held.keys()
        for number in sorted(gained):
            self._claim(number)
        return set(gained)

    def _claim(self, number: int) -> None:
        claim = self._store.claim_partition(self._source.name, number, self._owner)
        self._held[number] = Partition(
            self._store, self._source.name, number, claim, self._registry, self._settings, self._clock
        )
        self._source.seek(number, claim.position or 0)
        _log.info("partition claimed", partition=number, offset=claim.position, epoch=claim.epoch)

    def _check_same_log(self, number: int, position: int) -> None:
        """Tells a redelivery, which is harmless, from another log under the old name."""
        end = self._source.end_offsets().get(number)
        if end is not None and end < position:
            raise BadInput(
                f"Partition {number} of {self._source.name} ends at offset {end}, but the store has read up to "
                f"{position}: the log was made anew.",
                hint="Read it into another store, or under another name.",
            )

    def _commit(self, batch: RawBatch) -> int:
        partition = self._held.get(batch.partition)
        if partition is None:
            return 0
        if batch.next_offset < partition.position:  # the source went back behind the store
            self._check_same_log(batch.partition, partition.position)
        try:
            return partition.commit(batch, self._decoder)
        except Fenced as error:
            del self._held[batch.partition]
            _log.warning("partition lost", partition=batch.partition, reason=str(error))
            return 0

    def _beat(self) -> None:
        """What is due every few seconds, beside the readings."""
        self._store.heartbeat(self._source.name, self._owner, self._source.end_offsets(), self._clock())
        registry = self._store.registry()
        if _watched(registry) != _watched(self._registry):
            self._registry = registry
            self._decoder = decoder_for(registry, self._mapping, self._source.name)
            self._held.clear()  # claimed again at the next poll, with rules for the sensors as they are now
        self._assets.run()
        self._publish()

    def _reached(self, goal: dict[int, int]) -> bool:
        at = {book.partition: book.next_offset for book in self._store.books(self._source.name)}
        return all(at.get(partition, 0) >= end for partition, end in goal.items())

    def _publish(self) -> None:
        if self._sink is None or time.monotonic() < self._publish_due:
            return
        try:
            outbox.publish(self._store, ALERTS_TOPIC, self._sink)
        except ServiceUnavailable as error:  # alerts wait in the outbox; readings need not
            self._publish_due = time.monotonic() + PUBLISH_AGAIN_S
            _log.warning("alerts not published", reason=str(error), again_in_s=PUBLISH_AGAIN_S)

    def _finish(self, *, final: bool) -> None:
        self._assets.run(final=final)
        self._publish()


def _watched(registry: Registry) -> list[Sensor]:
    """The sensors that decoding and rules depend on; new discovered ones change neither."""
    return [sensor for sensor in registry if sensor.unit or sensor.state is SensorState.CONFIRMED]


class _Supervisor:
    """Decides what a failed step means: a pause and another try, or the end."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._failures = 0

    def succeeded(self) -> None:
        if self._failures:
            _log.info("working again")
        self._failures = 0

    def failed(self, error: ServiceUnavailable | StoreError) -> None:
        """Waits before the next try. Raises the error itself if a store has failed too often."""
        self._failures += 1
        if isinstance(error, StoreError) and self._failures >= _STORE_TRIES:
            raise error
        pause = _PAUSES_S[min(self._failures, len(_PAUSES_S)) - 1]
        _log.warning("waiting", reason=str(error), failures=self._failures, seconds=pause)
        self._stop.wait(pause)
