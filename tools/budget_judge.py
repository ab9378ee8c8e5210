"""Stored readings judged again, by the rules that judge them when they come, without writing anything."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingestion.asset_inputs import begin_of_history, minute_frame
from ingestion.judges import Judges
from ingestion.tags import TagRules
from plant.episodes import ChangeKind, Episode
from plant.registry import Registry, SensorState
from plant.time import DAY, HOUR, MINUTE, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plant.episodes import EpisodeChange
    from plant.registry import Sensor
    from plant.store.contract import Store


class History(NamedTuple):
    """The part of a store's history that is looked at.

    Attributes:
        span: From when to when.
        asked_ms: How far back was asked for: the store may not reach that far.
    """

    span: Span
    asked_ms: int

    @property
    def hours(self) -> float:
        """Its length in hours."""
        return self.span.length / HOUR

    @property
    def shorter(self) -> bool:
        """Whether there is less than was asked for."""
        return self.span.length + MINUTE < self.asked_ms


def history_of(store: Store, since_ms: int, tags: Iterable[str] = ()) -> History | None:
    """Returns the newest part of the history of some tags, or of all; None where they have none."""
    extents = [extent for tag in tags if (extent := store.extent(tag))] if tags else [store.extent()]
    known = [extent for extent in extents if extent]
    if not known:
        return None
    end = max(extent.end for extent in known)
    return History(Span(max(end - since_ms, min(extent.start for extent in known)), end), since_ms)


def judge_tag(store: Store, variants: Sequence[Sensor], span: Span) -> list[list[Episode]]:
    """Judges the readings of one tag by several variants of its rules at once.

    Args:
        store: The store.
        variants: The tag, as it is or might be; each is judged as if it were confirmed.
        span: Episodes that opened in it are wanted; judging begins some time before.

    Returns:
        The episodes of each variant, by time.
    """
    watched = [msgspec.structs.replace(variant, state=SensorState.CONFIRMED) for variant in variants]
    rules = [TagRules(Registry([sensor]), {}) for sensor in watched]
    changes: list[list[EpisodeChange]] = [[] for _ in variants]
    before = max([HOUR, *(sensor.stuck_ms or 0 for sensor in variants)])
    for start in range(span.start - before, span.end, DAY):
        readings = [
            reading
            for reading in store.readings(variants[0].tag, Span(start, min(start + DAY, span.end)))
            if not reading.historical
        ]
        for own, rule in zip(changes, rules, strict=True):
            own.extend(rule.judge(readings))
    return [_opened(found, span) for found in changes]


def judge_asset(
    store: Store, asset: str, sensors: Sequence[Sensor], threshold: float | None, span: Span
) -> list[Episode]:
    """Judges the minutes of an asset by its detectors and its early warnings, from the begin of its history.

    Args:
        store: The store.
        asset: The asset.
        sensors: Its tags; at least one.
        threshold: Surprise that is odd; None for the default.
        span: Episodes that opened in it are wanted.
    """
    first = begin_of_history(store, sensors)
    if first is None:
        return []
    judges = Judges(asset, sensors, threshold, partial(minute_frame, store))
    judges.begin(first)
    changes: list[EpisodeChange] = []
    while judges.cursor < span.end:
        changes += judges.judge(judges.next_span(span.end))
        judges.dirty()  # nothing is kept
    return _opened(changes, span)


def _opened(changes: Iterable[EpisodeChange], span: Span) -> list[Episode]:
    """Returns what became of the episodes that opened in a span, by time."""
    last: dict[str, Episode] = {}
    for change in changes:
        last.pop(change.episode.id, None)
        if change.kind is not ChangeKind.RETRACTED:
            last[change.episode.id] = change.episode
    found = [one for one in last.values() if one.opened_at is not None and span.start <= one.opened_at < span.end]
    return sorted(found, key=lambda one: (one.opened_at or 0, one.id))
