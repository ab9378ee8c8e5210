"""Is a tag or an asset odd in a span: the detectors and the readings of the stored history, and the alerts there.

| fact | value |
|---|---|
| `anomaly.subject` | the tag or asset |
| `anomaly.odd` | whether a detector, the readings or an alert say that it was odd in the span |
| `anomaly.start`, `anomaly.end` | time; the span that was judged |
| `anomaly.rows` | number of minutes judged |
| `anomaly.stretches` | number of odd intervals |
| `anomaly.since`, `anomaly.until` | time; the worst interval (severity, then score); no `until` while it lasts |
| `anomaly.kind`, `anomaly.direction` | what kind it is (`forecasting/kinds.py`); `up`, `down` or absent |
| `anomaly.severity` | how much it matters (`tools/severity.py`) |
| `anomaly.score` | 0 to 100, its highest; of a usual span, the highest of the span |
| `anomaly.at` | time of the value that is shown: the far end of a spike or a drop, else where the score is highest |
| `anomaly.tag` | the tag that contributes most then; the next four describe it |
| `anomaly.actual` | its value then, in its unit |
| `anomaly.typical` | its median before the span, in its unit |
| `anomaly.low`, `anomaly.high` | the band that held 98 % of its values before the span, in its unit |
| `anomaly.contributor` | a tag that contributes then, the strongest first (assets only) |
| `anomaly.share` | its share of the score, 0 to 1, in the same order |
| `anomaly.detector.odd` | a detector that finds the worst interval odd; of a usual span, one that does alone |
| `anomaly.detector.usual` | a detector that does not |
| `anomaly.agree` | whether all detectors say the same |
| `anomaly.interval.since` | time; another odd interval, in the order of time; facts up to the next are about it |
| `anomaly.interval.until`, `.kind`, `.direction`, `.severity`, `.score`, `.tag` | of that interval, as above |
| `anomaly.learned` | seconds of history before the span that were taken to be usual |
| `anomaly.step` | seconds from one row to the next |
| `anomaly.young` | whether that history is too short to hold a weekend, so that two detectors had to agree |
| `anomaly.silent` | a tag without a good value in that history, which is not judged |
| `anomaly.alerts` | number of alerts of the subject in the span |
| `alert.*` | those alerts, as in `tools/alerts.py` |
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from ingestion.readiness import LEARNED_FROM
from plant.errors import BadInput
from plant.facts import Refusal, RefusalCode, ToolResult
from plant.time import DAY, HOUR, MINUTE, SECOND, Span, format_duration, to_iso, zone_named
from tools.alerts import concerns
from tools.anomaly_report import Report
from tools.intervals import Judged, intervals_of, judge
from tools.oddness import present
from tools.subjects import Subject, empty_span, extent_of, find_subject, no_readings

if TYPE_CHECKING:
    from datetime import tzinfo

    from numpy.typing import NDArray

    from forecasting.contract import Floats
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.anomaly_comparison import Compared
    from tools.contract import AnomalyInput

NAME: Final = "anomaly"

LEAST_HISTORY: Final = DAY
"""A span is judged against at least this much history before it: load follows the day."""


class AnomalyTool:
    """Judges a span of a tag or an asset against the week before it, and names the alerts there."""

    name: ClassVar[str] = NAME

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._zone = zone_named(settings.plant.timezone)

    def run(self, request: AnomalyInput) -> ToolResult:
        """Says whether the subject was odd in the span, since when, of what kind, and what speaks for it."""
        begun = time.perf_counter()
        subject = find_subject(self._store.registry(), request.subject)
        if isinstance(subject, Refusal):
            return self._refused(subject)
        span = self._span(subject, request)
        if isinstance(span, Refusal):
            return self._refused(span)
        judged = self._judge(subject, span)
        if isinstance(judged, Refusal):
            return self._refused(judged)
        episodes = [e for e in self._store.episodes(span=span) if concerns(e, subject)]
        report = Report(subject, span, judged, intervals_of(judged), episodes)
        compared = self._compared(judged, report.tag) if request.compare else None
        return report.result(time.perf_counter() - begun, compared)

    def _compared(self, judged: Judged, tag: int) -> Compared:
        from tools.anomaly_comparison import compare_methods

        return compare_methods(judged, tag, self._settings)

    def _span(self, subject: Subject, request: AnomalyInput) -> Span | Refusal:
        extent, plant = extent_of(self._store, subject), self._store.extent()
        if extent is None or plant is None:
            return no_readings(subject)
        newest = plant.end  # of any tag: where the others go on, a tag that sends nothing is odd
        end = newest if request.end is None else request.end
        start = _midnight(end - 1, self._zone) if request.start is None else request.start
        if request.end is None and start >= newest:
            return Refusal(
                RefusalCode.NO_DATA,
                f"There are no readings since {to_iso(start)}: the newest is of {to_iso(newest - 1)}.",
                "Give an earlier time.",
            )
        span = Span(start - start % MINUTE, end)
        if span.length <= 0:
            return empty_span(Span(start, end))
        if span.start >= extent.end or span.end <= extent.start:
            return Refusal(
                RefusalCode.NO_DATA,
                f"{subject.name} has no readings from {to_iso(span.start)} to {to_iso(span.end)}.",
                f"It has readings from {to_iso(extent.start)} to {to_iso(extent.end - 1)}.",
            )
        # A span that begins with the history leaves nothing to compare with: its first day is that then.
        span = Span(max(span.start, min(extent.start + LEAST_HISTORY, span.end)), min(span.end, newest))
        if span.length <= 0:
            return _too_short(subject)
        return span

    def _judge(self, subject: Subject, span: Span) -> Judged | Refusal:
        learned_from = Span(span.start - LEARNED_FROM, span.start)
        columns = [self._store.series(s.tag, Span(learned_from.start, span.end), MINUTE) for s in subject.sensors]
        frame = np.column_stack([column.values for column in columns])
        begin = (span.start - learned_from.start) // MINUTE
        if not present(frame)[begin:].any():
            return _silent(subject, span, columns[0].times[present(frame)])
        first = int(np.argmax(present(frame)))
        frame, times, begin = frame[first:], columns[0].times[first:], begin - first
        if begin * MINUTE < LEAST_HISTORY:
            return _too_short(subject)
        if _never_moved(frame):
            return _constant(subject, len(frame) * MINUTE)
        try:
            return judge(times, frame, begin, subject.sensors)
        except BadInput:
            return _too_short(subject)

    def _refused(self, refusal: Refusal) -> ToolResult:
        return ToolResult(self.name, refusal=refusal, data={"odd": None, "episodes": [], "refusal": refusal})


def _midnight(ms: int, zone: tzinfo) -> int:
    """Returns the begin of the plant's day that a time lies in, UTC milliseconds."""
    day = datetime.fromtimestamp(ms / SECOND, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return round(day.timestamp() * SECOND)


def _silent(subject: Subject, span: Span, known: NDArray[np.int64]) -> Refusal:
    """Returns the refusal for a span without a good reading; `known` are the minutes with one in the week before."""
    before = f": the newest before is of {to_iso(int(known[-1]))}" if len(known) else ""
    text = f"{subject.name} has no good reading from {to_iso(span.start)} to {to_iso(span.end)}{before}."
    return Refusal(RefusalCode.NO_DATA, text, "Check the sensor and its line, or ask for another span.")


def _never_moved(frame: Floats) -> bool:
    """Whether each tag of a frame of shape (n_minutes, n_tags) has one value only, or none."""
    return all(len(np.unique(column[np.isfinite(column)])) < 2 for column in frame.T)


def _constant(subject: Subject, length: int) -> Refusal:
    return Refusal(
        RefusalCode.CONSTANT,
        f"{subject.name} has not moved for {format_duration(length)}: what would be odd for it cannot be told.",
        "If it should move, check the sensor.",
    )


def _too_short(subject: Subject) -> Refusal:
    hours = LEAST_HISTORY // HOUR
    return Refusal(
        RefusalCode.TOO_SHORT,
        f"There are less than {hours} h of good readings of {subject.name} before that span to compare it with.",
        f"Ask for a later span, or wait until there are {hours} h.",
    )
