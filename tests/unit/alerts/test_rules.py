"""What each rule opens, holds and closes."""

from __future__ import annotations

import pytest

from ingestion.tags import TagRules
from plant.episodes import ChangeKind, EpisodeKind
from plant.readings import Quality, Reading
from plant.registry import Limits, Registry, Sensor, SensorState

MINUTE = 60_000
SENSOR = Sensor(
    "TT",
    unit="degC",
    asset="E-101",
    limits=Limits(low_low=1.0, low=2.0, high=8.0, high_high=10.0, setpoint=5.0, tolerance=0.2, deadband=0.05),
    range_low=-20.0,
    range_high=50.0,
    stuck_ms=10 * MINUTE,
    on_delay_ms=MINUTE,
    off_delay_ms=2 * MINUTE,
)
PLAIN = Sensor("PT", stuck_ms=10 * MINUTE)


def play(values, *, step=1_000, sensor=SENSOR, start=1_000_000, rules=None):
    """Feeds values one step apart; None is a bad reading, `...` no reading at all."""
    rules = rules or TagRules(Registry([sensor]), {})
    readings = [
        Reading(sensor.tag, start + number * step, value, Quality.BAD if value is None else Quality.GOOD)
        for number, value in enumerate(values)
        if value is not ...
    ]
    return rules.judge(readings)


def wobble(value, n):
    return [value + 0.02 * (number % 2) for number in range(n)]


def kinds(changes):
    return [(change.episode.rule, change.kind.value) for change in changes]


def test_a_healthy_tag_raises_nothing() -> None:
    assert play(wobble(5.0, 5_000)) == []


def test_the_set_point_band_opens_after_its_on_delay_and_says_why() -> None:
    changes = play([*wobble(5.0, 100), 5.31, *wobble(5.29, 60), *wobble(5.0, 130)])
    assert kinds(changes) == [("setpoint", "opened"), ("setpoint", "closed")]
    episode = changes[0].episode
    assert episode.opened_at - episode.pending_at == MINUTE
    assert episode.reason == "5.31 degC, band 4.8 to 5.2"
    assert (episode.actual, episode.typical, episode.low, episode.high) == (5.31, 5.0, 4.8, 5.2)
    assert episode.kind is EpisodeKind.PROCESS
    assert 50 < episode.score < 100


def test_a_short_excursion_raises_nothing() -> None:
    assert play(wobble(5.0, 100) + wobble(5.3, 59) + wobble(5.0, 100)) == []


def test_the_deadband_keeps_an_episode_from_chattering() -> None:
    changes = play(wobble(5.3, 70) + [5.21, 5.16] * 200)
    assert kinds(changes) == [("setpoint", "opened")]


def test_a_high_high_keeps_its_high_and_its_band_silent() -> None:
    assert kinds(play(wobble(5.0, 20) + wobble(12.0, 200))) == [("limit.high_high", "opened")]


@pytest.mark.parametrize(("value", "rule"), [(9.0, "limit.high"), (1.5, "limit.low"), (0.5, "limit.low_low")])
def test_each_limit_has_its_rule(value, rule) -> None:
    assert kinds(play(wobble(5.0, 20) + wobble(value, 200)))[0] == (rule, "opened")


def test_a_value_out_of_the_instruments_range_is_the_instruments_fault() -> None:
    changes = play(wobble(5.0, 20) + wobble(99.0, 200))
    assert kinds(changes) == [("range", "opened")]
    assert changes[0].episode.kind is EpisodeKind.INSTRUMENT


def test_a_stuck_tag_is_found_and_dated_back() -> None:
    changes = play(wobble(5.0, 100) + [5.07] * 700, sensor=PLAIN.__class__("PT", stuck_ms=10 * MINUTE, unit="bar"))
    assert kinds(changes) == [("stuck", "opened")]
    assert changes[0].episode.pending_at == 1_000_000 + 100 * 1_000
    assert changes[0].episode.reason == "5.07 bar unchanged"


