"""The figures of backtests on the same folds: rows, what the verdict rests on, and forecasts with their bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecasting import metrics
from forecasting.backtest import OK, Backtest, Folds
from forecasting.candidates import BAR
from forecasting.conformal import Calibration, calibrate, measured_coverage
from forecasting.odd import odd_by_residual
from forecasting.rows import Row, empty_row
from forecasting.shown import Shown, make_shown, times_ahead
from forecasting.verdict import Judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats
    from plant.series import Series


class Table:
    """Figures of backtests on the same folds; the bar's is the first one added.

    Args:
        series: What was forecast.
        folds: Where from.
        scale: What errors are divided by; None where the first training part does not vary.
        levels: Nominal levels of the bands, percent.
    """

    def __init__(self, series: Series, folds: Folds, scale: metrics.Scale | None, levels: Sequence[int]) -> None:
        self._series = series
        self._folds = folds
        self._scale = scale
        self._levels = tuple(levels)
        self._backtests: dict[str, Backtest] = {}
        self.rows: dict[str, Row] = {}
        self.judged: list[Judged] = []
        self.forecasts: dict[str, Shown] = {}
        self.past: dict[str, tuple[float, ...]] = {}

    def add(self, one: Backtest) -> None:
        """Adds what one candidate did."""
        self._backtests[one.name] = one
        if one.medians is None or self._scale is None or not np.isfinite(self._folds.actual).any():
            status = "nothing came on the folds to measure it by" if one.status == OK else one.status
            self.rows[one.name] = empty_row(one.name, status, one.seconds)
            return
        residuals = self._folds.actual - one.medians
        mase = metrics.mase(self._folds.actual, one.medians, self._scale)
        held = self._held(residuals)
        self.rows[one.name] = Row(
            one.name,
            mase,
            self._skill(one, mase),
            {str(level): share for level, share in held.items()},
            self._figures(one.medians, residuals, self._scale),
            odd_by_residual(residuals),
            one.seconds,
            one.status,
        )
        self.judged.append(self._judge(one, residuals, mase, held))
        assert one.shown is not None
        calibration = self.calibration(one.name)
        self.past[one.name] = tuple(one.medians[-1].tolist())
        times = times_ahead(self._series, self._folds.horizon)
        self.forecasts[one.name] = make_shown(times, one.shown.median, calibration, list(held))

    def calibration(self, name: str) -> Calibration:
        """Returns what the band of a candidate that ran rests on."""
        medians = self._backtests[name].medians
        assert medians is not None
        calibration = calibrate(self._folds.actual - medians)
        assert calibration is not None
        return calibration

    def _judge(self, one: Backtest, residuals: Floats, mase: float, held: dict[int, float]) -> Judged:
        errors = np.array([metrics.mae(row, np.zeros_like(row)) for row in residuals])
        level = max(held, default=None)
        half = self.calibration(one.name).half_width(level) if level else None
        spread = 2 * float(np.mean(half)) / self._own_width(level) if half is not None and level else None
        return Judged(one.name, mase, errors, level, held[level] if level else None, spread)

    def _held(self, residuals: Floats) -> dict[int, float]:
        """Returns measured coverage by level; a level that the folds cannot measure is not shown either."""
        shares = {level: measured_coverage(residuals, level) for level in self._levels}
        return {level: share for level, share in shares.items() if share is not None}

    def _skill(self, one: Backtest, mase: float) -> float | None:
        bar = self.rows.get(BAR)
        return None if one.name == BAR or bar is None or not bar.mase else 1 - mase / bar.mase

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
