"""Anomaly alerts on the demo plant: false alarms on healthy weeks, detections and delay on each kind of fault.

`make bench-quiet`. Every asset is led through its minutes by the judge that the worker has, fits and what it leaves
out of learning included. Healthy histories begin on another day of the week each. A fault begins on the tenth day and
is found if its asset has an alert that opens while it acts; what other assets say is counted beside it. The seeds are
none that a constant was chosen on. CHECK=1 compares with `benchmarks/goals.toml`.
"""

from __future__ import annotations

import statistics
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks.report import report
from ingestion.consensus import AssetJudge
from ingestion.readiness import WARM_UP
from ingestion.simulator.faults import Fault, FaultKind
from ingestion.simulator.plant import ChilledWaterPlant
from ingestion.simulator.registry import load_registry
from plant.time import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats
    from plant.episodes import Episode
    from plant.registry import Sensor

START: Final = 20_100 * DAY
HEALTHY: Final = range(401, 408)
HEALTHY_DAYS: Final = 21
FAULTY: Final = range(501, 504)
FAULT_DAY: Final = 9
FAULTY_DAYS: Final = 11


class Trouble(NamedTuple):
    """A kind of fault: what happens to what, how much of it, for how long."""

    kind: FaultKind
    subject: str
    size: float
    length: int


TROUBLES: Final = (
    Trouble(FaultKind.FOULING, "E-101", 0.7, 100 * MINUTE),
    Trouble(FaultKind.FOULING, "E-101", 0.4, 36 * HOUR),
    Trouble(FaultKind.SLIP, "C-101", 0.2, HOUR),
    Trouble(FaultKind.SLIP, "C-101", 0.3, 12 * HOUR),
    Trouble(FaultKind.WEAR, "P-102", 0.6, 18 * HOUR),
    Trouble(FaultKind.WEAR, "P-101", 0.15, 36 * HOUR),
    Trouble(FaultKind.WEAR, "P-103", 0.05, 18 * HOUR),
    Trouble(FaultKind.LEAK, "T-101", 30.0, 6 * HOUR),
    Trouble(FaultKind.LEAK, "T-101", 10.0, 24 * HOUR),
    Trouble(FaultKind.DRIFT, "CW-100.TT-02", 0.15, 12 * HOUR),
    Trouble(FaultKind.DRIFT, "P-101.TT-01", 3.0, 12 * HOUR),
    Trouble(FaultKind.DRIFT, "C-101.PT-01", 0.15, 12 * HOUR),
    Trouble(FaultKind.STUCK, "P-103.TT-01", 46.3, 4 * HOUR),
    Trouble(FaultKind.STUCK, "CW-100.FT-01", 42.0, 4 * HOUR),
    Trouble(FaultKind.SPIKE, "C-101.TT-01", 10.0, 5 * MINUTE),
)


class Found(NamedTuple):
    """What became of one fault: minutes until its asset's alert, None where there was none; alerts elsewhere."""

    delay: float | None
    elsewhere: int


def alerts(seed: int, start: int, days: int, faults: Sequence[Fault] = ()) -> list[Episode]:
    """Returns the anomaly alerts of all assets of a plant, those that opened."""
    plant = ChilledWaterPlant(seed, start, MINUTE, faults)
    rows = ([np.nan if one.value is None else one.value for one in plant.step()] for _ in range(days * DAY // MINUTE))
    frame, sensors = np.array(list(rows)), list(load_registry())
    found = []
    for asset in dict.fromkeys(sensor.asset for sensor in sensors):
        columns = [column for column, sensor in enumerate(sensors) if sensor.asset == asset]
        found += _judged(asset, [sensors[column] for column in columns], start, frame[:, columns])
    return found


def _judged(asset: str, sensors: Sequence[Sensor], start: int, frame: Floats) -> list[Episode]:
    judge = AssetJudge(asset, sensors, start)
    memory = judge.memory
    padded = np.vstack([np.full((memory, len(sensors)), np.nan), frame])
    times = [start + (row - memory) * MINUTE for row in range(len(padded))]
    opened: dict[str, Episode] = {}
    at = 0
    while at < len(frame):
        fit = (judge.next_fit - start) // MINUTE
        end = min(len(frame), at + DAY // MINUTE, fit)
        for change in judge.judge(times[at : end + memory], padded[at : end + memory], memory):
            opened[change.episode.id] = change.episode
        at = end
        if at == fit:
            learned = (judge.learns_from(start + at * MINUTE).start - start) // MINUTE
            judge.fit(start + at * MINUTE, times[memory + learned : memory + at], frame[learned:at])
    return list(opened.values())


def suffer(trouble: Trouble, seed: int) -> Found:
    """Plays one fault."""
    begin = START + FAULT_DAY * DAY + 3 * (seed - FAULTY.start + 1) * HOUR
    fault = Fault(trouble.kind, trouble.subject, begin, begin + trouble.length, trouble.size)
    owner = {sensor.tag: sensor.asset for sensor in load_registry()}.get(trouble.subject, trouble.subject)
    during = [one for one in alerts(seed, START, FAULTY_DAYS, (fault,)) if begin <= (one.opened_at or 0) < fault.end]
    delays = [((one.opened_at or 0) - begin) / MINUTE for one in during if one.asset == owner]
    return Found(min(delays, default=None), sum(one.asset != owner for one in during))


def _row(trouble: Trouble, found: Sequence[Found]) -> dict[str, object]:
    delays = [one.delay for one in found if one.delay is not None]
    return {
        "fault": f"{trouble.kind} {trouble.subject}",
        "size": trouble.size,
        "hours": round(trouble.length / HOUR, 1),
        "found": f"{len(delays)} of {len(found)}",
        "delay, min": statistics.median(delays) if delays else float("nan"),
        "alerts elsewhere": sum(one.elsewhere for one in found),
    }


def main() -> int:
    """Measures and reports."""
    n_assets = len({sensor.asset for sensor in load_registry()})
    weeks = len(HEALTHY) * n_assets * (HEALTHY_DAYS * DAY - WARM_UP) / (7 * DAY)
    false = [one for day, seed in enumerate(HEALTHY) for one in alerts(seed, START + day * DAY, HEALTHY_DAYS)]
    results = {trouble: [suffer(trouble, seed) for seed in FAULTY] for trouble in TROUBLES}
    every = [one for found in results.values() for one in found]
    print(f"{len(false)} false alarms in {weeks:.0f} healthy weeks of an asset, its warm-up left out")
    figures = {
        "false_alarms_a_week": len(false) / weeks,
        "found_share": sum(one.delay is not None for one in every) / len(every),
        "delay_minutes": statistics.median(one.delay for one in every if one.delay is not None),
    }
    return report("quiet", [_row(trouble, found) for trouble, found in results.items()], figures)


if __name__ == "__main__":
    sys.exit(main())
