"""How the alarm system does: the figures of ANSI/ISA-18.2-2016 and EEMUA 191, over a span of the plant's own time.

An alarm counts when it is annunciated: one that was shelved, suppressed or out of service when it opened does not.
About six an hour are acceptable for one operator and twelve the most; floods should be under 1 % of the time;
priorities about 80 % low, 15 % medium, 5 % high; no alarm should chatter, and fewer than five stand for over a day.
"""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plant.annunciation import AlarmState
from plant.episodes import EpisodeState, Feedback, Priority
from plant.facts import Refusal
from plant.time import DAY, HOUR, MINUTE, SECOND, Span, to_iso
from tools.alerts import concerns
from tools.annunciator import read_alarms
from tools.subjects import find_subject, no_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plant.annunciation import Annunciation
    from plant.episodes import Episode
    from plant.floods import Incident
    from plant.settings import AlertSettings
    from plant.store.contract import Store

ACCEPTABLE: Final = 6
"""Alarms an hour that one operator can live with."""

MOST: Final = 12
"""Alarms an hour that one operator can live with for a while."""

TARGETS: Final = {Priority.LOW: 0.80, Priority.MEDIUM: 0.15, Priority.HIGH: 0.05}
"""Share of alarms that each priority should have."""

STALE_MS: Final = DAY
"""An alarm that stands for longer is stale."""

_BAD_ACTORS: Final = 10
_TEN_MINUTES: Final = 10 * MINUTE


class Rate(msgspec.Struct, frozen=True):
    """How many alarms there were in stretches of equal length.

    Attributes:
        mean: Alarms a stretch.
        peak: The most of one.
        peak_at: Begin of that stretch, ISO-8601; None where there was no alarm.
        over_acceptable: Share of stretches with more than `ACCEPTABLE`.
        over_most: Share of stretches with more than `MOST`.
    """

    mean: float
    peak: int
    peak_at: str | None
    over_acceptable: float
    over_most: float


class Actor(msgspec.Struct, frozen=True):
    """An alarm by how often it opened."""

    subject: str
    rule: str
    count: int
    share: float


class Floods(msgspec.Struct, frozen=True):
    """The floods: how many, the alarms in them, the longest in seconds, their share of the time."""

    count: int
    alarms: int
    longest_s: float
    time_share: float


class Acknowledging(msgspec.Struct, frozen=True):
    """How long alarms waited to be acknowledged, in seconds; None where none was."""

    count: int
    median_s: float | None
    p90_s: float | None


class Warnings(msgspec.Struct, frozen=True):
    """Early warnings and whether they came true.

    Attributes:
        count: How many were given.
        right: The limit was crossed.
        wrong: It was not.
        right_share: Of those that were scored; None where none was.
        lead_s: Median time from the warning to the alarm, seconds; None where none was right.
    """

    count: int
    right: int
    wrong: int
    right_share: float | None
    lead_s: float | None


class Kpi(msgspec.Struct, frozen=True):
    """All figures; `docs/json.md` says what each is."""

    subject: str | None
    start: str
    end: str
    hours: float
    asked_hours: float
    alarms: int
    hidden: int
    budget_per_hour: float
    within_budget: bool
    per_hour: Rate
    per_ten_minutes: Rate
    floods: Floods
    bad_actors: list[Actor]
    bad_actors_share: float
    chattering: list[Actor]
    stale: list[str]
    priorities: dict[str, float]
    priority_targets: dict[str, float]
    acknowledged: Acknowledging
    shelved: int
    out_of_service: int
    suppressed: int
    feedback: dict[str, int]
    warnings: Warnings


def kpi(store: Store, settings: AlertSettings, since_ms: int, now: int, subject: str = "") -> Kpi | Refusal:
    """Returns the figures of the newest part of a store's history, or the reason why there are none.

    Args:
        store: The store.
        settings: What a flood is, and the budget.
        since_ms: How far back from the newest reading, milliseconds.
        now: The wall clock, UTC milliseconds: decides what is shelved.
        subject: A tag, asset or area; empty for all.

    Raises:
        StoreError: If the store cannot be read.
    """
    about = find_subject(store.registry(), subject)
    if isinstance(about, Refusal):
        return about
    extent = store.extent()
    if extent is None:
        return no_readings(about)
    span = Span(max(extent.end - since_ms, extent.start), extent.end)
    alarms = read_alarms(store, settings, span, max(now, extent.end))
    everything = alarms.annunciation
    own = {one.id: one for one in alarms.episodes.values() if concerns(one, about)}
    opened = {one.id: one for one in own.values() if span.start <= (one.opened_at or 0) < span.end}
    shown = [opened[one] for one in everything.annunciated if one in opened]
    actors = _actors(shown)
    return Kpi(
        subject=about.name or None,
        start=to_iso(span.start),
        end=to_iso(span.end),
        hours=round(span.length / HOUR, 3),
        asked_hours=round(since_ms / HOUR, 3),
        alarms=len(shown),
        hidden=len(opened) - len(shown),
        budget_per_hour=settings.budget_per_hour,
        within_budget=len(shown) <= settings.budget_per_hour * span.length / HOUR,
        per_hour=rate(shown, span, HOUR),
        per_ten_minutes=rate(shown, span, _TEN_MINUTES),
        floods=_floods(everything.incidents, span),
        bad_actors=actors[:_BAD_ACTORS],
        bad_actors_share=round(sum(actor.share for actor in actors[:_BAD_ACTORS]), 4),
        chattering=_actors([one for one in shown if everything.statuses[one.id].chattering]),
        stale=[one.id for one in own.values() if _stale(one, span.end)],
        priorities={name.value: _share(shown, name) for name in TARGETS},
        priority_targets={name.value: share for name, share in TARGETS.items()},
        acknowledged=_acknowledging(shown, everything),
        **_states(own, everything),
        feedback=_feedback(opened, everything),
        warnings=_warnings(opened.values()),
    )


