"""Who is shown, and each reason why nobody is."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.verdict import Judged, choose, judge_history, stuck_steps
from plant.facts import RefusalCode
from plant.series import Series
from plant.time import HOUR

BAR = "seasonal-naive"


def judged(
    name: str, mase: float, *, coverage: float = 0.9, spread: float = 0.5, folds: tuple[float, ...] = ()
) -> Judged:
    return Judged(name, mase, np.array(folds or (mase,) * 5), 90, coverage, spread)


def test_the_best_that_beats_seasonal_naive_is_shown_with_its_evidence() -> None:
    verdict, refusal = choose([judged(BAR, 1.0), judged("arima", 0.7), judged("smoothing", 0.6)], BAR, 24)
    assert refusal is None
    assert (verdict.shown, verdict.baseline) == ("smoothing", False)
    assert verdict.reason == "smoothing has 40 % less error than seasonal-naive over all folds, and less on 5 of 5."


def test_one_lucky_fold_is_no_evidence() -> None:
    lucky = judged("arima", 0.8, folds=(0.0, 1.1, 1.1, 1.1, 0.7))
    verdict, _ = choose([judged(BAR, 1.0), lucky], BAR, 24)
    assert verdict.shown == BAR
    assert verdict.baseline


@pytest.mark.parametrize(
    ("others", "why"),
    [
        (0, "no other method ran"),
        (1, "the one other that ran does not clearly beat it"),
        (2, "none of 2 others clearly beats it"),
    ],
)
def test_a_baseline_is_told_by_how_many_it_was_measured(others: int, why: str) -> None:
    verdict, _ = choose([judged(BAR, 1.0), *(judged(f"method {k}", 1.1) for k in range(others))], BAR, 24)
    assert verdict.reason == f"{BAR} is shown as the baseline: {why}."


def test_a_hair_better_is_chance() -> None:
    assert choose([judged(BAR, 1.0), judged("arima", 0.99)], BAR, 24)[0].shown == BAR


def test_a_winner_whose_band_does_not_hold_gives_way_to_the_next() -> None:
    verdict, _ = choose([judged(BAR, 1.0), judged("arima", 0.5, coverage=0.5), judged("smoothing", 0.8)], BAR, 24)
    assert verdict.shown == "smoothing"


def test_no_band_that_holds_is_a_refusal() -> None:
    verdict, refusal = choose([judged(BAR, 1.0, coverage=0.4), judged("arima", 0.5, coverage=0.5)], BAR, 24)
    assert verdict.shown is None
    assert refusal
    assert refusal.code is RefusalCode.COVERAGE_BELOW_TARGET
    assert "arima held only 50 %" in refusal.text


def test_a_band_wider_than_the_history_tells_nothing() -> None:
    _, refusal = choose([judged(BAR, 1.0, spread=3.0), judged("arima", 1.2, spread=2.0)], BAR, 24)
    assert refusal
    assert refusal.code is RefusalCode.NOTHING_BEATS_NAIVE


def test_without_the_bar_nothing_can_be_said() -> None:
    _, refusal = choose([judged("arima", 0.5)], BAR, 24)
    assert refusal
    assert refusal.code is RefusalCode.NOTHING_BEATS_NAIVE


NOISE = np.random.default_rng(0).normal(5, 1, 200)


@pytest.mark.parametrize(
    ("values", "horizon", "code"),
    [
        pytest.param([np.nan] * 50, 5, RefusalCode.NO_DATA, id="all missing"),
        pytest.param([], 5, RefusalCode.NO_DATA, id="empty"),
        pytest.param([1.0, 2.0, 3.0], 1, RefusalCode.TOO_SHORT, id="short"),
        pytest.param([5.0] * 100, 5, RefusalCode.CONSTANT, id="constant"),
        pytest.param(np.where(np.arange(200) % 2, NOISE, np.nan), 5, RefusalCode.TOO_MANY_GAPS, id="gaps"),
        pytest.param(np.r_[NOISE, [5.0] * 20], 5, RefusalCode.STUCK, id="stuck"),
        pytest.param(NOISE, 100, RefusalCode.HORIZON_TOO_LONG, id="horizon"),
        pytest.param(NOISE, 300, RefusalCode.HORIZON_TOO_LONG, id="longer than the history"),
        pytest.param(NOISE * 1e200, 5, RefusalCode.NO_DATA, id="huge"),
        pytest.param(np.r_[NOISE, -1.7e308, 1.7e308], 5, RefusalCode.NO_DATA, id="a range beyond all numbers"),
        pytest.param(NOISE * 1e-200, 5, RefusalCode.NO_DATA, id="tiny"),
        pytest.param(NOISE * 1e140, 24, None, id="large"),
        pytest.param(NOISE, 24, None, id="fine"),
    ],
)
def test_a_history_that_cannot_be_forecast_is_refused_with_its_reason(
    values: list[float], horizon: int, code: RefusalCode | None
) -> None:
    values = np.asarray(values, dtype=np.float64)
    series = Series("T-1", "degC", np.arange(len(values), dtype=np.int64) * HOUR, values, HOUR)
    refusal = judge_history(series, horizon)
    assert (refusal.code if refusal else None) == code
    assert refusal is None or "T-1" in refusal.text or "steps" in refusal.text


def test_just_too_many_gaps_are_not_said_to_be_as_many_as_may_be() -> None:
    values = np.r_[np.full(607, np.nan), np.resize(NOISE, 1_393)]
    series = Series("T-1", "degC", np.arange(2_000, dtype=np.int64) * HOUR, values, HOUR)
    refusal = judge_history(series, 5)
    assert refusal
    assert refusal.text == "31 % of the history of T-1 is missing; at most 30 % may be."


def test_a_tag_that_rests_often_is_not_stuck() -> None:
    resting = np.repeat(np.random.default_rng(1).normal(5, 1, 10), 20)
    assert stuck_steps(resting) == 0
    assert stuck_steps(np.r_[NOISE, [5.0] * 12]) == 12
    assert stuck_steps(np.r_[NOISE, [5.0] * 11]) == 0


def test_without_a_season_the_bar_is_called_the_last_value() -> None:
    winner, _ = choose([judged(BAR, 1.0), judged("arima", 0.5)], BAR, 1)
    baseline, _ = choose([judged(BAR, 1.0), judged("arima", 1.2)], BAR, 1)
    assert "than seasonal-naive (no season: the last value)" in winner.reason
    assert baseline.reason.startswith("seasonal-naive (no season: the last value) is shown")


def test_a_better_method_that_was_passed_over_is_named() -> None:
    verdict, _ = choose([judged(BAR, 1.0), judged("arima", 0.5, coverage=0.5), judged("smoothing", 0.8)], BAR, 24)
    assert verdict.reason.endswith("arima has less still, but its band is of no use.")


def test_a_fold_where_nothing_came_counts_for_no_side() -> None:
    gappy = judged("arima", 0.5, folds=(0.5, np.nan, 0.5, 0.5, 0.5))
    verdict, _ = choose([judged(BAR, 1.0, folds=(1.0, np.nan, 1.0, 1.0, 1.0)), gappy], BAR, 24)
    assert verdict.reason.endswith("less on 4 of 4.")


def test_what_the_choice_saves_is_told_beside_what_the_winner_does() -> None:
    """Two methods that are each lucky on other folds: the better one of them flatters."""
    first = judged("arima", 0.7, folds=(0.1, 0.9, 0.9, 0.9, 0.7))
    second = judged("theta", 0.8, folds=(0.9, 0.1, 0.99, 0.99, 0.99))
    verdict, _ = choose([judged(BAR, 1.0), first, second], BAR, 24)
    assert verdict.shown == "arima"
    assert verdict.choice_skill is not None
    assert verdict.choice_skill < 0.3
    assert "(14 % where each fold is kept from the choice)" in verdict.reason


def test_two_folds_are_too_few_to_tell_what_the_choice_saves() -> None:
    verdict, _ = choose([judged(BAR, 1.0, folds=(1.0, 1.0)), judged("arima", 0.5, folds=(0.5, 0.5))], BAR, 24)
    assert (verdict.shown, verdict.choice_skill) == ("arima", None)


def test_a_language_model_that_lost_is_told_by_how_much() -> None:
    verdict, _ = choose([judged(BAR, 1.0), judged("arima", 0.5), judged("language-model tuned", 0.6)], BAR, 24)
    assert verdict.reason.endswith("language-model tuned has 20 % more error than arima.")
    perfect, _ = choose([judged(BAR, 1.0), judged("arima", 0.0), judged("language-model", 0.6)], BAR, 24)
    assert perfect.reason.endswith("language-model has more error than arima.")
    chance, _ = choose([judged(BAR, 1.0), judged("language-model", 0.99)], BAR, 24)
    assert chance.reason.endswith("language-model has less than 2 % less error than seasonal-naive, which is chance.")
    earned, _ = choose([judged(BAR, 1.0), judged("language-model", 0.6)], BAR, 24)
    assert earned.shown == "language-model"
