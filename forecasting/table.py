"""The figures of backtests on the same folds: rows, what the verdict rests on, and forecasts with their bands."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from forecasting import metrics
from forecasting.backtest import OK, Backtest, Folds
from forecasting.budget import Budget, TimedOut
from forecasting.candidates import BAR
from forecasting.conformal import Calibration, calibrate_newest, half_widths, judged_by
from forecasting.figures import make_figures
from forecasting.odd import FOREST, odd_by_forest, odd_by_residual
from forecasting.rows import Row, empty_row
from forecasting.shown import Shown, make_shown, times_ahead
from forecasting.verdict import Judged
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.conformal import Flags
    from forecasting.contract import Floats
    from plant.series import Series


@dataclass(frozen=True, slots=True)
class _Missed:
    """What one candidate missed on the folds.

    Attributes:
        medians: Its medians on the scored folds, of shape (folds, horizon).
        residuals: Actual values less these, NaN where nothing came.
        earlier: Residuals of the earlier folds it ran on, of shape (m, horizon).
        newest: What the band of its shown forecast rests on.
        judges: What each scored fold is judged by.
    """

    medians: Floats
    residuals: Floats
    earlier: Floats
    newest: Calibration
    judges: list[Calibration | None]


class Table:
    """Figures of backtests on the same folds; the bar's is the first one added.

    Args:
        series: What was forecast.
        folds: Where from.
        scale: What errors are divided by.
        levels: Nominal levels of the bands, percent.

    Attributes:
        rows: One a method that was added, by name.
        judged: What the verdict rests on, of those that have figures.
        forecasts: Those from the newest step, by name.
        past: What each had forecast for the newest fold, by name.
        residuals: What each missed on all its folds, oldest first, of shape (m + folds, horizon), by name.
    """

    def __init__(self, series: Series, folds: Folds, scale: metrics.Scale, levels: Sequence[int]) -> None:
        self._series = series
        self._folds = folds
        self._scale = scale
        self._levels = tuple(levels)
        self._bar: Floats | None = None
        self.rows: dict[str, Row] = {}
        self.judged: list[Judged] = []
        self.forecasts: dict[str, Shown] = {}
        self.past: dict[str, tuple[float, ...]] = {}
        self.residuals: dict[str, Floats] = {}

    def add(self, one: Backtest) -> None:
        """Adds what one candidate did."""
        missed = self._missed(one)
        if missed is None or one.shown is None:
            status = "nothing came on the folds to measure it by" if one.status == OK else one.status
            self.rows[one.name] = empty_row(one.name, status, one.seconds)
            return
        if one.name == BAR:
            self._bar = np.abs(missed.residuals)
        self.rows[one.name] = row = self._row(one, missed, self._scale)
        self.judged.append(self._judge(row, missed))
        times = times_ahead(self._series, self._folds.horizon)
        levels = [int(level) for level in row.coverage]  # one that the folds cannot measure is not shown either
        self.forecasts[one.name] = make_shown(times, one.shown.median, missed.newest, levels)
        self.past[one.name] = tuple(missed.medians[-1].tolist())
        self.residuals[one.name] = np.concatenate([missed.earlier, missed.residuals])

    def add_forest(self, budget: Budget) -> None:
        """Adds what Isolation Forest finds odd on the steps of the folds, if there is time left."""
        began, odd, status = time.perf_counter(), None, OK
        try:
            budget.check()
            odd = odd_by_forest(self._series.values, self._folds)
        except TimedOut as error:
            status = str(error)
        except BadInput as error:
            status = error.message
        row = empty_row(FOREST, status, time.perf_counter() - began)
        if odd is not None:
            row = msgspec.structs.replace(row, odd_now=self._now(odd), anomalies=self._times_of(odd))
        self.rows[FOREST] = row

    def _now(self, odd: Flags) -> bool | None:
        """Returns whether the newest value is odd; None where it is missing."""
        return bool(odd[-1, -1]) if np.isfinite(self._folds.actual[-1, -1]) else None

    def _missed(self, one: Backtest) -> _Missed | None:
        if one.medians is None or not np.isfinite(self._folds.actual).any():
            return None
        residuals = self._folds.actual - one.medians
        earlier = np.empty((0, self._folds.horizon))
        if one.medians_earlier is not None:
            earlier = self._folds.actual_earlier - one.medians_earlier
        newest = calibrate_newest(np.concatenate([earlier, residuals]))
        assert newest is not None  # something came on the folds
        return _Missed(one.medians, residuals, earlier, newest, judged_by(residuals, earlier))

    def _row(self, one: Backtest, missed: _Missed, scale: metrics.Scale) -> Row:
        errors, skill, interval = np.abs(missed.residuals), None, None
        if one.name != BAR and self._bar is not None and np.nansum(self._bar) > 0:
            skill = 1 - float(np.nansum(errors) / np.nansum(self._bar))
            interval = metrics.skill_interval(errors, self._bar)
        halves = {level: half_widths(missed.judges, level) for level in self._levels}
        known = {level: half for level, half in halves.items() if half is not None}
        odd = odd_by_residual(missed.residuals, missed.earlier)
        return Row(
            one.name,
            metrics.mase(self._folds.actual, missed.medians, scale),
            skill,
            {str(level): metrics.coverage(missed.residuals, -half, half) for level, half in known.items()},
            make_figures(self._folds.actual, missed.medians, missed.judges, known, scale),
            None if odd is None else self._now(odd),
            one.seconds,
            one.status,
            interval,
            None if odd is None else self._times_of(odd),
            one.tokens,
        )

    def _times_of(self, odd: Flags) -> tuple[int, ...]:
        """Returns the times of steps of the folds, given as flags of shape (folds, horizon), UTC milliseconds."""
        return tuple(self._series.times[self._folds.origins[0] :][odd.ravel()].tolist())

    def _judge(self, row: Row, missed: _Missed) -> Judged:
        assert row.mase is not None
        zeros = np.zeros(self._folds.horizon)
        errors = np.array([metrics.mae(residuals, zeros) for residuals in missed.residuals])
        level = max(map(int, row.coverage), default=None)
        half = missed.newest.half_width(level) if level else None
        spread = 2 * float(np.mean(half)) / self._own_width(level) if half is not None and level else None
        return Judged(row.name, row.mase, errors, level, row.coverage[str(level)] if level else None, spread)

    def _own_width(self, level: int) -> float:
        """Returns the width of the band that holds `level` percent of the history; above 0."""
        good = self._series.values[np.isfinite(self._series.values)]
        tail = (1 - level / 100) / 2
        low, high = np.quantile(good, [tail, 1 - tail])
        return float(high - low) or float(np.ptp(good))
