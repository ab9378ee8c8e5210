"""A forecast as people see it: a median and its bands on the steps to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from forecasting.conformal import bands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.conformal import Calibration
    from forecasting.contract import Floats
    from plant.series import Series


class Shown(msgspec.Struct, frozen=True):
    """A forecast from the newest step.

    Attributes:
        times: UTC milliseconds of its steps.
        median: One value a step.
        lower: Lower edge of the band by level as text.
        upper: Upper edge.
        points: Number of residuals the band rests on.
    """

    times: tuple[int, ...]
    median: tuple[float, ...]
    lower: dict[str, tuple[float, ...]]
    upper: dict[str, tuple[float, ...]]
    points: int


def times_ahead(series: Series, horizon: int) -> tuple[int, ...]:
    """Returns the times of the steps after a regular series, UTC milliseconds."""
    step, last = series.step_ms or 0, int(series.times[-1])
    return tuple(last + step * k for k in range(1, horizon + 1))


def make_shown(times: tuple[int, ...], median: Floats, calibration: Calibration, levels: Sequence[int]) -> Shown:
    """Puts bands around a median of shape (horizon,), for the levels there are residuals enough for."""
    lower, upper = bands(calibration, median, levels)
    return Shown(times, tuple(median.tolist()), _texts(lower), _texts(upper), calibration.points)


def _texts(edges: dict[int, Floats]) -> dict[str, tuple[float, ...]]:
    return {str(level): tuple(edge.tolist()) for level, edge in edges.items()}
