"""How often a season is found where there is none, where there is one, and in the public series.

Without one: white noise, autoregressions, random walks and mixtures, with seeds, lengths of the folds' training parts.
With one: a wave of 24 steps of a given size on a random walk of steps of 1, the weak season under a wandering level.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.forecast.clock import timed
from benchmarks.forecast.data import DATA, public_tasks
from forecasting.season import find_season
from plant.time import HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from forecasting.contract import Floats

LENGTHS: Final = ((200, HOUR, 400), (880, HOUR, 400), (1_880, HOUR, 300), (9_780, MINUTE, 100))
"""Steps, their distance, and how many series of each kind."""

WAVES: Final = (0.25, 0.5, 1.0, 2.0)
WAVE_SERIES: Final = 100
FOLDS: Final = 5


def _autoregression(noise: Floats, memory: float) -> Floats:
    from scipy.signal import lfilter

    return np.asarray(lfilter([1.0], [1.0, -memory], noise))


SEASONLESS: Final[dict[str, Callable[[Floats], Floats]]] = {
    "white noise": lambda e: e,
    "AR .5": lambda e: _autoregression(e, 0.5),
    "AR .9": lambda e: _autoregression(e, 0.9),
    "AR .99": lambda e: _autoregression(e, 0.99),
    "random walk": np.cumsum,
    "IMA, theta .7": lambda e: np.cumsum(e - 0.7 * np.r_[0.0, e[:-1]]),
    "summed AR .8": lambda e: np.cumsum(_autoregression(e, 0.8)),
    "walk and noise": lambda e: np.cumsum(e) + 10 * np.roll(e, 1),
}
"""Makes a series without a season from white noise."""


def measure() -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Returns a row a case, and the highest share of false seasons of any."""
    rows = [_false(points, step, count) for points, step, count in LENGTHS]
    worst = max(float(row[kind]) for row in rows for kind in SEASONLESS)
    everywhere = sum(float(row["mean"]) for row in rows) / len(rows)
    return rows, {"false_seasons_share": everywhere, "false_seasons_share_worst": worst}


def _false(points: int, step_ms: int, count: int) -> dict[str, Any]:
    shares, seconds = {}, 0.0
    for kind, (name, make) in enumerate(SEASONLESS.items()):
        series = [make(np.random.default_rng([seed, points, kind]).normal(size=points)) for seed in range(count)]
        took, share = timed(partial(_share_found, series, step_ms))
        shares[name] = share
        seconds += took.processor
    return {
        "points": points,
        "series of each": count,
        **shares,
        "mean": float(np.mean(list(shares.values()))),
        "ms": 1_000 * seconds / count / len(SEASONLESS),
    }


def _share_found(series: list[Floats], step_ms: int) -> float:
    return float(np.mean([find_season(values, step_ms).found for values in series]))


def true_seasons() -> list[dict[str, Any]]:
    """Returns a row a case: the share of series in which the season is found, and in which a wrong one is."""
    rows = [_weak(size) for size in WAVES]
    for task in public_tasks() if DATA.exists() else []:
        training = [task.before(origin)[: -FOLDS * task.horizon] for origin in task.origins]
        rows.append(_shares(task.name, training, task.step_ms, task.seasons))
    return rows


def _weak(size: float) -> dict[str, Any]:
    wave = size * np.sin(2 * np.pi * np.arange(880) / 24)
    walks = [np.cumsum(np.random.default_rng([seed, 880]).normal(size=880)) for seed in range(WAVE_SERIES)]
    return _shares(f"wave of {size} on a walk", [walk + wave for walk in walks], HOUR, (24,))


def _shares(name: str, series: list[Floats], step_ms: int, seasons: tuple[int, ...]) -> dict[str, Any]:
    found = [find_season(values, step_ms).steps for values in series]
    return {
        "series": name,
        "season": " or ".join(map(str, seasons)),
        "histories": len(found),
        "found": float(np.mean([steps in seasons for steps in found])),
        "none": found.count(1) / len(found),
        "another": ", ".join(map(str, sorted(set(found) - {1, *seasons}))) or "-",
    }
