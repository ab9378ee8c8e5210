"""The contract of a source, over every implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingestion.sources.urls import open_source
from plant.settings import load_settings
from tests.integration.kafka.topics import fill, make_topic, readings
from tests.integration.servers import serve_wheel_broker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingestion.contract import RawMessage, Source

COUNT = 40


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    with serve_wheel_broker() as address:
        make_topic(address, "readings", 1)
        fill(address, "readings", readings(COUNT)[:-1])
        fill(
            address, "readings", readings(COUNT)[-1:]
        )  # this broker's end offset is that of the last batch's begin + 1
        yield address


@pytest.fixture(params=["file", "demo", "kafka"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Source]:
    if request.param == "file":
        path = tmp_path / "history.csv"
        path.write_text("date,A,B\n" + "".join(f"2026-01-01T00:00:{s:02}Z,{s},{s}\n" for s in range(COUNT // 2)))
        url = f"file:{path}"
    elif request.param == "demo":
        url = "demo:?start=2026-01-01T00:00:00Z&until=2026-01-01T00:05:00Z&step=60s"
    else:
        url = f"kafka://{request.getfixturevalue('broker')}/readings"
    source = open_source(url, load_settings({"stream": {"group": request.node.name[-40:].strip("[]")}}))
    yield source
    source.close()


def _read(source: Source, waiting: Callable[..., None], *, at_once: int = 1_000) -> list[RawMessage]:
    """Reads to the end as a worker does: whatever is gained is sought to the beginning first."""
    end = source.end_offsets()[0]
    waiting(lambda: bool(source.poll(at_once, 100)) or 0 in source.assignment(), what="an assignment")
    source.seek(0, 0)
    messages: list[RawMessage] = []
    while not messages or messages[-1].offset + 1 < end:
        for batch in source.poll(at_once, 200):
            assert len(batch.messages) <= at_once
            assert batch.partition == 0
            messages += batch.messages
            assert batch.next_offset == messages[-1].offset + 1
    return messages


def test_the_same_log_gives_the_same_bytes_however_it_is_polled(source: Source, waiting: Callable[..., None]):
    whole = _read(source, waiting)
    assert [message.offset for message in whole] == list(range(source.end_offsets()[0]))
    assert _read(source, waiting, at_once=7) == whole


def test_seek_goes_on_from_there(source: Source, waiting: Callable[..., None]):
    whole = _read(source, waiting)
    source.seek(0, 5)
    found: list[RawMessage] = []
    waiting(lambda: bool(found.extend(m for b in source.poll(3, 200) for m in b.messages) or found), what="messages")
    assert found == whole[5:8]


def test_a_paused_partition_is_silent_until_resumed(source: Source, waiting: Callable[..., None]):
    whole = _read(source, waiting)
    source.seek(0, 0)
    source.pause([0])
    assert source.poll(10, 50) == []
    assert 0 in source.assignment()
    source.resume([0])
    found: list[RawMessage] = []
    waiting(lambda: bool(found.extend(m for b in source.poll(3, 200) for m in b.messages) or found), what="messages")
    assert found == whole[:3]


def test_names_and_partitions(source: Source):
    assert source.name
    assert source.partitions() == frozenset(source.end_offsets()) == {0}
