"""Faults of the instrument: each is found and said, holds what is judged by value, and healthy tags raise none."""

from __future__ import annotations

import csv
import random
from itertools import pairwise
from pathlib import Path

import pytest

from ingestion.contract import RawBatch, RawMessage
from ingestion.decode import Decoder, encode_reading
from ingestion.instrument import FEW
from ingestion.partition import Partition
from ingestion.rules import TagWatch
from ingestion.simulator.plant import ChilledWaterPlant
from ingestion.simulator.registry import load_registry
from ingestion.units import conversions
from plant.episodes import Episode, EpisodeChange, EpisodeKind
from plant.readings import Quality, Reading
from plant.registry import Limits, Sensor
from plant.settings import StreamSettings
from plant.store.sqlite import open_store
from plant.time import HOUR, MINUTE, SECOND, parse_time

START = 1_764_000_000_000
FAULTS = {"spike", "unit", "clock", "saturated"}
SENSOR = Sensor(
    "TT", unit="degC", asset="E-101", limits=Limits(high=8.0), range_low=-20.0, range_high=50.0, stuck_ms=HOUR
)
SERIES = Path(__file__).parents[4] / "shared" / "data"


def play(
    values: list[float | None],
    *,
    sensor: Sensor = SENSOR,
    times: list[int] | None = None,
    step: int = SECOND,
    restarts: int = 0,
) -> list[EpisodeChange]:
    """Judges values one step apart, or at times; None is a bad reading. A restart saves and restores in between."""
    watch = TagWatch(sensor)
    changes: list[EpisodeChange] = []
    for place, value in enumerate(values):
        ts = times[place] if times else START + place * step
        changes += watch.judge(ts, value, Quality.BAD if value is None else Quality.GOOD)
        if restarts and place % restarts == 0:
            memory = watch.memory()
            watch = TagWatch(sensor)
            watch.restore(memory)
    return changes


def opened(changes: list[EpisodeChange]) -> list[str]:
    return [change.episode.rule for change in changes if change.kind == "opened"]


def noise(level: float, n: int, *, size: float = 0.05, seed: int = 1) -> list[float]:
    generator = random.Random(seed)
    return [round(level + generator.gauss(0, size), 2) for _ in range(n)]


# -- spike -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("readings", [[30.0], [30.0, 31.0], [-15.0, 40.0, 22.0]])
def test_a_spike_opens_once_it_came_back_and_says_what_it_was(readings: list[float]):
    changes = play([*noise(5.0, 200), *readings, *noise(5.0, 300)])
    assert [(change.episode.rule, change.kind) for change in changes] == [("spike", "opened"), ("spike", "closed")]
    episode = changes[0].episode
    assert episode.kind is EpisodeKind.INSTRUMENT
    assert episode.pending_at == START + 200 * SECOND
    assert episode.opened_at == START + (200 + len(readings)) * SECOND
    assert episode.actual == max(readings, key=lambda value: abs(value - 5.0))
    assert episode.typical == pytest.approx(5.0, abs=0.3)
    assert episode.reason.endswith("degC before and after")


def test_a_step_of_the_process_is_no_spike():
    assert opened(play([*noise(5.0, 200), *noise(7.5, 500)])) == []
    assert opened(play([*noise(5.0, 200), *noise(9.0, 4), *noise(5.0, 200)])) == []


def test_a_tag_that_spikes_is_not_believed_when_it_leaps_again():
    hasty = Sensor("TT", unit="degC", limits=Limits(high=8.0), on_delay_ms=0)
    spiking = [*noise(5.0, 200), -15.0, *noise(5.0, 20)]
    assert opened(play([*noise(5.0, 200), 30.0, *noise(5.0, 300)], sensor=hasty)) == ["limit.high", "spike"]
    assert opened(play([*spiking, 30.0, *noise(5.0, 300)], sensor=hasty)) == ["spike"]
    changes = play([*spiking, *noise(30.0, 300)], sensor=hasty)
    assert opened(changes) == ["spike", "limit.high"]
    assert changes[1].episode.pending_at == START + (221 + FEW) * SECOND  # it stayed: the process


def test_bad_readings_within_a_spike_hold_it():
    assert opened(play([*noise(5.0, 200), 30.0, None, None, *noise(5.0, 300)])) == ["spike"]


def test_what_switches_on_and_off_never_spikes():
    switching = [0.0 if place % 50 else 30.0 for place in range(5_000)]
    assert opened(play(switching, sensor=Sensor("V"))) == []


