"""Which alerts stand, or stood in a span, what the newest readings are, and who is not watched at all.

| fact | value |
|---|---|
| `alerts.count` | number of alerts found, 0 included |
| `alerts.standing` | how many of them stand now |
| `alerts.start`, `alerts.end` | time; the span that was looked at |
| `alerts.subject` | the tag or asset asked about; absent for all |
| `reading.*` | the newest readings of the subject, where they are asked for; see `tools/readings.py` |
| `alerts.hidden` | how many of those that stand are shelved, suppressed or out of service; absent for none |
| `alert.id` | the alert; its other facts have the same `source` (one evidence an alert, the ten newest) |
| `alert.subject`, `alert.rule`, `alert.kind`, `alert.priority`, `alert.state` | text |
| `alert.alarm` | what it is to people, a state of `plant.annunciation` |
| `alert.since` | time it opened |
| `alert.until` | time it closed; absent while it stands |
| `alert.lasted` | seconds from its opening to its closing, or to the newest reading while it stands |
| `alert.score` | 0 to 100, higher is odder |
| `alert.actual`, `alert.typical`, `alert.low`, `alert.high` | in the tag's unit; absent where unknown |
| `alert.reason` | one line in the operator's words, English; sentences are composed from the other facts |
| `alert.contributor` | a tag that contributes, the strongest first |
| `alert.expected_limit`, `alert.probability` | of an early warning: the limit that may be crossed, how likely |
| `alert.expected_from`, `alert.expected_until` | times between which that is |
| `alert.right` | whether it came so; absent while that is not known |
| `incident.count`, `incident.subject` | alerts of a flood, and what the first is on; same `source` |
| `incident.begun`, `incident.ended` | times; the latter is absent while it goes on |
| `place.out_of_service` | a tag or asset out of service, with an alert or without; never to be taken for OK |
| `partition.blind` | `source/number` of a partition that nobody reads now; never to be taken for OK |
| `partition.unseen_for` | seconds since its owner's last sign of life, same `source`; absent where it never had one |
| `tag.stale` | a tag that stopped reporting while others went on |
| `tag.stale_for` | seconds, same `source` as `tag.stale` |
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ingestion.readiness import warm_ups
from ingestion.unwatched import blind_partitions, stale_tags
from plant.alert_words import AlertWords
from plant.episodes import EpisodeState
from plant.facts import TIME, EvidenceKind, FactSheet, Refusal, Table, ToolResult
from plant.time import DAY, SECOND, Span, now_ms, to_iso, zone_named
from tools.alert_rows import episode_row, incident_row, tell_episodes
from tools.annunciator import read_alarms
from tools.readings import tell_readings
from tools.subjects import Subject, empty_span, extent_of, find_subject, no_readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.annunciation import Status
    from plant.episodes import Episode
    from plant.registry import Registry
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.annunciator import Alarms
    from tools.contract import AlertsInput

MOST_TOLD: Final = 10
"""Alerts that get facts of their own; all of them are in the table."""

_COLUMNS: Final = (
    "id", "subject", "rule", "kind", "priority", "state", "alarm", "since", "until", "score", "reason",
    "acknowledged", "shelved_until",
)  # fmt: skip


class AlertsTool:
    """Lists episodes, and says who is blind or stale: what nobody watches is never shown as OK."""

    name: ClassVar[str] = "alerts"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

    def run(self, request: AlertsInput) -> ToolResult:
        """Lists the episodes of a subject and a span, those that stand first, then the newest."""
        begun = time.perf_counter()
        subject = find_subject(self._store.registry(), request.subject)
        if isinstance(subject, Refusal):
            return self._refused(subject)
        extent = extent_of(self._store, subject)
        if extent is None:
            return self._refused(no_readings(subject))
        end = extent.end if request.end is None else request.end
        span = Span(end - DAY if request.start is None else request.start, end)
        if span.length <= 0:
            return self._refused(empty_span(span))
        alarms = read_alarms(self._store, self._settings.alerts, span, now_ms())
        episodes = [
            e for e in alarms.episodes.values() if concerns(e, subject) and _wanted(e, alarms.status(e), request, span)
        ]
        episodes.sort(key=lambda episode: (alarms.hides(episode), *_standing_first(episode)))
        words = words_for(self._settings, self._store.registry())
        readiness = {one.asset: one.readiness.value for one in warm_ups(self._store)}
        rows = [episode_row(episode, alarms.status(episode), words, readiness) for episode in episodes]
        sheet = FactSheet()
        table = _table(rows)
        readings = self._tell_readings(sheet, subject) if request.readings else []
        _tell_counts(sheet, subject, span, episodes, alarms, table)
        tell_episodes(sheet, episodes[:MOST_TOLD], extent.end, alarms)
        incidents = _incident_rows(alarms, episodes)
        _tell_incidents(sheet, incidents)
        out = _tell_out_of_service(sheet, alarms, subject)
        blind = self._tell_blind(sheet)
        stale = self._tell_stale(sheet, subject)
        data = {
            "subject": subject.name or None,
            "standing": request.standing,
            "states": request.states,
            "start": to_iso(span.start),
            "end": to_iso(span.end),
            "alerts": rows,
            "incidents": incidents,
            "out_of_service": out,
            "readings": readings,
            "blind": blind,
            "stale": stale,
            "refusal": None,
        }
        seconds = time.perf_counter() - begun
        return ToolResult(
            self.name, tuple(sheet.facts), (table,), (), tuple(sheet.evidence), data=data, seconds=seconds
        )

    def _refused(self, refusal: Refusal) -> ToolResult:
        return ToolResult(self.name, refusal=refusal, data={"alerts": [], "refusal": refusal})

    def _tell_readings(self, sheet: FactSheet, subject: Subject) -> list[dict[str, Any]]:
        latest = self._store.latest()
        stale = {last.tag for last, _ in stale_tags(latest, subject.sensors)}
        return tell_readings(sheet, subject, latest, stale, now_ms())

    def _tell_blind(self, sheet: FactSheet) -> list[dict[str, Any]]:
        carrying = {(last.source, last.partition) for last in self._store.latest()}
        blind = blind_partitions(self._store.books(), carrying, now_ms() - self._settings.stream.blind_ms)
        told = []
        for book in blind:
            name = f"{book.source}/{book.partition}"
            source = sheet.cite(EvidenceKind.READINGS, f"partition {name}: nobody reads it now", owner=book.owner)
            sheet.add("partition.blind", name, source)
            unseen = (now_ms() - book.seen_at) / SECOND if book.seen_at else None
            if unseen is not None:
                sheet.add("partition.unseen_for", unseen, source, "s")
            told.append({"partition": name, "unseen_for": unseen})
        return told

    def _tell_stale(self, sheet: FactSheet, subject: Subject) -> list[dict[str, Any]]:
        told = []
        for last, behind in stale_tags(self._store.latest(), subject.sensors):
            source = sheet.cite(EvidenceKind.READINGS, f"last reading of {last.tag}", at=to_iso(last.ts))
            sheet.add("tag.stale", last.tag, source)
            sheet.add("tag.stale_for", behind / SECOND, source, "s")
            told.append({"tag": last.tag, "last": to_iso(last.ts), "stale_for": behind / SECOND})
        return told


def concerns(episode: Episode, subject: Subject) -> bool:
    """Says whether an episode is about a subject: one of its tags, or an asset of it as a whole."""
    return not subject.name or episode.tag in subject.tags or (not episode.tag and episode.asset in subject.assets)


def words_for(settings: Settings, registry: Registry) -> AlertWords:
    """Returns the words of the operator's language at the plant's place."""
    return AlertWords(settings.alerts.language, registry, zone_named(settings.plant.timezone))


def _wanted(episode: Episode, status: Status, request: AlertsInput, span: Span) -> bool:
    if request.states:
        return status.state in request.states
    if episode.state is EpisodeState.OPEN:
        return request.standing or (episode.opened_at or 0) < span.end
    return not request.standing and (episode.closed_at or 0) >= span.start and (episode.opened_at or 0) < span.end


def _incident_rows(alarms: Alarms, episodes: Sequence[Episode]) -> list[dict[str, Any]]:
    """Returns the floods that some of these episodes belong to."""
    wanted = {alarms.status(episode).incident for episode in episodes}
    return [incident_row(incident, alarms) for incident in alarms.annunciation.incidents if incident.id in wanted]


def _tell_incidents(sheet: FactSheet, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        source = sheet.cite(EvidenceKind.EPISODES, f"incident {row['id']}: {row['count']} alerts", id=row["id"])
        sheet.add("incident.count", row["count"], source)
        sheet.add("incident.subject", row["subject"], source)
        sheet.add("incident.begun", row["begun"], source, TIME)
        if row["ended"]:
            sheet.add("incident.ended", row["ended"], source, TIME)


def _tell_out_of_service(sheet: FactSheet, alarms: Alarms, subject: Subject) -> list[dict[str, Any]]:
    told = []
    for event in alarms.annunciation.out_of_service.values():
        if subject.name and event.subject not in {*subject.tags, *subject.assets}:
            continue
        source = sheet.cite(EvidenceKind.EPISODES, f"out of service: {event.subject}", text=event.note, who=event.who)
        sheet.add("place.out_of_service", event.subject, source)
        told.append({"subject": event.subject, "at": to_iso(event.at), "who": event.who, "why": event.note})
    return told


def _tell_counts(
    sheet: FactSheet, subject: Subject, span: Span, episodes: Sequence[Episode], alarms: Alarms, table: Table
) -> None:
    source = sheet.cite(EvidenceKind.EPISODES, f"alerts: {len(episodes)}", table=table)
    sheet.add("alerts.count", len(episodes), source)
    sheet.add("alerts.standing", sum(episode.state is EpisodeState.OPEN for episode in episodes), source)
    if hidden := sum(map(alarms.hides, episodes)):
        sheet.add("alerts.hidden", hidden, source)
    sheet.add("alerts.start", to_iso(span.start), source, TIME)
    sheet.add("alerts.end", to_iso(span.end), source, TIME)
    if subject.name:
        sheet.add("alerts.subject", subject.name, source)


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    return Table(_COLUMNS, tuple(tuple(row[column] for column in _COLUMNS) for row in rows), title="alerts")


def _standing_first(episode: Episode) -> tuple[bool, int, str]:
    return episode.state is not EpisodeState.OPEN, -(episode.opened_at or 0), episode.id
