"""The alerts topic and the death of its broker: every alert at least once, with the same key and the same words."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion.sinks import ALERTS_TOPIC
from ingestion.sources.address import parse_kafka
from ingestion.sources.kafka import KafkaSink
from plant.episodes import ChangeKind, Episode, EpisodeChange, EpisodeKind, EpisodeState, Priority
from plant.errors import ServiceUnavailable
from plant.store.sqlite import SqliteStore, open_store
from tests.chaos.ledger import alerts_differ
from tests.conftest import wait_until
from tests.integration.kafka.topics import make_topic, publish

if TYPE_CHECKING:
    from tests.chaos.crew import KillableBroker

pytestmark = [pytest.mark.kafka, pytest.mark.chaos]

OPEN_FILES = Path("/proc/self/fd")


def _open(store: SqliteStore, *numbers: int) -> None:
    episodes = [
        Episode(f"ep-{n}", "limit.high", "T", "E", EpisodeKind.PROCESS, Priority.LOW, EpisodeState.OPEN, n, opened_at=n)
        for n in numbers
    ]
    with store.transaction() as transaction:
        transaction.apply_episodes([EpisodeChange(ChangeKind.OPENED, episode) for episode in episodes])


def _published(store: SqliteStore, sink: KafkaSink) -> bool:
    try:
        return publish(store, ALERTS_TOPIC, sink) >= 0
    except ServiceUnavailable:  # the client has not found its broker again yet
        return False


def _open_files() -> int:
    return sum(1 for _ in OPEN_FILES.iterdir())


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="open files are counted where Linux lists them")
def test_alerts_outlive_the_death_of_their_broker_and_leave_no_connection_open(
    killable_broker: KillableBroker, tmp_path: Path
) -> None:
    address = killable_broker.address
    make_topic(address, "sink-alerts", 1)
    url = parse_kafka(f"kafka://{address}/sink-alerts")
    with open_store(tmp_path / "plant.db") as store, closing(KafkaSink(url, patience_s=1.5)) as sink:
        _open(store, 1, 2)
        assert publish(store, ALERTS_TOPIC, sink) == 2
        held = _open_files()
        killable_broker.kill()
        _open(store, 3, 4)
        for _ in range(2):
            with pytest.raises(ServiceUnavailable):
                publish(store, ALERTS_TOPIC, sink)
        assert len(store.unsent(ALERTS_TOPIC, 10)) == 2
        killable_broker.start()
        _open(store, 5)
        wait_until(lambda: _published(store, sink), what="the alerts to be published")
        assert store.unsent(ALERTS_TOPIC, 10) == []
        assert _open_files() <= held
        assert not alerts_differ(store, address, "sink-alerts"), alerts_differ(store, address, "sink-alerts")
