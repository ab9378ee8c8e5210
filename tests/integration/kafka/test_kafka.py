"""The worker on real brokers: exactly once through kills and rebalances, gaps, and what is sent out."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

import ingestion.sources.kafka as kafka_source
from ingestion.sources.address import parse_kafka
from ingestion.sources.connecting import DIRECT
from ingestion.sources.kafka import KafkaSink, KafkaSource
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.episodes import ChangeKind, Episode, EpisodeChange, EpisodeKind, EpisodeState, Priority
from plant.errors import BadInput, ServiceUnavailable
from plant.settings import Settings, load_settings
from plant.store.contract import Counts
from plant.store.sqlite import SqliteStore, open_store
from tests.integration.kafka.topics import START, fill, make_topic, publish, readings
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.kafka


def _settings(**stream: object) -> Settings:
    return load_settings({"stream": stream})


@pytest.fixture(autouse=True)
def _join_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel's broker now and then forgets a member that is joining."""
    monkeypatch.setattr(kafka_source, "JOIN_WITHIN_S", 10.0)


def _source(address: str, topic: str) -> KafkaSource:
    return KafkaSource(parse_kafka(f"kafka://{address}/{topic}"), group=topic)


def _drain(store: SqliteStore, address: str, topic: str, **stream: object) -> None:
    with closing(_source(address, topic)) as source:
        Worker(store, source, _settings(**stream)).run(until_end=True)


