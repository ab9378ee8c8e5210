"""However a log is cut into polls, whoever dies in between, the books and the rows are the same."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.contract import RawBatch, RawMessage
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.errors import ServiceUnavailable
from plant.settings import Settings
from plant.store.sqlite import SqliteStore, open_store
from plant.time import HOUR, MINUTE, Span

if TYPE_CHECKING:
    import pytest

    from plant.readings import Reading
    from plant.store.contract import PartitionBook

NOW = 100 * HOUR
SETTINGS = Settings()


class FakeLog:
    """A source over lists of messages that loses its reader's place when told to."""

    name = "fake"

    def __init__(self, partitions: list[list[RawMessage]]) -> None:
        self._log = partitions
        self._at = dict.fromkeys(range(len(partitions)), 0)

    def assignment(self) -> frozenset[int]:
        return frozenset(self._at)

    def partitions(self) -> frozenset[int]:
        return frozenset(self._at)

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        batches = []
        for partition, at in self._at.items():
            messages = [message for message in self._log[partition] if message.offset >= at][:max_messages]
            if messages:
                self._at[partition] = messages[-1].offset + 1
                batches.append(RawBatch(partition, messages, self._at[partition]))
        return batches

    def seek(self, partition: int, offset: int) -> None:
        self._at[partition] = offset

    def end_offsets(self) -> dict[int, int]:
        return {partition: (log[-1].offset + 1 if log else 0) for partition, log in enumerate(self._log)}

    def pause(self, partitions: object) -> None: ...

    def resume(self, partitions: object) -> None: ...

    def close(self) -> None: ...


TIMES = st.one_of(st.integers(0, 5 * MINUTE), st.integers(NOW - 2 * HOUR, NOW + 10 * MINUTE))
VALUES = st.one_of(st.none(), st.integers(0, 2).map(float))
GOOD = st.builds(
    lambda tag, ts, value: json.dumps({"tag": tag, "ts": ts, "value": value}).encode(),
    st.sampled_from("AB"),
    TIMES,
    VALUES,
)
BODIES = st.one_of(GOOD, GOOD, GOOD, st.sampled_from([b"", b"rubbish", b'{"tag": "A", "ts": 1, "value": NaN}', None]))


@st.composite
def logs(draw: st.DrawFn) -> list[RawMessage]:
    """A partition's log; offsets may have holes, as after compaction."""
    offset, messages = -1, []
    for body in draw(st.lists(BODIES, max_size=30)):
        offset += draw(st.sampled_from([1, 1, 1, 3]))
        messages.append(RawMessage(offset, b"k", body))
    return messages


def _keyed(log: list[RawMessage], partition: int) -> list[RawMessage]:
    """Gives each partition tags of its own, as a keyed topic does."""
    return [
        RawMessage(
            m.offset,
            m.key,
            m.value and m.value.replace(b'"A"', b'"A%d"' % partition).replace(b'"B"', b'"B%d"' % partition),
        )
        for m in log
    ]


def _all_of(store: SqliteStore) -> tuple[list[object], list[list[Reading]], list[object], list[list[float]]]:
    def told(book: PartitionBook) -> object:
        return book.partition, book.next_offset, book.watermark, book.counts

    tags = sorted(sensor.tag for sensor in store.registry())
    letters = sorted((x.partition, x.offset, x.item, x.stage, x.value or b"") for _, x in store.dead_letters())
    return (
        [told(book) for book in store.books()],
        [store.readings(tag, Span(0, 2 * NOW)) for tag in tags],
        list(letters),
        [store.series(tag, Span(0, 5 * MINUTE), MINUTE).values.tolist() for tag in tags],
    )


def _take_in(path: Path, log: list[list[RawMessage]], polls: list[int], deaths: list[bool]) -> object:
    """Reads a log with polls of these sizes; a death is a new worker on the same store."""
    with open_store(path) as store:
        source = FakeLog(log)
        worker: Worker | None = None
        for size, dies in zip([*polls, 1_000, 1_000], [*deaths, True, False], strict=True):
            if worker is None or dies:
                size_settings = SETTINGS.model_copy(
                    update={"stream": SETTINGS.stream.model_copy(update={"max_messages": size})}
                )
                worker = Worker(store, source, size_settings, clock=lambda: NOW)
            worker.step()
        worker.run(until_end=True)
        assert verify(store).sum.balanced, verify(store).sum.problems
        return repr(_all_of(store))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    log=st.lists(logs(), min_size=1, max_size=3),
    polls=st.lists(st.integers(1, 7), max_size=12),
    data=st.data(),
)
def test_poll_sizes_and_deaths_change_nothing(log: list[list[RawMessage]], polls: list[int], data: st.DataObject):
    log = [_keyed(messages, partition) for partition, messages in enumerate(log)]
    deaths = data.draw(st.lists(st.booleans(), min_size=len(polls), max_size=len(polls)))
    with tempfile.TemporaryDirectory() as directory:
        at_once = _take_in(Path(directory) / "once.db", log, [], [])
        in_pieces = _take_in(Path(directory) / "pieces.db", log, polls, deaths)
    assert at_once == in_pieces


class FakeFlakyLog(FakeLog):
    """A log whose broker goes away every third poll, after the reader's place has moved."""

    calls = 0

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        batches = super().poll(max_messages, timeout_ms)
        self.calls += 1
        if self.calls % 3 == 0:
            raise ServiceUnavailable("The broker went away.")
        return batches


def test_a_broker_that_goes_away_at_every_third_poll_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingestion.supervise.PAUSES_S", (0.0,))
    log = [RawMessage(i, None, json.dumps({"tag": "A", "ts": i * 1_000, "value": i}).encode()) for i in range(50)]
    few = SETTINGS.model_copy(update={"stream": SETTINGS.stream.model_copy(update={"max_messages": 7})})
    with open_store(tmp_path / "plant.db") as store:
        Worker(store, FakeFlakyLog([log]), few, clock=lambda: NOW).run(until_end=True)
        total = verify(store).sum
    assert (total.stored, total.duplicates, total.balanced) == (50, 0, True)
