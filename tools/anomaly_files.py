"""Anomalies of a file: one score a row, made causally, with no store and no server.

A row's score uses the rows up to it and the rows the detector was fitted on, and nothing else. It lies in
[0, 1] and rises strictly with the detector's own score: ranks and probabilities would make ties, and ties ruin
thresholds. One column is judged by its novelty, several by the residual of all that each one's past explains, or by
the detector that the person names. The others say of each episode whether they agree.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from forecasting.detectors import DETECTORS, ONLINE, NoveltyDetector, ResidualDetector, day_phase
from forecasting.kinds import LEAD, far_end, shape_of, without_day
from ingestion.consensus import usual_of
from plant.errors import BadInput, did_you_mean
from plant.facts import Refusal, RefusalCode
from plant.time import DAY, to_iso
from tools.oddness import OF_SEVERAL, Heard, Stretch, hear, unit_scores
from tools.severity import severity_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from forecasting.contract import Detector, Floats
    from plant.series import Series

FIT_SHARE: Final = 0.15
"""Share of the rows that are taken to be usual, unless the person says until when."""

FEWEST_ROWS: Final = 2 * ResidualDetector.minimum_rows
"""A detector learns from one half of the fitted rows and is calibrated on the other."""

_DAYS: Final = 2  # in fewer no hour of the day is known from another

OF_FILES: Final[Mapping[str, type[Detector]]] = {**ONLINE, **DETECTORS}
"""The detectors that can judge a file, by name."""


class FileScores(NamedTuple):
    """What a detector says of the columns of a file.

    Attributes:
        columns: The columns judged.
        times: One a row, int64 UTC milliseconds, rising.
        fit_rows: How many of the first rows were taken to be usual.
        frame: Of shape (n_rows, n_columns); a column keeps its value until it changes.
        heard: What the detector says.
    """

    columns: tuple[str, ...]
    times: NDArray[np.int64]
    fit_rows: int
    frame: Floats
    heard: Heard

    @property
    def scores(self) -> Floats:
        """One a row, in [0, 1]."""
        return unit_scores(self.heard.scores)

    @property
    def episode_of(self) -> NDArray[np.int64]:
        """Number from 1 of the episode that was known at each row; 0 for none."""
        numbers = np.zeros(len(self.times), dtype=np.int64)
        for number, stretch in enumerate(self.heard.stretches, 1):
            numbers[stretch.opened : stretch.end] = number
        return numbers


def detector_named(name: str) -> type[Detector]:
    """Returns a detector that can judge files. Raises `BadInput` if there is none of that name."""
    if name not in OF_FILES:
        hint = did_you_mean(name, OF_FILES) or f"There are: {', '.join(OF_FILES)}."
        raise BadInput(f"There is no detector named {name}.", hint=hint)
    return OF_FILES[name]


def score_file(
    columns: Mapping[str, Series],
    names: Sequence[str] = (),
    fit_until: int | None = None,
    detector: type[Detector] | None = None,
) -> FileScores | Refusal:
    """Scores the columns of a file together.

    Args:
        columns: All columns of the file; an irregular one keeps its value until it changes.
        names: Those to judge; empty for all.
        fit_until: Rows before this time are taken to be usual, UTC milliseconds; None for the first 15 %.
        detector: Who judges; None for novelty where there is one column, the residual where there are several.

    Returns:
        The scores, or the reason why nothing can be said.

    Raises:
        BadInput: If there is no such column.
    """
    chosen = _chosen(columns, names)
    times = np.unique(np.concatenate([column.times for column in columns.values()]))
    frame = np.column_stack([_aligned(column, times) for column in chosen.values()])
    fit_rows = _fit_rows(times.tolist(), fit_until)
    if refusal := _unusable(frame, fit_rows, tuple(chosen)):
        return refusal
    kind = detector or (NoveltyDetector if len(chosen) == 1 else ResidualDetector)
    try:
        heard = hear(kind, frame, fit_rows, day_phase(times))
    except BadInput as error:
        return Refusal(RefusalCode.TOO_MANY_GAPS, str(error), "Choose other columns, or a later --fit-until.")
    return FileScores(tuple(chosen), times, fit_rows, frame, heard)


def report(found: FileScores) -> dict[str, Any]:
    """Returns the JSON that scripts rely on: the episodes, each with the detectors that agree."""
    stretches = found.heard.stretches
    voices = _voices(found) if stretches else ()
    peaks = [_peak(stretch, found) for stretch in stretches]
    parts = _contributions(found, peaks)
    return {
        "columns": list(found.columns),
        "detector": found.heard.name,
        "start": to_iso(int(found.times[0])),
        "end": to_iso(int(found.times[-1])),
        "rows": len(found.times),
        "fit_rows": found.fit_rows,
        "fit_until": to_iso(int(found.times[found.fit_rows])),
        "odd": bool(stretches),
        "episodes": [_episode(*one, found, voices) for one in zip(stretches, peaks, parts, strict=True)],
        "assumed": _assumed(found),
        "refusal": None,
    }


def write_scores(found: FileScores, rows: Sequence[int | None], path: Path) -> None:
    """Writes `time,score,flag,episode`, one line a row of the file, nine digits.

    The episode is empty where there is none.

    Args:
        found: What was found.
        rows: The time of each row, in the file's order. A row that says nothing new, or cannot be used, has the score
            of the time at or before its own; none before the first value or without a time.
        path: Where to write.

    Raises:
        BadInput: If the file cannot be written.
    """
    scores, numbers = found.scores.tolist(), found.episode_of.tolist()
    known = [-1 if at is None else int(np.searchsorted(found.times, at, side="right")) - 1 for at in rows]
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("time", "score", "flag", "episode"))
            for at, place in zip(rows, known, strict=True):
                said = ("", "", "")
                if place >= 0:
                    said = (f"{scores[place]:.9f}", f"{int(numbers[place] > 0)}", f"{numbers[place] or ''}")
                writer.writerow(("" if at is None else to_iso(at), *said))
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
    return None


def _assumed(found: FileScores) -> list[str]:
    """Returns what the judgement rests on besides the rows, a sentence each."""
    until = to_iso(int(found.times[found.fit_rows]))
    said = [
        f"The first {found.fit_rows} rows, before {until}, were taken to be usual (--fit-until changes that).",
        "A column keeps its value until it changes: an empty cell is no drop-out.",
    ]
    if found.heard.name == NoveltyDetector.name:
        said.append("novelty goes on learning: what it has seen once is known from then on.")
    return said


def _voices(found: FileScores) -> tuple[Heard, ...]:
    """Hears the other detectors; one that cannot learn from these rows has no voice."""
    heard = [found.heard]
    for name, kind in OF_FILES.items():
        if name == found.heard.name or (len(found.columns) == 1 and name in OF_SEVERAL):
            continue
        try:
            heard.append(hear(kind, found.frame, found.fit_rows, day_phase(found.times)))
        except BadInput:
            continue
    return tuple(heard)


def _end(stretch: Stretch, found: FileScores) -> int:
    return len(found.times) if stretch.end is None else stretch.end


def _peak(stretch: Stretch, found: FileScores) -> int:
    return stretch.first + int(np.argmax(found.heard.surprise[stretch.first : _end(stretch, found)]))


def _contributions(found: FileScores, rows: Sequence[int]) -> list[Floats]:
    """Returns how much each column makes some rows odd."""
    detector, phase = found.heard.detector, day_phase(found.times)
    if detector.memory >= len(found.times):
        whole = detector.contributions(found.frame, phase)
        return [whole[row] for row in rows]
    contexts = [slice(max(row - detector.memory, 0), row + 1) for row in rows]
    return [detector.contributions(found.frame[context], phase[context])[-1] for context in contexts]


def _without_day(column: Floats, found: FileScores) -> Floats:
    """Returns a column less what the hour of the day explains, where the rows learned from hold some days."""
    if found.times[found.fit_rows] - found.times[0] < _DAYS * DAY:
        return column
    return without_day(column, day_phase(found.times), found.fit_rows)


def _episode(stretch: Stretch, peak: int, parts: Floats, found: FileScores, voices: Sequence[Heard]) -> dict[str, Any]:
    times, end = found.times, _end(stretch, found)
    order = [int(column) for column in np.argsort(-parts, kind="stable")][:3]
    column = found.frame[:, order[0]]
    lead = max(LEAD, found.heard.manner.off_rows)  # novelty waits for the end of its blocks
    course = _without_day(column, found)
    shape = shape_of(column, stretch.first, end, course=course, lead=lead)
    far = far_end(shape, course, slice(max(stretch.first - lead, 0), end))
    shown = peak if far is None else far
    agree = {
        one.name: any(s.first < end and (s.end or len(times)) > stretch.first for s in one.stretches) for one in voices
    }
    actual, usual = float(column[shown]), usual_of(column[: found.fit_rows])
    return {
        "kind": shape.kind.value,
        "direction": shape.direction,
        "severity": severity_of(stretch.score, end - stretch.first).word,
        "since": to_iso(int(times[stretch.first])),
        "until": None if stretch.end is None else to_iso(int(times[stretch.end])),
        "score": stretch.score,
        "at": to_iso(int(times[shown])),
        "actual": actual if np.isfinite(actual) else None,
        "typical": usual.typical,
        "low": usual.low,
        "high": usual.high,
        "detectors": [name for name, odd in agree.items() if odd],
        "detectors_usual": [name for name, odd in agree.items() if not odd],
        "contributors": [found.columns[column] for column in order if parts[column] > 0],
    }
