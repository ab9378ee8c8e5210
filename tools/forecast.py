"""What a tag will do: every method on the same folds, the best one shown, or a refusal with its reason.

Each number comes from the backtest or from the readings it was made of, and both can be opened.
A winner must beat seasonal naive on the folds; where nothing does, seasonal naive itself may be
shown, and `forecast.baseline` says so.

| fact | value |
|---|---|
| `forecast.tag` | the tag |
| `forecast.horizon` | how far, seconds |
| `forecast.from` | time of the newest reading it starts from |
| `forecast.until` | end of its last step, time |
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
| `forecast.skill_low`, `forecast.skill_high` | where that skill lies with a confidence, by bootstrap |
| `forecast.skill_level` | that confidence, percent (unit `%`) |
| `forecast.choice_skill` | what choosing this way saves on folds it did not see; absent for fewer than three folds |
| `forecast.anomalies` | how many steps of the folds it finds odd |
| `forecast.error` | its mean absolute error on the folds, in the tag's unit |
| `forecast.folds` | number of folds |
| `forecast.passed_over` | a method that had less error on the folds and is demoted; a fact each |
| `forecast.loser.<name>.skill` | another method's skill; negative where it is worse than seasonal naive |
| `forecast.loser.<name>.skill_low`, `.skill_high`, `.anomalies` | as above, of another method |
| `forecast.loser.<name>.mase` | its mean absolute scaled error |
| `forecast.loser.<name>.status` | why a method has no figures: a sentence, or `timed out` |
| `forecast.limit.which` | name of the limit likeliest to be crossed first, see below; absent where none may be |
| `forecast.limit.value` | that limit, in the tag's unit |
| `forecast.limit.from`, `forecast.limit.to` | times between which 80 % of the futures that cross it do so first |
| `forecast.limit.probability` | of crossing it within the horizon, at least 10 percent (unit `%`) |
| `forecast.limit.now` | whether the newest reading is beyond it already, however soon it is expected back |
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
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

import msgspec

from forecasting.candidates import LANGUAGE_MODEL, Means, open_candidates
from forecasting.comparison import Row, compare
from forecasting.inputs import InputSources, build_inputs
from forecasting.spacing import gap_notes
from plant.facts import SECONDS, TIME, Refusal, RefusalCode
from plant.time import MINUTE, Span, format_duration, now_ms, to_iso, zone_named
from tools.forecast_history import (
    beyond_history,
    column_history,
    newest_reading,
    outside,
    tag_history,
    until_newest,
)
from tools.forecast_inputs import tag_inputs
from tools.forecast_result import TOOL, Question, refused, told
from tools.forecast_scores import demoted_by_scores, keep_forecast, score_forecasts
from tools.subjects import no_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from forecasting.comparison import Comparison
    from forecasting.contract import Inputs
    from inference.contract import LanguageModel
    from plant.facts import ToolResult
    from plant.registry import Sensor
    from plant.series import Series
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.contract import ForecastInput

    Progress = Callable[[ToolResult], None] | None

_SILENT_STEPS: Final = 3
"""A tag that gave nothing for so many steps while others went on is stale."""

_PATIENT_S: Final = 60.0
"""From this deadline on a language model is asked three times a fold, else once."""


_NO_INPUTS: Final = InputSources()


class ForecastTool:
    """Forecasts a tag of the store.

    Args:
        store: Where history, registry, issued forecasts and their scores are.
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

    def run(self, request: ForecastInput, progress: Progress = None) -> ToolResult:
        """Compares all methods on the tag's history and keeps the forecast that is shown.

        Args:
            request: What is asked.
            progress: Called with what is known so far, as `compare` does; the last call has all.

        Raises:
            UsageError: For a candidate that is not known.
            StoreError: If the store cannot be read.
        """
        began = time.perf_counter()
        result = self._answer(request, progress)
        return msgspec.structs.replace(result, seconds=time.perf_counter() - began)

    def _answer(self, request: ForecastInput, progress: Progress) -> ToolResult:
        registry = self._store.registry()
        sensor = registry.get(request.tag)
        if sensor is None:
            return refused(Question(request.tag, "", request.horizon_ms), no_tag(registry, request.tag))
        question = Question(sensor.tag, sensor.unit, request.horizon_ms)
        known, everything = self._store.extent(sensor.tag), self._store.extent()
        if known is None or everything is None:
            return refused(question, Refusal(RefusalCode.NO_DATA, f"{sensor.tag} has no readings yet."))
        if known.length == 1:
            text = f"{sensor.tag} has a single reading so far; a forecast needs a history."
            return refused(question, Refusal(RefusalCode.TOO_SHORT, text, "Wait for more readings."))
        if request.until is not None and not known.start < request.until <= everything.end:
            return refused(question, outside(question.tag, request.until, Span(known.start, known.end - 1)))
        if too_far := beyond_history(question.horizon_ms, known):
            return refused(question, too_far)
        if (early := known.end - now_ms()) > MINUTE:
            note = f"the newest reading of {sensor.tag} is {format_duration(early)} ahead of this machine's clock"
            question = replace(question, notes=(note,))
        # A reading stands for its cadence: a step is whole once that of its last reading has passed.
        end = everything.end - 1 + sensor.cadence_ms if request.until is None else request.until
        series = tag_history(self._store, sensor, request.horizon_ms, Span(known.start, end))
        return self._judge(question, sensor, series, end, request, progress)

    def _judge(
        self, question: Question, sensor: Sensor, series: Series, end: int, request: ForecastInput, progress: Progress
    ) -> ToolResult:
        step = series.step_ms or MINUTE
        seen = until_newest(series)
        silent = end - int(seen.times[-1]) - step if len(seen) else 0
        if silent > max(_SILENT_STEPS * step, 10 * sensor.cadence_ms):
            text = f"{question.tag} has given no good reading for {format_duration(silent)}, while others went on."
            refusal = Refusal(RefusalCode.STALE, text, "Check the sensor and its line.")
            since = (to_iso(end - silent), TIME)
            return refused(
                question, refusal, facts={"forecast.from": since, "forecast.silent_for": (silent / 1_000, SECONDS)}
            )
        score_forecasts(self._store, question.tag, self._settings.forecast.keep_days)
        given = self._inputs(request, seen, _steps(question, seen, silent))
        if isinstance(given, Refusal):
            return refused(question, given)
        inputs, notes = given
        question = replace(question, notes=(*question.notes, *gap_notes(seen), *notes))
        comparison = compare_series(
            question,
            seen,
            inputs=inputs,
            settings=self._settings,
            models=self._models,
            candidates=request.candidates,
            deadline_s=request.deadline_s,
            limits=sensor.limits,
            newest=newest_reading(self._store, seen, end),
            ahead=silent,
            demoted=demoted_by_scores(self._store, question.tag, step, end),
            progress=progress,
        )
        if comparison.shown:
            keep_forecast(self._store, comparison, request.until)
        return told(question, comparison)

    def _inputs(
        self, request: ForecastInput, series: Series, horizon: int
    ) -> tuple[Inputs | None, list[str]] | Refusal:
        if not len(series):
            return None, []
        return tag_inputs(self._store, request, series, horizon, zone_named(self._settings.plant.timezone))


