"""What a source of messages is, and what judges an asset.

Rules every source keeps:

- Messages have a partition and an offset; within a partition offsets grow. The same log gives the
  same bytes at the same offset for ever: that is what exactly-once rests on.
- `poll` returns what is there, at most `max_messages`, within `timeout_ms`; an empty list is fine.
- `assignment` is what this reader owns *now*. The worker compares it after each poll, claims what
  is new in the store, seeks to the store's offset, and drops what that poll returned for it.
- No callback ever runs in another thread.
- `ServiceUnavailable` may come out of any method, is restartable, and loses nothing.

`tests/conformance/test_source.py` runs over every source.

Rules every `MinuteJudge` keeps, so that late readings can be judged in their place and the same log gives the same
alerts:

- What comes of it depends on the minutes alone: not on a clock, nor on how they were cut into frames, nor on how often
  it was saved and restored in between.
- What it says of a minute depends on what it remembers, that minute, and `memory` minutes before it.
- The times of a change lie at or after the first minute judged in the call that gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from forecasting.contract import Floats
    from plant.episodes import Episode, EpisodeChange
    from plant.time import Span


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

    def rejoin(self) -> None:
        """Gives everything up and takes it up anew: a partition stands still though its log goes on."""

    def close(self) -> None:
        """Gives everything up."""


class MinuteJudge(Protocol):
    """Judges one asset by closed minutes. See the module's docstring for the rules.

    A frame has shape (n_minutes, n_tags): minute means of the asset's tags in the order of the sensors the judge
    was made with, NaN where missing. A judge is made for one asset and used by one thread.
    """

    @property
    def name(self) -> str:
        """Name of its states in the store: `anomaly`."""

    @property
    def rules(self) -> frozenset[str]:
        """The rules whose episodes it makes; no two judges of an asset share one."""

    @property
    def memory(self) -> int:
        """How many minutes before a minute are needed to judge it."""

    @property
    def next_fit(self) -> int | None:
        """Time of the next fit, UTC milliseconds, a full minute; None for a judge that learns nothing."""

    def judge(self, times: Sequence[int], frame: Floats, begin: int) -> list[EpisodeChange]:
        """Judges the rows of a frame from row `begin` on; those before are context. `times` are the minutes' begins."""

    def learns_from(self, at: int) -> Span:
        """Returns the history that a fit at a time learns from; it ends there."""

    def fit(self, at: int, times: Sequence[int], frame: Floats) -> None:
        """Learns from the history before `at`, and moves `next_fit` beyond it."""

    def told(self) -> list[Episode]:
        """Returns the episodes under way that were told, as last told."""

    def state(self) -> bytes:
        """Returns what changes each minute."""

    def models(self) -> bytes:
        """Returns what changes at a fit only."""

    def restore(self, state: bytes, models: bytes) -> None:
        """Takes both back; `models` is empty before the first fit. Raises `BadInput` if they are not this judge's."""
