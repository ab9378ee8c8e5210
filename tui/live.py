"""What the plant is doing now, read from the store again and again.

A `Watcher` belongs to one thread, which is not the screen's. It opens the store read only, and each
`look` gives a `Snapshot`: plain values, safe to hand to the screen. A store that is not there, or
goes away, is a state (`Snapshot.trouble`), not an exception; what was last seen stays in view.
"""

from __future__ import annotations

import math
from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.unwatched import blind_partitions, stale_tags
from plant.errors import StoreError
from plant.facts import Curve
from plant.readings import Quality
from plant.registry import Sensor
from plant.store.contract import Latest, PartitionBook
from plant.time import DAY, MINUTE, SECOND, Span, now_ms
from tools.alerts import words_for
from tools.annunciator import read_alarms
from tui.alarms import AlertLine, IncidentLine, find_incidents, order_alerts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from plant.annunciation import AlarmState
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.annunciator import Alarms

TREND_STEP: Final = 5 * MINUTE
TREND_POINTS: Final = 12

_TREND_AGE: Final = MINUTE
_TRENDS_PER_LOOK: Final = 40
_RATE_WINDOW: Final = 10 * SECOND
_LEAST_WINDOW: Final = 2 * SECOND


class TagState(StrEnum):
    """How far the last value of a tag may be relied on, in the word that is shown."""

    GOOD = "good"
    BAD = "bad"
    STALE = "stale"
    BLIND = "blind"
    NONE = "none"


class TagLine(msgspec.Struct, frozen=True):
    """One tag as it is now.

    Attributes:
        sensor: What the tag is.
        latest: Its last reading; None before the first.
        state: How far that may be relied on.
        trend: Means of the last hour, `TREND_POINTS` of them at `TREND_STEP`; None where missing.
    """

    sensor: Sensor
    latest: Latest | None
    state: TagState
    trend: tuple[float | None, ...] = ()


class StreamState(msgspec.Struct, frozen=True):
    """How the stream runs.

    Attributes:
        sources: Names of the sources in the books.
        rate: Messages a second over the last seconds; None before it is known.
        lag: Messages not read yet; None where no log says where it ends.
        watched: Whether every partition has somebody who reads it now.
    """

    sources: tuple[str, ...] = ()
    rate: float | None = None
    lag: int | None = None
    watched: bool = False


class Snapshot(msgspec.Struct, frozen=True):
    """The plant at one moment.

    Attributes:
        at: When it was looked at, UTC milliseconds.
        alerts: As `order_alerts` has them.
        incidents: Floods that some of them belong to, newest first.
        taken_back: Subjects of alerts that stood at the look before, and were retracted since.
        tags: All tags, by name.
        stream: How the stream runs.
        trouble: Why the store cannot be read, as a sentence; empty when it can.
    """

    at: int
    alerts: tuple[AlertLine, ...] = ()
    incidents: tuple[IncidentLine, ...] = ()
    taken_back: tuple[str, ...] = ()
    tags: tuple[TagLine, ...] = ()
    stream: StreamState = StreamState()
    trouble: str = ""

    @property
    def standing(self) -> int:
        """How many alerts stand."""
        return sum(alert.standing for alert in self.alerts)

    def alarms(self, state: AlarmState) -> int:
        """Returns how many alerts are in a state."""
        return sum(alert.status.state is state for alert in self.alerts)

    def count(self, state: TagState) -> int:
        """Returns how many tags are in a state."""
        return sum(tag.state is state for tag in self.tags)

    def tag(self, name: str) -> TagLine | None:
        """Returns the line of one tag, or None."""
        return next((line for line in self.tags if line.sensor.tag == name), None)

    def alert(self, episode_id: str) -> AlertLine | None:
        """Returns the line of one alert, or None."""
        return next((line for line in self.alerts if line.episode.id == episode_id), None)


