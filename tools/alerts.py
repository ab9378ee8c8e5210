"""Which alerts stand, or stood in a span, what the newest readings are, and who is not watched at all.

| fact | value |
|---|---|
| `alerts.count` | number of alerts found, 0 included |
| `alerts.standing` | how many of them stand now |
| `alerts.start`, `alerts.end` | time; the span that was looked at |
| `alerts.subject` | the tag or asset asked about; absent for all |
| `reading.*` | the newest readings of the subject, where they are asked for; see `tools/readings.py` |
| `alert.id` | the alert; its other facts have the same `source` (one evidence an alert, the ten newest) |
| `alert.subject`, `alert.rule`, `alert.kind`, `alert.priority`, `alert.state` | text |
| `alert.since` | time it opened |
| `alert.until` | time it closed; absent while it stands |
| `alert.lasted` | seconds from its opening to its closing, or to the newest reading while it stands |
| `alert.score` | 0 to 100, higher is odder |
| `alert.actual`, `alert.typical`, `alert.low`, `alert.high` | in the tag's unit; absent where unknown |
| `alert.reason` | one line in the operator's words |
| `alert.contributor` | a tag that contributes, the strongest first |
| `partition.blind` | `source/number` of a partition that nobody reads now; never to be taken for OK |
| `partition.unseen_for` | seconds since its owner's last sign of life, same `source`; absent where it never had one |
| `tag.stale` | a tag that stopped reporting while others went on |
| `tag.stale_for` | seconds, same `source` as `tag.stale` |
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ingestion.rules import MISSED
from plant.episodes import ChangeKind, EpisodeState
from plant.facts import SECONDS, TIME, EvidenceKind, FactSheet, Refusal, Table, ToolResult
from plant.readings import Quality
from plant.time import DAY, SECOND, Span, now_ms, parse_time, to_iso
from tools.readings import tell_readings
from tools.subjects import Subject, empty_span, extent_of, find_subject, no_readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.episodes import Episode, PersonEvent
    from plant.facts import Scalar
    from plant.settings import Settings
    from plant.store.contract import Latest, PartitionBook, Store
    from tools.contract import AlertsInput

MOST_TOLD: Final = 10
"""Alerts that get facts of their own; all of them are in the table."""

_DEMO_START: Final = re.compile(r"demo:\?start=([^&]+)")

_COLUMNS: Final = (
    "id", "subject", "rule", "kind", "priority", "state", "since", "until", "score", "reason",
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
        found = self._store.episodes(standing=request.standing, span=None if request.standing else span)
        episodes = sorted((e for e in found if concerns(e, subject)), key=_standing_first)
        marks = people_marks(self._store.person_events(), now_ms())
        rows = [episode_row(episode, marks) for episode in episodes]
        sheet = FactSheet()
        table = _table(rows)
        readings = self._tell_readings(sheet, subject) if request.readings else []
        _tell_counts(sheet, subject, span, episodes, table)
        tell_episodes(sheet, episodes[:MOST_TOLD], extent.end)
        blind = self._tell_blind(sheet)
        stale = self._tell_stale(sheet, subject)
        data = {
            "subject": subject.name or None,
            "standing": request.standing,
            "start": to_iso(span.start),
            "end": to_iso(span.end),
            "alerts": rows,
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
        stale = {last.tag for last, _ in stale_tags(latest, subject)}
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
        for last, behind in stale_tags(self._store.latest(), subject):
            source = sheet.cite(EvidenceKind.READINGS, f"last reading of {last.tag}", at=to_iso(last.ts))
            sheet.add("tag.stale", last.tag, source)
            sheet.add("tag.stale_for", behind / SECOND, source, "s")
            told.append({"tag": last.tag, "last": to_iso(last.ts), "stale_for": behind / SECOND})
        return told


def concerns(episode: Episode, subject: Subject) -> bool:
    """Says whether an episode is about a subject: one of its tags, or an asset of it as a whole."""
    return not subject.name or episode.tag in subject.tags or (not episode.tag and episode.asset in subject.assets)


def blind_partitions(
    books: Sequence[PartitionBook], carrying: set[tuple[str, int]], seen_since: int
) -> list[PartitionBook]:
    """Returns the partitions whose tags may be in alarm with nobody to see it.

    No owner has given a sign of life since `seen_since`, and something is there to be missed: messages
    that nobody has read, or, where the partition carries the newest reading of a tag, those that
    its log can still bring. A log that was read to its end and cannot go on hides nothing; how old its
    last reading is, is said with the reading.

    Args:
        books: The books of all partitions.
        carrying: Partitions, by source and number, that the newest reading of some tag came by.
        seen_since: UTC milliseconds.
    """
    return [
        book
        for book in books
        if (not book.owner or book.seen_at < seen_since)
        and (_unread(book) or (goes_on(book.source) and (book.source, book.partition) in carrying))
    ]


def _unread(book: PartitionBook) -> bool:
    return book.end_offset is not None and book.next_offset < book.end_offset


def goes_on(source: str) -> bool:
    """Says by its name whether a log can bring more than it held when it was read to its end.

    A Kafka topic always can. A file cannot: its name carries a digest of its content, so that a file
    that has grown is another log. Of the demo plant's logs the live one can: its name begins half a second
    off the full second, the history's on a full one (`ingestion/sources/demo.py`).
    """
    if start := _DEMO_START.match(source):
        return parse_time(start[1]) % SECOND != 0
    return not source.startswith("file:")


def stale_tags(latest: Sequence[Latest], subject: Subject) -> list[tuple[Latest, int]]:
    """Returns the subject's tags that fell behind the newest reading of their source, and by how many milliseconds."""
    newest: dict[str, int] = {}
    for last in latest:
        newest[last.source] = max(last.ts, newest.get(last.source, last.ts))
    sensors = {sensor.tag: sensor for sensor in subject.sensors}
    stale = []
    for last in latest:
        sensor = sensors.get(last.tag)
        behind = newest[last.source] - last.ts
        allowed = max(MISSED * sensor.cadence_ms, sensor.on_delay_ms) if sensor else 0
        if sensor and (behind > allowed or last.quality == Quality.STALE):
            stale.append((last, behind))
    return stale