# -- unit --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "level", "other", "factor", "offset"),
    [
        ("degC", 5.0, "degF", 1.8, 32.0),
        ("degC", 5.0, "K", 1.0, 273.15),
        ("bar", 3.0, "kPa", 100.0, 0.0),
        ("bar", 3.0, "psi", 14.5038, 0.0),
        ("m3/h", 42.0, "l/s", 1 / 3.6, 0.0),
        ("m³/h", 42.0, "l/min", 1_000 / 60, 0.0),
    ],
)
def test_a_level_in_another_unit(unit: str, level: float, other: str, factor: float, offset: float):
    sensor = Sensor("T", unit=unit, decimals=2, limits=Limits(low=0.8 * level, high=1.2 * level), stuck_ms=HOUR)
    size = level / 200
    foreign = [factor * value + offset for value in noise(level, 300, size=size, seed=2)]
    values = [*noise(level, 300, size=size), *foreign, *noise(level, 300, size=size, seed=3)]
    changes = play(values, sensor=sensor)
    assert [(change.episode.rule, change.kind) for change in changes] == [("unit", "opened"), ("unit", "closed")]
    episode = changes[0].episode
    assert episode.kind is EpisodeKind.INSTRUMENT
    assert episode.pending_at == START + 300 * SECOND
    assert episode.reason.endswith(f"in {other}")
    assert changes[1].episode.closed_at == START + (604 * SECOND) + sensor.off_delay_ms


def test_a_leap_that_fits_no_unit_is_the_process():
    assert opened(play([*noise(5.0, 300), *noise(43.0, 600)])) == ["limit.high"]


def test_a_noisy_tag_proves_nothing():
    sensor = Sensor("T", unit="bar")
    assert opened(play([*noise(0.1, 300, size=0.05), *noise(4.0, 300, size=0.05)], sensor=sensor)) == []


def test_units_without_relatives_have_no_conversions():
    assert conversions("") == conversions("pH") == ()
    assert {one.unit for one in conversions("degC")} == {"K", "degF"}
    for one in conversions("psi"):
        assert one.undo(one.apply(7.0)) == pytest.approx(7.0)


# -- clock -------------------------------------------------------------------------------------------------------------


def trains(shift: int, *, overlap: int = 120) -> list[int]:
    """Times of a clock that ran for ten minutes and was then set back by two, and by a shift off the beat."""
    first = [START + place * SECOND for place in range(600)]
    second = [START + 600 * SECOND - overlap * SECOND + shift + place * SECOND for place in range(600)]
    return sorted({*first, *second})


@pytest.mark.parametrize("shift", [3, 100, 300, 700, 997])
def test_a_clock_that_went_back(shift: int):
    times = trains(shift)
    changes = play(noise(5.0, len(times)), times=times)
    assert [(change.episode.rule, change.kind) for change in changes] == [("clock", "opened"), ("clock", "closed")]
    assert changes[0].episode.kind is EpisodeKind.INSTRUMENT
    assert changes[0].episode.reason.endswith("usually every 1 s")
    assert 0 < changes[0].episode.pending_at - (START + 480 * SECOND) < 10 * SECOND


def test_a_tag_that_reports_more_often_from_now_on_has_a_good_clock():
    slow = [START + place * SECOND for place in range(300)]
    fast = [slow[-1] + 500 * place for place in range(1, 600)]
    assert opened(play(noise(5.0, 899), times=[*slow, *fast])) == []


def test_irregular_tags_have_no_beat():
    generator = random.Random(4)
    times = [START]
    for _ in range(3_000):
        times.append(times[-1] + generator.randrange(200, 1_800))
    assert opened(play(noise(5.0, len(times)), times=times)) == []


def test_a_drop_out_is_told_as_one_and_the_level_begins_anew():
    times = [START + place * SECOND + (HOUR if place >= 300 else 0) for place in range(600)]
    values = [*noise(5.0, 300), *noise(41.0, 2), *noise(5.0, 298)]
    assert opened(play(values, times=times)) == ["dropout"]


# -- saturated ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [-20.0, 50.0])
def test_flat_at_an_end_of_the_range(end: float):
    sensor = Sensor("TT", unit="degC", range_low=-20.0, range_high=50.0, stuck_ms=2 * MINUTE)
    changes = play([*noise(5.0, 200), *[end] * 600, *noise(5.0, 300)], sensor=sensor)
    assert [(change.episode.rule, change.kind) for change in changes] == [
        ("saturated", "opened"),
        ("saturated", "closed"),
    ]
    assert changes[0].episode.kind is EpisodeKind.INSTRUMENT
    assert changes[0].episode.reason == f"{end:.2f} degC flat, end of the instrument's range"


def test_a_limit_broken_on_the_way_to_the_end_stands_all_the_same():
    climb = [5.0 + place * 0.1 for place in range(450)]
    changes = play([*noise(5.0, 200), *climb, *[50.0] * 600])
    assert opened(changes) == ["limit.high", "saturated"]
    assert not [change for change in changes if change.kind == "closed"]


