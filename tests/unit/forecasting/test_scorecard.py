"""Issued forecasts are scored as their values come; the scorecard tells it, and demotes who decays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from plant.errors import ExitCode
from plant.readings import Quality, Reading
from plant.registry import Sensor
from plant.settings import load_settings
from plant.store.contract import IssuedForecast
from plant.store.sqlite import open_store
from plant.time import DAY, HOUR, MINUTE, parse_time
from tools.contract import ForecastInput
from tools.forecast import ForecastTool
from tools.forecast_scores import Body, Said, score_forecasts
from tools.scorecard import read_overview, read_scorecard
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from plant.facts import ToolResult
    from plant.store.contract import Score
    from plant.store.sqlite import SqliteStore

START = parse_time("2026-03-02T00:00:00Z")
STEP = 5 * MINUTE
STEPS = 4


@pytest.fixture
def store(tmp_path: Path) -> Generator[SqliteStore]:
    with open_store(tmp_path / "store.db") as opened:
        opened.put_sensors([Sensor("TT-1", unit="degC", cadence_ms=STEP), Sensor("TT-2"), Sensor("TT-3")])
        opened.claim_partition("test", 0, "test")
        yield opened


def come(store: SqliteStore, first: int, *values: float | None, tag: str = "TT-1") -> None:
    """Readings, one a step from step `first` on; None is one without a value."""
    readings = [
        Reading(tag, START + (first + k) * STEP, value, Quality.GOOD if value is not None else Quality.BAD)
        for k, value in enumerate(values)
    ]
    with store.transaction() as transaction:
        transaction.insert_readings("test", 0, readings)


def issue(store: SqliteStore, first: int, *, hindsight: bool = False, tag: str = "TT-1", **medians: float) -> None:
    """A forecast of `STEPS` steps from step `first` on, constant for each candidate, its 80 % band 1 to either side."""
    said = {
        name.replace("_", "-"): Said((value,) * STEPS, {"80": (value - 1,) * STEPS}, {"80": (value + 1,) * STEPS})
        for name, value in medians.items()
    }
    at = START + first * STEP
    forecast = IssuedForecast(tag, at, STEP, STEPS, at, hindsight, next(iter(said)))
    store.add_forecast(forecast, msgspec.json.encode(Body(2.0, said)).decode())


def scores(store: SqliteStore) -> dict[str, Score]:
    score_forecasts(store, "TT-1")
    return {score.candidate: score for score in store.scores("TT-1")}


def test_a_forecast_is_scored_as_its_steps_come_and_again_when_late_ones_do(store: SqliteStore) -> None:
    issue(store, 0, arima=5.0, seasonal_naive=7.0)
    come(store, 0, 5.5)
    assert scores(store) == {}  # the first step is still filling
    come(store, 1, None, 6.5)
    partly = scores(store)
    assert (partly["arima"].due, partly["arima"].steps, partly["arima"].mae) == (2, 1, 0.5)
    assert (partly["arima"].mase, partly["arima"].inside) == (0.25, {"80": 1.0})
    come(store, 3, 6.5, 6.5)
    wholly = scores(store)
    assert (wholly["arima"].due, wholly["arima"].steps) == (4, 3)
    assert wholly["arima"].mae == pytest.approx(3.5 / 3)
    assert wholly["arima"].inside == {"80": pytest.approx(1 / 3)}
    assert wholly["seasonal-naive"].mae == pytest.approx(2.5 / 3)
    with store.transaction() as transaction:
        transaction.insert_readings("test", 0, [Reading("TT-1", START + STEP + MINUTE, 5.0)])
    assert scores(store)["arima"].mae == pytest.approx(3.5 / 4)


def test_scoring_again_changes_nothing_and_a_day_later_it_is_settled(store: SqliteStore) -> None:
    issue(store, 0, arima=5.0)
    come(store, 0, 5.0, 5.0, 5.0, 5.0, 5.0)
    first = scores(store)
    assert scores(store) == first
    assert not store.forecasts("TT-1")[0].settled
    come(store, STEPS + DAY // STEP, 5.0)
    assert scores(store) == first
    assert store.forecasts("TT-1")[0].settled
    with store.transaction() as transaction:
        transaction.insert_readings("test", 0, [Reading("TT-1", START + MINUTE, 9.0)])
    assert scores(store) == first


def test_a_forecast_whose_values_never_came_is_settled_without_a_score(store: SqliteStore) -> None:
    come(store, -1, 5.0)
    issue(store, 0, arima=5.0)
    come(store, STEPS + DAY // STEP, 5.0)
    assert scores(store) == {}
    card = read_scorecard(store, "TT-1", 30 * DAY)
    assert (card.issued, card.waiting, card.shown) == (1, 0, None)


def test_the_card_sums_up_by_candidate_and_tells_the_newest(store: SqliteStore) -> None:
    for k in range(12):
        issue(store, k * STEPS, arima=5.0 if k < 2 else 6.0, seasonal_naive=6.0)
        come(store, k * STEPS, *[5.0] * STEPS)
    issue(store, 12 * STEPS, seasonal_naive=5.5)
    come(store, 12 * STEPS, 5.0, 5.0)
    card = read_scorecard(store, "tt-1", 30 * DAY)
    assert (card.tag, card.unit, card.issued, card.waiting, card.hindsight) == ("TT-1", "degC", 13, 1, 0)
    arima, naive = card.candidates
    assert (arima.name, arima.scored, arima.shown, arima.demoted) == ("arima", 12, 12, None)
    assert arima.mase == pytest.approx(10 * 0.5 / 12)
    assert arima.skill == pytest.approx(1 / 6)
    assert arima.before
    assert arima.recent
    assert (arima.before.mase, arima.recent.mase, arima.recent.scored) == (0.0, 0.5, 10)
    assert (naive.name, naive.skill, naive.coverage) == ("seasonal-naive", None, {"80": 1.0})
    assert card.shown
    assert card.shown.skill == arima.skill
    newest = card.forecasts[0]
    assert (newest.due, newest.steps, newest.said, newest.came, newest.mae) == (1, 4, 5.5, 5.0, 0.5)
    assert len(card.forecasts) == 5


def test_what_was_asked_in_hindsight_counts_on_request_only(store: SqliteStore) -> None:
    issue(store, 0, hindsight=True, arima=5.0)
    come(store, 0, *[5.0] * 5)
    card = read_scorecard(store, "TT-1", 30 * DAY)
    assert (card.issued, card.hindsight, card.candidates) == (1, 1, ())
    counted = read_scorecard(store, "TT-1", 30 * DAY, hindsight=True)
    assert [record.scored for record in counted.candidates] == [1]


@pytest.mark.parametrize(
    ("words", "said"),
    [((), "(--hindsight counts them)"), (("--hindsight",), "1 asked from a time in the past (counted too)")],
)
def test_whether_hindsight_counts_is_said(
    store: SqliteStore, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    issue(store, 0, hindsight=True, arima=5.0)
    come(store, 0, *[5.0] * 5)
    assert main(["forecast-scorecard", "TT-1", *words, "--store", str(store.path)]) == ExitCode.ANSWERED
    assert said in capsys.readouterr().out


def test_until_in_the_past_is_kept_as_hindsight(store: SqliteStore) -> None:
    rng = np.random.default_rng(0)
    come(store, 0, *(5 + rng.normal(0, 0.1, 300)))
    tool = ForecastTool(store, load_settings(), None)
    for until in (None, START + 250 * STEP):
        request = ForecastInput(tag="TT-1", until=until, candidates=("smoothing",), horizon_ms=HOUR)
        assert tool.run(request).refusal is None
    assert [one.hindsight for one in store.forecasts("TT-1")] == [True, False]


def test_a_candidate_that_decays_is_demoted_and_the_forecast_says_so(store: SqliteStore) -> None:
    """Noise around a wandering level: smoothing beats the last value on the folds, but failed when it counted."""
    values = 5 + 0.2 * np.sin(np.arange(400) / 60) + np.random.default_rng(0).normal(0, 0.1, 400)
    come(store, 0, *values)
    tool = ForecastTool(store, load_settings(), None)
    request = ForecastInput(tag="TT-1", candidates=("smoothing",), horizon_ms=HOUR)
    assert tool.run(request).data["verdict"]["shown"] == "smoothing"
    for k in range(300, 300 + 9 * STEPS, STEPS):
        issue(store, k, smoothing=6.0, seasonal_naive=5.0)
    result = tool.run(request)
    assert result.data["verdict"]["shown"] == "seasonal-naive"
    said = "smoothing is passed over: it was worse than seasonal-naive on 9 of its last 9 issued forecasts"
    assert said in result.data["verdict"]["reason"]
    assert [fact.value for fact in result.named("forecast.passed_over")] == ["smoothing"]
    row = next(row for row in result.data["candidates"] if row["name"] == "smoothing")
    assert row["status"] == "ok"
    (record,) = (one for one in read_scorecard(store, "TT-1", 30 * DAY).candidates if one.name == "smoothing")
    assert record.demoted
    assert read_overview(store, 30 * DAY)[0].demoted == ("smoothing",)


def test_partial_results_come_before_the_whole_one(store: SqliteStore) -> None:
    come(store, 0, *(5 + np.random.default_rng(0).normal(0, 0.1, 300)))
    seen: list[ToolResult] = []
    request = ForecastInput(tag="TT-1", candidates=("smoothing",), horizon_ms=HOUR)
    whole = ForecastTool(store, load_settings(), None).run(request, seen.append)
    assert [result.data["complete"] for result in seen][-1]
    assert not seen[0].data["complete"]
    assert seen[0].data["verdict"]["shown"] == "seasonal-naive"
    assert seen[-1].data["forecast"] == whole.data["forecast"]
    assert len(store.forecasts("TT-1")) == 1


def test_the_verb_prints_the_card_and_the_overview(
    store: SqliteStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for k in range(12):
        issue(store, k * STEPS, arima=5.0 if k < 2 else 7.5, seasonal_naive=6.0)
        come(store, k * STEPS, *[5.0] * STEPS)
    come(store, 12 * STEPS, 5.0)
    path = str(tmp_path / "store.db")
    assert main(["forecast-scorecard", "TT-1", "--store", path]) == ExitCode.ANSWERED
    out = capsys.readouterr().out
    assert "12 issued since 2026-01-31" in out
    assert "arima (steps of 5 min) is demoted: it was worse than seasonal-naive on 10 of its last 12" in out
    assert "newest 10" in out
    assert "4 of 4" in out
    assert main(["forecast-scorecard", "--store", path]) == ExitCode.ANSWERED
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()] == ["tag", "TT-1"]
    assert main(["forecast-scorecard", "TT-1", "--since", "10min", "--json", "--store", path]) == ExitCode.REFUSED
    assert json.loads(capsys.readouterr().out)["refusal"]["help"] == "Look further back with --since."


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["TT1"], ExitCode.REFUSED, "There is no tag 'TT1'. See millhand tags list.\nDid you mean TT-1"),
        (["TT-2"], ExitCode.REFUSED, "No forecast of TT-2 was issued yet. Ask for one: millhand forecast TT-2."),
        (["TT-1", "--since", "soon"], ExitCode.BAD_INPUT, "'soon' is not a duration."),
    ],
)
def test_bad_questions_get_a_sentence(
    store: SqliteStore, capsys: pytest.CaptureFixture[str], words: list[str], code: ExitCode, sentence: str
) -> None:
    assert main(["forecast-scorecard", *words, "--store", str(store.path)]) == code
    out, err = capsys.readouterr()
    assert sentence in err
    assert not out


def test_no_forecast_at_all_is_said(store: SqliteStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast-scorecard", "--store", str(store.path)]) == ExitCode.ANSWERED
    assert "No forecast was issued yet. Ask for one: millhand forecast TAG." in capsys.readouterr().out
