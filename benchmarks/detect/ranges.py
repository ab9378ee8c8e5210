"""Figures of alerts against stretches of odd rows, without point adjustment; and the volume under the surface.

Point-adjusted F1 calls a whole stretch found when one row of it is: random scores shine there. Not here.
Source of VUS-PR: Paparrizos, Boniol, Palpanas, Tsay, Elmore and Franklin, "Volume under the surface: a new accuracy
evaluation measure for time-series anomaly detection", VLDB 2022.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from forecasting.contract import Floats

    Mask = NDArray[np.bool_]

BUFFER: Final = 100
"""Widest buffer around a stretch, in rows."""

_BUFFERS: Final = 11  # of different width, from none to the widest
_THRESHOLDS: Final = 250


class Alerting(NamedTuple):
    """What alerts did in one file.

    Attributes:
        delays: Rows from the first of each stretch to its first alert; None where it was missed.
        false: Runs of alert rows that touch no stretch.
        true_rows: Odd rows with an alert.
        false_rows: Usual rows with an alert.
        odd_rows: Odd rows.
        usual_rows: Usual rows.
    """

    delays: tuple[int | None, ...]
    false: int
    true_rows: int
    false_rows: int
    odd_rows: int
    usual_rows: int


def alerting(alerts: Mask, windows: Sequence[tuple[int, int]], begin: int) -> Alerting:
    """Compares rows under alert with stretches of odd rows, from row `begin` on."""
    odd = np.zeros(len(alerts), dtype=bool)
    delays: list[int | None] = []
    for first, last in windows:
        odd[first : last + 1] = True
        found = np.flatnonzero(alerts[first : last + 1])
        delays.append(int(found[0]) if len(found) else None)
    alerts, odd = alerts[begin:], odd[begin:]
    return Alerting(
        tuple(delays),
        sum(1 for first, end in runs(alerts) if not odd[first:end].any()),
        int((alerts & odd).sum()),
        int((alerts & ~odd).sum()),
        int(odd.sum()),
        int((~odd).sum()),
    )


def f1(true_rows: int, false_rows: int, odd_rows: int) -> float:
    """Returns the F1 of rows: each row counts for itself."""
    named = true_rows + false_rows + odd_rows
    return 2.0 * true_rows / named if named else 0.0


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Returns first and end (exclusive) of each run of true rows."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def vus_pr(scores: Floats, odd: Mask, buffer: int = BUFFER) -> float:
    """Returns the volume under the surface of precision, recall and the width of the buffer.

    Args:
        scores: Of shape (n_rows,), higher is odder.
        odd: Whether each row is odd; at least one is.
        buffer: Widest buffer in rows, both sides together; widths from 0 up to it are averaged.
    """
    widths = np.unique(np.linspace(0, buffer, _BUFFERS).astype(int))
    return float(np.mean([range_auc_pr(scores, odd, int(width)) for width in widths]))


def range_auc_pr(scores: Floats, odd: Mask, width: int) -> float:
    """Returns the area under precision and recall of ranges, with a buffer of a width around each stretch.

    A label falls from 1 at the edge of a stretch to the end of its buffer as `sqrt(1 - distance / width)`. Recall is
    multiplied by the share of stretches that were touched at all.
    """
    labels = buffered(odd, width)
    stretches = runs(labels > 0)
    peaks = np.array([scores[first:end].max() for first, end in stretches])
    order = np.argsort(-scores, kind="stable")
    found, named = np.cumsum(labels[order]), np.arange(1, len(scores) + 1)
    places = np.unique(np.linspace(0, len(scores) - 1, _THRESHOLDS).astype(int))
    thresholds = np.unique(scores[order[places]])[::-1]
    counts = np.searchsorted(-scores[order], -thresholds, side="right") - 1  # rows at least as odd, less one
    positives = (odd.sum() + labels.sum()) / 2.0
    touched = np.array([(peaks >= threshold).mean() for threshold in thresholds])
    recall = np.concatenate([[0.0], np.minimum(found[counts] / positives, 1.0) * touched])
    precision = found[counts] / named[counts]
    return float(np.sum(np.diff(recall) * precision))


def buffered(odd: Mask, width: int) -> Floats:
    """Returns labels in [0, 1]: 1 where odd, falling over half the width on each side."""
    labels = odd.astype(float)
    half = width // 2
    for first, end in runs(odd):
        for distance in range(1, half + 1):
            value = float(np.sqrt(1.0 - distance / width))
            for row in (first - distance, end - 1 + distance):
                if 0 <= row < len(labels):
                    labels[row] = max(labels[row], value)
    return labels
