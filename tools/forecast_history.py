"""The history that a forecast starts from: regular steps of a tag or of a file's column, or why there are none.

A step that is still filling is left out: the mean of its first readings would be a false newest value.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from forecasting.series import choose_step, native_step, to_steps
from forecasting.spacing import gap_notes, spacing_notes
from plant.errors import BadInput
from plant.facts import Refusal, RefusalCode
from plant.series import Series
from plant.time import MINUTE, Span, format_duration, to_iso

if TYPE_CHECKING:
    from plant.registry import Sensor
    from plant.store.contract import Store

_HISTORY_STEPS: Final = 2_016
"""Steps of history that are looked at: a week of five-minute steps."""

_FEW: Final = 10
"""Readings from which on their distance is told."""


class ColumnHistory(NamedTuple):
    """What is forecast of a column.

    Attributes:
        series: Regular, ending with a value.
        ahead: How long after its end the horizon begins, milliseconds.
        notes: What was assumed, each a few words.
    """

    series: Series
    ahead: int
    notes: tuple[str, ...]


def tag_history(store: Store, sensor: Sensor, horizon_ms: int, span: Span) -> Series:
    """Returns the newest whole steps of a tag in a span, for a horizon."""
    step = choose_step(horizon_ms, _native(store, sensor, span))
    end = span.end - span.end % step
    return store.series(sensor.tag, Span(max(span.start, end - _HISTORY_STEPS * step), end), step)


def column_history(column: Series, horizon_ms: int, until: int | None) -> ColumnHistory | Refusal:
    """Returns the newest whole steps of a column, for a horizon.

    Args:
        column: Irregular or regular; NaN where missing.
        horizon_ms: How far.
        until: Rows before it count, UTC milliseconds; None for all.

    Raises:
        BadInput: If the column has fewer than two rows.
    """
    native, _ = native_step(column)
    known = Span(int(column.times[0]), int(column.times[-1]) + native)
    if until is not None and not known.start < until <= known.end:
        return outside(column.tag, until, known)
    if too_far := beyond_history(horizon_ms, known):
        return too_far
    kept = column.until(int(np.searchsorted(column.times, known.end if until is None else until)))
    if len(kept) < 2:
        raise BadInput(
            f"{column.tag} has {len(kept)} rows before {to_iso(until or known.end)}; a forecast needs a history."
        )
    native, regular = native_step(kept)  # later rows may lie otherwise, and nobody knew
    notes = spacing_notes(kept)
    kept = until_newest(kept)
    end = min(int(kept.times[-1]) + native, known.end if until is None else until)
    series = to_steps(kept, choose_step(horizon_ms, native), held=not regular, newest=_HISTORY_STEPS + 1)
    step = series.step_ms or native
    if int(series.times[-1]) + step > end and len(series) > 1:
        series = series.until(len(series) - 1)
    newest = until_newest(
        Series(series.tag, series.unit, series.times[-_HISTORY_STEPS:], series.values[-_HISTORY_STEPS:], step)
    )
    notes += [f"steps of {format_duration(step)}", *gap_notes(newest)]
    return ColumnHistory(newest, max(0, end - int(newest.times[-1]) - step), tuple(notes))


def until_newest(series: Series) -> Series:
    """Returns a series up to its newest value; all of it where there is none."""
    good = np.flatnonzero(np.isfinite(series.values))
    return series.until(int(good[-1]) + 1) if len(good) else series


def newest_reading(store: Store, series: Series, end: int) -> float | None:
    """Returns the newest good reading after the last step of a tag's series, before `end`; None where there is none.

    Steps are whole: what came since is in no mean of the series, and may be beyond a limit already.
    """
    if not len(series):
        return None
    since = int(series.times[-1]) + (series.step_ms or 0)
    readings = store.readings(series.tag, Span(since, end)) if since < end else []
    return next((one.value for one in reversed(readings) if one.good), None)


def beyond_history(horizon_ms: int, known: Span) -> Refusal | None:
    """Returns a refusal for a horizon that is longer than all that is known; shorter ones are judged by steps."""
    if horizon_ms <= known.length:
        return None
    text = f"{format_duration(horizon_ms)} ahead cannot be checked on {format_duration(known.length)} of history."
    return Refusal(RefusalCode.HORIZON_TOO_LONG, text, "Ask for a shorter horizon.")


def outside(tag: str, until: int, known: Span) -> Refusal:
    """Returns a refusal for a time from which there is nothing to forecast."""
    text = f"{to_iso(until)} is outside the readings of {tag}: {to_iso(known.start)} to {to_iso(known.end)}."
    return Refusal(RefusalCode.NO_DATA, text, "Leave --until out to forecast from the newest reading.")


def _native(store: Store, sensor: Sensor, span: Span) -> int:
    """Returns the distance of readings in whole minutes: the cadence, or what the newest ones keep.

    The cadence of a tag that was found on a stream is a guess.
    """
    cadence = MINUTE * max(1, math.ceil(sensor.cadence_ms / MINUTE))
    newest = store.series(sensor.tag, Span(max(span.start, span.end - _HISTORY_STEPS * cadence), span.end), cadence)
    good = newest.times[np.isfinite(newest.values)]
    return max(cadence, int(np.median(np.diff(good)))) if len(good) > _FEW else cadence
