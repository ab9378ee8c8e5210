"""The labelled series: the part of NAB and of the Tennessee Eastman process that lie beside the project."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ingestion.historian import read_historian
from plant.series import Series
from plant.time import MINUTE, parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

DATA: Final = Path(__file__).parents[3] / "shared" / "data"

PROBATION: Final = 0.15
PROBATION_MOST: Final = 750
"""NAB scores no row of the first 15 % of a file, 750 rows at most."""

TEP_NORMAL: Final = 500
"""Rows of normal operation before each test run, to learn from."""

TEP_ONSET: Final = 160
"""Row of a test run at which its fault begins."""

TEP_FAULTS: Final = range(1, 22, 2)
_TEP_STEP: Final = 3 * MINUTE


class Labelled(NamedTuple):
    """A file and what is odd in it.

    Attributes:
        name: Its folder and name.
        columns: Its columns as `millhand anomalies` reads them.
        rows: The time of each row, UTC milliseconds, in the file's order.
        windows: First and last row of each stretch that is odd.
        begin: The first row that counts.
    """

    name: str
    columns: Mapping[str, Series]
    rows: NDArray[np.int64]
    windows: Sequence[tuple[int, int]]
    begin: int

    @property
    def labels(self) -> NDArray[np.bool_]:
        """Whether each row is odd."""
        odd = np.zeros(len(self.rows), dtype=bool)
        for first, last in self.windows:
            odd[first : last + 1] = True
        return odd

    @property
    def hours(self) -> float:
        """Hours from the first row that counts to the last."""
        return float(self.rows[-1] - self.rows[self.begin]) / (60 * MINUTE)


def nab_files() -> list[Labelled]:
    """Returns the files of NAB, by name. Raises `BadInput` if one cannot be read."""
    windows = json.loads((DATA / "nab" / "combined_windows.json").read_text(encoding="utf-8"))
    return [
        _nab_file(path, windows[f"{path.parent.name}/{path.name}"]) for path in sorted((DATA / "nab").glob("*/*.csv"))
    ]


def _nab_file(path: Path, windows: Sequence[tuple[str, str]]) -> Labelled:
    history = read_historian(path, UTC)
    rows = np.array([at for at in history.rows if at is not None], dtype=np.int64)
    assert len(rows) == len(history.rows), f"{path} has rows without a time"
    found = []
    for begin, end in windows:
        inside = np.flatnonzero((rows >= parse_time(begin, UTC)) & (rows <= parse_time(end, UTC)))
        found.append((int(inside[0]), int(inside[-1])))
    begin = min(int(PROBATION * len(rows)), PROBATION_MOST)
    return Labelled(f"{path.parent.name}/{path.stem}", history.columns, rows, found, begin)


def tep_runs() -> list[Labelled]:
    """Returns the test runs of the Tennessee Eastman process, the normal one first, each behind the training run.

    Raises:
        OSError: If one cannot be read.
    """
    normal = np.loadtxt(DATA / "tep" / "d00.dat").T
    return [_tep_run(normal, fault) for fault in (0, *TEP_FAULTS)]


def _tep_run(normal: NDArray[np.float64], fault: int) -> Labelled:
    values = np.vstack([normal, np.loadtxt(DATA / "tep" / f"d{fault:02}_te.dat")])
    times = np.arange(len(values), dtype=np.int64) * _TEP_STEP
    columns = {f"x{tag + 1:02}": Series(f"x{tag + 1:02}", "", times, column) for tag, column in enumerate(values.T)}
    windows = [(TEP_NORMAL + TEP_ONSET, len(values) - 1)] if fault else []
    return Labelled(f"fault {fault:02}" if fault else "normal", columns, times, windows, TEP_NORMAL)
