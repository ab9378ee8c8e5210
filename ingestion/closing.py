"""When a minute of an asset is closed: every partition that carries a tag of it has gone past.

What comes of judging does not depend on it, since a later reading has its asset judged again; only how soon it comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plant.time import HOUR, MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.registry import Sensor
    from plant.store.contract import Latest, PartitionBook

GRACE: Final = 30 * SECOND
"""A partition has gone past a minute when its newest reading is this much after it."""

SILENT: Final = 10 * MINUTE
"""A partition read to its end that is this much behind the asset's others is not waited for, in life."""

HISTORY: Final = HOUR
"""Further behind the wall clock than this is history, not life."""


def closed_until(
    sensors: Sequence[Sensor],
    latest: dict[str, Latest],
    books: dict[tuple[str, int], PartitionBook],
    *,
    now: int | None,
) -> int | None:
    """Returns the end of the newest closed minute of an asset; None when there is none.

    Only the source of its newest reading counts: a file that was read to its end does not hold the
    stream up; nor does, in life, a partition whose writer fell silent.
    While a tag was never seen it may come by any partition, so all of them count.

    Args:
        sensors: The asset's tags.
        latest: The last reading of each tag that has one.
        books: By source and partition.
        now: The wall clock, UTC milliseconds; None when there will be no more readings, and every minute is closed.
    """
    seen = [latest[sensor.tag] for sensor in sensors if sensor.tag in latest]
    if not seen:
        return None
    newest = max(seen, key=lambda last: last.ts)
    if now is None:
        return newest.ts - newest.ts % MINUTE + MINUTE
    carrying = {last.partition for last in seen if last.source == newest.source}
    if len(seen) < len(sensors):
        carrying |= {partition for source, partition in books if source == newest.source}
    silent_before = newest.ts - SILENT if newest.ts > now - HISTORY else None
    watermarks = []
    for partition in carrying:
        book = books[newest.source, partition]
        unread = book.end_offset is None or book.next_offset < book.end_offset
        if book.watermark is None:
            if unread:
                return None
        elif unread or silent_before is None or book.watermark >= silent_before:
            watermarks.append(book.watermark)
    past = min(watermarks) - GRACE
    return past - past % MINUTE
