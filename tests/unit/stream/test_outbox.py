"""The outbox to several sinks: each its own pace, one worker at a time, growing pauses, nothing lost."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from ingestion.outbox import KEEP_MS, LEASE_MS, PATIENCE, Deliveries, Refused, deliver, enlist, pause_after
from plant.episodes import ChangeKind, Episode, EpisodeChange, EpisodeKind, EpisodeState, Priority
from plant.errors import ServiceUnavailable
from plant.store.sqlite import open_store
from plant.time import MINUTE, now_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from plant.store.contract import OutboxMessage
    from plant.store.sqlite import SqliteStore


class FakeSink:
    """Keeps what it is sent; fails while it has something to raise."""

    def __init__(self, at_once: int = 500) -> None:
        self.at_once = at_once
        self.got: list[str] = []
        self.asked = 0
        self.error: ServiceUnavailable | None = None

    def send(self, messages: Sequence[OutboxMessage]) -> None:
        self.asked += 1
        if self.error:
            raise self.error
        self.got += [message.key for message in messages]

    def close(self) -> None: ...


class FakeBrokenSink(FakeSink):
    """Has a bug."""

    def send(self, messages: Sequence[OutboxMessage]) -> None:
        self.asked += 1
        raise ZeroDivisionError


class FakeClock:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.at = now_ms()

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(tmp_path / "plant.db") as opened:
        yield opened


def raise_alerts(store: SqliteStore, *names: str) -> None:
    with store.transaction() as transaction:
        transaction.apply_episodes(
            [
                EpisodeChange(
                    ChangeKind.OPENED,
                    Episode(name, "limit.high", "T", "A", EpisodeKind.PROCESS, Priority.LOW, EpisodeState.OPEN, 1, 2),
                )
                for name in names
            ]
        )


def test_a_sink_that_is_down_holds_no_other_up_and_is_asked_after_growing_pauses(store, clock) -> None:
    up, down = FakeSink(), FakeSink()
    down.error = ServiceUnavailable("Nobody answers.")
    sinks = {"down": down, "up": up}
    enlist(store, sinks, clock())
    raise_alerts(store, "ep-1", "ep-2")
    assert deliver(store, "one", sinks, clock) == 2
    assert up.got == ["ep-1/opened", "ep-2/opened"]
    asked = []
    for _ in range(40):
        before = down.asked
        deliver(store, "one", sinks, clock)
        if down.asked > before:
            asked.append(clock.at)
        clock.at += 500
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert pauses == [2_000, 4_000, 8_000]
    assert [(book.name, book.tries, book.error) for book in store.sinks()] == [
        ("down", 5, "Nobody answers."),
        ("up", 0, ""),
    ]
    down.error = None
    clock.at += pause_after(5)
    assert deliver(store, "one", sinks, clock) == 2
    assert down.got == up.got
    assert store.sinks()[0].error == ""


def test_pauses_have_a_limit() -> None:
    assert pause_after(1) < pause_after(2) < pause_after(20) == pause_after(10_000) == 5 * MINUTE


def test_two_workers_do_not_send_the_same(store, clock) -> None:
    mine, yours = FakeSink(), FakeSink()
    enlist(store, {"topic": mine}, clock())
    assert store.claim_sink("topic", "two", at=clock(), expired_before=0)
    raise_alerts(store, "ep-1")
    assert deliver(store, "one", {"topic": mine}, clock) == 0
    assert deliver(store, "two", {"topic": yours}, clock) == 1
    raise_alerts(store, "ep-2")
    clock.at += LEASE_MS + 1  # the other one is gone
    assert deliver(store, "one", {"topic": mine}, clock) == 1
    assert (mine.got, yours.got) == (["ep-2/opened"], ["ep-1/opened"])


def test_a_message_that_is_refused_again_and_again_is_left_out_and_stays_visible(store, clock) -> None:
    sink = FakeSink(at_once=1)
    enlist(store, {"webhook": sink}, clock())
    raise_alerts(store, "ep-1")
    sink.error = Refused("It says 404.")
    for _ in range(PATIENCE):
        deliver(store, "one", {"webhook": sink}, clock)
        clock.at += pause_after(PATIENCE)
    assert sink.asked == PATIENCE
    (book,) = store.sinks()
    assert (book.waiting, book.refused, book.refusal) == (0, 1, "ep-1/opened: It says 404.")
    sink.error = None
    raise_alerts(store, "ep-2")
    deliver(store, "one", {"webhook": sink}, clock)
    assert sink.got == ["ep-2/opened"]
    assert store.sinks()[0].refused == 1


def test_a_sink_that_does_not_answer_is_waited_for_for_ever(store, clock) -> None:
    sink = FakeSink()
    enlist(store, {"topic": sink}, clock())
    raise_alerts(store, "ep-1")
    sink.error = ServiceUnavailable("Nobody answers.")
    for _ in range(3 * PATIENCE):
        deliver(store, "one", {"topic": sink}, clock)
        clock.at += pause_after(3 * PATIENCE)
    assert store.sinks()[0].waiting == 1


def test_a_sink_that_is_not_known_begins_with_the_alerts_of_now(store, clock) -> None:
    sink = FakeSink()
    raise_alerts(store, "ep-1")
    assert deliver(store, "one", {"topic": sink}, clock) == 0
    raise_alerts(store, "ep-2")
    assert deliver(store, "one", {"topic": sink}, clock) == 1
    assert sink.got == ["ep-2/opened"]


def test_messages_that_all_have_are_forgotten_after_a_while(store, clock) -> None:
    sink = FakeSink()
    enlist(store, {"topic": sink}, clock())
    raise_alerts(store, "ep-1", "ep-2")
    deliver(store, "one", {"topic": sink}, clock)
    clock.at += KEEP_MS + MINUTE
    enlist(store, {"topic": sink}, clock())
    raise_alerts(store, "ep-3")
    deliver(store, "one", {"topic": sink}, clock)
    assert [message.key for message in store.unsent("another", 10)] == ["ep-3/opened"]
    raise_alerts(store, "ep-4")
    deliver(store, "one", {"topic": sink}, clock)
    assert sink.got == [f"ep-{n}/opened" for n in (1, 2, 3, 4)]


class FakeSlowSink(FakeSink):
    """Does not come back from `send` before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def send(self, messages: Sequence[OutboxMessage]) -> None:
        self.asked += 1
        assert self.go.wait(30)
        super().send(messages)


