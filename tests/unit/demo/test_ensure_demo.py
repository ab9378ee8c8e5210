"""The demo store: built whole, its books balance, brought up to now, a plant's own store left alone."""

from __future__ import annotations

import shutil
from itertools import pairwise

import pytest

from ingestion import demo
from ingestion.demo import ensure_demo, history_start, is_demo
from ingestion.simulator import faults
from ingestion.simulator.registry import load_registry
from ingestion.verify import verify
from plant.errors import StoreError
from plant.settings import load_settings
from plant.store.sqlite import open_store
from plant.time import DAY, HOUR, MINUTE, Span, parse_time

NOW = parse_time("2026-03-12T14:20:31Z")


def settings_at(path):
    return load_settings({"store": {"path": str(path)}})


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A demo store with all of its week, built once; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("demo")
    said = []
    ensure_demo(settings_at(folder / "demo.db"), said.append, clock=lambda: NOW)
    assert len(said) == 1
    return folder


@pytest.fixture
def copied(built, tmp_path):
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return settings_at(tmp_path / "demo.db")


def quiet(text):
    raise AssertionError(f"said {text!r}")


def test_a_week_up_to_now_is_there_and_the_books_balance(built):
    with open_store(built / "demo.db", read_only=True) as store:
        total = verify(store).sum
        extent = store.extent()
        assert total.balanced, total.problems
        assert total.stored == 23 * (7 * DAY // MINUTE + 1)
        assert (total.late, total.dead_lettered, total.duplicates) == (0, 0, 0)
        assert NOW - MINUTE < extent.end <= NOW + 1
        assert len(store.registry()) == len(load_registry())


def test_manual_and_graph_are_there_and_nothing_half_made_is_left(built):
    with open_store(built / "demo.db", read_only=True) as store:
        assert [document.name for document in store.documents()] == ["CW-100-manual.pdf"]
        assert any("E07" in passage.text for passage in store.search_passages("E07", limit=5))
    assert (built / "demo.graph").exists()
    assert [path.name for path in built.iterdir() if ".new" in path.name] == []


def test_the_history_has_alerts_of_its_labelled_faults_and_the_exchangers_is_todays(built):
    with open_store(built / "demo.db", read_only=True) as store:
        opened = {(episode.tag, episode.rule) for episode in store.episodes()}
        today = store.episodes(span=Span(parse_time("2026-03-12T00:00:00Z"), NOW), subject="E-101")
    assert {("P-102.VT-01", "limit.high"), ("P-103.TT-01", "stuck"), ("E-101.PDT-01", "limit.high")} <= opened
    assert any(episode.tag == "E-101.PDT-01" for episode in today)


def test_the_chilled_water_and_the_flow_are_healthy_now(built):
    with open_store(built / "demo.db", read_only=True) as store:
        for tag, low, high in (("CW-100.TT-02", 4.8, 5.2), ("CW-100.FT-01", 41.0, 43.0)):
            values = [reading.value for reading in store.readings(tag, Span(NOW - 10 * MINUTE, NOW))]
            assert len(values) == 10
            assert all(low < value < high for value in values)


def test_a_fresh_demo_store_is_left_as_it_is(copied):
    ensure_demo(copied, quiet, clock=lambda: NOW + MINUTE)
    assert is_demo(copied)


def test_an_old_one_is_brought_up_to_now_without_a_gap(copied):
    later = NOW + 3 * HOUR
    ensure_demo(copied, lambda _: None, clock=lambda: later)
    with open_store(copied.store.path, read_only=True) as store:
        total = verify(store).sum
        times = [reading.ts for reading in store.readings("CW-100.TT-02", Span(NOW - HOUR, later))]
    assert total.balanced, total.problems
    assert (total.duplicates, total.dead_lettered) == (0, 0)
    assert {after - before for before, after in pairwise(times)} == {MINUTE}
    assert later - MINUTE < times[-1] <= later


def test_a_plants_own_store_is_not_touched(tmp_path):
    settings = settings_at(tmp_path / "own.db")
    open_store(settings.store.path).close()
    ensure_demo(settings, quiet)
    assert not is_demo(settings)
    with open_store(settings.store.path, read_only=True) as store:
        assert store.extent() is None


def test_a_graph_that_is_there_is_not_touched(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "WEEK_LENGTH", HOUR)
    (tmp_path / "demo.graph").write_text("mine")
    ensure_demo(settings_at(tmp_path / "demo.db"), lambda _: None, clock=lambda: NOW)
    assert (tmp_path / "demo.graph").read_text() == "mine"


def test_a_build_that_fails_leaves_no_store(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "WEEK_LENGTH", HOUR)
    monkeypatch.setattr(demo, "MANUAL", tmp_path / "no.pdf")
    with pytest.raises(Exception, match=r"no\.pdf"):
        ensure_demo(settings_at(tmp_path / "demo.db"), lambda _: None, clock=lambda: NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_no_store_can_be_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        ensure_demo(settings_at(tmp_path / "file" / "demo.db"), lambda _: None, clock=lambda: NOW)


def test_a_file_that_is_no_store_is_said(tmp_path):
    (tmp_path / "demo.db").write_text("this is a letter, not a store, and it is long enough to be read as one")
    with pytest.raises(StoreError, match="store"):
        ensure_demo(settings_at(tmp_path / "demo.db"), lambda _: None, clock=lambda: NOW)


@pytest.mark.parametrize(
    ("zone", "ahead"), [("UTC", 0), ("Europe/Paris", HOUR), ("Asia/Kolkata", 5 * HOUR + 30 * MINUTE)]
)
def test_at_whatever_minute_it_is_built_the_exchangers_fault_reaches_into_today(zone, ahead):
    settings = load_settings({"plant": {"timezone": zone}})
    day = parse_time("2026-03-12T00:00:00Z")
    for now in range(day, day + DAY, MINUTE):
        midnight = now - (now + ahead) % DAY
        fault = faults.week_faults(history_start(now, settings))[-1]
        assert fault.subject == "E-101"
        assert fault.start < now
        assert fault.end > midnight
