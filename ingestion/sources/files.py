"""A historian's file as a source: the same messages as on the wire, in order of time, then tag.

The log is the file's content: its name in the books carries a digest, so that an edited file is
another log, whose readings the store tells from those it has. Rows that cannot be used come last,
each as a message that says which line and why; decoding makes a dead letter of it.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from ingestion.contract import RawBatch, RawMessage
from ingestion.decode import encode_reading
from ingestion.historian import iterate_by_time, read_historian
from plant.readings import Quality, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo
    from pathlib import Path


class FileSource:
    """A CSV or Parquet file: one partition, an offset a reading.

    Args:
        path: The file.
        zone: Where times without an offset are.

    Raises:
        BadInput: If the file cannot be used, as `read_historian` says.
    """

    def __init__(self, path: Path, zone: tzinfo) -> None:
        file = read_historian(path, zone)
        digest = hashlib.sha256(path.read_bytes() + str(zone).encode()).hexdigest()[:12]
        self._name = f"file:{path.name}@{digest}"
        self._messages = [
            *_readings(iterate_by_time(file.columns.values())),
            *((None, text.encode()) for text in file.rejected),
        ]
        self._position = 0
        self._paused = False
        self.notes = file.notes
        """What was detected and assumed about the file, each a few words."""
        self.rejected = file.rejected
        """What could not be used, each a sentence that begins with its line."""

    @property
    def name(self) -> str:
        """Name in the store's books: the file's name and a digest of its content."""
        return self._name

    def assignment(self) -> frozenset[int]:
        """Returns the one partition."""
        return frozenset({0})

    def partitions(self) -> frozenset[int]:
        """Returns the one partition."""
        return frozenset({0})

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:  # noqa: ARG002 (a file never waits)
        """Returns the next messages; none at the end of the file."""
        start = self._position
        end = min(start + max_messages, len(self._messages))
        if self._paused or start >= end:
            return []
        self._position = end
        messages = [
            RawMessage(offset, key, value) for offset, (key, value) in enumerate(self._messages[start:end], start=start)
        ]
        return [RawBatch(0, messages, end)]

    def seek(self, partition: int, offset: int) -> None:  # noqa: ARG002 (a file has one partition)
        """Goes on from an offset."""
        self._position = offset

    def end_offsets(self) -> dict[int, int]:
        """Returns how many messages there are."""
        return {0: len(self._messages)}

    def pause(self, partitions: Sequence[int]) -> None:
        """Holds the file back."""
        self._paused = self._paused or 0 in partitions

    def resume(self, partitions: Sequence[int]) -> None:
        """Lets the file go on."""
        self._paused = self._paused and 0 not in partitions

    def rejoin(self) -> None:
        """Nothing to take up anew: a file never stands still."""

    def close(self) -> None:
        """Nothing to give up: the file is read already."""


def _readings(rows: Iterator[tuple[int, str, float, str]]) -> Iterator[tuple[bytes | None, bytes]]:
    for time, tag, value, unit in rows:
        missing = math.isnan(value)
        reading = Reading(tag, time, None if missing else value, Quality.BAD if missing else Quality.GOOD, unit or None)
        yield tag.encode(), encode_reading(reading)
