"""Empties the outbox to the alerts topic: at least once, with a key that tells a second delivery.

A message is marked as sent after the sink has it. A crash between the two sends it again, with the
same key (`EPISODE/opened`), so a reader that keeps the last message of a key sees each once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.store.contract import OutboxMessage, Store

_AT_ONCE: Final = 500


class Sink(Protocol):
    """Where messages go."""

    def send(self, messages: Sequence[OutboxMessage]) -> None:
        """Delivers messages in order and returns when they are safe. Raises `ServiceUnavailable` if they are not."""

    def close(self) -> None:
        """Gives the sink up."""


def publish(store: Store, name: str, sink: Sink) -> int:
    """Sends what a sink does not have yet, oldest first.

    Args:
        store: The store.
        name: The sink's name in the store's books: each sink goes on from where it is.
        sink: Where the messages go.

    Returns:
        How many messages were sent.

    Raises:
        ServiceUnavailable: If the sink does not take them; they stay in the outbox.
        StoreError: If they cannot be marked; they will be sent again.
    """
    sent = 0
    while messages := store.unsent(name, _AT_ONCE):
        sink.send(messages)
        store.mark_sent(name, messages[-1].id)
        sent += len(messages)
    return sent
