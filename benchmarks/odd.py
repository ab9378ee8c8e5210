"""Anomalies on demand: is the kind right, and how often is a healthy tag called odd. `make bench-odd`.

Two parts, on seeds that no constant was chosen on:

- Labelled oddness of each kind, put into series of five sorts. Its kind is asked twice: with the stretch given, as late
  and as long as a detector would tell it, and from end to end, as `millhand anomalies TAG` finds it.
- The demo plant without faults: each tag and each asset is judged for whole days, as if asked at the end of the day.

CHECK=1 compares with `benchmarks/goals.toml`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.report import report
from forecasting.detectors import day_phase
from forecasting.kinds import Kind, shape_of, without_day
from ingestion.simulator.plant import ChilledWaterPlant
from ingestion.simulator.registry import load_registry
from plant.registry import Sensor
from plant.time import DAY, MINUTE
from tools.intervals import Judged, intervals_of, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from forecasting.contract import Floats

START: Final = 20_100 * DAY
PER_DAY: Final = DAY // MINUTE
KINDS: Final = tuple(kind for kind in Kind if kind is not Kind.UNUSUAL)
SORTS: Final = ("load", "heavy-tailed", "gappy", "coarse", "wandering")

GIVEN: Final = range(7_000, 7_010)
"""Seeds of the stretches that are given, one series of each kind and sort."""

FOUND: Final = range(7_100, 7_102)
"""Seeds of those that are found from end to end."""

HEALTHY: Final = range(501, 505)
_DAYS: Final = (3, 7, 9)
"""Which days of a healthy history are judged: with three days before them, and with a week."""


class Labelled(NamedTuple):
    """A series with one oddness in it.

    Attributes:
        kind: Which.
        values: Of shape (n,), NaN where missing; healthy before `first`.
        first: The row at which it begins.
        end: The first row after it.
    """

    kind: Kind
    values: Floats
    first: int
    end: int


def healthy(sort: str, days: int, rng: np.random.Generator) -> Floats:
    """Returns minutes of a healthy series whose noise has a spread near 1."""
    from scipy.signal import lfilter

    n = days * PER_DAY
    noise = rng.normal(size=n)
    at = 2 * np.pi * np.arange(n) / PER_DAY
    if sort == "load":
        level = 5.0 * np.sin(at + rng.uniform(0, 6)) + 2.0 * np.sin(2 * at + rng.uniform(0, 6))
        values: Floats = -80.0 + level + 0.8 * lfilter([1.0], [1.0, -0.6], noise)
    elif sort == "heavy-tailed":
        values = rng.standard_t(4, size=n)
    elif sort == "gappy":
        values = np.where(rng.random(n) < 0.05, np.nan, 1e4 + noise)
    elif sort == "coarse":
        values = np.round(3.0 * np.sin(at) + noise)
    else:
        values = lfilter([0.3], [1.0, -0.95], noise)
    return values


def labelled(kind: Kind, sort: str, days: int, seed: int) -> Labelled:
    """Returns a series with an oddness of a kind on its last day."""
    rng = np.random.default_rng([seed, KINDS.index(kind), SORTS.index(sort)])
    values = healthy(sort, days, rng)
    n = len(values)
    first = int(rng.integers(n - PER_DAY + 60, n - 500))
    length = int(rng.integers(1, 6)) if kind in {Kind.SPIKE, Kind.DROP} else int(rng.integers(60, 300))
    sign = {Kind.SPIKE: 1.0, Kind.DROP: -1.0}.get(kind, float(rng.choice([-1.0, 1.0])))
    end = first + length
    size = sign * rng.uniform(6.0, 15.0)
    if kind in {Kind.SPIKE, Kind.DROP}:
        values[first:end] += size
    elif kind is Kind.LEVEL_SHIFT:
        end = end if rng.random() < 0.5 else n
        values[first:end] += size
    elif kind is Kind.TREND_BREAK:
        values[first:] += size * np.arange(n - first) / length
        end = n
    elif kind is Kind.FLATLINE:
        values[first:end] = values[first - 1] if np.isfinite(values[first - 1]) else 1e4
    elif kind is Kind.VARIANCE:
        values[first:end] += rng.normal(0.0, abs(size) / 2, length)
    else:
        values[first:end] = np.nan
    return Labelled(kind, values, first, end)


def as_told(one: Labelled, rng: np.random.Generator) -> tuple[int, int]:
    """Returns the stretch as a detector tells it: it begins and ends late, or the oddness is learned meanwhile."""
    first = one.first + int(rng.integers(0, min(20, one.end - one.first)))
    lasted = min(one.end, first + int(rng.integers(60, 300)))
    return first, min(lasted + int(rng.integers(15, 45)), len(one.values))


def kind_given(kind: Kind, sort: str, seed: int) -> Kind:
    """Returns the kind that a given stretch is said to be."""
    one = labelled(kind, sort, 3, seed)
    first, end = as_told(one, np.random.default_rng(seed))
    phase = day_phase(START + np.arange(len(one.values)) * MINUTE)
    course = without_day(one.values, phase, 2 * PER_DAY)
    return shape_of(one.values, first, end, course=course).kind


def kind_found(kind: Kind, sort: str, seed: int) -> Kind | None:
    """Returns the kind of the first interval found in the oddness; None where there is none."""
    days = 8
    one = labelled(kind, sort, days, seed)
    sensor = Sensor("TEST", stuck_ms=20 * MINUTE)
    for interval in intervals_of(_judged(one.values[:, None], days - 1, (sensor,))):
        if interval.first < one.end and (interval.end is None or interval.end > one.first):
            return interval.shape.kind
    return None


def false_alarms(seed: int) -> Iterator[dict[str, Any]]:
    """Yields what is odd in a healthy history: each subject on each day, its odd intervals, and who said so alone."""
    sensors = tuple(load_registry())
    plant = ChilledWaterPlant(seed, START, MINUTE)
    frame = np.array(
        [
            [np.nan if one.value is None else one.value for one in plant.step()]
            for _ in range((max(_DAYS) + 1) * PER_DAY)
        ]
    )
    groups = {sensor.tag: [column] for column, sensor in enumerate(sensors)}
    for column, sensor in enumerate(sensors):
        groups.setdefault(sensor.asset, []).append(column)
    for day in _DAYS:
        for subject, columns in groups.items():
            chosen = tuple(sensors[column] for column in columns)
            rows = frame[: (day + 1) * PER_DAY, columns]
            judged = _judged(rows, day, chosen)
            alone = [one.name for one in judged.heard if one.stretches]
            yield {"seed": seed, "subject": subject, "day": day, "odd": len(intervals_of(judged)), "alone": alone}


def _judged(frame: Floats, day: int, sensors: tuple[Sensor, ...]) -> Judged:
    """Judges a day against at most the week before it."""
    first = max(day - 7, 0) * PER_DAY
    times = START + np.arange(first, len(frame)) * MINUTE
    return judge(times, frame[first:], day * PER_DAY - first, sensors)


def main() -> int:
    """Measures both parts. Returns the exit code."""
    rows: list[dict[str, Any]] = []
    right = {}
    for how, told, seeds in (("given", kind_given, GIVEN), ("found", kind_found, FOUND)):
        for kind in KINDS:
            said = [told(kind, sort, seed) for seed in seeds for sort in SORTS]
            counts = {other.value if other else "not found": said.count(other) for other in (*Kind, None)}
            rows.append({"stretch": how, "kind": kind.value, **counts})
        mine = [row for row in rows if row["stretch"] == how]
        right[how] = sum(row[row["kind"]] for row in mine) / (len(mine) * len(seeds) * len(SORTS))
    alarms = [one for seed in HEALTHY for one in false_alarms(seed)]
    for one in alarms:
        if one["odd"] or one["alone"]:
            print(f"healthy, yet: {one}", file=sys.stderr)
    figures = {
        "kind_right_given": right["given"],
        "kind_right_found": right["found"],
        "healthy_judged": len(alarms),
        "healthy_usual": sum(not one["odd"] for one in alarms) / len(alarms),
        "healthy_unanimous": sum(not one["alone"] for one in alarms) / len(alarms),
    }
    return report("odd", rows, figures)


if __name__ == "__main__":
    sys.exit(main())
