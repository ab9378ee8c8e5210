"""What every reading passes on its way into the store: the clock, lateness, what is there already, the tag's rules.

The worker's partitions and redriven dead letters take the same way. A *historical* reading is never late, and no rule
judges it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingestion.decode import Placed, Refused
from ingestion.log import get_log
from ingestion.tags import TagRules
from plant.store.contract import DeadLetter
from plant.time import format_duration, to_iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plant.readings import Reading
    from plant.registry import Registry
    from plant.settings import StreamSettings
    from plant.store.contract import Transaction

_log = get_log(__name__)

Newest = dict[str, int]
"""By tag, the time of its newest reading, UTC milliseconds."""


def newest_key(source: str, partition: int) -> str:
    """Returns the key of the state that holds a partition's newest times."""
    return f"newest/{source}/{partition}"


def load_newest(transaction: Transaction, source: str, partition: int) -> Newest:
    """Returns a partition's newest times as stored; if they cannot be read, what the readings say."""
    key = newest_key(source, partition)
    body = transaction.states([key]).get(key)
    try:
        return msgspec.json.decode(body, type=Newest) if body is not None else {}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _log.warning(
            "the newest times of a partition cannot be read: made anew", partition=partition, reason=str(error)
        )
        return transaction.newest_times(source, partition)


class Intake:
    """The way into the store for the readings of one partition.

    Args:
        source: Name of the source.
        partition: Partition number.
        registry: The sensors that rules are made for.
        settings: Clock bound and late horizon.
        clock: The wall clock, UTC milliseconds.
    """

    def __init__(
        self, source: str, partition: int, registry: Registry, settings: StreamSettings, clock: Callable[[], int]
    ) -> None:
        self._source = source
        self._partition = partition
        self._settings = settings
        self._clock = clock
        self._rules = TagRules(registry, {}, settings.late_horizon_ms)

    def split_clock(self, placed: list[Placed]) -> tuple[list[Placed], list[Refused]]:
        """Sets aside readings from further in the future than a clock may be wrong."""
        now = self._clock()
        bound = now + self._settings.clock_bound_ms
        early = [one for one in placed if one.reading.ts > bound]
        if not early:
            return placed, []
        refused = [Refused(one.message, one.item, "clock", "future", _ahead(one.reading, now)) for one in early]
        return [one for one in placed if one.reading.ts <= bound], refused

    def split_late(self, placed: list[Placed], newest: Newest) -> tuple[list[Placed], list[Placed]]:
        """Sets aside readings older than their tag's newest one by more than the horizon; moves `newest` on."""
        horizon = self._settings.late_horizon_ms
        kept: list[Placed] = []
        late: list[Placed] = []
        for one in placed:
            reading = one.reading
            if reading.historical:
                kept.append(one)
                continue
            last = newest.get(reading.tag)
            if last is None or reading.ts > last:
                newest[reading.tag] = reading.ts
            elif reading.ts < last - horizon:
                late.append(one)
                continue
            kept.append(one)
        return kept, late

    def insert(self, transaction: Transaction, placed: list[Placed]) -> tuple[Sequence[Reading], int, list[Refused]]:
        """Stores readings and judges them. Returns what is new, the number of duplicates, and the conflicts."""
        inserted = transaction.insert_readings(self._source, self._partition, [one.reading for one in placed])
        conflicts: list[Refused] = []
        if inserted.conflicts:
            places = {id(one.reading): one for one in placed}
            for reading in inserted.conflicts:
                one = places[id(reading)]
                text = f"{reading.tag} has another value at {to_iso(reading.ts)} already; the first one stands."
                conflicts.append(Refused(one.message, one.item, "conflict", "conflict", text))
        self._judge(transaction, inserted.stored)
        return inserted.stored, inserted.duplicates, conflicts

    def add_dead_letters(self, transaction: Transaction, refused: Sequence[Refused]) -> None:
        """Keeps what was refused, verbatim."""
        at = self._clock()
        transaction.add_dead_letters([self._dead_letter(one, at) for one in refused])

    def _judge(self, transaction: Transaction, stored: Sequence[Reading]) -> None:
        """Runs the tag rules on what is new and keeps their states.

        The states are read in this transaction: a tag may come by several partitions, each with a worker of its own.
        """
        live = [reading for reading in stored if not reading.historical]
        self._rules.refresh(transaction.states(self._rules.keys(live)))
        changes = self._rules.judge(live, transaction)
        transaction.save_states(self._rules.dirty())
        if changes:
            transaction.apply_episodes(changes)

    def _dead_letter(self, refused: Refused, at: int) -> DeadLetter:
        message = refused.message
        return DeadLetter(
            source=self._source,
            partition=self._partition,
            offset=message.offset,
            item=refused.item,
            stage=refused.stage,
            error=refused.error,
            text=refused.text,
            key=message.key,
            value=message.value,
            at=at,
        )


def _ahead(reading: Reading, now: int) -> str:
    ahead = format_duration(reading.ts - now)
    return f"{reading.tag} says {to_iso(reading.ts)}, {ahead} ahead of this machine's clock."