class Watcher:
    """Looks at the store of the settings. Use as a context manager, from one thread.

    Args:
        settings: Where the store is, and when a partition counts as blind.
        clock: The wall clock, UTC milliseconds.
    """

    def __init__(self, settings: Settings, clock: Callable[[], int] = now_ms) -> None:
        self._settings = settings
        self._clock = clock
        self._store: Store | None = None
        self._file: tuple[int, int] | None = None
        self._last = Snapshot(0)
        self._read_so_far: deque[tuple[int, int]] = deque()
        self._trends: dict[str, tuple[int, tuple[float | None, ...]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the store, if it is open."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def look(self) -> Snapshot:
        """Returns the plant as it is now."""
        now = self._clock()
        try:
            self._last = self._read(self._open(), now)
        except StoreError as error:
            self.close()
            self._last = msgspec.structs.replace(self._last, at=now, stream=StreamState(), trouble=error.message)
        return self._last

    def _open(self) -> Store:
        """Returns the store, opened anew where another file lies at its place now."""
        path = self._settings.store.path
        try:
            stat = path.stat()
        except OSError as error:
            raise StoreError(f"There is no store at {path}.") from error
        if self._file != (stat.st_dev, stat.st_ino):
            self.close()
        if self._store is None:
            from plant.store.sqlite import open_store

            self._store = open_store(path, read_only=True)
            self._file = (stat.st_dev, stat.st_ino)
        return self._store

    def _read(self, store: Store, now: int) -> Snapshot:
        books, registry = store.books(), store.registry()
        latest = {reading.tag: reading for reading in store.latest()}
        carrying = {(reading.source, reading.partition) for reading in latest.values()}
        seen_since = now - self._settings.stream.blind_ms
        blind = {(book.source, book.partition) for book in blind_partitions(books, carrying, seen_since)}
        stale = {last.tag for last, _ in stale_tags(tuple(latest.values()), registry)}
        self._refresh_trends(store, latest, now)
        tags = tuple(
            TagLine(
                sensor,
                latest.get(sensor.tag),
                tag_state(latest.get(sensor.tag), blind, stale),
                self._trends.get(sensor.tag, (0, ()))[1],
            )
            for sensor in sorted(registry, key=lambda sensor: sensor.tag)
        )
        newest = max((reading.ts for reading in latest.values()), default=now)
        alarms = read_alarms(store, self._settings.alerts, Span(newest - DAY, max(newest, now) + 1), now)
        alerts = order_alerts(alarms, words_for(self._settings, registry), newest - DAY)
        return Snapshot(
            at=now,
            alerts=alerts,
            incidents=find_incidents(alarms, alerts),
            taken_back=self._taken_back(store, alarms),
            tags=tags,
            stream=self._stream(books, bool(blind), now),
        )

    def _taken_back(self, store: Store, alarms: Alarms) -> tuple[str, ...]:
        """Returns what alerts are gone that stood before: they are not closed, they never should have been."""
        gone = [
            alert.episode for alert in self._last.alerts if alert.standing and alert.episode.id not in alarms.episodes
        ]
        return tuple(episode.subject for episode in gone if store.episode_life(episode.id))

    def _stream(self, books: Sequence[PartitionBook], blind: bool, now: int) -> StreamState:
        read = sum(book.counts.decoded_messages + book.counts.dead_messages for book in books)
        if self._read_so_far and read < self._read_so_far[-1][1]:
            self._read_so_far.clear()  # another store lies there now
        self._read_so_far.append((now, read))
        while now - self._read_so_far[0][0] > _RATE_WINDOW:
            self._read_so_far.popleft()
        (start, before), (end, after) = self._read_so_far[0], self._read_so_far[-1]
        ends = [max(book.end_offset - book.next_offset, 0) for book in books if book.end_offset is not None]
        return StreamState(
            sources=tuple(dict.fromkeys(book.source for book in books)),
            rate=(after - before) * SECOND / (end - start) if end - start >= _LEAST_WINDOW else None,
            lag=sum(ends) if ends else None,
            watched=bool(books) and not blind,
        )

    def _refresh_trends(self, store: Store, latest: dict[str, Latest], now: int) -> None:
        """Reads the oldest trends again, a few at each look, so that a look stays short."""
        due = sorted(
            (tag for tag in latest if now - self._trends.get(tag, (0, ()))[0] >= _TREND_AGE),
            key=lambda tag: self._trends.get(tag, (0, ()))[0],
        )
        for tag in due[:_TRENDS_PER_LOOK]:
            end = (latest[tag].ts // TREND_STEP + 1) * TREND_STEP
            series = store.series(tag, Span(end - TREND_POINTS * TREND_STEP, end), TREND_STEP)
            values = tuple(None if math.isnan(value) else value for value in series.values.tolist())
            self._trends[tag] = (now, values)


def tag_state(latest: Latest | None, blind: set[tuple[str, int]], stale: set[str]) -> TagState:
    """Says how far the last value of a tag may be relied on; blind outranks stale, stale outranks bad.

    Args:
        latest: Its last reading.
        blind: Partitions, by source and number, that nobody watches.
        stale: Tags that fell behind the others of their source.
    """
    if latest is None:
        return TagState.NONE
    if (latest.source, latest.partition) in blind:
        return TagState.BLIND
    if latest.tag in stale:
        return TagState.STALE
    return TagState.GOOD if latest.quality == Quality.GOOD and latest.value is not None else TagState.BAD


def read_curve(settings: Settings, tag: str, length: int, until: int | None) -> Curve | None:
    """Reads the last hours of a tag as a curve of minute means; None where there is no good reading.

    Args:
        settings: Where the store is.
        tag: The tag.
        length: How far back, milliseconds.
        until: The end, UTC milliseconds; None for its newest reading.

    Raises:
        StoreError: If the store cannot be read.
    """
    from plant.store.sqlite import open_store

    with open_store(settings.store.path, read_only=True) as store:
        extent, sensor = store.extent(tag), store.registry().get(tag)
        if extent is None:
            return None
        end = (min(until or extent.end, extent.end) // MINUTE + 1) * MINUTE
        series = store.series(tag, Span(end - length // MINUTE * MINUTE, end), MINUTE)
    values = tuple(None if math.isnan(value) else value for value in series.values.tolist())
    if all(value is None for value in values):
        return None
    return Curve(tag, sensor.unit if sensor else "", tuple(series.times.tolist()), values)
