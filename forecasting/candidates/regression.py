"""Regression on inputs: what a schedule, a set point, the calendar and other tags tell of a series.

One ridge regression for each step of the horizon (the direct method), fitted on the first origin's
history, applied from later ones, and fitted again where the history has grown by a tenth. The step k
after an origin is explained by

| from | what |
|---|---|
| its own past | the newest value, the seven before it, the values one and two seasons before the step |
| seen inputs | the four values up to the origin |
| known inputs | the value at the step, the two before it, and the one at the origin |

Values of its own past are taken relative to the newest, and so is what is explained: a regression that
learns nothing is naive. How strongly coefficients are held back is chosen once for all steps, on the newest
quarter of the history that is learnt from.

Missing values of the series and of inputs are the newest before them. An input with none before is at its
mean. A step whose own value is missing is not learnt from.

Source: ridge regression after Hoerl and Kennard (1970); direct multi-step forecasts after Marcellino,
Stock and Watson (2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.budget import Budget
from forecasting.candidates.fitted import GROWN
from forecasting.contract import CandidateFailed, Floats, Forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from forecasting.contract import Inputs
    from plant.series import Series

_CAP: Final = 2_000
"""Newest origins that are learnt from."""
_MIN_ORIGINS: Final = 24
_OWN_LAGS: Final = 8
_SEEN_LAGS: Final = 4
_KNOWN_LAGS: Final = 3
_HELD_OUT: Final = 0.25
_PENALTIES: Final = np.array([1.0, 1e-1, 1e-2, 1e-3, 1e-4])
"""Of standardised columns, per row; of equal ones the strongest is chosen."""
_ROUNDING: Final = 1e-12
"""A column that varies by less of its size does not vary."""
_TINY: Final = 1e-290  # below it, dividing by the unit overflows


class Regression:
    """Ridge regression on own past and inputs.

    Args:
        inputs: On the steps of the series that is forecast, its first row at the series' first step.
    """

    name: ClassVar[str] = "regression"
    seasonal: ClassVar[bool] = True
    fills_gaps: ClassVar[bool] = True
    costly: ClassVar[bool] = False

    def __init__(self, inputs: Inputs | None) -> None:
        self._inputs = inputs

    def minimum_length(self, season: int) -> int:
        """Two seasons, and enough origins to learn from."""
        return 2 * season + _OWN_LAGS + _MIN_ORIGINS

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:
        """Fits on the history."""
        return self.forecast_folds(history, [len(history)], horizon, season=season)[0]

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget | None = None
    ) -> list[Forecast]:
        """Fits on the first origin's history, again where it has grown, and applies the coefficients in between."""
        if self._inputs is None:
            raise CandidateFailed("there are no inputs: name some by --input, --known or --calendar")
        if len(self._inputs.known) < origins[-1] + horizon or len(self._inputs.seen) < origins[-1]:
            raise CandidateFailed("the inputs end before the forecast does")
        budget = budget or Budget()
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

        # Many small matrices: threads wait for each other longer than they compute.
        with threadpool_limits(limits=1, user_api="blas"):
            fitted, at = _fit(series.values, self._inputs, origins[0], horizon, season, budget), origins[0]
            forecasts = []
            for origin in origins:
                if origin >= GROWN * at:
                    fitted, at = _fit(series.values, self._inputs, origin, horizon, season, budget), origin
                forecasts.append(Forecast(fitted.forecast(origin)))
        return forecasts


