"""The newest messages of a topic, looked at without joining a group or moving any offset."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from kafka import KafkaConsumer, TopicPartition

from ingestion.contract import RawMessage
from ingestion.sources.answering import answering, no_topic
from ingestion.sources.greeting import greet
from ingestion.sources.kafka import ANSWER_MS, CONSUMER_OPTIONS

if TYPE_CHECKING:
    from ingestion.sources.access import KafkaAccess
    from ingestion.sources.address import KafkaAddress

_WITHIN_S: Final = 10.0


def newest_messages(address: KafkaAddress, access: KafkaAccess, count: int) -> list[RawMessage]:
    """Returns the newest messages of a topic, at most `count` a partition, by partition and offset.

    Raises:
        ServiceUnavailable: If the broker does not answer or there is no such topic.
        AccessDenied: If it refuses us.
    """
    greet(address, access)
    with (
        answering(address, access),
        closing(
            KafkaConsumer(bootstrap_servers=list(address.servers), **CONSUMER_OPTIONS, **access.options())
        ) as consumer,
    ):
        return _read(consumer, address, count)


def _read(consumer: KafkaConsumer, address: KafkaAddress, count: int) -> list[RawMessage]:
    found_there = consumer.partitions_for_topic(address.topic) or ()
    places = [TopicPartition(address.topic, partition) for partition in sorted(found_there)]
    if not places:
        raise no_topic(address)
    ends = consumer.end_offsets(places, timeout_ms=ANSWER_MS)
    begins = consumer.beginning_offsets(places, timeout_ms=ANSWER_MS)
    left = {place for place in places if ends[place] > begins[place]}
    consumer.assign(sorted(left))
    for place in left:
        consumer.seek(place, max(begins[place], ends[place] - count))
    found: dict[TopicPartition, list[RawMessage]] = {place: [] for place in places}
    deadline = time.monotonic() + _WITHIN_S
    while left and time.monotonic() < deadline:
        for place, records in consumer.poll(timeout_ms=500).items():
            found[place] += [RawMessage(record.offset, record.key, record.value) for record in records]
        left = {place for place in left if consumer.position(place, timeout_ms=ANSWER_MS) < ends[place]}
    return [message for place in places for message in found[place][-count:]]
