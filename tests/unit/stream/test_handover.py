"""What one worker began another goes on with: rules' memories with their partition, judges with their asset's lease."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ingestion import assets, judges
from ingestion.assets import AssetStage
from ingestion.contract import RawMessage
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.episodes import EpisodeState
from plant.registry import Limits, Sensor
from plant.settings import Settings
from plant.store.sqlite import SqliteStore, open_store
from plant.time import HOUR, MINUTE, SECOND, now_ms
from tests.fake_judge import FakeJudge
from tests.property.test_replay import FakeGroup, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEGIN = 1_000 * HOUR
STEP = 5 * SECOND
SENSOR = Sensor(
    "T", asset="E", limits=Limits(high=10.0), cadence_ms=STEP, stuck_ms=8 * MINUTE, on_delay_ms=MINUTE, decimals=1
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "plant.db") as opened:
        opened.put_sensors([SENSOR])
        yield opened


def log_of(values: list[float | None]) -> list[RawMessage]:
    return [
        RawMessage(n, None, json.dumps({"tag": "T", "ts": BEGIN + n * STEP, "value": value}).encode())
        for n, value in enumerate(values)
    ]


def wobble(level: float, minutes: float) -> list[float | None]:
    return [level + n % 3 for n in range(round(minutes * MINUTE / STEP))]


def crew(store: SqliteStore, group: FakeGroup, poll: int) -> list[Worker]:
    settings = Settings(stream={"max_messages": poll})
    return [Worker(store, member, settings, clock=lambda: BEGIN + 9 * HOUR) for member in group.members]


def drain(worker: Worker) -> None:
    """Works until nothing new comes; the first poll of a gained partition only claims it."""
    worker.step()
    while worker.step():
        pass


def calm(path: Path, log: list[RawMessage]) -> list[tuple[object, ...]]:
    with open_store(path) as store:
        store.put_sensors([SENSOR])
        drain(crew(store, FakeGroup([log], 1), 1_000)[0])
    return rows_of(path)


@pytest.mark.parametrize(
    ("before", "after", "opened"),
    [
        pytest.param(wobble(5.0, 30), wobble(5.0, 15), [], id="healthy"),
        pytest.param([*wobble(5.0, 30), *wobble(12.0, 0.5)], wobble(5.0, 15), [], id="an excursion too short to open"),
        pytest.param([*wobble(5.0, 5), *wobble(12.0, 0.5)], wobble(12.0, 2), ["limit.high"], id="in the on-delay"),
        pytest.param([*wobble(5.0, 5), *wobble(12.0, 3)], wobble(12.0, 15), ["limit.high"], id="standing"),
        pytest.param([*wobble(5.0, 5), *[5.0] * 60], [5.0] * 60, ["stuck"], id="half way to stuck"),
        pytest.param([*wobble(5.0, 5), *[None] * 8], [None] * 8, ["dropout"], id="in a drop-out"),
    ],
)
def test_a_partition_moves_with_the_memory_of_its_rules(
    store: SqliteStore, tmp_path: Path, before: list[float | None], after: list[float | None], opened: list[str]
) -> None:
    log = log_of([*before, *after])
    group = FakeGroup([log[: len(before)]], 2)
    one, two = crew(store, group, 50)
    drain(one)
    group.rebalance(1)
    group.log[0] = log
    drain(two)
    assert one.step() == 0
    assert [episode.rule for episode in store.episodes()] == opened
    assert rows_of(store.path) == calm(tmp_path / "calm.db", log)
    assert verify(store).sum.balanced


def test_a_worker_whose_partition_was_taken_commits_nothing_more(store: SqliteStore, tmp_path: Path) -> None:
    log = log_of([*wobble(5.0, 5), *wobble(12.0, 5)])
    group = FakeGroup([log], 2)
    zombie, heir = crew(store, group, 40)
    zombie.step()
    zombie.step()
    group.rebalance(1)
    heir.step()
    heir.step()
    consumed = verify(store).sum.consumed
    group.members[0].at[0] = 40  # it has not heard of the rebalance
    assert zombie.step() == 0
    assert verify(store).sum.consumed == consumed
    group.members[0].at.clear()
    drain(heir)
    total = verify(store).sum
    assert (total.stored, total.duplicates, total.balanced) == (len(log), 0, True)
    assert rows_of(store.path) == calm(tmp_path / "calm.db", log)


def test_an_assets_lease_moves_with_what_its_judges_know(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges, "judges_of", lambda asset, _sensors, first, _threshold: (FakeJudge(asset, first),))
    monkeypatch.setattr(assets, "CATCH_UP", MINUTE)
    clock = [now_ms()]
    monkeypatch.setattr(assets, "now_ms", lambda: clock[0])
    log = log_of([*[5.0] * 240, *[9.0] * 60, *[5.0] * 120])
    group = FakeGroup([log[:288]], 1)
    (worker,) = crew(store, group, 1_000)
    first, second = (AssetStage(store, owner, Settings()) for owner in ("first", "second"))
    drain(worker)
    assert first.run() > 0
    (standing,) = (episode for episode in store.episodes() if episode.rule == "anomaly")
    assert standing.state is EpisodeState.OPEN
    group.log[0] = log
    drain(worker)
    assert second.run() == 0  # the lease is not over
    clock[0] += HOUR
    assert second.run() > 0
    (closed,) = (episode for episode in store.episodes() if episode.rule == "anomaly")
    assert (closed.id, closed.state) == (standing.id, EpisodeState.CLOSED)
    assert first.run() == 0


@pytest.mark.parametrize("body", [b"", b"rubbish", b'{"T": "soon"}', b"\xff"])
def test_newest_times_that_cannot_be_read_are_made_anew_from_the_readings(
    store: SqliteStore, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    log = log_of(wobble(5.0, 90))
    late = RawMessage(len(log), None, json.dumps({"tag": "T", "ts": BEGIN + 7, "value": 5.0}).encode())
    group = FakeGroup([log], 1)
    drain(crew(store, group, 1_000)[0])
    with store.transaction() as transaction:
        transaction.save_states({"newest/log/0": body})
    group.log[0] = [*log, late]
    drain(crew(store, group, 1_000)[0])
    total = verify(store).sum
    assert (total.stored, total.late, total.balanced) == (len(log), 1, True)
    assert "cannot be read" in caplog.text
