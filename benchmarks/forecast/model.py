"""The language model as a row of the same table: its error and skill on the same folds, its seconds and its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.forecast.data import DATA, as_series, public_tasks, synthetic
from benchmarks.forecast.speed import HORIZON, PATIENT_S, POINTS
from benchmarks.report import report
from forecasting.candidates import Means, open_candidates
from forecasting.comparison import compare
from inference.fetch import model_path
from plant.time import HOUR

if TYPE_CHECKING:
    from forecasting.contract import Floats
    from inference.contract import LanguageModel

COLUMNS: Final = ("ETTh1 HUFL", "ETTh1 OT")
"""A load and a temperature."""

SAMPLES: Final = 3
"""Continuations a fold, as `millhand forecast --deadline 60s` and longer asks for."""


def main() -> int:
    """Measures and reports; says so where no model is in the cache."""
    if not model_path().exists():
        print(f"The model is left out: there is no {model_path()}. `make model` brings it.")
        return 0
    from inference.llama import LlamaModel

    model = LlamaModel(model_path())
    series = {"synthetic": synthetic(POINTS[0])}
    if DATA.exists():
        series |= {task.name: task.values[-POINTS[0] :] for task in public_tasks() if task.name in COLUMNS}
    rows = [row for name, values in series.items() for row in _rows(name, values, model)]
    return report("forecast-model", rows, {})


def _rows(name: str, values: Floats, model: LanguageModel) -> list[dict[str, Any]]:
    candidates = open_candidates([], Means([model], samples=SAMPLES))
    comparison = compare(as_series(values, HOUR), HORIZON, candidates, deadline_s=PATIENT_S)
    return [
        {
            "series": name,
            "method": row.name + (" (shown)" if row.name == comparison.verdict.shown else ""),
            "MASE": row.mase,
            "skill": row.skill,
            "90 % interval": "{:.2f} to {:.2f}".format(*row.skill_interval) if row.skill_interval else "",
            **{f"in {level} %": share for level, share in row.coverage.items()},
            "seconds": row.seconds,
            "tokens": row.tokens,
            "status": row.status,
        }
        for row in comparison.rows
        if row.mase is not None or row.status != "ok"
    ]
