"""The series of the benchmark, and the origins from which they are forecast.

All of this is fixed before anything is scored. A season here is the one that a careful user names: the baselines are
told it, the comparison has to find it.
"""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from plant.series import Series
from plant.time import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from forecasting.contract import Floats

DATA: Final = Path(__file__).parents[3] / "shared" / "data" / "series"

ORIGINS: Final = 24
"""Origins a series, evenly spread: two dozen windows tell a coverage of 90 % to about six points."""

BASELINE_EVERY: Final = 4
"""The methods of others are refitted at each fourth origin: one origin takes them up to 45 seconds of a processor."""

_ETTH1: Final = ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")


class Task(NamedTuple):
    """A series and how it is forecast.

    Attributes:
        name: For tables.
        values: All of it, of shape (n,).
        step_ms: The distance of its steps.
        seasons: In steps, as a careful user names them; the first is that of the scale of MASE.
        history: Steps of history at each origin.
        horizon: Steps ahead.
    """

    name: str
    values: Floats
    step_ms: int
    seasons: tuple[int, ...]
    history: int
    horizon: int

    @property
    def season(self) -> int:
        """The season of seasonal naive and of the scale."""
        return self.seasons[0]

    @property
    def origins(self) -> list[int]:
        """Rows at which forecasts begin, ascending; at least a horizon apart, so that no two windows overlap."""
        spread = np.linspace(self.history, len(self.values) - self.horizon, ORIGINS)
        origins: list[int] = spread.round().astype(int).tolist()
        assert all(b - a >= self.horizon for a, b in pairwise(origins)), self.name
        return origins

    def before(self, origin: int) -> Floats:
        """Returns the history at an origin."""
        return self.values[origin - self.history : origin]

    def after(self, origin: int) -> Floats:
        """Returns what came."""
        return self.values[origin : origin + self.horizon]


def as_series(values: Floats, step_ms: int) -> Series:
    """Returns values as a regular series of a tag named `bench`."""
    return Series("bench", "", np.arange(len(values), dtype=np.int64) * step_ms, values, step_ms)


def public_tasks() -> list[Task]:
    """Returns the tasks on public series.

    Histories are those of the benchmark's goal (1,000 hourly points), and where a season needs five periods, of the
    forecasting tool (2,016 steps). Raises `OSError` where the data are not there.
    """
    hourly = [Task(f"ETTh1 {name}", _column("ETTh1.csv", name), HOUR, (24,), 1_000, 24) for name in _ETTH1]
    return [
        *hourly,
        Task("taylor", _column("taylor.csv", "Y"), 30 * MINUTE, (48, 336), 2_016, 48),
        Task("temps", _column("temps.csv", "Daily minimum temperatures"), DAY, (365,), 2_016, 14),
        Task("gasoline", _column("us_gasoline.csv", "Gasoline")[::-1], 7 * DAY, (52,), 780, 13),
    ]


def _column(file: str, name: str) -> Floats:
    with (DATA / file).open(encoding="utf-8") as opened:
        return np.array([float(row[name]) for row in csv.DictReader(opened)])


def synthetic(points: int, season: int = 24, seed: int = 7) -> Floats:
    """Returns a wave of a season with a slow wander and noise."""
    rng = np.random.default_rng(seed)
    wave = 3 * np.sin(2 * np.pi * np.arange(points) / season)
    wander = np.cumsum(rng.normal(0, 0.1 * np.sqrt(24 / season), points))
    return 20 + wave + wander + rng.normal(0, 0.4, points)