def people_marks(events: Sequence[PersonEvent], now: int) -> dict[str, dict[str, Scalar]]:
    """Returns, by episode, who acknowledged it and until when it is shelved, if it still is."""
    marks: dict[str, dict[str, Scalar]] = {}
    for event in events:
        mark = marks.setdefault(event.episode_id, {"acknowledged": None, "shelved_until": None})
        if event.kind is ChangeKind.ACKNOWLEDGED:
            mark["acknowledged"] = event.who
        elif event.kind is ChangeKind.SHELVED and event.until is not None:
            mark["shelved_until"] = to_iso(event.until) if event.until > now else None
    return marks


def episode_row(episode: Episode, marks: dict[str, dict[str, Scalar]]) -> dict[str, Any]:
    """Returns an episode as the JSON that scripts rely on; optional keys are there as None."""
    mark = marks.get(episode.id, {"acknowledged": None, "shelved_until": None})
    return {
        "id": episode.id,
        "subject": episode.subject,
        "tag": episode.tag or None,
        "asset": episode.asset or None,
        "rule": episode.rule,
        "kind": episode.kind.value,
        "priority": episode.priority.value,
        "state": episode.state.value,
        "pending": to_iso(episode.pending_at),
        "since": to_iso(episode.opened_at) if episode.opened_at is not None else None,
        "until": to_iso(episode.closed_at) if episode.closed_at is not None else None,
        "score": episode.score,
        "actual": episode.actual,
        "typical": episode.typical,
        "low": episode.low,
        "high": episode.high,
        "unit": episode.unit,
        "reason": episode.reason,
        "detectors": list(episode.detectors),
        "contributors": list(episode.contributors),
        "holding": episode.holding,
        **mark,
    }


def tell_episodes(sheet: FactSheet, episodes: Sequence[Episode], now: int) -> None:
    """Adds the facts of episodes, each under an evidence of its own; one that stands has lasted until `now`."""
    for episode in episodes:
        title = f"alert {episode.id}: {episode.rule} on {episode.subject}"
        source = sheet.cite(EvidenceKind.EPISODES, title, text=episode.reason, id=episode.id)
        for name, value in (
            ("id", episode.id),
            ("subject", episode.subject),
            ("rule", episode.rule),
            ("kind", episode.kind.value),
            ("priority", episode.priority.value),
            ("state", episode.state.value),
        ):
            sheet.add(f"alert.{name}", value, source)
        for name, moment in (("since", episode.opened_at), ("until", episode.closed_at)):
            if moment is not None:
                sheet.add(f"alert.{name}", to_iso(moment), source, TIME)
        if episode.opened_at is not None:
            end = max(now, episode.updated_at) if episode.closed_at is None else episode.closed_at
            sheet.add("alert.lasted", (end - episode.opened_at) / SECOND, source, SECONDS)
        sheet.add("alert.score", episode.score, source)
        for name in ("actual", "typical", "low", "high"):
            value = getattr(episode, name)
            if value is not None:
                sheet.add(f"alert.{name}", value, source, episode.unit or None)
        sheet.add("alert.reason", episode.reason, source)
        for tag in episode.contributors:
            sheet.add("alert.contributor", tag, source)


def _tell_counts(sheet: FactSheet, subject: Subject, span: Span, episodes: Sequence[Episode], table: Table) -> None:
    source = sheet.cite(EvidenceKind.EPISODES, f"alerts: {len(episodes)}", table=table)
    sheet.add("alerts.count", len(episodes), source)
    sheet.add("alerts.standing", sum(episode.state is EpisodeState.OPEN for episode in episodes), source)
    sheet.add("alerts.start", to_iso(span.start), source, TIME)
    sheet.add("alerts.end", to_iso(span.end), source, TIME)
    if subject.name:
        sheet.add("alerts.subject", subject.name, source)


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    return Table(_COLUMNS, tuple(tuple(row[column] for column in _COLUMNS) for row in rows), title="alerts")


def _standing_first(episode: Episode) -> tuple[bool, int, str]:
    return episode.state is not EpisodeState.OPEN, -(episode.opened_at or 0), episode.id
