"""Readings a second of one worker process, end to end, beside the bare rate of the same client; and three more tables.

End to end is Kafka to committed rows and judged minutes: consumer group, decoding, the rules of all tags, the
detectors of all assets, rollups, books, synced commits. Bare is the same client with the same options that only
decodes. Both read the same topic from the beginning, in turns, in one run. The broker is real Apache Kafka from
`../shared/servers` where that is, else the one of the wheel. Time to join the group is left out on both sides.

| section | what is measured |
|---|---|
| `stream` | ten assets of ten tags at 1 Hz, their detectors fitted before: rates in turns |
| `stream-alerts` | the same: seconds from the return of the poll that brings its cause to an alert's commit |
| `stream-growth` | 10 to 10,000 tags without history, so with detectors that still learn: rates |
| `stream-memory` | a worker process under a steady load for `--minutes`: MiB resident |
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition

from benchmarks.report import report
from benchmarks.stream_plant import Plant, ending_now, messages, past, sensors
from benchmarks.stream_watch import MemoryRun, Moment, Rate, WatchedSource, WatchedStore
from forecasting.detectors import DETECTORS
from ingestion.contract import RawMessage
from ingestion.decode import Decoder
from ingestion.sources.address import parse_kafka
from ingestion.sources.kafka import CONSUMER_OPTIONS, KafkaSource
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.registry import Registry
from plant.settings import Settings
from plant.store.sqlite import open_store
from plant.time import HOUR, MINUTE, SECOND
from tests.integration.kafka.topics import fill, make_topic
from tests.integration.servers import SERVE, serve, serve_wheel_broker

MESSAGES: Final = 200_000
TAGS: Final = 100
PARTITIONS: Final = 4
GROWTH: Final = (10, 100, 1_000, 10_000)
STEADY: Final = 10_000
"""Messages a second of the run whose memory is looked at."""


def with_past(address: str, topic: str, plant: Plant, path: Path) -> dict[int, int]:
    """Makes a topic with the plant's past and a store that has read and judged it; returns the topic's end."""
    make_topic(address, topic, PARTITIONS)
    fill(address, topic, past(plant))
    with open_store(path) as store, closing(_source(address, topic, path.stem)) as source:
        store.put_sensors(sensors(plant.tags))
        Worker(store, source, Settings()).run(until_end=True)
        return source.end_offsets()


def bare(address: str, topic: str, tags: int, begin: dict[int, int], count: int) -> Rate:
    """Returns the messages a second that the client alone consumes and decodes."""
    decoder, seen, began = Decoder(Registry(sensors(tags))), 0, None
    with closing(KafkaConsumer(bootstrap_servers=address, **CONSUMER_OPTIONS)) as consumer:
        consumer.assign([TopicPartition(topic, partition) for partition in begin])
        for partition, offset in begin.items():
            consumer.seek(TopicPartition(topic, partition), offset)
        while seen < count:
            polled = consumer.poll(timeout_ms=500, max_records=Settings().stream.max_messages)
            began = began or Moment.now()
            for records in polled.values():
                placed, _ = decoder.decode([RawMessage(r.offset, r.key, r.value) for r in records])
                seen += len(placed)
        assert began is not None
        return Rate.since(began, count)


class Run:
    """One worker that reads a topic to its end, into a store that may have a past.

    Attributes:
        rate: Readings a second, from the first poll with messages to all of them committed and judged.
        judged: Asset minutes judged meanwhile.
        seconds: See `WatchedStore`.
    """

    def __init__(self, address: str, topic: str, path: Path, count: int) -> None:
        before = _cursors(path)
        with (
            open_store(path) as store,
            closing(_source(address, topic, path.stem)) as source,
        ):
            stored = verify(store).sum.stored
            watched = WatchedSource(source)
            watching = WatchedStore(store, watched)
            Worker(watching, watched, Settings()).run(until_end=True)
            self.rate = Rate.since(watched.first, count)
            total = verify(store).sum
            assert total.balanced, total.problems
            assert total.stored == stored + count
        after = _cursors(path)
        self.judged = sum(after[asset] - cursor for asset, cursor in before.items()) // MINUTE
        self.seconds = watching.seconds


def rates(address: str, folder: Path, rounds: int) -> int:
    """Measures in turns, and how soon alerts are in the outbox."""
    plant = ending_now(TAGS, SECOND, MESSAGES)
    begin = with_past(address, "rates", plant, folder / "past.db")
    fill(address, "rates", messages(plant, range(MESSAGES // TAGS)))
    rows: list[dict[str, Any]] = []
    seconds: dict[str, list[float]] = {"tag": [], "asset": []}
    for number in range(1, rounds + 1):
        run = Run(address, "rates", _copy(folder / "past.db", f"round-{number}"), MESSAGES)
        client = bare(address, "rates", TAGS, begin, MESSAGES)
        rows.append(
            {
                "round": number,
                "end to end, readings/s": run.rate.clock,
                "bare, messages/s": client.clock,
                "share": run.rate.clock / client.clock,
                "end to end a CPU second": run.rate.cpu,
                "bare a CPU second": client.cpu,
                "share of it": run.rate.cpu / client.cpu,
                "asset minutes judged": run.judged,
            }
        )
        for kind, found in run.seconds.items():
            seconds[kind] += found
    ours, client = (statistics.median(float(row[key]) for row in rows) for key in list(rows[0])[1:3])
    figures = {
        "end_to_end_per_s": ours,
        "bare_per_s": client,
        "end_to_end_share_of_bare": ours / client,
        "end_to_end_share_of_bare_cpu": statistics.median(float(row["share of it"]) for row in rows),
    }
    return max(report("stream", rows, figures), _alerts(seconds))


def _alerts(seconds: dict[str, list[float]]) -> int:
    rows = [
        {"alert of": kind, "opened": len(found), "median, s": statistics.median(found), "p99, s": _p99(found)}
        for kind, found in seconds.items()
        if found
    ]
    figures = {f"{row['alert of']}_p99_s": float(row["p99, s"]) for row in rows}
    return report("stream-alerts", rows, figures)


def growth(address: str, folder: Path) -> int:
    """Measures plants of more and more tags; the same number of readings each."""
    rows = []
    for tags in GROWTH:
        count = MESSAGES - MESSAGES % tags
        plant = ending_now(tags, SECOND, count)
        topic = f"growth-{tags}"
        make_topic(address, topic, PARTITIONS)
        fill(address, topic, messages(plant, range(count // tags)))
        path = folder / f"{topic}.db"
        with open_store(path) as store:
            store.put_sensors(sensors(tags))
        run = Run(address, topic, path, count)
        rows.append(
            {
                "tags": tags,
                "assets": -(-tags // 10),
                "end to end, readings/s": run.rate.clock,
                "a CPU second": run.rate.cpu,
            }
        )
    few, many = (float(rows[number]["end to end, readings/s"]) for number in (1, -1))
    return report("stream-growth", rows, {"share_kept_from_100_to_10000_tags": many / few})


def memory(address: str, folder: Path, minutes: float) -> int:
    """Feeds a worker process at a steady rate and looks at its memory."""
    step, steps = 10 * SECOND, STEADY // TAGS
    plant = ending_now(TAGS, step, int(minutes * 60) * STEADY)
    begin = with_past(address, "memory", plant, folder / "memory.db")
    fed = iter(range(0, 2**31, steps))

    def feed() -> None:
        begin = next(fed)
        fill(address, "memory", messages(plant, range(begin, begin + steps)))

    run = MemoryRun(f"kafka://{address}/memory", folder / "memory.db", "memory")
    run.watch(minutes * 60, feed)
    with open_store(folder / "memory.db", read_only=True) as store:
        books = store.books("memory")
    taken = sum(book.next_offset - begin[book.partition] for book in books)
    every = max(1, len(run.samples) // 10)
    rows = [{"after, s": at, "resident, MiB": resident} for at, resident in run.samples[::every]]
    hours = taken / TAGS * step / HOUR
    print(f"{taken} readings in {minutes:g} minutes: {hours:.1f} h of the plant.")
    return report("stream-memory", rows, {"growth_mib_per_minute": run.slope(), "resident_mib": run.samples[-1][1]})


def _source(address: str, topic: str, group: str) -> KafkaSource:
    return KafkaSource(parse_kafka(f"kafka://{address}/{topic}"), group)


def _copy(path: Path, name: str) -> Path:
    return Path(shutil.copy(path, path.with_name(f"{name}.db")))


def _cursors(path: Path) -> dict[str, int]:
    """Returns up to which source time the assets of a store are judged."""
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT asset, cursor FROM assets WHERE cursor IS NOT NULL"))


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98] if len(values) > 1 else values[0]


def main() -> int:
    """Measures what is asked for, all by default, and reports."""
    parser = argparse.ArgumentParser(prog="benchmarks.stream", description=__doc__.partition("\n")[0])
    parser.add_argument("sections", nargs="*", help="rates, growth, memory; all if none is named")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of rates")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long memory is looked at")
    given = parser.parse_args()
    print(f"Detectors: {', '.join(DETECTORS)}.")
    with (
        tempfile.TemporaryDirectory() as name,
        serve("kafka", Path(name) / "kafka") if SERVE.exists() else serve_wheel_broker() as address,
    ):
        folder = Path(name)
        every = {
            "rates": lambda: rates(address, folder, given.rounds),
            "growth": lambda: growth(address, folder),
            "memory": lambda: memory(address, folder, given.minutes),
        }
        return max(every[section]() for section in given.sections or every)


if __name__ == "__main__":
    sys.exit(main())