def test_a_tag_that_may_rest_is_never_stuck() -> None:
    assert play([5.0] * 5_000, sensor=Sensor("PT", stuck_ms=None)) == []


def test_bad_readings_in_a_row_are_a_drop_out_and_hold_what_stands() -> None:
    changes = play(wobble(5.3, 70) + [None] * 100 + wobble(5.3, 200))
    assert kinds(changes) == [
        ("setpoint", "opened"),
        ("setpoint", "updated"),
        ("dropout", "opened"),
        ("setpoint", "updated"),
        ("dropout", "closed"),
    ]
    assert changes[1].episode.holding
    assert not changes[3].episode.holding


def test_bad_quality_neither_closes_nor_ripens() -> None:
    standing = play(wobble(5.3, 70) + [None] * 30 + wobble(5.0, 60) + [None] * 1_000)
    assert ("setpoint", "closed") not in kinds(standing)
    pending = play(wobble(5.3, 30) + [None] * 50 + wobble(5.3, 20))
    assert kinds(pending) == []


def test_missing_readings_are_found_at_the_next_one() -> None:
    changes = play(wobble(5.0, 100) + [...] * 300 + wobble(5.0, 200))
    assert kinds(changes) == [("dropout", "opened"), ("dropout", "closed")]
    assert changes[0].episode.reason == "no reading for 5 min, usually every 1 s"


def test_a_change_of_cadence_is_no_drop_out() -> None:
    rules = TagRules(Registry([SENSOR]), {})
    history = play(wobble(5.0, 600), step=MINUTE, rules=rules)
    live = play(wobble(5.0, 600), start=1_000_000 + 600 * MINUTE, rules=rules)
    back = play(wobble(5.0, 600), step=MINUTE, start=1_000_000 + 610 * MINUTE, rules=rules)
    assert history + live + back == []


@pytest.mark.parametrize("step", [61_000, 90_000, 600_000])
def test_a_slow_cadence_that_the_registry_does_not_know_is_learned(step) -> None:
    assert play(wobble(5.0, 200), step=step) == []


def test_a_discovered_tag_is_not_alarmed() -> None:
    sensor = Sensor("XX", limits=Limits(high=1.0), state=SensorState.DISCOVERED)
    assert play([9.0] * 500, sensor=sensor) == []
    assert TagRules(Registry(), {}).judge([Reading("nobody", 1, 1.0)]) == []


def test_an_older_reading_is_not_judged() -> None:
    rules = TagRules(Registry([SENSOR]), {})
    play(wobble(5.0, 100), rules=rules)
    assert play(wobble(99.0, 100), start=0, rules=rules) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_value_that_is_no_number_counts_as_missing(value) -> None:
    assert kinds(play(wobble(5.0, 10) + [value] * 100)) == [("dropout", "opened")]


def test_only_touched_tags_are_saved() -> None:
    rules = TagRules(Registry([SENSOR, PLAIN]), {"rule/TT": b"{}", "asset/E-101/progress": b"not ours"})
    play([5.0], rules=rules)
    assert list(rules.dirty()) == ["rule/TT", "past/TT"]  # its past begins where its rules have changed
    play([5.1], rules=rules, start=1_001_000)
    assert list(rules.dirty()) == ["rule/TT"]
    assert rules.dirty() == {}


def test_an_episode_that_grows_worse_is_told_again() -> None:
    changes = play(wobble(5.3, 70) + wobble(5.6, 10) + wobble(7.0, 10))
    assert [change.kind for change in changes] == [ChangeKind.OPENED, ChangeKind.UPDATED, ChangeKind.UPDATED]
    assert changes[-1].episode.actual == 7.0
    assert len({change.episode.id for change in changes}) == 1


def test_a_standing_high_high_does_not_hide_a_low_low() -> None:
    changes = play([*wobble(11.0, 70), *wobble(0.0, 70)])
    assert ("limit.low_low", "opened") in kinds(changes)
