"""What nobody watches now: blind partitions and stale tags. Neither is ever shown as OK."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingestion.rules import MISSED
from plant.readings import Quality
from plant.time import SECOND, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plant.registry import Sensor
    from plant.store.contract import Latest, PartitionBook

_DEMO_START: Final = re.compile(r"demo:\?start=([^&]+)")


def blind_partitions(
    books: Sequence[PartitionBook], carrying: set[tuple[str, int]], seen_since: int
) -> list[PartitionBook]:
    """Returns the partitions whose tags may be in alarm with nobody to see it.

    No owner has given a sign of life since `seen_since`, and something is there to be missed: messages
    that nobody has read, or, where the partition carries the newest reading of a tag, those that
    its log can still bring. A log that was read to its end and cannot go on hides nothing; how old its
    last reading is, is said with the reading.

    Args:
        books: The books of all partitions.
        carrying: Partitions, by source and number, that the newest reading of some tag came by.
        seen_since: UTC milliseconds.
    """
    return [
        book
        for book in books
        if (not book.owner or book.seen_at < seen_since)
        and (_unread(book) or (goes_on(book.source) and (book.source, book.partition) in carrying))
    ]


def _unread(book: PartitionBook) -> bool:
    return book.end_offset is not None and book.next_offset < book.end_offset


def goes_on(source: str) -> bool:
    """Says by its name whether a log can bring more than it held when it was read to its end.

    A Kafka topic always can. A file cannot: its name carries a digest of its content, so that a file
    that has grown is another log. Of the demo plant's logs the live one can: its name begins half a second
    off the full second, the history's on a full one (`ingestion/sources/demo.py`).
    """
    if start := _DEMO_START.match(source):
        return parse_time(start[1]) % SECOND != 0
    return not source.startswith("file:")


def stale_tags(latest: Sequence[Latest], watched: Iterable[Sensor]) -> list[tuple[Latest, int]]:
    """Returns the tags of sensors that fell behind the newest reading of their source, and by how many milliseconds."""
    newest: dict[str, int] = {}
    for last in latest:
        newest[last.source] = max(last.ts, newest.get(last.source, last.ts))
    sensors = {sensor.tag: sensor for sensor in watched}
    stale = []
    for last in latest:
        sensor = sensors.get(last.tag)
        behind = newest[last.source] - last.ts
        allowed = max(MISSED * sensor.cadence_ms, sensor.on_delay_ms) if sensor else 0
        if sensor and (behind > allowed or last.quality == Quality.STALE):
            stale.append((last, behind))
    return stale
