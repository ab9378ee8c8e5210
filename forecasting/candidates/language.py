"""A language model as a forecaster: digits in, digits out, never the judge.

It gets the newest steps as digits (see `forecasting/digits.py`) and continues them, `samples`
times; their median is the forecast. What models do wrong is a failure with a name: prose instead
of values, too few values, no variance, no number.

Cost is bounded: one prompt has at most `_HISTORY` steps, one answer at most the token budget of
the horizon. It stops as soon as the folds that are left cannot be done in time at its best pace.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.budget import Budget
from forecasting.contract import CandidateFailed, Floats, Forecast
from forecasting.digits import SEPARATOR, Digits, NotDigits
from inference.contract import LanguageModel, Options, PromptTooLong
from plant.errors import BadInput, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.series import Series

_HISTORY: Final = 72
_TEMPERATURE: Final = 0.7
_SEED: Final = 17


class LanguageForecaster:
    """A language model that continues digits.

    Args:
        model: The model.
        name: Its row in the table.
        samples: How many times it continues each history; three are steadier than one, and cost three times as much.
    """

    seasonal: ClassVar[bool] = False
    fills_gaps: ClassVar[bool] = False
    costly: ClassVar[bool] = True

    def __init__(self, model: LanguageModel, *, name: str = "language-model", samples: int = 3) -> None:
        self._model = model
        self._samples = samples
        self._name = name

    @property
    def name(self) -> str:
        """Its row in the table."""
        return self._name

    def minimum_length(self, season: int) -> int:  # noqa: ARG002 (the contract's; the model is told no season)
        """Eight steps, so that there is something to continue."""
        return 8

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:  # noqa: ARG002 (as above)
        """Continues the newest steps."""
        values = history.values[-_HISTORY:]
        if len(history) < self.minimum_length(1) or not np.isfinite(values).any():
            raise CandidateFailed("there is too little to continue")
        try:
            digits = Digits.fit(values)
            return self._continue(digits, values, horizon)
        except NotDigits as error:
            raise CandidateFailed(f"the model {error}") from error
        except ValueError as error:
            raise CandidateFailed(str(error)) from error
        except PromptTooLong as error:
            raise CandidateFailed("the digits do not fit the model's context") from error
        except (BadInput, ServiceUnavailable) as error:
            raise CandidateFailed(error.message) from error

    def forecast_folds(
        self, series: Series, origins: Sequence[int], horizon: int, *, season: int, budget: Budget | None = None
    ) -> list[Forecast]:
        """Forecasts each fold on its own, while all that are left can be done in time."""
        budget = budget or Budget()
        forecasts: list[Forecast] = []
        pace = 0.0
        for done, origin in enumerate(origins):
            budget.check(expected=pace * (len(origins) - done))
            began = time.perf_counter()
            forecasts.append(self.forecast(series.until(origin), horizon, season=season))
            took = time.perf_counter() - began
            pace = min(pace, took) if done else took
        return forecasts

    def _continue(self, digits: Digits, values: Floats, horizon: int) -> Forecast:
        room = digits.token_budget(horizon)
        options = Options(
            max_tokens=room,
            temperature=_TEMPERATURE,
            seed=_SEED,
            stop=("\n",),
            grammar=digits.grammar(horizon) if self._model.grammars else None,
        )
        prompt = self._prompt(digits, values, self._model.context_length - room)
        answers = self._model.continue_text(prompt, options, n=self._samples)
        samples = np.stack([digits.decode(answer.text, horizon) for answer in answers])
        known = np.isfinite(samples).any(axis=0)
        if not known.all():
            raise CandidateFailed(f"the model gave no number at step {int(np.argmin(known)) + 1}")
        if np.ptp(samples) == 0 and np.nanstd(values[-horizon:]) > digits.unit:
            raise CandidateFailed("the model repeated one value: no variance")
        return Forecast(np.nanmedian(samples, axis=0))

    def _prompt(self, digits: Digits, values: Floats, tokens: int) -> str:
        """Returns the newest steps as digits, as many as fit a number of tokens."""
        while True:
            prompt = digits.encode(values) + SEPARATOR
            if self._model.count_tokens(prompt) <= tokens or len(values) <= 8:
                return prompt
            values = values[len(values) // 4 :]
