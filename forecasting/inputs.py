"""Inputs of a forecast: other series and the calendar, on the steps of the series they may help.

| input | what is known at an origin |
|---|---|
| known | all of it, to the end of the horizon: a schedule, a set point that is planned, the calendar |
| seen | up to the origin only: any other tag |

An input is put on the steps by the mean of its values in each; a value of a log of changes, whose
times are irregular, holds until the next. What is missing stays NaN: a candidate fills it from what it
may know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.calendar import calendar_columns
from forecasting.contract import Inputs
from forecasting.series import native_step
from plant.errors import BadInput
from plant.time import to_iso

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray

    from forecasting.contract import Floats
    from plant.series import Series

MOST: Final = 20
"""More series than this are not weighed one by one any more: they are a haystack."""

_SILENT_STEPS: Final = 3
"""An input without a value in its newest steps, so many or more, is said."""


@dataclass(frozen=True, slots=True)
class InputSources:
    """What inputs are made of.

    Attributes:
        known: Series known ahead, any times.
        seen: Series known up to now, any times.
        zone: Whose calendar is an input; None for no calendar.
    """

    known: Sequence[Series] = ()
    seen: Sequence[Series] = ()
    zone: tzinfo | None = None

    def __bool__(self) -> bool:
        return bool(self.known or self.seen or self.zone)


def build_inputs(sources: InputSources, series: Series, horizon: int) -> tuple[Inputs | None, list[str]]:
    """Puts inputs on the steps of a regular series.

    Args:
        sources: What they are made of.
        series: Regular, of at least one step.
        horizon: Steps after it for which known inputs are needed.

    Returns:
        The inputs, None where there are none, and what is used, each a few words.

    Raises:
        BadInput: For one that is the series itself, is both known and seen, has no value on its
            steps, or is known ahead but ends before the horizon does; for more than `MOST` of them.
    """
    if not sources:
        return None, []
    if both := {one.tag for one in sources.known} & {one.tag for one in sources.seen}:
        raise BadInput(f"{min(both)} is either known ahead or seen, not both.", hint="Name it once.")
    if len(sources.known) + len(sources.seen) > MOST:
        raise BadInput(f"{len(sources.known) + len(sources.seen)} inputs are too many.", hint=f"Name at most {MOST}.")
    assert series.step_ms  # the caller made it regular
    ahead = series.times[0] + series.step_ms * np.arange(len(series) + horizon, dtype=np.int64)
    names = [one.tag for one in sources.known]
    known = [_column(one, series, ahead) for one in sources.known]
    for one, column in zip(sources.known, known, strict=True):
        _check_ahead(one, column, ahead)
    if sources.zone:
        more, calendar = calendar_columns(ahead, series.step_ms, sources.zone)
        names += more
        known += [*calendar.T]
    seen = [_column(one, series, ahead[: len(series)]) for one in sources.seen]
    names += [one.tag for one in sources.seen]
    inputs = Inputs(tuple(names), _stacked(known, len(ahead)), _stacked(seen, len(series)))
    return inputs, [*_used(sources), *_silent(sources.seen, inputs.seen, series)]


def _used(sources: InputSources) -> list[str]:
    said = [("known ahead", sources.known), ("seen up to now", sources.seen)]
    notes = [f"inputs {how}: {', '.join(one.tag for one in found)}" for how, found in said if found]
    return notes + ([f"input: the calendar of {sources.zone}"] if sources.zone else [])


def _silent(seen: Sequence[Series], columns: Floats, series: Series) -> list[str]:
    """Says which inputs have no newest values: the folds had them, the forecast from now has not."""
    notes = []
    for one, column in zip(seen, columns.T, strict=True):
        newest = int(np.flatnonzero(np.isfinite(column))[-1])
        if newest < len(column) - _SILENT_STEPS:
            notes.append(f"the input {one.tag} has no value after {to_iso(int(series.times[newest]))}")
    return notes


def _stacked(columns: list[Floats], n: int) -> Floats:
    return np.column_stack(columns) if columns else np.empty((n, 0))


def _column(one: Series, series: Series, times: NDArray[np.int64]) -> Floats:
    """Returns an input on some steps. Raises `BadInput` where it is the series itself or has no value there."""
    if one.tag == series.tag:
        raise BadInput(f"{one.tag} cannot be an input of its own forecast.", hint="Its past is used anyway.")
    column = on_steps(one, times, series.step_ms or 1)
    if not np.isfinite(column).any():
        raise BadInput(
            f"The input {one.tag} has no value from {to_iso(int(times[0]))} to {to_iso(int(times[-1]))}.",
            hint="Leave it out, or name one that covers the history.",
        )
    return column


def _check_ahead(one: Series, column: Floats, times: NDArray[np.int64]) -> None:
    """Raises `BadInput` for an input that is said to be known ahead and has no value at the last step."""
    newest = int(np.flatnonzero(np.isfinite(column))[-1])
    if newest < len(times) - 1:
        raise BadInput(
            f"The input {one.tag} is known to {to_iso(int(times[newest]))}, the forecast goes to "
            f"{to_iso(int(times[-1]))}.",
            hint=f"Give its values to there, or name it as one that is seen up to now: --input {one.tag}.",
        )


def on_steps(series: Series, times: NDArray[np.int64], step_ms: int) -> Floats:
    """Returns the mean of a series' values in each step, NaN where a step has none; of shape (n,).

    A step without a value has the newest before it, while that holds: for the distance of the series'
    times where that is regular, else until the next, but not after a NaN.

    Args:
        series: Any series of at least one time.
        times: Beginnings of the steps, UTC milliseconds, `step_ms` apart.
        step_ms: Their length.
    """
    index = (series.times - times[0]) // step_ms
    good = (index >= 0) & (index < len(times)) & np.isfinite(series.values)
    counts = np.bincount(index[good], minlength=len(times))
    sums = np.bincount(index[good], weights=series.values[good], minlength=len(times))
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, sums / counts, _held(series, times))


def _held(series: Series, times: NDArray[np.int64]) -> Floats:
    """Returns the value that holds at each time; NaN where none does."""
    distance, regular = native_step(series) if len(series) > 1 else (0, False)
    newest = np.searchsorted(series.times, times, side="right") - 1
    holds = (newest >= 0) & (not regular or (times - series.times[newest] < distance))
    return np.where(holds, series.values[newest], np.nan)
