"""The physics of a chilled-water loop: pumps, exchanger, compressor, buildings, expansion tank.

    buildings --return--> T-01 [E-101] T-02 --supply--> buildings
                             |evaporates|
                     [C-101] --> condenser --> cooling tower

Units: temperatures degC, heat and power kW, flow m3/h, pressure kPa (refrigerant: bar absolute),
time seconds inside a step and UTC milliseconds outside. Water: 4.19 kJ/(kg K), 1000 kg/m3.

Sources:

- heat exchanger: effectiveness-NTU with one side at constant temperature, eps = 1 - exp(-UA / (m cp)),
  and fouling as a resistance in series, 1 / UA = 1 / UA_clean + R (Incropera, "Fundamentals of Heat
  and Mass Transfer", ch. 11);
- pumps: dp = s^2 dp0 - a q^2 at relative speed s, which is the affinity laws applied to a quadratic
  curve, in parallel against dp = k Q^2 (Karassik, "Pump Handbook");
- compressor: capacity falls with the evaporating temperature; power = heat / COP with the COP a
  fixed share of Carnot's; R134a's vapour pressure by Clausius and Clapeyron between 0 and 40 degC;
  discharge temperature by a polytropic compression;
- tank: a closed gas cushion, p V = const, above water that expands with temperature.

The control loops have transmitters of their own: an instrument fault moves no valve. Loops hold the
flow (pump speed) and the chilled water temperature (compressor capacity). Both set points follow the
load a little, as plants do to save energy: 42 +- 0.4 m3/h, 5 -+ 0.08 degC.
"""

from __future__ import annotations

import copy
from math import cos, exp, log, pi, sin, sqrt
from random import Random
from typing import TYPE_CHECKING, Final

from ingestion.simulator.faults import Fault, FaultKind
from ingestion.simulator.registry import PUMPS
from plant.time import DAY, HOUR, SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

WATER_HEAT: Final = 4.19 * 1000.0 / 3600.0
"""Heat that 1 m3/h of water carries, kW a kelvin: cp rho / 3600."""

SUBSTEP_MS: Final = 10 * SECOND
"""The longest step of integration."""

FLOW_SETPOINT: Final = 42.0
CHILLED_SETPOINT: Final = 5.0

_FLOW_RESET = 0.4  # m3/h between mean and full load
_CHILLED_RESET = 0.08  # K, colder at full load

_LOAD_MEAN = 300.0  # kW
_LOAD_SWING = 60.0
_WEEKEND = 0.75  # share of the daily swing that is left on Saturday and Sunday
_LOAD_TREMBLE = 2.5  # kW, amplitude of each of the small waves
_WAVE_PERIODS_S = (1_020.0, 1_740.0, 2_660.0, 4_100.0, 6_700.0, 10_300.0, 17_900.0, 33_100.0)

_VOLUME_SUPPLY = 5.0  # m3 of water between E-101 and the buildings
_VOLUME_RETURN = 8.0
_EXCHANGER_TAU = 40.0  # s, metal and water of E-101
_ACTUATOR_TAU = 30.0  # s, the compressor's slide valve

_UA_CLEAN = 75.0  # kW/K
_DP_EXCHANGER = 45.0  # kPa clean at 42 m3/h
_DP_LOOP = 150.0  # kPa of everything else at 42 m3/h and mean load
_FOULING_TO_RESISTANCE = 0.22  # clean resistances added per share of pressure drop added

_PUMP_DP0 = 330.0  # kPa, no flow, full speed
_PUMP_CURVE = 0.19  # kPa/(m3/h)^2
_PUMP_TRIM = (0.0, -0.015, 0.01)  # speed offsets, so that pumps share the work unevenly as they do
_PUMP_EFFICIENCY = 0.62
_PUMP_IDLE = 0.28  # kW of the motor and its drive
_WEAR_HEAD = 0.12  # share of head lost at wear 1

_VIBRATION = (1.7, 1.9, 1.6)  # mm/s at full speed
_WEAR_VIBRATION = 5.5  # mm/s at wear 1
_BEARING_RISE = (24.0, 25.5, 23.0)  # K over the hall at full speed
_WEAR_BEARING = 22.0
_BEARING_TAU = 1_500.0  # s

