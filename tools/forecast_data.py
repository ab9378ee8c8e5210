"""The JSON of `millhand forecast --json`; its keys stand in `docs/json.md`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from forecasting.season import NO_SEASON
from plant.time import to_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.comparison import Comparison, Row, Shown
    from forecasting.limits import Crossing
    from plant.series import Series
    from tools.forecast_result import Question


def empty(question: Question) -> dict[str, Any]:
    """Returns all keys, as they are where nothing was found."""
    return {
        "tag": question.tag,
        "unit": question.unit or None,
        "horizon_ms": question.horizon_ms,
        "notes": question.notes,
        "now": None,
        "series": None,
        "candidates": [],
        "verdict": None,
        "limit": None,
        "limits": [],
        "agreement": None,
        "forecast": None,
        "forecasts": {},
        "past": None,
        "refusal": None,
        "complete": True,
    }


def found(question: Question, comparison: Comparison) -> dict[str, Any]:
    """Returns what a comparison found."""
    series, limit, shown = comparison.series, comparison.limit, comparison.shown
    season = comparison.season if comparison.season.found else NO_SEASON
    good = int(np.count_nonzero(np.isfinite(series.values)))
    return {
        **empty(question),
        "now": comparison.now,
        "series": {
            "start": to_iso(int(series.times[0])) if len(series) else None,
            "end": to_iso(end_of(series)) if len(series) else None,
            "n": good,
            "step_ms": series.step_ms,
            "season": season.steps,
        },
        "candidates": [_row_data(row) for row in comparison.rows],
        "verdict": comparison.verdict,
        "limit": None if limit is None else _limit_data(limit),
        "limits": [_limit_data(one) for one in comparison.limits],
        "agreement": {
            **msgspec.structs.asdict(comparison.agreement),
            "odd_for_all": _isos(comparison.agreement.odd_for_all),
            "odd_for_most": _isos(comparison.agreement.odd_for_most),
        },
        "forecast": None if shown is None else {"times": _isos(shown.times), **_forecast_data(shown)},
        "forecasts": {name: _forecast_data(one) for name, one in comparison.forecasts.items()},
        "past": _past_data(comparison) if comparison.folds else None,
        "refusal": comparison.refusal,
        "complete": comparison.complete,
    }


def _row_data(row: Row) -> dict[str, Any]:
    return {**msgspec.structs.asdict(row), "anomalies": None if row.anomalies is None else _isos(row.anomalies)}


def _limit_data(limit: Crossing) -> dict[str, Any]:
    return {
        "which": limit.which,
        "value": limit.value,
        "from": to_iso(limit.start),
        "to": to_iso(limit.end),
        "probability": limit.probability,
        "now": limit.now,
    }


def _forecast_data(shown: Shown) -> dict[str, Any]:
    return {"median": shown.median, "lower": shown.lower, "upper": shown.upper, "points": shown.points}


def _past_data(comparison: Comparison) -> dict[str, Any]:
    """Returns what came on the newest fold, and what each method had forecast for it."""
    folds, series = comparison.folds, comparison.series
    assert folds is not None
    newest = slice(folds.origins[-1], folds.origins[-1] + folds.horizon)
    return {
        "times": _isos(series.times[newest].tolist()),
        "actual": present(series.values[newest].tolist()),
        "median": {name: present(values) for name, values in comparison.past.items()},
    }


def _isos(times: Sequence[int]) -> list[str]:
    return [to_iso(at) for at in times]


def present(values: Sequence[float]) -> tuple[float | None, ...]:
    """Returns values with None where one is missing."""
    return tuple(value if math.isfinite(value) else None for value in values)


def end_of(series: Series) -> int:
    """Returns the end of the newest step, UTC milliseconds."""
    return int(series.times[-1]) + (series.step_ms or 0)
