"""A demoted method in words: the answer says that a better one is not shown, and why."""

from __future__ import annotations

import numpy as np
import pytest

from agents.claims import ground, unresolved
from agents.compose.forecast import forecast
from agents.compose.speech import Speech
from plant.registry import Registry
from plant.series import Series
from plant.settings import load_settings
from plant.time import HOUR
from tests.unit.agents.conftest import NOW, PARIS
from tools.forecast import compare_series
from tools.forecast_result import Question, told


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Same as the last value; demoted for its past forecasts: exponential smoothing."),
        ("fr", "Comme la dernière valeur ; écarté pour ses prévisions passées : lissage exponentiel."),
    ],
)
def test_the_answer_names_a_better_method_that_is_demoted(language: str, said: str) -> None:
    values = 5 + 0.2 * np.sin(np.arange(400) / 60) + np.random.default_rng(0).normal(0, 0.1, 400)
    times = NOW - NOW % HOUR + np.arange(-400, 0, dtype=np.int64) * HOUR
    question = Question("TT-1", "degC", 12 * HOUR)
    compared = compare_series(
        question,
        Series("TT-1", "degC", times, values, HOUR),
        settings=load_settings(),
        candidates=("smoothing",),
        demoted={"smoothing": "it was worse than seasonal-naive on 9 of its last 9 issued forecasts."},
    )
    assert compared.verdict.passed_over == ("smoothing",)
    result = told(question, compared)
    text = " ".join(forecast(result, Speech(language, PARIS, NOW, Registry())))
    assert said.removesuffix(".") in text
    assert unresolved(text, ground(result.facts, result.evidence, PARIS)) == []
