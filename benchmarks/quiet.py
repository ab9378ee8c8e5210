"""Anomaly alerts on the demo plant: false alarms on healthy weeks, detections and delay on each kind of fault.

`make bench-quiet`. Every asset is led through its minutes by the judge that the worker has, fits and what it leaves
out of learning included. Healthy histories begin on another day of the week each. A fault begins on the tenth day,
after a past that all faults of a seed share, and is found if its asset has an alert that opens while it acts; what
other assets say is counted beside it. The seeds are none that a constant was chosen on. CHECK=1 compares with
`benchmarks/goals.toml`.
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
    from collections.abc import Mapping, Sequence

    from forecasting.contract import Floats
    from plant.episodes import Episode
    from plant.registry import Sensor

START: Final = 20_100 * DAY
HEALTHY: Final = range(401, 408)
HEALTHY_DAYS: Final = 14
FAULTY: Final = range(501, 504)
FAULT_DAY: Final = 9
AFTER_DAYS: Final = 3


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


class Plant:
    """A plant without faults, led through its first days; `go_on` goes on from there as often as one likes.

    Args:
        seed: Of the plant.
        start: Begin of its history, UTC milliseconds.
        days: How many days to lead it through.

    Attributes:
        opened: The alerts of these days.
    """

    def __init__(self, seed: int, start: int, days: int) -> None:
        self._seed, self._start, self._rows = seed, start, days * DAY // MINUTE
        self._sensors = list(load_registry())
        self._frame = self._simulate(0, self._rows, ())
        judges = {asset: AssetJudge(asset, self._of(asset), start) for asset in self.assets}
        self.opened = self._judged(judges, self._frame, 0)
        self._known = {asset: (judge.state(), judge.models()) for asset, judge in judges.items()}

    @property
    def assets(self) -> tuple[str, ...]:
        """The assets of the plant."""
        return tuple(dict.fromkeys(sensor.asset for sensor in self._sensors))

    def go_on(self, days: int, fault: Fault) -> list[Episode]:
        """Returns the alerts of the days after the first ones, with a fault in them."""
        judges = {asset: AssetJudge(asset, self._of(asset), self._start) for asset in self.assets}
        for asset, judge in judges.items():
            judge.restore(*self._known[asset])
        later = self._simulate(self._rows, days * DAY // MINUTE, (fault,))
        return self._judged(judges, np.vstack([self._frame, later]), self._rows)

    def _of(self, asset: str) -> list[Sensor]:
        return [sensor for sensor in self._sensors if sensor.asset == asset]

    def _simulate(self, first: int, rows: int, faults: Sequence[Fault]) -> Floats:
        plant = ChilledWaterPlant(self._seed, self._start, MINUTE, faults)
        plant.skip_to(first)
        steps = ([np.nan if one.value is None else one.value for one in plant.step()] for _ in range(rows))
        return np.array(list(steps))

    def _judged(self, judges: Mapping[str, AssetJudge], frame: Floats, first: int) -> list[Episode]:
        opened: dict[str, Episode] = {}
        for asset, judge in judges.items():
            columns = [column for column, sensor in enumerate(self._sensors) if sensor.asset == asset]
            opened |= _alerts(judge, self._start, frame[:, columns], first)
        return list(opened.values())


def _alerts(judge: AssetJudge, start: int, frame: Floats, at: int) -> dict[str, Episode]:
    """Leads a judge through a frame from a row on, as the asset stage does."""
    memory = judge.memory
    padded = np.vstack([np.full((memory, frame.shape[1]), np.nan), frame])
    times = [start + (row - memory) * MINUTE for row in range(len(padded))]
    opened: dict[str, Episode] = {}
    while at < len(frame):
        fit = (judge.next_fit - start) // MINUTE
        end = min(len(frame), at + DAY // MINUTE, fit)
        for change in judge.judge(times[at : end + memory], padded[at : end + memory], memory):
            opened[change.episode.id] = change.episode
        at = end
        if at == fit:
            learned = (judge.learns_from(start + at * MINUTE).start - start) // MINUTE
            judge.fit(start + at * MINUTE, times[memory + learned : memory + at], frame[learned:at])
    return opened


def suffer(trouble: Trouble, plant: Plant, hour: int) -> Found:
    """Plays one fault that begins at an hour of the tenth day."""
    begin = START + FAULT_DAY * DAY + hour * HOUR
    fault = Fault(trouble.kind, trouble.subject, begin, begin + trouble.length, trouble.size)
    owner = {sensor.tag: sensor.asset for sensor in load_registry()}.get(trouble.subject, trouble.subject)
    during = [one for one in plant.go_on(AFTER_DAYS, fault) if begin <= (one.opened_at or 0) < fault.end]
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
    healthy = [Plant(seed, START + day * DAY, HEALTHY_DAYS) for day, seed in enumerate(HEALTHY)]
    weeks = sum(len(plant.assets) for plant in healthy) * (HEALTHY_DAYS * DAY - WARM_UP) / (7 * DAY)
    false = [one for plant in healthy for one in plant.opened]
    plants = {3 * (place + 1): Plant(seed, START, FAULT_DAY) for place, seed in enumerate(FAULTY)}
    results = {trouble: [suffer(trouble, plant, hour) for hour, plant in plants.items()] for trouble in TROUBLES}
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
