"""When will it cross its limit: is the probability calibrated, and how often does the range hold the crossing?

`make bench-crossings`. Series whose ways to cross differ (a random walk, a ramp under lasting noise, noise around a
level, a wave over a wandering level) with limits by chance, and weeks of the demo plant with its own, healthy and with
slow faults. Each case is one limit at one origin, which the newest value has not crossed; only tags that come near a
limit make cases. Beside first passage stands what the band says step by step: the highest probability of being beyond
the limit at any one of them, from the first at 10 % to the first at 50 %. A calibrated probability has, in each bin,
as many crossings as it says. Reliability is told for the cases of 10 % and more, which people see.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.outlook import simulate, slow_faults
from benchmarks.report import report
from forecasting.backtest import make_folds, run_backtest
from forecasting.budget import Budget
from forecasting.candidates import open_candidates
from forecasting.conformal import calibrate_newest
from forecasting.limits import POSSIBLE, crossings
from forecasting.season import find_season
from ingestion.simulator.registry import load_registry
from ingestion.warner import edges_of
from plant.registry import Limits, Sensor
from plant.series import Series
from plant.time import MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from forecasting.contract import Floats

STEP = 5
HORIZON = 24
HISTORY = 576
SEEDS = range(401, 521)
WEEKS = {"plant, healthy": range(601, 604), "plant, slow faults": range(611, 617)}
_BINS = (0.1, 0.3, 0.5, 0.7, 0.9, 1.01)


class Case(NamedTuple):
    """One limit at one origin: what first passage and the band said, and the step at which it was crossed."""

    passage: tuple[float, int, int]
    band: tuple[float, int, int]
    came: int | None


def walk(rng: np.random.Generator, n: int) -> Floats:
    """A random walk."""
    return rng.normal(0, 1, n).cumsum()


def ramp(rng: np.random.Generator, n: int) -> Floats:
    """A ramp that begins somewhere, under autoregressive noise."""
    rise = rng.normal(0, 0.15) * np.maximum(np.arange(n) - rng.uniform(0.3, 0.9) * n, 0)
    return np.asarray(rise + _autoregressive(rng, n, 0.8))


def noise(rng: np.random.Generator, n: int) -> Floats:
    """Independent noise around a level."""
    return rng.normal(0, 1, n)


def wave(rng: np.random.Generator, n: int) -> Floats:
    """A wave of 48 steps over a slowly wandering level."""
    phase = rng.uniform(0, 48)
    return np.asarray(3 * np.sin(2 * np.pi * (np.arange(n) + phase) / 48) + _autoregressive(rng, n, 0.97))


def _autoregressive(rng: np.random.Generator, n: int, memory: float) -> Floats:
    values, level = np.empty(n), 0.0
    for step, shock in enumerate(rng.normal(0, 1, n)):
        level = values[step] = memory * level + shock
    return values


def made(make: Callable[[np.random.Generator, int], Floats]) -> Iterator[Case]:
    """Yields the cases of a made process, one a seed, its limit so far away as the process moves within a horizon."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        values = make(rng, HISTORY + HORIZON)
        history = values[:HISTORY]
        reach = float(np.std(history[HORIZON:] - history[:-HORIZON]))
        limit = float(history[-1] + rng.uniform(0.2, 2.0) * reach)
        yield from _cases(history, values[HISTORY:], Limits(high=limit))


def plant(seeds: Sequence[int], *, faults: bool) -> Iterator[Case]:
    """Yields the cases of weeks of the demo plant: every tag with limits, every two hours from the fourth day on."""
    sensors = list(load_registry())
    for seed in seeds:
        frame = simulate(seed, slow_faults(seed) if faults else ())
        steps = frame.reshape(-1, STEP, frame.shape[1]).mean(axis=1)
        for column, sensor in enumerate(sensors):
            edges, values = edges_of(sensor), steps[:, column]
            reach = float(np.nanstd(values[HORIZON:] - values[:-HORIZON]))
            for origin in range(HISTORY, len(values) - HORIZON, HORIZON):
                if any(abs(edge.value - values[origin - 1]) < 3 * reach for edge in edges):
                    past = values[origin - HISTORY : origin]
                    yield from _cases(past, values[origin : origin + HORIZON], sensor.limits)


