"""What judging an asset begins with: its tags, the begin of their history, their minutes, the threshold set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from plant.registry import SensorState
from plant.time import MINUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats
    from plant.registry import Registry, Sensor
    from plant.store.contract import Store
    from plant.time import Span

THRESHOLD_KEY: Final = "alerts.threshold/"
"""Begin of the key of the store's meta where `alerts tune` keeps an asset's threshold."""


def watched_assets(registry: Registry) -> dict[str, list[Sensor]]:
    """Returns the confirmed sensors of each asset, by tag."""
    watched: dict[str, list[Sensor]] = {}
    for sensor in sorted(registry, key=lambda sensor: sensor.tag):
        if sensor.asset and sensor.state is SensorState.CONFIRMED:
            watched.setdefault(sensor.asset, []).append(sensor)
    return watched


def begin_of_history(store: Store, sensors: Sequence[Sensor]) -> int | None:
    """Returns the minute of the first reading of any of some tags; None when there is none."""
    extents = [store.extent(sensor.tag) for sensor in sensors]
    starts = [extent.start for extent in extents if extent]
    return min(starts) - min(starts) % MINUTE if starts else None


def minute_frame(store: Store, sensors: Sequence[Sensor], span: Span) -> tuple[list[int], Floats]:
    """Returns the minutes of a span and the means of some tags, of shape (n_minutes, n_tags); NaN where missing."""
    columns = [store.series(sensor.tag, span, MINUTE) for sensor in sensors]
    return columns[0].times.tolist(), np.column_stack([column.values for column in columns])


def threshold_set(store: Store, asset: str) -> float | None:
    """Returns the threshold that `alerts tune` has set for an asset; None for the default."""
    note = store.meta(THRESHOLD_KEY + asset)
    try:
        return None if note is None else float(note)
    except ValueError:
        return None
