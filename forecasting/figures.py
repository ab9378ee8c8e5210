"""The figures of one candidate on the folds, besides its headline: made of what each fold is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecasting import metrics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from forecasting.conformal import Calibration
    from forecasting.contract import Floats


def make_figures(
    actual: Floats,
    medians: Floats,
    judges: Sequence[Calibration | None],
    halves: Mapping[int, Floats],
    scale: metrics.Scale,
) -> metrics.Figures:
    """Returns the figures of a candidate.

    Args:
        actual: What came, of shape (folds, horizon), NaN where missing.
        medians: Its forecasts, of the same shape.
        judges: What each fold is judged by.
        halves: Half the width of these bands by level in percent, of the same shape.
        scale: What errors are divided by.
    """
    losses = [metrics.pinball(actual, medians, 0.5)]
    width, winkler = {}, {}
    for level, half in halves.items():
        tail = (1 - level / 100) / 2
        losses += [metrics.pinball(actual, medians - half, tail), metrics.pinball(actual, medians + half, 1 - tail)]
        width[str(level)] = 2 * float(np.mean(half))
        winkler[str(level)] = metrics.winkler(actual, medians - half, medians + half, level)
    return metrics.Figures(
        metrics.curve_figures(actual, medians),
        metrics.curve_figures((actual - scale.mean) / scale.std, (medians - scale.mean) / scale.std),
        metrics.rmsse(actual, medians, scale),
        float(np.mean(losses)),
        width,
        _crps(actual, medians, judges),
        winkler,
    )


def _crps(actual: Floats, medians: Floats, judges: Sequence[Calibration | None]) -> float | None:
    """Returns the score of the distributions that the folds are judged by; None where one has none."""
    known = [judge for judge in judges if judge is not None]
    if len(known) < len(judges):
        return None
    losses = []
    for q in metrics.CRPS_LEVELS:
        half = np.stack([judge.half_within(abs(2 * q - 1)) for judge in known]) if q != 0.5 else np.zeros_like(medians)
        losses.append(metrics.pinball(actual, medians + half if q > 0.5 else medians - half, q))
    return 2 * float(np.mean(losses))
