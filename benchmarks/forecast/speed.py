"""Seconds and error of a full comparison beside the two loops that refit each fold: same series, folds and horizon.

Two errors of the forecast that is shown are told: on the folds it was chosen by, as the best of the others is chosen by
them too. On what nobody chose by, see `accuracy.py`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.forecast.baselines import darts_loop, statsforecast_folds
from benchmarks.forecast.clock import timed
from benchmarks.forecast.data import DATA, as_series, public_tasks, synthetic
from forecasting import metrics
from forecasting.candidates import BAR, open_candidates
from forecasting.comparison import Comparison, compare
from plant.time import HOUR

if TYPE_CHECKING:
    from forecasting.contract import Floats

POINTS: Final = (1_000, 2_000)
SEASON: Final = 24
HORIZON: Final = 24
FOLDS: Final = 5
PATIENT_S: Final = 600.0
"""The deadline: nothing is to be quick by timing out."""

COLUMN: Final = "ETTh1 OT"
"""The public series of this part, its newest rows; the loops take minutes a series."""


def full_comparison(values: Floats, *, folds: int = FOLDS, horizon: int = HORIZON, step_ms: int = HOUR) -> Comparison:
    """Returns the comparison of all methods that run by default, without a language model."""
    series = as_series(values, step_ms)
    return compare(series, horizon, open_candidates([]), folds=folds, deadline_s=PATIENT_S)


def ailing(comparison: Comparison) -> str:
    """Returns the methods that gave no forecast, for a table."""
    return ", ".join(row.name for row in comparison.rows if row.status != "ok") or "-"


def measure() -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Returns the table and its figures; the first comparison of all, with its imports, is the cold one."""
    cold, _ = timed(lambda: full_comparison(synthetic(POINTS[0])))
    rows = [_row(name, values) for points in POINTS for name, values in _series(points).items()]
    shown = [float(row["its MASE"]) for row in rows]
    others = [float(row["MASE of it"]) for row in rows]
    return rows, {
        "cold_wall_seconds": cold.wall,
        "cold_processor_seconds": cold.processor,
        "full_comparison_seconds": max(float(row["processor s"]) for row in rows),
        "speed_up_over_refitting": min(float(row["times faster"]) for row in rows),
        "mase_against_best_of_loops": float(np.mean(shown) / np.mean(others)),
    }


def _series(points: int) -> dict[str, Floats]:
    found = {"synthetic": synthetic(points)}
    if DATA.exists():
        found |= {task.name: task.values[-points:] for task in public_tasks() if task.name == COLUMN}
    return found


def _row(name: str, values: Floats) -> dict[str, Any]:
    print(f"{name}, {len(values)} points ...", file=sys.stderr, flush=True)  # the loops take minutes
    took, comparison = timed(lambda: full_comparison(values))
    darts_took, darts = timed(lambda: darts_loop(values, SEASON, HORIZON, FOLDS))
    others_took, others = timed(lambda: statsforecast_folds(values, SEASON, HORIZON, FOLDS))
    actual = values[-FOLDS * HORIZON :].reshape(FOLDS, HORIZON)
    scale = metrics.scale_of(values[: -FOLDS * HORIZON], SEASON)
    assert scale is not None
    mases = {model: metrics.mase(actual, medians, scale) for model, medians in {**darts, **others}.items()}
    best = min(mases, key=lambda model: mases[model])
    return {
        "series": name,
        "points": len(values),
        "wall s": took.wall,
        "processor s": took.processor,
        "darts loop": darts_took.processor,
        "statsforecast": others_took.processor,
        "times faster": darts_took.processor / took.processor,
        "season": comparison.season.steps,
        "shown": comparison.verdict.shown or "refused",
        "its MASE": _mase(comparison, comparison.verdict.shown or BAR, scale),
        "best of loops": best,
        "MASE of it": mases[best],
        "no forecast": ailing(comparison),
    }


def _mase(comparison: Comparison, name: str, scale: metrics.Scale) -> float:
    """Returns a row's MASE on the pinned season's scale; the comparison's rests on the season that it found."""
    row = next(row for row in comparison.rows if row.name == name)
    assert row.figures is not None, row.status
    return row.figures.raw.error_mean / scale.absolute
