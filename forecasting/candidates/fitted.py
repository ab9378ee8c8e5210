"""The base of methods that are fitted on the first origin's history, and applied from later ones.

Cheap ones are fitted again where the history has grown by a tenth since: the parameters of a short history are
uncertain. A long one is fitted once or twice, and that is what makes a comparison a matter of seconds; what it costs
in accuracy is in docs/forecasting.md.

The base keeps what such methods share: lengths, scaling (searches for parameters want values near 1, wherever zero and
unit of a tag are), and one thread. A method gives `fit`, which returns how to go on from any history.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.budget import Budget
from forecasting.contract import CandidateFailed, Floats, Forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.series import Series

Continue = Callable[[Floats, int], Floats]
"""Continues a history, of shape (n,), scaled and NaN where missing, by a number of steps."""

_MIN_LENGTH: Final = 16
_MIN_VALUES: Final = 10
GROWN: Final = 1.1
"""Parameters are fitted again where the history has grown by so much since."""
_TINY: Final = 1e-290  # below it, dividing by the spread overflows


class Fitted(ABC):
    """A method whose parameters are fitted on one history and applied to later ones."""

    name: ClassVar[str]
    seasonal: ClassVar[bool] = True
    fills_gaps: ClassVar[bool] = True
    costly: ClassVar[bool] = False

    def minimum_length(self, season: int) -> int:
        """Two seasons, and sixteen steps."""
        return max(2 * season, _MIN_LENGTH)

    @abstractmethod
    def fit(self, history: Floats, season: int, budget: Budget) -> Continue:
        """Fits on a history, of shape (n,), scaled and NaN where missing; may raise `CandidateFailed`.

        What it returns gets histories that begin where this one does, on the same scale.
        """

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:
        """Fits on the history and continues it."""
        return self.forecast_folds(history, [len(history)], horizon, season=season)[0]

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget | None = None
    ) -> list[Forecast]:
        """Fits on the first origin's history, again where it has grown, and continues the history of each."""
        budget = budget or Budget()
        budget.check()
        first = series.values[: origins[0]]
        needed = self.minimum_length(season)
        if len(first) < needed:
            raise CandidateFailed(f"needs {needed} steps, has {len(first)}")
        scale = _Scale.of(first)
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

        # Many small matrices: threads wait for each other longer than they compute.
        with threadpool_limits(limits=1, user_api="blas"):
            proceed, fitted = self.fit(scale.scaled(first), season, budget), len(first)
            forecasts = []
            for origin in origins:
                budget.check()
                history = scale.scaled(series.values[:origin])
                if origin >= GROWN * fitted and not self.costly:
                    proceed, fitted = self.fit(history, season, budget), origin
                forecasts.append(Forecast(scale.raw(proceed(history, horizon))))
        return forecasts


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where the values of a history lie, and how far they spread."""

    center: float
    spread: float

    @classmethod
    def of(cls, values: Floats) -> _Scale:
        good = values[np.isfinite(values)]
        if len(good) < _MIN_VALUES:
            raise CandidateFailed(f"needs {_MIN_VALUES} steps with a value, has {len(good)}")
        center = float(np.median(good))
        with np.errstate(over="ignore"):
            spread = float(np.max(np.abs(good - center)))
        if spread == 0:
            raise CandidateFailed("the values do not vary")
        if not np.isfinite(spread) or spread < _TINY:
            raise CandidateFailed("the values are too large or too small to compute with")
        return cls(center, spread)

    def scaled(self, values: Floats) -> Floats:
        """Returns values near 1, and NaN for each that is not a number."""
        return (np.where(np.isfinite(values), values, np.nan) - self.center) / self.spread

    def raw(self, values: Floats) -> Floats:
        return self.center + self.spread * values
