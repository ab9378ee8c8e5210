"""A small plant: one pump with three tags, four and a half days of minutes, a step at the end of the fourth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from plant.readings import Reading
from plant.registry import Limits, Sensor
from plant.store.contract import Counts
from plant.time import DAY, MINUTE

if TYPE_CHECKING:
    from plant.store.sqlite import SqliteStore

BEGIN = 20_000 * DAY
N_MINUTES = 4 * 1_440 + 720
FAULT = range(4 * 1_440, 4 * 1_440 + 120)
TAGS = ("P-1.JT", "P-1.TT", "P-1.VT")
SENSORS = [
    Sensor("P-1.JT", "motor power", "kW", "P-1", "A-1", limits=Limits(high=60.0)),
    Sensor("P-1.TT", "bearing temperature", "degC", "P-1", "A-1"),
    Sensor("P-1.VT", "vibration", "mm/s", "P-1", "A-1", cadence_ms=MINUTE),
    Sensor("T-9.LT", "level", "%", "T-9", "A-1"),
]


def values(*, faulty: bool = True, seed: int = 5) -> np.ndarray:
    """Returns minutes of shape (N_MINUTES, 3): a daily load with noise; the fault lifts the vibration alone."""
    rng = np.random.default_rng(seed)
    load = 10.0 + 2.0 * np.sin(2 * np.pi * np.arange(N_MINUTES) / 1_440)
    frame = np.column_stack([4.0 * load, 30.0 + load, 0.2 * load])
    frame += rng.normal(0.0, 1.0, frame.shape) * [0.4, 0.1, 0.02]
    if faulty:
        frame[FAULT, 2] += 1.5
    return np.round(frame, 3)


def write(store: SqliteStore, frame: np.ndarray, begin: int = 0) -> None:
    """Stores rows of a frame as one batch of partition 0, as a worker would."""
    readings = [
        Reading(tag, BEGIN + (begin + row) * MINUTE, float(value))
        for row, line in enumerate(frame)
        for tag, value in zip(TAGS, line, strict=False)  # a narrower frame leaves the last tags silent
    ]
    claim = store.claim_partition("log", 0, "reader")
    with store.transaction() as transaction:
        transaction.insert_readings("log", 0, readings)
        transaction.advance(
            "log",
            0,
            claim.epoch,
            next_offset=(claim.position or 0) + len(readings),
            counts=Counts(),
            watermark=readings[-1].ts,
        )
