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

from ingestion.intake import Intake, load_newest, newest_key
from plant.store.contract import Counts

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingestion.contract import RawBatch
    from ingestion.decode import Decoder
    from plant.registry import Registry
    from plant.settings import StreamSettings
    from plant.store.contract import Claim, Store


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
        self._intake = Intake(source, number, registry, settings, clock)
        self.position = claim.position or 0
        with store.transaction() as transaction:
            self._newest = load_newest(transaction, source, number)

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
        placed, early = self._intake.split_clock(placed)
        refused += early
        placed, late = self._intake.split_late(placed, self._newest)
        with self._store.transaction() as transaction:
            stored, duplicates, conflicts = self._intake.insert(transaction, placed)
            refused += conflicts
            if refused:
                self._intake.add_dead_letters(transaction, refused)
            counts = Counts(
                consumed=batch.next_offset - self.position,
                decoded_messages=len(messages) - dead_messages,
                dead_messages=dead_messages,
                skipped=batch.next_offset - self.position - len(messages),
                decoded=decoded,
                stored=len(stored),
                duplicates=duplicates,
                late=len(late),
                dead_readings=len(refused) - dead_messages,
            )
            transaction.save_states({newest_key(self._source, self._number): msgspec.json.encode(self._newest)})
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
