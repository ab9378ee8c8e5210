"""Partitions that stand still though their log goes on, and logs that nobody brings to their end.

A client may own a partition and read nothing of it: after some rebalances, or on a connection that is
dead without knowing it. Only the end of the log beside the reader's place tells. Such a partition is blind
already: the store has seen no sign of life of it since its last commit.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from ingestion.log import get_log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set

    from plant.store.contract import PartitionBook

_log = get_log(__name__)


class _Place(NamedTuple):
    position: int
    since: float


class Watchdog:
    """Remembers since when each partition is where it is.

    Args:
        patience_s: How long a partition may stand still with messages left to read.
        clock: A monotonic clock, seconds.
    """

    def __init__(self, patience_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience_s = patience_s
        self._clock = clock
        self._places: dict[int, _Place] = {}

    def look(self, positions: Mapping[int, int], ends: Mapping[int, int]) -> list[int]:
        """Returns the partitions that have stood still for too long, and says so; they begin anew.

        Args:
            positions: Of the partitions owned: the offset to read next.
            ends: Of all partitions: the offset after the last message.
        """
        now = self._clock()
        before, self._places = self._places, {}
        stalled = []
        for partition, position in sorted(positions.items()):
            place = before.get(partition)
            moves = place is None or place.position != position or ends.get(partition, 0) <= position
            self._places[partition] = place = _Place(position, now) if moves or place is None else place
            if now - place.since >= self._patience_s:
                stalled.append(partition)
                end, seconds = ends[partition], round(now - place.since)
                _log.warning("partition stands still", partition=partition, offset=position, end=end, seconds=seconds)
        if stalled:
            self.forget()
        return stalled

    def forget(self) -> None:
        """Begins anew: nobody could get on, as when the broker or the store was away."""
        self._places.clear()


class Goal:
    """The end of the log as it was at the start: what `--until-end` waits for, whoever brings the store there.

    Args:
        source: Name of the source.
        ends: By partition: the offset after its last message.
        patience_s: How long nothing may move before it is said, and again after as long.
        clock: A monotonic clock, seconds.
    """

    def __init__(
        self, source: str, ends: Mapping[int, int], patience_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._ends = dict(ends)
        self._patience_s = patience_s
        self._clock = clock
        self._left: dict[int, int] = {}
        self._since = clock()

    def reached(self, books: list[PartitionBook], owned: Set[int]) -> bool:
        """Says whether the store holds everything below the goal.

        A partition that another reader of the group owns, on a store of its own, never gets on in this one: that is
        said, and waited for, since the other may leave.

        Args:
            books: The store's books of the source.
            owned: The partitions that this worker reads.
        """
        at = {book.partition: book.next_offset for book in books}
        left = {number: at.get(number, 0) for number, end in self._ends.items() if at.get(number, 0) < end}
        if left != self._left:
            self._left, self._since = left, self._clock()
        elif self._clock() - self._since >= self._patience_s:
            self._since = self._clock()
            for number in sorted(left.keys() - owned):
                _log.warning(
                    "waiting: nobody reads this partition into this store. Another reader of the group may own it: "
                    "end that one, or read with another --group",
                    source=self._source, partition=number, offset=left[number], end=self._ends[number],
                )  # fmt: skip
        return not left
