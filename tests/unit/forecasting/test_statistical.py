"""What each statistical method is known to do: on series where the right answer can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from forecasting.budget import Budget
from forecasting.candidates import BAR, CANDIDATES, DEFAULT, Means, open_candidates
from forecasting.candidates.arima import Arima
from forecasting.candidates.arma import fit_arma
from forecasting.candidates.decomposition import bridged, split
from forecasting.candidates.fitted import Fitted
from forecasting.comparison import compare
from plant.series import Series
from plant.time import HOUR

if TYPE_CHECKING:
    from forecasting.candidates.fitted import Continue
    from forecasting.contract import Floats

HORIZON = 12
RNG_SEED = 5


def forecast(name: str, values: Floats, season: int = 1) -> Floats:
    return CANDIDATES[name](Means())[0].forecast(series(values), HORIZON, season=season).median


def series(values: Floats) -> Series:
    return Series("T-1", "degC", np.arange(len(values), dtype=np.int64) * HOUR, values.astype(np.float64), HOUR)


def daily(n: int) -> Floats:
    return np.sin(2 * np.pi * np.arange(n) / 24) + 0.4 * np.cos(2 * np.pi * np.arange(n) / 8)


def noise(n: int, scale: float) -> Floats:
    return np.random.default_rng(RNG_SEED).normal(0, scale, n)


def test_naive_repeats_the_newest_value_through_a_gap() -> None:
    assert forecast("naive", np.r_[daily(50), 7.0, np.nan, np.nan], 24).tolist() == [7.0] * HORIZON


def test_drift_goes_on_along_the_line_from_the_first_value_to_the_newest() -> None:
    values = np.r_[np.nan, 3.0 * np.arange(20), np.nan, np.nan]
    assert forecast("drift", values) == pytest.approx(3.0 * (22 + np.arange(HORIZON)))


@pytest.mark.parametrize("name", ["smoothing", "theta", "arima", "mstl"])
def test_a_daily_pattern_with_little_noise_is_continued(name: str) -> None:
    values = daily(480 + HORIZON) + noise(480 + HORIZON, 0.05)
    assert forecast(name, values[:480], 24) == pytest.approx(daily(480 + HORIZON)[480:], abs=0.15)


@pytest.mark.parametrize("name", ["smoothing", "theta", "arima", "mstl"])
def test_a_long_pattern_is_continued_too(name: str) -> None:
    values = 3 * np.sin(2 * np.pi * np.arange(800 + HORIZON) / 96) + noise(800 + HORIZON, 0.1)
    assert forecast(name, values[:800], 96) == pytest.approx(
        3 * np.sin(2 * np.pi * np.arange(800, 800 + HORIZON) / 96), abs=0.4
    )


@pytest.mark.parametrize("name", ["smoothing", "theta", "arima", "mstl"])
def test_a_wave_is_continued_through_half_a_day_that_is_missing(name: str) -> None:
    values = daily(480 + HORIZON) + noise(480 + HORIZON, 0.05)
    values[440:452] = np.nan
    assert forecast(name, values[:480], 24) == pytest.approx(daily(480 + HORIZON)[480:], abs=0.25)


def test_the_days_of_a_week_are_told_apart_by_fourier_terms() -> None:
    at = np.arange(6 * 168 + HORIZON)
    values = np.where(at // 24 % 7 < 5, np.sin(2 * np.pi * at / 24), 0.0) + noise(len(at), 0.05)
    median = Arima().forecast(series(values[:-HORIZON]), HORIZON, season=168).median
    assert np.mean(np.abs(median - values[-HORIZON:])) < 0.25
    workday = Arima().forecast(series(values[: 6 * 168 - 48]), HORIZON, season=168).median
    assert np.mean(np.abs(workday - values[6 * 168 - 48 :][:HORIZON])) < 0.25, "a Saturday is no workday"


def test_without_a_season_mstl_is_no_second_arima() -> None:
    walk = series(np.cumsum(noise(200, 1.0)))
    rows = {row.name: row for row in compare(walk, HORIZON, open_candidates(["arima", "mstl"])).rows}
    assert rows["arima"].status == "ok"
    assert rows["mstl"].status == "there is no season to take out: without one it is arima"
    assert rows["ensemble"].status == "needs two of its members, 1 ran"


def test_theta_fits_no_more_than_two_thousand_steps_and_forecasts_as_if_fitted_on_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from statsforecast import theta as library

    values = np.cumsum(noise(3_000, 0.05)) + noise(3_000, 0.3)[::-1]
    whole = library.forecast_theta(library.auto_theta(values, 1, model="STM"), 12)["mean"]
    fit, fitted = library.auto_theta, []

    def watched(part: Floats, season: int, **options: float) -> object:
        fitted.extend([len(part)] if "alpha" not in options else [])
        return fit(part, season, **options)

    monkeypatch.setattr(library, "auto_theta", watched)
    assert np.allclose(forecast("theta", values), whole, atol=0.02 * np.std(np.diff(values)))
    assert fitted == [2_000, 2_000]


def test_what_is_held_at_a_level_goes_back_to_it() -> None:
    values = np.zeros(600)
    for t, shock in enumerate(noise(599, 1.0), start=1):
        values[t] = 0.7 * values[t - 1] + shock
    values[-1] = 8.0
    fitted = fit_arma(values + 50, 1, Budget())
    assert fitted.order[1] == 0
    ahead = fitted(values + 50, 40)
    assert ahead[0] > 54
    assert ahead[-1] == pytest.approx(50, abs=0.3)


def test_a_walk_is_differenced_and_stays_where_it_is() -> None:
    walk = np.cumsum(noise(600, 1.0))
    fitted = fit_arma(walk, 1, Budget())
    assert fitted.order[1] == 1
    assert fitted(walk, 40)[-1] == pytest.approx(walk[-1], abs=1.0)


def test_a_gap_is_bridged_along_the_pattern_not_through_it() -> None:
    values = daily(240)
    values[100:115] = np.nan
    assert bridged(values, 24) == pytest.approx(daily(240), abs=0.05)


def test_the_newest_season_begins_with_the_next_step() -> None:
    values = daily(250)
    rest, newest = split(values, 24)
    assert newest == pytest.approx(daily(274)[250:], abs=0.05)
    assert np.std(rest) < 0.05


class FakeMethod(Fitted):
    """Counts how often it is fitted, and continues with the length it was fitted on."""

    name: ClassVar[str] = "fake"

    def __init__(self) -> None:
        self.fitted_on: list[int] = []

    def fit(self, history: Floats, season: int, budget: Budget) -> Continue:
        self.fitted_on.append(len(history))
        return lambda _values, horizon: np.zeros(horizon)


def test_parameters_are_fitted_once_and_again_where_the_history_has_grown_by_a_tenth() -> None:
    method = FakeMethod()
    method.forecast_folds(series(daily(300)), [200, 215, 221, 230, 250], HORIZON, season=24)
    assert method.fitted_on == [200, 221, 250]


def test_what_runs_by_itself_is_registered_and_has_the_bar() -> None:
    assert set(DEFAULT) <= set(CANDIDATES)
    assert BAR in DEFAULT
