"""How the cost of a full comparison grows with points, folds and tags: one of them varies, the others stand."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.forecast.clock import timed
from benchmarks.forecast.data import synthetic
from benchmarks.forecast.speed import FOLDS, ailing, full_comparison

POINTS: Final = (250, 500, 1_000, 2_000, 4_000, 8_000)
FOLD_COUNTS: Final = (2, 5, 10, 20)
TAGS: Final = (1, 2, 4, 8)
_USUAL: Final = 1_000


def measure() -> list[dict[str, Any]]:
    """Returns a row a case, warm."""
    full_comparison(synthetic(POINTS[0]))
    cases = [
        *((points, FOLDS, 1) for points in POINTS),
        *((_USUAL, folds, 1) for folds in FOLD_COUNTS),
        *((_USUAL, FOLDS, tags) for tags in TAGS),
    ]
    return [_row(points, folds, tags) for points, folds, tags in cases]


def _row(points: int, folds: int, tags: int) -> dict[str, Any]:
    columns = [synthetic(points, seed=seed) for seed in range(tags)]
    took, comparisons = timed(lambda: [full_comparison(values, folds=folds) for values in columns])
    return {
        "points": points,
        "folds": folds,
        "tags": tags,
        "wall s": took.wall,
        "processor s": took.processor,
        "no forecast": ailing(comparisons[-1]),
    }
