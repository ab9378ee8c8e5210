"""One comparison: every method on the same folds, one row each, and what follows from it.

`compare` is what the agent's forecasting tool, the terminal and `--json` show. A method that fails
or runs out of time is a row with its reason; none is left out.

The bar, seasonal naive with its band, is there at once, whatever the deadline. Then the cheap candidates run, the
median ensemble and Isolation Forest follow, and what is costly (a language model) comes last. All run in the
caller's thread and ask their budget: nothing is left running. While others wait, a cheap candidate may spend half of
the time that is left, and a costly one an equal share of it: none starves those after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from forecasting import metrics
from forecasting.backtest import OK, Backtest, Folds, make_folds, run_backtest
from forecasting.budget import TIMED_OUT, Budget
from forecasting.candidates import BAR
from forecasting.ensemble import ENSEMBLE, MEMBERS, median_ensemble
from forecasting.limits import Crossing, crossings, newest_value
from forecasting.odd import FOREST
from forecasting.rows import RUNNING, WAITING, Agreement, Row, agreement, empty_row
from forecasting.season import NO_SEASON, Season, find_season
from forecasting.shown import Shown
from forecasting.table import Table
from forecasting.verdict import Verdict, choose, judge_history, judge_training

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from forecasting.contract import Forecaster
    from plant.facts import Refusal
    from plant.registry import Limits
    from plant.series import Series

__all__ = ["Agreement", "Comparison", "Row", "Shown", "compare"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it.

    Attributes:
        series: The regular series that was judged.
        season: What was found in it.
        folds: The folds; None where the history allows none.
        rows: One a method: seasonal naive, the cheap ones, their ensemble, the costly ones, Isolation Forest.
        verdict: Which one is shown.
        refusal: Why none is; only once it is complete.
        shown: The forecast, or None.
        limits: The limits that it may cross, the likeliest to be crossed first first, after those crossed already.
        agreement: Whether the newest value is odd.
        forecasts: The forecast of each candidate that ran, by name; `shown` is one of them.
        past: What each of them had forecast for the steps of the newest fold, which have come.
        complete: Whether every method has run; else the verdict is over those that did.
        newest: A value that came after the last step; None for none.
    """

    series: Series
    season: Season
    folds: Folds | None
    rows: tuple[Row, ...]
    verdict: Verdict
    refusal: Refusal | None = None
    shown: Shown | None = None
    limits: tuple[Crossing, ...] = ()
    agreement: Agreement = field(default_factory=Agreement)
    forecasts: Mapping[str, Shown] = field(default_factory=dict)
    past: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    complete: bool = True
    newest: float | None = None

    @property
    def now(self) -> float | None:
        """The newest value, that of the last step where none came after it; None where there is none."""
        good = bool(np.isfinite(self.series.values).any())
        return newest_value(self.series) if self.newest is None and good else self.newest

    @property
    def limit(self) -> Crossing | None:
        """The limit that is likeliest to be crossed first, or None."""
        return self.limits[0] if self.limits else None


def compare(  # noqa: PLR0913 (keywords: what a comparison may be told)
    series: Series,
    horizon: int,
    candidates: Sequence[Forecaster],
    *,
    folds: int = 5,
    levels: Sequence[int] = (80, 90),
    deadline_s: float = 30.0,
    limits: Limits | None = None,
    newest: float | None = None,
    missing: Sequence[Row] = (),
    demoted: Mapping[str, str] | None = None,
    progress: Callable[[Comparison], None] | None = None,
) -> Comparison:
    """Compares candidates on one regular series.

    Args:
        series: Regular, NaN where missing, a value at its last step.
        horizon: Steps ahead.
        candidates: Seasonal naive first; the cheap ones run in this order, then the costly ones.
        folds: How many folds, where the history allows.
        levels: Nominal levels of the bands, percent.
        deadline_s: For all of them together; seasonal naive runs in any case.
        limits: Of the tag, to tell when one is crossed.
        newest: A value that came after the last step, to tell what is crossed already; None for that of the last step.
        missing: Rows of methods that were asked for and are not there.
        demoted: Candidates that the verdict passes over, each with its reason as a sentence.
        progress: Called with what is known when seasonal naive has run, then after each other method; last with the
            complete comparison.
    """
    refusal = judge_history(series, horizon)
    made = make_folds(series.values, horizon, folds) if refusal is None else None
    if made is not None:
        refusal = judge_training(series, made.origins[0])
    if made is None or refusal is not None:
        assert refusal is not None  # a history that passes has folds
        comparison = Comparison(series, NO_SEASON, None, tuple(missing), Verdict(None, refusal.text), refusal)
        if progress:
            progress(comparison)
        return comparison
    course = _Course(series, made, candidates, Budget(deadline_s), levels)
    told = partial(_told, course, missing=tuple(missing), demoted=demoted or {}, limits=limits, newest=newest)
    for done, name in enumerate(course.order, 1):
        course.run(name)
        if progress and done < len(course.order):
            progress(told(done))
    comparison = told(len(course.order))
    if progress:
        progress(comparison)
    return comparison


