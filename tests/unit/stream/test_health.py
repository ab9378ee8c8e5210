"""What health says of a store: each thing that can be wrong is a sentence, and nothing else is."""

from __future__ import annotations

import json
import socket
import struct
import urllib.error
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ingestion.health import SILENT, Health, look_at
from ingestion.metrics import Meter, MetricsServer
from plant.errors import SettingsError
from plant.readings import Reading
from plant.registry import Sensor
from plant.settings import Settings, load_settings
from plant.store.contract import Counts
from plant.store.sqlite import SqliteStore, open_store
from plant.time import MINUTE, now_ms
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = now_ms()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"store": {"path": str(tmp_path / "plant.db")}})


@pytest.fixture
def store(settings: Settings) -> Iterator[SqliteStore]:
    with open_store(settings.store.path) as opened:
        opened.put_sensors([Sensor("A", asset="P-1"), Sensor("B", asset="P-1")])
        yield opened


def read(store: SqliteStore, *readings: Reading, end: int | None = None, topic: str = "topic") -> None:
    """Reads a topic as a worker does, with `end` as the end of its one partition."""
    claim = store.claim_partition(topic, 0, "worker")
    with store.transaction() as transaction:
        transaction.insert_readings(topic, 0, readings)
        count = len(readings)
        transaction.advance(
            topic,
            0,
            claim.epoch,
            next_offset=(claim.position or 0) + count,
            counts=Counts(consumed=count, decoded_messages=count, decoded=count, stored=count),
            watermark=max((reading.ts for reading in readings), default=None),
        )
    store.heartbeat(topic, "worker", {0: count if end is None else end}, NOW)


def codes(health: Health) -> list[str]:
    return [reason.code for reason in health.reasons]


def test_a_plant_that_is_watched_is_healthy(store: SqliteStore, settings: Settings) -> None:
    read(store, Reading("A", NOW, 1.0), Reading("B", NOW, 1.0))
    health = look_at(store, settings, NOW)
    assert (health.healthy, health.reasons) == (True, ())
    assert [(one.lag, one.blind) for one in health.partitions] == [(0, False)]
    assert [(model.asset, model.readiness, model.age) for model in health.models] == [("P-1", "warming", None)]
    assert health.store_bytes > 0


def test_a_store_that_nobody_has_read_into_says_so(store: SqliteStore, settings: Settings) -> None:
    assert codes(look_at(store, settings, NOW)) == ["not_started"]


def test_a_worker_that_is_gone_leaves_its_tags_blind(store: SqliteStore, settings: Settings) -> None:
    read(store, Reading("A", NOW, 1.0), Reading("B", NOW, 1.0))
    health = look_at(store, settings, NOW + 2 * MINUTE)
    assert codes(health) == ["blind"]
    assert health.reasons[0].text == "topic/0 has not been read for 2 min: 2 tags are blind."
    assert health.blind_tags == ("A", "B")


def test_a_partition_that_is_left_far_behind_says_how_far(store: SqliteStore, settings: Settings) -> None:
    read(store, Reading("A", NOW - 5 * MINUTE, 1.0), Reading("B", NOW - 5 * MINUTE, 1.0), end=50_002)
    health = look_at(store, settings, NOW)
    assert codes(health) == ["behind"]
    assert "50000 messages left" in health.reasons[0].text


def test_a_little_lag_is_life(store: SqliteStore, settings: Settings) -> None:
    read(store, Reading("A", NOW, 1.0), Reading("B", NOW, 1.0), end=30)
    assert look_at(store, settings, NOW).healthy


def test_a_topic_that_nothing_writes_to_any_more_is_silent(store: SqliteStore, settings: Settings) -> None:
    old = NOW - SILENT - MINUTE
    read(store, Reading("A", old, 1.0), Reading("B", old, 1.0))
    assert codes(look_at(store, settings, NOW)) == ["silent"]


def test_a_file_that_was_read_is_no_feed_and_is_not_silent(store: SqliteStore, settings: Settings) -> None:
    read(store, Reading("A", 0, 1.0), Reading("B", 0, 1.0), topic="file:history.csv@0123456789ab")
    health = look_at(store, settings, NOW)
    assert codes(health) == ["not_started"]
    assert "bring nothing new" in health.reasons[0].text


