"""The same readings give the same episodes, in whatever order, polls, partitions, by however many workers."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion import assets, judges
from ingestion.assets import AssetStage
from ingestion.contract import RawBatch, RawMessage
from ingestion.verify import verify
from ingestion.worker import Worker, new_owner
from plant.errors import StoreError
from plant.registry import Limits, Sensor
from plant.settings import Settings
from plant.store.connection import Connections
from plant.store.sqlite import SqliteStore
from plant.time import HOUR, MINUTE, SECOND, Span, now_ms
from tests.fake_judge import FakeJudge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plant.store.writer import SqliteTransaction

BEGIN = 1_000 * HOUR
HORIZON = 20 * MINUTE
SENSORS = [
    Sensor(
        tag,
        asset=asset,
        limits=Limits(low_low=0.0, high=8.0, high_high=10.0, setpoint=5.0, tolerance=2.0, deadband=0.5),
        range_high=50.0,
        cadence_ms=30 * SECOND,
        stuck_ms=10 * MINUTE,
        on_delay_ms=MINUTE,
        off_delay_ms=MINUTE,
    )
    for tag, asset in (("A.1", "A"), ("A.2", "A"), ("B.1", "B"))
]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judges assets by the fake, minute by minute as in life; a lease is over at once."""
    monkeypatch.setattr(judges, "judges_of", lambda asset, _sensors, first, _threshold: (FakeJudge(asset, first),))
    monkeypatch.setattr(assets, "CATCH_UP", MINUTE)
    monkeypatch.setattr(assets, "_REST", 0.0)
    monkeypatch.setattr(assets, "now_ms", lambda: now_ms() + HOUR)


class FakeGroup:
    """A log that the workers of a group share: each has the partitions given to it."""

    def __init__(self, log: list[list[RawMessage]], members: int) -> None:
        self.log = log
        self.members = [FakeMember(self) for _ in range(members)]
        self.rebalance(0)

    def rebalance(self, seed: int) -> None:
        for partition in range(len(self.log)):
            owner = (partition + seed) % len(self.members)
            for number, member in enumerate(self.members):
                if number == owner:
                    member.at.setdefault(partition, 0)
                else:
                    member.at.pop(partition, None)


class FakeMember:
    """One reader of the group."""

    name = "log"

    def __init__(self, group: FakeGroup) -> None:
        self._log = group.log
        self.at: dict[int, int] = {}

    def assignment(self) -> frozenset[int]:
        return frozenset(self.at)

    def partitions(self) -> frozenset[int]:
        return frozenset(range(len(self._log)))

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        batches = []
        for partition, at in self.at.items():
            if messages := self._log[partition][at : at + max_messages]:
                self.at[partition] = messages[-1].offset + 1
                batches.append(RawBatch(partition, messages, self.at[partition]))
        return batches

    def seek(self, partition: int, offset: int) -> None:
        self.at[partition] = offset

    def end_offsets(self) -> dict[int, int]:
        return {partition: len(log) for partition, log in enumerate(self._log)}

    def rejoin(self) -> None: ...

    def pause(self, partitions: object) -> None: ...

    def resume(self, partitions: object) -> None: ...

    def close(self) -> None: ...


class FakeFailingStore(SqliteStore):
    """A store whose next transaction fails at its end, if told so."""

    fails = False

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        with super().transaction() as transaction:
            yield transaction
            if self.fails:
                self.fails = False
                raise StoreError("The disk is full.")


VALUES = st.sampled_from([5.0, 5.0, 5.1, 5.2, 7.5, 8.4, 10.5, -1.0, 99.0, None])
DELAYS = st.sampled_from([0, 0, 0, 0, 40 * SECOND, 5 * MINUTE, 18 * MINUTE, 40 * MINUTE])


