"""One partition in a worker's hands: what a batch of it becomes, in one transaction.

Two books, each kept in the transaction that moves the offset:

    messages:  consumed = decoded + dead-lettered + skipped
    readings:  decoded  = stored + duplicates + late + dead-lettered

What is late depends on the log alone, not on how it was cut into batches or who read it: a reading
older than its tag's newest one before it in this partition, by more than the horizon. The newest
times are a state in the store, loaded with each claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ingestion.decode import Placed, Refused
from ingestion.tags import TagRules
from plant.store.contract import Counts, DeadLetter
from plant.time import format_duration, to_iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingestion.contract import RawBatch, RawMessage
    from ingestion.decode import Decoder
    from plant.readings import Reading
    from plant.registry import Registry
    from plant.settings import StreamSettings
    from plant.store.contract import Claim, Store, Transaction

_Newest = dict[str, int]


class Partition:
    """A partition that this worker has claimed.

    Any exception out of `commit` leaves the store as it was and this object behind it: the worker
    throws it away and claims the partition again.

    Args:
        store: Where everything goes.
        source: Name of the source.
        number: Partition number.
        claim: Proof of ownership, and where to go on.
        registry: The sensors that rules are made for.
        settings: Clock bound and late horizon.
        clock: The wall clock, UTC milliseconds.
    """

    def __init__(
        self,
        store: Store,
        source: str,
        number: int,
        claim: Claim,
        registry: Registry,
        settings: StreamSettings,
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._source = source
        self._number = number
        self._epoch = claim.epoch
        self._settings = settings
        self._clock = clock
        self._newest_key = f"newest/{source}/{number}"
        self.position = claim.position or 0
        with store.transaction() as transaction:
            newest = transaction.states([self._newest_key]).get(self._newest_key)
        self._newest: _Newest = msgspec.json.decode(newest, type=_Newest) if newest else {}
        self._rules = TagRules(registry, {}, settings.late_horizon_ms)

    def commit(self, batch: RawBatch, decoder: Decoder) -> int:
        """Takes a batch into the store, at once; messages that are there already are left out.

        Returns:
            How many messages of the batch were new.

        Raises:
            Fenced: If another worker has claimed the partition since.
            StoreError: If the store cannot be written.
        """
        messages = [message for message in batch.messages if message.offset >= self.position]
        if batch.next_offset <= self.position:
            return 0
        placed, refused = decoder.decode(messages)
        dead_messages = sum(letter.item < 0 for letter in refused)
        decoded = len(placed) + len(refused) - dead_messages
        placed, early = self._split_clock(placed)
        refused += early
        placed, late = self._split_late(placed)
        with self._store.transaction() as transaction:
            stored, duplicates = self._insert(transaction, placed, refused)
            self._judge(transaction, stored)
            counts = Counts(
                consumed=batch.next_offset - self.position,
                decoded_messages=len(messages) - dead_messages,
                dead_messages=dead_messages,
                skipped=batch.next_offset - self.position - len(messages),
                decoded=decoded,
                stored=len(stored),
                duplicates=duplicates,
                late=late,
                dead_readings=len(refused) - dead_messages,
            )
            transaction.advance(
                self._source,
                self._number,
                self._epoch,
                next_offset=batch.next_offset,
                counts=counts,
                watermark=max(self._newest.values(), default=None),
            )
        self.position = batch.next_offset
        return len(messages)

    def _split_clock(self, placed: list[Placed]) -> tuple[list[Placed], list[Refused]]:
        """Sets aside readings from further in the future than a clock may be wrong."""
        bound = self._clock() + self._settings.clock_bound_ms
        early = [
            Refused(message, item, "clock", "future", _ahead(reading, bound - self._settings.clock_bound_ms))
            for reading, message, item in placed
            if reading.ts > bound
        ]
        return ([one for one in placed if one.reading.ts <= bound] if early else placed), early

    def _split_late(self, placed: list[Placed]) -> tuple[list[Placed], int]:
        """Sets aside readings older than their tag's newest one by more than the horizon, and counts them."""
        newest, horizon = self._newest, self._settings.late_horizon_ms
        kept: list[Placed] = []
        for one in placed:
            reading = one.reading
            last = newest.get(reading.tag, reading.ts)
            if reading.ts < last - horizon:
                continue
            newest[reading.tag] = max(last, reading.ts)
            kept.append(one)
        return kept, len(placed) - len(kept)

    def _insert(
        self, transaction: Transaction, placed: list[Placed], refused: list[Refused]
    ) -> tuple[Sequence[Reading], int]:
        """Stores readings and dead letters; conflicts join the refused. Returns what is new, and the duplicates."""
        inserted = transaction.insert_readings(self._source, self._number, [one.reading for one in placed])
        if inserted.conflicts:
            places = {id(one.reading): one for one in placed}
            for reading in inserted.conflicts:
                _, message, item = places[id(reading)]
                text = f"{reading.tag} has another value at {to_iso(reading.ts)} already; the first one stands."
                refused.append(Refused(message, item, "conflict", "conflict", text))
        if refused:
            at = self._clock()
            transaction.add_dead_letters([self._dead_letter(one, at) for one in refused])
        return inserted.stored, inserted.duplicates

    def _judge(self, transaction: Transaction, stored: Sequence[Reading]) -> None:
        """Runs the tag rules on what is new and keeps all states.

        The states are read in this transaction: a tag may come by several partitions, each with a worker of its own.
        """
        self._rules.refresh(transaction.states(self._rules.keys(stored)))
        changes = self._rules.judge(stored, transaction)
        states = self._rules.dirty()
        states[self._newest_key] = msgspec.json.encode(self._newest)
        transaction.save_states(states)
        if changes:
            transaction.apply_episodes(changes)

    def _dead_letter(self, refused: Refused, at: int) -> DeadLetter:
        message: RawMessage = refused.message
        return DeadLetter(
            source=self._source,
            partition=self._number,
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
