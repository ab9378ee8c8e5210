"""Kafka as a source, a target for replay, and a sink for alerts (kafka-python).

The consumer group decides who reads which partition; the store decides from where. Nothing is
committed automatically: what earlier polls returned is in the store by the time of the next one,
so its offset is then told to Kafka, as a hint for lag tools only.

The group's offsets are not believed either. A member that was thrown out and let in again within one poll
owns the same partitions as before, and the client goes on where the group's offsets say, which a worker
on another store may have moved. So the rebalance listener notes that this happened, no more (it runs on
the client's own thread, where the store may not be touched), and the reader goes back to where it was.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.base import MemberState
from kafka.errors import IllegalStateError, KafkaError
from kafka.structs import OffsetAndMetadata

from ingestion.contract import RawBatch, RawMessage
from ingestion.log import get_log
from ingestion.sources.access import KafkaAccess
from ingestion.sources.answering import answering, no_topic
from ingestion.sources.connecting import DIRECT, client_that_makes_no_topics
from ingestion.sources.greeting import greet
from plant.errors import ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from ingestion.sources.address import KafkaAddress
    from plant.store.contract import OutboxMessage

ANSWER_MS: Final = 5_000
"""How long a broker may take to answer a question before it counts as away."""

JOIN_WITHIN_S: Final = 45.0
"""How long joining the group may take before it is begun anew: a broker may forget who is waiting."""

HINT_EVERY_S: Final = 1.0
"""How often Kafka is told how far the store is."""

CONSUMER_OPTIONS: Final[dict[str, Any]] = {
    "enable_auto_commit": False,  # the store's offset is the truth
    "auto_offset_reset": "earliest",
    "isolation_level": "read_committed",
    "partition_assignment_strategy": (RangePartitionAssignor,),  # eager; cooperative ones lost partitions elsewhere
    "session_timeout_ms": 10_000,  # a killed worker's tags are unwatched for so long
    "heartbeat_interval_ms": 3_000,
    "request_timeout_ms": 15_000,
    "bootstrap_timeout_ms": 10_000,
    "max_partition_fetch_bytes": 4 * 1024 * 1024,  # a longer message comes alone
    "kafka_client": client_that_makes_no_topics,
    "metrics_enabled": False,
    "proxy_url": DIRECT,
}
"""How topics are read; benchmarks measure the bare client with the same."""

_PRODUCER: Final[dict[str, Any]] = {
    "acks": "all",
    "enable_idempotence": True,
    "linger_ms": 10,
    "batch_size": 256 * 1024,
    "bootstrap_timeout_ms": 10_000,
    "metrics_enabled": False,
    "proxy_url": DIRECT,
}

_LOST: Final = (IllegalStateError, ValueError, KeyError)
"""What the client says of a partition that it lost, on its own thread, since it was last asked which it has."""

_log = get_log(__name__)


class _Rejoined(ConsumerRebalanceListener):  # type: ignore[misc]  # the client has no types
    """Remembers that the group gave partitions out; asked once."""

    def __init__(self) -> None:
        self._happened = False

    def on_partitions_assigned(self, assigned: object) -> None:  # noqa: ARG002 (the signature is the client's)
        self._happened = True

    def on_partitions_revoked(self, revoked: object) -> None:
        """What is lost is seen by the worker, from `assignment`."""

    def take(self) -> bool:
        """Says whether it happened since last asked."""
        happened, self._happened = self._happened, False
        return happened


class KafkaSource:
    """A topic read as a member of a consumer group.

    Args:
        address: The broker and the topic.
        group: The consumer group.
        access: How the broker is spoken to.

    Raises:
        AccessDenied: If the broker refuses us.
        ServiceUnavailable: If it does not answer.
    """

    def __init__(self, address: KafkaAddress, group: str, access: KafkaAccess | None = None) -> None:
        self._address = address
        self._group = group
        self._access = access or KafkaAccess()
        self._rejoined = _Rejoined()
        self._positions: dict[int, int] = {}
        self._hinted: dict[int, int] = {}
        self._hint_due = 0.0
        self._joined_at = time.monotonic()
        self._open: KafkaConsumer | None = self._connect()

    @property
    def name(self) -> str:
        """The topic."""
        return self._address.topic

    def assignment(self) -> frozenset[int]:
        """Returns the partitions the group has given this reader."""
        if self._open is None:
            return frozenset()
        return frozenset(place.partition for place in self._open.assignment())

    def partitions(self) -> frozenset[int]:
        """Returns all partitions of the topic. Raises `ServiceUnavailable` if there is no such topic."""
        with self._answers():
            found = self._consumer.partitions_for_topic(self.name)
        if not found:
            raise no_topic(self._address)
        return frozenset(found)

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        """Returns the next messages; what earlier polls returned is taken to be in the store.

        Raises:
            AccessDenied: If we may not read the topic or join the group.
            SettingsError: If another worker has taken our name in the group.
            ServiceUnavailable: If the client fails; the next call joins the group anew.
        """
        try:
            with self._answers():
                self._hint()
                polled = self._consumer.poll(timeout_ms=timeout_ms, max_records=max_messages)
                self._watch_join()
                if self._rejoined.take():
                    self._go_back()
                    return []
                return [
                    batch
                    for place in self._consumer.assignment()
                    if (batch := self._batch(place, polled.get(place, []))) is not None
                ]
        except ServiceUnavailable:
            self._abandon()
            raise

    def seek(self, partition: int, offset: int) -> None:
        """Goes on from an offset of a partition owned; one that was lost since is left alone."""
        with suppress(*_LOST):
            self._consumer.seek(TopicPartition(self.name, partition), offset)
        self._positions[partition] = offset

    def end_offsets(self) -> dict[int, int]:
        """Returns the offset after the last message of every partition."""
        places = [TopicPartition(self.name, partition) for partition in self.partitions()]
        with self._answers():
            ends = self._consumer.end_offsets(places, timeout_ms=ANSWER_MS)
        return {place.partition: end for place, end in ends.items()}

    def pause(self, partitions: Sequence[int]) -> None:
        """Holds partitions back without giving them up; one that was lost since is left alone."""
        for partition in partitions:
            with suppress(*_LOST):
                self._consumer.pause(TopicPartition(self.name, partition))

    def resume(self, partitions: Sequence[int]) -> None:
        """Lets paused partitions go on; one that was lost since is left alone."""
        for partition in partitions:
            with suppress(*_LOST):
                self._consumer.resume(TopicPartition(self.name, partition))

    def rejoin(self) -> None:
        """Leaves the group; the next call joins it anew, over new connections."""
        self._abandon()

    def close(self) -> None:
        """Tells Kafka the last offsets and leaves the group."""
        if self._open is not None:
            self._hint_due = 0.0
            with suppress(KafkaError):  # only a hint
                self._hint()
            self._abandon()

    @property
    def _consumer(self) -> KafkaConsumer:
        if self._open is None:
            self._open = self._connect()
        return self._open

    def _connect(self) -> KafkaConsumer:
        greet(self._address, self._access)
        with self._answers():
            consumer = KafkaConsumer(
                bootstrap_servers=list(self._address.servers),
                group_id=self._group,
                group_instance_id=self._access.instance,
                **CONSUMER_OPTIONS,
                **self._access.options(),
            )
            consumer.subscribe([self.name], listener=self._rejoined)
        return consumer

    def _answers(self) -> AbstractContextManager[None]:
        return answering(self._address, self._access, self._group)

    def _go_back(self) -> None:
        """Goes on where this reader was, whatever the group says; what it has never read, the worker seeks."""
        for place in self._consumer.assignment():
            if place.partition in self._positions:
                self.seek(place.partition, self._positions[place.partition])

    def _watch_join(self) -> None:
        now = time.monotonic()
        if self._consumer.group_metadata().state is MemberState.STABLE:
            self._joined_at = now
        elif now > self._joined_at + JOIN_WITHIN_S:
            raise ServiceUnavailable(f"The group {self._group} has not settled for {JOIN_WITHIN_S:g} s; joining again.")

    def _abandon(self) -> None:
        """Closes the client and forgets what it knew; the next call connects anew."""
        consumer, self._open = self._open, None
        self._positions.clear()
        self._hinted.clear()
        self._joined_at = time.monotonic()
        if consumer is not None:
            try:
                consumer.close(autocommit=False, timeout_ms=ANSWER_MS)
            except KafkaError as error:  # it is being given up because it failed
                _log.debug("close failed", reason=str(error))

    def _batch(self, place: TopicPartition, records: list[Any]) -> RawBatch | None:
        """Makes a batch of what came for a partition; None where nothing moved.

        The client's position also moves past offsets that hold no record for us: control records,
        aborted transactions, compacted stretches, and what the broker has deleted.
        """
        if place.partition not in self._positions:  # gained with this poll; the worker seeks first
            return None
        start = self._positions[place.partition]
        try:
            position = self._consumer.position(place, timeout_ms=ANSWER_MS)
        except _LOST:
            return None
        if position is None or position == start:
            return None
        self._positions[place.partition] = position
        messages = [RawMessage(record.offset, record.key, record.value) for record in records]
        first = messages[0].offset if messages else position
        if first > start:
            self._say_gap(place, start, first)
        return RawBatch(place.partition, messages, position)

    def _say_gap(self, place: TopicPartition, start: int, end: int) -> None:
        """Tells messages that the broker deleted before we came from offsets that never held one for us."""
        begins = self._consumer.beginning_offsets([place], timeout_ms=ANSWER_MS)[place]
        if begins > start:
            lost = min(begins, end) - start
            _log.warning("messages deleted by the broker before they were read", partition=place.partition, count=lost)
        else:
            _log.info("offsets not shown by the log", partition=place.partition, start=start, end=end)

    def _hint(self) -> None:
        """Tells Kafka, now and then, how far the store is.

        A static member tells it also when nothing has moved: the answer is how it learns that another has its name.
        """
        if time.monotonic() < self._hint_due or self._open is None:
            return
        owned, known = self.assignment(), {} if self._access.instance else self._hinted
        moved = {p: at for p, at in self._positions.items() if p in owned and known.get(p) != at}
        if moved:
            self._open.commit_async(
                {TopicPartition(self.name, p): OffsetAndMetadata(at, "", -1) for p, at in moved.items()}
            )
            self._hinted |= moved
        self._hint_due = time.monotonic() + HINT_EVERY_S


class KafkaSink:
    """A topic written to: every message is acknowledged by all replicas, once each (idempotent producer).

    Args:
        address: The broker and the topic.
        access: How the broker is spoken to.
        patience_s: How long messages may take to be acknowledged.

    Raises:
        AccessDenied: If the broker refuses us.
        ServiceUnavailable: If it does not answer.
    """

    at_once: ClassVar[int] = 500

    def __init__(self, address: KafkaAddress, access: KafkaAccess | None = None, *, patience_s: float = 30.0) -> None:
        self._address = address
        self._access = access or KafkaAccess()
        self._patience_s = patience_s
        patience_ms = round(patience_s * 1_000)
        greet(address, self._access)
        with answering(address, self._access):
            self._producer = KafkaProducer(
                bootstrap_servers=list(address.servers),
                max_block_ms=patience_ms,
                delivery_timeout_ms=patience_ms,
                request_timeout_ms=patience_ms // 2,
                **_PRODUCER,
                **self._access.options(),
            )

    def send(self, messages: Sequence[OutboxMessage]) -> None:
        """Delivers alerts in order. Raises `ServiceUnavailable` if any is not acknowledged."""
        self.write([(message.key.encode(), message.body.encode()) for message in messages])

    def write(self, messages: Sequence[tuple[bytes | None, bytes | None]]) -> None:
        """Delivers keys and values, and waits until all are acknowledged. Raises `ServiceUnavailable` if not."""
        with answering(self._address, self._access):
            self._producer.partitions_for(self._address.topic)  # asked once: `send` would ask for each message
            pending = [self._producer.send(self._address.topic, key=key, value=value) for key, value in messages]
            self._producer.flush(timeout=self._patience_s)
            for one in pending:
                one.get(timeout=self._patience_s)

    def close(self) -> None:
        """Gives the connection up."""
        self._producer.close(timeout=5)
