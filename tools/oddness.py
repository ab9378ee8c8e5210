"""Where a frame of tags is odd: a detector fitted on one part of it and heard on the rest.

What the anomaly tool and files share. Rows are counted, not timed: an odd stretch needs some odd rows, stands while
there is more than 0.6 of the threshold and ends after some rows below, as the alerts of the worker do with minutes
(`ingestion/consensus.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from forecasting.detectors import DETECTORS
from forecasting.detectors.calibrated import Calibrated
from forecasting.detectors.novelty import ON as NEW
from forecasting.detectors.novelty import NoveltyDetector
from forecasting.detectors.pca import PcaResidual
from ingestion.consensus import HYSTERESIS, ON, score_of
from ingestion.episodes import EpisodeMachine, Sight
from plant.episodes import ChangeKind, EpisodeKind, Priority

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from forecasting.contract import Detector, Floats


class Manner(NamedTuple):
    """When a stretch begins and ends.

    Attributes:
        on: What is odd.
        on_rows: Odd rows that a stretch needs.
        off_rows: Rows below 0.6 of `on` after which it ends.
    """

    on: float
    on_rows: int
    off_rows: int


SURPRISED: Final = Manner(ON, 3, 15)
"""For detectors with a calibrated tail."""


OF_SEVERAL: Final = frozenset({PcaResidual.name})
"""Detectors that a single tag has no voice in: one tag alone always goes together with itself."""


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
        detector: Fitted, to ask it for contributions.
        scores: Its own scores of shape (n_rows,), higher is odder.
        surprise: The same as surprise, comparable between detectors; of one that goes on learning, its novelty.
        manner: What of `surprise` is odd.
        stretches: Where it finds the frame odd.
    """

    name: str
    detector: Detector
    scores: Floats
    surprise: Floats
    manner: Manner
    stretches: tuple[Stretch, ...]


def listen(frame: Floats, fit_rows: int, phase: Floats | None = None) -> list[Heard]:
    """Hears every detector of `DETECTORS` that can judge so many tags; arguments and errors as those of `hear`."""
    single = frame.shape[1] == 1
    return [hear(one, frame, fit_rows, phase) for name, one in DETECTORS.items() if not (single and name in OF_SEVERAL)]


def hear(kind: type[Detector], frame: Floats, fit_rows: int, phase: Floats | None = None) -> Heard:
    """Fits a detector on the first rows of a frame of shape (n_rows, n_tags) and hears it on all of it.

    A row's score depends on rows up to it and on the fitted rows. Stretches begin after the fitted rows.

    Args:
        kind: The detector.
        frame: The rows.
        fit_rows: How many of the first are fitted.
        phase: Share of the day gone by at each row, of shape (n_rows,); None where the rows know no day.

    Raises:
        BadInput: If the first rows are too few to learn from.
    """
    detector: Detector
    if issubclass(kind, NoveltyDetector):
        detector = online = kind()
        online.fit(frame[:fit_rows])
        scores, surprise = online.score(frame), online.novelty(frame)
        manner = Manner(NEW, 1, online.rest_rows)
    else:
        fitted = Calibrated.fit(kind, frame[:fit_rows], None if phase is None else phase[:fit_rows])
        detector, manner = fitted.detector, SURPRISED
        scores = detector.score(frame, phase)
        surprise = fitted.tail.surprise(scores)
    stretches = find_stretches(surprise, present(frame), fit_rows, manner)
    return Heard(kind.name, detector, scores, surprise, manner, stretches)


def present(frame: Floats) -> NDArray[np.bool_]:
    """Returns which rows of a frame have a value at all."""
    rows: NDArray[np.bool_] = np.isfinite(frame).max(axis=1)
    return rows


def find_stretches(
    surprise: Floats, judged: NDArray[np.bool_], begin: int, manner: Manner = SURPRISED
) -> tuple[Stretch, ...]:
    """Returns the odd stretches from row `begin` on; rows that cannot be judged hold what stands."""
    machine = EpisodeMachine("odd", "", "", EpisodeKind.PROCESS, Priority.LOW, manner.on_rows - 1, manner.off_rows)
    stretches: list[Stretch] = []
    for row in range(begin, len(surprise)):
        value = float(surprise[row])
        odd = value > (manner.on * HYSTERESIS if machine.active else manner.on)
        sight = Sight(score_of(value, manner.on), "") if odd else None
        for change in machine.feed(row, odd if judged[row] else None, sight):
            episode = change.episode
            stretch = Stretch(episode.pending_at, episode.opened_at or 0, episode.closed_at, episode.score)
            if change.kind is ChangeKind.OPENED:
                stretches.append(stretch)
            else:
                stretches[-1] = stretch
    if machine.open:  # its highest score may have risen by less than an update
        peak = score_of(float(surprise[stretches[-1].first :].max()), manner.on)
        stretches[-1] = stretches[-1]._replace(score=peak)
    return tuple(stretches)


def unit_scores(scores: Floats) -> Floats:
    """Returns a detector's scores in [0, 1], strictly rising with them: x / (1 + x).

    Detectors score usual rows near 1, so that 0.5 is usual in any file. Unlike ranks or probabilities it ties nothing.
    """
    bounded: Floats = 1.0 - 1.0 / (1.0 + np.maximum(scores, 0.0))  # never falls by rounding, as x / (1 + x) does
    return bounded
