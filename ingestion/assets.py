"""The second stage: assets judged by closed minutes, whoever read their tags.

The tags of one asset may lie on several partitions and workers, so this stage reads the store, not
the stream. An asset is judged by whoever holds its lease, fenced by its epoch; cursor, state and
alerts move in one transaction. A minute is closed when every partition that carries a tag of
the asset has gone past it, so that what is judged does not depend on how the stream was cut.
A reading that comes later than that is stored, but its minute is not judged again.

While history is being read the stage waits for `CATCH_UP` of it: scoring one minute costs nearly as much
as scoring hundreds, and which of the two makes no difference to the result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ingestion.consensus import AssetJudge
from ingestion.contract import MinuteJudge
from ingestion.log import get_log
from ingestion.outlook import OutlookJudge
from plant.errors import BadInput, Fenced
from plant.registry import SensorState
from plant.time import DAY, HOUR, MINUTE, SECOND, Span, now_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.contract import Floats
    from plant.episodes import EpisodeChange
    from plant.registry import Registry, Sensor
    from plant.settings import Settings
    from plant.store.contract import Latest, PartitionBook, Store

GRACE: Final = 30 * SECOND
"""A partition has gone past a minute when its newest reading is this much after it."""

SILENT: Final = 10 * MINUTE
"""A partition read to its end that is this much behind the asset's others is not waited for, in life."""

CATCH_UP: Final = 6 * HOUR
_HISTORY: Final = HOUR  # further behind the wall clock than this is history, not life
_CHUNK: Final = DAY

MakesJudge = Callable[[str, "Sequence[Sensor]", int], MinuteJudge]

JUDGES: Final[tuple[MakesJudge, ...]] = (AssetJudge, OutlookJudge)
"""What judges every asset: each makes a judge of an asset, its sensors, and the begin of their history."""

_log = get_log(__name__)


class _Held(NamedTuple):
    """An asset that is ours: the proof, and its judges with what they know."""

    epoch: int
    sensors: tuple[Sensor, ...]
    judges: tuple[MinuteJudge, ...]


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
        self._cursors: dict[str, int] = {}
        self._refused_at: dict[str, int] = {}

    def run(self, final: bool = False) -> int:
        """Judges what is closed and returns how many minutes that were, summed over assets.

        Args:
            final: There will be no more readings: everything up to the newest is closed, whatever is
                left is judged, and the leases of owners who are gone are taken over at once.

        Raises:
            StoreError: If the store cannot be read or written.
        """
        registry = self._store.registry()
        latest = {last.tag: last for last in self._store.latest()}
        books = {(book.source, book.partition): book for book in self._store.books()}
        judged = 0
        for asset, sensors in _watched(registry).items():
            until = _closed_until(sensors, latest, books, final=final)
            if until is None or not (final or self._worth_it(asset, until)):
                continue
            try:
                judged += self._advance(asset, sensors, until, final=final)
            except Fenced:  # somebody took the asset over, and judges it from where our last commit ends
                self._forget(asset)
            except BaseException:
                self._forget(asset)  # what was judged in memory is not in the store
                raise
        return judged

    def _worth_it(self, asset: str, until: int) -> bool:
        cursor = self._cursors.get(asset)
        pending = until - cursor if cursor is not None else CATCH_UP
        return pending >= (MINUTE if until > now_ms() - _HISTORY else CATCH_UP)

    def _advance(self, asset: str, sensors: Sequence[Sensor], until: int, *, final: bool) -> int:
        held = self._held.get(asset)
        if held is None or held.sensors != tuple(sensors):
            held = self._claim(asset, sensors, final=final)
        if held is None:
            return 0
        cursor, minutes = self._cursors[asset], 0
        while cursor < until:
            fits = [judge.next_fit for judge in held.judges if judge.next_fit is not None]
            end = min(until, cursor + _CHUNK, max(min(fits, default=until), cursor + MINUTE))
            changes = [change for judge in held.judges for change in self._judge(held, judge, Span(cursor, end))]
            fitted = [judge for judge in held.judges if judge.next_fit is not None and end >= judge.next_fit]
            for judge in fitted:
                judge.fit(end, *self._frame(held.sensors, judge.learns_from(end)))
            self._commit(asset, held, end, changes, fitted)
            minutes += (end - cursor) // MINUTE
            cursor = self._cursors[asset] = end
        return minutes

    def _judge(self, held: _Held, judge: MinuteJudge, span: Span) -> list[EpisodeChange]:
        times, frame = self._frame(held.sensors, Span(span.start - judge.memory * MINUTE, span.end))
        return judge.judge(times, frame, judge.memory)

    def _commit(
        self,
        asset: str,
        held: _Held,
        cursor: int,
        changes: Sequence[EpisodeChange],
        fitted: Sequence[MinuteJudge],
    ) -> None:
        states = {_state_key(asset, judge): judge.state() for judge in held.judges}
        states |= {_models_key(asset, judge): judge.models() for judge in fitted}
        with self._store.transaction() as transaction:
            transaction.advance_asset(asset, held.epoch, cursor=cursor)
            transaction.save_states(states)
            transaction.apply_episodes(changes)

    def _claim(self, asset: str, sensors: Sequence[Sensor], *, final: bool) -> _Held | None:
        now = now_ms()
        if not final and now - self._refused_at.get(asset, 0) < self._lease_ms // 2:
            return None
        claim = self._store.claim_asset(asset, self._owner, expired_before=now + 1 if final else now - self._lease_ms)
        first = _begin_of_history(self._store, sensors)
        if claim is None or first is None:
            self._refused_at[asset] = now
            return None
        with self._store.transaction() as transaction:
            states = transaction.load_states(f"asset/{asset}/")
        judges = tuple(_restored(make, asset, sensors, first, states) for make in JUDGES)
        self._cursors[asset] = first if claim.position is None else claim.position
        self._held[asset] = _Held(claim.epoch, tuple(sensors), judges)
        return self._held[asset]

    def _forget(self, asset: str) -> None:
        self._held.pop(asset, None)
        self._cursors.pop(asset, None)

    def _frame(self, sensors: Sequence[Sensor], span: Span) -> tuple[list[int], Floats]:
        columns = [self._store.series(sensor.tag, span, MINUTE) for sensor in sensors]
        return columns[0].times.tolist(), np.column_stack([column.values for column in columns])


