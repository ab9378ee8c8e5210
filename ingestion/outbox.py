"""Empties the outbox to the sinks: the alerts topic, a webhook.

At least once, in order, with a key that tells a second delivery (`EPISODE/opened`): a message is
marked as sent after the sink has it, so a crash between the two sends it again. Each sink has a
cursor of its own in the store, and one worker at a time delivers to it, by a lease. A sink that is
down is tried again after growing pauses and holds nobody up: neither the other sinks, nor the
readings, since `Deliveries` gives each a thread. A new sink begins with the alerts of now.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

from ingestion.log import get_log
from plant.errors import ServiceUnavailable, StoreError
from plant.time import DAY, HOUR, MINUTE, SECOND, now_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from plant.store.contract import OutboxMessage, SinkBook, Store

LEASE_MS: Final = MINUTE
"""A worker silent for longer than this loses its sinks: longer than any sink takes for one `send`."""

KEEP_MS: Final = 7 * DAY
"""How long messages that all sinks have are kept, and how long a sink that nobody names any more is waited for."""

PATIENCE: Final = 5
"""A message that a sink refuses after so many failed tries in a row is left out, and counted."""

_FIRST_PAUSE_MS: Final = SECOND
_LONGEST_PAUSE_MS: Final = 5 * MINUTE
_SIGN_OF_LIFE_MS: Final = HOUR  # how often a sink with nothing to do is claimed, so that it is not forgotten

_log = get_log(__name__)


class Refused(ServiceUnavailable):
    """A sink does not want a message: trying again may not help."""


class Sink(Protocol):
    """Where messages go. Called by one thread at a time."""

    @property
    def at_once(self) -> int:
        """The most messages that one `send` takes."""

    def send(self, messages: Sequence[OutboxMessage]) -> None:
        """Delivers messages in order and returns when they are safe; within `LEASE_MS`.

        Raises:
            ServiceUnavailable: If it does not answer; all of them are sent again later.
            Refused: If it does not want the first of them.
        """

    def close(self) -> None:
        """Gives the sink up."""


def enlist(store: Store, sinks: Mapping[str, Sink], now: int) -> None:
    """Makes sinks known before the first alert that they shall have. Raises `StoreError` if it cannot be written."""
    for name in sinks:
        store.enlist_sink(name, now)


def deliver(store: Store, owner: str, sinks: Mapping[str, Sink], clock: Callable[[], int] = now_ms) -> int:
    """Sends each sink what it does not have yet, oldest first, unless another worker does or it is not due.

    Args:
        store: The store.
        owner: Who this is.
        sinks: Where the messages go, by name; one that is not known begins with the alerts of now.
        clock: The wall clock, UTC milliseconds.

    Returns:
        How many messages were sent.

    Raises:
        StoreError: If they cannot be marked; they will be sent again.
    """
    books = store.sinks()
    known = {book.name for book in books}
    enlist(store, {name: sink for name, sink in sinks.items() if name not in known}, clock())
    sent = 0
    for book in books:
        if book.name in sinks and _due(book, clock()):
            sent += _Round(store, owner, book, sinks[book.name], clock).run()
    if sent:
        store.trim_outbox(clock() - KEEP_MS)
    return sent


def pause_after(tries: int) -> int:
    """Returns how long a sink is left alone after so many failed tries in a row, milliseconds."""
    return min(_FIRST_PAUSE_MS << min(tries - 1, 20), _LONGEST_PAUSE_MS)


def _due(book: SinkBook, now: int) -> bool:
    return (book.waiting > 0 and book.due_at <= now) or book.seen_at < now - _SIGN_OF_LIFE_MS


class _Round:
    """Sends all that waits for one sink, until something does not get through."""

    def __init__(self, store: Store, owner: str, book: SinkBook, sink: Sink, clock: Callable[[], int]) -> None:
        self._store, self._owner, self._sink, self._clock = store, owner, sink, clock
        self._name, self._tries = book.name, book.tries

    def run(self) -> int:
        """Returns how many messages were sent."""
        sent = 0
        while self._claim() and (messages := self._store.unsent(self._name, self._sink.at_once)):
            try:
                self._sink.send(messages)
            except ServiceUnavailable as error:
                if not self._leave_out(messages[0], error):
                    break
            else:
                self._store.mark_sent(self._name, messages[-1].id)
                sent, self._tries = sent + len(messages), 0
        return sent

    def _claim(self) -> bool:
        now = self._clock()
        return self._store.claim_sink(self._name, self._owner, at=now, expired_before=now - LEASE_MS)

    def _leave_out(self, message: OutboxMessage, error: ServiceUnavailable) -> bool:
        """Leaves a message out that was refused too often; else says when the sink is tried again."""
        self._tries += 1
        if isinstance(error, Refused) and self._tries >= PATIENCE:
            _log.warning("alert refused", sink=self._name, message=message.key, reason=str(error))
            self._store.mark_refused(self._name, message.id, f"{message.key}: {error}")
            self._tries = 0
            return True
        pause = pause_after(self._tries)
        _log.warning("alerts wait", sink=self._name, reason=str(error), again_in_s=pause / SECOND)
        self._store.mark_failed(self._name, str(error), self._clock() + pause)
        return False


class Deliveries:
    """Delivers beside the readings: a thread for each sink, which ends with `close`.

    An error that is neither the store's nor the sink's is a bug: it ends the thread, and `wake` raises it where the
    readings are taken in.

    Args:
        store: The store.
        owner: Who this is.
        sinks: Where the messages go, by name; closed by whoever opened them.
        clock: The wall clock, UTC milliseconds.

    Raises:
        StoreError: If the sinks cannot be made known.
    """

    def __init__(
        self, store: Store, owner: str, sinks: Mapping[str, Sink], *, clock: Callable[[], int] = now_ms
    ) -> None:
        enlist(store, sinks, clock())
        with suppress(StoreError):  # room is made another time: a held store keeps no worker from starting
            store.trim_outbox(clock() - KEEP_MS)
        self._couriers = [_Courier(store, owner, name, sink, clock) for name, sink in sinks.items()]

    def wake(self) -> None:
        """Says that there may be something to send. Never waits. Raises the error that ended a thread, if one did."""
        for courier in self._couriers:
            if courier.failure is not None:
                raise courier.failure
            courier.woken.set()

    def close(self) -> None:
        """Sends what can be sent now and gives the sinks up; waits for a `send` under way."""
        for courier in self._couriers:
            courier.last = True
            courier.woken.set()
        for courier in self._couriers:
            courier.join()


class _Courier(threading.Thread):
    """Delivers to one sink each time it is woken, and a last time after `last` was set."""

    def __init__(self, store: Store, owner: str, name: str, sink: Sink, clock: Callable[[], int]) -> None:
        super().__init__(name=f"sink-{name}", daemon=True)
        self._store, self._owner, self._name, self._sink, self._clock = store, owner, name, sink, clock
        self.woken = threading.Event()
        self.last = False
        self.failure: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._run()
        except BaseException as error:  # noqa: BLE001 (handed to the thread that can end the worker)
            self.failure = error

    def _run(self) -> None:
        last = False
        while not last:
            self.woken.wait()
            self.woken.clear()
            last = self.last
            try:
                deliver(self._store, self._owner, {self._name: self._sink}, self._clock)
                if last:
                    self._store.release_sink(self._name, self._owner)
            except StoreError as error:  # nothing is lost: it is sent again, by whoever has the sink then
                _log.warning("alerts not marked as sent", sink=self._name, reason=str(error))
