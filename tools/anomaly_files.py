"""Anomalies of a file: one score a row, made causally, with no store and no server.

A row's score uses the rows up to it and the rows the detector was fitted on, and nothing else. It lies in
[0, 1] and rises strictly with the residual detector's own score: ranks and probabilities would make
ties, and ties ruin thresholds. The other detectors say of each episode whether they agree.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from forecasting.detectors import ResidualDetector
from plant.errors import BadInput, did_you_mean
from plant.facts import Refusal, RefusalCode
from plant.time import to_iso
from tools.oddness import Heard, Stretch, listen, unit_scores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from forecasting.contract import Floats
    from plant.series import Series

FIT_SHARE: Final = 0.15
"""Share of the rows that are taken to be usual, unless the person says until when."""

FEWEST_ROWS: Final = 2 * ResidualDetector.minimum_rows
"""A detector learns from one half of the fitted rows and is calibrated on the other."""


class FileAnomalies(msgspec.Struct, frozen=True):
    """What was found in a file.

    Attributes:
        columns: The columns judged.
        times: One a row, UTC milliseconds.
        fit_rows: How many of the first rows were taken to be usual.
        scores: In [0, 1], one a row.
        flags: Whether the row lies in an episode that was known at that row.
        episode_of: Number of that episode from 1; 0 for none.
        episodes: The episodes as JSON.
    """

    columns: tuple[str, ...]
    times: tuple[int, ...]
    fit_rows: int
    scores: tuple[float, ...]
    flags: tuple[bool, ...]
    episode_of: tuple[int, ...]
    episodes: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """Returns the JSON that scripts rely on."""
        return {
            "columns": list(self.columns),
            "start": to_iso(self.times[0]),
            "end": to_iso(self.times[-1]),
            "rows": len(self.times),
            "fit_rows": self.fit_rows,
            "fit_until": to_iso(self.times[self.fit_rows]),
            "odd": bool(self.episodes),
            "episodes": list(self.episodes),
            "refusal": None,
        }


def judge_file(
    columns: Mapping[str, Series], names: Sequence[str] = (), fit_until: int | None = None
) -> FileAnomalies | Refusal:
    """Judges the columns of a file together.

    Args:
        columns: All columns of the file; an irregular one keeps its value until it changes.
        names: Those to judge; empty for all.
        fit_until: Rows before this time are taken to be usual, UTC milliseconds; None for the first 15 %.

    Returns:
        What was found, or the reason why nothing can be said.

    Raises:
        BadInput: If there is no such column.
    """
    chosen = _chosen(columns, names)
    times = np.unique(np.concatenate([column.times for column in columns.values()]))
    frame = np.column_stack([_aligned(column, times) for column in chosen.values()])
    fit_rows = _fit_rows(times.tolist(), fit_until)
    if refusal := _unusable(frame, fit_rows, tuple(chosen)):
        return refusal
    try:
        heard = listen(frame, fit_rows)
    except BadInput as error:
        return Refusal(RefusalCode.TOO_MANY_GAPS, str(error), "Choose other columns, or a later --fit-until.")
    judge = next(one for one in heard if one.name == ResidualDetector.name)
    episode_of = np.zeros(len(times), dtype=int)
    for number, stretch in enumerate(judge.stretches, 1):
        episode_of[stretch.opened : stretch.end] = number
    return FileAnomalies(
        tuple(chosen),
        tuple(times.tolist()),
        fit_rows,
        tuple(unit_scores(judge, fit_rows).tolist()),
        tuple((episode_of > 0).tolist()),
        tuple(episode_of.tolist()),
        tuple(_episode(stretch, times.tolist(), frame, tuple(chosen), heard) for stretch in judge.stretches),
    )


def write_scores(found: FileAnomalies, rows: Sequence[int | None], path: Path) -> None:
    """Writes `time,score,flag,episode`, one line a row of the file, nine digits.

    The episode is empty where there is none.

    Args:
        found: What was found.
        rows: The time of each row, in the file's order. A row whose time repeats an earlier one has that time's
            score; one that could not be used has the score of its time, and none where no other row has that time.
        path: Where to write.

    Raises:
        BadInput: If the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("time", "score", "flag", "episode"))
            place = {at: index for index, at in enumerate(found.times)}
            for at in rows:
                index = None if at is None else place.get(at)
                if at is None or index is None:
                    writer.writerow(("" if at is None else to_iso(at), "", "", ""))
                    continue
                score, number = found.scores[index], found.episode_of[index]
                writer.writerow((to_iso(at), f"{score:.9f}", int(found.flags[index]), number or ""))
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error


def _chosen(columns: Mapping[str, Series], names: Sequence[str]) -> dict[str, Series]:
    for name in names:
        if name not in columns:
            hint = did_you_mean(name, columns) or f"It has: {', '.join(columns)}."
            raise BadInput(f"The file has no column of numbers named {name}.", hint=hint)
    return {name: columns[name] for name in (names or columns)}


def _aligned(column: Series, times: np.ndarray[Any, np.dtype[np.int64]]) -> Floats:
    """Returns a column's value at each time: its last one, NaN before the first."""
    index = np.searchsorted(column.times, times, side="right") - 1
    values: Floats = np.where(index >= 0, column.values[np.maximum(index, 0)], np.nan)
    return values


def _fit_rows(times: Sequence[int], fit_until: int | None) -> int:
    if fit_until is not None:
        return int(np.searchsorted(times, fit_until))
    return max(int(len(times) * FIT_SHARE), min(FEWEST_ROWS, len(times) - 1))


def _unusable(frame: Floats, fit_rows: int, names: tuple[str, ...]) -> Refusal | None:
    finite = frame[np.isfinite(frame)]
    if not len(finite):
        return Refusal(RefusalCode.NO_DATA, f"There is no value in {', '.join(names)}.", "Choose other columns.")
    if fit_rows < FEWEST_ROWS or fit_rows >= len(frame):
        return Refusal(
            RefusalCode.TOO_SHORT,
            f"There are {len(frame)} rows, {min(fit_rows, len(frame))} of them to learn from; "
            f"{FEWEST_ROWS} are needed, and at least one more to judge.",
            "Give a longer file, or another --fit-until.",
        )
    if all(_constant(column) for column in frame.T):
        return Refusal(RefusalCode.CONSTANT, f"{', '.join(names)} never changes.", "Choose other columns.")
    return None


def _constant(column: Floats) -> bool:
    values = column[np.isfinite(column)]
    return not len(values) or bool(values.min() == values.max())


def _episode(
    stretch: Stretch, times: Sequence[int], frame: Floats, names: tuple[str, ...], heard: Sequence[Heard]
) -> dict[str, Any]:
    judge = next(one for one in heard if one.name == ResidualDetector.name)
    end = len(times) if stretch.end is None else stretch.end
    peak = stretch.first + int(np.argmax(judge.surprise[stretch.first : end]))
    begin = max(peak - ResidualDetector.memory, 0)
    parts = judge.fitted.detector.contributions(frame[begin : peak + 1])[-1]
    order = [int(tag) for tag in np.argsort(-parts, kind="stable")][:3]
    actual = float(frame[peak, order[0]])
    return {
        "kind": "process",
        "since": to_iso(times[stretch.first]),
        "until": None if stretch.end is None else to_iso(times[stretch.end]),
        "score": stretch.score,
        "at": to_iso(times[peak]),
        "actual": actual if np.isfinite(actual) else None,
        "detectors": [
            one.name
            for one in heard
            if any(s.first < end and (s.end or len(times)) > stretch.first for s in one.stretches)
        ],
        "contributors": [names[tag] for tag in order if parts[tag] > 0],
    }