class _Course:
    """Methods that run one after the other on the same folds.

    Args:
        series: What is forecast.
        folds: Where from.
        candidates: Who.
        budget: For all of them together.
        levels: Nominal levels of the bands, percent.

    Attributes:
        season: What was found before the first fold.
        table: What those that ran did.
        order: Names in the order they run.
        names: Names in the order of the table.
    """

    def __init__(
        self, series: Series, folds: Folds, candidates: Sequence[Forecaster], budget: Budget, levels: Sequence[int]
    ) -> None:
        before = series.values[: folds.origins[0]]
        self.series, self.folds = series, folds
        self.season = find_season(before, series.step_ms)
        scale = metrics.scale_of(before, self.season.steps)
        assert scale is not None  # a history that does not vary before the folds is refused
        self.table = Table(series, folds, scale, levels)
        self._budget = budget
        self._candidates = {one.name: one for one in candidates}
        self._backtests: list[Backtest] = []
        cheap = [one.name for one in candidates if not one.costly]
        costly = [one.name for one in candidates if one.costly]
        cheap += [ENSEMBLE] if len(MEMBERS.intersection(cheap)) > 1 else []
        self.order = (*cheap, FOREST, *costly)
        self.names = (*cheap, *costly, FOREST)

    def run(self, name: str) -> None:
        """Runs one method and adds its row to the table."""
        if name == FOREST:
            self.table.add_forest(self._budget)
        elif name == ENSEMBLE:
            self.table.add(median_ensemble(self._backtests))
        else:
            one = self._candidates[name]
            backtest = run_backtest(one, self.series, self.folds, season=self.season.steps, budget=self._share(one))
            if name != BAR and backtest.status == OK and self._budget.left <= 0:
                backtest = Backtest(name, TIMED_OUT, backtest.seconds)
            self._backtests.append(backtest)
            self.table.add(backtest)

    def _share(self, one: Forecaster) -> Budget:
        """Returns what a candidate may spend: all that is left for the last one, no end for the bar."""
        if one.name == BAR:
            return Budget()
        behind = self.order[self.order.index(one.name) :]
        waiting = sum(name in self._candidates for name in behind)
        return self._budget.share(1 / waiting if one.costly else max(1 / waiting, 0.5))


def _told(
    course: _Course,
    done: int,
    missing: tuple[Row, ...],
    demoted: Mapping[str, str],
    limits: Limits | None,
    newest: float | None,
) -> Comparison:
    """Returns what is known when `done` methods have run."""
    table, complete = course.table, done == len(course.order)
    under_way = None if complete else course.order[done]
    rows = tuple(
        table.rows.get(name) or empty_row(name, RUNNING if name == under_way else WAITING) for name in course.names
    )
    verdict, refusal = choose(table.judged, BAR, course.season.steps, demoted)
    shown = table.forecasts[verdict.shown] if verdict.shown else None
    crossed: tuple[Crossing, ...] = ()
    if shown and verdict.shown and limits is not None:
        residuals, median = table.residuals[verdict.shown], np.array(shown.median)
        now = newest_value(course.series) if newest is None else newest
        crossed = crossings(limits, residuals, median, shown.times, now)
    return Comparison(
        course.series,
        course.season,
        course.folds,
        (*rows[:-1], *missing, rows[-1]),
        verdict,
        refusal if complete else None,
        shown,
        crossed,
        agreement(rows),
        dict(table.forecasts),
        dict(table.past),
        complete,
        newest,
    )
