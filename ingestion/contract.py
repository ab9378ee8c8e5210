"""What a source of messages is.

Rules every source keeps:

- Messages have a partition and an offset; within a partition offsets grow. The same log gives the
  same bytes at the same offset for ever: that is what exactly-once rests on.
- `poll` returns what is there, at most `max_messages`, within `timeout_ms`; an empty list is fine.
- `assignment` is what this reader owns *now*. The worker compares it after each poll, claims what
  is new in the store, seeks to the store's offset, and drops what that poll returned for it.
- No callback ever runs in another thread.
- `ServiceUnavailable` may come out of any method, is restartable, and loses nothing.

`tests/conformance/test_source.py` runs over every source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class RawMessage(msgspec.Struct, frozen=True, gc=False):
    """One message as it came: bytes, verbatim."""

    offset: int
    key: bytes | None
    value: bytes | None


class RawBatch(msgspec.Struct, frozen=True):
    """Messages of one partition, by offset.

    Attributes:
        partition: Partition number.
        messages: The messages, offsets growing.
        next_offset: Where to go on after them; offsets between that no message has were not shown by the log.
    """

    partition: int
    messages: Sequence[RawMessage]
    next_offset: int


class Source(Protocol):
    """A log of messages. See the module's docstring for the rules."""

    @property
    def name(self) -> str:
        """Name in the store's books: the topic, the file, `demo`."""

    def assignment(self) -> frozenset[int]:
        """Returns the partitions this reader owns now."""

    def partitions(self) -> frozenset[int]:
        """Returns all partitions of the log, whoever owns them."""

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        """Returns the next messages of the partitions owned."""

    def seek(self, partition: int, offset: int) -> None:
        """Goes on from an offset of a partition owned."""

    def end_offsets(self) -> dict[int, int]:
        """Returns, for all partitions, the offset after the last message there is now."""

    def pause(self, partitions: Sequence[int]) -> None:
        """Holds partitions back without giving them up."""

    def resume(self, partitions: Sequence[int]) -> None:
        """Lets paused partitions go on."""

    def close(self) -> None:
        """Gives everything up."""
