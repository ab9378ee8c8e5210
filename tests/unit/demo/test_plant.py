"""The simulated plant: quiet when healthy, the same for the same parameters, faults where they are labelled."""

from __future__ import annotations

import pytest

from ingestion.simulator.faults import Fault, FaultKind, shift_faults, week_faults
from ingestion.simulator.physics import WATER_HEAT
from ingestion.simulator.plant import ChilledWaterPlant
from ingestion.simulator.registry import PUMPS, load_registry
from ingestion.tags import TagRules
from plant.episodes import ChangeKind
from plant.errors import BadInput
from plant.readings import Quality
from plant.time import DAY, HOUR, MINUTE, SECOND, parse_time

START = parse_time("2026-03-02T00:00:00Z")


def rows(plant, count):
    return [plant.step() for _ in range(count)]


def column(table, tag):
    return [reading.value for row in table for reading in row if reading.tag == tag]


def test_the_registry_has_every_tag_once_with_unit_asset_and_both_languages():
    registry = load_registry()
    assert len(registry) == 23
    assert set(registry.assets) == {"E-101", "C-101", "T-101", *PUMPS}
    assert all(sensor.unit and sensor.description and sensor.aliases for sensor in registry)
    chilled = registry.get("CW-100.TT-02")
    assert {"TT-02", "température d'eau glacée"} <= set(chilled.aliases)
    assert (chilled.limits.setpoint, chilled.limits.tolerance) == (5.0, 0.2)


def test_no_alias_means_two_tags():
    names = [alias.lower() for sensor in load_registry() for alias in {sensor.tag, *sensor.aliases}]
    assert len(names) == len(set(names))


def test_a_row_has_one_good_reading_of_each_tag_at_one_time():
    plant = ChilledWaterPlant(7, START, MINUTE)
    row = plant.step()
    assert [reading.tag for reading in row] == [sensor.tag for sensor in load_registry()]
    assert {reading.ts for reading in row} == {START}
    assert plant.at == START + MINUTE
    assert all(reading.good for reading in row)


def test_values_have_the_digits_of_their_instrument():
    row = ChilledWaterPlant(7, START, MINUTE).step()
    for reading in row:
        decimals = load_registry().get(reading.tag).decimals
        assert reading.value == round(reading.value, decimals)


