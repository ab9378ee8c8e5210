"""The median ensemble: what the statistical methods say together, step by step.

It is made of backtests that ran, on the same folds, and costs nothing of its own. Its members are methods of
different kinds that each model level and season; the naive family is none of them (it is what they are measured by,
and several copies of the past would outvote them), nor is a language model or a neural network.

Source: a median or mean of a few simple methods was among the best of the M competitions; Petropoulos and
Svetunkov, "A simple combination of univariate models" (International Journal of Forecasting, 2020).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.backtest import OK, Backtest
from forecasting.contract import Forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

ENSEMBLE: Final = "ensemble"
"""Its row in the table."""

MEMBERS: Final = frozenset({"smoothing", "arima", "theta", "mstl", "regression"})
"""Candidates that take part where they ran."""


def median_ensemble(backtests: Sequence[Backtest]) -> Backtest:
    """Returns the backtest of the median over members that ran; its seconds are the sum of theirs."""
    members = [one for one in backtests if one.name in MEMBERS]
    seconds = sum(one.seconds for one in members)
    ran = [one for one in members if one.medians is not None and one.shown is not None]
    if len(ran) < 2:
        return Backtest(ENSEMBLE, f"needs two of its members, {len(ran)} ran", seconds)
    medians = np.median([one.medians for one in ran if one.medians is not None], axis=0)
    shown = np.median([one.shown.median for one in ran if one.shown is not None], axis=0)
    earlier = [one.medians_earlier for one in ran if one.medians_earlier is not None]
    return Backtest(
        ENSEMBLE,
        OK,
        seconds,
        medians,
        Forecast(shown),
        np.median(earlier, axis=0) if len(earlier) == len(ran) else None,
    )