def _worker(address: str, topic: str, store: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tui.cli.main", "worker", "--source", f"kafka://{address}/{topic}"]
    return subprocess.Popen(
        [*command, "--store", str(store), "--group", topic, *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.chaos
def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    kafka_address: str, new_topic: str, tmp_path: Path, waiting: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    count, path = 24_000, tmp_path / "plant.db"
    make_topic(kafka_address, new_topic, 4)
    fill(kafka_address, new_topic, readings(count // 2))
    with open_store(path) as store:

        def stored() -> int:
            return sum(book.counts.stored for book in store.books())

        first = _worker(kafka_address, new_topic, path)
        waiting(lambda: stored() > 0, what="the first commit")
        first.send_signal(signal.SIGKILL)
        first.wait()
        killed_at = stored()
    fill(kafka_address, new_topic, readings(count)[count // 2 :])
    second = _worker(kafka_address, new_topic, path, "--until-end")
    assert second.wait(timeout=60) == 0
    assert main(["verify", "--store", str(path), "--json"]) == 0
    total = json.loads(capsys.readouterr().out)["sum"]
    assert 0 < killed_at < count
    assert (total["consumed"], total["stored"], total["duplicates"], total["balanced"]) == (count, count, 0, True)


def test_two_workers_share_a_topic_and_a_term_hands_over(
    real_kafka: str, new_topic: str, tmp_path: Path, waiting: Callable[..., None]
) -> None:
    path = tmp_path / "plant.db"
    make_topic(real_kafka, new_topic, 4)
    fill(real_kafka, new_topic, readings(2_000))
    with open_store(path) as store:
        workers = [_worker(real_kafka, new_topic, path) for _ in range(2)]
        waiting(lambda: len({book.owner for book in store.books()} - {""}) == 2, what="both workers to own partitions")
        workers[0].send_signal(signal.SIGTERM)
        assert workers[0].wait(timeout=30) == 0
        fill(real_kafka, new_topic, readings(4_000)[2_000:])
        waiting(
            lambda: sum(b.counts.consumed for b in store.books()) == 4_000, what="the other worker to read the rest"
        )
        workers[1].send_signal(signal.SIGTERM)
        assert workers[1].wait(timeout=30) == 0
        total = verify(store).sum
    assert (total.stored, total.duplicates, total.balanced) == (4_000, 0, True)


def test_rubbish_becomes_dead_letters_byte_for_byte(kafka_address: str, new_topic: str, tmp_path: Path) -> None:
    make_topic(kafka_address, new_topic, 1)
    rubbish = [
        b"not JSON",
        b'{"tag": "T", "ts": 1, "value": NaN}',
        b'{"tag": "", "ts": 1, "value": 1}',
        None,
        b"\xff" * 900_000,
    ]
    fill(kafka_address, new_topic, [(b"k", value, 0) for value in rubbish])
    with open_store(tmp_path / "plant.db") as store:
        _drain(store, kafka_address, new_topic)
        letters = [letter for _, letter in store.dead_letters()]
        total = verify(store).sum
    assert [letter.value for letter in reversed(letters)] == rubbish
    assert {letter.key for letter in letters} == {b"k"}
    assert (total.consumed, total.dead_lettered, total.stored, total.balanced) == (5, 5, 0, True)


def test_a_second_run_goes_on_where_the_store_is_whatever_kafka_says(
    real_kafka: str, new_topic: str, tmp_path: Path
) -> None:
    make_topic(real_kafka, new_topic, 1)
    fill(real_kafka, new_topic, readings(100))
    for name in ("first", "second"):  # the same group: to Kafka it has read everything when the second begins
        with open_store(tmp_path / f"{name}.db") as store:
            _drain(store, real_kafka, new_topic)
            _drain(store, real_kafka, new_topic)
            total = verify(store).sum
        assert (total.consumed, total.stored, total.duplicates) == (100, 100, 0)


def test_the_offset_in_kafka_follows_the_store_as_a_hint(real_kafka: str, new_topic: str, tmp_path: Path) -> None:
    make_topic(real_kafka, new_topic, 1)
    fill(real_kafka, new_topic, readings(50))
    with open_store(tmp_path / "plant.db") as store:
        _drain(store, real_kafka, new_topic)
    with closing(KafkaConsumer(bootstrap_servers=real_kafka, proxy_url=DIRECT, group_id=new_topic)) as consumer:
        assert consumer.committed(TopicPartition(new_topic, 0)) == 50


def test_a_log_that_was_made_anew_is_refused(real_kafka: str, new_topic: str, tmp_path: Path) -> None:
    make_topic(real_kafka, new_topic, 1)
    fill(real_kafka, new_topic, readings(10))
    with open_store(tmp_path / "plant.db") as store:
        epoch = store.claim_partition(new_topic, 0, "before").epoch
        with store.transaction() as transaction:
            transaction.advance(new_topic, 0, epoch, next_offset=1_000, counts=Counts(), watermark=None)
        stop = threading.Event()
        limit = threading.Timer(30, stop.set)  # so that a worker that sees nothing wrong fails the test
        limit.start()
        with closing(_source(real_kafka, new_topic)) as source, pytest.raises(BadInput, match="made anew"):
            Worker(store, source, _settings()).run(stop=stop)
        limit.cancel()


def test_a_topic_that_is_not_there_is_said_so(real_kafka: str, new_topic: str) -> None:
    with closing(_source(real_kafka, new_topic)) as source, pytest.raises(ServiceUnavailable, match=new_topic):
        source.end_offsets()


@pytest.mark.parametrize("server", ["127.0.0.1:1", "127.0.0.1:99999", "no-such-host.invalid:9092"])
def test_a_broker_that_does_not_answer_ends_the_command_with_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], server: str
) -> None:
    assert main(["worker", "--source", f"kafka://{server}/t", "--store", str(tmp_path / "plant.db")]) == 4
    assert server in capsys.readouterr().err


def test_alerts_are_published_once_and_in_order(real_kafka: str, new_topic: str, tmp_path: Path) -> None:
    make_topic(real_kafka, new_topic, 1)
    episode = Episode("ep-1", "limit.high", "T", "", EpisodeKind.PROCESS, Priority.HIGH, EpisodeState.OPEN, 1, 2)
    with (
        open_store(tmp_path / "plant.db") as store,
        closing(KafkaSink(parse_kafka(f"kafka://{real_kafka}/{new_topic}"))) as sink,
    ):
        with store.transaction() as transaction:
            transaction.apply_episodes([EpisodeChange(ChangeKind.OPENED, episode)])
            transaction.apply_episodes([EpisodeChange(ChangeKind.CLOSED, episode)])
        assert publish(store, "topic", sink) == 2
        assert publish(store, "topic", sink) == 0
    with closing(_source(real_kafka, new_topic)) as source:
        assert source.end_offsets() == {0: 2}
    with closing(
        KafkaConsumer(
            new_topic,
            bootstrap_servers=real_kafka,
            proxy_url=DIRECT,
            auto_offset_reset="earliest",
            consumer_timeout_ms=10_000,
        )
    ) as consumer:
        keys = [next(consumer).key, next(consumer).key]
    assert keys == [b"ep-1/opened", b"ep-1/closed"]


def test_replay_of_a_file_arrives_whole(
    real_kafka: str, new_topic: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_topic(real_kafka, new_topic, 2)
    file = tmp_path / "history.csv"
    file.write_text("date,A,B\n" + "".join(f"2026-01-01T00:00:{s:02}Z,{s},{s / 2}\n" for s in range(60)))
    assert main(["replay", str(file), "--to", f"kafka://{real_kafka}/{new_topic}", "--speed", "1000"]) == 0
    assert "Sent 120 messages" in capsys.readouterr().err
    with open_store(tmp_path / "plant.db") as store:
        _drain(store, real_kafka, new_topic)
        total = verify(store).sum
    assert (total.stored, total.balanced) == (120, True)


def test_offsets_that_a_transactional_topic_does_not_show_are_counted_as_skipped(
    real_kafka: str, new_topic: str, tmp_path: Path
) -> None:
    make_topic(real_kafka, new_topic, 1)
    producer = KafkaProducer(bootstrap_servers=real_kafka, proxy_url=DIRECT, transactional_id=new_topic)
    producer.init_transactions()
    for commit in (True, False, True):
        producer.begin_transaction()
        for key, value, _ in readings(10) if commit else readings(5):
            producer.send(new_topic, key=key, value=value, partition=0)
        producer.flush()
        producer.commit_transaction() if commit else producer.abort_transaction()
    producer.close()
    with open_store(tmp_path / "plant.db") as store:
        _drain(store, real_kafka, new_topic)
        total = verify(store).sum
    assert (total.consumed, total.skipped, total.next_offset) == (28, 8, 28)  # 5 aborted, 3 control records
    assert (total.stored, total.duplicates, total.balanced) == (10, 10, True)


def test_a_running_worker_survives_a_stop_request_from_another_thread(
    real_kafka: str, new_topic: str, tmp_path: Path, waiting: Callable[..., None]
) -> None:
    make_topic(real_kafka, new_topic, 1)
    stop = threading.Event()
    with open_store(tmp_path / "plant.db") as store, closing(_source(real_kafka, new_topic)) as source:
        thread = threading.Thread(target=lambda: Worker(store, source, _settings()).run(stop=stop))
        thread.start()
        fill(real_kafka, new_topic, readings(10))
        waiting(lambda: any(book.counts.stored == 10 for book in store.books()), what="ten readings")
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()
        assert store.latest()[0].ts == START
