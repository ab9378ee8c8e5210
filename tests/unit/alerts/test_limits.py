"""Every limit of a tag, with its deadband and both delays, and the limits of a side among each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ingestion.tags import TagRules
from plant.episodes import ChangeKind, Priority
from plant.readings import Quality, Reading
from plant.registry import Limits, Registry, Sensor
from plant.time import MINUTE, SECOND

if TYPE_CHECKING:
    from plant.episodes import EpisodeChange

BEGIN = 1_000_000
STEP = 10 * SECOND
LIMITS = Limits(low_low=10.0, low=20.0, high=60.0, high_high=70.0, setpoint=40.0, tolerance=5.0, deadband=2.0)
SENSOR = Sensor("TT", limits=LIMITS, cadence_ms=STEP, on_delay_ms=MINUTE, off_delay_ms=2 * MINUTE, decimals=1)
ONLY = {
    "limit.high_high": Limits(high_high=70.0, deadband=2.0),
    "limit.high": Limits(high=60.0, deadband=2.0),
    "limit.low": Limits(low=20.0, deadband=2.0),
    "limit.low_low": Limits(low_low=10.0, deadband=2.0),
    "setpoint": Limits(setpoint=40.0, tolerance=5.0, deadband=2.0),
}
EDGES = [
    ("limit.high_high", 70.0, 1.0), ("limit.high", 60.0, 1.0), ("limit.low", 20.0, -1.0),
    ("limit.low_low", 10.0, -1.0), ("setpoint", 45.0, 1.0), ("setpoint", 35.0, -1.0),
]  # fmt: skip


def play(*stretches: tuple[float | None, int], sensor: Sensor = SENSOR) -> list[EpisodeChange]:
    """Judges stretches of one value, each so many readings long, ten seconds apart; values waver a little."""
    values = [value for value, count in stretches for _ in range(count)]
    readings = [
        Reading(
            "TT",
            BEGIN + n * STEP,
            None if value is None else value + n % 2 * 0.1,
            Quality.BAD if value is None else 192,
        )
        for n, value in enumerate(values)
    ]
    changes = TagRules(Registry([sensor]), {}).judge(readings)
    return [change for change in changes if change.episode.rule.startswith(("limit", "setpoint"))]


def told(changes: list[EpisodeChange]) -> list[tuple[str, str, int]]:
    """Returns rule, kind, and how many readings after the begin."""
    return [
        (change.episode.rule, change.kind.value, (change.episode.updated_at - BEGIN) // STEP)
        for change in changes
        if change.kind is not ChangeKind.UPDATED
    ]


@pytest.mark.parametrize(("rule", "edge", "side"), EDGES)
def test_each_opens_after_its_on_delay_and_closes_after_its_off_delay_beyond_the_deadband(rule, edge, side) -> None:
    sensor = msgspec.structs.replace(SENSOR, limits=ONLY[rule])
    beyond, inside, back = edge + 3.0 * side, edge - 1.0 * side, edge - 3.0 * side
    changes = play((40.0, 10), (beyond, 20), (inside, 30), (back, 20), sensor=sensor)
    assert told(changes) == [(rule, "opened", 16), (rule, "closed", 72)]
    assert changes[0].episode.pending_at == BEGIN + 10 * STEP
    assert changes[0].episode.priority is (Priority.HIGH if "_" in rule else Priority.MEDIUM)


@pytest.mark.parametrize(("rule", "edge", "side"), EDGES)
def test_on_the_limit_is_not_beyond_it(rule, edge, side) -> None:
    limits = msgspec.structs.replace(ONLY[rule])
    sensor = msgspec.structs.replace(SENSOR, limits=limits)
    readings = [Reading("TT", BEGIN + n * STEP, edge) for n in range(40)]
    assert TagRules(Registry([sensor]), {}).judge(readings) == []


@pytest.mark.parametrize(("rule", "edge", "side"), EDGES)
def test_a_moment_back_begins_the_on_delay_anew_and_a_moment_beyond_the_off_delay(rule, edge, side) -> None:
    sensor = msgspec.structs.replace(SENSOR, limits=ONLY[rule])
    beyond, back = edge + 3.0 * side, edge - 3.0 * side
    assert told(play((beyond, 5), (back, 1), (beyond, 5), (back, 1), sensor=sensor)) == []
    changes = play((beyond, 10), (back, 11), (beyond, 1), (back, 11), (beyond, 1), sensor=sensor)
    assert told(changes) == [(rule, "opened", 6)]


def test_bad_readings_count_for_neither_delay() -> None:
    sensor = msgspec.structs.replace(SENSOR, limits=ONLY["limit.high"])
    changes = play((65.0, 3), (None, 30), (65.0, 4), (40.0, 6), (None, 30), (40.0, 7), sensor=sensor)
    assert told(changes) == [("limit.high", "opened", 36), ("limit.high", "closed", 79)]


def test_while_the_stronger_stands_the_weaker_is_silent_and_stands_when_it_is_over() -> None:
    changes = told(play((40.0, 10), (75.0, 20), (65.0, 30), (40.0, 20)))
    assert changes == [
        ("limit.high_high", "opened", 16),
        ("limit.high_high", "closed", 42),
        ("limit.high", "opened", 42),  # beyond it all the time: no further delay
        ("limit.high", "closed", 72),
    ]


def test_a_slow_rise_opens_one_after_the_other() -> None:
    changes = told(play((40.0, 10), (50.0, 10), (65.0, 10), (75.0, 10)))
    assert changes == [("setpoint", "opened", 16), ("limit.high", "opened", 26), ("limit.high_high", "opened", 36)]


def test_each_side_is_for_itself() -> None:
    changes = told(play((75.0, 10), (5.0, 20)))
    assert changes == [
        ("limit.high_high", "opened", 6),
        ("limit.low_low", "opened", 16),
        ("limit.high_high", "closed", 22),
    ]


def test_a_tag_without_limits_has_no_alert_of_a_limit() -> None:
    assert play((1e6, 100), sensor=msgspec.structs.replace(SENSOR, limits=Limits())) == []
