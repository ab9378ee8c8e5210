"""Forecasters, each a module; `CANDIDATES` is the registry that `--candidates` and the tests read.

What may enter: a class that keeps the contract of `forecasting/contract.py`. Its libraries are
imported when it forecasts, so naming it costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from plant.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from forecasting.contract import Forecaster, Inputs
    from inference.contract import LanguageModel

BAR = "seasonal-naive"
"""The candidate that others must beat; it always runs."""

LANGUAGE_MODEL = "language-model"


@dataclass(frozen=True, slots=True)
class Means:
    """What candidates are made from; one that lacks its means is not made.

    Attributes:
        models: Language models, a candidate each.
        samples: How many times a language model continues each history.
        inputs: What may help besides the series' own past; None for nothing.
        weights: Folders of foundation models on this disk, by name.
    """

    models: Sequence[LanguageModel] = ()
    samples: int = 1
    inputs: Inputs | None = None
    weights: Mapping[str, Path] = field(default_factory=dict)


def _seasonal_naive(_means: Means) -> list[Forecaster]:
    from forecasting.candidates.naive import SeasonalNaive

    return [SeasonalNaive()]


def _naive(_means: Means) -> list[Forecaster]:
    from forecasting.candidates.naive import Naive

    return [Naive()]


def _drift(_means: Means) -> list[Forecaster]:
    from forecasting.candidates.drift import Drift

    return [Drift()]


def _smoothing(_means: Means) -> list[Forecaster]:
    from forecasting.candidates.smoothing import Smoothing

    return [Smoothing()]


def _arima(_means: Means) -> list[Forecaster]:
    from forecasting.candidates.arima import Arima

    return [Arima()]


def _theta(_means: Means) -> list[Forecaster]:
    from forecasting.candidates.theta import Theta

    return [Theta()]


def _mstl(_means: Means) -> list[Forecaster]:
    from forecasting.candidates.mstl import Mstl

    return [Mstl()]


def _regression(means: Means) -> list[Forecaster]:
    from forecasting.candidates.regression import Regression

    return [Regression(means.inputs)]


def _language(means: Means) -> list[Forecaster]:
    from forecasting.candidates.language import LanguageForecaster

    if len(means.models) == 1:
        return [LanguageForecaster(means.models[0], samples=means.samples)]
    return [
        LanguageForecaster(model, name=f"{LANGUAGE_MODEL} {model.name}", samples=means.samples)
        for model in means.models
    ]


CANDIDATES: dict[str, Callable[[Means], list[Forecaster]]] = {
    BAR: _seasonal_naive,
    "naive": _naive,
    "drift": _drift,
    "smoothing": _smoothing,
    "theta": _theta,
    "arima": _arima,
    "mstl": _mstl,
    "regression": _regression,
    LANGUAGE_MODEL: _language,
}
"""Makes the candidates of each name from their means, in the order they run."""

DEFAULT: Final = (BAR, "naive", "drift", "smoothing", "theta", "arima", "mstl", LANGUAGE_MODEL)
"""Those that run where nobody names any; with inputs `regression` too, and foundation models that have weights."""


def open_candidates(names: Sequence[str], means: Means | None = None) -> list[Forecaster]:
    """Returns the candidates of some names, `DEFAULT` for none, in the order they run; the bar is always one.

    Args:
        names: Of `CANDIDATES`.
        means: What they are made from.

    Raises:
        UsageError: For a name that is not known, with the nearest one.
    """
    for name in names:
        if name not in CANDIDATES:
            hint = did_you_mean(name, CANDIDATES) or f"There are {', '.join(CANDIDATES)}."
            raise UsageError(f"There is no candidate {name!r}.", hint=hint)
    means = means or Means()
    usual = (*DEFAULT, *(("regression",) if means.inputs else ()), *means.weights)
    wanted = {BAR, *(names or usual)}
    return [candidate for name, make in CANDIDATES.items() if name in wanted for candidate in make(means)]
