"""The language model as a candidate: what it is sent, and what it does wrong by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from forecasting.budget import Budget, TimedOut
from forecasting.candidates.language import LanguageForecaster
from forecasting.contract import CandidateFailed
from plant.errors import ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from plant.series import Series

RAMP = np.arange(100.0)


def test_what_is_sent_is_this(series: Callable[..., Series], fake_model: Callable) -> None:
    model = fake_model("50,51,52", "60,61,62", "10,11,12")
    values = np.array([5.0, 5.1, np.nan, 4.9, 5.3, 5.2, 5.05, 4.95])
    forecast = LanguageForecaster(model).forecast(series(values), 3, season=1)
    assert model.prompts == ["30,49,x,11,86,67,39,20,"]
    options = model.options[0]
    assert (options.max_tokens, options.temperature, options.seed, options.stop) == (15, 0.7, 17, ("\n",))
    assert options.grammar == ('root ::= step ("," step){2,2}\nstep ::= number | "x"\nnumber ::= "-"? ([0-9]){1,3}\n')
    assert forecast.median == pytest.approx([5.1074, 5.1128, 5.1181], abs=0.0001)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("The value will rise", "not a number"),
        ("", "not a number"),
        ("1,2", "gave 2 of 3 values"),
        ("1,2,3,4", "gave 4 of 3 values"),
        ("1,,3", "step 2 is ''"),
        ("1,2,3.5", "not a number"),
        ("x,x,x", "gave no number at step 1"),
        ("5,5,5", "no variance"),
        ("1,2,9999999999999999", "too many digits"),
    ],
)
def test_what_models_do_wrong_is_a_failure_with_a_name(
    series: Callable[..., Series], fake_model: Callable, answer: str, reason: str
) -> None:
    with pytest.raises(CandidateFailed, match=reason):
        LanguageForecaster(fake_model(answer)).forecast(series(RAMP % 10), 3, season=1)


def test_one_bad_sample_among_good_ones_is_not_hidden(series: Callable[..., Series], fake_model: Callable) -> None:
    with pytest.raises(CandidateFailed):
        LanguageForecaster(fake_model("1,2,3", "1,2,3", "oops")).forecast(series(RAMP), 3, season=1)


def test_the_prompt_is_cut_to_the_context_from_the_old_end(series: Callable[..., Series], fake_model: Callable) -> None:
    model = fake_model("1,2,3")
    model.context_length = 100
    LanguageForecaster(model).forecast(series(RAMP), 3, season=1)
    assert len(model.prompts[0]) <= 100 - 15
    assert model.prompts[0].endswith("85,86,") or model.prompts[0].endswith("86,")


def test_a_fold_that_would_not_fit_the_time_is_not_begun(series: Callable[..., Series], fake_model: Callable) -> None:
    model = fake_model("1,2,3")
    with pytest.raises(TimedOut):
        LanguageForecaster(model).forecast_folds(series(RAMP), [90, 95], 3, season=1, budget=Budget(-1.0))
    assert not model.prompts


def test_a_model_that_went_away_is_a_failure(series: Callable[..., Series], fake_model: Callable) -> None:
    def gone(_text: str) -> str:
        raise ServiceUnavailable("Ollama at 127.0.0.1:11434 does not answer.")

    with pytest.raises(CandidateFailed, match="does not answer"):
        LanguageForecaster(fake_model(answer=gone)).forecast(series(RAMP), 3, season=1)


def test_the_real_model_gives_as_many_values_as_asked(series: Callable[..., Series]) -> None:
    from inference.models import open_model
    from plant.settings import load_settings

    model = open_model(load_settings())
    if model is None:
        pytest.skip("the language model is not in the cache: python -m inference.fetch")
    rng = np.random.default_rng(0)
    values = 5 + 0.1 * np.sin(np.arange(60) / 4) + rng.normal(0, 0.02, 60)
    forecaster = LanguageForecaster(model, samples=1)
    try:
        first = forecaster.forecast(series(values), 4, season=1)
        again = forecaster.forecast(series(values), 4, season=1)
    finally:
        model.close()
    assert first.median.shape == (4,)
    assert np.isfinite(first.median).all()
    assert np.array_equal(first.median, again.median)