def _restored(
    make: MakesJudge, asset: str, sensors: Sequence[Sensor], first: int, states: dict[str, bytes]
) -> MinuteJudge:
    judge = make(asset, sensors, first)
    try:
        if state := states.get(_state_key(asset, judge)):
            judge.restore(state, states.get(_models_key(asset, judge), b""))
    except BadInput as error:  # of another version, or damaged: readings must go on
        _log.warning("learned anew", asset=asset, judge=judge.name, reason=str(error))
        judge = make(asset, sensors, first)
    return judge


def _state_key(asset: str, judge: MinuteJudge) -> str:
    return f"asset/{asset}/{judge.name}/state"


def _models_key(asset: str, judge: MinuteJudge) -> str:
    return f"asset/{asset}/{judge.name}/models"


def _watched(registry: Registry) -> dict[str, list[Sensor]]:
    """Returns the confirmed sensors of each asset, by tag."""
    watched: dict[str, list[Sensor]] = {}
    for sensor in sorted(registry, key=lambda sensor: sensor.tag):
        if sensor.asset and sensor.state is SensorState.CONFIRMED:
            watched.setdefault(sensor.asset, []).append(sensor)
    return watched


def _begin_of_history(store: Store, sensors: Sequence[Sensor]) -> int | None:
    extents = [store.extent(sensor.tag) for sensor in sensors]
    starts = [extent.start for extent in extents if extent]
    return min(starts) - min(starts) % MINUTE if starts else None


def _closed_until(
    sensors: Sequence[Sensor],
    latest: dict[str, Latest],
    books: dict[tuple[str, int], PartitionBook],
    *,
    final: bool,
) -> int | None:
    """Returns the end of the newest closed minute of an asset; None when there is none.

    Only the source of its newest reading counts: a file that was read to its end does not hold the
    stream up; nor does, in life, a partition whose writer fell silent.
    While a tag was never seen it may come by any partition, so all of them count.
    """
    seen = [latest[sensor.tag] for sensor in sensors if sensor.tag in latest]
    if not seen:
        return None
    newest = max(seen, key=lambda last: last.ts)
    if final:
        return newest.ts - newest.ts % MINUTE + MINUTE
    carrying = {last.partition for last in seen if last.source == newest.source}
    if len(seen) < len(sensors):
        carrying |= {partition for source, partition in books if source == newest.source}
    silent_before = newest.ts - SILENT if newest.ts > now_ms() - _HISTORY else None
    watermarks = []
    for partition in carrying:
        book = books[newest.source, partition]
        unread = book.end_offset is None or book.next_offset < book.end_offset
        if book.watermark is None:
            if unread:
                return None
        elif unread or silent_before is None or book.watermark >= silent_before:
            watermarks.append(book.watermark)
    past = min(watermarks) - GRACE
    return past - past % MINUTE
