"""The one comparison: a row for each method, whatever happens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from agents.compose.refusals import in_french
from forecasting.budget import Budget, TimedOut
from forecasting.candidates import CANDIDATES, open_candidates
from forecasting.comparison import Comparison, compare
from forecasting.contract import CandidateFailed, Forecast
from plant.errors import UsageError
from plant.facts import RefusalCode
from plant.registry import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from plant.series import Series


class FakeCandidate:
    """Gives one value for every step, or fails."""

    seasonal = False
    fills_gaps = False
    costly = False

    def __init__(self, value: float | CandidateFailed, name: str = "fake") -> None:
        self._value = value
        self.name = name

    def minimum_length(self, season: int) -> int:
        return 1

    def forecast_folds(
        self, series: Series, origins: list[int], horizon: int, *, season: int, budget: Budget
    ) -> list[Forecast]:
        if isinstance(self._value, CandidateFailed):
            raise self._value
        return [Forecast(np.full(horizon, self._value)) for _ in origins]


class FakeSlow(FakeCandidate):
    """Never comes to an end, and asks its budget."""

    def forecast_folds(
        self, series: Series, origins: list[int], horizon: int, *, season: int, budget: Budget
    ) -> list[Forecast]:
        while True:
            budget.check()


class FakeLate(FakeCandidate):
    """Asks no budget, and answers after its end."""

    def forecast_folds(
        self, series: Series, origins: list[int], horizon: int, *, season: int, budget: Budget
    ) -> list[Forecast]:
        while budget.left > 0:
            pass
        return super().forecast_folds(series, origins, horizon, season=season, budget=budget)


class FakeCostly(FakeCandidate):
    """Is asked last."""

    costly = True

    def __init__(self, value: float) -> None:
        super().__init__(value, "costly")


def with_fakes(*fakes: FakeCandidate) -> list:
    return [*open_candidates(["seasonal-naive"]), *fakes]


def test_a_daily_series_has_a_winner_its_band_and_a_season(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    candidates = open_candidates(["smoothing", "arima"])
    result = compare(series(daily_values()), 24, candidates, limits=Limits(high=22.0))
    assert result.season.steps == 24
    assert result.refusal is None
    assert result.verdict.shown in result.forecasts
    assert result.shown
    assert len(result.shown.times) == len(result.shown.median) == 24
    assert result.shown.times[0] - int(result.series.times[-1]) == result.series.step_ms
    assert all(low < high for low, high in zip(result.shown.lower["90"], result.shown.upper["90"], strict=True))
    assert result.limit
    assert result.limit.which == "high"
    assert result.agreement.agree is True
    names = [row.name for row in result.rows]
    assert (names[0], names[-2:]) == ("seasonal-naive", ["ensemble", "isolation-forest"])
    assert set(names[:-1]) == set(result.forecasts)
    assert result.forecasts[result.verdict.shown] == result.shown
    assert all(row.status == "ok" for row in result.rows)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (CandidateFailed("the model gave 3 of 24 values"), "the model gave 3 of 24 values"),
        (TimedOut("timed out"), "timed out"),
        (np.nan, "gave values that are not numbers"),
        (1e9, "exploded: it left the range of the history by more than ten times that range"),
    ],
)
def test_a_failure_is_a_row_with_its_reason(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray], value: float | CandidateFailed, status: str
) -> None:
    result = compare(series(daily_values()), 24, with_fakes(FakeCandidate(value)))
    row = next(row for row in result.rows if row.name == "fake")
    assert (row.status, row.mase, row.figures, row.odd_now) == (status, None, None, None)
    assert result.verdict.shown == "seasonal-naive"
    assert result.verdict.baseline


def test_who_misses_the_deadline_is_timed_out(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    result = compare(series(daily_values()), 24, open_candidates([]), deadline_s=1e-9)
    status = {row.name: row.status for row in result.rows}
    assert set(status.values()) == {"ok", "timed out", "needs two of its members, 0 ran"}
    assert (status["seasonal-naive"], status["arima"], status["isolation-forest"]) == ("ok", "timed out", "timed out")
    assert result.verdict.shown == "seasonal-naive", "it is there at once, whatever the deadline"


def test_a_slow_candidate_leaves_half_of_the_time_to_those_after_it(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    result = compare(
        series(daily_values()), 24, with_fakes(FakeSlow(20.0, "slow"), FakeCandidate(20.0)), deadline_s=0.5
    )
    status = {row.name: row.status for row in result.rows}
    assert (status["slow"], status["fake"]) == ("timed out", "ok")


def test_who_answers_after_the_deadline_is_timed_out_too(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    result = compare(series(daily_values()), 24, with_fakes(FakeLate(20.0, "late")), deadline_s=0.05)
    assert next(row.status for row in result.rows if row.name == "late") == "timed out"
    assert "late" not in result.forecasts


def test_a_spike_now_is_odd_for_all(series: Callable[..., Series], daily_values: Callable[..., np.ndarray]) -> None:
    values = daily_values()
    values[-1] += 20
    result = compare(series(values), 24, open_candidates(["naive", "smoothing", "arima"]))
    assert result.agreement.odd == ("smoothing", "arima", "isolation-forest")
    assert result.agreement.agree is True


def test_methods_may_disagree(series: Callable[..., Series], daily_values: Callable[..., np.ndarray]) -> None:
    values = daily_values(noise=0.05)
    values[-1] = 22.5  # a value it often has, but never at this hour
    result = compare(series(values), 24, open_candidates(["arima"]))
    assert "arima" in result.agreement.odd
    assert "isolation-forest" in result.agreement.usual
    assert result.agreement.agree is False


def test_a_refused_history_runs_nothing(series: Callable[..., Series]) -> None:
    result = compare(series([5.0] * 100), 6, open_candidates([]))
    assert result.refusal
    assert result.rows == ()
    assert result.shown is None


def test_what_began_to_move_in_the_folds_only_is_refused_with_when(series: Callable[..., Series]) -> None:
    values = np.r_[np.full(70, 5.0), np.random.default_rng(0).normal(5, 1, 30)]
    result = compare(series(values), 6, open_candidates(["naive"]))
    assert result.refusal
    assert result.refusal.code is RefusalCode.TOO_SHORT
    assert result.refusal.text.startswith("T-1 began to move after 1970-01-03T21:00:00")
    assert in_french(result.refusal.code, result.refusal.text).startswith("T-1 n'a commencé à varier qu'après 1970-01-")


def test_a_program_that_repeats_itself_is_forecast_without_error(series: Callable[..., Series]) -> None:
    result = compare(series(np.tile(np.r_[np.full(8, 20.0), np.full(16, 5.0)], 20)), 24, open_candidates(["arima"]))
    assert (result.season.steps, result.verdict.shown, result.verdict.baseline) == (24, "seasonal-naive", True)
    assert result.shown
    assert result.shown.median == result.shown.lower["90"] == (*[20.0] * 8, *[5.0] * 16)
    assert result.rows[0].mase == 0
    assert result.rows[0].coverage == {"80": 1.0, "90": 1.0}


def test_an_unknown_candidate_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean arima"):
        open_candidates(["arma"])
    assert [one.name for one in open_candidates(["arima"])] == ["seasonal-naive", "arima"]
    assert set(CANDIDATES) >= {"seasonal-naive", "smoothing", "arima", "language-model"}


def test_a_budget_stops_before_it_would_overrun() -> None:
    now = [0.0]
    budget = Budget(10.0, clock=lambda: now[0])
    budget.check(expected=9.0)
    now[0] = 5.0
    with pytest.raises(TimedOut):
        budget.check(expected=6.0)


def test_a_band_that_the_folds_cannot_measure_is_not_shown(series: Callable[..., Series]) -> None:
    values = 5 + np.random.default_rng(0).normal(0, 0.1, 28)
    compared = compare(series(values), 6, open_candidates(["seasonal-naive"]))
    assert compared.folds
    assert len(compared.folds.origins) == 2
    assert set(compared.rows[0].coverage) == {"80"}, "six residuals of the other fold allow no band of 90 %"
    assert compared.shown is None or set(compared.shown.lower) == {"80"}
    assert compared.refusal is None or " 0 %" not in compared.refusal.text


def test_rows_stream_in_and_the_bar_with_its_band_comes_first(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    told: list[Comparison] = []
    result = compare(
        series(daily_values()), 24, with_fakes(FakeCandidate(20.0), FakeCostly(20.0)), progress=told.append
    )
    states = [{row.name: row.status for row in one.rows} for one in told]
    assert list(told[0].forecasts) == ["seasonal-naive"]
    assert told[0].shown
    assert told[0].shown.lower["90"]
    assert states[0] == {
        "seasonal-naive": "ok", "fake": "running", "costly": "waiting", "isolation-forest": "waiting",
    }  # fmt: skip
    assert states[-2]["costly"] == "running", "what is costly runs last"
    assert [one.complete for one in told] == [False, False, False, True]
    assert told[-1] is result


def test_a_demoted_candidate_keeps_its_row_and_is_not_shown(
    series: Callable[..., Series], daily_values: Callable[..., np.ndarray]
) -> None:
    reason = "its errors doubled last week."
    candidates = open_candidates(["smoothing"])
    assert compare(series(daily_values()), 24, candidates).verdict.shown == "smoothing"
    result = compare(series(daily_values()), 24, candidates, demoted={"smoothing": reason})
    assert result.verdict.shown == "seasonal-naive"
    assert result.verdict.reason.endswith(f"smoothing is passed over: {reason}")
    assert next(row.status for row in result.rows if row.name == "smoothing") == "ok"
