"""The plant that `make bench-stream` reads: assets of ten tags, their history, and their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ingestion.readiness import WARM_UP
from plant.registry import Limits, Sensor
from plant.time import HOUR, MINUTE, SECOND, now_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from forecasting.contract import Floats

OF_ASSET: Final = 10
HISTORY: Final = WARM_UP + 6 * HOUR
"""How much past is read, minute by minute, before the clock runs: the detectors are fitted and have begun to score."""

_ROUND: Final = 2_000  # steps in which every asset once leaves its limits
_LONG: Final = 240
_FIRST: Final = 300
_APART: Final = 170  # steps between assets; tags of one follow by two
_LIMITS: Final = Limits(low=30.0, high=70.0, high_high=90.0, setpoint=50.0, tolerance=12.0, deadband=0.5)


class Plant(NamedTuple):
    """How many tags, how often each is read, and when the stream begins, UTC milliseconds."""

    tags: int
    step: int
    begin: int


def ending_now(tags: int, step: int, messages: int) -> Plant:
    """Returns a plant whose last of so many messages is of now: the worker takes it for life, not for history."""
    begin = now_ms() - messages // tags * step
    return Plant(tags, step, begin - begin % MINUTE)


def sensors(tags: int) -> list[Sensor]:
    """Returns the tags, each with every rule the registry knows."""
    return [
        Sensor(
            f"A-{number // OF_ASSET:04}.T{number % OF_ASSET}",
            unit="degC",
            asset=f"A-{number // OF_ASSET:04}",
            range_low=0.0,
            range_high=100.0,
            stuck_ms=10 * MINUTE,
            limits=_LIMITS,
            on_delay_ms=10 * SECOND,
            off_delay_ms=10 * SECOND,
        )
        for number in range(tags)
    ]


def past(plant: Plant) -> Iterator[tuple[bytes, bytes, None]]:
    """Yields the plant's healthy minutes before the stream."""
    minutes = range(-HISTORY // MINUTE, 0)
    return _messages(plant, minutes, MINUTE, lambda _at, _number: False)


def messages(plant: Plant, steps: range) -> Iterator[tuple[bytes, bytes, None]]:
    """Yields the readings of some steps; in `_ROUND` steps every asset once leaves its limits."""

    def away(at: int, number: int) -> bool:
        return (at - _FIRST - number // OF_ASSET * _APART - number % OF_ASSET * 2) % _ROUND < _LONG

    return _messages(plant, steps, plant.step, away)


def _messages(
    plant: Plant, steps: range, step: int, away: Callable[[int, int], bool]
) -> Iterator[tuple[bytes, bytes, None]]:
    """Yields readings keyed by tag, about 110 bytes each."""
    names = [sensor.tag.encode() for sensor in sensors(plant.tags)]
    text = b'{"tag": "%s", "ts": %d, "value": %.3f, "unit": "degC", "quality": 192, "seq": %d}'
    frame = _values(plant, steps, step)
    for row, at in enumerate(steps):
        ts = plant.begin + at * step
        for number, name in enumerate(names):
            yield name, text % (name, ts, frame[row, number] + 25.0 * away(at, number), at), None


def _values(plant: Plant, steps: range, step: int) -> Floats:
    """Returns healthy values, of shape (n_steps, n_tags): a daily load, each tag's own share of it, noise."""
    rng = np.random.default_rng([plant.tags, step, abs(steps.start)])
    load = np.sin(2 * np.pi * np.arange(steps.start, steps.stop) * step / (24 * HOUR))
    shares = 1.0 + np.arange(plant.tags) % OF_ASSET / 2
    return np.asarray(50.0 + np.outer(load, shares) + rng.normal(0.0, 0.3, (len(steps), plant.tags)))
