"""The calendar as known inputs: where each step lies in the day and the week, in the plant's time zone.

A plant that rests at night and on Sunday does so by the clock on its wall: a change to summer time
moves its day, and a series in UTC does not show that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from plant.time import DAY

if TYPE_CHECKING:
    from datetime import tzinfo

    from numpy.typing import NDArray

    from forecasting.contract import Floats

_PAIRS: Final = 3
"""Sines and cosines of the day: with three pairs a working day of eight hours has steep ends."""

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def calendar_columns(times: NDArray[np.int64], step_ms: int, zone: tzinfo) -> tuple[tuple[str, ...], Floats]:
    """Returns names and columns of the calendar at some times.

    The hour as sines and cosines of the day, on working days and on the weekend; the day of the week
    as 0 or 1 a day; the weekend as 0 or 1. Steps of a day or more have no hour.

    Args:
        times: UTC milliseconds, of shape (n,).
        step_ms: The distance between them.
        zone: In which the day begins at midnight.

    Returns:
        Names, and their values of shape (n, names).
    """
    days, hours = _local(times, zone)
    weekend = days >= 5
    columns = {f"calendar {name}": days == k for k, name in enumerate(_WEEKDAYS)}
    columns["calendar weekend"] = weekend
    if step_ms < DAY:
        for k in range(1, _PAIRS + 1):
            angle = 2 * np.pi * k * hours / 24
            for name, wave in (("sine", np.sin(angle)), ("cosine", np.cos(angle))):
                columns[f"calendar hour {name} {k}"] = np.where(weekend, 0.0, wave)
                columns[f"calendar weekend hour {name} {k}"] = np.where(weekend, wave, 0.0)
    return tuple(columns), np.column_stack([np.asarray(column, dtype=np.float64) for column in columns.values()])


def _local(times: NDArray[np.int64], zone: tzinfo) -> tuple[NDArray[np.int64], Floats]:
    """Returns the day of the week, Monday 0, and the hour of the day with its fraction, by the plant's clock."""
    import pandas as pd

    local = pd.to_datetime(times, unit="ms", utc=True).tz_convert(zone)
    return np.asarray(local.dayofweek, dtype=np.int64), np.asarray(local.hour + local.minute / 60, dtype=np.float64)
