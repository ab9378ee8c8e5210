"""Early warnings on the demo plant: how quiet on healthy weeks, how early and how often right on slow faults.

`make bench-outlook`. The seeds and faults are none that the constants were chosen on. A crossing is a limit or a
set-point edge that the minute means were beyond for the tag's on-delay, after an hour within it; it was warned of if a
warning of it opened in the hour before. CHECK=1 compares with `benchmarks/goals.toml`.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.report import report
from ingestion.outlook import WARM_UP, OutlookJudge
from ingestion.simulator.faults import WEEK_LENGTH, Fault, FaultKind
from ingestion.simulator.plant import ChilledWaterPlant
from ingestion.simulator.registry import PUMPS, load_registry
from ingestion.warner import HORIZON, edges_of
from plant.episodes import ChangeKind
from plant.time import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from forecasting.contract import Floats
    from plant.episodes import Episode, EpisodeChange
    from plant.registry import Sensor

START = 20_100 * DAY
HEALTHY = range(201, 209)
FAULTY = range(301, 309)


class Week(NamedTuple):
    """What became of the warnings of a week."""

    opened: list[Episode]
    closed: list[Episode]
    crossings: list[tuple[str, str, int]]
    seconds: float


def slow_faults(seed: int) -> tuple[Fault, ...]:
    """Returns one fault of each slow kind, from the second day on, of a size and a length by chance."""
    rng = np.random.default_rng(seed)
    kinds = [
        (FaultKind.FOULING, "E-101", 0.4, 1.1),
        (FaultKind.WEAR, str(rng.choice(PUMPS)), 0.5, 1.0),
        (FaultKind.LEAK, "T-101", 150.0, 500.0),
        (FaultKind.SLIP, "C-101", 0.1, 0.4),
        (FaultKind.DRIFT, "CW-100.TT-01", 3.0, 6.0),
    ]
    faults = []
    for place, index in enumerate(rng.permutation(len(kinds))):
        kind, subject, least, most = kinds[index]
        start = START + DAY + round((place * 28 + rng.uniform(0, 8)) * HOUR)
        faults.append(Fault(kind, subject, start, start + round(rng.uniform(6, 16) * HOUR), rng.uniform(least, most)))
    return tuple(faults)


def simulate(seed: int, faults: Sequence[Fault]) -> Floats:
    """Returns a week of minutes, of shape (n_minutes, n_tags)."""
    plant = ChilledWaterPlant(seed, START, MINUTE, faults)
    rows = ([np.nan if one.value is None else one.value for one in plant.step()] for _ in range(WEEK_LENGTH // MINUTE))
    return np.array(list(rows))


def play(frame: Floats) -> Week:
    """Leads the judges of all assets through a week, as the asset stage does."""
    sensors = list(load_registry())
    began, opened, closed = time.perf_counter(), [], []
    for asset in dict.fromkeys(sensor.asset for sensor in sensors):
        columns = [column for column, sensor in enumerate(sensors) if sensor.asset == asset]
        for change in _judged(asset, [sensors[column] for column in columns], frame[:, columns]):
            if change.kind is ChangeKind.OPENED:
                opened.append(change.episode)
            elif change.kind is ChangeKind.CLOSED:
                closed.append(change.episode)
    seconds = time.perf_counter() - began
    return Week(
        opened, closed, [one for place, s in enumerate(sensors) for one in crossings(s, frame[:, place])], seconds
    )


def _judged(asset: str, sensors: Sequence[Sensor], frame: Floats) -> Iterator[EpisodeChange]:
    judge = OutlookJudge(asset, sensors, START)
    padded = np.vstack([np.full((judge.memory, len(sensors)), np.nan), frame])
    times = [START + (row - judge.memory) * MINUTE for row in range(len(padded))]
    at = 0
    while at < len(frame):
        fit = (judge.next_fit - START) // MINUTE
        end = min(len(frame), at + DAY // MINUTE, fit)
        yield from judge.judge(times[at : end + judge.memory], padded[at : end + judge.memory], judge.memory)
        at = end
        if at == fit:
            learned = (judge.learns_from(START + at * MINUTE).start - START) // MINUTE
            judge.fit(START + at * MINUTE, times[judge.memory + learned :][: at - learned], frame[learned:at])


def crossings(sensor: Sensor, values: Floats) -> list[tuple[str, str, int]]:
    """Returns tag, limit and time of each crossing after the first day."""
    found = []
    rows = max(1, -(-sensor.on_delay_ms // MINUTE))
    for edge in edges_of(sensor):
        beyond = edge.beyond(values)
        for row in np.flatnonzero(beyond):
            quiet = not beyond[max(row - HORIZON // MINUTE, 0) : row].any()
            if row * MINUTE >= WARM_UP and quiet and beyond[row : row + rows].all():
                found.append((sensor.tag, edge.limit, START + int(row) * MINUTE))
    return found


def _row(name: str, weeks: Sequence[Week]) -> dict[str, object]:
    closed = [one for week in weeks for one in week.closed]
    right = [one for one in closed if one.outlook and one.outlook.right]
    wrong = sum(one.outlook is not None and one.outlook.right is False for one in closed)
    within = sum(one.outlook.earliest <= one.closed_at <= one.outlook.latest + 3 * MINUTE for one in right)
    leads = [(one.closed_at - one.opened_at) / MINUTE for one in right]
    every = [(week, crossing) for week in weeks for crossing in week.crossings]
    warned = sum(_warned(week, crossing) for week, crossing in every)
    return {
        "weeks": f"{len(weeks)} {name}",
        "warnings a week": sum(len(week.opened) for week in weeks) / len(weeks),
        "right": len(right),
        "wrong": wrong,
        "in the range told": within / len(right) if right else float("nan"),
        "lead, min": statistics.median(leads) if leads else float("nan"),
        "crossings": len(every),
        "warned of": warned / len(every) if every else float("nan"),
        "seconds a week": statistics.median(week.seconds for week in weeks),
    }


def _warned(week: Week, crossing: tuple[str, str, int]) -> bool:
    tag, limit, at = crossing
    mine = (one for one in week.opened if one.tag == tag and one.outlook and one.outlook.limit == limit)
    return any(at - HORIZON <= one.opened_at < at for one in mine)


def main() -> int:
    """Measures and reports."""
    healthy = [play(simulate(seed, ())) for seed in HEALTHY]
    faulty = [play(simulate(seed, slow_faults(seed))) for seed in FAULTY]
    rows = [_row("healthy", healthy), _row("with slow faults", faulty)]
    right, wrong = rows[1]["right"], rows[1]["wrong"]
    figures = {
        "warnings_a_healthy_week": rows[0]["warnings a week"],
        "right_share": right / (right + wrong),
        "lead_minutes": rows[1]["lead, min"],
        "seconds_a_week": rows[1]["seconds a week"],
    }
    return report("outlook", rows, figures)


if __name__ == "__main__":
    sys.exit(main())