def _cases(history: Floats, ahead: Floats, limits: Limits) -> Iterator[Case]:
    """Yields a case for each limit that the newest value has not crossed."""
    if not np.isfinite(history).all() or not np.isfinite(ahead).all() or np.ptp(history) == 0:
        return
    times = np.arange(HISTORY, dtype=np.int64) * STEP * MINUTE
    series = Series("T", "", times, history, STEP * MINUTE)
    folds = make_folds(history, HORIZON, 5)
    assert folds is not None
    season = find_season(history[: folds.origins[0]], series.step_ms).steps
    smoothing = next(one for one in open_candidates(("smoothing",)) if one.name == "smoothing")
    backtest = run_backtest(smoothing, series, folds, season=season, budget=Budget())
    if backtest.medians is None or backtest.shown is None:
        return
    residuals = folds.actual - backtest.medians
    if backtest.medians_earlier is not None:
        residuals = np.concatenate([folds.actual_earlier - backtest.medians_earlier, residuals])
    median, steps = backtest.shown.median, tuple(range(HORIZON))
    told = {one.which: one for one in crossings(limits, residuals, median, steps, float(history[-1]))}
    for which, value, sign in edges_of(Sensor("T", limits=limits)):
        if sign * (history[-1] - value) > 0:
            continue
        one, beyond = told.get(which), np.flatnonzero(sign * (ahead - value) > 0)
        passage = (one.probability, one.start, one.end) if one else (0.0, 0, 0)
        band = _by_band(residuals, median, value, sign)
        if one or band[0] >= POSSIBLE or len(beyond):
            yield Case(passage, band, int(beyond[0]) if len(beyond) else None)


def _by_band(residuals: Floats, median: Floats, value: float, sign: int) -> tuple[float, int, int]:
    calibration = calibrate_newest(residuals)
    assert calibration is not None
    above = calibration.probability_above(median, value)
    beyond = above if sign > 0 else 1 - above
    possible, likely = np.flatnonzero(beyond >= POSSIBLE), np.flatnonzero(beyond >= 0.5)
    if not len(possible):
        return 0.0, 0, 0
    return float(beyond.max()), int(possible[0]), int(likely[0] if len(likely) else possible[-1])


def _rows(name: str, cases: Sequence[Case]) -> list[dict[str, object]]:
    said = {"first passage": [case.passage for case in cases], "band, step by step": [case.band for case in cases]}
    return [
        _row(name, method, [(*one, case.came) for one, case in zip(each, cases, strict=True)])
        for method, each in said.items()
    ]


def _row(name: str, method: str, said: Sequence[tuple[float, int, int, int | None]]) -> dict[str, object]:
    told = [one for one in said if one[0] >= POSSIBLE]
    came = np.array([one[3] is not None for one in told])
    chance = np.array([one[0] for one in told])
    within = [one[1] <= one[3] <= one[2] for one in told if one[3] is not None]
    bins = np.digitize(chance, _BINS)
    parts = [
        f"{100 * chance[bins == k].mean():.0f}:{100 * came[bins == k].mean():.0f} ({np.sum(bins == k)})"
        for k in range(1, len(_BINS))
        if np.any(bins == k)
    ]
    return {
        "series": name,
        "method": method,
        "told": len(told),
        "said, %": 100 * float(chance.mean()) if told else float("nan"),
        "came, %": 100 * float(came.mean()) if told else float("nan"),
        "Brier": float(np.mean((chance - came) ** 2)) if told else float("nan"),
        "not told, came": sum(one[3] is not None for one in said) - int(came.sum()),
        "held": f"{sum(within)} of {len(within)}",
        "width, steps": float(np.mean([one[2] - one[1] + 1 for one in told if one[3] is not None])) if within else 0.0,
        "said:came, % (cases)": "  ".join(parts),
    }


def main() -> int:
    """Measures and reports."""
    groups = {make.__name__: list(made(make)) for make in (walk, ramp, noise, wave)}
    groups |= {name: list(plant(seeds, faults="faults" in name)) for name, seeds in WEEKS.items()}
    every = [case for cases in groups.values() for case in cases]
    rows = [row for name, cases in (*groups.items(), ("all", every)) for row in _rows(name, cases)]
    told = [case for case in every if case.passage[0] >= POSSIBLE]
    held = [case.passage[1] <= case.came <= case.passage[2] for case in told if case.came is not None]
    said = float(np.mean([case.passage[0] for case in told]))
    came = float(np.mean([case.came is not None for case in told]))
    return report("crossings", rows, {"range_held": float(np.mean(held)), "said_less_came": said - came})


if __name__ == "__main__":
    sys.exit(main())