def rate(opened: Sequence[Episode], span: Span, length: int) -> Rate:
    """Counts alarms by stretches of a length, the first of which begins with the span; the last may be shorter."""
    counts = Counter(((one.opened_at or 0) - span.start) // length for one in opened)
    stretches = -(-span.length // length)
    place, peak = min(counts.items(), key=lambda item: (-item[1], item[0]), default=(0, 0))
    return Rate(
        mean=round(len(opened) * length / span.length, 3),
        peak=peak,
        peak_at=to_iso(span.start + place * length) if peak else None,
        over_acceptable=round(sum(count > ACCEPTABLE for count in counts.values()) / stretches, 4),
        over_most=round(sum(count > MOST for count in counts.values()) / stretches, 4),
    )


def _floods(incidents: Sequence[Incident], span: Span) -> Floods:
    lengths = []
    members = 0
    for incident in incidents:
        begun = max(incident.begun_at, span.start)
        ended = span.end if incident.ended_at is None else min(incident.ended_at, span.end)
        if ended > begun:
            lengths.append(ended - begun)
            members += len(incident.members)
    return Floods(len(lengths), members, max(lengths, default=0) / SECOND, round(sum(lengths) / span.length, 4))


def _actors(shown: Sequence[Episode]) -> list[Actor]:
    """Returns the alarms by how often they opened, most often first."""
    counts = Counter((one.subject, one.rule) for one in shown)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Actor(subject, rule, count, round(count / len(shown), 4)) for (subject, rule), count in ranked]


def _stale(episode: Episode, end: int) -> bool:
    standing = episode.state is EpisodeState.OPEN and episode.opened_at is not None
    return standing and end - (episode.opened_at or end) > STALE_MS


def _share(shown: Sequence[Episode], priority: Priority) -> float:
    return round(sum(one.priority is priority for one in shown) / len(shown), 4) if shown else 0.0


def _acknowledging(shown: Sequence[Episode], annunciation: Annunciation) -> Acknowledging:
    """Measures from the opening, in source time, to the acknowledgement, by the wall clock."""
    events = [(one, annunciation.statuses[one.id].acknowledged) for one in shown]
    waits = sorted((event.at - (one.opened_at or 0)) / SECOND for one, event in events if event)
    if not waits:
        return Acknowledging(0, None, None)
    return Acknowledging(len(waits), median(waits), waits[-(-len(waits) * 9 // 10) - 1])


def _states(own: dict[str, Episode], annunciation: Annunciation) -> dict[str, Any]:
    states = Counter(status.state for key, status in annunciation.statuses.items() if key in own)
    return {
        "shelved": states[AlarmState.SHELVED],
        "out_of_service": len(annunciation.out_of_service),
        "suppressed": states[AlarmState.SUPPRESSED],
    }


def _feedback(opened: dict[str, Episode], annunciation: Annunciation) -> dict[str, int]:
    said = (annunciation.statuses[key].feedback for key in opened)
    counts = Counter(event.feedback for event in said if event)
    return {kind.value: counts[kind] for kind in Feedback}


def _warnings(opened: Iterable[Episode]) -> Warnings:
    given = [one for one in opened if one.outlook]
    right = [one for one in given if one.outlook and one.outlook.right]
    wrong = sum(one.outlook is not None and one.outlook.right is False for one in given)
    leads = [((one.closed_at or 0) - (one.opened_at or 0)) / SECOND for one in right]
    scored = len(right) + wrong
    return Warnings(
        len(given),
        len(right),
        wrong,
        round(len(right) / scored, 4) if scored else None,
        median(leads) if leads else None,
    )
