"""What the forecasting methods find odd in a span: the anomaly rows of the one comparison, on folds that fill the span.

A method finds a step odd that lies outside the band its other folds allow; Isolation Forest judges values directly
(`forecasting/odd.py`). Nothing is forecast for people here, so that nothing is kept to be scored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from forecasting.series import choose_step, to_steps
from plant.series import Series
from plant.time import HOUR, MINUTE
from tools.forecast import compare_series
from tools.forecast_history import until_newest
from tools.forecast_result import Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.rows import Row
    from plant.settings import Settings
    from tools.intervals import Judged


class Compared(NamedTuple):
    """What the methods say.

    Attributes:
        tag: Of which tag.
        step_ms: The distance of the steps they forecast.
        rows: One a method.
        reason: Why none of them can tell, as a sentence; empty where one can.
    """

    tag: str
    step_ms: int
    rows: Sequence[Row]
    reason: str


def compare_methods(judged: Judged, tag: int, settings: Settings) -> Compared:
    """Compares all methods on one tag of a span, a column, with the history before it.

    The step is chosen so that the folds cover the span, but not with horizons below an hour.
    """
    sensor = judged.sensors[tag]
    span = (len(judged.times) - judged.begin) * MINUTE
    horizon = max(span // settings.forecast.folds, HOUR)
    step = choose_step(horizon, MINUTE)
    minutes = Series(sensor.tag, sensor.unit, judged.times, judged.frame[:, tag], MINUTE)
    history = until_newest(to_steps(until_newest(minutes), step))
    question = Question(sensor.tag, sensor.unit, horizon)
    comparison = compare_series(question, history, settings=settings, limits=sensor.limits)
    told = any(row.anomalies is not None for row in comparison.rows)
    return Compared(sensor.tag, step, comparison.rows, "" if told else comparison.verdict.reason)
