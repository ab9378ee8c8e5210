"""How often a rule would have fired: history judged again with it, beside what the present rules make of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from ingestion.asset_inputs import threshold_set, watched_assets
from ingestion.consensus import ON
from plant.registry import SensorState
from plant.time import DAY, HOUR, SECOND, Span, format_duration, to_iso
from tools.budget_judge import History, judge_asset, judge_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plant.alert_words import AlertWords
    from plant.episodes import Episode
    from plant.registry import Registry, Sensor
    from plant.store.contract import Store


class Fired(msgspec.Struct, frozen=True):
    """One alert that a rule makes of the history.

    Attributes:
        rule: The rule.
        subject: Tag or asset.
        priority: How soon a person would have to act.
        since: When it opens, ISO-8601.
        until: When it closes; None where it stands at the end.
        lasted_s: How long it stands, to the end of the history at most, in seconds.
        score: Its highest, 0 to 100.
        reason: Why, in the operator's words.
    """

    rule: str
    subject: str
    priority: str
    since: str
    until: str | None
    lasted_s: float
    score: float
    reason: str


class Outcome(msgspec.Struct, frozen=True):
    """What rules make of the history.

    Attributes:
        count: How many alerts.
        per_hour: The same an hour.
        per_day: The same a day.
        standing_s: How long they stand, all of them together, in seconds.
        by_rule: How many by rule.
        alerts: Each of them, oldest first.
    """

    count: int
    per_hour: float
    per_day: float
    standing_s: float
    by_rule: dict[str, int]
    alerts: list[Fired]


class Preview(msgspec.Struct, frozen=True):
    """What a rule would have done, and what the present ones did.

    Attributes:
        rule: As it was written; None for the registry as it is.
        subject: The tag or asset; None for all.
        start: Begin of the history that was judged, ISO-8601.
        end: Its end.
        hours: Its length.
        asked_hours: How much was asked for.
        proposed: With the rule.
        present: With the registry as it is.
        notes: What should be known about it, as sentences.
    """

    rule: str | None
    subject: str | None
    start: str
    end: str
    hours: float
    asked_hours: float
    proposed: Outcome
    present: Outcome
    notes: list[str]


def preview_tag(
    store: Store, present: Sensor, proposed: Sensor, history: History, words: AlertWords, rule: str
) -> Preview:
    """Judges a tag as it is and as it would be."""
    now, then = judge_tag(store, [present, proposed], history.span)
    notes = notes_on(history)
    if present.state is SensorState.DISCOVERED:
        notes.append(f"{present.tag} is not confirmed: as it is, it raises no alert at all.")
        now = []
    return _preview(rule, present.tag, history, (now, then), words, notes)


def preview_asset(
    store: Store, asset: str, threshold: float, history: History, words: AlertWords, rule: str
) -> Preview:
    """Judges an asset's detectors with their present threshold and with another."""
    sensors = watched_assets(store.registry()).get(asset, [])
    notes = notes_on(history)
    if not sensors:
        notes.append(f"No tag of {asset} is confirmed: its detectors do not run.")
        return _preview(rule, asset, history, ([], []), words, notes)
    both = [
        [one for one in judge_asset(store, asset, sensors, value, history.span) if one.rule == "anomaly"]
        for value in (threshold_of(store, asset), threshold)
    ]
    return _preview(rule, asset, history, (both[0], both[1]), words, notes)


def preview_all(store: Store, history: History, words: AlertWords) -> Preview:
    """Judges all tags and assets by the registry as it is; beside it, what stands in the store."""
    again = judge_registry(store, store.registry(), history.span)
    stored = [
        one
        for one in store.episodes(span=history.span)
        if history.span.start <= (one.opened_at or 0) < history.span.end
    ]
    stored.sort(key=lambda one: (one.opened_at or 0, one.id))
    return _preview(None, None, history, (stored, again), words, notes_on(history))


def judge_registry(store: Store, registry: Registry, span: Span) -> list[Episode]:
    """Judges all confirmed tags, and all assets with their present thresholds."""
    found = [
        one
        for sensor in registry
        if sensor.state is SensorState.CONFIRMED
        for one in judge_tag(store, [sensor], span)[0]
    ]
    for asset, sensors in watched_assets(registry).items():
        found += judge_asset(store, asset, sensors, threshold_of(store, asset), span)
    return sorted(found, key=lambda one: (one.opened_at or 0, one.id))


def threshold_of(store: Store, asset: str) -> float:
    """Returns the threshold of an asset's detectors: as set, else the default."""
    set_by_people = threshold_set(store, asset)
    return ON if set_by_people is None else set_by_people


def notes_on(history: History) -> list[str]:
    """Says where there is less history than was asked for."""
    if not history.shorter:
        return []
    have, asked = format_duration(history.span.length), format_duration(history.asked_ms)
    return [f"The store holds {have} of history, not {asked}: all figures are of these {have}."]


def outcome_of(episodes: Sequence[Episode], history: History, words: AlertWords) -> Outcome:
    """Counts episodes, oldest first, of a history."""
    lasted = [_lasted(one, history.span.end) for one in episodes]
    return Outcome(
        count=len(episodes),
        per_hour=round(len(episodes) / history.hours, 3),
        per_day=round(len(episodes) * DAY / HOUR / history.hours, 2),
        standing_s=sum(lasted),
        by_rule=dict(sorted(Counter(one.rule for one in episodes).items())),
        alerts=[_fired(one, seconds, words) for one, seconds in zip(episodes, lasted, strict=True)],
    )


def _preview(
    rule: str | None,
    subject: str | None,
    history: History,
    both: tuple[Sequence[Episode], Sequence[Episode]],
    words: AlertWords,
    notes: Iterable[str],
) -> Preview:
    present, proposed = both
    return Preview(
        rule=rule,
        subject=subject,
        start=to_iso(history.span.start),
        end=to_iso(history.span.end),
        hours=round(history.hours, 3),
        asked_hours=round(history.asked_ms / HOUR, 3),
        proposed=outcome_of(proposed, history, words),
        present=outcome_of(present, history, words),
        notes=list(notes),
    )


def _lasted(episode: Episode, end: int) -> float:
    closed = end if episode.closed_at is None else min(episode.closed_at, end)
    return max(closed - (episode.opened_at or closed), 0) / SECOND


def _fired(episode: Episode, lasted_s: float, words: AlertWords) -> Fired:
    return Fired(
        episode.rule,
        episode.subject,
        episode.priority.value,
        to_iso(episode.opened_at or episode.pending_at),
        None if episode.closed_at is None else to_iso(episode.closed_at),
        lasted_s,
        episode.score,
        words.reason(episode),
    )
