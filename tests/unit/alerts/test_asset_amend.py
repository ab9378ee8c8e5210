"""Late minutes of an asset, leases that move in between, states that are damaged, assets that lose their tags."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from ingestion import assets, judges
from ingestion.assets import AssetStage
from ingestion.bands import TAG_RULES
from plant.episodes import ChangeKind, EpisodeState
from plant.readings import Reading
from plant.registry import Limits, Sensor
from plant.store.contract import Counts
from plant.store.sqlite import SqliteStore, open_store
from plant.time import HOUR, MINUTE, SECOND, Span
from tests.fake_judge import FakeJudge
from tests.unit.alerts.pump import BEGIN, FAULT, N_MINUTES, TAGS, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plant.settings import Settings

PUMP = [Sensor("X.1", asset="X"), Sensor("X.2", asset="X")]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judges by the fake; says when, not whether, is not the matter here."""
    monkeypatch.setattr(judges, "judges_of", lambda asset, _sensors, first, _threshold: (FakeJudge(asset, first),))
    monkeypatch.setattr(assets, "_REST", 0.0)


def put(store: SqliteStore, level: float, minutes: range, *, tag: str = "X.1", second: int = 0) -> None:
    """Stores a reading a minute, as a worker would."""
    readings = [Reading(tag, BEGIN + minute * MINUTE + second * SECOND, level) for minute in minutes]
    claim = store.claim_partition("log", 0, "reader")
    with store.transaction() as transaction:
        transaction.insert_readings("log", 0, readings)
        transaction.advance(
            "log", 0, claim.epoch, next_offset=(claim.position or 0) + 1, counts=Counts(), watermark=readings[-1].ts
        )


def judged(store: SqliteStore) -> bytes:
    return msgspec.json.encode([episode for episode in store.episodes() if episode.rule not in TAG_RULES])


def calm(store: SqliteStore, tmp_path: Path, settings: Settings) -> bytes:
    """Returns the alerts of the same readings, judged once."""
    with open_store(tmp_path / "calm.db") as other:
        other.put_sensors(list(store.registry()))
        with other.transaction() as transaction:
            for sensor in store.registry():
                transaction.insert_readings("log", 0, store.readings(sensor.tag, Span(0, 2 * BEGIN)))
        AssetStage(other, "calm", settings).run(final=True)
        return judged(other)


def commits_meanwhile(
    monkeypatch: pytest.MonkeyPatch, store: SqliteStore, settings: Settings, commits: Iterator[Callable[..., None]]
) -> None:
    """Has another worker make one of the commits each time that minutes were read, before the judging is."""
    series = store.series

    def series_then_a_commit(tag: str, span: Span, step_ms: int):
        found = series(tag, span, step_ms)
        if commit := next(commits, None):
            with open_store(settings.store.path) as other:
                commit(other)
        return found

    monkeypatch.setattr(store, "series", series_then_a_commit)


def changes(store: SqliteStore) -> list[str]:
    return [message.key.split("/")[1] for message in store.unsent("topic", 100)]


def test_late_minutes_before_a_fit_and_in_a_fault_give_what_they_would_have_given_in_time(store, settings, tmp_path):
    frame = values()
    everything = [
        (row, Reading(tag, BEGIN + row * MINUTE, float(frame[row, column])))
        for row in range(N_MINUTES)
        for column, tag in enumerate(TAGS)
    ]
    late = [r for row, r in everything if row in range(4_200, 4_500) or (r.tag == TAGS[2] and row in FAULT)]
    stage = AssetStage(store, "one", settings)
    for readings in ([r for _, r in everything if r not in late], late):
        with store.transaction() as transaction:
            transaction.insert_readings("log", 0, readings)
        stage.run(final=True)
    assert store.amendments() == {}
    assert "P-1.VT" in store.episodes()[0].reason
    assert judged(store) == calm(store, tmp_path, settings)


