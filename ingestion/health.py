"""Is the plant watched? What the store tells of its workers, sinks and models, and what is wrong with it.

For `millhand health`, the worker's `/health` and its metrics. Read from the store alone, so that it is
answered with no worker and no broker; whether the books balance is what `verify` proves.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.consensus import AssetJudge
from ingestion.readiness import Readiness, warm_ups
from ingestion.unwatched import blind_partitions, goes_on, stale_tags
from plant.registry import SensorState
from plant.time import MINUTE, SECOND, format_duration, to_iso

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plant.registry import Sensor
    from plant.settings import Settings
    from plant.store.contract import Latest, PartitionBook, SinkBook, Store

SILENT: Final = 10 * MINUTE
"""A log that can go on and brought nothing for so long is silent."""

_NAMED: Final = 5  # tags named in a sentence; the others are counted


class Reason(msgspec.Struct, frozen=True):
    """Something that is wrong.

    Attributes:
        code: `not_started`, `blind`, `behind`, `silent`, `stale` or `sink_failing`.
        text: A sentence.
    """

    code: str
    text: str


class PartitionHealth(msgspec.Struct, frozen=True):
    """A partition.

    Attributes:
        source: Source name.
        partition: Partition number.
        next_offset: Where to go on.
        lag: Messages left to read when its worker last asked; None where none has asked.
        newest: Newest source time read; None before the first reading.
        unseen_for: Seconds since the last sign of life of a worker on it; None where there never was one.
        blind: Whether its tags may be in alarm with nobody to see it.
    """

    source: str
    partition: int
    next_offset: int
    lag: int | None
    newest: str | None
    unseen_for: float | None
    blind: bool


class SinkHealth(msgspec.Struct, frozen=True):
    """A sink of alerts: what waits for it, failed tries in a row, and why the last one failed."""

    name: str
    waiting: int
    tries: int
    refused: int
    error: str


class ModelHealth(msgspec.Struct, frozen=True):
    """The detectors of an asset: how far they are with learning, and seconds of readings since they were fitted."""

    asset: str
    readiness: Readiness
    age: float | None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The health of what feeds a store; the JSON of `millhand health`.

    Attributes:
        healthy: Whether there is no reason that it is not.
        reasons: What is wrong.
        at: When this was looked at.
        partitions: Each partition that was ever read or is there to be read.
        blind_tags: Tags whose newest reading came by a blind partition.
        stale_tags: Tags that stopped reporting while others went on.
        standing: Alerts that stand, by priority.
        sinks: Each sink.
        models: Each asset with a confirmed tag.
        sealed_hours: Hours in the lake.
        store_bytes: Size of the store's file and its log.
    """

    healthy: bool
    reasons: tuple[Reason, ...]
    at: str
    partitions: tuple[PartitionHealth, ...]
    blind_tags: tuple[str, ...]
    stale_tags: tuple[str, ...]
    standing: dict[str, int]
    sinks: tuple[SinkHealth, ...]
    models: tuple[ModelHealth, ...]
    sealed_hours: int
    store_bytes: int


def look_at(store: Store, settings: Settings, now: int) -> Health:
    """Looks at a store.

    Args:
        store: The store.
        settings: Its path, when a partition counts as blind, and how many messages one poll brings.
        now: Wall clock, UTC milliseconds.

    Raises:
        StoreError: If it cannot be read.
    """
    books, latest, sinks = store.books(), store.latest(), store.sinks()
    carrying = {(last.source, last.partition) for last in latest}
    blind = {_place(book) for book in blind_partitions(books, carrying, now - settings.stream.blind_ms)}
    stale = [last.tag for last, _ in stale_tags(latest, _confirmed(store))]
    blind_tags = sorted(last.tag for last in latest if (last.source, last.partition) in blind)
    reasons = [
        *_not_started(books),
        *_blind(books, blind, latest, now),
        *_behind(books, blind, settings, now),
        *_silent(books, blind, now),
        *_stale(stale),
        *_failing(sinks),
    ]
    return Health(
        healthy=not reasons,
        reasons=tuple(reasons),
        at=to_iso(now),
        partitions=tuple(_partition(book, _place(book) in blind, now) for book in books),
        blind_tags=tuple(blind_tags),
        stale_tags=tuple(sorted(stale)),
        standing=dict(Counter(episode.priority.value for episode in store.episodes(standing=True))),
        sinks=tuple(SinkHealth(sink.name, sink.waiting, sink.tries, sink.refused, sink.error) for sink in sinks),
        models=tuple(_models(store, latest)),
        sealed_hours=sum(book.sealed_at > 0 for book in store.hours()),
        store_bytes=_size(settings.store.path),
    )


