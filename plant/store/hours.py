"""Hours of readings on their way to the lake: what is sealed, what came since, what is kept here.

Sealing runs beside the writer. It says that it begins, reads the hour, writes the file, and says what it wrote; a
reading that comes meanwhile marks the hour as touched, and it is sealed again.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from plant.store.contract import HourBook, HourRow
from plant.time import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plant.store.connection import Connections

_NEWEST = """
    SELECT id, (SELECT max(ts) FROM readings WHERE sensor = sensors.id AND NOT historical) AS newest
    FROM sensors WHERE newest NOTNULL
"""
_DELETE = "DELETE FROM readings WHERE sensor = ? AND ts >= ? AND ts < ? RETURNING partition"
_GIVE_UP = "UPDATE hours SET {} WHERE hour = ? AND kept = 1 AND touched = 0 AND sealed_at > 0"
_AT_ONCE = 50_000  # readings are deleted in a tenth of a second
_LET_OTHERS_S = 0.01  # a lock that is taken again at once starves who waits for it
_BOOK = ", ".join(HourBook.__struct_fields__)


class Hours:
    """The part of `plant.store.contract.Store` that the lake needs."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def hours(self) -> list[HourBook]:
        """Returns every hour that has had readings, by time."""
        with self._connections.reading() as reader:
            rows = reader.execute(f"SELECT {_BOOK} FROM hours ORDER BY hour").fetchall()
        return [HourBook(row[0], row[1], row[2], row[3], *map(bool, row[4:])) for row in rows]

    def hour_rows(self, hour: int) -> Iterator[tuple[str, list[HourRow]]]:
        """Yields the readings of an hour, tag by tag in their order, each by time; tags without any are left out."""
        with self._connections.reading() as reader:
            sensors = reader.execute("SELECT id, tag FROM sensors ORDER BY tag").fetchall()
            for number, tag in sensors:
                rows = reader.execute(
                    """SELECT r.ts, r.value, r.quality, r.historical, p.source, p.partition
                       FROM readings r JOIN partitions p ON p.id = r.partition
                       WHERE r.sensor = ? AND r.ts >= ? AND r.ts < ? ORDER BY r.ts""",
                    (number, hour, hour + HOUR),
                ).fetchall()
                if rows:
                    yield (
                        tag,
                        [
                            HourRow(ts, value, quality, bool(history), *place)
                            for ts, value, quality, history, *place in rows
                        ],
                    )

    def begin_sealing(self, hour: int) -> None:
        """Says that an hour is about to be read: what comes from now on touches it."""
        with self._connections.writing() as writer:
            writer.execute("UPDATE hours SET sealed_at = 0, touched = 0 WHERE hour = ?", (hour,))

    def finish_sealing(self, hour: int, *, readings: int, sha256: str, at: int) -> None:
        """Says what the file of an hour holds."""
        with self._connections.writing() as writer:
            writer.execute(
                "UPDATE hours SET readings = ?, sha256 = ?, sealed_at = ? WHERE hour = ?",
                (readings, sha256, at, hour),
            )

    def retire_hour(self, hour: int) -> int:
        """Gives the readings of a sealed hour up, books included, and returns how many; 0 if it was touched since.

        The minute rollups stay, and the newest reading of each tag: series, forecasts and what is stale do not change.
        Done in parts, so that no writer waits long; what a crash or a new reading leaves undone is done at the next
        call, after the hour was sealed again.
        """
        with self._connections.reading() as reader:
            left = reader.execute(_NEWEST).fetchall()
        total = 0
        while left:
            retired: Counter[int] = Counter()
            with self._connections.writing() as writer:
                if not writer.execute(_GIVE_UP.format("retired = 1"), (hour,)).rowcount:
                    return total
                while left and retired.total() < _AT_ONCE:
                    sensor, newest = left.pop()
                    deleted = writer.execute(_DELETE, (sensor, hour, min(hour + HOUR, newest)))
                    retired.update(partition for (partition,) in deleted)
                writer.executemany(
                    "UPDATE partitions SET retired = retired + ? WHERE id = ?",
                    [(count, partition) for partition, count in retired.items()],
                )
            total += retired.total()
            time.sleep(_LET_OTHERS_S)
        with self._connections.writing() as writer:
            writer.execute(_GIVE_UP.format("kept = 0, retired = 1"), (hour,))
        return total