_COMPRESSOR_CAPACITY = 480.0  # kW of cooling at full capacity and 2 degC evaporating
_CAPACITY_SLOPE = 0.03  # share a kelvin of evaporating temperature
_CARNOT_SHARE = 0.55
_EVAPORATING_NOMINAL = 0.0
_EVAPORATING_LIMIT = -3.0  # frost protection unloads the compressor below it
_CONDENSER_UA = 55.0  # kW/K
_POLYTROPIC = 0.132  # (n - 1) / n with the losses
_SUPERHEAT = 5.0  # K
_R134A_P0 = 2.93  # bar at 0 degC
_R134A_SLOPE = log(10.17 / 2.93) / (1.0 / 273.15 - 1.0 / 313.15)  # K

_TANK_VOLUME = 1.5  # m3
_TANK_LEVEL = 0.60
_TANK_PRESSURE = 2.0  # bar at that level
_LOOP_VOLUME = _VOLUME_SUPPLY + _VOLUME_RETURN
_EXPANSION = 1.0e-4  # a kelvin, water at 9 degC
_MAKE_UP = 0.20  # m3/h
_MAKE_UP_ON, _MAKE_UP_OFF = 0.55, 0.60

_FLOW_GAIN, _FLOW_RESET_S = 0.004, 40.0  # speed per m3/h; integral time
_COLD_GAIN, _COLD_RESET_S = 0.10, 150.0  # capacity per kelvin; integral time


