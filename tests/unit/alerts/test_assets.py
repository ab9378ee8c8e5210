"""The asset stage: the same log gives the same alerts; leases and epochs hold; healthy days are quiet."""

from __future__ import annotations

import msgspec
import pytest

from ingestion.assets import AssetStage
from plant.episodes import EpisodeKind, EpisodeState
from plant.readings import Reading
from plant.store.contract import Counts
from plant.store.sqlite import open_store
from plant.time import MINUTE
from tests.unit.alerts.pump import BEGIN, FAULT, N_MINUTES, SENSORS, values, write


def judged(store):
    return msgspec.json.encode([episode for episode in store.episodes() if episode.rule == "anomaly"])


@pytest.fixture
def whole(tmp_path, settings):
    """The alerts of the log read in one piece."""
    with open_store(tmp_path / "whole.db") as store:
        store.put_sensors(SENSORS)
        write(store, values())
        assert AssetStage(store, "one", settings).run(final=True) == N_MINUTES
        return judged(store)


def test_a_fault_opens_one_alert_that_says_what_moved(store, settings) -> None:
    write(store, values())
    AssetStage(store, "one", settings).run(final=True)
    (episode,) = store.episodes()
    assert episode.rule == "anomaly"
    assert episode.asset == "P-1"
    assert episode.tag == ""
    assert episode.kind is EpisodeKind.PROCESS
    assert episode.state is EpisodeState.CLOSED
    assert 0 <= episode.pending_at - (BEGIN + FAULT.start * MINUTE) <= 5 * MINUTE
    assert episode.contributors[0] == "P-1.VT"
    assert "P-1.VT" in episode.reason
    assert "mm/s" in episode.reason
    assert episode.actual > episode.high > episode.typical > episode.low


def test_healthy_days_are_quiet(store, settings) -> None:
    write(store, values(faulty=False))
    AssetStage(store, "one", settings).run(final=True)
    assert store.episodes() == []


@pytest.mark.parametrize("batch", [500, 1_777])
def test_alerts_do_not_depend_on_batches(store, settings, whole, batch) -> None:
    frame = values()
    stage = AssetStage(store, "one", settings)
    for begin in range(0, N_MINUTES, batch):
        write(store, frame[begin : begin + batch], begin)
        stage.run()
    stage.run(final=True)
    assert judged(store) == whole


def test_alerts_do_not_depend_on_restarts(store, settings, whole) -> None:
    frame = values()
    for begin in range(0, N_MINUTES, 700):
        write(store, frame[begin : begin + 700], begin)
        AssetStage(store, "one", settings).run(final=True)
    assert judged(store) == whole


def test_nothing_is_judged_twice(store, settings) -> None:
    write(store, values()[:600])
    stage = AssetStage(store, "one", settings)
    assert stage.run(final=True) == 600
    assert stage.run(final=True) == 0
    assert AssetStage(store, "two", settings).run(final=True) == 0


def test_an_asset_that_somebody_holds_is_left_alone(store, settings) -> None:
    write(store, values()[:600])
    assert AssetStage(store, "one", settings).run() > 0
    write(store, values()[600:1_200], 600)
    assert AssetStage(store, "two", settings).run() == 0


def test_a_judge_whose_asset_was_taken_changes_nothing(store, settings, whole) -> None:
    frame = values()
    first, second = AssetStage(store, "one", settings), AssetStage(store, "two", settings)
    for begin in range(0, N_MINUTES, 1_500):
        write(store, frame[begin : begin + 1_500], begin)
        second.run(final=True)
        first.run()
    second.run(final=True)
    assert judged(store) == whole


def test_minutes_are_closed_by_the_slowest_partition(store, settings) -> None:
    write(store, values()[:1_000])
    claim = store.claim_partition("log", 1, "reader")
    store.heartbeat("log", "reader", {0: 3_000, 1: 500}, 1)
    stage = AssetStage(store, "one", settings)
    late = [*SENSORS, msgspec.structs.replace(SENSORS[0], tag="P-1.PT")]
    store.put_sensors(late)
    assert stage.run() == 0  # the new tag may lie on partition 1, of which nothing was read
    with store.transaction() as transaction:
        transaction.advance("log", 1, claim.epoch, next_offset=10, counts=Counts(), watermark=BEGIN + 500 * MINUTE)
    assert stage.run() == 499


def test_a_plant_with_no_readings_has_nothing_to_judge(store, settings) -> None:
    assert AssetStage(store, "one", settings).run() == 0
    assert AssetStage(store, "one", settings).run(final=True) == 0


def test_missing_minutes_hold_an_alert(store, settings) -> None:
    frame = values()[: FAULT.start + 60]
    write(store, frame)
    write(store, frame[:30], FAULT.start + 400)  # six hours of silence, then usual again
    AssetStage(store, "one", settings).run(final=True)
    episode = store.episodes()[-1]
    assert episode.opened_at is not None
    assert episode.closed_at is None or episode.closed_at > BEGIN + (FAULT.start + 400) * MINUTE


def test_another_set_of_tags_is_learned_anew(store, settings) -> None:
    frame = values()
    write(store, frame[:5_000])
    AssetStage(store, "one", settings).run(final=True)
    store.put_sensors([msgspec.structs.replace(SENSORS[2], asset="")])
    write(store, frame[5_000:], 5_000)
    assert AssetStage(store, "one", settings).run(final=True) == N_MINUTES - 5_000
    assert store.episodes() == []  # the fault was on the tag that no longer belongs to the pump


def test_a_partition_that_fell_silent_does_not_hold_its_asset_up(store, settings, monkeypatch) -> None:
    monkeypatch.setattr("ingestion.assets.now_ms", lambda: BEGIN + 1_000 * MINUTE)
    write(store, values()[:1_000])
    claim = store.claim_partition("log", 1, "reader")
    store.put_sensors([msgspec.structs.replace(SENSORS[0], tag="P-1.PT")])
    with store.transaction() as transaction:
        transaction.insert_readings("log", 1, [Reading("P-1.PT", BEGIN + 980 * MINUTE, 1.0)])
        transaction.advance("log", 1, claim.epoch, next_offset=1, counts=Counts(), watermark=BEGIN + 980 * MINUTE)
    stage = AssetStage(store, "one", settings)
    store.heartbeat("log", "reader", {0: 3_000, 1: 2}, 1)
    assert stage.run() == 979  # partition 1 has a message that nobody has read
    store.heartbeat("log", "reader", {0: 3_000, 1: 1}, 1)
    assert stage.run() == 19


@pytest.mark.parametrize("body", [b'{"detectors": {"forest": {"detector": {"of": "before"}, "tail": 1}}}', b"{"])
def test_models_that_cannot_be_read_are_fitted_anew(store, settings, caplog, body) -> None:
    write(store, values()[:4_400])
    AssetStage(store, "one", settings).run(final=True)
    with store.transaction() as transaction:
        models = {key: body for key in transaction.load_states("asset/P-1/anomaly/") if key[-1].isdigit()}
        fitted = transaction.states(models)
        assert fitted
        transaction.save_states(models)
    write(store, values()[4_400:4_500], 4_400)
    assert AssetStage(store, "two", settings).run(final=True) == 100
    with store.transaction() as transaction:
        assert transaction.states(fitted) == fitted
    assert "judged again" in caplog.text
