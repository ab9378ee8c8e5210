"""What real Kafka does to a worker on a bad day: it dies, it forgets, it is asked for too much."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from ingestion.sources.address import parse_kafka
from ingestion.sources.connecting import DIRECT
from ingestion.sources.kafka import KafkaSource
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.registry import Limits, Sensor
from plant.settings import load_settings
from plant.store.sqlite import SqliteStore, open_store
from plant.time import now_ms
from tests.integration.kafka.topics import START, fill, make_topic, readings
from tests.integration.servers import started
from tests.running import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.kafka


@contextmanager
def _working(store: SqliteStore, address: str, topic: str) -> Iterator[None]:
    """Runs a worker beside the test."""
    with (
        closing(KafkaSource(parse_kafka(f"kafka://{address}/{topic}"), topic)) as source,
        running(Worker(store, source, load_settings())),
    ):
        yield


@contextmanager
def _worker_process(address: str, topic: str, path: Path) -> Iterator[None]:
    """Runs a worker as a process: the client leaves sockets to a dead broker open, which here would be an error."""
    command = [sys.executable, "-m", "tui.cli.main", "worker", "--source", f"kafka://{address}/{topic}"]
    process = subprocess.Popen([*command, "--store", str(path), "--group", topic], stderr=subprocess.DEVNULL)
    try:
        yield
        process.terminate()
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()


def _drain(store: SqliteStore, address: str, topic: str) -> None:
    with closing(KafkaSource(parse_kafka(f"kafka://{address}/{topic}"), topic)) as source:
        Worker(store, source, load_settings()).run(until_end=True)


def _stored(store: SqliteStore) -> int:
    return sum(book.counts.stored for book in store.books())


@pytest.mark.chaos
def test_a_broker_that_is_killed_and_comes_back_loses_and_doubles_nothing(
    new_topic: str, tmp_path: Path, waiting: Callable[..., None]
) -> None:
    with open_store(tmp_path / "plant.db") as store:
        with started("kafka", tmp_path / "kafka") as (broker, address):
            port = address.rpartition(":")[2]
            make_topic(address, new_topic, 2, {"flush.messages": "1"})
            fill(address, new_topic, readings(1_000))
            with _worker_process(address, new_topic, tmp_path / "plant.db"):
                waiting(lambda: _stored(store) == 1_000, what="the first thousand")
                broker.send_signal(signal.SIGKILL)
                broker.wait()
                with started("kafka", tmp_path / "kafka", "--port", port):
                    fill(address, new_topic, readings(2_000)[1_000:])
                    waiting(lambda: _stored(store) == 2_000, seconds=90, what="the second thousand")
        total = verify(store).sum
    assert (total.consumed, total.skipped, total.duplicates, total.balanced) == (2_000, 0, 0, True)


def test_offsets_that_another_reader_of_the_group_commits_are_not_believed(
    real_kafka: str, new_topic: str, tmp_path: Path, waiting: Callable[..., None]
) -> None:
    """A worker on another store, in the same group, is further: after the rebalance Kafka says to go on there."""
    make_topic(real_kafka, new_topic, 2)
    fill(real_kafka, new_topic, [(key, value, n % 2) for n, (key, value, _) in enumerate(readings(100))])
    with open_store(tmp_path / "plant.db") as store, _working(store, real_kafka, new_topic):
        waiting(lambda: _stored(store) == 100, what="the first hundred")
        with closing(
            KafkaConsumer(new_topic, bootstrap_servers=real_kafka, proxy_url=DIRECT, group_id=new_topic)
        ) as other:
            while not other.assignment():
                other.poll(timeout_ms=200)
            other.commit({TopicPartition(new_topic, n): OffsetAndMetadata(90, "", -1) for n in (0, 1)})
        fill(real_kafka, new_topic, [(key, value, n % 2) for n, (key, value, _) in enumerate(readings(200)[100:])])
        waiting(lambda: sum(b.counts.consumed for b in store.books()) == 200, seconds=60, what="all to be consumed")
        total = verify(store).sum
    assert (total.stored, total.skipped, total.balanced) == (200, 0, True)


def test_messages_that_were_deleted_before_they_were_read_are_said(
    real_kafka: str, new_topic: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_topic(real_kafka, new_topic, 1)
    fill(real_kafka, new_topic, readings(100))
    with closing(KafkaAdminClient(bootstrap_servers=real_kafka, proxy_url=DIRECT)) as admin:
        admin.delete_records({TopicPartition(new_topic, 0): 60})
    with open_store(tmp_path / "plant.db") as store:
        _drain(store, real_kafka, new_topic)
        total = verify(store).sum
    assert (total.consumed, total.skipped, total.stored, total.balanced) == (100, 60, 40, True)
    assert "deleted" in "".join(r.getMessage() for r in caplog.records if r.levelname == "WARNING")


def test_a_message_of_ten_megabytes_is_kept_whole(real_kafka: str, new_topic: str, tmp_path: Path) -> None:
    make_topic(real_kafka, new_topic, 1, {"max.message.bytes": "12000000"})
    value = b'{"tag": "T", "ts": 1, "value": 1, "note": "' + b"x" * 10_000_000 + b'"}'
    with closing(
        KafkaProducer(bootstrap_servers=real_kafka, proxy_url=DIRECT, max_request_size=12_000_000)
    ) as producer:
        producer.send(new_topic, value=value).get(timeout=30)
    fill(real_kafka, new_topic, readings(10))
    with open_store(tmp_path / "plant.db") as store:
        _drain(store, real_kafka, new_topic)
        ((_, letter),) = store.dead_letters()
        total = verify(store).sum
    assert letter.value == value
    assert (letter.stage, len(letter.text) < 200) == ("decode", True)
    assert (total.stored, total.balanced) == (10, True)


_KILLED_BEFORE_MARKING = """
import os, signal, sys
from pathlib import Path
from tests.integration.kafka.topics import publish
from ingestion.sources.kafka import KafkaSink
from ingestion.sources.address import parse_kafka
from plant.store.sqlite import open_store

