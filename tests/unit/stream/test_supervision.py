"""A worker on a bad day of its own machine: a store that is held or full, a partition that stands still."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ingestion.contract import RawBatch, RawMessage
from ingestion.duty import Duty, pause_after
from ingestion.metrics import Meter
from ingestion.supervise import Supervisor
from ingestion.verify import verify
from ingestion.watchdog import Goal, Watchdog
from ingestion.worker import Worker
from plant.episodes import ChangeKind, Episode, EpisodeChange, EpisodeKind, EpisodeState, Priority
from plant.errors import AccessDenied, ServiceUnavailable, StoreBlocked, StoreError
from plant.settings import load_settings
from plant.store.contract import Counts
from plant.store.sqlite import SqliteStore, open_store
from plant.time import HOUR, MINUTE, now_ms
from tests.property.test_delivery import FakeLog
from tests.running import running
from tests.unit.stream.test_health import codes, look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from plant.store.contract import OutboxMessage

NOW = 100 * HOUR


def log_of(count: int, value: str = "") -> list[RawMessage]:
    return [
        RawMessage(n, None, json.dumps({"tag": "T", "ts": NOW + n * 1_000, "value": n, "note": value}).encode())
        for n in range(count)
    ]


class FakePausingLog(FakeLog):
    """A log that is polled like a broker: paused partitions bring nothing, and it remembers what was asked."""

    def __init__(self, partitions: list[list[RawMessage]]) -> None:
        super().__init__(partitions)
        self.held_back: set[int] = set()
        self.polled_while_paused = 0
        self.rejoined = 0

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        if self.held_back:
            self.polled_while_paused += 1
            return []
        return super().poll(max_messages, timeout_ms)

    def pause(self, partitions: object) -> None:
        self.held_back |= set(partitions)

    def resume(self, partitions: object) -> None:
        self.held_back -= set(partitions)

    def rejoin(self) -> None:
        self.rejoined += 1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "plant.db", wait_s=0.05) as opened:
        yield opened


def working(store: SqliteStore, source: FakeLog, **stream: object) -> AbstractContextManager[None]:
    """Runs a worker beside the test, whose wall clock stands near the readings."""
    return running(Worker(store, source, load_settings({"stream": stream}), clock=lambda: NOW + HOUR))


def stored(store: SqliteStore) -> int:
    return sum(book.counts.stored for book in store.books())


def warnings(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records if record.levelname == "WARNING")


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.supervise.PAUSES_S", (0.05,))
    monkeypatch.setattr("ingestion.worker.POLL_MS", 10)


def test_a_store_that_another_process_holds_is_waited_for_with_the_partitions_paused(
    store: SqliteStore, waiting: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    source = FakePausingLog([log_of(50)])
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with working(store, source, max_messages=5):
            waiting(lambda: source.polled_while_paused > 10, what="polls of paused partitions")
            assert stored(store) == 0
            other.execute("ROLLBACK")
            waiting(lambda: stored(store) == 50, what="all readings")
    assert source.held_back == set()
    assert "Another process holds it" in warnings(caplog)
    assert verify(store).sum.balanced


def test_a_full_disk_is_said_and_all_is_read_when_there_is_room(
    store: SqliteStore, waiting: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    source = FakePausingLog([log_of(3_000)])
    with store._connections.writing() as writer:
        pages = writer.execute("PRAGMA page_count").fetchone()[0]
        writer.execute(f"PRAGMA max_page_count = {pages + 5}")
    with working(store, source, max_messages=100):
        waiting(lambda: "The disk is full" in warnings(caplog), what="the sentence")
        assert stored(store) < 3_000
        with store._connections.writing() as writer:
            writer.execute("PRAGMA max_page_count = 1000000")
        waiting(lambda: stored(store) == 3_000, what="all readings")
    total = verify(store).sum
    assert (total.consumed, total.duplicates, total.dead_lettered, total.balanced) == (3_000, 0, 0, True)


def test_a_message_that_is_repeated_with_its_sequence_number_is_a_duplicate(store: SqliteStore) -> None:
    body = json.dumps({"tag": "T", "ts": NOW, "value": 1.0, "seq": 17}).encode()
    other = json.dumps({"tag": "T", "ts": NOW + 1, "value": 2.0, "seq": 17}).encode()
    log = [RawMessage(n, None, value) for n, value in enumerate((body, body, other))]
    Worker(store, FakeLog([log]), load_settings(), clock=lambda: NOW).run(until_end=True)
    total = verify(store).sum
    assert (total.stored, total.duplicates, total.balanced) == (2, 1, True)


def test_negative_times_are_read_and_future_ones_set_aside_with_a_sentence(store: SqliteStore) -> None:
    times = [-1_000, NOW, NOW + HOUR]
    log = [
        RawMessage(n, None, json.dumps({"tag": f"T{n}", "ts": ts, "value": 1.0}).encode()) for n, ts in enumerate(times)
    ]
    Worker(store, FakeLog([log]), load_settings(), clock=lambda: NOW).run(until_end=True)
    ((_, letter),) = [found for found in store.dead_letters() if found[1].stage == "clock"]
    assert "1 h ahead of this machine's clock" in letter.text
    assert verify(store).sum.balanced


class FakeStillLog(FakeLog):
    """A log whose partition 0 brings nothing until it was taken up anew."""

    rejoined = 0

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        batches = super().poll(max_messages, timeout_ms)
        if not self.rejoined:
            self._at[0] = 0
            return [batch for batch in batches if batch.partition]
        return batches

    def rejoin(self) -> None:
        self.rejoined += 1


def test_a_partition_that_stands_still_is_taken_up_anew_and_blind_meanwhile(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ingestion.worker.BEAT_S", 0.0)
    settings = load_settings({"store": {"path": str(store.path)}, "stream": {"max_messages": 5}})
    source, meter = FakeStillLog([log_of(20), []]), Meter()
    worker = Worker(store, source, settings, clock=lambda: NOW + HOUR, meter=meter)
    clock = [0.0]
    worker._watchdog = Watchdog(30.0, clock=lambda: clock[0])
    for clock[0] in (0.0, 10.0, 29.0):
        worker.step()
    assert source.rejoined == 0
    before = [book.seen_at for book in store.books() if book.partition == 0]
    clock[0] = 31.0
    worker.step()
    assert source.rejoined == 1
    worker._source.poll = lambda *_: []  # what it owns is claimed again, and brings nothing yet
    worker.step()
    assert [book.seen_at for book in store.books() if book.partition == 0] == before
    assert "blind" in codes(look_at(store, settings, before[0] + 2 * MINUTE))
    del worker._source.poll
    worker.run(until_end=True)
    assert stored(store) == 20
    assert "partition=0 offset=0 end=20" in warnings(caplog)
    assert meter.registry.get_sample_value("millhand_watchdog_restarts_total") == 1


def test_a_watchdog_minds_only_what_stands_still_with_messages_left() -> None:
    clock = [0.0]
    dog = Watchdog(10.0, clock=lambda: clock[0])
    for second, position in ((0, 0), (9, 1), (18, 2), (27, 2)):
        clock[0] = second
        assert dog.look({0: position, 1: 5}, {0: 9, 1: 5}) == []  # 0 gets on, 1 is at its end
    clock[0] = 28.0
    assert dog.look({0: 2, 1: 5}, {0: 9, 1: 5}) == [0]
    assert dog.look({0: 2, 1: 5}, {0: 9, 1: 5}) == []  # begun anew: it gets its time again


def test_a_watchdog_does_not_count_the_time_that_a_broker_was_away() -> None:
    clock = [0.0]
    dog = Watchdog(10.0, clock=lambda: clock[0])
    assert dog.look({0: 2}, {0: 9}) == []
    dog.forget()
    clock[0] = 60.0
    assert dog.look({0: 2}, {0: 9}) == []


def test_a_goal_that_another_store_holds_up_is_said_again_and_again(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [0.0]
    goal = Goal("topic", {0: 5, 1: 5}, 30.0, clock=lambda: clock[0])
    epoch = store.claim_partition("topic", 0, "us").epoch
    with store.transaction() as transaction:
        transaction.advance("topic", 0, epoch, next_offset=5, counts=Counts(consumed=5, skipped=5), watermark=None)
    for clock[0] in (0.0, 20.0, 31.0, 50.0, 62.0):
        assert not goal.reached(store.books("topic"), {0})
    assert warnings(caplog).count("nobody reads this partition into this store") == 2
    assert warnings(caplog).count("partition=1") == 2
    epoch = store.claim_partition("topic", 1, "another").epoch
    with store.transaction() as transaction:
        transaction.advance("topic", 1, epoch, next_offset=6, counts=Counts(consumed=6, skipped=6), watermark=None)
    assert goal.reached(store.books("topic"), {0})


@pytest.mark.parametrize(
    ("error", "tries", "ends"),
    [
        (ServiceUnavailable("away"), 50, False),
        (StoreBlocked("full"), 50, False),
        (StoreError("damaged"), 5, True),
        (AccessDenied("who are you"), 1, True),
    ],
)
def test_what_may_pass_is_waited_for_and_what_will_not_is_the_end(error: Exception, tries: int, ends: bool) -> None:
    supervisor = Supervisor()
    for _ in range(tries - 1):
        supervisor.pause_after(error)
    if ends:
        with pytest.raises(type(error)):
            supervisor.pause_after(error)
    else:
        assert supervisor.pause_after(error) > 0


def test_a_broker_that_starts_anew_may_refuse_for_a_while_whom_it_knew() -> None:
    supervisor = Supervisor()
    supervisor.succeeded(1)
    assert supervisor.pause_after(AccessDenied("not yet")) > 0


def test_a_duty_goes_on_after_a_service_was_away_and_hands_a_bug_to_the_worker(waiting: Callable[..., None]) -> None:
    outcomes = iter([StoreError("held"), ServiceUnavailable("away"), None, ZeroDivisionError("a bug")])

    def work(_: threading.Event) -> None:
        if (outcome := next(outcomes)) is not None:
            raise outcome

    duty = Duty("duty", work, 0.0)
    with pytest.raises(ZeroDivisionError, match="a bug"), duty:
        waiting(lambda: not duty._thread.is_alive(), what="the end of the duty")
    with pytest.raises(ZeroDivisionError, match="a bug"):
        duty.check()


def test_a_duty_says_what_fails_less_and_less_often(
    waiting: Callable[..., None], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = iter([*[StoreBlocked("full")] * 8, None, StoreBlocked("full"), ZeroDivisionError("a bug")])
    pauses: list[float] = []
    monkeypatch.setattr("ingestion.supervise.PAUSES_S", (1.0, 2.0, 3.0))

    def work(_: threading.Event) -> None:
        if (outcome := next(outcomes)) is not None:
            raise outcome

    duty = Duty("duty", work, 0.0)
    monkeypatch.setattr(duty._stop, "wait", pauses.append)
    with pytest.raises(ZeroDivisionError), duty:
        waiting(lambda: not duty._thread.is_alive(), what="the end of the duty")
    assert pauses == pytest.approx([1.0, 2.0, *[3.0] * 6, 0.0, 1.0], abs=0.5)
    assert caplog.text.count("full") == 9


def test_a_bug_in_the_last_work_of_a_duty_is_not_lost() -> None:
    begun = threading.Event()

    def work(stop: threading.Event) -> None:
        begun.set()
        stop.wait()
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"), Duty("duty", work, 0.0):
        begun.wait()


@pytest.mark.parametrize(("busy", "pause"), [(0.1, 1.0), (2.0, 4.0), (600.0, 5.0)])
def test_a_duty_rests_for_twice_as_long_as_it_worked_but_not_for_long(busy: float, pause: float) -> None:
    assert pause_after(busy, 1.0) == pause


def test_a_worker_ends_with_the_bug_of_its_judges(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(store, FakeLog([log_of(5)]), load_settings(), clock=now_ms)

    def broken(**_: object) -> int:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(worker._assets, "run", broken)
    with pytest.raises(ZeroDivisionError):
        worker.run()


def test_a_store_that_is_held_at_the_very_end_is_waited_for(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(store, FakeLog([log_of(5)]), load_settings(), clock=now_ms)
    judge, held = worker._assets.run, [StoreBlocked("held")]
    judged: list[bool] = []

    def run(*, final: bool = False, stop: threading.Event | None = None) -> int:
        if final and held:
            raise held.pop()
        judged.append(final)
        return judge(final=final, stop=stop)

    monkeypatch.setattr(worker._assets, "run", run)
    assert worker.run(until_end=True) == 5
    assert judged[-1]


class FakeAwayLog(FakeLog):
    """A log whose broker never answers."""

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        raise ServiceUnavailable("The broker is away.")


class FakeSink:
    """Keeps what it was sent."""

    at_once = 10

    def __init__(self) -> None:
        self.keys: list[str] = []

    def send(self, messages: Sequence[OutboxMessage]) -> None:
        self.keys += [message.key for message in messages]

    def close(self) -> None: ...


def test_alerts_are_sent_while_the_broker_of_the_readings_is_away(
    store: SqliteStore, waiting: Callable[..., None]
) -> None:
    sink, stop = FakeSink(), threading.Event()
    episode = Episode("ep-1", "limit.high", "T", "", EpisodeKind.PROCESS, Priority.HIGH, EpisodeState.OPEN, 1, 2)
    store.enlist_sink("sink", 0)
    with store.transaction() as transaction:
        transaction.apply_episodes([EpisodeChange(ChangeKind.OPENED, episode)])
    worker = Worker(store, FakeAwayLog([[]]), load_settings(), sinks={"sink": sink})
    thread = threading.Thread(target=worker.run, kwargs={"stop": stop})
    thread.start()
    try:
        waiting(lambda: sink.keys == ["ep-1/opened"], what="the alert")
    finally:
        stop.set()
        thread.join(timeout=30)
    assert not thread.is_alive()
