"""One comparison: every method on the same folds, one row each, and what follows from it.

`compare` is what the agent's forecasting tool, the terminal and `--json` show. A method that fails
or runs out of time is a row with its reason; none is left out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from forecasting import metrics
from forecasting.backtest import OK, Backtest, Folds, make_folds, run_backtest
from forecasting.budget import Budget
from forecasting.candidates import BAR
from forecasting.conformal import bands, calibrate, measured_coverage
from forecasting.limits import Crossing, first_crossing, newest_value
from forecasting.odd import FOREST, odd_by_forest, odd_by_residual
from forecasting.season import NO_SEASON, Season, find_season
from forecasting.verdict import Judged, Verdict, choose, judge_history
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats, Forecaster
    from plant.facts import Refusal
    from plant.registry import Limits
    from plant.series import Series

UNAVAILABLE = "unavailable"


class Row(msgspec.Struct, frozen=True):
    """One method.

    Attributes:
        name: The method.
        mase: Mean absolute scaled error on the folds; None where it has none.
        skill: Share of seasonal naive's error it saves; None for seasonal naive itself.
        coverage: Measured coverage, 0 to 1, by nominal level as text.
        figures: The other figures; None where it has none.
        odd_now: Whether it finds the newest value odd; None where it cannot tell.
        seconds: How long it took.
        status: `ok`, `timed out`, or a sentence that says why it failed.
        skill_interval: Where the skill lies with 90 % confidence, lower and upper end, by bootstrap; None for no skill.
        anomalies: Times (UTC milliseconds) of the steps of the folds that it finds odd; None where it cannot tell.
        tokens: Tokens that a language model read and wrote; None for other methods.
    """

    name: str
    mase: float | None
    skill: float | None
    coverage: dict[str, float]
    figures: metrics.Figures | None
    odd_now: bool | None
    seconds: float
    status: str
    skill_interval: tuple[float, float] | None = None
    anomalies: tuple[int, ...] | None = None
    tokens: int | None = None


class Agreement(msgspec.Struct, frozen=True):
    """What the methods together say about the newest value.

    Attributes:
        odd: Methods that find it odd.
        usual: Methods that do not.
        agree: Whether all that can tell say the same; None where fewer than two can.
    """

    odd: tuple[str, ...]
    usual: tuple[str, ...]
    agree: bool | None


class Shown(msgspec.Struct, frozen=True):
    """The forecast that is shown.

    Attributes:
        times: UTC milliseconds of its steps.
        median: One value a step.
        lower: Lower edge of the band by level as text.
        upper: Upper edge.
        points: Number of residuals the band rests on.
    """

    times: tuple[int, ...]
    median: tuple[float, ...]
    lower: dict[str, tuple[float, ...]]
    upper: dict[str, tuple[float, ...]]
    points: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it.

    Attributes:
        series: The regular series that was judged.
        season: What was found in it.
        folds: The folds; None where the history allows none.
        rows: One a method, in the order they ran.
        verdict: Which one is shown.
        refusal: Why none is.
        shown: The forecast, or None.
        limit: The limit it crosses first, or None.
        agreement: Whether the newest value is odd.
    """

    series: Series
    season: Season
    folds: Folds | None
    rows: tuple[Row, ...]
    verdict: Verdict
    refusal: Refusal | None = None
    shown: Shown | None = None
    limit: Crossing | None = None
    agreement: Agreement = field(default_factory=lambda: Agreement((), (), None))


def compare(
    series: Series,
    horizon: int,
    candidates: Sequence[Forecaster],
    *,
    folds: int = 5,
    levels: Sequence[int] = (80, 90),
    deadline_s: float = 30.0,
    limits: Limits | None = None,
    missing: Sequence[Row] = (),
) -> Comparison:
    """Compares candidates on one regular series.

    Args:
        series: Regular, NaN where missing, a value at its last step.
        horizon: Steps ahead.
        candidates: In the order they run; seasonal naive among them.
        folds: How many folds, where the history allows.
        levels: Nominal levels of the bands, percent.
        deadline_s: For all of them together.
        limits: Of the tag, to tell when one is crossed.
        missing: Rows of methods that were asked for and are not there.
    """
    refusal = judge_history(series, horizon)
    made = make_folds(series.values, horizon, folds) if refusal is None else None
    if made is None:
        assert refusal is not None  # a history that passes has folds
        return Comparison(series, NO_SEASON, None, tuple(missing), Verdict(None, refusal.text), refusal)
    budget = Budget(deadline_s)
    season = find_season(series.values[: made.origins[0]], series.step_ms)
    scale = metrics.scale_of(series.values[: made.origins[0]], season.steps)
    backtests = [run_backtest(one, series, made, season=season.steps, budget=budget) for one in candidates]
    table = _Table(series, made, scale, tuple(levels), backtests)
    rows = (*map(table.row, backtests), *missing, _forest_row(series, horizon))
    verdict, refusal = choose([table.judged(one) for one in backtests if table.scored(one)], BAR, season.steps)
    shown, limit = table.shown(verdict.shown, limits) if verdict.shown else (None, None)
    return Comparison(series, season, made, rows, verdict, refusal, shown, limit, _agreement(rows))


