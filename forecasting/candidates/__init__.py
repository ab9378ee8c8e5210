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
        form: How histories are written for it, of `forecasting.prompts.FORMS`.
        inputs: What may help besides the series' own past; None for nothing.
        weights: Folders of foundation models on this disk, by name.
    """

    models: Sequence[LanguageModel] = ()
    samples: int = 1
    form: str = "digits"
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


def _lstm(_means: Means) -> list[Forecaster]:
    from forecasting.candidates.recurrent import Recurrent

    return [Recurrent()]


def _chronos2(means: Means) -> list[Forecaster]:
    from forecasting.candidates.foundation import Chronos2

    return [Chronos2(means.weights.get("chronos-2"))]


def _tirex(means: Means) -> list[Forecaster]:
    from forecasting.candidates.foundation import TiRex

    return [TiRex(means.weights.get("tirex"))]


def _timesfm(means: Means) -> list[Forecaster]:
    from forecasting.candidates.foundation import TimesFm

    return [TimesFm(means.weights.get("timesfm"))]


def _language(means: Means) -> list[Forecaster]:
    from forecasting.candidates.language import language_forecasters

    return [*language_forecasters(means.models, samples=means.samples, form=means.form)]


CANDIDATES: dict[str, Callable[[Means], list[Forecaster]]] = {
    BAR: _seasonal_naive,
    "naive": _naive,
    "drift": _drift,
    "smoothing": _smoothing,
    "theta": _theta,
    "arima": _arima,
    "mstl": _mstl,
    "regression": _regression,
    "lstm": _lstm,
    "chronos-2": _chronos2,
    "tirex": _tirex,
    "timesfm": _timesfm,
    LANGUAGE_MODEL: _language,
}
"""Makes the candidates of each name from their means, in the order they run."""

DEFAULT: Final = (BAR, "naive", "drift", "smoothing", "theta", "arima", "mstl", LANGUAGE_MODEL)
"""Those that run where nobody names any; with inputs `regression` too, and foundation models that have weights.

All statistical ones together take less than two seconds of a processor at 2,000 hourly points. Chosen by the folds and
measured on the 24 steps after them (MASE, 58 series), the whole set had 0.774, without naive and drift 0.784, arima and
mstl alone 0.764: the others pay little where an ARIMA fits, and are there for where it does not, and for the ensemble.
An LSTM is left out: it takes longer than all of them together.
"""


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
