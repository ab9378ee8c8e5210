"""The rules of `forecasting/contract.py`, over every registered candidate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from forecasting.backtest import make_folds, run_backtest
from forecasting.budget import Budget, TimedOut
from forecasting.candidates import CANDIDATES, Means
from forecasting.contract import CandidateFailed, Forecast, Inputs
from inference.contract import Completion
from plant.series import Series
from plant.time import HOUR
from tests.tiny_chronos import write_chronos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from forecasting.contract import Forecaster
    from inference.contract import Options

HORIZON = 6


class FakeModel:
    """Repeats the newest numbers of its prompt: a language model that depends on nothing else."""

    name = "fake"
    context_length = 2_048
    grammars = True

    def continue_text(self, text: str, options: Options, *, n: int = 1) -> list[Completion]:
        there = [number for number in json.loads(text) if number is not None]
        newest = (HORIZON * there)[-HORIZON:]
        return [Completion(json.dumps(newest), True, len(text), 3 * HORIZON, 0.0)] * n

    def count_tokens(self, text: str) -> int:
        return len(text)


def inputs(n: int = 240 + HORIZON) -> Inputs:
    """One known ahead and one seen, neither of which has to do with anything."""
    rng = np.random.default_rng(4)
    return Inputs(("SP-1", "T-2"), rng.normal(size=(n, 1)), rng.normal(size=(n, 1)))


def candidate(name: str, weights: Path | None = None) -> Forecaster:
    folders = {name: weights} if weights else {}
    means = Means([FakeModel()], samples=2, inputs=inputs(), weights=folders)  # type: ignore[list-item]  # it forecasts by one method only
    return CANDIDATES[name](means)[0]


NEURAL = {"lstm", "chronos-2"}
NO_WEIGHTS = {"tirex", "timesfm"}
"""They keep the rules by the code of chronos-2; a small one cannot be made with what is installed."""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_chronos(tmp_path_factory.mktemp("chronos"))


@pytest.fixture(params=[name for name in CANDIDATES if name not in NO_WEIGHTS])
def forecaster(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Forecaster:
    if request.param in NEURAL:
        pytest.importorskip("pytorch_lightning", reason="torch is not installed: make test FINETUNE=1")
        monkeypatch.setattr("forecasting.neural._EPOCHS", 3)  # the rules hold however long it is trained
    return candidate(request.param, request.getfixturevalue("weights") if request.param == "chronos-2" else None)


def series(values: Sequence[float] | np.ndarray) -> Series:
    values = np.asarray(values, dtype=np.float64)
    return Series("T-1", "degC", np.arange(len(values), dtype=np.int64) * HOUR, values, HOUR)


def wave(n: int = 240, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 20 + 3 * np.sin(2 * np.pi * np.arange(n) / 24) + rng.normal(0, 0.3, n)


def changed(at: int | slice, value: float) -> np.ndarray:
    values = wave()
    values[at] = value
    return values


def gappy() -> np.ndarray:
    values = wave()
    values[np.random.default_rng(2).random(len(values)) < 0.2] = np.nan
    values[100:130] = np.nan
    return values


BEARABLE = {
    "daily": wave(),
    "gappy": gappy(),
    "negative": -wave(),
    "tiny": 1e-9 * wave(),
    "huge": 1e12 * wave(),
    "far from zero": 1e6 + wave(),
    "trend": np.arange(240.0) + np.random.default_rng(3).normal(0, 1, 240),
    "step": np.r_[wave(120), wave(120) + 50],
    "stuck, then alive": changed(slice(0, 150), 20.0),
    "dropped out since two days": changed(slice(192, None), np.nan),
    "begins late": changed(slice(0, 100), np.nan),
    "a spike": changed(230, 1e4),
    "not numbers": changed(slice(50, 52), np.inf),
    "repeats itself exactly": np.tile(wave(24), 10),
}


@pytest.mark.parametrize("kind", BEARABLE)
def test_gives_finite_values_of_the_histories_order(forecaster: Forecaster, kind: str) -> None:
    values = BEARABLE[kind]
    forecast = forecaster.forecast(series(values), HORIZON, season=24)
    assert forecast.median.shape == (HORIZON,)
    assert np.isfinite(forecast.median).all()
    room = 2 * np.ptp(values[np.isfinite(values)])
    assert np.nanmin(values) - room < forecast.median.min()
    assert forecast.median.max() < np.nanmax(values) + room


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="empty"),
        pytest.param([1.0], id="one value"),
        pytest.param([1.0, 2.0, 3.0], id="three values"),
        pytest.param([np.nan] * 100, id="all missing"),
        pytest.param([5.0] * 100, id="constant"),
        pytest.param([np.nan] * 60 + [1.0], id="one value after a gap"),
        pytest.param([1e308, -1e308] * 50, id="beyond what can be subtracted"),
        pytest.param([5e-324, 0.0] * 50, id="beyond what can be divided"),
    ],
)
def test_either_forecasts_or_fails_with_a_sentence(forecaster: Forecaster, values: list[float]) -> None:
    reason, steps = "", None
    try:
        steps = forecaster.forecast(series(values), HORIZON, season=1).median.shape
    except CandidateFailed as failure:
        reason = str(failure)
    assert steps == (HORIZON,) or len(reason.split()) >= 3


def test_a_season_longer_than_the_history_is_a_failure_or_unused(forecaster: Forecaster) -> None:
    folds = make_folds(wave(60), HORIZON, 3)
    assert folds
    result = run_backtest(forecaster, series(wave(60)), folds, season=500, budget=Budget())
    assert (result.medians is None) == forecaster.seasonal
    assert (result.status != "ok") == forecaster.seasonal


def test_the_same_history_gives_the_same_forecast(forecaster: Forecaster) -> None:
    first = forecaster.forecast(series(wave()), HORIZON, season=24)
    again = forecaster.forecast(series(wave()), HORIZON, season=24)
    assert np.array_equal(first.median, again.median)


def test_the_history_is_left_as_it_was(forecaster: Forecaster) -> None:
    values = gappy()
    before = values.copy()
    forecaster.forecast_folds(series(values), [200, 240], HORIZON, season=24)
    assert np.array_equal(values, before, equal_nan=True)


def test_an_empty_budget_stops_it(forecaster: Forecaster) -> None:
    with pytest.raises(TimedOut):
        forecaster.forecast_folds(series(wave()), [200], HORIZON, season=24, budget=Budget(0.0))


def assert_no_look_ahead(forecaster: Forecaster, season: int) -> None:
    """Changes what comes after each origin: the forecasts from there and before must stay."""
    values = wave()
    origins = [180, 200, 220]
    plain = forecaster.forecast_folds(series(values), origins, HORIZON, season=season)
    for i, origin in enumerate(origins):
        changed = values.copy()
        changed[origin:] = 1_000 + np.random.default_rng(origin).normal(0, 100, len(values) - origin)
        other = forecaster.forecast_folds(series(changed), origins, HORIZON, season=season)
        for k in range(i + 1):
            assert np.array_equal(plain[k].median, other[k].median), f"fold {k} saw beyond its origin"


def test_no_fold_sees_beyond_its_origin(forecaster: Forecaster) -> None:
    assert_no_look_ahead(forecaster, season=24)


class FakeCheat:
    """Plants a leak: what it forecasts depends on values after the origin."""

    name = "cheat"
    seasonal = False
    fills_gaps = False

    def __init__(self, leak: Callable[[np.ndarray, int], float]) -> None:
        self._leak = leak

    def forecast_folds(self, series: Series, origins: Sequence[int], horizon: int, *, season: int) -> list[Forecast]:
        return [Forecast(np.full(horizon, self._leak(series.values, origin))) for origin in origins]


LEAKS = {
    "scaled by the mean of the whole series": lambda values, origin: values.mean(),
    "one step too many": lambda values, origin: values[: origin + 1].mean(),
    "what comes a season later": lambda values, origin: values[min(origin + 24, len(values) - 1)],
    "a hair of the newest value": lambda values, origin: values[:origin].mean() + 1e-6 * values[-1],
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_caught(leak: str) -> None:
    with pytest.raises(AssertionError, match="saw beyond its origin"):
        assert_no_look_ahead(FakeCheat(LEAKS[leak]), season=1)  # type: ignore[arg-type]  # only what the check calls


def test_the_first_fold_equals_a_forecast_of_its_own(forecaster: Forecaster) -> None:
    values = wave()
    fold = forecaster.forecast_folds(series(values), [200, 220], HORIZON, season=24)[0]
    alone = forecaster.forecast(series(values[:200]), HORIZON, season=24)
    assert np.array_equal(fold.median, alone.median)


def test_names_are_those_of_the_registry() -> None:
    assert [candidate(name).name for name in CANDIDATES] == list(CANDIDATES)
