"""The demo plant as a source: URLs, the same bytes for ever, seek, pace, end."""

from __future__ import annotations

import pytest

from ingestion.decode import Decoder
from ingestion.simulator.registry import load_registry
from ingestion.sources.demo import DemoSource, open_demo, parse_demo
from ingestion.sources.urls import open_source
from plant.errors import SettingsError
from plant.settings import load_settings
from plant.store.sqlite import open_store
from plant.time import HOUR, MINUTE, SECOND, parse_time, to_iso

START = parse_time("2026-03-02T08:00:00Z")
HOUR_LONG = f"demo:?start={to_iso(START)}&until={to_iso(START + HOUR)}"
TAGS = 23


class FakeClock:
    """A wall clock that a test moves."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


def source(url: str, clock=None, start: int = START) -> DemoSource:
    log = parse_demo(url, lambda _: start)
    return DemoSource(log, clock) if clock else DemoSource(log)


def drain(log: DemoSource, size: int = 1_000) -> list:
    messages = []
    while batches := log.poll(size, 0):
        messages += batches[0].messages
        assert batches[0].next_offset == batches[0].messages[-1].offset + 1
    return messages


def times(messages) -> list[int]:
    placed, refused = Decoder(load_registry()).decode(messages)
    assert refused == []
    return [one.reading.ts for one in placed]


def test_a_bounded_log_holds_every_tag_of_every_row_and_ends():
    log = source(HOUR_LONG)
    messages = drain(log)
    assert log.end_offsets() == {0: 60 * TAGS}
    assert [message.offset for message in messages] == list(range(60 * TAGS))
    assert sorted(set(times(messages))) == list(range(START, START + HOUR, MINUTE))
    assert messages[0].key == b"CW-100.FT-01"


@pytest.mark.parametrize("size", [1, 7, 23, 100, 5_000])
def test_how_it_is_polled_does_not_change_a_byte(size):
    url = f"demo:?start={to_iso(START)}&until={to_iso(START + 5 * MINUTE)}"
    assert drain(source(url), size) == drain(source(url), 64)


@pytest.mark.parametrize("offset", [0, 1, 22, 23, 700, 1_379])
def test_seek_goes_on_with_the_same_bytes(offset):
    messages = drain(source(HOUR_LONG))
    log = source(HOUR_LONG)
    log.poll(100, 0)
    log.seek(0, offset)
    assert drain(log) == messages[offset:]


def test_seek_beyond_the_end_gives_nothing():
    log = source(HOUR_LONG)
    log.seek(0, 60 * TAGS)
    assert log.poll(10, 0) == []


def test_the_name_says_what_decides_the_content_and_nothing_else():
    assert source(HOUR_LONG).name == "demo:?start=2026-03-02T08:00:00Z&step=60s"
    assert source(HOUR_LONG + "&speed=60").name == source(HOUR_LONG).name
    assert source(HOUR_LONG + "&seed=8").name != source(HOUR_LONG).name
    assert source(HOUR_LONG + "&scenario=healthy").name != source(HOUR_LONG).name


def test_a_paused_log_gives_nothing_until_it_may_go_on():
    log = source(HOUR_LONG)
    log.pause([0])
    assert log.poll(10, 0) == []
    log.resume([0])
    assert [message.offset for message in log.poll(10, 0)[0].messages] == list(range(10))


def test_live_begins_now_and_keeps_a_minute_of_what_was():
    clock = FakeClock(START + 5 * HOUR)
    log = source("demo:", clock)
    seen = times(drain(log))
    assert seen[0] >= clock.at - MINUTE
    assert clock.at - SECOND < seen[-1] <= clock.at
    clock.at += 10 * SECOND
    later = times(drain(log))
    assert sorted(set(later)) == [seen[-1] + step * SECOND for step in range(1, 11)]


def test_live_goes_on_after_a_restart_where_the_store_stands():
    clock = FakeClock(START + 2 * HOUR)
    first = drain(source("demo:", clock))
    clock.at += 20 * SECOND
    again = source("demo:", clock)
    again.seek(0, first[-100].offset)
    messages = drain(again)
    assert messages[:100] == first[-100:]
    assert [m.offset for m in messages] == list(range(first[-100].offset, again.end_offsets()[0]))


def test_live_never_claims_a_time_of_the_minute_log():
    clock = FakeClock(START + HOUR)
    live = set(times(drain(source("demo:?live=1", clock))))
    history = set(times(drain(source(f"demo:?start={to_iso(START)}&until={to_iso(clock.at + 1)}"))))
    assert live
    assert not live & history


def test_a_speed_plays_the_plant_faster_than_the_clock():
    clock = FakeClock(START + 24 * HOUR)
    log = source(f"demo:?start={to_iso(START)}&speed=60", clock)
    assert sorted(set(times(drain(log)))) == [START]
    clock.at += 5 * SECOND
    assert sorted(set(times(drain(log)))) == [START + minute * MINUTE for minute in range(1, 6)]


def test_no_log_without_an_end_is_ahead_of_the_clock():
    clock = FakeClock(START + 10 * MINUTE)
    log = source(f"demo:?start={to_iso(START)}", clock)
    assert max(times(drain(log))) == clock.at
    assert log.end_offsets() == {0: 11 * TAGS}


def test_the_shift_takes_forty_minutes_in_steps_of_ten_seconds():
    messages = drain(source("demo:?scenario=shift"))
    assert sorted(set(times(messages))) == list(range(START, START + 40 * MINUTE, 10 * SECOND))


def test_without_a_start_it_is_that_of_the_demo_store(tmp_path):
    settings = load_settings({"store": {"path": str(tmp_path / "demo.db")}})
    with open_store(settings.store.path) as store:
        store.set_meta("demo.start", to_iso(START))
    assert open_source("demo:?step=60s", settings).name == "demo:?start=2026-03-02T08:00:00Z&step=60s"
    assert open_demo("demo:", settings).name == "demo:?start=2026-03-02T08:00:00.500Z&step=1s"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("demo:start=1", "does not name"),
        ("demo:?strat=2026-03-02T08:00:00Z", "start"),
        ("demo:?start=yesterday", "yesterday"),
        ("demo:?start=2026-03-02T08:00:00Z&until=2026-03-01T08:00:00Z", "ends before"),
        ("demo:?step=0s", "0s"),
        ("demo:?step=7s", "hour"),
        ("demo:?speed=fast", "speed"),
        ("demo:?speed=-1", "-1"),
        ("demo:?speed=nan", "nan"),
        ("demo:?seed=7.5", "seed"),
        ("demo:?seed=-1", "seed"),
        ("demo:?live=2", "live"),
        ("demo:?scenario=shfit", "shfit"),
        ("demo:?scenario", "cannot be read"),
    ],
)
def test_a_url_that_asks_for_what_there_is_not_is_refused(url, words):
    with pytest.raises(SettingsError, match=words):
        source(url)