@st.composite
def arrivals(draw: st.DrawFn) -> list[bytes]:
    """Returns messages of three tags in the order they arrive: late, twice, and contradicting each other."""
    arriving = []
    for sensor in SENSORS:
        ts = BEGIN + draw(st.integers(0, 5)) * MINUTE
        for _ in range(draw(st.integers(5, 30))):
            ts += draw(st.sampled_from([30, 30, 30, 60, 90, 400])) * SECOND
            value, delay = draw(VALUES), draw(DELAYS)
            copies = draw(st.sampled_from([(), (), (), (value,), (4.0,)]))
            for copy, seen in enumerate((value, *copies)):
                body = {"tag": sensor.tag, "ts": ts, "value": seen}
                arriving.append((ts + delay + copy * MINUTE, json.dumps(body).encode()))
    return [body for _, body in sorted(arriving)]


def placed(bodies: Sequence[bytes], places: dict[str, int], partitions: int) -> list[list[RawMessage]]:
    log: list[list[RawMessage]] = [[] for _ in range(partitions)]
    for body in bodies:
        partition = log[places[json.loads(body)["tag"]] % partitions]
        partition.append(RawMessage(len(partition), None, body))
    return log


def rows_of(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM episodes ORDER BY id").fetchall()


def hire(store: SqliteStore, member: FakeMember, poll: int) -> tuple[Worker, AssetStage]:
    """Returns a new worker, and the stage that judges assets beside it."""
    config = Settings(stream={"late_horizon_ms": HORIZON, "max_messages": poll})
    worker = Worker(store, member, config, clock=lambda: BEGIN + 99 * HOUR)
    return worker, AssetStage(store, new_owner(), config)


def disturb(store: FakeFailingStore, group: FakeGroup, script: Sequence[tuple[str, int, int]]) -> None:
    """Lets the members of a group work, die, hand over and fail as the script says."""
    crew = [hire(store, member, 1) for member in group.members]
    for action, number, size in script:
        who = number % len(crew)
        if action == "rebalance":
            group.rebalance(number)
        elif action == "restart":
            crew[who] = hire(store, group.members[who], size)
        else:
            worker, stage = crew[who]
            store.fails = action.startswith("fail")
            try:
                if action.endswith("judge"):
                    stage.run()
                else:
                    worker.step()
            except StoreError:
                crew[who] = hire(store, group.members[who], size)
    store.fails = False


def take_in(
    path: Path, log: list[list[RawMessage]], script: Sequence[tuple[str, int, int]] = (), workers: int = 1
) -> list[bytes]:
    """Reads a log as the script says, then to its end; returns the readings stored, by time, as messages."""
    with FakeFailingStore(Connections(path, read_only=False, wait_s=10.0)) as store:
        store.put_sensors(SENSORS)
        disturb(store, FakeGroup(log, workers), script)
        hire(store, FakeGroup(log, 1).members[0], 1_000)[0].run(until_end=True)
        total = verify(store).sum
        assert total.balanced, total.problems
        readings = [reading for sensor in SENSORS for reading in store.readings(sensor.tag, Span(0, BEGIN + 99 * HOUR))]
    readings.sort(key=lambda reading: reading.ts)
    return [json.dumps({"tag": r.tag, "ts": r.ts, "value": r.value}).encode() for r in readings]


DEEDS = ("step", "step", "step", "judge", "judge", "fail a step", "fail a judge", "restart", "rebalance")
ACTIONS = st.tuples(st.sampled_from(DEEDS), st.integers(0, 5), st.integers(1, 9))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    bodies=arrivals(),
    places=st.fixed_dictionaries({sensor.tag: st.integers(0, 2) for sensor in SENSORS}),
    partitions=st.integers(1, 3),
    script=st.lists(ACTIONS, max_size=30),
    workers=st.integers(1, 3),
)
def test_the_episodes_are_a_function_of_the_readings(bodies, places, partitions, script, workers) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        stored = take_in(directory / "calm.db", placed(bodies, places, 1))
        take_in(directory / "sorted.db", placed(stored, places, 1))
        take_in(directory / "wild.db", placed(bodies, places, partitions), script, workers)
        calm = rows_of(directory / "calm.db")
        assert rows_of(directory / "sorted.db") == calm
        assert rows_of(directory / "wild.db") == calm