def test_a_healthy_week_raises_nothing():
    plant = ChilledWaterPlant(7, START, MINUTE)
    rules = TagRules(load_registry(), {})
    changes = [change for row in rows(plant, 7 * DAY // MINUTE) for change in rules.judge(row)]
    assert [change.episode for change in changes if change.kind is ChangeKind.OPENED] == []


def test_a_healthy_half_hour_by_the_second_raises_nothing():
    plant = ChilledWaterPlant(7, START, SECOND)
    rules = TagRules(load_registry(), {})
    changes = [change for row in rows(plant, 1_800) for change in rules.judge(row)]
    assert [change.episode for change in changes if change.kind is ChangeKind.OPENED] == []


def test_the_power_of_the_exchanger_is_computed_from_what_is_measured():
    table = rows(ChilledWaterPlant(7, START, MINUTE), 60)
    tags = ("CW-100.FT-01", "CW-100.TT-01", "CW-100.TT-02", "CW-100.JT-01")
    for flow, inlet, outlet, power in zip(*(column(table, tag) for tag in tags), strict=True):
        assert power == pytest.approx(WATER_HEAT * flow * (inlet - outlet), abs=0.06)


def test_the_same_parameters_give_the_same_readings_and_another_seed_does_not():
    first, again, other = (rows(ChilledWaterPlant(seed, START, MINUTE), 200) for seed in (7, 7, 8))
    assert first == again
    assert column(first, "CW-100.TT-02") != column(other, "CW-100.TT-02")


@pytest.mark.parametrize("step_ms", [SECOND, 10 * SECOND, MINUTE])
def test_any_row_is_reached_forwards_and_backwards_without_those_before(step_ms):
    faults = (Fault(FaultKind.FOULING, "E-101", START + HOUR, START + 2 * HOUR, 0.5),)
    target = (HOUR + 5 * MINUTE) // step_ms
    walked = ChilledWaterPlant(7, START, step_ms, faults)
    table = rows(walked, target + 3)
    jumped = ChilledWaterPlant(7, START, step_ms, faults)
    jumped.skip_to(target)
    assert rows(jumped, 3) == table[target:]
    jumped.skip_to(2)
    assert rows(jumped, 3) == table[2:5]


def test_a_stuck_instrument_hangs_while_the_plant_goes_on():
    fault = Fault(FaultKind.STUCK, "CW-100.TT-02", START + HOUR, START + 2 * HOUR, 4.97)
    table = rows(ChilledWaterPlant(7, START, MINUTE, [fault]), 180)
    healthy = rows(ChilledWaterPlant(7, START, MINUTE), 180)
    stuck = column(table, "CW-100.TT-02")
    assert set(stuck[60:120]) == {4.97}
    assert len(set(stuck[120:])) > 5
    assert column(table, "CW-100.TT-01") == column(healthy, "CW-100.TT-01")
    assert column(table, "CW-100.JT-01") != column(healthy, "CW-100.JT-01")  # computed from the stuck one


def test_a_drift_grows_to_its_size():
    fault = Fault(FaultKind.DRIFT, "E-101.PDT-01", START, START + 2 * HOUR, 20.0)
    table = rows(ChilledWaterPlant(7, START, MINUTE, [fault]), 121)
    healthy = rows(ChilledWaterPlant(7, START, MINUTE), 121)
    off = [a - b for a, b in zip(column(table, "E-101.PDT-01"), column(healthy, "E-101.PDT-01"), strict=True)]
    assert off[0] == pytest.approx(0.0, abs=0.11)
    assert off[30] == pytest.approx(10.0, abs=0.11)
    assert off[119] == pytest.approx(20.0, abs=0.11)
    assert off[120] == 0.0


def test_a_dropout_has_no_value_and_bad_quality_and_so_has_what_is_computed_from_it():
    fault = Fault(FaultKind.DROPOUT, "CW-100.FT-01", START, START + MINUTE)
    row = {reading.tag: reading for reading in ChilledWaterPlant(7, START, MINUTE, [fault]).step()}
    for tag in ("CW-100.FT-01", "CW-100.JT-01"):
        assert (row[tag].value, row[tag].quality) == (None, Quality.BAD)
    assert row["CW-100.TT-01"].good


def test_a_spike_stops_at_the_end_of_the_instruments_range():
    fault = Fault(FaultKind.SPIKE, "P-101.VT-01", START + MINUTE, START + 2 * MINUTE, 100.0)
    table = rows(ChilledWaterPlant(7, START, MINUTE, [fault]), 3)
    before, during, after = column(table, "P-101.VT-01")
    assert during == 25.0
    assert before < 2.5 > after


def test_the_labelled_faults_of_the_week_raise_alerts_of_their_own_kind():
    plant = ChilledWaterPlant(7, START, MINUTE, week_faults(START))
    rules = TagRules(load_registry(), {})
    changes = [change for row in rows(plant, 7 * DAY // MINUTE) for change in rules.judge(row)]
    opened = {(change.episode.tag, change.episode.rule) for change in changes if change.kind is ChangeKind.OPENED}
    assert opened == {
        ("P-102.VT-01", "limit.high"),
        ("P-103.TT-01", "stuck"),
        ("E-101.PDT-01", "limit.high"),
    }


@pytest.mark.parametrize("hour", [3, 9, 15, 21])
def test_the_shift_has_alerts_that_open_and_close_at_whatever_hour(hour):
    start = START + hour * HOUR
    plant = ChilledWaterPlant(7, start, 10 * SECOND, shift_faults(start))
    rules = TagRules(load_registry(), {})
    changes = [change for row in rows(plant, 240) for change in rules.judge(row)]
    opened = [c.episode.tag for c in changes if c.kind is ChangeKind.OPENED]
    closed = [c.episode.tag for c in changes if c.kind is ChangeKind.CLOSED]
    assert {"CW-100.TT-02", "T-101.PT-01"} == set(opened)
    assert sorted(opened) == sorted(closed)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(FaultKind.STUCK, "CW-100.TT-99", START, START + HOUR), "CW-100.TT-99"),
        (Fault(FaultKind.FOULING, "P-101", START, START + HOUR), "P-101"),
        (Fault(FaultKind.WEAR, "P-104", START, START + HOUR), "P-104"),
        (Fault(FaultKind.LEAK, "T-101", START, START), "begins"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(fault, words):
    with pytest.raises(BadInput, match=words):
        ChilledWaterPlant(7, START, MINUTE, [fault])


@pytest.mark.parametrize("step_ms", [0, 7_000, 2 * HOUR, 1])
def test_a_step_that_is_not_a_part_of_an_hour_is_refused(step_ms):
    with pytest.raises(BadInput, match="hour"):
        ChilledWaterPlant(7, START, step_ms)
