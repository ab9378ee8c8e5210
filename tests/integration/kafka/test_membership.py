"""Who reads what in a group: names that workers keep, places that a group forgets, topics that come later."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import MemberToRemove
from kafka.structs import OffsetAndMetadata

from ingestion.sources.access import KafkaAccess
from ingestion.sources.address import parse_kafka
from ingestion.sources.connecting import DIRECT
from ingestion.sources.kafka import KafkaSource
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.errors import SettingsError
from plant.settings import KafkaSettings, load_settings
from plant.store.sqlite import open_store
from tests.integration.kafka.topics import fill, make_topic, readings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingestion.contract import RawBatch

pytestmark = pytest.mark.kafka


def _source(address: str, topic: str, instance: str = "") -> KafkaSource:
    return KafkaSource(parse_kafka(f"kafka://{address}/{topic}"), topic, KafkaAccess(KafkaSettings(instance=instance)))


def _settle(waiting: Callable[..., None], *sources: KafkaSource, partitions: int = 2) -> None:
    """Polls all members in turn until they share the topic out."""

    def shared() -> bool:
        for source in sources:
            source.poll(10, 500)
        owned = [source.assignment() for source in sources]
        return all(owned) and sum(map(len, owned)) == partitions and len(frozenset().union(*owned)) == partitions

    waiting(shared, seconds=60, what="an assignment")


def test_a_named_member_that_starts_again_keeps_its_partition_and_disturbs_nobody(
    real_kafka: str, new_topic: str, waiting: Callable[..., None]
) -> None:
    make_topic(real_kafka, new_topic, 2)
    first, second = (_source(real_kafka, new_topic, instance) for instance in ("first", "second"))
    with closing(second):
        with closing(first):
            _settle(waiting, first, second)
            kept, generation = first.assignment(), second._consumer.group_metadata().generation_id
        with closing(_source(real_kafka, new_topic, "first")) as again:
            _settle(waiting, again, second)
            assert again.assignment() == kept
            assert second._consumer.group_metadata().generation_id == generation


def test_a_worker_whose_name_another_has_taken_ends_and_says_so(
    real_kafka: str, new_topic: str, tmp_path: Path, waiting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.sources.kafka.HINT_EVERY_S", 0.1)
    make_topic(real_kafka, new_topic, 1)
    fill(real_kafka, new_topic, readings(10))
    ends: list[Exception] = []
    with (
        open_store(tmp_path / "plant.db") as store,
        closing(_source(real_kafka, new_topic, "line-1")) as source,
    ):
        worker = Worker(store, source, load_settings())

        def work() -> None:
            try:
                worker.run()
            except SettingsError as error:
                ends.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        waiting(lambda: sum(book.counts.stored for book in store.books()) == 10, what="ten readings")
        with closing(_source(real_kafka, new_topic, "line-1")) as other:
            _settle(waiting, other, partitions=1)
            thread.join(timeout=30)
        assert not thread.is_alive()
    assert "kafka.instance line-1" in str(ends[0])
    assert "a name of its own" in str(ends[0])


def test_a_partition_that_is_lost_between_two_questions_is_left_alone(
    kafka_address: str, new_topic: str, waiting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client gives partitions up on a thread of its own, at any time."""
    make_topic(kafka_address, new_topic, 1)
    fill(kafka_address, new_topic, readings(20))
    got: list[RawBatch] = []
    with closing(_source(kafka_address, new_topic)) as source:
        _settle(waiting, source, partitions=1)
        source.seek(0, 0)
        source.seek(7, 0)
        source.pause([7, 0])
        source.resume([7, 0])
        own = source._consumer.assignment
        monkeypatch.setattr(source._consumer, "assignment", lambda: own() | {TopicPartition(new_topic, 7)})
        waiting(lambda: bool(got.extend(source.poll(100, 100)) or got), what="what is still ours")
    assert [batch.partition for batch in got] == [0]


def test_a_member_thrown_out_and_let_in_again_goes_on_where_it_was_whatever_the_group_says(
    real_kafka: str, new_topic: str, waiting: Callable[..., None]
) -> None:
    """A worker on another store has moved the group's offset meanwhile; within one poll the client believes it."""
    make_topic(real_kafka, new_topic, 1)
    fill(real_kafka, new_topic, readings(200))
    got: list[RawBatch] = []
    with closing(_source(real_kafka, new_topic)) as source, closing(_admin(real_kafka)) as admin:
        _settle(waiting, source, partitions=1)
        source.seek(0, 0)
        waiting(lambda: bool(got.extend(source.poll(100, 100)) or got), what="the first hundred")
        assert got[0].next_offset == 100
        member = source._consumer.group_metadata().member_id
        admin.remove_group_members(new_topic, [MemberToRemove(member_id=member)])
        admin.alter_group_offsets(new_topic, {TopicPartition(new_topic, 0): OffsetAndMetadata(180, "", -1)})

        def in_again() -> bool:
            got.extend(source.poll(1, 100))
            return source._consumer.group_metadata().member_id != member and bool(source.assignment())

        waiting(in_again, seconds=60, what="a new membership")
        waiting(lambda: bool(got.extend(source.poll(100, 100)) or got[-1].next_offset == 200), what="the rest")
    offsets = [message.offset for batch in got for message in batch.messages]
    assert offsets == list(range(200))


def _admin(address: str) -> KafkaAdminClient:
    return KafkaAdminClient(bootstrap_servers=address, proxy_url=DIRECT)


def test_a_topic_that_is_made_later_is_read_when_it_is_there(
    real_kafka: str,
    new_topic: str,
    tmp_path: Path,
    waiting: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop = threading.Event()
    with open_store(tmp_path / "plant.db") as store, closing(_source(real_kafka, new_topic)) as source:
        thread = threading.Thread(target=Worker(store, source, load_settings()).run, kwargs={"stop": stop})
        thread.start()
        said = f"There is no topic {new_topic}"
        waiting(lambda: any(said in record.getMessage() for record in caplog.records), what="the sentence")
        with closing(_admin(real_kafka)) as admin:
            assert new_topic not in admin.list_topics()  # a mistyped name does not become a topic
        make_topic(real_kafka, new_topic, 2)
        fill(real_kafka, new_topic, readings(100))
        waiting(lambda: sum(book.counts.stored for book in store.books()) == 100, seconds=60, what="all readings")
        stop.set()
        thread.join(timeout=30)
        assert not thread.is_alive()
        assert verify(store).sum.balanced
