"""Issued forecasts are kept, and scored when their values come: each forecast against what nobody knew yet.

A step is due when the tag has a reading at its end or later; it is scored where it has a good one. A forecast is
settled a day after its last step is due: what comes later than that changes no score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from forecasting import metrics
from forecasting.candidates import BAR
from forecasting.demotion import Outcome, demoted
from plant.store.contract import IssuedForecast, Score
from plant.time import DAY, Span, now_ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from forecasting.comparison import Comparison
    from forecasting.contract import Floats
    from plant.store.contract import Store

_LATE: Final = DAY
"""Readings that come so long after a forecast's end still count."""

EVIDENCE: Final = 30 * DAY
"""What happened before that demotes nobody."""


class Said(msgspec.Struct, frozen=True):
    """What one candidate said: a value a step, and the band's edges by level as text."""

    median: tuple[float, ...]
    lower: dict[str, tuple[float, ...]]
    upper: dict[str, tuple[float, ...]]


class Body(msgspec.Struct, frozen=True):
    """The JSON of an issued forecast.

    Attributes:
        scale: What errors are divided by for MASE, in the tag's unit; None where it is not known.
        candidates: What each candidate said, by name.
    """

    scale: float | None
    candidates: dict[str, Said]


def keep_forecast(store: Store, comparison: Comparison, until: int | None) -> None:
    """Keeps the forecasts of all candidates of a comparison that shows one.

    Args:
        store: Where.
        comparison: Complete.
        until: The time it was asked from, UTC milliseconds; None for the newest reading.
    """
    series, folds, shown = comparison.series, comparison.folds, comparison.shown
    known = store.extent(series.tag)
    assert folds is not None
    assert shown is not None
    assert comparison.verdict.shown is not None
    step, origin = series.step_ms or 0, shown.times[0]
    hindsight = until is not None and known is not None and known.end > origin + step
    scale = metrics.scale_of(series.values[: folds.origins[0]], comparison.season.steps)
    said = {name: Said(one.median, one.lower, one.upper) for name, one in comparison.forecasts.items()}
    forecast = IssuedForecast(series.tag, origin, step, folds.horizon, now_ms(), hindsight, comparison.verdict.shown)
    store.add_forecast(forecast, msgspec.json.encode(Body(scale.absolute if scale else None, said)).decode())


def read_body(store: Store, forecast: IssuedForecast) -> Body:
    """Returns what an issued forecast said."""
    return msgspec.json.decode(store.forecast_body(forecast.id) or "", type=Body)


def score_forecasts(store: Store, tag: str, keep_days: float = 0.0) -> None:
    """Scores what has come of a tag's issued forecasts, and forgets old ones; whoever asks again changes nothing.

    Args:
        store: Where they are.
        tag: The tag.
        keep_days: How long settled forecasts are kept, days before the tag's newest reading; 0 for ever.
    """
    known = store.extent(tag)
    waiting = store.forecasts(tag, unsettled=True) if known else []
    if known is None or not waiting:
        return
    before = {(one.forecast, one.candidate): one for one in store.scores(tag, since=waiting[0].origin)}
    scores = []
    for forecast in waiting:
        for score in _scored(store, forecast, known.end - 1):
            old = before.get((score.forecast, score.candidate))
            if old is None or msgspec.structs.replace(score, scored_at=old.scored_at) != old:
                scores.append(score)
    settled = [one.id for one in waiting if one.end + _LATE <= known.end - 1]
    if scores or settled:
        store.put_scores(scores, settled)
    if settled and keep_days:
        store.drop_forecasts(tag, known.end - round(keep_days * DAY))


def demoted_by_scores(store: Store, tag: str, step_ms: int, until: int) -> dict[str, str]:
    """Returns the candidates that a tag's scores demote, each with its evidence as a sentence.

    Args:
        store: Where the scores are.
        tag: The tag.
        step_ms: Only forecasts of these steps count: for others other methods are good.
        until: Only forecasts that are over by then count, UTC milliseconds.
    """
    since = until - EVIDENCE
    forecasts = [one for one in store.forecasts(tag, since=since) if one.step_ms == step_ms and one.end <= until]
    found = demoted(outcomes(forecasts, store.scores(tag, since=since)), BAR)
    return {name: demotion.reason for name, demotion in found.items()}


def outcomes(forecasts: Sequence[IssuedForecast], scores: Sequence[Score]) -> list[Outcome]:
    """Returns what became of the forecasts that are over and were issued ahead, in their order."""
    errors: dict[int, dict[str, float]] = {}
    due: dict[int, int] = {}
    for score in scores:
        errors.setdefault(score.forecast, {})[score.candidate] = score.mae
        due[score.forecast] = score.due
    return [
        Outcome(one.origin, one.end, errors[one.id])
        for one in forecasts
        if not one.hindsight and due.get(one.id) == one.horizon
    ]


def _scored(store: Store, forecast: IssuedForecast, newest: int) -> Iterator[Score]:
    """Yields the scores of a forecast's candidates, none where no value has come; `newest` is the newest reading's."""
    due = min((newest - forecast.origin) // forecast.step_ms, forecast.horizon)
    if due < 1:
        return
    end = forecast.origin + due * forecast.step_ms
    actual = store.series(forecast.tag, Span(forecast.origin, end), forecast.step_ms).values
    steps = int(np.count_nonzero(np.isfinite(actual)))
    if not steps:
        return
    body = read_body(store, forecast)
    for name, said in body.candidates.items():
        mae = metrics.mae(actual, np.array(said.median[:due]))
        inside = {level: _inside(actual, said, level) for level in said.lower}
        mase = mae / body.scale if body.scale else None
        yield Score(forecast.id, name, due, steps, mae, mase, inside, now_ms())


def _inside(actual: Floats, said: Said, level: str) -> float:
    n = len(actual)
    return metrics.coverage(actual, np.array(said.lower[level][:n]), np.array(said.upper[level][:n]))