class _Table:
    """Figures of backtests on the same folds."""

    def __init__(
        self,
        series: Series,
        folds: Folds,
        scale: metrics.Scale | None,
        levels: tuple[int, ...],
        backtests: Sequence[Backtest],
    ) -> None:
        self._series = series
        self._folds = folds
        self._scale = scale
        self._levels = levels
        self._by_name = {one.name: one for one in backtests}

    def scored(self, one: Backtest) -> bool:
        """Whether it ran and something came to measure it by."""
        return one.medians is not None and self._scale is not None and bool(np.isfinite(self._folds.actual).any())

    def row(self, one: Backtest) -> Row:
        if not self.scored(one) or one.medians is None or self._scale is None:
            status = "nothing came on the folds to measure it by" if one.status == OK else one.status
            return Row(one.name, None, None, {}, None, None, one.seconds, status)
        residuals = self._folds.actual - one.medians
        mase = metrics.mase(self._folds.actual, one.medians, self._scale)
        return Row(
            one.name,
            mase,
            self._skill(one, mase),
            {str(level): share for level, share in self._held(residuals).items()},
            self._figures(one.medians, residuals, self._scale),
            odd_by_residual(residuals),
            one.seconds,
            one.status,
        )

    def judged(self, one: Backtest) -> Judged:
        assert one.medians is not None
        assert self._scale is not None
        residuals = self._folds.actual - one.medians
        errors = np.array([metrics.mae(a, m) for a, m in zip(self._folds.actual, one.medians, strict=True)])
        calibration = calibrate(residuals)
        held = self._held(residuals)
        level = max(held, default=None)
        half = calibration.half_width(level) if calibration and level else None
        return Judged(
            one.name,
            metrics.mase(self._folds.actual, one.medians, self._scale),
            errors,
            level,
            held[level] if level else None,
            2 * float(np.mean(half)) / self._own_width(level) if half is not None and level else None,
        )

    def shown(self, name: str, limits: Limits | None) -> tuple[Shown, Crossing | None]:
        one = self._by_name[name]
        assert one.medians is not None
        assert one.shown is not None
        residuals = self._folds.actual - one.medians
        calibration = calibrate(residuals)
        assert calibration is not None
        median = one.shown.median
        lower, upper = bands(calibration, median, list(self._held(residuals)))
        step, last = self._series.step_ms or 0, int(self._series.times[-1])
        times = tuple(last + step * k for k in range(1, len(median) + 1))
        shown = Shown(times, tuple(median.tolist()), _texts(lower), _texts(upper), calibration.points)
        if limits is None:
            return shown, None
        return shown, first_crossing(limits, calibration, median, times, newest_value(self._series))

    def _held(self, residuals: Floats) -> dict[int, float]:
        """Returns measured coverage by level; a level that the folds cannot measure is not shown either."""
        shares = {level: measured_coverage(residuals, level) for level in self._levels}
        return {level: share for level, share in shares.items() if share is not None}

    def _skill(self, one: Backtest, mase: float) -> float | None:
        bar = self._by_name.get(BAR)
        if one.name == BAR or bar is None or bar.medians is None or self._scale is None:
            return None
        naive = metrics.mase(self._folds.actual, bar.medians, self._scale)
        return 1 - mase / naive if naive > 0 else None

    def _figures(self, medians: Floats, residuals: Floats, scale: metrics.Scale) -> metrics.Figures:
        actual = self._folds.actual
        calibration = calibrate(residuals)
        assert calibration is not None
        losses, width = [metrics.pinball(actual, medians, 0.5)], {}
        for level in self._levels:
            half = calibration.half_width(level)
            if half is not None:
                tail = (1 - level / 100) / 2
                losses += [metrics.pinball(actual, medians - half, tail)]
                losses += [metrics.pinball(actual, medians + half, 1 - tail)]
                width[str(level)] = 2 * float(np.mean(half))
        return metrics.Figures(
            metrics.curve_figures(actual, medians),
            metrics.curve_figures((actual - scale.mean) / scale.std, (medians - scale.mean) / scale.std),
            metrics.rmsse(actual, medians, scale),
            float(np.mean(losses)),
            width,
        )

    def _own_width(self, level: int) -> float:
        """Returns the width of the band that holds `level` percent of the history; above 0."""
        good = self._series.values[np.isfinite(self._series.values)]
        tail = (1 - level / 100) / 2
        low, high = np.quantile(good, [tail, 1 - tail])
        return float(high - low) or float(np.ptp(good))


def _forest_row(series: Series, horizon: int) -> Row:
    began = time.perf_counter()
    try:
        odd, status = odd_by_forest(series.values, horizon), OK
    except BadInput as error:
        odd, status = None, error.message
    return Row(FOREST, None, None, {}, None, odd, time.perf_counter() - began, status)


def _agreement(rows: Sequence[Row]) -> Agreement:
    """Seasonal naive is the bar of forecasts and no judge of oddness: its residual repeats last season's oddness."""
    judges = [row for row in rows if row.name != BAR]
    odd = tuple(row.name for row in judges if row.odd_now is True)
    usual = tuple(row.name for row in judges if row.odd_now is False)
    return Agreement(odd, usual, not (odd and usual) if len(odd) + len(usual) > 1 else None)


def _texts(edges: dict[int, Floats]) -> dict[str, tuple[float, ...]]:
    return {str(level): tuple(edge.tolist()) for level, edge in edges.items()}
