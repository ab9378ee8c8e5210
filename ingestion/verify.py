"""Whether anything was lost: the books against each other, and against the tables counted anew.

A partition's books balance when

- messages: consumed = decoded + dead-lettered + skipped, and the next offset is what was consumed;
- readings: decoded = stored + duplicates + late + dead-lettered;
- the store holds as many readings, those that went to the lake included, and dead letters as the books say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.store.contract import Recount, Store


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """The books of a partition, or of all; the JSON of `millhand verify`.

    Attributes:
        source: Source name; empty in the sum.
        partition: Partition number; -1 in the sum.
        consumed: Messages, those the log did not show included.
        skipped: Offsets the log did not show.
        decoded: Readings found in the messages.
        stored: Readings stored.
        duplicates: Readings that were there already.
        dead_lettered: Messages and readings that could not be used.
        late: Readings older than the late horizon; counted, not stored.
        next_offset: Where to go on; the sum over all in the sum.
        balanced: Whether everything adds up.
        problems: What does not add up, each a sentence.
    """

    source: str = ""
    partition: int = -1
    consumed: int = 0
    skipped: int = 0
    decoded: int = 0
    stored: int = 0
    duplicates: int = 0
    dead_lettered: int = 0
    late: int = 0
    next_offset: int = 0
    balanced: bool = True
    problems: tuple[str, ...] = ()


class Verification(msgspec.Struct, frozen=True):
    """What `millhand verify` says: each partition, and the sum."""

    partitions: tuple[Balance, ...]
    sum: Balance


def verify(store: Store) -> Verification:
    """Recounts a store. Raises `StoreError` if it cannot be read."""
    partitions = tuple(_balance(recount) for recount in store.recount())
    return Verification(partitions, _sum(partitions))


def _balance(recount: Recount) -> Balance:
    book, counts = recount.book, recount.book.counts
    dead = counts.dead_messages + counts.dead_readings
    checks = (
        ("messages consumed", counts.consumed, counts.decoded_messages + counts.dead_messages + counts.skipped),
        ("readings decoded", counts.decoded, counts.stored + counts.duplicates + counts.late + counts.dead_readings),
        ("offsets passed", book.next_offset, counts.consumed),
        ("readings in the store and the lake", recount.readings + recount.retired, counts.stored),
        ("dead letters in the store", recount.dead_letters, dead),
    )
    problems = tuple(
        f"{book.source}/{book.partition}: {found} {what}, {expected} accounted for."
        for what, found, expected in checks
        if found != expected
    )
    return Balance(
        source=book.source,
        partition=book.partition,
        consumed=counts.consumed,
        skipped=counts.skipped,
        decoded=counts.decoded,
        stored=counts.stored,
        duplicates=counts.duplicates,
        dead_lettered=dead,
        late=counts.late,
        next_offset=book.next_offset,
        balanced=not problems,
        problems=problems,
    )


def _sum(partitions: Sequence[Balance]) -> Balance:
    return Balance(
        consumed=sum(one.consumed for one in partitions),
        skipped=sum(one.skipped for one in partitions),
        decoded=sum(one.decoded for one in partitions),
        stored=sum(one.stored for one in partitions),
        duplicates=sum(one.duplicates for one in partitions),
        dead_lettered=sum(one.dead_lettered for one in partitions),
        late=sum(one.late for one in partitions),
        next_offset=sum(one.next_offset for one in partitions),
        balanced=all(one.balanced for one in partitions),
        problems=tuple(problem for one in partitions for problem in one.problems),
    )
