"""What the shown forecast is worth on horizons that nobody chose on.

At each origin the whole comparison runs on the history before it: season, folds, verdict, band. The forecast that it
shows is scored on what came then. The methods of others are refitted at each fourth origin on the same history; the
best of them is the one that is best over all of ETTh1 in hindsight, which flatters them.

The scale of MASE, and seasonal naive that skill is against, have the season that a careful user names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from benchmarks.forecast.baselines import baseline_forecasts
from benchmarks.forecast.clock import timed
from benchmarks.forecast.data import BASELINE_EVERY, Task, as_series, public_tasks
from benchmarks.forecast.spans import stationary
from benchmarks.forecast.speed import PATIENT_S
from forecasting import metrics
from forecasting.candidates import BAR, open_candidates
from forecasting.candidates.naive import SeasonalNaive
from forecasting.comparison import Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats

LEVELS: Final = (80, 90)
_RESAMPLES: Final = 2_000
_SEED: Final = 11


class Scored(NamedTuple):
    """The comparison at one origin, scored on what came.

    Attributes:
        task: The series.
        origin: The row.
        shown: The method, or `refused`.
        season: The season found, in steps.
        mase: Of the forecast shown; NaN for a refusal.
        bar: MASE of seasonal naive with the season that a careful user names.
        methods: MASE of each of ours from there, by name.
        others: MASE of each method of others, by name; empty where they were not refitted.
        inside: Share of what came inside the band, by level.
        calm: Whether the history passed the test for a stationary span.
        seconds: Of a processor.
    """

    task: Task
    origin: int
    shown: str
    season: int
    mase: float
    bar: float
    methods: dict[str, float]
    others: dict[str, float]
    inside: dict[int, float]
    calm: bool
    seconds: float


def score_all(tasks: Sequence[Task] | None = None) -> list[Scored]:
    """Scores all origins of all series."""
    return [
        _score(task, origin, others=k % BASELINE_EVERY == 0)
        for task in (public_tasks() if tasks is None else tasks)
        for k, origin in enumerate(task.origins)
    ]


def _score(task: Task, origin: int, *, others: bool) -> Scored:
    history, actual = task.before(origin), task.after(origin)
    scale = metrics.scale_of(history, task.season)
    assert scale is not None
    series = as_series(history, task.step_ms)
    took, comparison = timed(
        lambda: compare(series, task.horizon, open_candidates([]), levels=LEVELS, deadline_s=PATIENT_S)
    )
    bar = SeasonalNaive().forecast(series, task.horizon, season=task.season).median
    medians = {name: np.asarray(one.median) for name, one in comparison.forecasts.items()}
    elsewhere = baseline_forecasts(task, origin) if others else {}
    return Scored(
        task,
        origin,
        comparison.verdict.shown or "refused",
        comparison.season.steps,
        metrics.mase(actual, np.asarray(comparison.shown.median), scale) if comparison.shown else float("nan"),
        metrics.mase(actual, bar, scale),
        {name: metrics.mase(actual, median, scale) for name, median in medians.items()},
        {name: metrics.mase(actual, median, scale) for name, median in elsewhere.items()},
        _inside(comparison, actual),
        stationary(history, task.season),
        took.processor,
    )


def _inside(comparison: Comparison, actual: Floats) -> dict[int, float]:
    shown = comparison.shown
    if shown is None:
        return {}
    return {
        level: metrics.coverage(actual, np.asarray(shown.lower[str(level)]), np.asarray(shown.upper[str(level)]))
        for level in LEVELS
        if str(level) in shown.lower
    }


def by_series(scored: Sequence[Scored]) -> list[dict[str, Any]]:
    """Returns a row a series: error, skill with its interval, coverage on unseen horizons."""
    rows = []
    for name in dict.fromkeys(one.task.name for one in scored):
        group = [one for one in scored if one.task.name == name]
        shown = [one for one in group if np.isfinite(one.mase)]
        errors, bar = np.array([one.mase for one in shown]), np.array([one.bar for one in shown])
        low, high = skill_interval(errors, bar)
        rows.append(
            {
                "series": name,
                "origins": len(group),
                "refused": len(group) - len(shown),
                "MASE": float(np.mean(errors)),
                "seasonal naive": float(np.mean(bar)),
                "skill": 1 - float(np.sum(errors) / np.sum(bar)),
                "90 % interval": f"{low:.2f} to {high:.2f}",
                "worst decile": float(np.quantile(errors / bar, 0.9)),
                **{f"in {level} %": _mean_coverage(shown, level) for level in LEVELS},
                "calm": sum(one.calm for one in shown),
                "season found": sum(one.season in one.task.seasons for one in group),
                "processor s": float(np.mean([one.seconds for one in group])),
            }
        )
    return rows


def skill_interval(errors: Floats, bar: Floats) -> tuple[float, float]:
    """Returns the 90 % bootstrap interval of the skill; whole windows are drawn, for their steps go together."""
    drawn = np.random.default_rng(_SEED).integers(0, len(errors), (_RESAMPLES, len(errors)))
    skills = 1 - errors[drawn].sum(axis=1) / bar[drawn].sum(axis=1)
    low, high = np.quantile(skills, [0.05, 0.95])
    return float(low), float(high)


def _mean_coverage(scored: Sequence[Scored], level: int) -> float:
    known = [one.inside[level] for one in scored if level in one.inside]
    return float(np.mean(known)) if known else float("nan")


def beside_others(scored: Sequence[Scored]) -> list[dict[str, Any]]:
    """Returns a row a method, mean MASE by series at the origins at which all were run and none was refused.

    The mean is over the series on which every method of the row ran.
    """
    both = [one for one in scored if one.others and np.isfinite(one.mase)]
    names = list(dict.fromkeys(one.task.name for one in both))
    columns: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for one in both:
        own = {f"millhand {method}": error for method, error in one.methods.items()}
        columns[one.task.name].append({"millhand, shown": one.mase, "seasonal naive": one.bar, **own, **one.others})
    methods = dict.fromkeys(method for cases in columns.values() for case in cases for method in case)
    rows = []
    for method in methods:
        means = {name: _mean_where_all(cases, method) for name, cases in columns.items()}
        full = all(np.isfinite(list(means.values())))
        hourly = [mean for name, mean in means.items() if name.startswith("ETTh1")]
        rows.append(
            {
                "method": method,
                "ETTh1 mean": float(np.mean(hourly)),
                "mean": float(np.mean(list(means.values()))) if full else float("nan"),
                **means,
            }
        )
    return rows


def _mean_where_all(cases: Sequence[dict[str, float]], method: str) -> float:
    return float(np.mean([case[method] for case in cases])) if all(method in case for case in cases) else float("nan")


def figures(scored: Sequence[Scored]) -> dict[str, float]:
    """Returns what the goals are about."""
    shown = [one for one in scored if np.isfinite(one.mase)]
    calm = [one for one in shown if one.calm]
    ratios = np.array([one.mase / one.bar for one in shown])
    table = {row["method"]: row["ETTh1 mean"] for row in beside_others(scored)}
    others = [mean for name, mean in table.items() if name.startswith(("darts", "sf")) and np.isfinite(mean)]
    return {
        "mase_against_best_of_others": table["millhand, shown"] / min(others),
        "worst_decile_against_seasonal_naive": float(np.quantile(ratios, 0.9)),
        "refused_share": 1 - len(shown) / len(scored),
        **{f"coverage_{level}_off": 100 * _mean_coverage(calm, level) - level for level in LEVELS},
        **{f"coverage_{level}_off_all": 100 * _mean_coverage(shown, level) - level for level in LEVELS},
        "calm_origins": len(calm),
        "processor_seconds": float(np.mean([one.seconds for one in scored])),
        "beaten_by_own_bar": float(np.mean([one.shown != BAR and one.mase > one.methods[BAR] for one in shown])),
    }
