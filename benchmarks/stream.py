"""Readings a second of one worker process, end to end, beside the bare rate of the same client.

End to end is Kafka to committed rows: consumer group, decoding, tag rules with limits, rollups,
books, synced commits. Bare is the same client with the same options that only decodes. Both read
the same topic from the beginning, in turns, in one run. The broker is real Apache Kafka from
`../shared/servers` where that is, else the one of the wheel.

Time to join the group is left out on both sides: the clock starts with the first message.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from kafka import KafkaConsumer, TopicPartition

from benchmarks.report import report
from ingestion.contract import RawMessage
from ingestion.decode import Decoder
from ingestion.sources.kafka import CONSUMER_OPTIONS, KafkaSource
from ingestion.sources.urls import parse_kafka
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.registry import Limits, Registry, Sensor
from plant.settings import Settings
from plant.store.sqlite import open_store
from tests.integration.kafka.topics import fill, make_topic
from tests.integration.servers import SERVE, serve, serve_wheel_broker

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGES, TAGS, PARTITIONS, ROUNDS = 200_000, 20, 4, 3
START = 1_764_000_000_000


def messages() -> Iterator[tuple[bytes, bytes, None]]:
    """Yields readings of twenty tags at 1 Hz, keyed by tag, about 110 bytes each."""
    for i in range(MESSAGES):
        tag = f"CW-100.TT-{i % TAGS:02}".encode()
        ts, value = START + i // TAGS * 1_000, 5 + (i * 7919 % 101) / 1_000
        text = b'{"tag": "%s", "ts": %d, "value": %.3f, "unit": "degC", "quality": 192, "seq": %d}'
        yield tag, text % (tag, ts, value, i), None


def sensors() -> list[Sensor]:
    """Returns the tags with a set-point band and limits, so that the rules have work."""
    limits = Limits(low=4.0, high=6.0, setpoint=5.0, tolerance=0.2, deadband=0.02)
    return [Sensor(f"CW-100.TT-{i:02}", unit="degC", limits=limits) for i in range(TAGS)]


def bare(address: str, topic: str) -> float:
    """Returns the messages a second that the client alone consumes and decodes."""
    decoder, seen, began = Decoder(Registry(sensors())), 0, 0.0
    with closing(KafkaConsumer(bootstrap_servers=address, **CONSUMER_OPTIONS)) as consumer:
        places = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        while seen < MESSAGES:
            polled = consumer.poll(timeout_ms=500, max_records=Settings().stream.max_messages)
            began = began or time.perf_counter()
            for records in polled.values():
                placed, _ = decoder.decode([RawMessage(r.offset, r.key, r.value) for r in records])
                seen += len(placed)
        return MESSAGES / (time.perf_counter() - began)


def end_to_end(address: str, topic: str, directory: Path, group: str) -> float:
    """Returns the readings a second from the first poll with messages to all of them committed."""
    with (
        open_store(directory / f"{group}.db") as store,
        closing(KafkaSource(parse_kafka(f"kafka://{address}/{topic}"), group)) as source,
    ):
        store.put_sensors(sensors())
        worker = Worker(store, source, Settings())
        taken, began = 0, 0.0
        while taken < MESSAGES:
            before = time.perf_counter()
            taken += worker.step()
            began = began or (before if taken else 0.0)
        rate = MESSAGES / (time.perf_counter() - began)
        total = verify(store).sum
        assert total.balanced, total.problems
        assert total.stored == MESSAGES
    return rate


def main() -> int:
    """Measures in turns and reports."""
    with (
        tempfile.TemporaryDirectory() as name,
        serve("kafka", Path(name) / "kafka") if SERVE.exists() else serve_wheel_broker() as address,
    ):
        make_topic(address, "bench", PARTITIONS)
        fill(address, "bench", messages())
        rows = [
            {
                "round": number,
                "end to end, readings/s": end_to_end(address, "bench", Path(name), f"round-{number}"),
                "bare, messages/s": bare(address, "bench"),
            }
            for number in range(1, ROUNDS + 1)
        ]
    ours, client = (statistics.median(float(row[key]) for row in rows) for key in list(rows[0])[1:])
    figures = {"end_to_end_per_s": ours, "bare_per_s": client, "end_to_end_share_of_bare": ours / client}
    return report("stream", rows, figures)


if __name__ == "__main__":
    sys.exit(main())
