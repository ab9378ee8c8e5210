"""What the worker keeps straight when tags, registries and sinks do not stay where they were."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from ingestion.contract import RawMessage
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.errors import ServiceUnavailable
from plant.registry import Limits, Sensor, SensorState
from plant.settings import load_settings
from plant.store.sqlite import SqliteStore, open_store
from plant.time import HOUR
from tests.property.test_delivery import FakeLog

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plant.store.contract import OutboxMessage

NOW = 100 * HOUR
HOT = Sensor("T", asset="E-1", limits=Limits(high=10.0, low_low=0.0), on_delay_ms=0, off_delay_ms=0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "plant.db") as opened:
        opened.put_sensors([HOT])
        yield opened


def message(offset: int, second: int, value: float | None) -> RawMessage:
    return RawMessage(offset, None, json.dumps({"tag": "T", "ts": NOW + second * 1_000, "value": value}).encode())


def drain(store: SqliteStore, *partitions: list[RawMessage], poll: int = 2) -> None:
    settings = load_settings({"stream": {"max_messages": poll}})
    Worker(store, FakeLog(list(partitions)), settings, clock=lambda: NOW + HOUR).run(until_end=True)


def test_a_tag_on_two_partitions_has_one_alert_that_closes(store: SqliteStore) -> None:
    values = [5.0, 5.0, 12.0, 12.5, 13.0, 13.5, 5.0, 5.0, 5.0, 5.0]
    log = [[message(n // 2, n, value) for n, value in enumerate(values) if n % 2 == part] for part in (0, 1)]
    drain(store, *log, poll=1)
    assert [(e.rule, e.state.value) for e in store.episodes()] == [("limit.high", "closed")]


def test_a_file_of_the_same_tag_goes_on_with_the_same_alert(store: SqliteStore) -> None:
    drain(store, [message(0, 0, 12.0)])
    other = FakeLog([[message(0, 1, 5.0)]])
    other.name = "another"
    Worker(store, other, load_settings(), clock=lambda: NOW + HOUR).run(until_end=True)
    assert [e.state.value for e in store.episodes()] == ["closed"]


@pytest.mark.parametrize(
    "changed",
    [
        msgspec.structs.replace(HOT, limits=Limits(low_low=0.0)),
        msgspec.structs.replace(HOT, state=SensorState.DISCOVERED),
    ],
    ids=["limit taken away", "no longer confirmed"],
)
def test_an_alert_whose_rule_is_taken_away_closes_at_the_next_reading(store: SqliteStore, changed: Sensor) -> None:
    log = [message(0, 0, 12.0)]
    drain(store, log)
    assert [e.state.value for e in store.episodes()] == ["open"]
    store.put_sensors([changed])
    drain(store, [*log, message(1, 1, 12.0), message(2, 2, 12.0)])
    assert [(e.state.value, e.closed_at) for e in store.episodes()] == [("closed", NOW + 1_000)]
    assert [sent.key.rpartition("/")[2] for sent in store.unsent("topic", 10)] == ["opened", "closed"]


@pytest.mark.parametrize("value", [1.7e308, -1.7e308])
def test_a_value_too_large_to_add_up_is_a_dead_letter(store: SqliteStore, value: float) -> None:
    drain(store, [message(0, 0, value), message(1, 1, value), message(2, 2, 5.0)])
    assert [letter.text for _, letter in store.dead_letters()] != []
    total = verify(store).sum
    assert (total.stored, total.dead_lettered, total.balanced) == (1, 2, True)


class FakeDeadSink:
    """An alerts topic that never answers."""

    at_once = 500

    def __init__(self) -> None:
        self.asked = 0

    def send(self, messages: Sequence[OutboxMessage]) -> None:
        self.asked += 1
        raise ServiceUnavailable("The alerts topic does not answer.")

    def close(self) -> None: ...


def test_an_alerts_topic_that_is_down_holds_nothing_up(store: SqliteStore) -> None:
    sink = FakeDeadSink()
    log = [[message(n, n, 12.0) for n in range(20)]]
    settings = load_settings({"stream": {"max_messages": 1}})
    Worker(store, FakeLog(log), settings, sinks={"topic": sink}, clock=lambda: NOW + HOUR).run(until_end=True)
    assert sink.asked > 0
    assert verify(store).sum.stored == 20
    assert [e.state.value for e in store.episodes()] == ["open"]
    assert len(store.unsent("topic", 10)) == 1