def test_deliveries_run_beside_the_readings_and_end_with_all_sent(
    store: SqliteStore, waiting: Callable[..., None]
) -> None:
    slow, quick = FakeSlowSink(), FakeSink()
    deliveries = Deliveries(store, "one", {"slow": slow, "quick": quick})
    raise_alerts(store, "ep-1")
    deliveries.wake()
    waiting(lambda: quick.got == ["ep-1/opened"] and slow.asked == 1)
    raise_alerts(store, "ep-2")  # the store is free while a sink is being waited for
    deliveries.wake()
    waiting(lambda: len(quick.got) == 2)
    slow.go.set()
    deliveries.close()
    assert slow.got == quick.got == ["ep-1/opened", "ep-2/opened"]
    assert [book.owner for book in store.sinks()] == ["", ""]


def test_a_bug_in_a_sink_ends_the_worker_and_not_only_its_alerts(
    store: SqliteStore, waiting: Callable[..., None]
) -> None:
    sink = FakeBrokenSink()
    deliveries = Deliveries(store, "one", {"broken": sink})
    raise_alerts(store, "ep-1")
    deliveries.wake()
    waiting(lambda: bool(sink.asked))
    deliveries.close()
    with pytest.raises(ZeroDivisionError):
        deliveries.wake()
    assert [message.key for message in store.unsent("broken", 9)] == ["ep-1/opened"]
