"""The first stage: the rules of all tags, each tag's readings judged in event-time order, whenever they come.

Readings that come in order are judged as they come. An older one takes its tag's rules back to the newest memory
kept from before it: the stored readings are judged again from there, and the episodes are amended to what that gives.
Memories are kept several to a late horizon, and reach back as far as a reading may be late.

A change of a tag's rules in the registry cuts its past: what was judged by the rules of before stands, and so does
what was told before a person confirmed the tag. Where readings were given up to the lake nothing is judged again. A
memory that cannot be read is made anew from the stored readings.
"""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from ingestion.amend import reconcile
from ingestion.bands import TAG_RULES
from ingestion.log import get_log
from ingestion.rules import Memory, TagWatch
from plant.registry import SensorState
from plant.time import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plant.episodes import EpisodeChange
    from plant.readings import Reading
    from plant.registry import Registry
    from plant.store.contract import Transaction

_MEMORY: Final = "rule/"
_PAST: Final = "past/"
_KEPT: Final = 8
"""Memories kept to a late horizon: judging again begins at most so much of it too early."""

_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError)
_BY_TIME: Final = attrgetter("ts")

_log = get_log(__name__)


class Past(msgspec.Struct):
    """What a tag's rules remembered at a few past times.

    Attributes:
        memories: Oldest first; never empty.
    """

    memories: Annotated[list[Memory], msgspec.Meta(min_length=1)]


