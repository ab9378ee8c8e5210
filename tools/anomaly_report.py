"""What is told of a judged span: facts, tables, a curve and the JSON, with all that was assumed.

The facts are those of the table in `tools/anomalies.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ingestion.consensus import Usual, score_of, usual_of
from ingestion.readiness import MATURE
from plant.facts import SECONDS, TIME, Curve, EvidenceKind, FactSheet, Table, ToolResult
from plant.time import DAY, MINUTE, SECOND, format_duration, to_iso
from tools.alert_rows import episode_row, tell_episodes
from tools.intervals import shares_at
from tools.oddness import OF_SEVERAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.episodes import Episode
    from plant.registry import Sensor
    from plant.time import Span
    from tools.anomaly_comparison import Compared
    from tools.intervals import Interval, Judged, Share
    from tools.subjects import Subject

FORECASTS: Final = {
    "residual": "vector autoregression",
    "holt": "exponential smoothing",
    "seasonal": "median of the hour of the day",
}
"""Detectors that judge what a forecast missed, and the forecast."""

_MOST_ALERTS: Final = 5
_MOST_INTERVALS: Final = 10
_INTERVALS: Final = ("since", "until", "severity", "kind", "score", "tag", "actual", "typical", "odd", "usual")


class Report:
    """Makes facts, tables, curve and JSON of a judged span.

    Args:
        subject: What was asked about.
        span: The span.
        judged: Its minutes and what the detectors say of them.
        intervals: Where it is odd, in the order of time.
        episodes: The subject's alerts in the span.
    """

    def __init__(
        self,
        subject: Subject,
        span: Span,
        judged: Judged,
        intervals: Sequence[Interval],
        episodes: Sequence[Episode],
    ) -> None:
        self._subject = subject
        self._span = span
        self._judged = judged
        self._intervals = intervals
        self._episodes = episodes
        self._usual = [usual_of(column[: judged.begin]) for column in judged.frame.T]
        self._worst = max(intervals, key=lambda one: (one.severity, one.score), default=None)
        self._peak = self._worst.peak if self._worst else judged.peak
        self._shares: Sequence[Share] = self._worst.shares if self._worst else shares_at(judged.peak, judged)
        self._odd_voices, self._usual_voices = self._voices()

    @property
    def tag(self) -> int:
        """The column of the tag that is oddest."""
        return self._shares[0].tag

    def result(self, seconds: float, compared: Compared | None = None) -> ToolResult:
        """Returns all of it as a tool's result.

        Args:
            seconds: How long it took.
            compared: What the forecasting methods say, where they were asked.
        """
        sheet = FactSheet()
        tables = [self._detector_table(), *([self._interval_table()] if self._intervals else [])]
        source = sheet.cite(
            EvidenceKind.DETECTION,
            f"{len(self._judged.heard)} detectors on {self._rows} minutes of {self._subject.name}",
            text="\n".join(self._assumed()),
            table=tables[-1],
            learned_from=self._time(0),
            learned_until=to_iso(self._span.start),
            detectors=self._detectors(),
        )
        self._tell(sheet, source)
        sheet.add("anomaly.alerts", len(self._episodes), source)
        tell_episodes(sheet, self._episodes[:_MOST_ALERTS], self._span.end)
        facts, evidence = tuple(sheet.facts), tuple(sheet.evidence)
        if compared is not None:
            tables.append(_method_table(compared))
        data = {**self._data(), "comparison": None if compared is None else _comparison(compared)}
        return ToolResult("anomaly", facts, tuple(tables), (self._curve(),), evidence, data=data, seconds=seconds)

    @property
    def _rows(self) -> int:
        return len(self._judged.times) - self._judged.begin

    @property
    def _odd(self) -> bool:
        return bool(self._intervals or self._episodes)

    @property
    def _young(self) -> bool:
        return self._judged.begin * MINUTE < MATURE

    @property
    def _score(self) -> float:
        return self._worst.score if self._worst else score_of(float(self._judged.surprise[self._judged.peak]))

    def _time(self, row: int) -> str:
        return to_iso(int(self._judged.times[row]))

    def _sensor(self, tag: int) -> Sensor:
        return self._judged.sensors[tag]

    def _voices(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Returns who finds the worst interval odd, or of a usual span any stretch, and who does not."""
        if self._worst:
            return self._worst.odd, self._worst.usual
        heard = self._judged.heard
        return tuple(one.name for one in heard if one.stretches), tuple(one.name for one in heard if not one.stretches)

    def _silent(self) -> list[str]:
        """Returns the tags without a good value in the history learned from."""
        learned = self._judged.frame[: self._judged.begin].T
        return [one.tag for one, values in zip(self._judged.sensors, learned, strict=True) if np.isnan(values).all()]

    def _tell(self, sheet: FactSheet, source: str) -> None:
        sheet.add("anomaly.subject", self._subject.name, source)
        sheet.add("anomaly.odd", self._odd, source)
        sheet.add("anomaly.start", to_iso(self._span.start), source, TIME)
        sheet.add("anomaly.end", to_iso(self._span.end), source, TIME)
        sheet.add("anomaly.rows", self._rows, source)
        sheet.add("anomaly.stretches", len(self._intervals), source)
        if self._worst:
            self._tell_interval(sheet, source, "anomaly", self._worst)
        sheet.add("anomaly.score", self._score, source)
        sheet.add("anomaly.at", self._time(self._peak), source, TIME)
        sensor = self._sensor(self.tag)
        sheet.add("anomaly.tag", sensor.tag, source)
        for name, value in self._particulars(self.tag, self._peak).items():
            if value is not None:
                sheet.add(f"anomaly.{name}", value, source, sensor.unit or None)
        if len(self._judged.sensors) > 1:
            for share in self._shares:
                sheet.add("anomaly.contributor", self._sensor(share.tag).tag, source)
                sheet.add("anomaly.share", share.share, source)
        for name in self._odd_voices:
            sheet.add("anomaly.detector.odd", name, source)
        for name in self._usual_voices:
            sheet.add("anomaly.detector.usual", name, source)
        sheet.add("anomaly.agree", not (self._odd_voices and self._usual_voices), source)
        for interval in [one for one in self._intervals if one is not self._worst][:_MOST_INTERVALS]:
            self._tell_interval(sheet, source, "anomaly.interval", interval)
            sheet.add("anomaly.interval.score", interval.score, source)
            sheet.add("anomaly.interval.tag", self._sensor(interval.tag).tag, source)
        sheet.add("anomaly.learned", self._judged.begin * MINUTE / SECOND, source, SECONDS)
        sheet.add("anomaly.step", MINUTE / SECOND, source, SECONDS)
        sheet.add("anomaly.young", self._young, source)
        for tag in self._silent():
            sheet.add("anomaly.silent", tag, source)

    def _tell_interval(self, sheet: FactSheet, source: str, prefix: str, interval: Interval) -> None:
        sheet.add(f"{prefix}.since", self._time(interval.first), source, TIME)
        if interval.end is not None:
            sheet.add(f"{prefix}.until", self._time(interval.end), source, TIME)
        sheet.add(f"{prefix}.kind", interval.shape.kind.value, source)
        if interval.shape.direction:
            sheet.add(f"{prefix}.direction", interval.shape.direction, source)
        sheet.add(f"{prefix}.severity", interval.severity.word, source)

    def _particulars(self, tag: int, row: int) -> dict[str, float | None]:
        usual: Usual = self._usual[tag]
        value = float(self._judged.frame[row, tag])
        return {
            "actual": value if np.isfinite(value) else None,
            "typical": usual.typical,
            "low": usual.low,
            "high": usual.high,
        }

    def _detectors(self) -> list[dict[str, Any]]:
        """Returns each detector: whether it found anything odd in the span, and what it judges by."""
        begin = self._judged.begin
        return [
            {
                "name": heard.name,
                "odd": bool(heard.stretches) or any(heard.name in one.odd for one in self._intervals),
                "stretches": len(heard.stretches),
                "score": score_of(float(heard.surprise[begin:].max())),
                "forecast": FORECASTS.get(heard.name),
            }
            for heard in self._judged.heard
        ]

    def _detector_table(self) -> Table:
        rows = tuple(tuple(detector.values()) for detector in self._detectors())
        return Table(("detector", "odd", "stretches", "score", "forecast"), rows, title="detectors")

    def _interval_table(self) -> Table:
        rows = []
        for row in self._interval_rows():
            cells = {**row, "odd": ", ".join(row["detectors"]), "usual": ", ".join(row["detectors_usual"])}
            rows.append(tuple(cells[column] for column in _INTERVALS))
        return Table(_INTERVALS, tuple(rows), title="odd intervals")

    def _interval_rows(self) -> list[dict[str, Any]]:
        """Returns the odd intervals as JSON has them, in the order of time."""
        return [
            {
                "since": self._time(one.first),
                "until": self._time(one.end) if one.end is not None else None,
                "severity": one.severity.word,
                "kind": one.shape.kind.value,
                "direction": one.shape.direction,
                "score": one.score,
                "tag": self._sensor(one.tag).tag,
                "unit": self._sensor(one.tag).unit,
                "at": self._time(one.peak),
                **self._particulars(one.tag, one.peak),
                "detectors": list(one.odd),
                "detectors_usual": list(one.usual),
                "contributors": [{"tag": self._sensor(tag).tag, "share": share} for tag, share in one.shares],
            }
            for one in self._intervals
        ]

    def _assumed(self) -> list[str]:
        """Returns what the judgement rests on besides the readings, a sentence each."""
        learned = format_duration(self._judged.begin * MINUTE)
        said = [
            f"The {learned} before {to_iso(self._span.start)} were taken to be usual, whatever went wrong in them.",
            "Rows are means of the good readings of a minute; the newest minute may still fill.",
            "What is usual at an hour is that of the UTC day; a weekend or a holiday is a day like others.",
        ]
        if self._young:
            said.append(
                f"{learned} may hold no weekend (that takes {MATURE // DAY} d): two detectors of different kinds had "
                "to agree, and seasonal was not heard."
            )
        if len(self._judged.sensors) == 1:
            said.append(f"{', '.join(OF_SEVERAL)} compares several tags, so that it has no voice on one.")
        if silent := self._silent():
            said.append(f"Without a good value to learn from, and not judged: {', '.join(silent)}.")
        return said

    def _curve(self) -> Curve:
        """Returns the strongest tag over the span, its odd minutes marked, its usual band around it."""
        judged, tag = self._judged, self.tag
        usual, sensor = self._usual[tag], self._sensor(tag)
        values = tuple(float(v) if np.isfinite(v) else None for v in judged.frame[judged.begin :, tag])
        marked = {
            row - judged.begin
            for one in self._intervals
            for row in range(max(one.first, judged.begin), len(judged.times) if one.end is None else one.end)
        }
        return Curve(
            sensor.tag,
            sensor.unit,
            tuple(judged.times[judged.begin :].tolist()),
            values,
            {"98": (usual.low,) * self._rows},
            {"98": (usual.high,) * self._rows},
            tuple(sorted(marked)),
        )

    def _data(self) -> dict[str, Any]:
        worst, sensor = self._worst, self._sensor(self.tag)
        return {
            "subject": self._subject.name,
            "start": to_iso(self._span.start),
            "end": to_iso(self._span.end),
            "rows": self._rows,
            "odd": self._odd,
            "score": self._score,
            "at": self._time(self._peak),
            "since": self._time(worst.first) if worst else None,
            "until": self._time(worst.end) if worst and worst.end is not None else None,
            "severity": worst.severity.word if worst else None,
            "kind": worst.shape.kind.value if worst else None,
            "direction": worst.shape.direction if worst else None,
            "tag": sensor.tag,
            "unit": sensor.unit,
            **self._particulars(self.tag, self._peak),
            "contributors": [{"tag": self._sensor(tag).tag, "share": share} for tag, share in self._shares],
            "detectors": self._detectors(),
            "agree": not (self._odd_voices and self._usual_voices),
            "stretches": self._interval_rows(),
            "episodes": [episode_row(episode) for episode in self._episodes],
            "assumed": self._assumed(),
            "refusal": None,
        }


def _comparison(compared: Compared) -> dict[str, Any]:
    methods = [
        {
            "name": row.name,
            "anomalies": None if row.anomalies is None else [to_iso(at) for at in row.anomalies],
            "odd_now": row.odd_now,
            "status": row.status,
        }
        for row in compared.rows
    ]
    return {"tag": compared.tag, "step_ms": compared.step_ms, "methods": methods, "reason": compared.reason}


def _method_table(compared: Compared) -> Table:
    rows = tuple(
        (row.name, None if row.anomalies is None else len(row.anomalies), row.odd_now, row.status)
        for row in compared.rows
    )
    return Table(("method", "anomalies", "odd now", "status"), rows, title=f"methods on {compared.tag}")
