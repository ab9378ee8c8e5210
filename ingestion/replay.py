"""Plays a source into a Kafka topic, as fast as it goes or at a multiple of its own time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from ingestion.decode import Decoder
from plant.registry import Registry

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from ingestion.contract import RawMessage, Source
    from ingestion.sources.kafka import KafkaSink

_AT_ONCE: Final = 1_000
_POLL_MS: Final = 500
_SLICE_MS: Final = 1_000
"""At a given speed, readings of so much source time travel together."""


def replay(source: Source, sink: KafkaSink, *, speed: float | None, stop: threading.Event) -> int:
    """Plays a source to its end as it was at the start, or until stopped.

    Args:
        source: What is played; its messages keep key and bytes.
        sink: Where they go.
        speed: Source seconds a second; None for as fast as it goes.
        stop: Set by another thread or a signal handler to end.

    Returns:
        How many messages were sent, all of them acknowledged.

    Raises:
        ServiceUnavailable: If the broker does not acknowledge them.
    """
    goal = source.end_offsets()
    pace = _Pace(speed, stop)
    sent = 0
    while not stop.is_set() and any(end > 0 for end in goal.values()):
        for batch in source.poll(_AT_ONCE, _POLL_MS):
            for part in pace.cut(batch.messages):
                if stop.is_set():
                    return sent
                sink.write([(message.key, message.value) for message in part])
                sent += len(part)
            if batch.next_offset >= goal.get(batch.partition, 0):
                goal.pop(batch.partition, None)
    return sent


class _Pace:
    """Holds messages back until their time has come."""

    def __init__(self, speed: float | None, stop: threading.Event) -> None:
        self._speed = speed
        self._stop = stop
        self._decoder = Decoder(Registry())
        self._first: tuple[int, float] | None = None

    def cut(self, messages: Sequence[RawMessage]) -> Iterator[Sequence[RawMessage]]:
        """Yields the messages in parts, each when it is due."""
        if self._speed is None:
            yield messages
            return
        part: list[RawMessage] = []
        begun: int | None = None
        for message in messages:
            placed, _ = self._decoder.decode([message])
            ts = placed[0].reading.ts if placed else begun
            if part and ts is not None and begun is not None and ts >= begun + _SLICE_MS:
                self._wait(begun)
                yield part
                part, begun = [], ts
            part.append(message)
            begun = ts if begun is None else begun
        if part:
            self._wait(begun)
            yield part

    def _wait(self, ts: int | None) -> None:
        if ts is None or self._speed is None:
            return
        if self._first is None:
            self._first = (ts, time.monotonic())
        first, began = self._first
        self._stop.wait(max(0.0, began + (ts - first) / 1_000 / self._speed - time.monotonic()))