class TagRules:
    """The rules of all tags of a registry.

    Args:
        registry: The sensors; made anew when it changes.
        state: What `dirty` gave, by key, all of it together; other keys are ignored.
        horizon_ms: How much older than its tag's newest a reading may be.
    """

    def __init__(self, registry: Registry, state: dict[str, bytes], horizon_ms: int = HOUR) -> None:
        self._registry = registry
        self._horizon = horizon_ms
        self._grain = max(horizon_ms // _KEPT, 1)
        self._watches: dict[str, TagWatch] = {}
        self._known: dict[str, bytes] = {}
        self._sound: set[str] = set()
        self._touched: set[str] = set()
        self._pasts: dict[str, Past] = {}
        self.refresh(state)

    @staticmethod
    def keys(readings: Iterable[Reading]) -> list[str]:
        """Returns the keys of the states that judging these readings needs."""
        return [_MEMORY + tag for tag in sorted({reading.tag for reading in readings})]

    def refresh(self, state: dict[str, bytes]) -> None:
        """Takes states back, those that somebody else has changed: a tag may come by several partitions."""
        for key, body in state.items():
            if key.startswith(_MEMORY) and self._known.get(key) != body:
                self._known[key] = body
                self._restore(key.removeprefix(_MEMORY), body)

    def judge(self, readings: Iterable[Reading], transaction: Transaction | None = None) -> list[EpisodeChange]:
        """Judges readings and returns what became of episodes, by time.

        Args:
            readings: New ones, in any order.
            transaction: Where they are stored and the past is kept. Without one nothing is judged again: a reading
                older than the one judged last is passed over.
        """
        changes: list[EpisodeChange] = []
        for tag, own in _by_tag(readings).items():
            watch = self._watch(tag)
            if watch is None:
                continue
            self._touched.add(tag)
            changes += self._judge_in_place(watch, tag, own, transaction) if transaction else _play(watch, own)
        changes.sort(key=lambda change: (change.episode.updated_at, change.episode.tag))
        return changes

    def dirty(self) -> dict[str, bytes]:
        """Returns the states that changed since the last call."""
        states = {_MEMORY + tag: msgspec.json.encode(self._watches[tag].memory()) for tag in sorted(self._touched)}
        self._known |= states
        states |= {_PAST + tag: msgspec.json.encode(past) for tag, past in self._pasts.items()}
        self._touched.clear()
        self._pasts.clear()
        return states

    def _watch(self, tag: str) -> TagWatch | None:
        """Returns the rules of a tag, made when it is first met: most tags of a plant come by other partitions."""
        watch, sensor = self._watches.get(tag), self._registry.get(tag)
        if watch is None and sensor is not None and sensor.tag == tag and sensor.state is SensorState.CONFIRMED:
            watch = self._watches[tag] = TagWatch(sensor)
        return watch

    def _restore(self, tag: str, body: bytes) -> None:
        sensor = self._registry.get(tag)
        if sensor is None:
            return
        watch = self._watches.get(tag)
        if watch is None:  # also of a tag that is not confirmed any more: what stands by its rules is to be ended
            watch = self._watches[tag] = TagWatch(sensor)
        try:
            memory = msgspec.json.decode(body, type=Memory)
        except _UNREADABLE as error:
            _log.warning("the memory of a tag's rules cannot be read: judged again", tag=tag, reason=str(error))
            self._sound.discard(tag)
            return
        watch.restore(memory)
        self._sound.add(tag)
        if memory.rules != watch.digest:
            self._pasts[tag] = Past([memory])

    def _judge_in_place(
        self, watch: TagWatch, tag: str, readings: list[Reading], transaction: Transaction
    ) -> list[EpisodeChange]:
        """Judges the new readings of a tag, by time, in their place among those that are stored."""
        sound = tag in self._sound
        in_order = sound and watch.ts < readings[0].ts
        if in_order and readings[-1].ts < self._next_kept(watch.ts):
            return _play(watch, readings)
        past = self._past(tag, readings[0].ts, transaction)
        oldest = past.memories[0].ts
        if sound and readings[-1].ts <= oldest:
            return []
        self._sound.add(tag)
        self._pasts[tag] = past
        if in_order:
            return self._play_on(watch, readings, past)
        since = max(readings[0].ts, oldest + 1)
        while past.memories[-1].ts >= since:
            past.memories.pop()
        if sound and not transaction.keeps_since(max(past.memories[-1].ts, watch.ts - 2 * self._horizon)):
            self._pasts[tag] = Past([watch.memory()])
            return _play(watch, readings)
        watch.restore(past.memories[-1])
        told = watch.told()
        changes = self._play_on(watch, transaction.readings_after(tag, watch.ts), past)
        rows = [row for row in transaction.episodes_since(since, tag=tag) if row.rule in TAG_RULES]
        return reconcile(rows, told, changes, since)

    def _past(self, tag: str, ts: int, transaction: Transaction) -> Past:
        """Returns what is kept of a tag's past; its beginning where there should be some and it cannot be read."""
        if tag in self._pasts:
            return self._pasts[tag]
        body = transaction.states([_PAST + tag]).get(_PAST + tag)
        if body is None and _MEMORY + tag not in self._known:
            before = transaction.newest_before(tag, ts)
            return Past([Memory() if before is None else Memory(ts=before)])
        try:
            if body is not None:
                return msgspec.json.decode(body, type=Past)
        except _UNREADABLE as error:
            _log.warning("the past of a tag's rules cannot be read: made anew", tag=tag, reason=str(error))
        return Past([Memory()])

    def _play_on(self, watch: TagWatch, readings: Iterable[Reading], past: Past) -> list[EpisodeChange]:
        """Judges readings in their order and keeps a memory each time another part of the horizon begins."""
        changes: list[EpisodeChange] = []
        memories, due = past.memories, self._next_kept(watch.ts)
        for reading in readings:
            if reading.ts >= due:
                due = self._next_kept(reading.ts)
                if watch.ts > memories[-1].ts:
                    memories.append(watch.memory())
            changes += watch.judge(reading.ts, reading.value, reading.quality)
        while len(memories) > 1 and memories[1].ts < watch.ts - self._horizon:
            del memories[0]
        return changes

    def _next_kept(self, ts: int) -> int:
        return ts - ts % self._grain + self._grain


def _play(watch: TagWatch, readings: Iterable[Reading]) -> list[EpisodeChange]:
    changes: list[EpisodeChange] = []
    judge = watch.judge
    for reading in readings:
        if found := judge(reading.ts, reading.value, reading.quality):
            changes += found
    return changes


def _by_tag(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    """Returns the readings of each tag, by time."""
    by_tag: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_tag[reading.tag].append(reading)
    for own in by_tag.values():
        own.sort(key=_BY_TIME)
    return by_tag
