"""Makes topics and fills them, and empties an outbox, for tests."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from ingestion.sources.connecting import DIRECT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingestion.outbox import Sink
    from plant.store.contract import Store

START = 1_764_000_000_000


def make_topic(address: str, topic: str, partitions: int, configs: dict[str, str] | None = None) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=address, proxy_url=DIRECT)) as admin:
        admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=configs or {})])


def fill(address: str, topic: str, messages: Iterable[tuple[bytes | None, bytes | None, int | None]]) -> None:
    """Sends (key, value, partition) and waits for every acknowledgement."""
    producer = KafkaProducer(bootstrap_servers=address, proxy_url=DIRECT, acks="all", linger_ms=10)
    try:
        sent = [producer.send(topic, key=key, value=value, partition=partition) for key, value, partition in messages]
        producer.flush(timeout=60)
        for one in sent:
            one.get(timeout=60)
    finally:
        producer.close()


def publish(store: Store, name: str, sink: Sink) -> int:
    """Sends a sink what it does not have yet, whoever holds its lease, and returns how many messages that were."""
    sent = 0
    while messages := store.unsent(name, sink.at_once):
        sink.send(messages)
        store.mark_sent(name, messages[-1].id)
        sent += len(messages)
    return sent


def readings(count: int, tags: int = 20) -> list[tuple[bytes, bytes, None]]:
    """Distinct good readings, keyed by tag, one a second for each tag."""
    return [
        (tag.encode(), msgspec.json.encode({"tag": tag, "ts": START + i // tags * 1_000, "value": i % 7 + 0.5}), None)
        for i in range(count)
        for tag in (f"T-{i % tags:02}",)
    ]
