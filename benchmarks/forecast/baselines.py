"""What a careful user writes with darts and with statsforecast: models, orders and seasons, pinned.

Every parameter is set; none is a default of a library that does harm. Each method is told the season. Those that cannot
be run in reasonable time at a season are left out there, as the user would: seasonal ARIMA and AutoETS above 24 steps
(AutoETS ignores longer seasons), exponential smoothing above 48. BLAS has one thread, which is faster for all of them.
"""

from __future__ import annotations

import json
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from benchmarks.report import HERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.forecast.data import Task
    from forecasting.contract import Floats

KEPT: Final = HERE / "out" / "forecast-baselines.json"
"""Their forecasts for the accuracy table: they do not depend on this project. Delete it to make them again."""

_ARIMA_UP_TO: Final = 24
_SMOOTHING_UP_TO: Final = 48


def darts_models(seasons: tuple[int, ...]) -> dict[str, Any]:
    """Returns the models of (a), the loop that refits, by name."""
    from darts.models import ARIMA, ExponentialSmoothing, NaiveSeasonal, Theta
    from darts.utils.utils import ModelMode, SeasonalityMode

    season = seasons[0]
    models: dict[str, Any] = {
        "NaiveSeasonal": NaiveSeasonal(K=season),
        "Theta": Theta(seasonality_period=season, season_mode=SeasonalityMode.ADDITIVE),
    }
    if season <= _SMOOTHING_UP_TO:
        models["ExponentialSmoothing"] = ExponentialSmoothing(
            trend=ModelMode.ADDITIVE, damped=True, seasonal=SeasonalityMode.ADDITIVE, seasonal_periods=season
        )
    if season <= _ARIMA_UP_TO:
        models["ARIMA(0,1,1)(0,1,1)"] = ARIMA(p=0, d=1, q=1, seasonal_order=(0, 1, 1, season))
    return {f"darts {name}": model for name, model in models.items()}


def statsforecast_models(seasons: tuple[int, ...]) -> list[Any]:
    """Returns the models of (b); the alias of each is its name."""
    from statsforecast.models import MSTL, AutoARIMA, AutoETS, AutoTheta, SeasonalNaive

    season = seasons[0]
    models: list[Any] = [
        SeasonalNaive(season, alias="sf SeasonalNaive"),
        AutoTheta(season_length=season, alias="sf AutoTheta"),
        MSTL(list(seasons), trend_forecaster=AutoARIMA(approximation=True), alias="sf MSTL"),
    ]
    if season <= _ARIMA_UP_TO:
        models.append(AutoETS(season_length=season, damped=True, alias="sf AutoETS"))
        models.append(AutoARIMA(season_length=season, approximation=True, alias="sf AutoARIMA"))
    return models


@contextmanager
def as_a_careful_user() -> Iterator[None]:
    """One BLAS thread, and no warnings: these models warn at each fit, and the table is what is read."""
    with threadpool_limits(limits=1, user_api="blas"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def darts_loop(values: Floats, season: int, horizon: int, folds: int) -> dict[str, Floats]:
    """Returns the medians of (a) on the folds, of shape (folds, horizon), by model; each fold is fitted anew."""
    from darts import TimeSeries

    series = TimeSeries.from_values(values)
    medians = {}
    with as_a_careful_user():
        for name, model in darts_models((season,)).items():
            forecasts = model.historical_forecasts(
                series,
                start=len(values) - folds * horizon,
                start_format="position",
                forecast_horizon=horizon,
                stride=horizon,
                retrain=True,
                last_points_only=False,
                verbose=False,
                show_warnings=False,
            )
            medians[name] = np.stack([forecast.values()[:, 0] for forecast in forecasts])
    return medians


def statsforecast_folds(values: Floats, season: int, horizon: int, folds: int) -> dict[str, Floats]:
    """Returns the medians of (b), `cross_validation` as it comes, of shape (folds, horizon), by model."""
    import pandas as pd
    from statsforecast import StatsForecast

    frame = pd.DataFrame({"unique_id": "bench", "ds": np.arange(len(values)), "y": values})
    with as_a_careful_user():
        models = statsforecast_models((season,))
        runner = StatsForecast(models=models, freq=1)
        found = runner.cross_validation(df=frame, h=horizon, step_size=horizon, n_windows=folds)
    return {str(model): found[str(model)].to_numpy().reshape(folds, horizon) for model in models}


def baseline_forecasts(task: Task, origin: int) -> dict[str, Floats]:
    """Returns the forecasts of all methods from one origin, of shape (horizon,), by name; made once and kept."""
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    key = f"{task.name}, {task.history} steps before row {origin}, {task.horizon} ahead"
    if key not in kept:
        with as_a_careful_user():
            kept[key] = _refitted(task.before(origin), task)
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept), encoding="utf-8")
    return {name: np.asarray(median) for name, median in kept[key].items()}


def _refitted(history: Floats, task: Task) -> dict[str, list[float]]:
    from darts import TimeSeries

    forecasts = {}
    for name, model in darts_models(task.seasons).items():
        model.fit(TimeSeries.from_values(history))
        forecasts[name] = model.predict(task.horizon).values()[:, 0].tolist()
    for one in statsforecast_models(task.seasons):
        forecasts[str(one)] = one.forecast(y=history, h=task.horizon)["mean"].tolist()
    return forecasts
