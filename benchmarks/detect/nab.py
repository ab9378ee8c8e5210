"""NAB's score, standard profile.

An alert inside a window of odd rows earns the more the earlier it comes, by a scaled sigmoid; only the earliest counts.
A window without one costs 1, an alert outside costs up to 0.11, less shortly after a window. All files share one
threshold. The sum is put on a scale on which a detector that says nothing has 0 and one that alerts at the first row
of each window and nowhere else has 100.

Source: Lavin and Ahmad, "Evaluating real-time anomaly detection algorithms: the Numenta anomaly benchmark", ICMLA
2015.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from forecasting.contract import Floats

FALSE_POSITIVE: Final = 0.11
"""Cost of an alert far from any window in the standard profile; a missed window costs 1, a found one earns up to 1."""

_FAR: Final = 3.0  # widths behind a window from which an alert costs all


class Marked(NamedTuple):
    """A file as NAB sees it.

    Attributes:
        scores: Of each row, higher is odder.
        windows: First and last row of each window, in order.
        begin: The first row that counts.
    """

    scores: Floats
    windows: Sequence[tuple[int, int]]
    begin: int


class Best(NamedTuple):
    """The best that one threshold can do.

    Attributes:
        threshold: Rows with at least this score are alerts.
        score: 0 for saying nothing, 100 for perfect.
    """

    threshold: float
    score: float


def scaled_sigmoid(position: float) -> float:
    """Returns what an alert is worth by its place in window widths, from -1 at the left edge to 0 at the right edge."""
    return -1.0 if position >= _FAR else float(2.0 / (1.0 + np.exp(5.0 * position)) - 1.0)


def worth(n_rows: int, windows: Sequence[tuple[int, int]]) -> tuple[Floats, NDArray[np.int64]]:
    """Returns what an alert at each row is worth, and the number of the window that the row lies in; -1 for none."""
    values = np.full(n_rows, -FALSE_POSITIVE)
    window_of = np.full(n_rows, -1, dtype=np.int64)
    for number, (first, last) in enumerate(windows):
        width = last - first + 1
        until = windows[number + 1][0] if number + 1 < len(windows) else n_rows
        for row in range(first, last + 1):
            values[row] = scaled_sigmoid(-(last - row + 1) / width) / scaled_sigmoid(-1.0)
            window_of[row] = number
        for row in range(last + 1, until):
            values[row] = FALSE_POSITIVE * scaled_sigmoid((row - last) / max(width - 1, 1))
    return values, window_of


def nab_score(files: Sequence[Marked], threshold: float) -> float:
    """Returns the score of the rows whose score is at least a threshold."""
    total = 0.0
    for file in files:
        values, window_of = worth(len(file.scores), file.windows)
        alerts = file.scores >= threshold
        alerts[: file.begin] = False
        total += float(values[alerts & (window_of < 0)].sum())
        for number in range(len(file.windows)):
            found = values[alerts & (window_of == number)]
            total += float(found.max()) if len(found) else -1.0
    return _normalised(total, files)


def best_threshold(files: Sequence[Marked]) -> Best:
    """Returns the threshold with the highest score, of all that one threshold for all files can be."""
    scores, values, window_of = _together(files)
    order = np.argsort(-scores, kind="stable")
    found = np.full(_n_windows(files), -1.0)
    total = -float(len(found))
    best = Best(np.inf, 0.0)
    for place, row in enumerate(order):
        if window_of[row] < 0:
            total += float(values[row])
        elif values[row] > found[window_of[row]]:
            total += float(values[row] - found[window_of[row]])
            found[window_of[row]] = values[row]
        tied = place + 1 < len(order) and scores[order[place + 1]] == scores[row]
        if not tied and _normalised(total, files) > best.score:
            best = Best(float(scores[row]), _normalised(total, files))
    return best


def _together(files: Sequence[Marked]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Returns score, worth and window of all rows that count; windows are numbered through."""
    scores, values, numbers, before = [], [], [], 0
    for file in files:
        worths, window_of = worth(len(file.scores), file.windows)
        scores.append(file.scores[file.begin :])
        values.append(worths[file.begin :])
        numbers.append(np.where(window_of >= 0, window_of + before, -1)[file.begin :])
        before += len(file.windows)
    return np.concatenate(scores), np.concatenate(values), np.concatenate(numbers)


def _n_windows(files: Sequence[Marked]) -> int:
    return sum(len(file.windows) for file in files)


def _normalised(total: float, files: Sequence[Marked]) -> float:
    return 100.0 * (total + _n_windows(files)) / (2.0 * _n_windows(files))
