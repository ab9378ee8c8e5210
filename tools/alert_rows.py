"""Alerts and incidents as the JSON that scripts rely on (`docs/json.md`), and as facts that answers rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plant.alert_words import alert_document
from plant.annunciation import AlarmState, shelf_end
from plant.episodes import EpisodeChange
from plant.facts import SECONDS, TIME, EvidenceKind
from plant.time import SECOND, to_iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plant.alert_words import AlertWords
    from plant.annunciation import Status
    from plant.episodes import Episode, Outlook, PersonEvent
    from plant.facts import FactSheet
    from plant.floods import Incident
    from tools.annunciator import Alarms


def episode_row(
    episode: Episode,
    status: Status | None = None,
    words: AlertWords | None = None,
    readiness: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Returns an alert as JSON; optional keys are there as None.

    Args:
        episode: The alert.
        status: What it is to people; None where nobody was asked.
        words: Say the reason; without them it is the episode's own, in English.
        readiness: By asset, how far its detectors are with learning; None where nobody was asked.
    """
    return {
        **alert_document(episode, words.reason(episode) if words else episode.reason),
        "state": episode.state.value,
        "pending": to_iso(episode.pending_at),
        "quality": episode.quality,
        "holding": episode.holding,
        "outlook": _outlook_row(episode.outlook),
        "readiness": (readiness or {}).get(episode.asset),
        **_people_row(status),
    }


def _people_row(status: Status | None) -> dict[str, Any]:
    if status is None:
        keys = ("alarm", "acknowledged", "shelved_until", "by", "why", "suppressed_by", "incident", "feedback")
        return {**dict.fromkeys(keys), "chattering": False}
    aside = status.by if status.hidden else None
    return {
        "alarm": status.state.value,
        "acknowledged": status.acknowledged.who if status.acknowledged else None,
        "shelved_until": to_iso(shelf_end(aside)) if aside and status.state is AlarmState.SHELVED else None,
        "by": aside.who if aside else None,
        "why": aside.note if aside else None,
        "suppressed_by": status.suppressed_by or None,
        "incident": status.incident or None,
        "feedback": status.feedback.feedback if status.feedback else None,
        "chattering": status.chattering,
    }


def _outlook_row(outlook: Outlook | None) -> dict[str, Any] | None:
    if outlook is None:
        return None
    return {
        "limit": outlook.limit,
        "earliest": to_iso(outlook.earliest),
        "latest": to_iso(outlook.latest),
        "probability": outlook.probability,
        "right": outlook.right,
    }


def incident_row(incident: Incident, alarms: Alarms) -> dict[str, Any]:
    """Returns a flood as JSON."""
    members = alarms.members(incident)
    states = [alarms.status(episode).state for episode in members]
    return {
        "id": incident.id,
        "begun": to_iso(incident.begun_at),
        "ended": _iso(incident.ended_at),
        "count": len(members),
        "standing": sum(episode.closed_at is None for episode in members),
        "unacknowledged": states.count(AlarmState.UNACKNOWLEDGED),
        "first_out": members[0].id,
        "subject": members[0].subject,
        "members": [episode.id for episode in members],
    }


def tell_episodes(sheet: FactSheet, episodes: Sequence[Episode], now: int, alarms: Alarms | None = None) -> None:
    """Adds the facts of episodes, each under an evidence of its own; one that stands has lasted until `now`."""
    for episode in episodes:
        title = f"alert {episode.id}: {episode.rule} on {episode.subject}"
        source = sheet.cite(EvidenceKind.EPISODES, title, text=episode.reason, id=episode.id)
        _tell_kind(sheet, episode, alarms, source)
        _tell_times(sheet, episode, now, source)
        sheet.add("alert.score", episode.score, source)
        for name in ("actual", "typical", "low", "high"):
            value = getattr(episode, name)
            if value is not None:
                sheet.add(f"alert.{name}", value, source, episode.unit or None)
        sheet.add("alert.reason", episode.reason, source)
        for tag in episode.contributors:
            sheet.add("alert.contributor", tag, source)
        if episode.outlook is not None:
            _tell_outlook(sheet, episode.outlook, source)


def _tell_kind(sheet: FactSheet, episode: Episode, alarms: Alarms | None, source: str) -> None:
    sheet.add("alert.id", episode.id, source)
    sheet.add("alert.subject", episode.subject, source)
    sheet.add("alert.rule", episode.rule, source)
    sheet.add("alert.kind", episode.kind.value, source)
    sheet.add("alert.priority", episode.priority.value, source)
    sheet.add("alert.state", episode.state.value, source)
    if alarms is not None:
        sheet.add("alert.alarm", alarms.status(episode).state.value, source)


def _tell_times(sheet: FactSheet, episode: Episode, now: int, source: str) -> None:
    for name, moment in (("since", episode.opened_at), ("until", episode.closed_at)):
        if moment is not None:
            sheet.add(f"alert.{name}", to_iso(moment), source, TIME)
    if episode.opened_at is not None:
        end = max(now, episode.updated_at) if episode.closed_at is None else episode.closed_at
        sheet.add("alert.lasted", (end - episode.opened_at) / SECOND, source, SECONDS)


def _tell_outlook(sheet: FactSheet, outlook: Outlook, source: str) -> None:
    sheet.add("alert.expected_limit", outlook.limit, source)
    sheet.add("alert.expected_from", to_iso(outlook.earliest), source, TIME)
    sheet.add("alert.expected_until", to_iso(outlook.latest), source, TIME)
    sheet.add("alert.probability", outlook.probability, source)
    if outlook.right is not None:
        sheet.add("alert.right", outlook.right, source)


def _iso(ms: int | None) -> str | None:
    return None if ms is None else to_iso(ms)


def event_row(event: PersonEvent) -> dict[str, Any]:
    """Returns what a person did as JSON."""
    return {
        "id": event.episode_id or None,
        "kind": event.kind.value,
        "at": to_iso(event.at),
        "who": event.who,
        "note": event.note,
        "until": _iso(event.until),
        "feedback": event.feedback,
        "rule": event.rule or None,
        "subject": event.subject,
    }


def life_row(step: EpisodeChange | PersonEvent) -> dict[str, Any]:
    """Returns one step of an alert's life as JSON."""
    if isinstance(step, EpisodeChange):
        row = {"at": to_iso(step.episode.updated_at), "kind": step.kind.value, "who": None, "note": step.episode.reason}
        return {**row, "until": None, "feedback": None, "score": step.episode.score}
    row = event_row(step)
    return {key: row[key] for key in ("at", "kind", "who", "note", "until", "feedback")} | {"score": None}
