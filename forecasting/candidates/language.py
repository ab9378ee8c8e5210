"""A language model as a forecaster: whole numbers in, whole numbers out, never the judge.

It gets the newest steps in one of the forms of `forecasting/prompts.py` and continues them, `samples`
times; their median is the forecast. What models do wrong is a failure with a name: prose instead of
values, too few or too many, an impossible date, no variance, no number, no room in the context, no time.

Cost is bounded: a prompt has at most `CONTEXT` steps, an answer at most the tokens of the widest one
allowed. It stops as soon as the folds that are left cannot be done in time at its best pace, and says
how far it got. One sample or several, short or long context: the folds get what the shown forecast gets.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from forecasting.budget import TIMED_OUT, Budget, TimedOut
from forecasting.candidates import LANGUAGE_MODEL
from forecasting.contract import CandidateFailed, Forecast
from forecasting.prompts import CONTEXT, FORMS, BadAnswer, newest
from inference.contract import LanguageModel, Options, OutOfTime, PromptTooLong
from plant.errors import BadInput, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats
    from forecasting.prompts import Prompt
    from plant.series import Series

_FEWEST: Final = 8
"""The fewest steps that there is something to continue in."""

_SPACE: Final = 8
"""Tokens a step, and three times at the end, for spaces: where no grammar forbids them, Ollama lets models write up to
22 at a place, and small ones do."""

_TEMPERATURE: Final = 0.7
_SEED: Final = 17


class LanguageForecaster:
    """A language model that continues a series.

    Args:
        model: The model.
        name: Its row in the table.
        samples: How many times it continues each history.
        form: How series are written for it, a name of `FORMS`.
    """

    seasonal: ClassVar[bool] = False
    fills_gaps: ClassVar[bool] = False
    costly: ClassVar[bool] = True

    def __init__(
        self, model: LanguageModel, *, name: str = LANGUAGE_MODEL, samples: int = 1, form: str = "digits"
    ) -> None:
        self._model = model
        self._samples = samples
        self._form = FORMS[form]
        self._name = name

    @property
    def name(self) -> str:
        """Its row in the table."""
        return self._name

    def minimum_length(self, season: int) -> int:  # noqa: ARG002 (the contract's; the model is told no season)
        """Eight steps, so that there is something to continue."""
        return _FEWEST

    def forecast(self, history: Series, horizon: int, *, season: int) -> Forecast:  # noqa: ARG002 (as above)
        """Continues the newest steps."""
        return self._forecast(history, horizon, math.inf)

    def forecast_folds(
        self,
        series: Series,
        origins: Sequence[int],
        horizon: int,
        *,
        season: int,  # noqa: ARG002 (as above)
        budget: Budget | None = None,
    ) -> list[Forecast]:
        """Forecasts each fold on its own, while all that are left can be done in time."""
        budget = budget or Budget()
        forecasts: list[Forecast] = []
        pace = 0.0
        for done, origin in enumerate(origins):
            began = time.perf_counter()
            try:
                budget.check(expected=pace * (len(origins) - done))
                forecasts.append(self._forecast(series.until(origin), horizon, budget.left))
            except TimedOut as error:
                told = f": {done} of {len(origins)} forecasts at {pace:.1f} s each" if done else ""
                raise TimedOut(f"{TIMED_OUT}{told}") from error
            took = time.perf_counter() - began
            pace = min(pace, took) if done else took
        return forecasts

    def _forecast(self, history: Series, horizon: int, seconds: float) -> Forecast:
        recent = newest(history, CONTEXT)
        if len(recent) < _FEWEST or not np.isfinite(recent.values).any():
            raise CandidateFailed("there is too little to continue")
        try:
            return self._continue(self._form(recent), recent.values, horizon, seconds)
        except OutOfTime as error:
            raise TimedOut(TIMED_OUT) from error
        except BadAnswer as error:
            raise CandidateFailed(f"the model {error}") from error
        except ValueError as error:
            raise CandidateFailed(str(error)) from error
        except PromptTooLong as error:
            raise CandidateFailed("the history does not fit the model's context") from error
        except (BadInput, ServiceUnavailable) as error:
            raise CandidateFailed(error.message) from error

    def _continue(self, prompt: Prompt, values: Floats, horizon: int, seconds: float) -> Forecast:
        room = self._model.count_tokens(prompt.widest(horizon))
        if not self._model.grammars:
            room += _SPACE * (horizon + 3)
        options = Options(
            max_tokens=room,
            temperature=_TEMPERATURE,
            seed=_SEED,
            schema=prompt.schema(horizon),
            seconds=seconds,
        )
        text = self._fitting(prompt, len(values), self._model.context_length - room)
        answers = self._model.continue_text(text, options, n=self._samples)
        samples = np.stack([prompt.read(answer.text, horizon) for answer in answers])
        known = np.isfinite(samples).any(axis=0)
        if not known.all():
            raise CandidateFailed(f"the model gave no number at step {int(np.argmin(known)) + 1}")
        if np.ptp(samples) == 0 and np.std(values[np.isfinite(values)][-horizon:]) > prompt.digits.unit:
            raise CandidateFailed("the model repeated one value: no variance")
        # The prompt is read once for all samples.
        tokens = max(answer.prompt_tokens for answer in answers) + sum(answer.tokens for answer in answers)
        return Forecast(np.nanmedian(samples, axis=0), tokens=tokens)

    def _fitting(self, prompt: Prompt, steps: int, tokens: int) -> str:
        """Returns the newest steps as text, as many as fit a number of tokens."""
        while True:
            text = prompt.text(steps)
            if self._model.count_tokens(text) <= tokens or steps <= _FEWEST:
                return text
            steps = max(_FEWEST, steps - max(1, steps // 4))


def language_forecasters(models: Sequence[LanguageModel], *, samples: int, form: str) -> list[LanguageForecaster]:
    """Returns a candidate for each model: one alone is `language-model`, several have the models' names too.

    Two models of one name, such as two files called `model.gguf`, are told apart by a number.
    """
    if len(models) == 1:
        return [LanguageForecaster(models[0], samples=samples, form=form)]
    seen: Counter[str] = Counter()
    forecasters = []
    for model in models:
        seen[model.name] += 1
        number = f" ({seen[model.name]})" if seen[model.name] > 1 else ""
        name = f"{LANGUAGE_MODEL} {model.name}{number}"
        forecasters.append(LanguageForecaster(model, name=name, samples=samples, form=form))
    return forecasters
