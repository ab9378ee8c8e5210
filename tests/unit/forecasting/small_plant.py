"""A small plant with one tag to forecast and four that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from plant.readings import Quality, Reading
from plant.registry import Limits, Sensor, SensorState
from plant.store.sqlite import open_store
from plant.time import MINUTE, parse_time

if TYPE_CHECKING:
    from pathlib import Path

START = parse_time("2026-03-02T00:00:00Z")
STEPS = 2 * 288
SENSORS = (
    Sensor("TT-11", unit="degC", asset="E-1", cadence_ms=5 * MINUTE, limits=Limits(high=20.0)),
    Sensor("TT-12", unit="degC", asset="E-2", cadence_ms=5 * MINUTE),
    Sensor("TT-13", unit="degC", asset="E-2", cadence_ms=5 * MINUTE),
    Sensor("TT-14", unit="degC", asset="E-2", cadence_ms=5 * MINUTE),
    Sensor("TT-15", unit="degC", asset="E-2", cadence_ms=5 * MINUTE),
    Sensor("TT-16", unit="degC", asset="E-1", cadence_ms=5 * MINUTE, state=SensorState.DISCOVERED),
)
"""TT-11 follows the day; TT-12 never sent, TT-13 only bad readings, TT-14 the same value, TT-15 a single one."""


def make_plant(path: Path) -> Path:
    """Makes its store: two days of five-minute readings."""
    rng = np.random.default_rng(0)
    daily = 5 + 0.15 * np.sin(2 * np.pi * np.arange(STEPS) / 288) + rng.normal(0, 0.02, STEPS)
    times = [START + k * 5 * MINUTE for k in range(STEPS)]
    readings = [
        [Reading("TT-11", at, float(value)) for at, value in zip(times, daily, strict=True)],
        [Reading("TT-13", at, None, quality=Quality.BAD) for at in times],
        [Reading("TT-14", at, 3.0) for at in times],
        [Reading("TT-15", times[-1], 3.0)],
    ]
    with open_store(path) as store:
        store.put_sensors(SENSORS)
        for partition, some in enumerate(readings):
            store.claim_partition("test", partition, "test")
            with store.transaction() as transaction:
                transaction.insert_readings("test", partition, some)
    return path