class Physics:
    """The loop's state and its motion in time.

    Two objects with the same seed, faults and beginning, advanced by the same times, are equal to
    the last bit.

    Args:
        seed: Of the small waves of the load.
        at: Where to begin, UTC milliseconds; the loop is in balance with the load of that moment.
        faults: Those that are physical act; others are left to the instruments.
    """

    def __init__(self, seed: int, at: int, faults: Sequence[Fault] = ()) -> None:
        dice = Random(seed)  # noqa: S311 (a simulation, not a secret)
        self._waves = [(2.0 * pi / period, dice.uniform(0.0, 2.0 * pi)) for period in _WAVE_PERIODS_S]
        self._faults = tuple(fault for fault in faults if fault.kind.physical)
        self.at = at
        self.load = self.load_at(at)
        self.flow = FLOW_SETPOINT
        self.pump_flows = [FLOW_SETPOINT / 3.0] * 3
        self.loop_dp = _DP_EXCHANGER + _DP_LOOP
        self.exchanger_dp = _DP_EXCHANGER
        self._suffer((), at)
        self._speed_integral = 0.85
        self.speeds = [self._speed_integral] * 3
        self.chilled = CHILLED_SETPOINT
        self.supply = CHILLED_SETPOINT
        self.inlet = CHILLED_SETPOINT + self.load / (WATER_HEAT * FLOW_SETPOINT)
        self._capacity_integral = self.load / _COMPRESSOR_CAPACITY
        self._capacity = self._capacity_integral
        self.evaporating = 0.0
        self.condensing = 35.0
        self.compressor_power = 0.0
        self.exchanged = self.load
        self.bearings = [self._hall(at) + rise * self._speed_integral**2 for rise in _BEARING_RISE]
        self.water = _TANK_LEVEL * _TANK_VOLUME
        self._making_up = False

    def copy(self) -> Physics:
        """Returns the same loop, to go its own way."""
        twin = copy.copy(self)
        twin.bearings = list(self.bearings)  # the other lists are replaced, never changed
        return twin

    def advance(self, until: int) -> None:
        """Moves on to a time, in equal steps no longer than `SUBSTEP_MS`."""
        span = until - self.at
        if span <= 0:
            return
        count = -(-span // SUBSTEP_MS)
        seconds = span / count / SECOND
        start = self.at
        acting = [fault for fault in self._faults if fault.start < until and start < fault.end]
        if not acting:
            self._suffer((), until)
        for number in range(1, count + 1):
            self._step(start + span * number // count, seconds, acting)

    def load_at(self, at: int) -> float:
        """Returns the heat that the buildings give, kW: day, week and small waves."""
        day = _day_shape(at)
        seconds = at / SECOND
        tremble = sum(sin(pace * seconds + phase) for pace, phase in self._waves)
        return _LOAD_MEAN + _LOAD_SWING * day + _LOAD_TREMBLE * tremble

    @property
    def level(self) -> float:
        """Level of the tank, 0 to 1."""
        expanded = _LOOP_VOLUME * _EXPANSION * ((self.inlet + self.chilled) / 2.0 - 9.0)
        return min(max((self.water + expanded) / _TANK_VOLUME, 0.0), 1.0)

    @property
    def tank_pressure(self) -> float:
        """Pressure of the tank's gas, bar."""
        return _TANK_PRESSURE * (1.0 - _TANK_LEVEL) / max(1.0 - self.level, 0.02)

    @property
    def suction(self) -> float:
        """Suction pressure of the compressor, bar."""
        return saturation_pressure(self.evaporating)

    @property
    def discharge(self) -> float:
        """Discharge pressure of the compressor, bar."""
        return saturation_pressure(self.condensing)

    @property
    def discharge_temperature(self) -> float:
        """Temperature of the gas that leaves the compressor, degC."""
        ratio = log(self.discharge / self.suction)
        return (self.evaporating + _SUPERHEAT + 273.15) * exp(_POLYTROPIC * ratio) - 273.15

    def vibration(self, pump: int) -> float:
        """Vibration of a pump (0 to 2), mm/s."""
        speed = self.speeds[pump]
        return _VIBRATION[pump] * speed * speed + _WEAR_VIBRATION * self.wear[pump] + 0.3

    def pump_power(self, pump: int) -> float:
        """Electric power of a pump (0 to 2), kW: hydraulic work by its efficiency, and idle losses."""
        hydraulic = self.loop_dp * self.pump_flows[pump] / 3600.0
        efficiency = _PUMP_EFFICIENCY * (1.0 - 0.3 * self.wear[pump])
        return _PUMP_IDLE * self.speeds[pump] ** 3 + hydraulic / efficiency

    def _step(self, at: int, seconds: float, acting: Sequence[Fault]) -> None:
        if acting:
            self._suffer(acting, at)
        self.at = at
        self.load = self.load_at(at)
        demand = (self.load - _LOAD_MEAN) / _LOAD_SWING
        self._move_water(demand, seconds)
        self._move_heat(demand, seconds)
        self._move_bearings(seconds)
        self._move_tank(seconds)

    def _suffer(self, acting: Sequence[Fault], at: int) -> None:
        self.fouling = _severity(acting, FaultKind.FOULING, at)
        self.slip = _severity(acting, FaultKind.SLIP, at)
        self.leak = _severity(acting, FaultKind.LEAK, at)
        self.wear = [_severity(acting, FaultKind.WEAR, at, pump) for pump in PUMPS]

    def _move_water(self, demand: float, seconds: float) -> None:
        """The flow loop, then the balance of the three pumps against the loop."""
        error = FLOW_SETPOINT + _FLOW_RESET * demand - self.flow
        self._speed_integral = _within(self._speed_integral + _FLOW_GAIN * error * seconds / _FLOW_RESET_S, 0.3, 1.0)
        speed = self._speed_integral + _FLOW_GAIN * error
        self.speeds = [_within(speed + trim, 0.2, 1.0) for trim in _PUMP_TRIM]
        exchanger = _DP_EXCHANGER * (1.0 + self.fouling) / FLOW_SETPOINT**2
        loop = _DP_LOOP * (1.0 - 0.08 * demand) / FLOW_SETPOINT**2  # valves of the buildings open with the load
        heads = [
            self.speeds[pump] ** 2 * _PUMP_DP0 * (1.0 - _WEAR_HEAD * self.wear[pump]) for pump in range(len(_PUMP_TRIM))
        ]
        self.loop_dp = _balance(heads, exchanger + loop, self.loop_dp)
        self.pump_flows = [sqrt(max(head - self.loop_dp, 0.0) / _PUMP_CURVE) for head in heads]
        target = sum(self.pump_flows)
        self.flow += (target - self.flow) * (1.0 - exp(-seconds / 8.0))  # the water's inertia
        self.exchanger_dp = exchanger * self.flow * self.flow

    def _move_heat(self, demand: float, seconds: float) -> None:
        """The temperature loop, the exchanger's and the compressor's balance, then the water's."""
        error = self.chilled - (CHILLED_SETPOINT - _CHILLED_RESET * demand)
        frost = _EVAPORATING_LIMIT - self.evaporating
        if frost > 0.0:  # unload, whatever the water wants
            error = min(error, -frost)
        self._capacity_integral = _within(
            self._capacity_integral + _COLD_GAIN * error * seconds / _COLD_RESET_S, 0.1, 1.0
        )
        wanted = _within(self._capacity_integral + _COLD_GAIN * error, 0.1, 1.0)
        self._capacity += (wanted - self._capacity) * (1.0 - exp(-seconds / _ACTUATOR_TAU))

        carried = WATER_HEAT * self.flow
        ua = _UA_CLEAN / (1.0 + _FOULING_TO_RESISTANCE * self.fouling)
        effective = (1.0 - exp(-ua / carried)) * carried
        full = self._capacity * (1.0 - self.slip) * _COMPRESSOR_CAPACITY
        # The evaporating temperature at which the exchanger gives what the compressor takes.
        self.evaporating = (effective * self.inlet - full * (1.0 - _CAPACITY_SLOPE * _EVAPORATING_NOMINAL)) / (
            effective + full * _CAPACITY_SLOPE
        )
        self.exchanged = effective * (self.inlet - self.evaporating)
        outlet = self.inlet - self.exchanged / carried
        self.chilled += (outlet - self.chilled) * (1.0 - exp(-seconds / _EXCHANGER_TAU))

        supply_share = 1.0 - exp(-seconds * self.flow / 3600.0 / _VOLUME_SUPPLY)
        return_share = 1.0 - exp(-seconds * self.flow / 3600.0 / _VOLUME_RETURN)
        self.supply += (self.chilled - self.supply) * supply_share
        self.inlet += (self.supply + self.load / carried - self.inlet) * return_share
        self._reject_heat()

    def _reject_heat(self) -> None:
        """Condensing temperature and compressor power, each from the other's last value."""
        wet_bulb = 19.0 + 2.5 * _day_wave(self.at)
        self.condensing = wet_bulb + 6.0 + (self.exchanged + self.compressor_power) / _CONDENSER_UA
        lift = max(self.condensing - self.evaporating, 5.0)
        self.compressor_power = self.exchanged * lift / (_CARNOT_SHARE * (self.evaporating + 273.15))

    def _move_bearings(self, seconds: float) -> None:
        share = 1.0 - exp(-seconds / _BEARING_TAU)
        hall = self._hall(self.at)
        for pump, rise in enumerate(_BEARING_RISE):
            target = hall + rise * self.speeds[pump] ** 2 + _WEAR_BEARING * self.wear[pump]
            self.bearings[pump] += (target - self.bearings[pump]) * share

    def _move_tank(self, seconds: float) -> None:
        hours = seconds / 3600.0
        if self.level < _MAKE_UP_ON:
            self._making_up = True
        elif self.level > _MAKE_UP_OFF:
            self._making_up = False
        gain = (_MAKE_UP if self._making_up else 0.0) - self.leak / 1000.0
        self.water = max(self.water + gain * hours, 0.0)

    @staticmethod
    def _hall(at: int) -> float:
        return 26.0 + 2.0 * _day_wave(at)


def saturation_pressure(celsius: float) -> float:
    """Returns R134a's vapour pressure, bar absolute, by Clausius and Clapeyron."""
    return _R134A_P0 * exp(_R134A_SLOPE * (1.0 / 273.15 - 1.0 / (celsius + 273.15)))


def _severity(acting: Sequence[Fault], kind: FaultKind, at: int, subject: str = "") -> float:
    """Returns how far faults of a kind go at a time, together; those of a subject if it is named."""
    return sum(fault.severity(at) for fault in acting if fault.kind is kind and subject in {"", fault.subject})


def _balance(heads: list[float], resistance: float, guess: float) -> float:
    """Returns the pressure, kPa, at which parallel pumps give what the loop takes.

    Newton's method on a function that falls monotonically, from the last step's pressure.
    """
    top = max(heads)
    pressure = min(guess, top - 1.0)
    for _ in range(4):
        flow, slope = 0.0, 0.0
        for head in heads:
            if head > pressure:
                part = sqrt((head - pressure) / _PUMP_CURVE)
                flow += part
                slope += 0.5 / (_PUMP_CURVE * part)
        taken = sqrt(pressure / resistance)
        change = (flow - taken) / (slope + 0.5 / (resistance * taken))
        pressure = _within(pressure + change, 1.0, top - 1e-6)
        if abs(change) < 1e-6:
            break
    return pressure


def _day_shape(at: int) -> float:
    """Returns -1 at night to 1 in the afternoon, less on weekends."""
    workday = ((at // DAY) + 3) % 7 < 5  # 1970-01-01 was a Thursday
    return _day_wave(at) * (1.0 if workday else _WEEKEND) - (0.0 if workday else 0.2)


def _day_wave(at: int) -> float:
    """Returns a smooth day: 1 at 15:00 UTC, with a flatter night than a sine has."""
    angle = 2.0 * pi * ((at % DAY) / DAY - 15 * HOUR / DAY)
    return (cos(angle) + 0.18 * cos(2.0 * angle)) / 1.18


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
