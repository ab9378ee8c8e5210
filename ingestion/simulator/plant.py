"""The demo plant as its instruments show it: the physics, noise, instrument faults, rounding.

The log of a plant is a function of its parameters alone, whoever reads it and from where. Two
things make any row cheap to reach: noise comes in blocks, each seeded by its number, and every hour
begins from a simulation in coarse steps, so that `skip_to` need not take the fine steps before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingestion.simulator.faults import Fault, FaultKind
from ingestion.simulator.physics import WATER_HEAT, Physics
from ingestion.simulator.registry import PUMPS, load_registry
from plant.errors import BadInput
from plant.readings import Quality, Reading
from plant.time import HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

MIN_STEP_MS: Final = 100
MAX_STEP_MS: Final = HOUR

_SPIN_UP_MS = 3 * HOUR  # before the first row, to forget the balance the physics begins with
_BLOCK_ROWS = 1_024
_NOISE_TAU_MS = 20_000  # how long an instrument's noise remembers itself
_FLOW, _INLET, _CHILLED, _POWER = "CW-100.FT-01", "CW-100.TT-01", "CW-100.TT-02", "CW-100.JT-01"

_NOISE: Final = {
    "FT-01": 0.12,
    "TT-01": 0.02,
    "TT-02": 0.02,
    "PDT-01": 0.25,
    "SC-01": 0.1,
    "VT-01": 0.06,
    "P.TT-01": 0.12,
    "P.JT-01": 0.015,
    "C.JT-01": 0.5,
    "PT-01": 0.01,
    "PT-02": 0.03,
    "C.TT-01": 0.2,
    "LT-01": 0.08,
}
"""Standard deviation of each kind of instrument, in its unit; the asset's letter where kinds differ."""


class ChilledWaterPlant:
    """The demo plant, step by step.

    Args:
        seed: Of the load's small waves and the instruments' noise.
        start: Time of the first row, UTC milliseconds.
        step_ms: Distance between rows, milliseconds.
        faults: What goes wrong.

    Raises:
        BadInput: If the step is not a part of an hour, or a fault names a tag or an asset that is not there.
    """

    def __init__(self, seed: int, start: int, step_ms: int, faults: Sequence[Fault] = ()) -> None:
        if not MIN_STEP_MS <= step_ms <= MAX_STEP_MS or HOUR % step_ms:
            raise BadInput(f"A step of {step_ms} ms does not divide an hour.", hint="Take 1s, 10s, 60s or the like.")
        self._registry = load_registry()
        check_faults(faults, [sensor.tag for sensor in self._registry])
        self._seed, self._start, self._step_ms = seed, start, step_ms
        self.tags = tuple(sensor.tag for sensor in self._registry)
        self.faults = tuple(faults)
        self._units = [sensor.unit for sensor in self._registry]
        self._decimals = [sensor.decimals for sensor in self._registry]
        self._ranges = [(sensor.range_low, sensor.range_high) for sensor in self._registry]
        self._faults = {
            tag: [fault for fault in faults if fault.subject == tag and not fault.kind.physical] for tag in self.tags
        }
        self._power = self.tags.index(_POWER)
        self._measured = [self.tags.index(tag) for tag in (_FLOW, _INLET, _CHILLED)]
        self._coarse = Physics(seed, start - _SPIN_UP_MS, faults)
        self._coarse.advance(start)
        self._fine = self._coarse.copy()
        self._row = 0
        self._block = -1
        self._noise: list[list[float]] = []

    @property
    def at(self) -> int:
        """Time of the next row, UTC milliseconds."""
        return self._start + self._row * self._step_ms

    @property
    def physics(self) -> Physics:
        """The truth at the row taken last; not to be moved."""
        return self._fine

    def step(self) -> list[Reading]:
        """Returns the next row: one reading of each tag, in the registry's order."""
        at = self.at
        if (at - self._start) % HOUR == 0:
            self._coarse.advance(at)
            self._fine = self._coarse.copy()
        self._fine.advance(at)
        values = self._values(at, _truth(self._fine))
        self._row += 1
        return [
            Reading(tag, at, value, Quality.BAD if value is None else Quality.GOOD, unit)
            for tag, value, unit in zip(self.tags, values, self._units, strict=True)
        ]

    def skip_to(self, row: int) -> None:
        """Goes on from a row, before or behind; what comes out is what it would have been.

        Raises:
            ValueError: If the row is negative.
        """
        if row < 0:
            raise ValueError(f"row {row} is before the first")
        target = self._start + row * self._step_ms
        hour = target - (target - self._start) % HOUR
        if hour < self._coarse.at:
            self._coarse = Physics(self._seed, self._start - _SPIN_UP_MS, self.faults)
            self._coarse.advance(self._start)
        self._coarse.advance(hour)
        self._fine = self._coarse.copy()
        for at in range(hour, target, self._step_ms):
            self._fine.advance(at)
        self._row = row

    def _values(self, at: int, truth: list[float]) -> list[float | None]:
        noise = self._noise_of(self._row)
        values: list[float | None] = [self._read(index, at, value + noise[index]) for index, value in enumerate(truth)]
        flow, inlet, chilled = (values[index] for index in self._measured)
        if flow is None or inlet is None or chilled is None:
            values[self._power] = None
        else:  # computed from what is measured, as plants do
            values[self._power] = self._read(self._power, at, WATER_HEAT * flow * (inlet - chilled))
        return values

    def _read(self, index: int, at: int, value: float) -> float | None:
        """What the instrument shows for a value: faults, range, digits."""
        for fault in self._faults[self.tags[index]]:
            if not fault.start <= at < fault.end:
                continue
            if fault.kind is FaultKind.DROPOUT:
                return None
            value = fault.size if fault.kind is FaultKind.STUCK else value + _offset(fault, at)
        low, high = self._ranges[index]
        if low is not None and value < low:
            value = low
        elif high is not None and value > high:
            value = high
        return round(value, self._decimals[index])

    def _noise_of(self, row: int) -> list[float]:
        block, place = divmod(row, _BLOCK_ROWS)
        if block != self._block:
            self._noise = _noise_block(self._seed, block, self._step_ms, self.tags).tolist()
            self._block = block
        return self._noise[place]


