"""What the benchmark of forecasts counts, on cases small enough to do by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.forecast.__main__ import PARTS, main
from benchmarks.forecast.accuracy import Scored, beside_others, by_series, figures, skill_interval
from benchmarks.forecast.baselines import darts_models, statsforecast_models
from benchmarks.forecast.data import ORIGINS, Task, synthetic
from benchmarks.forecast.spans import stationary
from plant.time import HOUR

TASK = Task("ETTh1 X", np.arange(2_000.0), HOUR, (24,), 1_000, 24)


def scored(mase: float, bar: float, *, inside: float = 0.8, calm: bool = True) -> Scored:
    others = {"sf AutoETS": 2.0, "darts Theta": 1.0}
    shown = "refused" if np.isnan(mase) else "arima"
    methods = {"seasonal-naive": bar, "arima": mase}
    return Scored(TASK, 1_000, shown, 24, mase, bar, methods, others, {80: inside, 90: inside}, calm, 0.5)


def test_origins_have_their_history_and_windows_that_do_not_overlap() -> None:
    origins = TASK.origins
    assert len(origins) == ORIGINS
    assert np.diff(origins).min() >= TASK.horizon
    assert len(TASK.before(origins[0])) == TASK.history
    assert len(TASK.after(origins[-1])) == TASK.horizon
    assert TASK.before(origins[3])[-1] + 1 == TASK.after(origins[3])[0]


def test_a_span_is_stationary_unless_its_changes_change() -> None:
    noise = np.random.default_rng(3).normal(size=1_000)
    assert stationary(noise, 24)
    assert stationary(np.cumsum(noise), 24)
    assert not stationary(np.r_[noise[:500], 4 * noise[500:]], 24)
    assert not stationary(np.r_[np.zeros(500), 0.05 * np.arange(500)] + noise, 24)


def test_figures_leave_refusals_out_and_count_them() -> None:
    some = [scored(0.5, 1.0), scored(0.7, 1.0, inside=0.6, calm=False), scored(float("nan"), 1.0)]
    found = figures(some)
    assert found["refused_share"] == pytest.approx(1 / 3)
    assert found["mase_against_best_of_others"] == pytest.approx(0.6)
    assert found["coverage_80_off"] == pytest.approx(0.0)
    assert found["coverage_80_off_all"] == pytest.approx(-10.0)
    assert found["worst_decile_against_seasonal_naive"] == pytest.approx(0.68)
    assert by_series(some)[0]["refused"] == 1
    assert {row["method"]: row["mean"] for row in beside_others(some)}["millhand, shown"] == pytest.approx(0.6)


def test_the_interval_of_a_skill_holds_it_and_closes_where_all_windows_agree() -> None:
    low, high = skill_interval(np.array([0.5, 1.0, 0.7, 0.9]), np.ones(4))
    assert low < 1 - 3.1 / 4 < high
    assert skill_interval(np.full(4, 0.5), np.ones(4)) == (0.5, 0.5)


@pytest.mark.parametrize(("season", "slow"), [(24, True), (365, False)])
def test_baselines_are_told_the_season_and_the_slow_ones_left_out_of_long_ones(season: int, slow: bool) -> None:
    names = [*darts_models((season,)), *(str(model) for model in statsforecast_models((season,)))]
    assert len(names) == len(set(names))
    assert ("sf AutoARIMA" in names) is slow
    assert ("darts ARIMA(0,1,1)(0,1,1)" in names) is slow


def test_synthetic_series_come_from_their_seed() -> None:
    assert np.array_equal(synthetic(100), synthetic(100))
    assert not np.array_equal(synthetic(100), synthetic(100, seed=8))


def test_a_part_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["spead"])
    said = capsys.readouterr().err
    assert all(part in said for part in ("spead", *PARTS))