@pytest.mark.usefixtures("fake")
class TestFake:
    """By the fake judge: the stage, not the detectors."""

    @pytest.fixture
    def stage(self, store: SqliteStore, settings: Settings) -> AssetStage:
        store.put_sensors(PUMP)
        return AssetStage(store, "one", settings)

    def test_a_minute_that_was_not_odd_after_all_takes_the_alert_back(self, store, stage, settings, tmp_path) -> None:
        put(store, 5.0, range(60))
        put(store, 9.0, range(60, 70))
        stage.run(final=True)
        (gone,) = store.episodes()
        put(store, 1.0, range(60, 70), second=30)
        assert stage.run(final=True) == 0
        assert store.episodes() == []
        assert store.episode(gone.id) is None
        assert store.episode_life(gone.id)[-1].kind is ChangeKind.RETRACTED
        assert changes(store) == ["opened", "retracted"]
        assert judged(store) == calm(store, tmp_path, settings)

    def test_a_late_fault_opens_and_closes_in_the_past(self, store, stage, settings, tmp_path) -> None:
        put(store, 5.0, range(300))
        stage.run(final=True)
        put(store, 20.0, range(100, 110), tag="X.2")
        stage.run(final=True)
        assert [episode.state for episode in store.episodes()] == [EpisodeState.CLOSED]
        assert changes(store) == ["opened", "closed"]
        assert judged(store) == calm(store, tmp_path, settings)

    def test_what_stands_is_amended_not_opened_again(self, store, stage, settings, tmp_path) -> None:
        put(store, 5.0, range(60))
        put(store, 9.0, range(60, 70))
        stage.run(final=True)
        (before,) = store.episodes()
        put(store, 100.0, range(65, 66), second=20)
        stage.run(final=True)
        (after,) = store.episodes()
        assert (after.id, after.opened_at) == (before.id, before.opened_at)
        assert after.score > before.score
        assert changes(store) == ["opened"]
        assert judged(store) == calm(store, tmp_path, settings)

    def test_a_history_that_begins_earlier_is_judged_from_there(self, store, stage, settings, tmp_path) -> None:
        put(store, 5.0, range(100, 200))
        put(store, 9.0, range(200, 210))
        stage.run(final=True)
        put(store, 7.0, range(100))
        stage.run(final=True)
        assert judged(store) == calm(store, tmp_path, settings)

    def test_snapshots_are_hourly_for_a_day_and_behind_the_last_fits(self, store, stage, monkeypatch) -> None:
        monkeypatch.setattr(assets, "CATCH_UP", MINUTE)
        monkeypatch.setattr(FakeJudge, "next_fit", property(lambda judge: BEGIN + (judge._state.fits + 1) * 13 * HOUR))
        for hour in range(60):
            put(store, 5.0, range(60 * hour, 60 * hour + 60))
            stage.run()
        stage.run(final=True)
        with store.transaction() as transaction:
            states = transaction.load_states("asset/X/")
        past = msgspec.msgpack.decode(states["asset/X/past"])
        hours = [(snapshot["at"] - BEGIN) // HOUR for snapshot in past["snapshots"]]
        assert hours == [0, *range(36, 61)]
        assert sorted(key for key in states if "/fake/" in key) == [
            *(f"asset/X/fake/{BEGIN + hour * HOUR}" for hour in (26, 39, 52)), "asset/X/fake/state"
        ]  # fmt: skip

    def test_a_reading_that_comes_while_its_minute_is_judged_is_judged(
        self, store, stage, settings, tmp_path, monkeypatch
    ) -> None:
        """Another worker's commit falls between the reading of the minutes and the commit of what was judged."""
        put(store, 5.0, range(60))
        late = partial(put, level=9.0, minutes=range(30, 40), second=15)
        commits_meanwhile(monkeypatch, store, settings, iter([late]))
        stage.run(final=True)
        assert len(store.episodes()) == 1
        assert judged(store) == calm(store, tmp_path, settings)

    def test_a_reading_that_comes_while_its_asset_is_judged_again_is_judged(
        self, store, stage, settings, tmp_path, monkeypatch
    ) -> None:
        put(store, 5.0, range(120))
        stage.run(final=True)
        put(store, 4.9, range(40, 50), second=15)
        late = partial(put, level=9.0, minutes=range(60, 70), second=15)
        commits_meanwhile(monkeypatch, store, settings, iter([late]))
        stage.run(final=True)
        assert len(store.episodes()) == 1
        assert judged(store) == calm(store, tmp_path, settings)
        assert store.amendments() == {}

    def test_new_minutes_are_judged_while_late_readings_come_all_the_time(
        self, store, stage, settings, tmp_path, monkeypatch
    ) -> None:
        put(store, 5.0, range(120))
        stage.run(final=True)
        put(store, 20.0, range(40, 50), tag="X.2")
        put(store, 9.0, range(120, 130))
        series = store.series
        late = (partial(put, level=5.0, minutes=range(60, 61), second=second) for second in range(1, 50))
        commits_meanwhile(monkeypatch, store, settings, late)
        assert stage.run(final=True) == 10
        assert [episode.pending_at for episode in store.episodes()] == [BEGIN + 120 * MINUTE, BEGIN + 40 * MINUTE]
        assert store.amendments() == {"X": BEGIN + 40 * MINUTE}
        monkeypatch.setattr(store, "series", series)
        stage.run(final=True)
        assert store.amendments() == {}
        assert judged(store) == calm(store, tmp_path, settings)

    def test_judging_keeps_to_one_core(self, store, stage, monkeypatch) -> None:
        threads: set[int] = set()
        judge = FakeJudge.judge

        def looking(self, times, frame, begin):
            threads.update(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
            return judge(self, times, frame, begin)

        monkeypatch.setattr(FakeJudge, "judge", looking)
        put(store, 5.0, range(10))
        with threadpool_limits(limits=2, user_api="blas"):
            stage.run(final=True)
        assert threads == {1}

    def test_judging_again_is_refused_to_one_whose_asset_was_taken(self, store, stage, settings, monkeypatch) -> None:
        put(store, 5.0, range(120))
        stage.run(final=True)
        put(store, 20.0, range(60, 70), tag="X.2")
        series = store.series
        taken: list[object] = []

        def series_after_a_take_over(tag: str, span: Span, step_ms: int):
            if not taken:
                taken.append(store.claim_asset("X", "two", expired_before=2**60))
            return series(tag, span, step_ms)

        monkeypatch.setattr(store, "series", series_after_a_take_over)
        stage.run(final=True)
        assert store.episodes() == []
        assert store.amendments() == {"X": BEGIN + 60 * MINUTE}
        AssetStage(store, "two", settings).run(final=True)
        assert len(store.episodes()) == 1
        assert store.amendments() == {}

    def test_a_lease_that_moves_takes_its_state_along(self, store, stage, settings, tmp_path) -> None:
        stages = [stage, AssetStage(store, "two", settings)]
        for begin in range(0, 120, 10):
            put(store, 9.0 if begin == 60 else 5.0, range(begin, begin + 10))
            stages[begin // 10 % 2].run(final=True)
        assert changes(store) == ["opened", "closed"]
        assert judged(store) == calm(store, tmp_path, settings)

    @pytest.mark.parametrize("body", [b"rubbish", b"", b"\xff\xfe", b"\x80"])
    @pytest.mark.parametrize(
        "kinds",
        [("now",), ("past",), ("fake/state",), ("models",), ("now", "past", "fake/state", "models")],
        ids="/".join,
    )
    def test_a_damaged_state_is_made_anew_from_the_minutes(
        self, store, stage, settings, tmp_path, caplog, kinds, body
    ) -> None:
        put(store, 5.0, range(100))
        put(store, 9.0, range(100, 110))
        stage.run(final=True)
        before = store.episodes()
        with store.transaction() as transaction:
            models = [key for key in transaction.load_states("asset/X/fake/") if key[-1].isdigit()]
            keys = [key for kind in kinds for key in (models if kind == "models" else [f"asset/X/{kind}"])]
            transaction.save_states(dict.fromkeys(keys, body))
        put(store, 9.0, range(110, 112))
        AssetStage(store, "two", settings).run(final=True)
        assert store.episodes() == before
        assert "judged again" in caplog.text
        put(store, 5.0, range(112, 130))
        AssetStage(store, "three", settings).run(final=True)
        assert changes(store) == ["opened", "closed"]
        assert judged(store) == calm(store, tmp_path, settings)

    def test_an_alert_of_an_asset_without_tags_is_closed(self, store, stage, settings) -> None:
        put(store, 5.0, range(60))
        put(store, 9.0, range(60, 70))
        stage.run(final=True)
        store.put_sensors([msgspec.structs.replace(sensor, asset="") for sensor in PUMP])
        stage.run(final=True)
        (episode,) = store.episodes()
        assert (episode.state, episode.closed_at) == (EpisodeState.CLOSED, BEGIN + 70 * MINUTE)
        assert changes(store) == ["opened", "closed"]
        store.put_sensors(PUMP)  # it returns: nothing is known of what was
        put(store, 5.0, range(80, 90))
        put(store, 9.0, range(90, 100))
        AssetStage(store, "two", settings).run(final=True)
        assert [one.state for one in store.episodes()] == [EpisodeState.OPEN, EpisodeState.CLOSED]
        assert store.episodes()[1] == episode

    def test_other_limits_leave_what_was_judged_before_as_it_is(self, store, stage, settings) -> None:
        put(store, 5.0, range(60))
        put(store, 9.0, range(60, 70))
        put(store, 5.0, range(70, 90))
        stage.run(final=True)
        before = store.episodes()
        store.put_sensors([msgspec.structs.replace(PUMP[0], limits=Limits(high=1.0))])
        put(store, 5.0, range(90, 100))
        stage.run(final=True)
        put(store, 1.0, range(60, 70), second=30)
        stage.run(final=True)
        assert store.episodes() == before
        assert store.amendments() == {}

    def test_an_asset_whose_name_begins_with_anothers_keeps_its_own_states(self, store, stage, settings) -> None:
        store.put_sensors([Sensor("Y.1", asset="X/now"), Sensor("Z.1", asset="X/fake")])
        for tag in ("X.1", "Y.1", "Z.1"):
            put(store, 5.0, range(60), tag=tag)
        stage.run(final=True)
        for tag in ("X.1", "Y.1", "Z.1"):
            put(store, 9.0, range(60, 70), tag=tag)
        assert AssetStage(store, "two", settings).run(final=True) == 30
        assert sorted(episode.asset for episode in store.episodes()) == ["X", "X/fake", "X/now"]

    def test_a_threshold_that_is_no_number_is_passed_over(self, store, stage) -> None:
        store.set_meta("alerts.threshold/X", "high")
        put(store, 5.0, range(60))
        assert stage.run(final=True) == 60
