"""The one write transaction: readings, offsets, states, episodes, outbox, dead letters together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from plant.episodes import ChangeKind, Episode
from plant.errors import Fenced
from plant.readings import Quality, Reading
from plant.registry import Sensor, SensorState
from plant.store.contract import Counts, DeadLetter, Inserted
from plant.time import HOUR, MINUTE, now_ms

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from plant.episodes import EpisodeChange
    from plant.time import Span

_Row = tuple[int, int, float | None, int, int]

_INSERT_READING = "INSERT OR IGNORE INTO readings (sensor, ts, value, quality, partition) VALUES (?, ?, ?, ?, ?)"

_AMEND_ASSET = """
    UPDATE assets SET amend_from = min(coalesce(amend_from, ?2), ?2)
    WHERE cursor > ?2 AND asset = (SELECT body ->> 'asset' FROM sensors WHERE id = ?1)
"""

_ADVANCE_ASSET = """
    UPDATE assets SET cursor = ?, seen_at = ?, amend_from = iif(amend_from >= ?, NULL, amend_from)
    WHERE asset = ? AND epoch = ?
"""

# Computed from the readings, not added up batch by batch: a sum of floats depends on the order of
# its terms, and the same log must give the same rollups however it was cut into batches.
_ROLL_UP = f"""
    INSERT OR REPLACE INTO rollups (sensor, minute, n, total, low, high)
    SELECT sensor, ?2, count(*), sum(value), min(value), max(value) FROM readings
    WHERE sensor = ?1 AND ts >= ?2 AND ts < ?2 + {MINUTE} AND quality = {int(Quality.GOOD)} AND value IS NOT NULL
    GROUP BY sensor
"""

_ADD_UP = f"""
    INSERT INTO rollups (sensor, minute, n, total, low, high)
    SELECT ?1, ?2, 1, ?3, ?3, ?3 WHERE ?3 IS NOT NULL AND ?4 = {int(Quality.GOOD)}
    ON CONFLICT (sensor, minute) DO UPDATE
    SET n = n + 1, total = total + ?3, low = min(low, ?3), high = max(high, ?3)
"""

_COUNTED = Counts.__struct_fields__
_ADVANCE = f"""
    UPDATE partitions SET next_offset = ?, watermark = max(coalesce(watermark, ?2), coalesce(?2, watermark)),
        seen_at = ?, {", ".join(f"{name} = {name} + ?" for name in _COUNTED)}
    WHERE source = ? AND partition = ? AND epoch = ?
"""

_CORRECT = f"""
    UPDATE partitions SET watermark = max(coalesce(watermark, ?1), coalesce(?1, watermark)),
        {", ".join(f"{name} = {name} + ?" for name in _COUNTED)}
    WHERE source = ? AND partition = ?
"""

# The letters of one message's items keep its bytes once, with the first of them: a message may have thousands.
_WITH_BYTES = """
    FROM dead_letters AS first WHERE first.source = {0}.source AND first.partition = {0}.partition
    AND first."offset" = {0}."offset" AND first.value NOTNULL
"""
LETTER_VALUE = f"coalesce(value, (SELECT first.value {_WITH_BYTES.format('dead_letters')} LIMIT 1))"
"""The bytes of a dead letter's message."""

LETTER = f'source, partition, "offset", item, stage, error, text, key, {LETTER_VALUE}, at, redriven_at'
"""The columns of a `DeadLetter`."""

_ADD_LETTER = f"""
    INSERT INTO dead_letters (source, partition, "offset", item, stage, error, text, key, value, at, redriven_at)
    SELECT source, partition, "offset", item, stage, error, text, key,
        iif(item >= 0 AND EXISTS (SELECT 1 {_WITH_BYTES.format("new")}), NULL, value), at, redriven_at
    FROM (SELECT ?1 AS source, ?2 AS partition, ?3 AS "offset", ?4 AS item, ?5 AS stage, ?6 AS error, ?7 AS text,
                 ?8 AS key, ?9 AS value, ?10 AS at, ?11 AS redriven_at) AS new
    WHERE true ON CONFLICT (source, partition, "offset", item) DO NOTHING
"""

