"""A judge of assets that learns in minutes what the real ones learn in days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from ingestion.episodes import EpisodeMachine, Life, Sight
from plant.episodes import EpisodeKind, Priority
from plant.errors import BadInput
from plant.time import MINUTE, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats
    from plant.episodes import Episode, EpisodeChange


class FakeState(msgspec.Struct):
    """What a fake judge remembers."""

    first: int
    fits: int = 0
    life: Life | None = None


class FakeJudge:
    """A judge that learns a level every quarter of an hour, and finds minutes odd whose near past lies above it."""

    name = "fake"
    rules = frozenset({"anomaly"})
    memory = 3

    def __init__(self, asset: str, first: int) -> None:
        self._state = FakeState(first)
        self._level = 5.5
        self._machine = EpisodeMachine("anomaly", "", asset, EpisodeKind.PROCESS, Priority.LOW, MINUTE, MINUTE)

    @property
    def next_fit(self) -> int:
        return self._state.first + (self._state.fits + 1) * 15 * MINUTE

    def learns_from(self, at: int) -> Span:
        return Span(max(self._state.first, at - 30 * MINUTE), at)

    def fit(self, at: int, times: Sequence[int], frame: Floats) -> None:
        while self.next_fit <= at:
            self._state.fits += 1
        if np.isfinite(frame).any():
            self._level = float(np.nanmean(frame))

    def judge(self, times: Sequence[int], frame: Floats, begin: int) -> list[EpisodeChange]:
        changes = []
        for row in range(begin, len(times)):
            near = frame[row - self.memory : row + 1]
            level = float(np.nanmean(near)) if np.isfinite(frame[row]).any() else None
            sight = Sight(round(level, 3), "high") if level is not None and level > self._level else None
            changes += self._machine.feed(times[row], None if level is None else sight is not None, sight)
        return changes

    def told(self) -> list[Episode]:
        return self._machine.told()

    def state(self) -> bytes:
        self._state.life = self._machine.state()
        return msgspec.json.encode(self._state)

    def models(self) -> bytes:
        return msgspec.json.encode(self._level)

    def restore(self, state: bytes, models: bytes) -> None:
        try:
            self._state = msgspec.json.decode(state, type=FakeState)
            self._level = msgspec.json.decode(models, type=float) if models else 5.5
        except msgspec.DecodeError as error:
            raise BadInput(str(error)) from error
        self._machine.restore(self._state.life)