def test_off_the_end_a_value_is_believed_at_once():
    sensor = Sensor("TT", range_high=50.0, stuck_ms=HOUR, limits=Limits(high=8.0))
    changes = play([*noise(5.0, 200), *[50.0] * 100, *noise(20.0, 30)], sensor=sensor)
    assert [(change.episode.rule, change.episode.opened_at) for change in changes] == [
        ("saturated", START + 260 * SECOND),
        ("limit.high", START + 300 * SECOND),  # pending since the leap, held while saturated
    ]


def test_a_tag_that_may_rest_may_rest_at_an_end():
    assert opened(play([0.0] * 2_000, sensor=Sensor("V", range_low=0.0, range_high=100.0))) == []


# -- all of them -------------------------------------------------------------------------------------------------------


def test_saved_and_restored_at_any_time_nothing_changes():
    values: list[float | None] = [
        *noise(5.0, 100), 30.0, 31.0, *noise(5.0, 50), *[value * 1.8 + 32 for value in noise(5.0, 90)],
        *noise(5.0, 150), None, *[50.0] * 90, *noise(5.0, 200),
    ]  # fmt: skip
    expected = play(values)
    assert opened(expected) == ["spike", "unit", "saturated"]
    for restarts in (1, 7):
        assert play(values, restarts=restarts) == expected


@pytest.mark.parametrize(("seed", "step"), [(1, MINUTE), (2, 10 * SECOND)])
def test_a_healthy_plant_has_no_faults(seed: int, step: int):
    watches = {sensor.tag: TagWatch(sensor) for sensor in load_registry()}
    plant = ChilledWaterPlant(seed, START, step, ())
    changes = [
        change
        for _ in range(1_500)
        for reading in plant.step()
        for change in watches[reading.tag].judge(reading.ts, reading.value, reading.quality)
    ]
    assert opened(changes) == []


@pytest.mark.skipif(not SERIES.exists(), reason="the labelled series are not on this machine")
@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("series/ETTh1.csv", "OT"),
        ("nab/realKnownCause/machine_temperature_system_failure.csv", "value"),
        ("nab/artificialNoAnomaly/art_daily_small_noise.csv", "value"),
    ],
)
def test_real_series_have_no_faults(name: str, column: str):
    with (SERIES / name).open(encoding="utf-8") as file:
        rows = {parse_time(next(iter(row.values()))): float(row[column]) for row in csv.DictReader(file)}
    times = sorted(rows)
    cadence = min(b - a for a, b in pairwise(times))
    sensor = Sensor("T", unit="degF", decimals=3, cadence_ms=cadence)
    assert not FAULTS & set(opened(play([rows[ts] for ts in times], sensor=sensor, times=times)))


def take_in(path: Path, messages: list[RawMessage]) -> list[Episode]:
    """Takes readings in as a worker does, in batches of seven."""
    with open_store(path) as store:
        store.put_sensors([SENSOR])
        registry = store.registry()
        claim = store.claim_partition("log", 0, "test")
        partition = Partition(store, "log", 0, claim, registry, StreamSettings(), lambda: START + 9 * HOUR)
        for at in range(0, len(messages), 7):
            batch = [RawMessage(at + place, None, message.value) for place, message in enumerate(messages[at : at + 7])]
            partition.commit(RawBatch(0, batch, at + len(batch)), Decoder(registry))
        return sorted(store.episodes(), key=lambda episode: episode.id)


@pytest.mark.parametrize("seed", [1, 2])
def test_late_readings_give_the_faults_that_readings_in_order_give(tmp_path: Path, seed: int):
    generator = random.Random(seed)
    times = trains(300)
    values = [
        *noise(5.0, 100), 30.0, 31.0, *noise(5.0, 250), *[value * 1.8 + 32 for value in noise(5.0, 90)],
        *noise(5.0, 300), *[50.0] * 120, *noise(5.0, 100),
    ]  # fmt: skip
    readings = [Reading("TT", ts, value) for ts, value in zip(times, values, strict=False)]
    late = [generator.choice([0, 0, 0, 0, 0, 9 * SECOND, 4 * MINUTE]) for _ in readings]
    arriving = [one for _, one in sorted(zip(late, readings, strict=True), key=lambda pair: pair[0] + pair[1].ts)]
    in_order, out_of_order = (
        take_in(tmp_path / f"{name}.db", [RawMessage(0, None, encode_reading(one)) for one in ones])
        for name, ones in (("sorted", readings), ("late", arriving))
    )
    assert {episode.rule for episode in in_order} == {"spike", "unit", "clock", "saturated"}
    assert out_of_order == in_order
