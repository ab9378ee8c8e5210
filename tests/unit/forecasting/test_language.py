"""The language model as a candidate: what it is sent, and what it does wrong by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from forecasting.budget import Budget, TimedOut
from forecasting.candidates.language import LanguageForecaster, language_forecasters
from forecasting.contract import CandidateFailed
from forecasting.prompts import FORMS
from plant.errors import BadInput, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from plant.series import Series

RAMP = np.arange(100.0)
GAPPY = np.array([5.0, 5.1, np.nan, 4.9, 5.3, -5.2, 5.05, 4.95])
NUMBER = {"anyOf": [{"type": "integer", "minimum": -999, "maximum": 999}, {"type": "null"}]}


def dated(*pairs: tuple[str, Any]) -> str:
    return json.dumps([{"time": time, "value": value} for time, value in pairs])


def test_what_is_sent_as_digits_is_this(series: Callable[..., Series], fake_model: Callable) -> None:
    model = fake_model("[50,51,52]", "[60,61,null]", "[10,-11,12]")
    forecast = LanguageForecaster(model, samples=3).forecast(series(GAPPY), 3, season=1)
    assert model.prompts == ["[83,84,null,82,85,11,83,83]\n"]
    options = model.options[0]
    assert (options.max_tokens, options.temperature, options.seed, options.stop) == (16, 0.7, 17, ())
    assert options.schema == {"type": "array", "items": NUMBER, "minItems": 3, "maxItems": 3}
    unit = (5.288 - -6.7732) / 85  # from 15 % below the lowest to the 99 % quantile
    assert forecast.median == pytest.approx(-6.7732 + unit * np.array([50, 51, 32]), abs=0.001)
    assert forecast.tokens == 28 + 10 + 12 + 11


def test_what_is_sent_as_json_is_this(series: Callable[..., Series], fake_model: Callable) -> None:
    answer = dated(("1970-01-01T08:00", 50), ("1970-01-01T09:00", None), ("1970-01-01T10:00", -7))
    other = dated(("1970-01-01T08:00", 52), ("1970-01-01T09:00", 11), ("1970-01-01T10:00", -7))
    model = fake_model(answer, other)
    forecast = LanguageForecaster(model, samples=2, form="json").forecast(series(GAPPY), 3, season=1)
    assert model.prompts[0] == (
        '[{"time":"1970-01-01T00:00","value":83},{"time":"1970-01-01T01:00","value":84},'
        '{"time":"1970-01-01T02:00","value":null},{"time":"1970-01-01T03:00","value":82},'
        '{"time":"1970-01-01T04:00","value":85},{"time":"1970-01-01T05:00","value":11},'
        '{"time":"1970-01-01T06:00","value":83},{"time":"1970-01-01T07:00","value":83}]\n'
    )
    steps = model.options[0].schema["prefixItems"]
    assert [step["properties"]["time"]["const"] for step in steps] == [
        "1970-01-01T08:00",
        "1970-01-01T09:00",
        "1970-01-01T10:00",
    ]
    assert {str(step["properties"]["value"]) for step in steps} == {str(NUMBER)}
    assert forecast.median[1] == pytest.approx(-6.7732 + 11 * 12.0612 / 85, abs=0.001)


@pytest.mark.parametrize(
    ("form", "prompt"),
    [
        ("digits", "[0,0,0,0,0,0,0,0]\n"),
        ("json", "[" + ",".join(f'{{"time":"1970-01-01T0{at}:00","value":0}}' for at in range(8)) + "]\n"),
    ],
)
def test_a_constant_is_sent_as_zeros(
    series: Callable[..., Series], fake_model: Callable, form: str, prompt: str
) -> None:
    model = fake_model(FORMS[form](series(np.full(8, 5.0))).write(np.full(3, 5.0)))
    forecast = LanguageForecaster(model, form=form).forecast(series(np.full(8, 5.0)), 3, season=1)
    assert model.prompts == [prompt]
    assert forecast.median.tolist() == [5.0, 5.0, 5.0]


def test_times_that_are_no_whole_minutes_are_written_to_the_second(series: Callable[..., Series]) -> None:
    assert FORMS["json"](series(RAMP, step_ms=90_000)).write(RAMP[:1]) == '[{"time":"1970-01-01T02:30:00","value":11}]'


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("The value will rise", "prose instead of values: 'The value will rise'"),
        ("", "prose instead of values: ''"),
        ("[1,2", "a list that is none of values"),
        ("[1,,3]", "a list that is none of values"),
        ("[1,2,3.5]", "a list that is none of values"),
        ("[1,2]", "gave 2 values where 3 were asked for"),
        ("[1,2,3,4]", "gave 4 values where 3 were asked for"),
        ("[null,null,null]", "gave no number at step 1"),
        ("[5,5,5]", "no variance"),
        ("[1,2,9999999999999999]", "gave '9999999999999999' at step 3"),
    ],
)
def test_what_models_do_wrong_is_a_failure_with_a_name(
    series: Callable[..., Series], fake_model: Callable, answer: str, reason: str
) -> None:
    with pytest.raises(CandidateFailed, match=reason):
        LanguageForecaster(fake_model(answer)).forecast(series(RAMP % 10), 3, season=1)


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        (("1970-01-01T08:00", "1970-02-30T09:00"), "dated step 2 '1970-02-30T09:00', which is no date"),
        (("1970-01-01T08:00", "1970-01-01T10:00"), "dated step 2 '1970-01-01T10:00', instead of 1970-01-01T09:00"),
        (("tomorrow", "1970-01-01T09:00"), "dated step 1 'tomorrow', which is no date"),
        (("1970-01-01T08:00",), "gave 1 values where 2 were asked for"),
    ],
)
def test_a_wrong_date_is_a_failure_with_a_name(
    series: Callable[..., Series], fake_model: Callable, times: tuple[str, ...], reason: str
) -> None:
    model = fake_model(dated(*((time, 50) for time in times)))
    with pytest.raises(CandidateFailed, match=reason):
        LanguageForecaster(model, form="json").forecast(series(GAPPY), 2, season=1)


def test_a_form_that_was_cut_is_a_failure(series: Callable[..., Series], fake_model: Callable) -> None:
    def cut(_text: str) -> str:
        raise BadInput("The model did not come to the end of its form in 16 tokens.")

    with pytest.raises(CandidateFailed, match="did not come to the end"):
        LanguageForecaster(fake_model(answer=cut)).forecast(series(RAMP), 3, season=1)


def test_one_bad_sample_among_good_ones_is_not_hidden(series: Callable[..., Series], fake_model: Callable) -> None:
    with pytest.raises(CandidateFailed):
        LanguageForecaster(fake_model("[1,2,3]", "[1,2,3]", "oops"), samples=3).forecast(series(RAMP), 3, season=1)


def test_the_prompt_is_cut_to_the_context_from_the_old_end(series: Callable[..., Series], fake_model: Callable) -> None:
    model = fake_model("[1,2,3]")
    model.context_length = 100
    LanguageForecaster(model).forecast(series(RAMP), 3, season=1)
    assert len(model.prompts[0]) <= 100 - 16
    assert model.prompts[0].endswith(",86]\n")


def test_folds_that_do_not_fit_the_time_are_not_begun(series: Callable[..., Series], fake_model: Callable) -> None:
    model = fake_model("[1,2,3]")
    with pytest.raises(TimedOut, match=r"^timed out$"):
        LanguageForecaster(model).forecast_folds(series(RAMP), [90, 95], 3, season=1, budget=Budget(-1.0))
    assert not model.prompts


def test_who_cannot_do_the_rest_in_time_stops_and_says_how_far_it_got(
    series: Callable[..., Series], fake_model: Callable
) -> None:
    now = iter([0.0, 0.0, 0.0, 100.0])
    budget = Budget(10.0, clock=lambda: next(now))
    model = fake_model("[1,2,3]")
    with pytest.raises(TimedOut, match=r"^timed out: 1 of 3 forecasts at \d+\.\d s each$"):
        LanguageForecaster(model).forecast_folds(series(RAMP), [80, 90, 95], 3, season=1, budget=budget)
    assert len(model.prompts) == 1


def test_a_model_that_went_away_is_a_failure(series: Callable[..., Series], fake_model: Callable) -> None:
    def gone(_text: str) -> str:
        raise ServiceUnavailable("Ollama at 127.0.0.1:11434 does not answer.")

    with pytest.raises(CandidateFailed, match="does not answer"):
        LanguageForecaster(fake_model(answer=gone)).forecast(series(RAMP), 3, season=1)


def test_models_have_rows_of_their_own_also_when_they_have_one_name(fake_model: Callable) -> None:
    models = [fake_model(), fake_model(), fake_model()]
    models[1].name = "fake+pumps"
    assert [one.name for one in language_forecasters(models[:1], samples=1, form="digits")] == ["language-model"]
    assert [one.name for one in language_forecasters(models, samples=1, form="digits")] == [
        "language-model fake",
        "language-model fake+pumps",
        "language-model fake (2)",
    ]


@pytest.mark.parametrize("form", FORMS)
def test_the_real_model_gives_as_many_values_as_asked(series: Callable[..., Series], form: str) -> None:
    from inference.models import open_model
    from plant.settings import load_settings

    model = open_model(load_settings())
    if model is None:
        pytest.skip("the language model is not in the cache: python -m inference.fetch")
    rng = np.random.default_rng(0)
    values = -5 + 0.1 * np.sin(np.arange(10) / 4) + rng.normal(0, 0.02, 10)
    forecaster = LanguageForecaster(model, form=form)
    try:
        first = forecaster.forecast(series(values), 2, season=1)
        again = forecaster.forecast(series(values), 2, season=1)
    finally:
        model.close()
    assert first.median.shape == (2,)
    assert np.isfinite(first.median).all()
    assert np.array_equal(first.median, again.median)
    assert first.tokens
    assert first.tokens == again.tokens
