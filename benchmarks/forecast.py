"""Seconds and accuracy of a full comparison beside the plain darts loop that refits each fold.

Both get the same series, folds and horizon, in one run on one machine: 1,000 hourly points, season
24, horizon 24, five folds, no language model. The loop is what a careful user writes: the same
three families with every parameter set, `historical_forecasts(retrain=True)`, and BLAS on one
thread, which is faster for it too.

Series: one synthetic with a seed, and the newest 1,000 hours of ETTh1's column OT where the data
are there. Warm means that libraries are loaded; the first comparison is shown as cold.
"""

from __future__ import annotations

import csv
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.report import report
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
        found |= {f"ETTh1 {name}": np.array([float(row[name]) for row in rows]) for name in ("OT",)}
    return found


def ours(values: Floats) -> tuple[float, Comparison]:
    """Returns the seconds of a full comparison, and the comparison."""
    series = Series("bench", "", np.arange(POINTS, dtype=np.int64) * HOUR, values, HOUR)
    began = time.perf_counter()
    comparison = compare(series, HORIZON, open_candidates(["smoothing", "arima"]), folds=FOLDS)
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


def mase_of(comparison: Comparison, values: Floats) -> float | None:
    """Returns the MASE of the forecast shown, on the loop's scale: ours rests on the season that was found."""
    scale = metrics.scale_of(values[: -FOLDS * HORIZON], SEASON)
    row = next((row for row in comparison.rows if row.name == comparison.verdict.shown), None)
    return row.figures.raw.error_mean / scale.absolute if row and row.figures and scale else None


def main() -> int:
    """Measures and reports."""
    warnings.simplefilter("ignore")  # the loop's models warn at each fit; the table is what is read here
    series = columns()
    cold, _ = ours(series["synthetic"])
    rows = []
    for name, values in series.items():
        seconds, comparison = ours(values)
        with threadpool_limits(limits=1, user_api="blas"):
            loop_seconds, loop = darts_loop(values)
        best = min(loop, key=lambda key: loop[key])
        rows.append(
            {
                "series": name,
                "seconds": seconds,
                "loop, seconds": loop_seconds,
                "times faster": loop_seconds / seconds,
                "season": comparison.season.steps,
                "shown": str(comparison.verdict.shown),
                "its MASE": mase_of(comparison, values),
                "best of loop": best,
                "MASE of it": loop[best],
            }
        )
    figures = {
        "cold_seconds": cold,
        "full_comparison_seconds": max(float(row["seconds"]) for row in rows),
        "speed_up_over_refitting": min(float(row["times faster"]) for row in rows),
    }
    return report("forecast", rows, figures)


if __name__ == "__main__":
    sys.exit(main())
