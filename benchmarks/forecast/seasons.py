"""A season of 1,440: a day of one-minute data over a week, an hour ahead.

One series is a daily wave with a wander and noise; the others are tags of the demo plant by the minute: one that goes
with the day, a level that wanders, and a vibration that hardly goes with anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.forecast.clock import timed
from benchmarks.forecast.data import synthetic
from benchmarks.forecast.speed import ailing, full_comparison
from ingestion.simulator.plant import ChilledWaterPlant
from plant.time import DAY, MINUTE

if TYPE_CHECKING:
    from forecasting.contract import Floats

POINTS: Final = 10_080
SEASON: Final = 1_440
HORIZON: Final = 60
START: Final = 20_100 * DAY
SEED: Final = 401
TAGS: Final = ("C-101.TT-01", "T-101.LT-01", "P-101.VT-01")


def measure() -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Returns the table and its figures, warm."""
    full_comparison(synthetic(1_000))
    series = {"synthetic": synthetic(POINTS, SEASON), **plant_minutes()}
    rows = [_row(name, values) for name, values in series.items()]
    return rows, {"long_season_seconds": max(float(row["processor s"]) for row in rows)}


def plant_minutes() -> dict[str, Floats]:
    """Returns minute values of tags of the demo plant over a healthy week."""
    plant = ChilledWaterPlant(SEED, START, MINUTE)
    rows = [{one.tag: one.value for one in plant.step()} for _ in range(POINTS)]
    return {tag: np.array([np.nan if row[tag] is None else row[tag] for row in rows]) for tag in TAGS}


def _row(name: str, values: Floats) -> dict[str, Any]:
    took, comparison = timed(lambda: full_comparison(values, horizon=HORIZON, step_ms=MINUTE))
    row = next((row for row in comparison.rows if row.name == comparison.verdict.shown), None)
    return {
        "series": name,
        "points": len(values),
        "wall s": took.wall,
        "processor s": took.processor,
        "season": comparison.season.steps,
        "shown": comparison.verdict.shown or "refused",
        "skill": row.skill if row else None,
        "no forecast": ailing(comparison),
    }