def compare_series(  # noqa: PLR0913 (a question, a series, and what may be said of how to compare)
    question: Question,
    series: Series,
    *,
    settings: Settings,
    models: Sequence[LanguageModel] = (),
    candidates: Sequence[str] = (),
    deadline_s: float = 30.0,
    ahead: int = 0,
    inputs: Inputs | None = None,
    progress: Progress = None,
    **options: Any,
) -> Comparison:
    """Compares methods on a regular series that ends with a value, wherever it comes from.

    Args:
        question: What was asked.
        series: The history, NaN where missing.
        settings: Folds and levels.
        models: Language models that compete, a row each.
        candidates: Names of methods; empty for all.
        deadline_s: For all methods together.
        ahead: How long after the series' end the horizon begins, milliseconds.
        inputs: What may help besides the series' own past, to the end of the horizon.
        progress: Called with what is known so far.
        options: `limits`, `newest`, `demoted` as of `compare`.

    Raises:
        UsageError: For a candidate that is not known.
    """
    samples = 3 if deadline_s >= _PATIENT_S else 1
    means = Means(models, samples, settings.forecast.prompt, inputs, settings.forecast.weights)
    chosen = open_candidates(candidates, means)
    missing = []
    if not models and (not candidates or LANGUAGE_MODEL in candidates):
        missing = [Row(LANGUAGE_MODEL, None, None, {}, None, None, 0.0, "there is no language model")]
    return compare(
        series,
        _steps(question, series, ahead),
        chosen,
        folds=settings.forecast.folds,
        levels=settings.forecast.levels,
        deadline_s=deadline_s,
        missing=missing,
        progress=progress and (lambda comparison: progress(told(question, comparison))),
        **options,
    )


def _steps(question: Question, series: Series, ahead: int) -> int:
    """Returns how many steps reach from a series to the end of a horizon that begins `ahead` milliseconds after it."""
    return math.ceil((ahead + question.horizon_ms) / (series.step_ms or question.horizon_ms))


def forecast_column(
    column: Series,
    horizon_ms: int,
    *,
    settings: Settings,
    until: int | None = None,
    notes: Sequence[str] = (),
    sources: InputSources = _NO_INPUTS,
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
        sources: Other columns and the calendar, where they may help.
        options: `models`, `candidates`, `deadline_s`, `progress` as of `compare_series`.

    Raises:
        BadInput: If the column has fewer than two rows, or an input cannot be one.
        UsageError: For a candidate that is not known.
    """
    question = Question(column.tag, column.unit, horizon_ms, tuple(notes))
    history = column_history(column, horizon_ms, until)
    if isinstance(history, Refusal):
        return refused(question, history)
    inputs, used = build_inputs(sources, history.series, _steps(question, history.series, history.ahead))
    question = Question(column.tag, column.unit, horizon_ms, (*notes, *history.notes, *used))
    comparison = compare_series(
        question, history.series, settings=settings, ahead=history.ahead, inputs=inputs, **options
    )
    return told(question, comparison)
