"""Is a tag or an asset odd in a span: the detectors on the stored history, and the alerts there.

| fact | value |
|---|---|
| `anomaly.subject` | the tag or asset |
| `anomaly.odd` | whether a detector or an alert says that it was odd in the span |
| `anomaly.start`, `anomaly.end` | time; the span that was judged |
| `anomaly.rows` | number of minutes judged |
| `anomaly.stretches` | number of odd stretches the detectors found |
| `anomaly.since`, `anomaly.until` | time; the oddest stretch; `until` is absent while it lasts |
| `anomaly.score` | 0 to 100, the highest of the span |
| `anomaly.at` | time of the highest score |
| `anomaly.tag` | the tag that contributes most at the highest score; the next four describe it |
| `anomaly.actual` | its value at the highest score, in its unit |
| `anomaly.typical` | its median before the span, in its unit |
| `anomaly.low`, `anomaly.high` | the band that held 98 % of its values before the span, in its unit |
| `anomaly.contributor` | a tag that contributes to the highest score, the strongest first (assets only) |
| `anomaly.share` | its share of the score, 0 to 1, in the same order |
| `anomaly.detector.odd` | a detector that found an odd stretch |
| `anomaly.detector.usual` | a detector that found none |
| `anomaly.agree` | whether all detectors say the same |
| `anomaly.alerts` | number of alerts of the subject in the span |
| `alert.*` | those alerts, as in `tools/alerts.py` |
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

import numpy as np

from forecasting.detectors import day_phase
from forecasting.detectors.consensus import combined
from ingestion.consensus import Usual, score_of, usual_of
from ingestion.readiness import LEARNED_FROM, MATURE
from plant.errors import BadInput
from plant.facts import TIME, Curve, EvidenceKind, FactSheet, Refusal, RefusalCode, Table, ToolResult
from plant.time import DAY, HOUR, MINUTE, SECOND, Span, to_iso, zone_named
from tools.alert_rows import episode_row, tell_episodes
from tools.alerts import concerns
from tools.oddness import Heard, Stretch, find_stretches, listen, present
from tools.subjects import Subject, empty_span, extent_of, find_subject, no_readings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from forecasting.contract import Floats
    from plant.episodes import Episode
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.contract import AnomalyInput

LEAST_HISTORY: Final = DAY
"""A span is judged against at least this much history before it: load follows the day."""

_MOST_ALERTS: Final = 5
_MOST_CONTRIBUTORS: Final = 5


class Judgement(NamedTuple):
    """What was found in a span.

    Attributes:
        times: The minutes, UTC milliseconds, context before the span included.
        frame: Their values, of shape (n_minutes, n_tags).
        begin: The row at which the span begins.
        usual: What each tag usually is.
        heard: What each detector says.
        surprise: The highest surprise of each row.
        stretches: Where the detectors together find the span odd.
    """

    times: tuple[int, ...]
    frame: Floats
    begin: int
    usual: tuple[Usual, ...]
    heard: tuple[Heard, ...]
    surprise: Floats
    stretches: tuple[Stretch, ...]

    @property
    def peak(self) -> int:
        """The row of the span with the highest surprise."""
        return self.begin + int(np.argmax(self.surprise[self.begin :]))


class AnomalyTool:
    """Judges a span of a tag or an asset against the week before it, and names the alerts there."""

    name: ClassVar[str] = "anomaly"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._zone = zone_named(settings.plant.timezone)

    def run(self, request: AnomalyInput) -> ToolResult:
        """Says whether the subject was odd in the span, since when, and what speaks for it."""
        begun = time.perf_counter()
        subject = find_subject(self._store.registry(), request.subject)
        if isinstance(subject, Refusal):
            return self._refused(subject)
        span = self._span(subject, request)
        if isinstance(span, Refusal):
            return self._refused(span)
        judgement = self._judge(subject, span)
        if isinstance(judgement, Refusal):
            return self._refused(judgement)
        episodes = [e for e in self._store.episodes(span=span) if concerns(e, subject)]
        report = _Report(subject, span, judgement, episodes)
        return report.result(time.perf_counter() - begun)

    def _span(self, subject: Subject, request: AnomalyInput) -> Span | Refusal:
        extent = extent_of(self._store, subject)
        if extent is None:
            return no_readings(subject)
        end = extent.end if request.end is None else request.end
        start = _midnight(end - 1, self._zone) if request.start is None else request.start
        span = Span(start - start % MINUTE, end)
        if span.length <= 0:
            return empty_span(Span(start, end))
        if span.start >= extent.end or span.end <= extent.start:
            return Refusal(
                RefusalCode.NO_DATA,
                f"{subject.name} has no readings from {to_iso(span.start)} to {to_iso(span.end)}.",
                f"It has readings from {to_iso(extent.start)} to {to_iso(extent.end)}.",
            )
        # A span that begins with the history leaves nothing to compare with: its first day is that then.
        span = Span(max(span.start, min(extent.start + LEAST_HISTORY, span.end)), min(span.end, extent.end))
        if span.length <= 0:
            return _too_short(subject)
        return span

    def _judge(self, subject: Subject, span: Span) -> Judgement | Refusal:
        learned_from = Span(span.start - LEARNED_FROM, span.start)
        columns = [self._store.series(s.tag, Span(learned_from.start, span.end), MINUTE) for s in subject.sensors]
        frame = np.column_stack([column.values for column in columns])
        begin = (span.start - learned_from.start) // MINUTE
        if not present(frame)[begin:].any():
            return Refusal(RefusalCode.NO_DATA, f"{subject.name} has no good reading in that span.", "Ask for another.")
        first = int(np.argmax(present(frame)))
        frame, times, begin = frame[first:], columns[0].times[first:], begin - first
        if begin * MINUTE < LEAST_HISTORY:
            return _too_short(subject)
        try:
            heard = listen(frame, begin, day_phase(times))
        except BadInput:
            return _too_short(subject)
        young = begin * MINUTE < MATURE
        surprise = combined({one.name: one.surprise for one in heard}, young=young)
        stretches = find_stretches(surprise, present(frame), begin)
        usual = tuple(usual_of(column[:begin]) for column in frame.T)
        return Judgement(tuple(times.tolist()), frame, begin, usual, tuple(heard), surprise, stretches)

    def _refused(self, refusal: Refusal) -> ToolResult:
        return ToolResult(self.name, refusal=refusal, data={"odd": None, "episodes": [], "refusal": refusal})


class _Report:
    """Makes facts, table, curve and JSON of a judgement."""

    def __init__(self, subject: Subject, span: Span, judgement: Judgement, episodes: Sequence[Episode]) -> None:
        self._subject = subject
        self._span = span
        self._found = judgement
        self._episodes = episodes
        self._oddest = max(judgement.stretches, key=lambda stretch: stretch.score, default=None)
        self._odd = bool(judgement.stretches or episodes)
        self._contributors = self._shares()
        self._tag = self._contributors[0][0]

    def result(self, seconds: float) -> ToolResult:
        sheet = FactSheet()
        table = self._detector_table()
        source = sheet.cite(
            EvidenceKind.DETECTION,
            f"{len(self._found.heard)} detectors on {self._rows} minutes of {self._subject.name}",
            table=table,
            learned_from=to_iso(self._found.times[0]),
            learned_until=to_iso(self._span.start),
        )
        self._tell(sheet, source)
        sheet.add("anomaly.alerts", len(self._episodes), source)
        tell_episodes(sheet, self._episodes[:_MOST_ALERTS], self._span.end)
        facts, evidence = tuple(sheet.facts), tuple(sheet.evidence)
        return ToolResult(
            AnomalyTool.name, facts, (table,), (self._curve(),), evidence, data=self._data(), seconds=seconds
        )

    @property
    def _rows(self) -> int:
        return len(self._found.times) - self._found.begin

    @property
    def _agree(self) -> bool:
        return len({bool(heard.stretches) for heard in self._found.heard}) == 1

    def _shares(self) -> list[tuple[int, float]]:
        """Returns the sensors' numbers and their shares of the highest score, the strongest first."""
        found = self._found
        strongest = max(found.heard, key=lambda heard: float(heard.surprise[found.peak]))
        context = slice(max(found.peak - strongest.detector.memory, 0), found.peak + 1)
        phase = day_phase(found.times[context])
        parts = strongest.detector.contributions(found.frame[context], phase)[-1]
        total = float(parts.sum())
        shares = [
            (int(tag), float(parts[tag]) / total if total > 0 else 0.0) for tag in np.argsort(-parts, kind="stable")
        ]
        return [shares[0], *(share for share in shares[1:_MOST_CONTRIBUTORS] if share[1] > 0)]

    def _tell(self, sheet: FactSheet, source: str) -> None:
        found, oddest = self._found, self._oddest
        sheet.add("anomaly.subject", self._subject.name, source)
        sheet.add("anomaly.odd", self._odd, source)
        sheet.add("anomaly.start", to_iso(self._span.start), source, TIME)
        sheet.add("anomaly.end", to_iso(self._span.end), source, TIME)
        sheet.add("anomaly.rows", self._rows, source)
        sheet.add("anomaly.stretches", len(found.stretches), source)
        if oddest:
            sheet.add("anomaly.since", to_iso(found.times[oddest.first]), source, TIME)
            if oddest.end is not None:
                sheet.add("anomaly.until", to_iso(found.times[oddest.end]), source, TIME)
        sheet.add("anomaly.score", score_of(float(found.surprise[found.peak])), source)
        sheet.add("anomaly.at", to_iso(found.times[found.peak]), source, TIME)
        sensor = self._subject.sensors[self._tag]
        sheet.add("anomaly.tag", sensor.tag, source)
        for name, value in self._particulars().items():
            if value is not None:
                sheet.add(f"anomaly.{name}", value, source, sensor.unit or None)
        if len(self._subject.sensors) > 1:
            for tag, share in self._contributors:
                sheet.add("anomaly.contributor", self._subject.sensors[tag].tag, source)
                sheet.add("anomaly.share", share, source)
        for heard in found.heard:
            sheet.add(f"anomaly.detector.{'odd' if heard.stretches else 'usual'}", heard.name, source)
        sheet.add("anomaly.agree", self._agree, source)

    def _particulars(self) -> dict[str, float | None]:
        usual = self._found.usual[self._tag]
        actual = float(self._found.frame[self._found.peak, self._tag])
        return {
            "actual": actual if np.isfinite(actual) else None,
            "typical": usual.typical,
            "low": usual.low,
            "high": usual.high,
        }

    def _detector_table(self) -> Table:
        begin = self._found.begin
        rows = tuple(
            (heard.name, bool(heard.stretches), len(heard.stretches), score_of(float(heard.surprise[begin:].max())))
            for heard in self._found.heard
        )
        return Table(("detector", "odd", "stretches", "score"), rows, title="detectors")

    def _curve(self) -> Curve:
        """Returns the strongest tag over the span, its odd minutes marked, its usual band around it."""
        found, usual = self._found, self._found.usual[self._tag]
        values = tuple(float(v) if np.isfinite(v) else None for v in found.frame[found.begin :, self._tag])
        marked = sorted(
            row - found.begin
            for stretch in found.stretches
            for row in range(stretch.first, len(found.times) if stretch.end is None else stretch.end)
        )
        sensor = self._subject.sensors[self._tag]
        return Curve(
            sensor.tag,
            sensor.unit,
            found.times[found.begin :],
            values,
            {"98": (usual.low,) * self._rows},
            {"98": (usual.high,) * self._rows},
            tuple(marked),
        )

    def _data(self) -> dict[str, Any]:
        found, oddest = self._found, self._oddest
        sensors = self._subject.sensors
        until = oddest.end if oddest else None
        return {
            "subject": self._subject.name,
            "start": to_iso(self._span.start),
            "end": to_iso(self._span.end),
            "rows": self._rows,
            "odd": self._odd,
            "score": score_of(float(found.surprise[found.peak])),
            "at": to_iso(found.times[found.peak]),
            "since": to_iso(found.times[oddest.first]) if oddest else None,
            "until": to_iso(found.times[until]) if until is not None else None,
            "tag": sensors[self._tag].tag,
            "unit": sensors[self._tag].unit,
            **self._particulars(),
            "contributors": [{"tag": sensors[tag].tag, "share": share} for tag, share in self._contributors],
            "detectors": [
                dict(zip(("name", "odd", "stretches", "score"), row, strict=True))
                for row in self._detector_table().rows
            ],
            "agree": self._agree,
            "stretches": [
                {
                    "since": to_iso(found.times[stretch.first]),
                    "until": to_iso(found.times[stretch.end]) if stretch.end is not None else None,
                    "score": stretch.score,
                }
                for stretch in found.stretches
            ],
            "episodes": [episode_row(episode) for episode in self._episodes],
            "refusal": None,
        }


def _midnight(ms: int, zone: tzinfo) -> int:
    """Returns the begin of the plant's day that a time lies in, UTC milliseconds."""
    day = datetime.fromtimestamp(ms / SECOND, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return round(day.timestamp() * SECOND)


def _too_short(subject: Subject) -> Refusal:
    hours = LEAST_HISTORY // HOUR
    return Refusal(
        RefusalCode.TOO_SHORT,
        f"There are less than {hours} h of good readings of {subject.name} before that span to compare it with.",
        f"Ask for a later span, or wait until there are {hours} h.",
    )
