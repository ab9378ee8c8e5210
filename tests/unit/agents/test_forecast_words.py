"""Forecasts in words: methods beside each other, limits, which tags may cross one, a first estimate, odd horizons."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from agents.assistant import GraphAssistant
from agents.claims import ground, unresolved
from agents.compose.crossings import crossings, so_far
from agents.compose.forecast import first_estimate, forecast
from agents.compose.methods import comparison, method_name
from agents.compose.speech import Speech
from agents.contract import Estimate, Piece, Route
from agents.desk import Desk
from agents.memory_file import MemoryFile
from agents.plan import asks_comparison, make_plan
from agents.route import router
from forecasting.candidates import CANDIDATES
from plant.facts import Refusal, RefusalCode
from plant.registry import Limits, Registry, Sensor
from plant.series import Series
from plant.settings import load_settings
from plant.time import HOUR
from tests.unit.agents.conftest import NOW, PARIS
from tests.unit.agents.fakes import FakeToolbox, coming
from tools.contract import CrossingsInput, ForecastInput
from tools.crossings import CrossingsTool
from tools.forecast import compare_series
from tools.forecast_result import Question, told

if TYPE_CHECKING:
    from forecasting.comparison import Comparison

TAG = "CW-100.TT-02"


@pytest.fixture(scope="module")
def compared() -> Comparison:
    values = 5 + np.sin(2 * np.pi * np.arange(480) / 24) + np.random.default_rng(0).normal(0, 0.2, 480)
    times = NOW - 480 * HOUR + np.arange(480, dtype=np.int64) * HOUR
    series = Series(TAG, "degC", times - times[0] % HOUR, values, HOUR)
    settings = load_settings()
    return compare_series(
        Question(TAG, "degC", 24 * HOUR), series, settings=settings, candidates=("naive", "smoothing")
    )


def grounded(sentences: list[str], result: Any) -> str:
    text = " ".join(sentences)
    assert unresolved(text, ground(result.facts, result.evidence, PARIS)) == []
    return text


def with_rows(compared: Comparison, *rows: dict[str, Any]) -> Comparison:
    """Returns a comparison with more rows, each like that of `naive` but for some values."""
    like = next(row for row in compared.rows if row.name == "naive")
    return replace(compared, rows=(*compared.rows, *(msgspec.structs.replace(like, **row) for row in rows)))


def test_methods_are_compared_with_skill_its_interval_and_who_is_shown(compared: Comparison, speech: Speech) -> None:
    result = told(Question(TAG, "degC", 24 * HOUR), compared)
    text = grounded(comparison(result, speech), result)
    assert text.startswith(speech.pick(f"{TAG}, 24 h ahead, 5 folds: ", f"{TAG}, à 24 h, 5 essais sur le passé : "))
    best, *_, worst = sorted((row for row in compared.rows if row.mase), key=lambda row: row.mase or 0)
    names = [text.index(method_name(row.name, speech)) for row in (best, worst)]
    assert names == sorted(names)
    assert speech.pick("with 90 % confidence", "à 90 % de confiance") in text
    assert speech.pick("Shown: ", "Affichée : ") + method_name(compared.verdict.shown or "", speech) in text


def test_losses_intervals_around_nothing_failures_and_models_are_said_and_resolve(
    compared: Comparison, speech: Speech
) -> None:
    nothing = {"mase": None, "skill": None, "skill_interval": None}
    rows = with_rows(
        compared,
        {"name": "language-model qwen2.5:0.5b", "skill": -0.171, "skill_interval": (-0.302, 0.021), "tokens": 900},
        {"name": "lstm", **nothing, "status": "timed out"},
        {"name": "mstl", **nothing, "status": "needs 2880 steps, there are 480"},
    )
    result = told(Question(TAG, "degC", 24 * HOUR), rows)
    text = grounded(comparison(result, speech), result)
    assert speech.pick("the language model “qwen2.5:0.5b” MASE", "le modèle de langue « qwen2.5:0.5b » MASE") in text
    assert speech.pick("skill -17 % (-30 to 2 %)", "gain -17 % (-30 à 2 %)") in text
    assert speech.pick("LSTM timed out", "LSTM hors délai") in text
    assert "needs 2880 steps, there are 480" in text
    short = grounded(forecast(result, speech), result)
    assert speech.pick("“qwen2.5:0.5b” lost by 17 %", "« qwen2.5:0.5b » a perdu de 17 %") in short


def test_a_demoted_method_that_was_better_is_named(compared: Comparison, speech: Speech) -> None:
    verdict = msgspec.structs.replace(compared.verdict, passed_over=("theta", "chronos-2"))
    result = told(Question(TAG, "degC", 24 * HOUR), replace(compared, verdict=verdict))
    for sentences, english, french in (
        (forecast(result, speech), "demoted for its past forecasts: Theta, chronos-2", "passées : Theta, chronos-2"),
        (
            comparison(result, speech),
            "Demoted for past forecasts: Theta and chronos-2.",
            "passées : Theta et chronos-2.",
        ),
    ):
        assert speech.pick(english, french) in grounded(sentences, result)


def test_every_method_has_a_name_in_both_languages(registry: Registry) -> None:
    for name in (*CANDIDATES, "ensemble", "isolation-forest"):
        assert method_name(name, Speech("en", PARIS, NOW, registry)) != name or name in WEIGHTS
    assert method_name("tirex", Speech("fr", PARIS, NOW, registry)) == "tirex"


WEIGHTS = ("chronos-2", "tirex", "timesfm")
"""Called what their makers call them."""


def test_a_question_about_a_limit_is_answered_first_also_where_none_is_in_reach(compared: Comparison) -> None:
    result = told(Question(TAG, "degC", 24 * HOUR), compared)
    for limits, english in (
        (Limits(), f"No limit is set for {TAG}."),
        (Limits(high=99.0), f"{TAG} is not expected to cross a limit by "),
    ):
        speech = Speech("en", PARIS, NOW, Registry([Sensor(TAG, limits=limits)]))
        assert grounded(forecast(result, speech, limit=True), result).startswith(english)
        assert english not in grounded(forecast(result, speech), result)


def test_a_method_whose_name_is_a_phrase_stands_in_quotes(compared: Comparison, speech: Speech) -> None:
    result = told(Question(TAG, "degC", 24 * HOUR), compared)
    for sentences in (forecast(result, speech), comparison(result, speech)):
        text = grounded(sentences, result)
        assert speech.pick('"same as the last value"', "« comme la dernière valeur »") in text
        assert '"ARIMA"' not in text


def test_a_first_estimate_says_that_it_is_one_and_nothing_once_all_have_run(
    compared: Comparison, speech: Speech
) -> None:
    early = told(Question(TAG, "degC", 24 * HOUR), replace(compared, complete=False))
    text = grounded([first_estimate(early, speech)], early)
    assert text.startswith(speech.pick("First estimate, ", "Première estimation, "))
    assert TAG in text
    assert "[" not in text
    assert first_estimate(told(Question(TAG, "degC", 24 * HOUR), compared), speech) == ""
    nothing = replace(compared, complete=False, shown=None)
    assert first_estimate(told(Question(TAG, "degC", 24 * HOUR), nothing), speech) == ""


class FakeForecasts:
    """Forecasts from a script: the JSON that each tag has."""

    def __init__(self, lines: dict[str, dict[str, Any]]) -> None:
        self.lines = lines
        self.asked: list[ForecastInput] = []

    def run(self, request: ForecastInput) -> Any:
        self.asked.append(request)
        return type("Result", (), {"data": self.lines[request.tag]})


class FakeStore:
    """Knows some sensors."""

    def __init__(self, *sensors: Sensor) -> None:
        self.sensors = sensors

    def registry(self) -> Registry:
        return Registry(self.sensors)


def ahead(tag: str, **more: Any) -> dict[str, Any]:
    forecast_ = {"median": [5.5], "lower": {"90": [5.0]}, "upper": {"90": [6.0]}}
    rows = [{"name": "arima", "skill": 0.2}]
    given = {"forecast": forecast_, "refusal": None, "verdict": {"shown": "arima"}, "candidates": rows, "limit": None}
    return {"tag": tag, "unit": "degC", "now": 5.2, **given, **more}


LIMIT = {
    "which": "high", "value": 6.25, "probability": 0.43, "now": False,
    "from": "2026-01-14T13:30:00Z", "to": "2026-01-14T14:40:00Z",
}  # fmt: skip


def test_which_tags_may_cross_a_limit_is_told_for_all_that_have_one(speech: Speech) -> None:
    stale = {"code": "stale", "text": "C has given nothing.", "help": "", "choices": []}
    forecasts = FakeForecasts(
        {
            "T-1": ahead("T-1"),
            TAG: ahead(TAG, limit=LIMIT),
            "T-3": ahead("T-3", forecast=None, refusal=stale),
            "T-4": ahead("T-4", limit={**LIMIT, "now": True}),
        }
    )
    limits = Limits(high=6.25)
    sensors = [Sensor(tag, limits=limits) for tag in forecasts.lines]
    tool = CrossingsTool(FakeStore(*sensors, Sensor("T-5")), forecasts)  # type: ignore[arg-type]  # fakes
    heard: list[Any] = []
    result = tool.run(CrossingsInput(horizon_ms=4 * HOUR), heard.append)
    assert [one.tag for one in forecasts.asked] == list(forecasts.lines)
    text = grounded(crossings(result, speech), result)
    assert (
        speech.pick(
            "2 of 3 tags that were forecast may cross a limit within 4 h: T-4 is beyond its high limit",
            "Franchissements possibles d'ici 4 h, 2 sur 3 capteurs prévus : T-4 est déjà au-delà",
        )
        in text
    )
    assert (
        speech.pick(
            f"{TAG} its high limit, 6.25 degC, between 14:30 and 15:40 (43 %)",
            f"{TAG} son seuil haut, 6,25 degC, entre 14:30 et 15:40 (43 %)",
        )
        in text
    )
    assert speech.pick("in the evidence: 1 (T-3).", "en source : 1 (T-3).") in text
    assert [row[0] for row in result.tables[0].rows] == ["T-4", TAG, "T-1", "T-3"]
    first = grounded([so_far(heard[0], speech)], heard[0])
    assert (
        speech.pick("0 may cross a limit; 3 of 4 tags are left", "0 franchissement(s) possible(s) ; il reste 3")
        in first
    )
    assert so_far(result, speech) == ""


def test_without_limits_without_time_or_without_forecasts_there_is_a_reason() -> None:
    ask = CrossingsInput(horizon_ms=4 * HOUR)
    none = CrossingsTool(FakeStore(Sensor("T-1")), FakeForecasts({}))  # type: ignore[arg-type]  # fakes
    assert none.run(ask).refusal == Refusal(
        RefusalCode.NO_DATA, "No confirmed tag has a limit.", "millhand tags set TAG high VALUE sets one."
    )
    limited = FakeStore(Sensor("T-1", limits=Limits(high=1.0)))
    late = CrossingsTool(limited, FakeForecasts({})).run(CrossingsInput(horizon_ms=HOUR, deadline_s=1e-9))  # type: ignore[arg-type]  # fakes
    assert late.refusal is not None
    assert late.refusal.code is RefusalCode.TIMED_OUT
    far = {"code": "horizon_too_long", "text": "Too far.", "help": "Ask for less.", "choices": []}
    refused = FakeForecasts({"T-1": ahead("T-1", forecast=None, refusal=far)})
    result = CrossingsTool(limited, refused).run(ask)  # type: ignore[arg-type]  # fakes
    assert result.refusal is not None
    assert result.refusal.code is RefusalCode.HORIZON_TOO_LONG
    assert result.refusal.text == "None of 1 tags with a limit can be forecast. T-1: Too far."


@pytest.mark.parametrize(
    ("text", "horizon"),
    [
        ("will any tag cross its limit in the next 4 hours?", 4 * HOUR),
        ("which tags will cross a limit?", 8 * HOUR),
        ("quels capteurs vont franchir un seuil dans les 4 prochaines heures ?", 4 * HOUR),
        ("un seuil va-t-il être dépassé ?", 8 * HOUR),
    ],
)
def test_a_limit_of_no_tag_is_that_of_any(reader: Any, text: str, horizon: int) -> None:
    question = reader.read(text)
    plan = make_plan(Route.FORECAST, question, reader.index, Speech("en", PARIS, NOW, reader.index.registry))
    assert plan.calls == ((Route.FORECAST, CrossingsInput(horizon_ms=horizon)),)


@pytest.mark.parametrize(
    ("text", "horizon"),
    [
        ("when will TT-02 cross its limit?", 8 * HOUR),
        ("quand TT-02 va-t-il dépasser son seuil dans les 3 prochaines heures ?", 3 * HOUR),
        ("forecast TT-02", 2 * HOUR),
        ("is TT-02 about to go over 5.5?", 2 * HOUR),
        ("does TT-02 stay within 0.2 degC of its set point?", 2 * HOUR),
        ("next values of TT-02", 2 * HOUR),
        ("prochaines valeurs de TT-02", 2 * HOUR),
        ("forecast TT-02 for 2026-01-14", 10 * HOUR - 10 * 60_000),
    ],
)
def test_how_far_is_looked_for_a_tag(reader: Any, text: str, horizon: int) -> None:
    question = reader.read(text)
    plan = make_plan(Route.FORECAST, question, reader.index, Speech("en", PARIS, NOW, reader.index.registry))
    assert plan.calls == ((Route.FORECAST, ForecastInput(tag=TAG, horizon_ms=horizon)),)


@pytest.mark.parametrize(
    "text",
    [
        "compare the methods on TT-02",
        "which method is best for TT-02?",
        "compare ARIMA and Theta on TT-02",
        "compare les méthodes sur TT-02",
        "quelle est la meilleure méthode pour TT-02 ?",
    ],
)
def test_a_comparison_is_heard_and_goes_to_the_forecast(reader: Any, text: str) -> None:
    question = reader.read(text)
    assert asks_comparison(question.masked)
    best = router().rank(question.masked)[0]
    assert (best.label, best.confidence >= 0.5) == ("forecast", True)


@pytest.fixture
def box(registry: Registry, tmp_path: Any) -> FakeToolbox:
    settings = load_settings({"store": {"path": str(tmp_path / "plant.db")}, "plant": {"timezone": "Europe/Paris"}})
    return FakeToolbox(registry, settings)


@pytest.fixture
def assistant(box: FakeToolbox) -> Any:
    with GraphAssistant(Desk(box, router(), lambda: NOW), MemoryFile(box.settings.memory_path)) as one:
        yield one


def stage(end: float, *, complete: bool) -> Any:
    result = coming(TAG)
    facts = tuple(msgspec.structs.replace(f, value=end) if f.name == "forecast.end" else f for f in result.facts)
    return msgspec.structs.replace(result, facts=facts, data={"complete": complete, "candidates": []})


def test_estimates_come_before_the_answer_and_are_no_part_of_it(assistant: GraphAssistant, box: FakeToolbox) -> None:
    def run(_request: Any, tell: Any) -> Any:
        tell(stage(5.9, complete=False))
        tell(stage(5.4, complete=False))
        tell(stage(5.2, complete=True))
        return stage(5.2, complete=True)

    box.tools["forecast"].run = run  # type: ignore[method-assign]  # a tool that tells what it knows
    events = list(assistant.stream("forecast TT-02 for 1 hour"))
    estimates = [event.text for event in events if isinstance(event, Estimate)]
    assert [text.removeprefix("First estimate, ARIMA. ") for text in estimates] == [
        f"{TAG}: 5.9 degC at 16:10.", f"{TAG}: 5.4 degC at 16:10.",
    ]  # fmt: skip
    kinds = [type(event) for event in events]
    assert kinds.index(Piece) > max(i for i, kind in enumerate(kinds) if kind is Estimate)
    assert "5.2 degC" in events[-1].answer  # type: ignore[union-attr]  # the last one is the answer
    assert "5.9" not in events[-1].answer  # type: ignore[union-attr]  # as above


def test_an_estimate_that_no_fact_shows_is_not_shown(assistant: GraphAssistant, box: FakeToolbox) -> None:
    def run(_request: Any, tell: Any) -> Any:
        early = stage(5.9, complete=False)
        facts = tuple(f for f in early.facts if f.name != "forecast.until")
        until = next(f for f in early.facts if f.name == "forecast.until")
        tell(msgspec.structs.replace(early, facts=(*facts, msgspec.structs.replace(until, unit=None))))
        return stage(5.2, complete=True)

    box.tools["forecast"].run = run  # type: ignore[method-assign]  # as above
    assert not [event for event in assistant.stream("forecast TT-02 for 1 hour") if isinstance(event, Estimate)]


def test_a_question_given_up_ends_the_forecast_at_the_method_it_is_at(
    assistant: GraphAssistant, box: FakeToolbox
) -> None:
    told_first, ended = threading.Event(), threading.Event()

    def run(_request: Any, tell: Any) -> Any:
        tell(stage(5.9, complete=False))
        told_first.set()
        try:
            while True:
                tell(stage(5.9, complete=False))
        finally:
            ended.set()

    box.tools["forecast"].run = run  # type: ignore[method-assign]  # as above
    threading.Thread(target=lambda: (told_first.wait(20), assistant.cancel())).start()
    answer = assistant.ask("forecast TT-02 for 1 hour")
    assert answer.refusal is not None
    assert answer.refusal.code is RefusalCode.CANCELLED
    assert ended.wait(20)
    box.tools["forecast"].run = lambda _request, _tell: stage(5.2, complete=True)  # type: ignore[method-assign]
    assert "5.2 degC" in assistant.ask("forecast TT-02 for 1 hour").answer
