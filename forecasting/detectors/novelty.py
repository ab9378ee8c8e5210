"""Novelty of short windows: odd is a course of one series that nothing in its past resembles.

The series is cut into blocks, each told by its lowest and highest value; three blocks are a window. A window is as
new as it is far (Chebyshev) from the nearest window before it, and that distance is compared with the past ones: 1
is their 90 % quantile. What was seen once is known from then on, so that a new load is told once, and a series
that is always restless must do more to be called odd than one that repeats itself.

An alert layer makes one alert of one event: after a score, only a higher one speaks within the next two windows.

Unlike the other detectors it goes on learning while it scores: a row's score depends on every row before it
(`memory` is `ALL_ROWS`), which a file can give and a worker's restart cannot.
Sources: Keogh, Lin and Fu, "HOT SAX: efficiently finding the most unusual time series subsequence", ICDM 2005
(discords); Laxhammar and Falkman, "Conformal prediction for distribution-independent anomaly detection in streaming
vessel data", StreamKDD 2010 (distance to the nearest neighbour against the past ones).
"""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

import numpy as np

from forecasting.contract import ALL_ROWS
from forecasting.detectors.base import FittedDetector, FittedState, Rows

if TYPE_CHECKING:
    from forecasting.contract import Floats
    from forecasting.detectors.scaling import Scaling

ON: Final = 1.25
"""Novelty that is odd: a quarter farther from all that was seen than nine in ten windows were."""

BLOCKS: Final = 60
"""Blocks in the rows learned from: these decide how long a window is."""

LONGEST: Final = 60
"""Rows in a block at most, however much was learned from: a score waits for the end of its block."""

WINDOW: Final = 3
"""Blocks in a window."""

REST: Final = 2 * WINDOW
"""Blocks after a score in which only a higher one speaks."""

_QUANTILE: Final = 0.9
_FEWEST: Final = 20  # distances before they say what is usual
_REMEMBERED: Final = 4_096  # windows; an older one is forgotten
_LEAST: Final = 0.01  # spreads; closer windows are alike


class NoveltyState(FittedState, frozen=True):
    """What is learned before: how rows are scaled and cut. The windows themselves are learned as they go by.

    Attributes:
        block: Rows in a block.
    """

    block: int

    def __post_init__(self) -> None:
        if self.block < 1:
            raise ValueError("block must be at least 1")


class _Blocks(NamedTuple):
    """What is known at the end of each block.

    Attributes:
        start: The row at which the first block begins: the first with a value.
        novelty: Of the window that ends with it, of shape (n_blocks,).
        parts: Each tag's distance from the nearest window, of shape (n_blocks, n_tags).
    """

    start: int
    novelty: Floats
    parts: Floats


class NoveltyDetector(FittedDetector[NoveltyState]):
    """The novelty detector. `novelty` is how new each row's window is; `score` is that behind the alert layer."""

    name: ClassVar[str] = "novelty"
    memory: ClassVar[int] = ALL_ROWS
    state_type = NoveltyState

    @property
    def rest_rows(self) -> int:
        """Rows after a score in which only a higher one speaks."""
        return REST * self._fitted().block

    def novelty(self, frame: Floats) -> Floats:
        """Returns how new the last whole window at each row is, of shape (n_steps,); above `ON` is odd."""
        state = self._fitted()
        seen = _seen(state, state.scaling.apply(frame))
        return _held(seen.novelty, seen.start, state.block, len(frame))

    def _learned(self, scaling: Scaling, rows: Rows) -> NoveltyState:
        return NoveltyState(scaling, min(max(len(rows.scaled) // BLOCKS, 1), LONGEST))

    def _scores(self, state: NoveltyState, rows: Rows) -> Floats:
        """Returns the novelty where it is the highest for two windows; elsewhere less than 1, fading in each block."""
        seen = _seen(state, rows.scaled)
        n_steps = len(rows.scaled)
        spoken, quiet = _alerts(seen.novelty)
        age = np.maximum(np.arange(n_steps) - seen.start + 1, 0) % state.block
        fading = _held(quiet, seen.start, state.block, n_steps) * (1.0 - age / state.block)
        scores: Floats = np.where(age == 0, _held(spoken, seen.start, state.block, n_steps), fading)
        return scores

    def _parts(self, state: NoveltyState, rows: Rows) -> Floats:
        seen = _seen(state, rows.scaled)
        return _held(seen.parts, seen.start, state.block, len(rows.scaled))


def _seen(state: NoveltyState, scaled: Floats) -> _Blocks:
    present = np.isfinite(scaled).any(axis=1)
    start = int(np.argmax(present)) if present.any() else len(scaled)
    blocks = _blocks(scaled[start:], state.block)
    n_tags = scaled.shape[1]
    novelty, parts = np.zeros(len(blocks)), np.zeros((len(blocks), n_tags))
    n_windows = max(len(blocks) - WINDOW + 1, 0)
    windows = np.stack([blocks[i : i + WINDOW].ravel() for i in range(n_windows)]) if n_windows else blocks[:0]
    usual: list[float] = []
    for index in range(WINDOW, n_windows):
        known = windows[max(index - WINDOW + 1 - _REMEMBERED, 0) : index - WINDOW + 1]
        apart = np.abs(known - windows[index])
        distances = apart.max(axis=1)
        nearest = int(np.argmin(distances))
        distance = float(distances[nearest])
        end = index + WINDOW - 1
        parts[end] = apart[nearest].reshape(WINDOW, 2, n_tags).max(axis=(0, 1))
        if len(usual) >= _FEWEST:
            novelty[end] = distance / max(usual[int(_QUANTILE * len(usual))], _LEAST)
        insort(usual, distance)
    return _Blocks(start, novelty, parts)


def _blocks(scaled: Floats, rows: int) -> Floats:
    """Returns the lowest and highest of each whole block and tag, of shape (n_blocks, 2 * n_tags).

    A block in which a tag has no value repeats the tag's one before it; the median, before the first.
    """
    n_blocks = len(scaled) // rows
    cut = scaled[: n_blocks * rows].reshape(n_blocks, rows, scaled.shape[1])
    empty = np.isnan(cut).all(axis=1)
    lowest = np.where(np.isnan(cut), np.inf, cut).min(axis=1)
    highest = np.where(np.isnan(cut), -np.inf, cut).max(axis=1)
    both = np.hstack([np.where(empty, np.nan, lowest), np.where(empty, np.nan, highest)])
    last = np.maximum.accumulate(np.where(np.isnan(both), -1, np.arange(n_blocks)[:, None]), axis=0)
    filled: Floats = np.where(last >= 0, np.take_along_axis(both, np.maximum(last, 0), axis=0), 0.0)
    return filled


def _alerts(novelty: Floats) -> tuple[Floats, Floats]:
    """Returns the scores of blocks, and what they would be if something higher had been said: always below 1."""
    quiet = np.zeros_like(novelty)
    spoken = novelty.copy()
    for block, value in enumerate(novelty):
        before = float(novelty[max(block - REST, 0) : block].max(initial=0.0))
        quiet[block] = value / (1.0 + max(before, value))
        if value <= before:
            spoken[block] = quiet[block]
    return spoken, quiet


def _held(of_blocks: Floats, start: int, block: int, n_steps: int) -> Floats:
    """Returns what was known of the last whole block at each row; 0 before the first."""
    last = (np.arange(n_steps) - start + 1) // block - 1
    held = np.zeros((n_steps, *of_blocks.shape[1:]))
    known = last >= 0
    held[known] = of_blocks[last[known]]
    return held