def _place(book: PartitionBook) -> tuple[str, int]:
    return book.source, book.partition


def _confirmed(store: Store) -> list[Sensor]:
    return [sensor for sensor in store.registry() if sensor.state is SensorState.CONFIRMED]


def _not_started(books: Sequence[PartitionBook]) -> list[Reason]:
    read = [book for book in books if book.epoch]
    if any(goes_on(book.source) for book in read):
        return []
    what = "Only logs that bring nothing new were read" if read else "Nothing was ever read"
    return [Reason("not_started", f"{what} into this store: start millhand worker on the plant's stream.")]


def _blind(
    books: Sequence[PartitionBook], blind: set[tuple[str, int]], latest: Sequence[Latest], now: int
) -> list[Reason]:
    tags = Counter((last.source, last.partition) for last in latest)
    reasons = []
    for book in books:
        if _place(book) in blind:
            since = f"for {format_duration(now - book.seen_at)}" if book.seen_at else "yet"
            count = tags[_place(book)]
            text = f"{_name(book)} has not been read {since}: {count} {'tag is' if count == 1 else 'tags are'} blind."
            reasons.append(Reason("blind", text))
    return reasons


def _behind(books: Sequence[PartitionBook], blind: set[tuple[str, int]], settings: Settings, now: int) -> list[Reason]:
    """A partition that is read, has more left than one poll brings, and readings that are no news."""
    reasons = []
    for book in books:
        lag = _lag(book) or 0
        old = book.watermark is None or now - book.watermark > settings.stream.blind_ms
        if _place(book) not in blind and lag > settings.stream.max_messages and old:
            upto = f"read up to {to_iso(book.watermark)}" if book.watermark is not None else "nothing read yet"
            reasons.append(Reason("behind", f"{_name(book)} is behind: {lag} messages left, {upto}."))
    return reasons


def _silent(books: Sequence[PartitionBook], blind: set[tuple[str, int]], now: int) -> list[Reason]:
    """A log of which all partitions are read, to their end, and bring nothing."""
    reasons = []
    for source in dict.fromkeys(book.source for book in books if goes_on(book.source)):
        own = [book for book in books if book.source == source]
        newest = max((book.watermark for book in own if book.watermark is not None), default=None)
        unread = any(_lag(book) for book in own)
        if newest is not None and now - newest > SILENT and not unread and not blind & {_place(book) for book in own}:
            ago = format_duration(now - newest)
            text = f"{source} is silent: its newest reading is of {to_iso(newest)}, {ago} ago. Check what writes to it."
            reasons.append(Reason("silent", text))
    return reasons


def _stale(tags: Sequence[str]) -> list[Reason]:
    if not tags:
        return []
    more = f" and {len(tags) - _NAMED} more" if len(tags) > _NAMED else ""
    return [Reason("stale", f"Stopped reporting while others go on: {', '.join(sorted(tags)[:_NAMED])}{more}.")]


def _failing(sinks: Sequence[SinkBook]) -> list[Reason]:
    return [
        Reason("sink_failing", f"The sink {sink.name} takes no alerts ({sink.waiting} wait): {sink.error}")
        for sink in sinks
        if sink.tries
    ]


def _partition(book: PartitionBook, blind: bool, now: int) -> PartitionHealth:
    return PartitionHealth(
        source=book.source,
        partition=book.partition,
        next_offset=book.next_offset,
        lag=_lag(book),
        newest=None if book.watermark is None else to_iso(book.watermark),
        unseen_for=(now - book.seen_at) / SECOND if book.seen_at else None,
        blind=blind,
    )


def _models(store: Store, latest: Sequence[Latest]) -> list[ModelHealth]:
    """Returns the state of each asset's detectors; ages are by the newest reading, as their fits are."""
    newest = max((last.ts for last in latest), default=0)
    fitted: dict[str, int] = {}
    for key in store.state_keys("asset/"):
        asset, judge, at = key.removeprefix("asset/").rsplit("/", 2) if key.count("/") > 2 else ("", "", "")
        if judge == AssetJudge.name and at.isdigit():
            fitted[asset] = max(int(at), fitted.get(asset, 0))
    return [
        ModelHealth(one.asset, one.readiness, (newest - fitted[one.asset]) / SECOND if one.asset in fitted else None)
        for one in warm_ups(store)
    ]


def _lag(book: PartitionBook) -> int | None:
    return None if book.end_offset is None else max(book.end_offset - book.next_offset, 0)


def _name(book: PartitionBook) -> str:
    return f"{book.source}/{book.partition}"


def _size(path: Path) -> int:
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