_PUT_EPISODE = """
    INSERT OR REPLACE INTO episodes (id, rule, tag, asset, state, pending_at, opened_at, closed_at, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

OF_PREFIX = f"key >= ?1 AND key < ?1 || char({0x10FFFF})"  # a range is read by the index; no key goes on so
STATES = "SELECT key, body FROM states WHERE key IN (SELECT value FROM json_each(?))"

_NEWEST_TIMES = """
    SELECT tag, ts FROM sensors
        JOIN readings ON sensor = sensors.id JOIN partitions ON readings.partition = partitions.id
    WHERE ts = (SELECT max(ts) FROM readings WHERE sensor = sensors.id AND NOT historical)
      AND source = ? AND partitions.partition = ?
"""

_AFTERWARDS = (ChangeKind.AMENDED, ChangeKind.RETRACTED)
_LAST_AMENDMENT = "SELECT max(id) FROM episode_events WHERE episode = ? AND kind IN (?, ?)"

_UPDATE_AGAIN = f"""
    UPDATE episode_events SET at = ?2, body = ?3
    WHERE id = (SELECT max(id) FROM episode_events WHERE episode = ?1) AND kind = '{ChangeKind.UPDATED}'
"""

PUT_SENSOR = """
    INSERT INTO sensors (tag, state, body) VALUES (?, ?, ?)
    ON CONFLICT (tag) DO UPDATE SET state = excluded.state, body = excluded.body