def test_a_tag_that_stopped_while_others_go_on_is_named(store: SqliteStore, settings: Settings) -> None:
    read(store, Reading("A", NOW, 1.0), Reading("B", NOW - 5 * MINUTE, 1.0))
    health = look_at(store, settings, NOW)
    assert codes(health) == ["stale"]
    assert health.stale_tags == ("B",)


def test_a_sink_that_takes_no_alerts_is_named_with_its_reason(store: SqliteStore, settings: Settings) -> None:
    read(store, Reading("A", NOW, 1.0), Reading("B", NOW, 1.0))
    store.enlist_sink("webhook", NOW)
    store.mark_failed("webhook", "It answers 500.", NOW)
    health = look_at(store, settings, NOW)
    assert codes(health) == ["sink_failing"]
    assert "webhook" in health.reasons[0].text
    assert "It answers 500." in health.reasons[0].text


def test_the_verb_exits_by_what_it_found(
    store: SqliteStore, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["health", "--store", str(settings.store.path)]
    assert main(words) == 1
    assert "start millhand worker" in capsys.readouterr().out
    now = now_ms()
    read(store, Reading("A", now, 1.0), Reading("B", now, 1.0))
    store.heartbeat("topic", "worker", {0: 2}, now)
    assert main(words) == 0
    assert "The plant is watched." in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["healthy"] is True


def test_a_store_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "--store", str(tmp_path / "none.db")]) == 6
    assert "There is no store" in capsys.readouterr().err


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serving(settings: Settings, port: int) -> Settings:
    return settings.model_copy(update={"metrics": settings.metrics.model_copy(update={"port": port})})


def fetch(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_prometheus_is_told_what_the_store_and_the_worker_know(
    store: SqliteStore, settings: Settings, port: int
) -> None:
    now = now_ms()
    read(store, Reading("A", now, 1.0), Reading("B", now, 1.0), end=12)
    meter = Meter()
    meter.poll_to_commit.observe(0.02)
    meter.watchdog_restarts.inc()
    with MetricsServer(store, serving(settings, port), meter):
        status, page = fetch(port, "/metrics")
        assert fetch(port, "/elsewhere")[0] == 404
        assert json.loads(fetch(port, "/health")[1])["blind_tags"] == []
    samples = {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }
    assert status == 200
    assert samples["millhand_lag_messages", "0", "topic"] == 10
    assert samples["millhand_readings_total", "stored", "0", "topic"] == 2
    assert samples["millhand_messages_total", "dead_lettered", "0", "topic"] == 0
    assert samples["millhand_partition_blind", "0", "topic"] == 0
    assert samples["millhand_model_warming", "P-1"] == 1
    assert samples["millhand_alerts_standing", "high"] == 0
    assert samples["millhand_watchdog_restarts_total",] == 1
    assert samples["millhand_poll_to_commit_seconds_count",] == 1
    assert samples["millhand_store_bytes",] > 0


def test_health_over_http_is_503_when_something_is_wrong(store: SqliteStore, settings: Settings, port: int) -> None:
    with MetricsServer(store, serving(settings, port), Meter()):
        status, body = fetch(port, "/health")
    assert status == 503
    assert [reason["code"] for reason in json.loads(body)["reasons"]] == ["not_started"]


def test_one_who_asks_and_hangs_up_leaves_no_traceback(
    store: SqliteStore, settings: Settings, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with MetricsServer(store, serving(settings, port), Meter()):
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port)) as asking:
                asking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing is a reset
                asking.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        assert fetch(port, "/health")[0] == 503
    assert capsys.readouterr().err == ""


def test_a_port_that_is_taken_is_a_sentence_with_its_key(store: SqliteStore, settings: Settings, port: int) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(SettingsError, match=r"metrics\.port.*Name another port"):
            MetricsServer(store, serving(settings, port), Meter())


def test_no_port_opens_none(store: SqliteStore, settings: Settings) -> None:
    with MetricsServer(store, settings, Meter()) as server:
        assert server._server is None
