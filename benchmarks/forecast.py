"""Seconds and accuracy of a full comparison beside the plain darts loop that refits each fold.

Both get the same series, folds and horizon, in one run on one machine: 1,000 hourly points, season
24, horizon 24, five folds, no language model. The loop is what a careful user writes: the same
three families with every parameter set, `historical_forecasts(retrain=True)`.

Series: one synthetic with a seed, and the newest 1,000 hours of ETTh1's columns HUFL and OT where
the data are there. Warm means that libraries are loaded; the first comparison is shown as cold.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from forecasting import metrics
from forecasting.candidates import open_candidates
from forecasting.comparison import Comparison, compare
from plant.series import Series
from plant.time import HOUR

if TYPE_CHECKING:
    from forecasting.contract import Floats

POINTS, SEASON, HORIZON, FOLDS = 1_000, 24, 24, 5
HERE = Path(__file__).parent
ETTH1 = HERE.parent.parent / "shared" / "data" / "series" / "ETTh1.csv"


def synthetic() -> Floats:
    """Returns a daily wave with a slow wander and noise, from a seed."""
    rng = np.random.default_rng(7)
    at = np.arange(POINTS)
    return 20 + 3 * np.sin(2 * np.pi * at / SEASON) + np.cumsum(rng.normal(0, 0.1, POINTS)) + rng.normal(0, 0.4, POINTS)


def columns() -> dict[str, Floats]:
    """Returns the series by name."""
    found = {"synthetic": synthetic()}
    if ETTH1.exists():
        with ETTH1.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))[-POINTS:]
        found |= {f"ETTh1 {name}": np.array([float(row[name]) for row in rows]) for name in ("HUFL", "OT")}
    return found


def ours(values: Floats) -> tuple[float, Comparison]:
    """Returns the seconds of a full comparison, and the comparison."""
    series = Series("bench", "", np.arange(POINTS, dtype=np.int64) * HOUR, values, HOUR)
    began = time.perf_counter()
    comparison = compare(series, HORIZON, open_candidates(["smoothing", "arima"], []), folds=FOLDS)
    return time.perf_counter() - began, comparison


def darts_loop(values: Floats) -> tuple[float, dict[str, float]]:
    """Returns the seconds of the plain loop, and each model's MASE on the same folds and scale."""
    from darts import TimeSeries
    from darts.models import ARIMA, ExponentialSmoothing, NaiveSeasonal
    from darts.utils.utils import ModelMode, SeasonalityMode

    models = {
        "NaiveSeasonal": NaiveSeasonal(K=SEASON),
        "ExponentialSmoothing": ExponentialSmoothing(
            trend=ModelMode.ADDITIVE, damped=True, seasonal=SeasonalityMode.ADDITIVE, seasonal_periods=SEASON
        ),
        "ARIMA(0,1,1)(0,1,1)24": ARIMA(p=0, d=1, q=1, seasonal_order=(0, 1, 1, SEASON)),
    }
    series = TimeSeries.from_values(values)
    actual = values[-FOLDS * HORIZON :].reshape(FOLDS, HORIZON)
    scale = metrics.scale_of(values[: -FOLDS * HORIZON], SEASON)
    assert scale is not None
    began, scores = time.perf_counter(), {}
    for name, model in models.items():
        forecasts = model.historical_forecasts(
            series,
            start=POINTS - FOLDS * HORIZON,
            start_format="position",
            forecast_horizon=HORIZON,
            stride=HORIZON,
            retrain=True,
            last_points_only=False,
            verbose=False,
            show_warnings=False,
        )
        medians = np.stack([forecast.values()[:, 0] for forecast in forecasts])
        scores[name] = metrics.mase(actual, medians, scale)
    return time.perf_counter() - began, scores


def main() -> int:
    """Prints the table, writes `benchmarks/out/forecast.json`, and with CHECK=1 compares with the goals."""
    warnings.simplefilter("ignore")  # the loop's models warn at each fit; the table is what is read here
    series = columns()
    cold, _ = ours(series["synthetic"])
    rows = []
    for name, values in series.items():
        seconds, comparison = ours(values)
        loop_seconds, loop = darts_loop(values)
        scored = {row.name: row.mase for row in comparison.rows if row.mase is not None}
        best = min(loop, key=lambda key: loop[key])
        rows.append(
            {
                "series": name,
                "seconds": seconds,
                "darts_seconds": loop_seconds,
                "speed_up": loop_seconds / seconds,
                "season": comparison.season.steps,
                "shown": comparison.verdict.shown,
                "mase_shown": scored.get(comparison.verdict.shown or ""),
                "mase": scored,
                "darts_best": best,
                "darts_mase": loop,
            }
        )
        print(
            f"{name:12} ours {seconds:6.2f} s  darts loop {loop_seconds:6.1f} s  {loop_seconds / seconds:5.1f} x   "
            f"shown {comparison.verdict.shown} MASE {rows[-1]['mase_shown']}   best of loop {best} {loop[best]:.3f}"
        )
    figures = {
        "full_comparison_seconds": max(row["seconds"] for row in rows),
        "speed_up_over_refitting": min(row["speed_up"] for row in rows),
    }
    print(f"cold {cold:.2f} s; slowest warm {figures['full_comparison_seconds']:.2f} s; {os.cpu_count()} cores")
    out = HERE / "out" / "forecast.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({"cold_seconds": cold, **figures, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return _missed(figures) if os.environ.get("CHECK") else 0


def _missed(figures: dict[str, float]) -> int:
    goals = tomllib.loads((HERE / "goals.toml").read_text(encoding="utf-8"))["forecast"]
    missed = [
        f"{key}: {figures[key]:.3g}, goal {goal}"
        for key, goal in goals.items()
        if not goal.get("at_least", -np.inf) <= figures[key] <= goal.get("at_most", np.inf)
    ]
    for line in missed:
        print(f"MISSED {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
