"""What tools and screens ask: sensors, readings, series, episodes, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from plant.episodes import BY_PEOPLE, ChangeKind, Episode, EpisodeChange, PersonEvent
from plant.errors import BadInput
from plant.readings import Reading
from plant.registry import Registry, Sensor
from plant.series import Series
from plant.store.contract import Latest
from plant.store.writer import OF_PREFIX, PUT_SENSOR, STATES, count_good
from plant.time import MINUTE, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plant.store.connection import Connections

_BY_PEOPLE = f"kind IN ({', '.join(repr(kind.value) for kind in sorted(BY_PEOPLE))})"

_LATEST = """
    SELECT tag, ts, value, quality, source, partitions.partition
    FROM sensors JOIN readings ON sensor = sensors.id JOIN partitions ON readings.partition = partitions.id
    WHERE ts = (SELECT max(ts) FROM readings WHERE sensor = sensors.id)
    ORDER BY tag
"""


class Queries:
    """The part of `plant.store.contract.Store` that answers questions about the plant."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def registry(self) -> Registry:
        """Returns the sensor registry, discovered tags included."""
        with self._connections.reading() as reader:
            rows = reader.execute("SELECT body FROM sensors ORDER BY id").fetchall()
        return Registry(msgspec.json.decode(body, type=Sensor) for (body,) in rows)

    def put_sensors(self, sensors: Sequence[Sensor]) -> None:
        """Adds or replaces sensors of the registry."""
        with self._connections.writing() as writer:
            writer.executemany(PUT_SENSOR, [(s.tag, s.state.value, msgspec.json.encode(s).decode()) for s in sensors])

    def readings(self, tag: str, span: Span) -> list[Reading]:
        """Returns the raw readings of a tag in a span, by time."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                """SELECT ts, value, quality, historical FROM readings
                   WHERE sensor = (SELECT id FROM sensors WHERE tag = ?) AND ts >= ? AND ts < ? ORDER BY ts""",
                (tag, span.start, span.end),
            ).fetchall()
        return [
            Reading(tag, ts, value, quality, historical=bool(historical)) for ts, value, quality, historical in rows
        ]

    def series(self, tag: str, span: Span, step_ms: int) -> Series:
        """Returns the mean of good readings by step (a multiple of a minute), NaN where none, regular over the span.

        Steps lie on multiples of `step_ms` since 1970; the first one holds `span.start`. Whole
        minutes are counted: the minute that holds `span.start`, and all that begin before `span.end`.

        Raises:
            ValueError: If `step_ms` is not a positive multiple of a minute.
        """
        import numpy as np

        if step_ms <= 0 or step_ms % MINUTE:
            raise ValueError(f"a step of {step_ms} ms is not a multiple of a minute")
        first = span.start - span.start % step_ms
        times = np.arange(first, max(span.end, first), step_ms, dtype=np.int64)
        values = np.full(len(times), np.nan)
        with self._connections.reading() as reader:
            rows = reader.execute(
                """SELECT (minute - ?1) / ?2, sum(total) / sum(n) FROM rollups
                   WHERE sensor = (SELECT id FROM sensors WHERE tag = ?3) AND minute >= ?4 AND minute < ?5
                   GROUP BY 1""",
                (first, step_ms, tag, span.start - span.start % MINUTE, span.end),
            ).fetchall()
            unit = reader.execute("SELECT body ->> 'unit' FROM sensors WHERE tag = ?", (tag,)).fetchone()
        if rows:
            index, means = zip(*rows, strict=True)
            values[list(index)] = means
        return Series(tag, unit[0] or "" if unit else "", times, values, step_ms)

    def good_readings(self, tags: Iterable[str], span: Span) -> int:
        """Returns how many good readings of some tags lie in the minutes of a span, both ends full minutes.

        It grows with every one: if it has not changed, neither have the series.
        """
        with self._connections.reading() as reader:
            return count_good(reader, tags, span)

    def extent(self, tag: str | None = None) -> Span | None:
        """Returns the first and one past the last reading time of a tag or of all; None when there is none."""
        which, bound = ("", ()) if tag is None else ("WHERE tag = ?", (tag,))  # one tag is found by the index
        with self._connections.reading() as reader:
            first, last = reader.execute(
                f"""SELECT min(first), max(last) FROM (
                        SELECT (SELECT min(ts) FROM readings WHERE sensor = sensors.id) AS first,
                               (SELECT max(ts) FROM readings WHERE sensor = sensors.id) AS last
                        FROM sensors {which})""",
                bound,
            ).fetchone()
        return None if first is None else Span(first, last + 1)

    def latest(self) -> list[Latest]:
        """Returns the last reading of every tag."""
        with self._connections.reading() as reader:
            return [Latest(*row) for row in reader.execute(_LATEST)]

    def episodes(
        self, *, standing: bool = False, span: Span | None = None, subject: str | None = None
    ) -> list[Episode]:
        """Returns opened episodes, newest first: standing ones, those touching a span, those of a tag or asset."""
        start, end = (span.start, span.end) if span else (None, None)
        which = "AND state != 'closed'" if standing else ""  # the index of the few that stand is asked every second
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"""SELECT body FROM episodes
                   WHERE opened_at IS NOT NULL {which}
                     AND (?1 IS NULL OR (opened_at < ?2 AND coalesce(closed_at, ?2) >= ?1))
                     AND (?3 IS NULL OR tag COLLATE NOCASE = ?3 OR asset COLLATE NOCASE = ?3)
                   ORDER BY opened_at DESC, id""",
                (start, end, subject),
            ).fetchall()
        return [msgspec.json.decode(body, type=Episode) for (body,) in rows]

    def episode(self, episode_id: str) -> Episode | None:
        """Returns one episode, pending ones included, or None."""
        with self._connections.reading() as reader:
            row = reader.execute("SELECT body FROM episodes WHERE id = ?", (episode_id,)).fetchone()
        return msgspec.json.decode(row[0], type=Episode) if row else None

    def states(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Returns the states of these keys, those that there are."""
        with self._connections.reading() as reader:
            return dict(reader.execute(STATES, (msgspec.json.encode(keys).decode(),)))

    def state_keys(self, prefix: str) -> list[str]:
        """Returns the keys of states that begin with a prefix."""
        with self._connections.reading() as reader:
            rows = reader.execute(f"SELECT key FROM states WHERE {OF_PREFIX} ORDER BY key", (prefix,)).fetchall()
        return [key for (key,) in rows]

    def person_events(self, episode_id: str | None = None) -> list[PersonEvent]:
        """Returns what people did, oldest first."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"SELECT body FROM episode_events WHERE {_BY_PEOPLE} AND (?1 IS NULL OR episode = ?1) ORDER BY id",
                (episode_id,),
            ).fetchall()
        return [msgspec.json.decode(body, type=PersonEvent) for (body,) in rows]

    def episode_life(self, episode_id: str) -> list[EpisodeChange | PersonEvent]:
        """Returns all that happened to an episode, in the order it was written; empty if it never was one."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                "SELECT kind, body FROM episode_events WHERE episode = ? ORDER BY id", (episode_id,)
            ).fetchall()
        return [
            msgspec.json.decode(body, type=PersonEvent)
            if kind in BY_PEOPLE
            else EpisodeChange(ChangeKind(kind), msgspec.json.decode(body, type=Episode))
            for kind, body in rows
        ]

    def add_person_event(self, event: PersonEvent) -> None:
        """Appends what a person did. Raises `BadInput` if it names an episode that there is not."""
        with self._connections.writing() as writer:
            known = writer.execute("SELECT 1 FROM episodes WHERE id = ?", (event.episode_id,)).fetchone()
            if event.episode_id and not known:
                raise BadInput(f"There is no alert {event.episode_id}.", hint="See millhand alerts list.")
            writer.execute(
                "INSERT INTO episode_events (episode, kind, at, who, body) VALUES (?, ?, ?, ?, ?)",
                (event.episode_id, event.kind.value, event.at, event.who, msgspec.json.encode(event).decode()),
            )

    def meta(self, key: str) -> str | None:
        """Returns a note about the store, such as `demo` or `graph.path`."""
        with self._connections.reading() as reader:
            row = reader.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        """Writes a note about the store."""
        with self._connections.writing() as writer:
            writer.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
