"""The physics: energy, pump laws, control, and what each physical fault does to the rest."""

from __future__ import annotations

from math import sqrt

import pytest

from ingestion.simulator.faults import Fault, FaultKind
from ingestion.simulator.physics import WATER_HEAT, Physics, saturation_pressure
from plant.time import DAY, HOUR, MINUTE, parse_time

MONDAY = parse_time("2026-03-02T00:00:00Z")


def settled(at: int, *faults: Fault) -> Physics:
    """A loop that has run for three hours up to a time."""
    physics = Physics(7, at - 3 * HOUR, faults)
    physics.advance(at)
    return physics


def lasting(kind: FaultKind, subject: str, size: float) -> Fault:
    """A fault that stands at full size at noon of Monday."""
    return Fault(kind, subject, MONDAY, MONDAY + DAY, size)


def test_the_heat_taken_out_is_the_heat_put_in_but_for_what_the_water_keeps():
    physics = settled(MONDAY)
    stored = -physics.inlet * 8.0 - physics.supply * 5.0  # m3 of return and supply water
    given = taken = 0.0
    for _ in range(DAY // MINUTE):
        physics.advance(physics.at + MINUTE)
        given += physics.load / 60.0
        taken += physics.exchanged / 60.0
    stored += physics.inlet * 8.0 + physics.supply * 5.0
    assert given == pytest.approx(taken + stored * WATER_HEAT, rel=2e-3)  # kWh of a day


def test_the_exchanger_cools_the_water_by_what_it_transfers():
    physics = settled(MONDAY + 12 * HOUR)
    drop = physics.inlet - physics.chilled
    assert WATER_HEAT * physics.flow * drop == pytest.approx(physics.exchanged, rel=0.01)


def test_the_evaporating_temperature_is_below_the_water_it_cools():
    physics = settled(MONDAY + 15 * HOUR)
    assert physics.evaporating < physics.chilled < physics.inlet


def test_pumps_deliver_together_what_flows_and_each_stays_on_its_curve():
    physics = settled(MONDAY + 9 * HOUR)
    assert sum(physics.pump_flows) == pytest.approx(physics.flow, rel=1e-3)
    for speed, flow in zip(physics.speeds, physics.pump_flows, strict=True):
        assert speed**2 * 330.0 - 0.19 * flow**2 == pytest.approx(physics.loop_dp, abs=1e-3)


def test_affinity_the_speed_goes_with_the_root_of_the_resistance_at_the_same_flow():
    clean = settled(MONDAY + 12 * HOUR)
    fouled = settled(MONDAY + 12 * HOUR, lasting(FaultKind.FOULING, "E-101", 0.5))
    assert fouled.flow == pytest.approx(clean.flow, abs=0.02)
    # At one flow the head of a pump is s^2 dp0 - a q^2, so s^2 grows by the added pressure over dp0.
    added = fouled.loop_dp - clean.loop_dp
    assert fouled.speeds[0] == pytest.approx(sqrt(clean.speeds[0] ** 2 + added / 330.0), abs=2e-3)


def test_both_loops_hold_their_set_points_through_a_working_day():
    physics = settled(MONDAY)
    for _ in range(DAY // MINUTE):
        physics.advance(physics.at + MINUTE)
        assert physics.flow == pytest.approx(42.0, abs=0.6)
        assert physics.chilled == pytest.approx(5.0, abs=0.12)


def test_load_is_high_on_a_working_afternoon_and_lower_at_night_and_on_sundays():
    physics = Physics(7, MONDAY)
    afternoon, night = physics.load_at(MONDAY + 15 * HOUR), physics.load_at(MONDAY + 3 * HOUR)
    sunday = physics.load_at(MONDAY + 6 * DAY + 15 * HOUR)
    assert night < sunday < afternoon


def test_fouling_raises_the_pressure_drop_the_speeds_and_the_compressors_power():
    clean = settled(MONDAY + 12 * HOUR)
    fouled = settled(MONDAY + 12 * HOUR, lasting(FaultKind.FOULING, "E-101", 0.6))
    assert fouled.exchanger_dp == pytest.approx(1.6 * clean.exchanger_dp, rel=0.01)
    assert fouled.speeds[0] > clean.speeds[0] + 0.02
    assert fouled.suction < clean.suction
    assert fouled.compressor_power > clean.compressor_power


def test_a_worn_pump_shakes_runs_hot_and_leaves_work_to_the_others():
    sound = settled(MONDAY + 12 * HOUR)
    worn = settled(MONDAY + 12 * HOUR, lasting(FaultKind.WEAR, "P-102", 0.6))
    assert worn.vibration(1) > 4.0 > sound.vibration(1)
    assert worn.bearings[1] > sound.bearings[1] + 10.0
    assert worn.pump_flows[1] < sound.pump_flows[1]
    assert worn.pump_flows[0] > sound.pump_flows[0]
    assert worn.vibration(0) < 2.5


def test_a_leak_faster_than_the_make_up_empties_the_tank_and_drops_its_pressure():
    leaking = settled(MONDAY + 6 * HOUR, Fault(FaultKind.LEAK, "T-101", MONDAY, MONDAY + 6 * HOUR, 300.0))
    assert leaking.level < 0.5
    assert leaking.tank_pressure < 1.7


def test_a_slipping_slide_valve_lets_the_chilled_water_out_of_its_band_for_a_while():
    physics = settled(MONDAY, Fault(FaultKind.SLIP, "C-101", MONDAY, MONDAY + 14 * MINUTE, 0.2))
    warmest = 0.0
    for _ in range(40):
        physics.advance(physics.at + MINUTE)
        warmest = max(warmest, physics.chilled)
    assert warmest > 5.2
    assert physics.chilled == pytest.approx(5.0, abs=0.15)


def test_nothing_is_left_of_a_fault_that_is_over():
    over = settled(MONDAY + 3 * DAY, Fault(FaultKind.WEAR, "P-101", MONDAY, MONDAY + HOUR, 1.0))
    assert over.wear == [0.0, 0.0, 0.0]


def test_steps_of_integration_do_not_change_the_result_much():
    coarse, fine = settled(MONDAY), settled(MONDAY)
    coarse.advance(MONDAY + HOUR)
    for second in range(1, 3601):
        fine.advance(MONDAY + second * 1000)
    assert fine.chilled == pytest.approx(coarse.chilled, abs=0.02)
    assert fine.flow == pytest.approx(coarse.flow, abs=0.05)


def test_a_copy_goes_its_own_way():
    original = settled(MONDAY)
    twin = original.copy()
    before = (original.flow, list(original.bearings), original.at)
    twin.advance(MONDAY + 6 * HOUR)
    assert (original.flow, list(original.bearings), original.at) == before


@pytest.mark.parametrize(("celsius", "bar"), [(0.0, 2.93), (20.0, 5.72), (40.0, 10.17)])
def test_the_vapour_pressure_is_that_of_the_tables(celsius, bar):
    assert saturation_pressure(celsius) == pytest.approx(bar, rel=0.01)