def check_faults(faults: Sequence[Fault], tags: Sequence[str]) -> None:
    """Checks that each fault names something that it can happen to.

    Raises:
        BadInput: If one does not, or has no span.
    """
    where: dict[FaultKind, Sequence[str]] = {
        FaultKind.FOULING: ("E-101",),
        FaultKind.SLIP: ("C-101",),
        FaultKind.WEAR: PUMPS,
        FaultKind.LEAK: ("T-101",),
    }
    for fault in faults:
        subjects = where.get(fault.kind, tags)
        if fault.subject not in subjects:
            raise BadInput(f"A fault {fault.kind} cannot happen to {fault.subject!r}.", hint=f"Take {subjects[0]}.")
        if fault.end <= fault.start:
            raise BadInput(f"The fault {fault.kind} of {fault.subject} does not end after it begins.")


def _offset(fault: Fault, at: int) -> float:
    return fault.severity(at) if fault.kind is FaultKind.DRIFT else fault.size


def _truth(physics: Physics) -> list[float]:
    """Returns the true values in the registry's order; the exchanger's power is left to the instruments."""
    values = [
        physics.flow,
        physics.inlet,
        physics.chilled,
        0.0,
        physics.exchanger_dp,
        physics.compressor_power,
        physics.suction,
        physics.discharge,
        physics.discharge_temperature,
        100.0 * physics.level,
        physics.tank_pressure,
    ]
    for pump in range(len(PUMPS)):
        values += (
            100.0 * physics.speeds[pump],
            physics.vibration(pump),
            physics.bearings[pump],
            physics.pump_power(pump),
        )
    return values


def _noise_block(seed: int, block: int, step_ms: int, tags: Sequence[str]) -> NDArray[np.float64]:
    """Returns noise of shape (`_BLOCK_ROWS`, n_tags): first-order autoregression, stationary from its first row."""
    import numpy as np

    deviations = np.array([_deviation(tag) for tag in tags])
    memory = float(np.exp(-step_ms / _NOISE_TAU_MS))
    noise: NDArray[np.float64] = (
        np.random.default_rng([seed, block]).standard_normal((_BLOCK_ROWS, len(tags))) * deviations
    )
    innovation = float(np.sqrt(1.0 - memory * memory))
    for row in range(1, _BLOCK_ROWS):
        noise[row] = memory * noise[row - 1] + innovation * noise[row]
    return noise


def _deviation(tag: str) -> float:
    asset, _, name = tag.partition(".")
    return _NOISE.get(f"{asset[0]}.{name}", _NOISE.get(name, 0.0)) if asset != "CW-100" else _NOISE.get(name, 0.0)
