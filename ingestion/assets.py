"""The second stage: assets judged by closed minutes, whoever read their tags.

The tags of one asset may lie on several partitions and workers, so this stage reads the store, not
the stream. An asset is judged by whoever holds its lease, fenced by its epoch; cursor, states and
alerts move in one transaction. A reading that comes after its minute was closed (`ingestion/closing.py`)
marks its asset in its own transaction, and the asset is judged again from there: how long is waited for
readings changes when an alert comes, never whether.

While history is being read the stage waits for `CATCH_UP` of it: scoring one minute costs nearly as much
as scoring hundreds, and which of the two makes no difference to the result.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from ingestion.amend import reconcile
from ingestion.asset_inputs import begin_of_history, minute_frame, threshold_set, watched_assets
from ingestion.bands import TAG_RULES
from ingestion.closing import HISTORY, closed_until
from ingestion.judges import Judges, belongs, digest_of_rules
from plant.episodes import ChangeKind, EpisodeChange, EpisodeState
from plant.errors import Fenced
from plant.time import DAY, HOUR, MINUTE, Span, now_ms

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from plant.registry import Sensor
    from plant.settings import Settings
    from plant.store.contract import Claim, Store, Transaction

CATCH_UP: Final = 6 * HOUR
_REST: Final = 3.0
"""After an asset was judged again none is for so many times as long as that took: new minutes come first."""

_TRIES: Final = 3
_NEVER: Final = 2**62  # no episode closes as late


class _GivenUp(Exception):
    """What was judged is not committed: a minute got a reading meanwhile, or the end was asked for."""


class _Held(NamedTuple):
    """An asset that is ours: the proof, and its judges."""

    asset: str
    epoch: int
    judges: Judges


class AssetStage:
    """Judges the assets of a store.

    Args:
        store: The store.
        owner: Who this is, the same for all that one worker does.
        settings: `stream.blind_ms` is the lease: an owner silent for longer loses its assets.
    """

    def __init__(self, store: Store, owner: str, settings: Settings) -> None:
        self._store = store
        self._owner = owner
        self._lease_ms = settings.stream.blind_ms
        self._held: dict[str, _Held] = {}
        self._refused_at: dict[str, int] = {}
        self._amended_at: dict[str, float] = {}
        self._amend_due = 0.0
        self._stop = threading.Event()

    def run(self, final: bool = False, stop: threading.Event | None = None) -> int:
        """Judges what is closed and returns how many minutes that were, summed over assets.

        Args:
            final: There will be no more readings: everything up to the newest is closed, whatever is
                left is judged, and the leases of owners who are gone are taken over at once.
            stop: Set by another thread to end after the span of minutes under way.

        Raises:
            StoreError: If the store cannot be read or written.
        """
        self._stop = stop or threading.Event()
        with threadpool_limits(limits=1, user_api="blas"):  # more threads would spin on the cores of the readings
            return self._judge_all(final=final)

    def _judge_all(self, *, final: bool) -> int:
        watched = watched_assets(self._store.registry())
        latest = {last.tag: last for last in self._store.latest()}
        books = {(book.source, book.partition): book for book in self._store.books()}
        amendments = self._store.amendments()
        judged = 0
        for asset in sorted(watched, key=lambda asset: self._amended_at.get(asset, 0.0)):
            sensors = watched[asset]
            if self._stop.is_set():
                return judged
            until = closed_until(sensors, latest, books, now=None if final else now_ms())
            if until is not None and not (final or self._worth_it(asset, until)):
                until = None
            amend_from = amendments.get(asset)
            if until is not None or (amend_from is not None and self._may_amend(final=final)):
                judged += self._judge_asset(asset, sensors, until, amend_from, final=final)
        self._close_orphans(watched, final=final)
        return judged

    def _worth_it(self, asset: str, until: int) -> bool:
        held = self._held.get(asset)
        pending = until - held.judges.cursor if held else CATCH_UP
        return pending >= (MINUTE if until > now_ms() - HISTORY else CATCH_UP)

    def _may_amend(self, *, final: bool) -> bool:
        return final or time.monotonic() >= self._amend_due

    def _judge_asset(
        self, asset: str, sensors: Sequence[Sensor], until: int | None, amend_from: int | None, *, final: bool
    ) -> int:
        """Judges an asset again where that is due, then on; returns how many new minutes that were."""
        for _ in range(_TRIES):
            try:
                return self._bring_up(asset, sensors, until, amend_from, final=final)
            except _GivenUp:
                self._held.pop(asset, None)
                if self._stop.is_set():
                    break
            except Fenced:  # somebody took the asset over, and judges it from where our last commit ends
                self._held.pop(asset, None)
                break
            except BaseException:
                self._held.pop(asset, None)  # what was judged in memory is not in the store
                raise
        return 0

    def _bring_up(
        self, asset: str, sensors: Sequence[Sensor], until: int | None, amend_from: int | None, *, final: bool
    ) -> int:
        held = self._held_or_claimed(asset, sensors, final=final)
        if held is None:
            return 0
        if amend_from is not None and self._may_amend(final=final):
            for _ in range(_TRIES if final else 1):  # what is late all the time must not hold new minutes up
                if self._amend(held, amend_from, since=amend_from, handled=amend_from):
                    break
        minutes = 0
        while until is not None and held.judges.cursor < until and not self._stop.is_set():
            minutes += self._step(held, until)
        return minutes

    def _step(self, held: _Held, until: int) -> int:
        """Judges one span of minutes and returns how many they were."""
        judges = held.judges
        span = judges.next_span(until)
        readings = self._store.good_readings(judges.tags, span)
        first = span.start if judges.new else None
        changes = judges.judge(span)
        with self._committing(judges) as transaction:
            if transaction.good_readings(judges.tags, span) != readings:
                raise _GivenUp
            if first is not None and any(transaction.newest_before(tag, first) is not None for tag in judges.tags):
                raise _GivenUp  # a new asset's history begins earlier by now, and nothing marked it yet
            transaction.advance_asset(held.asset, held.epoch, cursor=span.end)
            transaction.apply_episodes(changes)
        return span.length // MINUTE

    def _amend(self, held: _Held, ts: int, *, since: int, handled: int | None) -> bool:
        """Judges again from the newest snapshot before a minute up to the cursor, and amends the episodes.

        A reading that came meanwhile has marked the asset; the mark is then left for another time.

        Args:
            held: The asset.
            ts: The minute.
            since: Episodes that closed before are left alone.
            handled: The amendment that this settles, if one was asked for.

        Returns:
            Whether no reading came meanwhile.
        """
        judges, cursor, began = held.judges, held.judges.cursor, time.monotonic()
        judges.go_back(ts, self._states(held.asset), begin_of_history(self._store, judges.sensors) or ts)
        since = max(since, judges.cursor)  # nothing is judged again that other rules have judged
        span, told, changes = Span(judges.cursor, cursor), judges.told(), list[EpisodeChange]()
        readings = self._store.good_readings(judges.tags, span)
        while judges.cursor < cursor:
            if self._stop.is_set():
                raise _GivenUp
            changes += judges.judge(judges.next_span(cursor))
            self._store.heartbeat("", self._owner, {}, now_ms())  # a long past outlasts the lease
        with self._committing(judges) as transaction:
            settled = transaction.good_readings(judges.tags, span) == readings
            amended_from = handled if settled else None
            transaction.advance_asset(held.asset, held.epoch, cursor=cursor, amended_from=amended_from)
            rows = [row for row in transaction.episodes_since(since, asset=held.asset) if row.rule in judges.rules]
            transaction.apply_episodes(reconcile(rows, told, changes, since))
        now = self._amended_at[held.asset] = time.monotonic()
        self._amend_due = now + _REST * (now - began)
        return settled

    @contextmanager
    def _committing(self, judges: Judges) -> Iterator[Transaction]:
        """Lends the transaction that ends with the judges' states."""
        states, needless = judges.dirty()
        with self._store.transaction() as transaction:
            yield transaction
            transaction.save_states(states)
            transaction.drop_states(needless)

    def _held_or_claimed(self, asset: str, sensors: Sequence[Sensor], *, final: bool) -> _Held | None:
        threshold = threshold_set(self._store, asset)
        held = self._held.get(asset)
        if held is not None and held.judges.digest == digest_of_rules(sensors, threshold):
            return held
        claim = self._claimed(asset, final=final)
        first = begin_of_history(self._store, sensors) if claim else None
        if claim is None or first is None:
            return None
        judges = Judges(asset, sensors, threshold, partial(minute_frame, self._store))
        held = self._held[asset] = _Held(asset, claim.epoch, judges)
        states = self._states(asset)
        if claim.position is None:
            held.judges.begin(first)
        elif not held.judges.load(states, claim.position, first):
            held.judges.cursor = claim.position
            self._amend(held, claim.position, since=claim.position - DAY, handled=None)
        elif held.judges.cut(states):
            self._close_abandoned(held)
        return held

    def _claimed(self, asset: str, *, final: bool) -> Claim | None:
        now = now_ms()
        if not final and now - self._refused_at.get(asset, 0) < self._lease_ms // 2:
            return None
        claim = self._store.claim_asset(asset, self._owner, expired_before=now + 1 if final else now - self._lease_ms)
        if claim is None:
            self._refused_at[asset] = now
        return claim

    def _close_abandoned(self, held: _Held) -> None:
        """Closes what stands by rules that are no more."""
        judges = held.judges
        told = {episode.id for episode in judges.told()}
        with self._committing(judges) as transaction:
            transaction.advance_asset(held.asset, held.epoch, cursor=judges.cursor)
            _close_standing(transaction, held.asset, judges.cursor, but=told)

    def _close_orphans(self, watched: dict[str, list[Sensor]], *, final: bool) -> None:
        """Closes what stands on assets that have no tags any more, and forgets what their judges knew."""
        standing = [episode for episode in self._store.episodes(standing=True) if episode.rule not in TAG_RULES]
        for asset in sorted({episode.asset for episode in standing} - watched.keys()):
            self._held.pop(asset, None)
            claim = self._claimed(asset, final=final)
            if claim is None:
                continue
            cursor = claim.position or 0
            with suppress(Fenced), self._store.transaction() as transaction:
                transaction.advance_asset(asset, claim.epoch, cursor=cursor)
                transaction.drop_states(_states_of(asset, transaction))
                _close_standing(transaction, asset, cursor)

    def _states(self, asset: str) -> dict[str, bytes]:
        with self._store.transaction() as transaction:
            return _states_of(asset, transaction)


def _states_of(asset: str, transaction: Transaction) -> dict[str, bytes]:
    found = transaction.load_states(f"asset/{asset}/")
    return {key: body for key, body in found.items() if belongs(key, asset)}


def _close_standing(transaction: Transaction, asset: str, at: int, but: Container[str] = ()) -> None:
    """Closes the alerts of an asset's judges that stand, but for some ids: no judge knows of them any more."""
    changes = []
    for row in transaction.episodes_since(_NEVER, asset=asset):
        if row.rule not in TAG_RULES and row.id not in but:
            end = max(at, row.updated_at)
            closed = msgspec.structs.replace(row, state=EpisodeState.CLOSED, closed_at=end, updated_at=end)
            changes.append(EpisodeChange(ChangeKind.CLOSED, closed))
    transaction.apply_episodes(changes)
