"""What must be true after any chaos: every comparison ends in text that says what differs."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
from kafka import KafkaConsumer

from ingestion.sources.connecting import DIRECT
from plant.episodes import Episode
from plant.time import DAY, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plant.store.sqlite import SqliteStore
    from tests.chaos.plant_log import Expected

_SHOWN = 10
_ALL = Span(0, 100_000 * DAY)


def rows_differ(store: SqliteStore, expected: Expected) -> str:
    """Says which readings are lost, strange or changed."""
    held = {
        (reading.tag, reading.ts): (reading.value, reading.quality)
        for sensor in store.registry()
        for reading in store.readings(sensor.tag, _ALL)
    }
    return _differences("reading", expected.rows, held)


def books_differ(store: SqliteStore, expected: Expected) -> str:
    """Says which partition's books count something else than the log does."""
    return _differences("book", expected.books, {book.partition: book.counts for book in store.books()})


def episodes_differ(undisturbed: SqliteStore, disturbed: SqliteStore) -> str:
    """Says which episodes are missing, strange, or different, and in which field."""
    wanted, held = ({one.id: one for one in store.episodes()} for store in (undisturbed, disturbed))
    lines = [f"missing: {_told(wanted[key])}" for key in sorted(wanted.keys() - held.keys())]
    lines += [f"strange: {_told(held[key])}" for key in sorted(held.keys() - wanted.keys())]
    for key in sorted(wanted.keys() & held.keys()):
        fields = [
            f"{name}: {then!r}, not {now!r}"
            for name in Episode.__struct_fields__
            if (now := getattr(wanted[key], name)) != (then := getattr(held[key], name))
        ]
        if fields:
            lines.append(f"differs: {_told(wanted[key])}: {'; '.join(fields)}")
    return _listed(lines)


def outbox_differs(store: SqliteStore) -> str:
    """Says which message of the outbox is there twice, or missing for an episode of the table."""
    keys = Counter(message.key for message in store.unsent("nobody", 1_000_000))
    lines = [f"{count} times {key}" for key, count in sorted(keys.items()) if count > 1]
    due = {f"{episode.id}/opened" for episode in store.episodes()}
    due |= {f"{episode.id}/closed" for episode in store.episodes() if episode.closed_at is not None}
    return _listed([*lines, *(f"missing {key}" for key in sorted(due - keys.keys()))])


def alerts_differ(store: SqliteStore, address: str, topic: str) -> str:
    """Says which messages of the outbox the alerts topic does not have, or has with other words."""
    due = {message.key: message.body for message in store.unsent("nobody", 1_000_000)}
    sent: dict[str, set[str]] = {}
    with closing(
        KafkaConsumer(
            topic, bootstrap_servers=address, proxy_url=DIRECT, auto_offset_reset="earliest", consumer_timeout_ms=3_000
        )
    ) as consumer:
        for record in consumer:
            sent.setdefault(record.key.decode(), set()).add(record.value.decode())
    return _differences("alert", {key: {body} for key, body in due.items()}, sent)


def _differences(what: str, wanted: Mapping[object, object], held: Mapping[object, object]) -> str:
    lines = [f"lost {what} {key}: {wanted[key]}" for key in wanted.keys() - held.keys()]
    lines += [f"strange {what} {key}: {held[key]}" for key in held.keys() - wanted.keys()]
    lines += [
        f"{what} {key}: {held[key]}, not {wanted[key]}"
        for key in wanted.keys() & held.keys()
        if held[key] != wanted[key]
    ]
    return _listed(sorted(lines))


def _listed(lines: Iterable[str]) -> str:
    found = list(lines)
    more = f"\n... and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return "\n".join(found[:_SHOWN]) + more


def _told(episode: Episode) -> str:
    times = [episode.pending_at, episode.opened_at, episode.closed_at]
    return f"{episode.id} {episode.rule} of {episode.subject}, {times}, {msgspec.json.encode(episode.reason).decode()}"
