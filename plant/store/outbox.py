"""The outbox: messages of alerts, and how far each sink has come with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plant.store.contract import OutboxMessage, SinkBook

if TYPE_CHECKING:
    from plant.store.connection import Connections


class Outbox:
    """The part of `plant.store.contract.Store` that delivers alerts."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def enlist_sink(self, sink: str, at: int) -> None:
        """Makes a sink known; a new one counts all messages that there are already as had."""
        with self._connections.writing() as writer:
            writer.execute(
                """INSERT INTO sinks (name, sent, seen_at)
                   VALUES (?1, (SELECT coalesce(max(id), 0) FROM outbox), ?2)
                   ON CONFLICT (name) DO UPDATE SET seen_at = CASE owner WHEN '' THEN ?2 ELSE seen_at END""",
                (sink, at),
            )

    def claim_sink(self, sink: str, owner: str, *, at: int, expired_before: int) -> bool:
        """Takes the delivery to a known sink over if it is free, ours, or not seen since `expired_before`."""
        with self._connections.writing() as writer:
            return bool(
                writer.execute(
                    """UPDATE sinks SET owner = ?2, seen_at = ?3
                       WHERE name = ?1 AND (owner IN ('', ?2) OR seen_at < ?4)""",
                    (sink, owner, at, expired_before),
                ).rowcount
            )

    def release_sink(self, sink: str, owner: str) -> None:
        """Gives the delivery to a sink up, if it is ours."""
        with self._connections.writing() as writer:
            writer.execute("UPDATE sinks SET owner = '' WHERE name = ? AND owner = ?", (sink, owner))

    def sinks(self) -> list[SinkBook]:
        """Returns the books of all sinks, by name."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                """SELECT name, sent, (SELECT count(*) FROM outbox WHERE id > sent),
                          owner, seen_at, tries, due_at, error, refused, refusal
                   FROM sinks ORDER BY name"""
            ).fetchall()
        return [SinkBook(*row) for row in rows]

    def unsent(self, sink: str, limit: int) -> list[OutboxMessage]:
        """Returns the oldest messages of the outbox that a sink does not have yet; all for one that is not known."""
        with self._connections.reading() as reader:
            rows = reader.execute(
                """SELECT id, key, body, at FROM outbox
                   WHERE id > coalesce((SELECT sent FROM sinks WHERE name = ?), 0) ORDER BY id LIMIT ?""",
                (sink, limit),
            ).fetchall()
        return [OutboxMessage(*row) for row in rows]

    def mark_sent(self, sink: str, last: int) -> None:
        """Says that a sink has all messages up to an id."""
        with self._connections.writing() as writer:
            writer.execute(
                """INSERT INTO sinks (name, sent) VALUES (?1, ?2)
                   ON CONFLICT (name) DO UPDATE SET sent = max(sent, ?2), tries = 0, due_at = 0, error = ''""",
                (sink, last),
            )

    def mark_refused(self, sink: str, last: int, error: str) -> None:
        """Says that a sink has refused a message for good: it goes on behind it."""
        with self._connections.writing() as writer:
            writer.execute(
                """UPDATE sinks SET sent = max(sent, ?2), tries = 0, due_at = 0, error = '',
                                    refused = refused + 1, refusal = ?3
                   WHERE name = ?1""",
                (sink, last, error),
            )

    def mark_failed(self, sink: str, error: str, due_at: int) -> None:
        """Counts a failed try, and says when the next one is due."""
        with self._connections.writing() as writer:
            writer.execute(
                "UPDATE sinks SET tries = tries + 1, error = ?, due_at = ? WHERE name = ?", (error, due_at, sink)
            )

    def trim_outbox(self, before: int) -> int:
        """Forgets sinks that nobody has claimed since, and messages of before that time that all others, if any, have.

        The newest message is kept, so that ids go on. Returns how many messages were forgotten.
        """
        with self._connections.writing() as writer:
            writer.execute("DELETE FROM sinks WHERE seen_at < ?", (before,))
            return writer.execute(
                """DELETE FROM outbox WHERE at < ? AND id < (SELECT max(id) FROM outbox)
                   AND id <= coalesce((SELECT min(sent) FROM sinks), id)""",
                (before,),
            ).rowcount
