"""What a tag will do: every method on the same folds, the best one shown, or a refusal with its reason.

Each number comes from the backtest or from the readings it was made of, and both can be opened.
A winner must beat seasonal naive on the folds; where nothing does, seasonal naive itself may be
shown, and `forecast.baseline` says so.

| fact | value |
|---|---|
| `forecast.tag` | the tag |
| `forecast.horizon` | how far, seconds |
| `forecast.from` | time of the newest reading it starts from |
| `forecast.until` | time of its last step |
| `forecast.step` | distance between its steps, seconds |
| `forecast.season` | the season found, seconds; absent where there is none: then seasonal naive is the last value |
| `forecast.now` | the newest value, in the tag's unit |
| `forecast.end` | the median at the last step, in the tag's unit |
| `forecast.lowest`, `forecast.highest` | of the median, in the tag's unit |
| `forecast.band_level` | nominal level of the band, percent (unit `%`) |
| `forecast.band_low`, `forecast.band_high` | lowest and highest edge of that band over the horizon, in the tag's unit |
| `forecast.coverage` | what that band really held on the folds, percent (unit `%`) |
| `forecast.calibration` | number of residuals the band rests on |
| `forecast.winner` | name of the method shown |
| `forecast.baseline` | whether the method shown is seasonal naive, since nothing beats it |
| `forecast.mase` | its mean absolute error over that of seasonal naive, one season back, in the first training part |
| `forecast.skill` | share of seasonal naive's error it saves on the folds, 0 to 1; absent for seasonal naive itself |
| `forecast.error` | its mean absolute error on the folds, in the tag's unit |
| `forecast.folds` | number of folds |
| `forecast.loser.<name>.skill` | another method's skill; negative where it is worse than seasonal naive |
| `forecast.loser.<name>.mase` | its mean absolute scaled error |
| `forecast.loser.<name>.status` | why a method has no figures: a sentence, or `timed out` |
| `forecast.limit.which` | name of the limit that the band crosses first, see below; absent where none is crossed |
| `forecast.limit.value` | that limit, in the tag's unit |
| `forecast.limit.from` | time of the first step at which crossing it has a probability of at least 10 % |
| `forecast.limit.to` | time of the first step at which it is likelier than not; else of the last with at least 10 % |
| `forecast.limit.probability` | the highest probability of being beyond it at one step, percent (unit `%`) |
| `forecast.limit.now` | whether the newest value is beyond it already |
| `forecast.odd_now.<name>` | whether a method finds the newest value odd; `isolation-forest` is one of them |
| `forecast.agreement` | whether all the methods that can tell say the same |
| `forecast.odd_count`, `forecast.judges` | how many methods find it odd, of how many that can tell |

Limits are `low_low`, `low`, `high`, `high_high`, and `band_low`, `band_high` of the set point.

A refusal keeps `forecast.tag`, `forecast.horizon` and, where known, `forecast.from`, `forecast.readings`
(steps with a value), `forecast.steps` (steps looked at), `forecast.stuck_since` (time),
`forecast.silent_for` (seconds), `forecast.best`, `forecast.best.mase`, `forecast.best.coverage` (percent).
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec
import numpy as np

from forecasting.candidates import LANGUAGE_MODEL, Means, open_candidates
from forecasting.comparison import Row, compare
from forecasting.series import choose_step, missing_share, native_step, to_steps
from plant.errors import BadInput, nearest
from plant.facts import SECONDS, TIME, Refusal, RefusalCode
from plant.series import Series
from plant.time import MINUTE, Span, format_duration, now_ms, to_iso
from tools.forecast_result import TOOL, Question, refused, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inference.contract import LanguageModel
    from plant.facts import ToolResult
    from plant.registry import Limits, Sensor
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.contract import ForecastInput

_HISTORY_STEPS: Final = 2_016
"""Steps of history that are looked at: a week of five-minute steps."""

_SILENT_STEPS: Final = 3
"""A tag that gave nothing for so many steps while others went on is stale."""

_FEW: Final = 10
"""Readings from which on their distance is told."""

_PATIENT_S: Final = 60.0
"""From this deadline on a language model is asked three times a fold, else once."""


class ForecastTool:
    """Forecasts a tag of the store.

    Args:
        store: Where history, registry and shown forecasts are.
        settings: Folds and levels.
        model: The language model that competes; None where there is none.
        others: More of them, a row each.
    """

    name: ClassVar[str] = TOOL

    def __init__(
        self, store: Store, settings: Settings, model: LanguageModel | None, others: Sequence[LanguageModel] = ()
    ) -> None:
        self._store = store
        self._settings = settings
        self._models = (*((model,) if model else ()), *others)

    def run(self, request: ForecastInput) -> ToolResult:
        """Compares all methods on the tag's history and keeps the forecast that is shown.

        Raises:
            UsageError: For a candidate that is not known.
            StoreError: If the store cannot be read.
        """
        began = time.perf_counter()
        result = self._answer(request)
        if result.data["forecast"] is not None:
            body = {key: result.data[key] for key in ("forecast", "series", "verdict", "horizon_ms", "unit")}
            shown = result.data["verdict"]["shown"]
            self._store.add_forecast(str(result.data["tag"]), now_ms(), shown, msgspec.json.encode(body).decode())
        return msgspec.structs.replace(result, seconds=time.perf_counter() - began)

    def _answer(self, request: ForecastInput) -> ToolResult:
        registry = self._store.registry()
        sensor = registry.get(request.tag)
        if sensor is None:
            near = tuple(nearest(request.tag, (one.tag for one in registry)))
            refusal = Refusal(
                RefusalCode.UNKNOWN_TAG, f"There is no tag {request.tag!r}.", "See millhand tags list.", near
            )
            return refused(Question(request.tag, "", request.horizon_ms), refusal)
        question = Question(sensor.tag, sensor.unit, request.horizon_ms)
        known, everything = self._store.extent(sensor.tag), self._store.extent()
        if known is None or everything is None:
            return refused(question, Refusal(RefusalCode.NO_DATA, f"{sensor.tag} has no readings yet."))
        if request.until is not None and not known.start < request.until <= everything.end:
            return refused(question, _outside(question.tag, request.until, known))
        if too_far := _beyond_history(question, known):
            return refused(question, too_far)
        # A reading stands for its cadence: a step is whole once that of its last reading has passed.
        end = everything.end - 1 + sensor.cadence_ms if request.until is None else request.until
        series = self._history(sensor, request.horizon_ms, Span(known.start, end))
        return self._judge(question, sensor, series, end, request)

    def _history(self, sensor: Sensor, horizon_ms: int, span: Span) -> Series:
        """Returns the newest whole steps of a span; a step that is still filling would be a false newest value."""
        step = choose_step(horizon_ms, self._native(sensor, span))
        end = span.end - span.end % step
        return self._store.series(sensor.tag, Span(max(span.start, end - _HISTORY_STEPS * step), end), step)

    def _native(self, sensor: Sensor, span: Span) -> int:
        """Returns the distance of readings in whole minutes: the cadence, or what the newest ones keep.

        The cadence of a tag that was found on a stream is a guess.
        """
        cadence = MINUTE * max(1, math.ceil(sensor.cadence_ms / MINUTE))
        newest = self._store.series(
            sensor.tag, Span(max(span.start, span.end - _HISTORY_STEPS * cadence), span.end), cadence
        )
        good = newest.times[np.isfinite(newest.values)]
        return max(cadence, int(np.median(np.diff(good)))) if len(good) > _FEW else cadence

    def _judge(
        self, question: Question, sensor: Sensor, series: Series, end: int, request: ForecastInput
    ) -> ToolResult:
        step = series.step_ms or MINUTE
        seen = _until_newest(series)
        silent = end - int(seen.times[-1]) - step if len(seen) else 0
        if silent > max(_SILENT_STEPS * step, 10 * sensor.cadence_ms):
            text = f"{question.tag} has given no good reading for {format_duration(silent)}, while others went on."
            refusal = Refusal(RefusalCode.STALE, text, "Check the sensor and its line.")
            since = (to_iso(end - silent), TIME)
            return refused(
                question, refusal, facts={"forecast.from": since, "forecast.silent_for": (silent / 1_000, SECONDS)}
            )
        return forecast_series(
            question,
            seen,
            settings=self._settings,
            models=self._models,
            candidates=request.candidates,
            deadline_s=request.deadline_s,
            limits=sensor.limits,
            ahead=end - int(seen.times[-1]) - step if len(seen) else 0,
        )


def forecast_series(
    question: Question,
    series: Series,
    *,
    settings: Settings,
    models: Sequence[LanguageModel] = (),
    candidates: Sequence[str] = (),
    deadline_s: float = 30.0,
    limits: Limits | None = None,
    ahead: int = 0,
) -> ToolResult:
    """Forecasts a regular series that ends with a value, wherever it comes from.

    Args:
        question: What was asked.
        series: The history, NaN where missing.
        settings: Folds and levels.
        models: Language models that compete, a row each.
        candidates: Names of methods; empty for all.
        deadline_s: For all methods together.
        limits: Of the tag.
        ahead: How long after the series' end the horizon begins, milliseconds.

    Raises:
        UsageError: For a candidate that is not known.
    """
    chosen = open_candidates(candidates, Means(models, samples=3 if deadline_s >= _PATIENT_S else 1))
    missing = []
    if not models and (not candidates or LANGUAGE_MODEL in candidates):
        missing = [Row(LANGUAGE_MODEL, None, None, {}, None, None, 0.0, "there is no language model")]
    comparison = compare(
        series,
        math.ceil((ahead + question.horizon_ms) / (series.step_ms or question.horizon_ms)),
        chosen,
        folds=settings.forecast.folds,
        levels=settings.forecast.levels,
        deadline_s=deadline_s,
        limits=limits,
        missing=missing,
    )
    return told(question, comparison)


def forecast_column(
    column: Series,
    horizon_ms: int,
    *,
    settings: Settings,
    until: int | None = None,
    notes: Sequence[str] = (),
    **options: Any,
) -> ToolResult:
    """Forecasts a column of a file: chooses the step, takes the means of steps, and forecasts them.

    Times at regular distances have gaps where rows are missing; at irregular ones the column is a
    log of changes, and a value holds until the next.

    Args:
        column: Irregular or regular; NaN where the file marks a value as missing.
        horizon_ms: How far.
        settings: Folds and levels.
        until: Forecast from here, UTC milliseconds; None for the last row.
        notes: What was detected in the file.
        options: `models`, `candidates`, `deadline_s` as of `forecast_series`.

    Raises:
        BadInput: If the column has fewer than two rows.
        UsageError: For a candidate that is not known.
    """
    native, regular = native_step(column)
    end = int(column.times[-1]) + native
    question = Question(column.tag, column.unit, horizon_ms, tuple(notes))
    if until is not None and not int(column.times[0]) < until <= end:
        return refused(question, _outside(column.tag, until, Span(int(column.times[0]), end)))
    if too_far := _beyond_history(question, Span(int(column.times[0]), end)):
        return refused(question, too_far)
    kept = column.until(int(np.searchsorted(column.times, end if until is None else until)))
    if len(kept) < 2:
        raise BadInput(f"{column.tag} has {len(kept)} rows before {to_iso(until or end)}; a forecast needs a history.")
    series = to_steps(kept, choose_step(horizon_ms, native), held=not regular)
    series = _until_newest(
        Series(series.tag, series.unit, series.times[-_HISTORY_STEPS:], series.values[-_HISTORY_STEPS:], series.step_ms)
    )
    spacing = "regular" if regular else "irregular: a value holds until the next"
    assumed = [
        f"rows are {format_duration(native)} apart, {spacing}",
        f"steps of {format_duration(series.step_ms or native)}",
    ]
    gaps = missing_share(series.values)
    assumed += [f"{100 * gaps:.1f} % of the steps have no value"] if gaps else []
    question = Question(column.tag, column.unit, horizon_ms, (*notes, *assumed))
    return forecast_series(question, series, settings=settings, **options)


def _until_newest(series: Series) -> Series:
    """Returns a series up to its newest value; all of it where there is none."""
    good = np.flatnonzero(np.isfinite(series.values))
    return series.until(int(good[-1]) + 1) if len(good) else series


def _beyond_history(question: Question, known: Span) -> Refusal | None:
    """Returns a refusal for a horizon that is longer than all that is known; shorter ones are judged by steps."""
    length = known.end - known.start
    if question.horizon_ms <= length:
        return None
    text = f"{format_duration(question.horizon_ms)} ahead cannot be checked on {format_duration(length)} of history."
    return Refusal(RefusalCode.HORIZON_TOO_LONG, text, "Ask for a shorter horizon.")


def _outside(tag: str, until: int, known: Span) -> Refusal:
    text = f"{to_iso(until)} is outside the readings of {tag}: {to_iso(known.start)} to {to_iso(known.end)}."
    return Refusal(RefusalCode.NO_DATA, text, "Leave --until out to forecast from the newest reading.")