class Dying(KafkaSink):
    def send(self, messages):
        super().send(messages)
        os.kill(os.getpid(), signal.SIGKILL)

publish(open_store(Path(sys.argv[1])), "topic", Dying(parse_kafka(sys.argv[2])))
"""


def test_an_alert_reaches_its_topic_and_once_more_after_a_kill_before_it_was_marked(
    real_kafka: str, new_topic: str, tmp_path: Path
) -> None:
    """The whole way, by the command line: readings, a limit, an episode, the outbox, the topic."""
    path, alerts = tmp_path / "plant.db", f"{new_topic}-alerts"
    url = f"kafka://{real_kafka}/{alerts}"
    make_topic(real_kafka, new_topic, 1)
    make_topic(real_kafka, alerts, 1)
    hot = [(n, 12.0 if 5 <= n < 15 else 5.0) for n in range(30)]
    fill(
        real_kafka,
        new_topic,
        [(b"T", json.dumps({"tag": "T", "ts": START + n * 1_000, "value": v}).encode(), 0) for n, v in hot],
    )
    with open_store(path) as store:
        store.put_sensors([Sensor("T", limits=Limits(high=10.0), on_delay_ms=2_000, off_delay_ms=2_000)])
        store.enlist_sink("topic", now_ms())
        _drain(store, real_kafka, new_topic)
        (episode,) = store.episodes()
        keys = [f"{episode.id}/opened".encode(), f"{episode.id}/closed".encode()]
        killed = subprocess.run([sys.executable, "-c", _KILLED_BEFORE_MARKING, str(path), url], check=False)
        assert killed.returncode == -signal.SIGKILL
        assert len(store.unsent("topic", 10)) == 2
    command = [sys.executable, "-m", "tui.cli.main", "worker", "--source", f"kafka://{real_kafka}/{new_topic}"]
    subprocess.run(
        [*command, "--store", str(path), "--group", new_topic, "--until-end"],
        env={**os.environ, "MILLHAND_STREAM__ALERTS": url},
        check=True,
        capture_output=True,
    )
    with open_store(path) as store:
        assert store.unsent("topic", 10) == []
    with closing(
        KafkaConsumer(
            alerts,
            bootstrap_servers=real_kafka,
            proxy_url=DIRECT,
            auto_offset_reset="earliest",
            consumer_timeout_ms=5_000,
        )
    ) as consumer:
        told = [(record.key, json.loads(record.value)) for record in consumer]
    assert [key for key, _ in told] == keys * 2
    assert [body["kind"] for _, body in told] == ["opened", "closed"] * 2
    assert {body["episode"]["id"] for _, body in told} == {episode.id}
