"""The worker: poll -> decode -> one transaction a partition, exactly once, whatever dies when.

The store's offset is the truth. After each poll the worker compares what the source says it owns
with what it has claimed; a gained partition is claimed (a higher epoch fences its last owner off),
sought to the store's offset, and what that very poll returned for it is dropped. Nothing is kept
between polls that is not in the store, so a killed worker leaves nothing to repair.

Nothing holds the readings up: assets are judged and alerts are sent out in threads of their own. While the
store cannot be written the partitions are paused and polled all the same, so that nobody is thrown
out of the group and nothing piles up in memory.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

from ingestion.assets import AssetStage
from ingestion.duty import Duty
from ingestion.log import get_log
from ingestion.mapping import decoder_for
from ingestion.metrics import Meter
from ingestion.outbox import Deliveries
from ingestion.partition import Partition
from ingestion.supervise import Supervisor
from ingestion.watchdog import Goal, Watchdog
from plant.errors import BadInput, Fenced, ServiceUnavailable, StoreError
from plant.registry import SensorState
from plant.time import SECOND, now_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ingestion.contract import RawBatch, Source
    from ingestion.outbox import Sink
    from plant.registry import Registry, Sensor
    from plant.settings import Settings
    from plant.store.contract import Store

POLL_MS: Final = 500
BEAT_S: Final = 3.0
"""How often the worker says that it is alive and reads the registry again."""

JUDGE_S: Final = 0.5
"""How often assets are judged: an alert of one waits so long after the reading that closes its minute."""

_log = get_log(__name__)


def new_owner() -> str:
    """Returns a name for a worker that no other one ever has: host, process and a random word."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


class Worker:
    """Takes a source into a store. `run` may be stopped from another thread.

    Args:
        store: Where everything goes.
        source: What is read; closed by whoever opened it.
        settings: The stream's settings.
        owner: Name in the store's books; unique by default.
        sinks: Where the outbox is emptied to, by name; closed by whoever opened them.
        clock: The wall clock, UTC milliseconds.
        meter: Counts what the worker does; one of its own by default.

    Raises:
        SettingsError: If the settings of the mapping can never work.
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        settings: Settings,
        *,
        owner: str = "",
        sinks: Mapping[str, Sink] | None = None,
        clock: Callable[[], int] = now_ms,
        meter: Meter | None = None,
    ) -> None:
        self._store = store
        self._source = source
        self._settings, self._mapping = settings.stream, settings.mapping
        self._owner = owner or new_owner()
        self._sinks = sinks or {}
        self._clock = clock
        self._meter = meter or Meter()
        self._registry = store.registry()
        self._decoder = decoder_for(self._registry, self._mapping, source.name)
        self._assets = AssetStage(store, self._owner, settings)
        self._watchdog = Watchdog(settings.stream.blind_ms / SECOND)
        self._held: dict[int, Partition] = {}
        self._beat_due = 0.0

    def run(self, until_end: bool = False, stop: threading.Event | None = None) -> int:
        """Works until stopped, or until all that was in the log at the start is in the store.

        Args:
            until_end: Stop when the store holds, for every partition of the log, whoever owns it,
                all offsets below the end seen at the start.
            stop: Set by another thread or a signal handler to end after the batch under way.

        Returns:
            How many messages this worker took in.

        Raises:
            AccessDenied: If the source refuses us from the start.
            SettingsError: If another worker has this one's name in its group.
            StoreError: If the store cannot be written, several times in a row, and not for want of room.
            BadInput: If the log is not the one that the store has read before.
        """
        stop = stop or threading.Event()
        with closing(Deliveries(self._store, self._owner, self._sinks)) as deliveries:
            with Duty("assets", lambda ending: self._assets.run(stop=ending), JUDGE_S) as judging:
                consumed = self._read(until_end, stop, judging, deliveries)
            if until_end:
                self._judge_the_rest(stop)
            with suppress(StoreError):  # else their lease runs out
                self._store.release_assets(self._owner)
        return consumed

    def _read(self, until_end: bool, stop: threading.Event, judging: Duty, deliveries: Deliveries) -> int:
        supervisor = Supervisor()
        goal: Goal | None = None
        consumed = 0
        while not stop.is_set():
            deliveries.wake()  # also while the source is away
            try:
                if until_end and goal is None:
                    goal = Goal(self._source.name, self._source.end_offsets(), self._settings.blind_ms / SECOND)
                consumed += self.step()
                judging.check()
                supervisor.succeeded(consumed)
                if goal is not None and goal.reached(self._store.books(self._source.name), self._held.keys()):
                    break
            except ServiceUnavailable as error:
                self._held.clear()  # what was read and not committed is read again
                self._watchdog.forget()
                stop.wait(supervisor.pause_after(error))
            except StoreError as error:
                self._hold_back(supervisor.pause_after(error), stop)
        return consumed

    def _judge_the_rest(self, stop: threading.Event) -> None:
        supervisor = Supervisor()
        while not stop.is_set():
            try:
                self._assets.run(final=True, stop=stop)
            except StoreError as error:
                stop.wait(supervisor.pause_after(error))
            else:
                break

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
        returned = time.perf_counter()
        gained = self._own()
        consumed = 0
        for batch in batches:
            if batch.partition not in gained:
                consumed += self._commit(batch)
                self._meter.poll_to_commit.observe(time.perf_counter() - returned)
        if time.monotonic() >= self._beat_due:
            self._beat()
            self._beat_due = time.monotonic() + BEAT_S
        return consumed

    def judge(self) -> None:
        """Judges the assets here and now, for who takes steps; `run` does it beside the readings."""
        self._assets.run()

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
            self._source.seek(batch.partition, partition.position)
            _log.warning("partition lost", partition=batch.partition, reason=str(error))
            return 0

    def _beat(self) -> None:
        """What is due every few seconds beside the readings, and short."""
        ends = self._source.end_offsets()
        self._store.heartbeat(self._source.name, self._owner, ends, self._clock())
        self._watch(ends)
        registry = self._store.registry()
        if _watched(registry) != _watched(self._registry):
            self._registry = registry
            self._decoder = decoder_for(registry, self._mapping, self._source.name)
            self._held.clear()  # claimed again at the next poll, with rules for the sensors as they are now

    def _watch(self, ends: Mapping[int, int]) -> None:
        """Takes everything up anew if a partition stands still though its log goes on."""
        if self._watchdog.look({number: held.position for number, held in self._held.items()}, ends):
            self._meter.watchdog_restarts.inc()
            self._held.clear()
            self._source.rejoin()

    def _hold_back(self, seconds: float, stop: threading.Event) -> None:
        """Waits for the store with all partitions paused; polls keep our place in the group and bring nothing."""
        until = time.monotonic() + seconds
        try:
            for number, held in self._held.items():
                self._source.seek(number, held.position)  # what was read and not committed is read again
            self._held.clear()
            self._watchdog.forget()
            while (left := until - time.monotonic()) > 0 and not stop.wait(min(left, POLL_MS / SECOND)):
                self._source.pause(sorted(self._source.assignment()))
                self._source.poll(1, 0)
            self._source.resume(sorted(self._source.assignment()))
        except ServiceUnavailable as error:
            self._held.clear()
            _log.warning("the source went away as well", reason=str(error))


def _watched(registry: Registry) -> list[Sensor]:
    """The sensors that decoding and rules depend on; new discovered ones change neither."""
    return [sensor for sensor in registry if sensor.unit or sensor.state is SensorState.CONFIRMED]
