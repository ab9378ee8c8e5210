"""Where a frame of tags is odd: every detector calibrated on one part of it and heard on the rest.

What the anomaly tool and files share. Rows are counted, not timed: an odd stretch needs `ON_ROWS`
odd rows, stands while there is more than 0.6 of it and ends after `OFF_ROWS` below, as the alerts
of the worker do with minutes (`ingestion/consensus.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from forecasting.detectors import DETECTORS
from forecasting.detectors.calibrated import Calibrated
from ingestion.consensus import HYSTERESIS, ON, score_of
from ingestion.episodes import EpisodeMachine, Sight
from plant.episodes import ChangeKind, EpisodeKind, Priority

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from forecasting.contract import Floats

ON_ROWS: Final = 3
OFF_ROWS: Final = 15


class Stretch(NamedTuple):
    """Rows that are odd together.

    Attributes:
        first: The first odd row.
        opened: The row at which it had been odd for long enough; known then, not before.
        end: The row at which it had been usual for long enough; None where it lasts to the end.
        score: 0 to 100, its highest.
    """

    first: int
    opened: int
    end: int | None
    score: float


class Heard(NamedTuple):
    """What one detector says.

    Attributes:
        name: The detector.
        fitted: The detector, to ask it for contributions.
        scores: Its own scores of shape (n_rows,), higher is odder.
        surprise: The same as surprise, comparable between detectors.
        stretches: Where it finds the frame odd.
    """

    name: str
    fitted: Calibrated
    scores: Floats
    surprise: Floats
    stretches: tuple[Stretch, ...]


def listen(frame: Floats, fit_rows: int, phase: Floats | None = None) -> list[Heard]:
    """Fits all detectors on the first rows of a frame of shape (n_rows, n_tags) and hears them on all of it.

    A row's score depends on rows up to it and on the fitted rows. Stretches begin after the fitted rows.

    Args:
        frame: The rows.
        fit_rows: How many of the first are fitted.
        phase: Share of the day gone by at each row, of shape (n_rows,); None where the rows know no day.

    Raises:
        BadInput: If the first rows are too few to learn from.
    """
    heard = []
    for name, kind in DETECTORS.items():
        fitted = Calibrated.fit(kind, frame[:fit_rows], None if phase is None else phase[:fit_rows])
        scores = fitted.detector.score(frame, phase)
        surprise = fitted.tail.surprise(scores)
        heard.append(Heard(name, fitted, scores, surprise, find_stretches(surprise, present(frame), fit_rows)))
    return heard


def present(frame: Floats) -> NDArray[np.bool_]:
    """Returns which rows of a frame have a value at all."""
    rows: NDArray[np.bool_] = np.isfinite(frame).max(axis=1)
    return rows


def find_stretches(surprise: Floats, judged: NDArray[np.bool_], begin: int) -> tuple[Stretch, ...]:
    """Returns the odd stretches from row `begin` on; rows that cannot be judged hold what stands."""
    machine = EpisodeMachine("odd", "", "", EpisodeKind.PROCESS, Priority.LOW, ON_ROWS - 1, OFF_ROWS)
    stretches: list[Stretch] = []
    for row in range(begin, len(surprise)):
        value = float(surprise[row])
        odd = value > (ON * HYSTERESIS if machine.active else ON)
        sight = Sight(score_of(value), "") if odd else None
        for change in machine.feed(row, odd if judged[row] else None, sight):
            episode = change.episode
            stretch = Stretch(episode.pending_at, episode.opened_at or 0, episode.closed_at, episode.score)
            if change.kind is ChangeKind.OPENED:
                stretches.append(stretch)
            else:
                stretches[-1] = stretch
    if machine.open:  # its highest score may have risen by less than an update
        peak = score_of(float(surprise[stretches[-1].first :].max()))
        stretches[-1] = stretches[-1]._replace(score=peak)
    return tuple(stretches)


def unit_scores(heard: Heard, fit_rows: int) -> Floats:
    """Returns scores in [0, 1], strictly rising with the detector's own: x / (1 + x) of scores over their usual.

    The usual is the median over the fitted rows. Unlike ranks or probabilities this ties nothing.
    """
    usual = float(np.median(heard.scores[:fit_rows]))
    ratio = np.maximum(heard.scores, 0.0) / max(usual, 1e-12)
    bounded: Floats = 1.0 - 1.0 / (1.0 + ratio)  # each step never falls, rounding included; ratio / (1 + ratio) does
    return bounded
