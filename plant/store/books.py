"""Who reads what, how far, and whether anything was lost: claims, books, dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from plant.store.contract import ALL_LETTERS, Claim, Counts, DeadLetter, Letters, PartitionBook, Recount
from plant.store.writer import LETTER, LETTER_VALUE
from plant.time import now_ms

if TYPE_CHECKING:
    import sqlite3

    from plant.store.connection import Connections

_COUNTED = Counts.__struct_fields__
_CHOSEN = """
    (:stage IS NULL OR stage = :stage) AND (:error IS NULL OR error = :error) AND (:source IS NULL OR source = :source)
    AND (:since IS NULL OR at >= :since) AND (:redriven OR redriven_at IS NULL)
"""


class Books:
    """The part of `plant.store.contract.Store` that the worker and `verify` need."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def claim_partition(self, source: str, partition: int, owner: str) -> Claim:
        """Takes a partition over: a higher epoch, and the offset to go on from.

        A new owner is a sign of life. An owner who claims again what is his is not: he may do so since he stands still.
        """
        with self._connections.writing() as writer:
            row = writer.execute(
                """INSERT INTO partitions (source, partition, owner, epoch, seen_at) VALUES (?, ?, ?, 1, ?)
                   ON CONFLICT (source, partition) DO UPDATE
                   SET seen_at = CASE WHEN owner = excluded.owner THEN seen_at ELSE excluded.seen_at END,
                       owner = excluded.owner, epoch = epoch + 1
                   RETURNING epoch, next_offset""",
                (source, partition, owner, now_ms()),
            ).fetchone()
        return Claim(*row)

    def claim_asset(self, asset: str, owner: str, *, expired_before: int) -> Claim | None:
        """Takes an asset over if it is free, ours, or not seen since `expired_before`; else None."""
        with self._connections.writing() as writer:
            row = writer.execute(
                """INSERT INTO assets (asset, owner, epoch, seen_at) VALUES (?1, ?2, 1, ?3)
                   ON CONFLICT (asset) DO UPDATE
                   SET owner = excluded.owner, epoch = epoch + 1, seen_at = excluded.seen_at
                   WHERE owner IN ('', ?2) OR seen_at < ?4
                   RETURNING epoch, cursor""",
                (asset, owner, now_ms(), expired_before),
            ).fetchone()
        return Claim(*row) if row else None

    def release_assets(self, owner: str) -> None:
        """Gives the assets of an owner up, so that another need not wait until his lease runs out."""
        with self._connections.writing() as writer:
            writer.execute("UPDATE assets SET owner = '' WHERE owner = ?", (owner,))

    def heartbeat(self, source: str, owner: str, end_offsets: dict[int, int], at: int) -> None:
        """Says that an owner is alive, and where the log ends, so that lag and blindness can be told.

        A partition that nobody has claimed yet gets its book too, so that it is seen to be unowned. One with
        messages left to read is seen only by `advance`: an owner who does not get on is as blind as a dead one.
        """
        with self._connections.writing() as writer:
            writer.executemany(
                """INSERT INTO partitions (source, partition, end_offset) VALUES (?, ?, ?)
                   ON CONFLICT (source, partition) DO UPDATE SET end_offset = excluded.end_offset""",
                [(source, partition, end) for partition, end in end_offsets.items()],
            )
            writer.execute(
                """UPDATE partitions SET seen_at = ?
                   WHERE source = ? AND owner = ? AND next_offset >= coalesce(end_offset, 0)""",
                (at, source, owner),
            )
            writer.execute("UPDATE assets SET seen_at = ? WHERE owner = ?", (at, owner))

    def amendments(self) -> dict[str, int]:
        """Returns, by asset, the oldest judged minute that a later reading has touched."""
        with self._connections.reading() as reader:
            return dict(reader.execute("SELECT asset, amend_from FROM assets WHERE amend_from IS NOT NULL"))

    def books(self, source: str | None = None) -> list[PartitionBook]:
        """Returns the books of every partition, or of those of one source."""
        with self._connections.reading() as reader:
            return _books(reader, source)

    def recount(self) -> list[Recount]:
        """Counts the tables themselves, to check the books; all of one and the same moment."""
        with self._connections.reading() as reader:
            reader.execute("BEGIN")  # the queries see one state
            try:
                books = _books(reader, None)
                stored = _counts(
                    reader,
                    """SELECT p.source, p.partition, count(*) FROM readings r JOIN partitions p ON p.id = r.partition
                       GROUP BY r.partition""",
                )
                dead = _counts(
                    reader,
                    "SELECT source, partition, count(*) FROM dead_letters WHERE redriven_at IS NULL GROUP BY 1, 2",
                )
                retired = _counts(reader, "SELECT source, partition, retired FROM partitions")
            finally:
                reader.execute("ROLLBACK")
        places = [(book.source, book.partition) for book in books]
        return [
            Recount(book, stored.get(place, 0), dead.get(place, 0), retired.get(place, 0))
            for book, place in zip(books, places, strict=True)
        ]

    def dead_letters(self, *, limit: int = 100, which: Letters = ALL_LETTERS) -> list[tuple[int, DeadLetter]]:
        """Returns dead letters with their number, newest first."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                f"SELECT id, {LETTER} FROM dead_letters WHERE {_CHOSEN} ORDER BY id DESC LIMIT :limit",
                {**msgspec.structs.asdict(which), "limit": limit},
            )
            return [(row[0], DeadLetter(*row[1:])) for row in rows]

    def letter_sizes(self, which: Letters) -> list[tuple[int, int]]:
        """Returns the numbers of dead letters, oldest first, each with how many bytes its value has."""
        with self._connections.reading() as reader:
            return reader.execute(
                f"SELECT id, coalesce(length({LETTER_VALUE}), 0) FROM dead_letters WHERE {_CHOSEN} ORDER BY id",
                msgspec.structs.asdict(which),
            ).fetchall()

    def dead_letter(self, number: int) -> DeadLetter | None:
        """Returns one dead letter by its number, or None."""
        with self._connections.reading() as reader:
            row = reader.execute(f"SELECT {LETTER} FROM dead_letters WHERE id = ?", (number,)).fetchone()
        return DeadLetter(*row) if row else None


def _books(reader: sqlite3.Connection, source: str | None) -> list[PartitionBook]:
    rows = reader.execute(
        f"""SELECT source, partition, next_offset, owner, epoch, seen_at, end_offset, watermark, {", ".join(_COUNTED)}
            FROM partitions WHERE ?1 IS NULL OR source = ?1 ORDER BY source, partition""",
        (source,),
    )
    return [PartitionBook(*(*row[:8], Counts(*row[8:]))) for row in rows]


def _counts(reader: sqlite3.Connection, query: str) -> dict[tuple[str, int], int]:
    return {(source, partition): count for source, partition, count in reader.execute(query)}