"""


def count_good(connection: sqlite3.Connection, tags: Iterable[str], span: Span) -> int:
    """Counts the good readings of some tags in the minutes of a span."""
    counts = (
        connection.execute(
            """SELECT coalesce(sum(n), 0) FROM rollups
               WHERE sensor = (SELECT id FROM sensors WHERE tag = ?) AND minute >= ? AND minute < ?""",
            (tag, span.start, span.end),
        ).fetchone()[0]
        for tag in tags
    )
    return sum(counts)


class Numbers:
    """Small ids by name, as the tables know them; they never change once committed."""

    def __init__(self) -> None:
        self.sensors: dict[str, int] = {}
        self.partitions: dict[tuple[str, int], int] = {}


class SqliteTransaction:
    """`plant.store.contract.Transaction` over one open SQLite transaction.

    Args:
        connection: The writer connection, inside a transaction.
        committed: Ids known from committed transactions; those found here are kept apart in
            `numbers` until the commit, since a rollback takes them back.
    """

    def __init__(self, connection: sqlite3.Connection, committed: Numbers) -> None:
        self._connection = connection
        self._committed = committed
        self.numbers = Numbers()

    def insert_readings(self, source: str, partition: int, readings: Sequence[Reading]) -> Inserted:
        """Inserts readings and folds the good ones into the minute rollups; unknown tags become *discovered*.

        A reading that differs from the stored one in value or quality is a conflict. An asset with a tag that is
        touched before the asset's cursor is marked, to be judged again from there.
        """
        sensors = self._sensor_ids({reading.tag for reading in readings})
        place = self._partition_id(source, partition)
        rows = [(sensors[r.tag], r.ts, r.value, r.quality, place) for r in readings]
        if self._insert_all(rows):
            inserted = Inserted(tuple(readings), 0, ())
            stored_rows = rows
        else:
            inserted, stored_rows = self._insert_new(readings, rows)
        oldest = self._roll_up(stored_rows)
        self._touch_hours(stored_rows)
        self._amend_assets(oldest)
        self._mark_historical(inserted.stored, stored_rows)
        by_tag = {tag: oldest[sensor] for tag, sensor in sensors.items() if sensor in oldest}
        return msgspec.structs.replace(inserted, oldest=by_tag)

    def readings_after(self, tag: str, ts: int) -> Iterator[Reading]:
        """Yields the readings of a tag that are newer than a time, by time, those inserted here included.

        Historical ones are left out: no rule judges them.
        """
        rows = self._connection.execute(
            """SELECT ts, value, quality FROM readings
               WHERE sensor = (SELECT id FROM sensors WHERE tag = ?) AND ts > ? AND NOT historical
               ORDER BY ts""",
            (tag, ts),
        )
        return (Reading(tag, *row) for row in rows)

    def newest_before(self, tag: str, ts: int) -> int | None:
        """Returns the time of a tag's newest reading that is older than a time; None when there is none."""
        row = self._connection.execute(
            "SELECT max(ts) FROM readings WHERE sensor = (SELECT id FROM sensors WHERE tag = ?) AND ts < ?", (tag, ts)
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def keeps_since(self, ts: int) -> bool:
        """Says whether the store has given up no reading of the hours from a time on."""
        row = self._connection.execute(
            "SELECT 1 FROM hours WHERE retired AND hour > ? LIMIT 1", (ts - HOUR,)
        ).fetchone()
        return row is None

    def newest_times(self, source: str, partition: int) -> dict[str, int]:
        """Returns, by tag, the time of its newest reading, of the tags whose newest came by a partition."""
        return dict(self._connection.execute(_NEWEST_TIMES, (source, partition)))

    def good_readings(self, tags: Iterable[str], span: Span) -> int:
        """Returns how many good readings of some tags lie in the minutes of a span, both ends full minutes."""
        return count_good(self._connection, tags, span)

    def add_dead_letters(self, letters: Sequence[DeadLetter]) -> None:
        """Adds dead letters; one that is there already (same place and item) is left as it is."""
        ordered = sorted(letters, key=lambda letter: (letter.offset, letter.item))
        self._connection.executemany(_ADD_LETTER, map(msgspec.structs.astuple, ordered))

    def waiting_letter(self, number: int) -> DeadLetter | None:
        """Returns a dead letter that has not been redriven, or None."""
        row = self._connection.execute(
            f"SELECT {LETTER} FROM dead_letters WHERE id = ? AND redriven_at IS NULL", (number,)
        ).fetchone()
        return DeadLetter(*row) if row else None

    def mark_redriven(self, number: int, at: int) -> None:
        """Says that what a dead letter holds is in the store now."""
        self._connection.execute("UPDATE dead_letters SET redriven_at = ? WHERE id = ?", (at, number))

    def explain_letter(self, number: int, stage: str, error: str, text: str) -> None:
        """Gives a dead letter that failed again its newest reason."""
        self._connection.execute(
            "UPDATE dead_letters SET stage = ?, error = ?, text = ? WHERE id = ?", (stage, error, text, number)
        )

    def correct_book(self, source: str, partition: int, counts: Counts, watermark: int | None) -> None:
        """Adds to the counts of a partition, whoever owns it: what was dead is stored, late or a duplicate now."""
        added = msgspec.structs.astuple(counts)
        self._connection.execute(_CORRECT, (watermark, *added, source, partition))

    def advance(
        self, source: str, partition: int, epoch: int, *, next_offset: int, counts: Counts, watermark: int | None
    ) -> None:
        """Moves a partition's offset and books. Raises `Fenced` if the epoch is not the newest."""
        added = msgspec.structs.astuple(counts)
        moved = self._connection.execute(
            _ADVANCE, (next_offset, watermark, now_ms(), *added, source, partition, epoch)
        ).rowcount
        if not moved:
            raise Fenced(f"Another worker has taken partition {partition} of {source} over.")

    def advance_asset(self, asset: str, epoch: int, *, cursor: int, amended_from: int | None = None) -> None:
        """Moves an asset's cursor; what was judged again from `amended_from` on need not be again.

        Raises `Fenced` if the epoch is not the newest.
        """
        moved = self._connection.execute(_ADVANCE_ASSET, (cursor, now_ms(), amended_from, asset, epoch)).rowcount
        if not moved:
            raise Fenced(f"Another worker has taken the asset {asset} over.")

    def load_states(self, prefix: str) -> dict[str, bytes]:
        """Returns the states whose key begins with a prefix."""
        return dict(self._connection.execute(f"SELECT key, body FROM states WHERE {OF_PREFIX} ORDER BY key", (prefix,)))

    def states(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Returns the states of these keys, those that there are."""
        wanted = msgspec.json.encode(list(keys)).decode()  # one statement: a batch has the states of many tags
        return dict(self._connection.execute(STATES, (wanted,)))

    def save_states(self, states: dict[str, bytes]) -> None:
        """Writes states by key."""
        self._connection.executemany("INSERT OR REPLACE INTO states (key, body) VALUES (?, ?)", states.items())

    def drop_states(self, keys: Iterable[str]) -> None:
        """Removes states; a key that there is not is no matter."""
        self._connection.executemany("DELETE FROM states WHERE key = ?", [(key,) for key in keys])

    def episodes_since(self, ts: int, *, tag: str | None = None, asset: str | None = None) -> list[Episode]:
        """Returns the episodes of a tag, or of an asset and its tags, that stand or closed at a time or later."""
        column, subject = ("asset", asset) if tag is None else ("tag", tag)
        rows = self._connection.execute(
            f"SELECT body FROM episodes WHERE {column} = ? AND (closed_at IS NULL OR closed_at >= ?) ORDER BY id",
            (subject, ts),
        )
        return [msgspec.json.decode(body, type=Episode) for (body,) in rows]

    def apply_episodes(self, changes: Sequence[EpisodeChange]) -> None:
        """Writes episodes and their events; what people must hear of goes into the outbox, once each.

        A retracted episode is removed; its events stay. Of updates in a row the last one is kept: they are as many as a
        quality that comes and goes makes of them.
        """
        for change in changes:
            episode = change.episode
            body = msgspec.json.encode(episode).decode()
            moments = (episode.pending_at, episode.opened_at, episode.closed_at)
            if change.kind is ChangeKind.RETRACTED:
                self._connection.execute("DELETE FROM episodes WHERE id = ?", (episode.id,))
            else:
                self._connection.execute(
                    _PUT_EPISODE,
                    (episode.id, episode.rule, episode.tag, episode.asset, episode.state.value, *moments, body),
                )
            event = (episode.id, episode.updated_at, body)
            updated = change.kind is ChangeKind.UPDATED
            if not (updated and self._connection.execute(_UPDATE_AGAIN, event).rowcount):
                self._connection.execute(
                    "INSERT INTO episode_events (episode, at, body, kind) VALUES (?, ?, ?, ?)",
                    (*event, change.kind.value),
                )
            if not updated:
                self._publish(change)

    def _publish(self, change: EpisodeChange) -> None:
        """Puts a change into the outbox under a stable key; one that is there already is not put in again."""
        key = f"{change.episode.id}/{change.kind}"
        if (
            change.kind in _AFTERWARDS
            or self._connection.execute("SELECT 1 FROM outbox WHERE key = ?", (key,)).fetchone()
        ):
            (event,) = self._connection.execute(_LAST_AMENDMENT, (change.episode.id, *_AFTERWARDS)).fetchone()
            if event is None:
                return
            key = f"{key}/{event}"
        self._connection.execute(
            "INSERT OR IGNORE INTO outbox (key, body, at) VALUES (?, ?, ?)",
            (key, msgspec.json.encode(change).decode(), now_ms()),
        )

    def _insert_all(self, rows: list[_Row]) -> bool:
        """Inserts the rows if none of them is there yet; else changes nothing and returns False."""
        self._connection.execute("SAVEPOINT insert_all")
        inserted = self._connection.executemany(_INSERT_READING, rows).rowcount if rows else 0
        all_new = inserted == len(rows)
        if not all_new:
            self._connection.execute("ROLLBACK TO insert_all")
        self._connection.execute("RELEASE insert_all")
        return all_new

    def _insert_new(self, readings: Sequence[Reading], rows: list[_Row]) -> tuple[Inserted, list[_Row]]:
        """Inserts one by one, telling duplicates and conflicts, within the batch too."""
        stored: list[Reading] = []
        stored_rows: list[_Row] = []
        conflicts: list[Reading] = []
        for reading, row in zip(readings, rows, strict=True):
            if self._connection.execute(_INSERT_READING, row).rowcount:
                stored.append(reading)
                stored_rows.append(row)
                continue
            there = self._connection.execute(
                "SELECT value, quality FROM readings WHERE sensor = ? AND ts = ?", row[:2]
            ).fetchone()
            if there != row[2:4]:
                conflicts.append(reading)
        duplicates = len(readings) - len(stored) - len(conflicts)
        return Inserted(tuple(stored), duplicates, tuple(conflicts)), stored_rows

    def _roll_up(self, rows: Sequence[_Row]) -> dict[int, int]:
        """Makes the rollups of the minutes that rows lie in anew; returns the oldest of them by sensor.

        Where readings were given up to the lake the rows are added to what the rollups say.
        """
        touched = sorted({(row[0], row[1] - row[1] % MINUTE) for row in rows}, reverse=True)
        given_up = self._given_up({minute - minute % HOUR for _, minute in touched})
        if given_up:
            added = [(sensor, ts - ts % MINUTE, value, quality) for sensor, ts, value, quality, _ in rows]
            self._connection.executemany(_ADD_UP, [row for row in added if row[1] - row[1] % HOUR in given_up])
        self._connection.executemany(_ROLL_UP, [row for row in touched if row[1] - row[1] % HOUR not in given_up])
        return dict(touched)

    def _given_up(self, hours: set[int]) -> set[int]:
        """Returns the hours that the store has given readings up of."""
        rows = (
            self._connection.execute("SELECT retired FROM hours WHERE hour = ?", (hour,)).fetchone() for hour in hours
        )
        return {hour for hour, row in zip(hours, rows, strict=True) if row and row[0]}

    def _mark_historical(self, readings: Sequence[Reading], rows: Sequence[_Row]) -> None:
        marked = [row[:2] for reading, row in zip(readings, rows, strict=True) if reading.historical]
        self._connection.executemany("UPDATE readings SET historical = 1 WHERE sensor = ? AND ts = ?", marked)

    def _amend_assets(self, oldest: dict[int, int]) -> None:
        """Marks the assets with a sensor that was touched before the asset's cursor."""
        (cursor,) = self._connection.execute("SELECT max(cursor) FROM assets").fetchone()
        if cursor is not None:
            early = [(sensor, minute) for sensor, minute in oldest.items() if minute < cursor]
            self._connection.executemany(_AMEND_ASSET, early)

    def _touch_hours(self, rows: Iterable[_Row]) -> None:
        """Marks the hours that have got a reading, to be sealed, again where they were."""
        hours = {row[1] - row[1] % HOUR for row in rows}
        self._connection.executemany(
            "INSERT INTO hours (hour) VALUES (?) ON CONFLICT (hour) DO UPDATE SET touched = 1, kept = 1",
            [(hour,) for hour in sorted(hours)],
        )

    def _sensor_ids(self, tags: set[str]) -> dict[str, int]:
        ids = {tag: self._committed.sensors[tag] for tag in tags if tag in self._committed.sensors}
        for tag in sorted(tags - ids.keys()):
            sensor = Sensor(tag, state=SensorState.DISCOVERED)
            self._connection.execute(
                "INSERT OR IGNORE INTO sensors (tag, state, body) VALUES (?, ?, ?)",
                (tag, sensor.state.value, msgspec.json.encode(sensor).decode()),
            )
            found = self._connection.execute("SELECT id FROM sensors WHERE tag = ?", (tag,)).fetchone()
            ids[tag] = self.numbers.sensors[tag] = found[0]
        return ids

    def _partition_id(self, source: str, partition: int) -> int:
        place = (source, partition)
        known = self._committed.partitions.get(place)
        if known is None:
            self._connection.execute("INSERT OR IGNORE INTO partitions (source, partition) VALUES (?, ?)", place)
            row = self._connection.execute(
                "SELECT id FROM partitions WHERE source = ? AND partition = ?", place
            ).fetchone()
            known = self.numbers.partitions[place] = int(row[0])
        return known
