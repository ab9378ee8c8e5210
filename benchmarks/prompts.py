"""The two forms in which a language model is given a series, against each other on the same windows.

`make bench-prompts` asks the model in the cache, or another one (`ARGS="--model llama:PATH.gguf"`), in each form, and
in the cheaper one with three samples too. Windows: ETTh1, taylor and temps where the data are there, and synthetic
series with seeds; `--windows` a series, evenly spread over it. MASE is that of the comparison; an answer that fails is
counted, and its window is left out for all, so that the errors compare. Seconds are the processor's: a shared clock
says nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.forecast.data import DATA, Task, as_series, public_tasks, synthetic
from benchmarks.report import report
from forecasting import metrics
from forecasting.candidates.language import LanguageForecaster
from forecasting.candidates.naive import SeasonalNaive
from forecasting.contract import CandidateFailed
from inference.models import open_model
from plant.series import Series
from plant.settings import load_settings
from plant.time import HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Forecaster
    from inference.contract import LanguageModel

HORIZON: Final = 6
ASKED: Final = (("digits", 1), ("json", 1), ("digits", 3))
"""Forms and samples; neighbours differ in form, since a prompt that was just read is not read again."""


class Tried(NamedTuple):
    """What a method did on one window: its error, None where it failed, and what that cost."""

    mase: float | None
    seconds: float
    tokens: int


def tasks() -> list[Task]:
    """Returns the series."""
    made = [Task(f"synthetic {seed}", synthetic(1_000, seed=seed), HOUR, (24,), 500, HORIZON) for seed in (1, 2, 3)]
    return made + [task for task in public_tasks() if task.name != "gasoline"] if DATA.exists() else made


def tried(method: Forecaster, task: Task, origin: int) -> Tried:
    """Returns what a method does on the window at an origin."""
    history, actual = task.before(origin), task.values[origin : origin + HORIZON]
    scale = metrics.scale_of(history, task.season)
    assert scale is not None
    began = time.process_time()
    try:
        forecast = method.forecast(dated(as_series(history, task.step_ms)), HORIZON, season=task.season)
    except CandidateFailed as failure:
        print(f"{method.name} on {task.name}: {failure}", file=sys.stderr)
        return Tried(None, time.process_time() - began, 0)
    seconds = time.process_time() - began
    return Tried(metrics.mase(actual, forecast.median, scale), seconds, forecast.tokens or 0)


def dated(series: Series) -> Series:
    """Returns a series that begins in 2026: dates of 1970 are written unlike those of plants."""
    return Series(series.tag, series.unit, series.times + 20_454 * 24 * HOUR, series.values, series.step_ms)


def windows(every: Sequence[Task], count: int) -> list[tuple[Task, int]]:
    """Returns series and origins, evenly spread over each series."""
    return [
        (task, int(origin))
        for task in every
        for origin in np.linspace(task.history, len(task.values) - HORIZON, count + 1)[1:]
    ]


def row(name: str, results: Sequence[Tried], answered: Sequence[bool]) -> dict[str, Any]:
    """Returns a line of the table: errors over the windows that all answered, costs over all."""
    errors = [one.mase for one, kept in zip(results, answered, strict=True) if kept and one.mase is not None]
    return {
        "form": name,
        "windows": len(errors),
        "mean MASE": float(np.mean(errors)),
        "median MASE": float(np.median(errors)),
        "failed": sum(one.mase is None for one in results),
        "tokens": float(np.mean([one.tokens for one in results])),
        "seconds": float(np.mean([one.seconds for one in results])),
    }


def measured(model: LanguageModel, count: int) -> list[dict[str, Any]]:
    """Returns the table: seasonal naive, and each form."""
    methods: dict[str, Forecaster] = {"seasonal-naive": SeasonalNaive()}
    for form, samples in ASKED:
        name = f"{form}, {samples} sample{'s' if samples > 1 else ''}"
        methods[name] = LanguageForecaster(model, name=name, samples=samples, form=form)
    asked = windows(tasks(), count)
    results: dict[str, list[Tried]] = {name: [] for name in methods}
    for done, (task, origin) in enumerate(asked, 1):
        for name, method in methods.items():
            results[name].append(tried(method, task, origin))
        print(f"{done} of {len(asked)} windows", file=sys.stderr)
    answered = [all(one.mase is not None for one in window) for window in zip(*results.values(), strict=True)]
    return [row(name, tries, answered) for name, tries in results.items()]


def main() -> int:
    """Measures and reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="", help="a model's URL; the one in the cache by default")
    parser.add_argument("--windows", type=int, default=2, help="windows a series")
    asked = parser.parse_args()
    model = open_model(load_settings({"model": {"url": asked.model}}))
    if model is None:
        print("There is no language model to measure. `make model` brings one.", file=sys.stderr)
        return 1
    return report("prompts", measured(model, asked.windows), {})


if __name__ == "__main__":
    sys.exit(main())