@dataclass(frozen=True, slots=True)
class _Columns:
    """All that is known by step, gaps filled forward.

    Attributes:
        own: The series, of shape (n,); NaN before its first value.
        known: Of shape (n + horizon, n_known).
        seen: Of shape (n, n_seen).
        season: Steps; 1 for none.
    """

    own: Floats
    known: Floats
    seen: Floats
    season: int

    @property
    def first(self) -> int:
        """The first origin that has all of its past."""
        start = int(np.argmax(np.isfinite(self.own)))
        return start + max(_OWN_LAGS, 2 * self.season if self.season > 1 else 0)

    def at(self, origins: NDArray[np.int64], ahead: int) -> Floats:
        """Returns what explains the step `ahead` (from 1) after each origin, of shape (origins, columns)."""
        newest, target = origins - 1, origins - 1 + ahead
        now = self.own[newest]
        columns = [now] + [self.own[newest - lag] - now for lag in range(1, _OWN_LAGS)]
        if self.season > 1:
            back = self.season * -(-ahead // self.season)
            columns += [self.own[at] - now for at in (target - back, target - back - self.season, newest - self.season)]
        blocks = [np.column_stack(columns)]
        blocks += [self.seen[newest - lag] for lag in range(_SEEN_LAGS)]
        blocks += [self.known[target - lag] for lag in range(_KNOWN_LAGS)] + [self.known[newest]]
        return np.hstack(blocks)


@dataclass(frozen=True, slots=True)
class _Ridge:
    """Ridge regressions on the same columns, one a penalty, by one eigendecomposition.

    Attributes:
        center: Means of the columns.
        scale: Their standard deviations; infinite for one that does not vary, so that it has no weight.
        mean: Mean of what is explained.
        eigenvalues: Of the correlations of the columns.
        eigenvectors: Of the same, one a column.
        rotated: Covariance of what is explained with each eigenvector.
    """

    center: Floats
    scale: Floats
    mean: float
    eigenvalues: Floats
    eigenvectors: Floats
    rotated: Floats

    @classmethod
    def fit(cls, columns: Floats, y: Floats) -> _Ridge:
        center, scale = columns.mean(axis=0), columns.std(axis=0)
        scale = np.where(scale > _ROUNDING * np.abs(center), scale, np.inf)
        standard = (columns - center) / scale
        eigenvalues, eigenvectors = np.linalg.eigh(standard.T @ standard / len(y))
        rotated = eigenvectors.T @ (standard.T @ (y - y.mean())) / len(y)
        return cls(center, scale, float(y.mean()), eigenvalues, eigenvectors, rotated)

    def predict(self, columns: Floats, penalty: Floats) -> Floats:
        """Returns what is expected of some rows, of shape (rows, *penalty.shape)."""
        weights = self.rotated[:, None] / (self.eigenvalues[:, None] + np.atleast_1d(penalty))
        expected = self.mean + (columns - self.center) / self.scale @ (self.eigenvectors @ weights)
        return expected.reshape(len(columns), *penalty.shape)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What was fitted on one history.

    Attributes:
        columns: All that is known by step, scaled by that history.
        unit: What the series was divided by.
        ridges: One a step ahead.
        penalty: The one that was chosen, of shape ().
    """

    columns: _Columns
    unit: float
    ridges: list[_Ridge]
    penalty: Floats

    def forecast(self, origin: int) -> Floats:
        """Returns the steps after one origin: rows of several at once would be rounded otherwise than one alone."""
        at = np.array([origin])
        changes = [ridge.predict(self.columns.at(at, k), self.penalty) for k, ridge in enumerate(self.ridges, start=1)]
        return self.unit * (float(self.columns.own[origin - 1]) + np.concatenate(changes))


def _fit(values: Floats, inputs: Inputs, end: int, horizon: int, season: int, budget: Budget) -> _Fitted:
    """Fits each step on the history up to `end`, and chooses the penalty of them all on its newest quarter."""
    unit = _unit(values[:end])
    known, seen = _inputs_filled(inputs.known, end), _inputs_filled(inputs.seen, end)
    columns = _Columns(_forward_filled(values / unit), known, seen, season)
    targets = values[:end] / unit
    origins = np.arange(max(columns.first, end - _CAP), end)
    split = end - int(_HELD_OUT * len(origins))
    ridges, losses = [], np.zeros(len(_PENALTIES))
    for ahead in range(1, horizon + 1):
        budget.check()
        learnt = origins[origins - 1 + ahead < end]
        learnt = learnt[np.isfinite(targets[learnt - 1 + ahead])]
        if len(learnt) < _MIN_ORIGINS:
            raise CandidateFailed(f"needs {_MIN_ORIGINS} origins to learn from, has {len(learnt)}")
        x, y = columns.at(learnt, ahead), targets[learnt - 1 + ahead] - columns.own[learnt - 1]
        ridges.append(_Ridge.fit(x, y))
        early, late = learnt - 1 + ahead < split, learnt > split
        if np.count_nonzero(early) >= _MIN_ORIGINS // 2:
            errors = y[late, None] - _Ridge.fit(x[early], y[early]).predict(x[late], _PENALTIES)
            losses += np.sum(errors**2, axis=0)
    return _Fitted(columns, unit, ridges, _PENALTIES[np.argmin(losses)])


def _unit(values: Floats) -> float:
    """Returns the largest magnitude; the regression wants values near 1."""
    good = np.abs(values[np.isfinite(values)])
    if not len(good):
        raise CandidateFailed("has no value to learn from")
    unit = float(good.max())
    if not _TINY < unit < 1 / _TINY:
        raise CandidateFailed("the values are too large or too small to compute with")
    return unit


def _forward_filled(values: Floats) -> Floats:
    """Returns values with each gap at the newest value before it; NaN before the first."""
    newest = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), -1))
    return np.where(newest >= 0, values[newest], np.nan)


def _inputs_filled(block: Floats, first: int) -> Floats:
    """Fills inputs forward, each scaled by its first `first` values; before its first one it is at their mean, 0.

    What is too large to compute with counts as missing.
    """
    columns = np.zeros(block.shape)
    for k, column in enumerate(np.where(np.abs(block) < 1 / _TINY, block, np.nan).T):
        good = column[:first][np.isfinite(column[:first])]
        if len(good) and np.ptp(good) > 0:
            columns[:, k] = np.nan_to_num((_forward_filled(column) - good.mean()) / np.ptp(good))
    return columns
