"""Forecasters, each a module; `CANDIDATES` is the registry that `--candidates` and the tests read.

What may enter: a class that keeps the contract of `forecasting/contract.py`. Its libraries are
imported when it forecasts, so naming it costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plant.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from forecasting.contract import Forecaster
    from inference.contract import LanguageModel

BAR = "seasonal-naive"
"""The candidate that others must beat; it always runs."""

LANGUAGE_MODEL = "language-model"


def _naive(_models: Sequence[LanguageModel], _samples: int) -> list[Forecaster]:
    from forecasting.candidates.naive import SeasonalNaive

    return [SeasonalNaive()]


def _smoothing(_models: Sequence[LanguageModel], _samples: int) -> list[Forecaster]:
    from forecasting.candidates.smoothing import Smoothing

    return [Smoothing()]


def _arima(_models: Sequence[LanguageModel], _samples: int) -> list[Forecaster]:
    from forecasting.candidates.arima import Arima

    return [Arima()]


def _language(models: Sequence[LanguageModel], samples: int) -> list[Forecaster]:
    from forecasting.candidates.language import LanguageForecaster

    if len(models) == 1:
        return [LanguageForecaster(models[0], samples=samples)]
    return [LanguageForecaster(model, name=f"{LANGUAGE_MODEL} {model.name}", samples=samples) for model in models]


CANDIDATES: dict[str, Callable[[Sequence[LanguageModel], int], list[Forecaster]]] = {
    BAR: _naive,
    "smoothing": _smoothing,
    "arima": _arima,
    LANGUAGE_MODEL: _language,
}
"""Makes the candidates of each name, in the order they run, from the language models and how often each is asked."""


def open_candidates(names: Sequence[str], models: Sequence[LanguageModel], *, samples: int = 1) -> list[Forecaster]:
    """Returns the candidates of some names, all for none, in the order they run; the bar is always one.

    Args:
        names: Of `CANDIDATES`.
        models: Language models, a candidate each.
        samples: How many times a language model continues each history.

    Raises:
        UsageError: For a name that is not known, with the nearest one.
    """
    for name in names:
        if name not in CANDIDATES:
            hint = did_you_mean(name, CANDIDATES) or f"There are {', '.join(CANDIDATES)}."
            raise UsageError(f"There is no candidate {name!r}.", hint=hint)
    wanted = {BAR, *names} if names else set(CANDIDATES)
    return [candidate for name, make in CANDIDATES.items() if name in wanted for candidate in make(models, samples)]
