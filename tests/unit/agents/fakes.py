"""Tools and a toolbox that answer from a script, where no store is needed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from agents.contract import Route
from plant.errors import MillhandError
from plant.facts import TIME, EvidenceKind, FactSheet, Refusal, RefusalCode, Table, ToolResult

if TYPE_CHECKING:
    from plant.settings import Settings


def usual(subject: str) -> ToolResult:
    """A tag that is not odd."""
    sheet = FactSheet()
    source = sheet.cite(EvidenceKind.DETECTION, f"detectors on {subject}")
    sheet.add("anomaly.subject", subject, source)
    sheet.add("anomaly.odd", False, source)
    sheet.add("anomaly.start", "2026-01-13T23:00:00Z", source, TIME)
    sheet.add("anomaly.end", "2026-01-14T13:10:00Z", source, TIME)
    return ToolResult(Route.ANOMALY, tuple(sheet.facts), evidence=tuple(sheet.evidence))


def coming(tag: str) -> ToolResult:
    """A forecast of a tag."""
    sheet = FactSheet()
    source = sheet.cite(EvidenceKind.BACKTEST, "backtest of 5 folds")
    sheet.add("forecast.tag", tag, source)
    sheet.add("forecast.until", "2026-01-14T15:10:00Z", source, TIME)
    sheet.add("forecast.end", 5.21, source, "degC")
    sheet.add("forecast.winner", "arima", source)
    return ToolResult(Route.FORECAST, tuple(sheet.facts), evidence=tuple(sheet.evidence))


def quoted(text: str) -> ToolResult:
    """A quotation from a manual."""
    sheet = FactSheet()
    sheet.add("quote", text, sheet.cite(EvidenceKind.MANUAL, "CW-100-manual.pdf, p. 12", text=text))
    return ToolResult(Route.MANUAL, tuple(sheet.facts), evidence=tuple(sheet.evidence))


def row(request: Any) -> ToolResult:
    """One row of the graph, naming what was asked."""
    sheet = FactSheet()
    source = sheet.cite(EvidenceKind.QUERY, "1 row", table=Table(("tag",), (("P-101.VT-01",),)))
    sheet.add("rows.count", 1, source)
    sheet.add("row.tag", "P-101.VT-01", source)
    data = {
        "meaning": {"en": request.question.rstrip("?"), "fr": request.question},
        "truncated": False,
        "how": "recipe",
    }
    for entity in request.entities:
        sheet.add("entity", entity, source)
    return ToolResult(Route.GRAPH, tuple(sheet.facts), evidence=tuple(sheet.evidence), data=data)


NOT_FOUND = ToolResult(
    Route.MANUAL, refusal=Refusal(RefusalCode.NOT_FOUND, "Not found in the manuals (closest: p. 41).")
)


class FakeTool:
    """Answers with a function of the request, or raises."""

    def __init__(self, name: str, answer: Any) -> None:
        self.name = name
        self.answer = answer
        self.asked: list[Any] = []
        self.understood: set[str] = set()
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()

    def understands(self, request: Any) -> bool:
        if isinstance(self.answer, MillhandError):
            raise self.answer
        return request.question in self.understood

    def run(self, request: Any, tell: Any = None) -> ToolResult:
        self.asked.append(request)
        self.began.set()
        self.may_end.wait(30)
        answer = self.answer(request) if callable(self.answer) else self.answer
        if isinstance(answer, MillhandError):
            raise answer
        return answer


class FakeToolbox:
    """Holds fake tools over a real registry."""

    def __init__(self, registry: Any, settings: Settings, model: Any = None) -> None:
        self.registry = registry
        self.settings = settings
        self.language_model = model
        self.closed = False
        self.tools = {
            "anomaly": FakeTool("anomaly", lambda request: usual(request.subject)),
            "forecast": FakeTool("forecast", lambda request: coming(request.tag)),
            "graph": FakeTool("graph", row),
            "manual": FakeTool("manual", quoted("E07 High differential pressure across the exchanger, above 60 kPa.")),
            "alerts": FakeTool("alerts", ToolResult("alerts")),
        }

    def tool(self, name: str) -> FakeTool:
        return self.tools[name]

    def model(self) -> Any:
        return self.language_model

    def close(self) -> None:
        self.closed = True
