"""Which tags may cross a limit: a forecast of every confirmed tag that has one, within one deadline.

| fact | value |
|---|---|
| `crossings.horizon` | how far, seconds |
| `crossings.asked` | number of confirmed tags with a limit |
| `crossings.forecast` | how many of them were forecast |
| `crossings.refused` | how many of them could not be forecast; the evidence says why |
| `crossings.refused.tag` | one of these |
| `crossings.left` | how many the deadline left no time for |
| `crossings.count` | how many may cross a limit, or are beyond one |
| `crossing.tag` | one of these; the facts up to the next `crossing.tag` are about it |
| `crossing.which`, `.value`, `.from`, `.to`, `.probability`, `.now` | as `forecast.limit` of `tools/forecast.py` |

The language model is left out: it takes longer than all other methods together. While it runs,
`complete` of the JSON is false and the facts are those of the tags that are done.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from forecasting.candidates import DEFAULT, LANGUAGE_MODEL
from plant.facts import SECONDS, TIME, EvidenceKind, FactSheet, Refusal, RefusalCode, Table, ToolResult
from plant.registry import Limits, SensorState
from tools.contract import CROSSINGS, ForecastInput
from tools.fleet import fleet_rows
from tools.forecast_result import rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plant.store.contract import Store
    from tools.contract import CrossingsInput
    from tools.fleet import FleetRow
    from tools.forecast import ForecastTool

_METHODS: Final = tuple(name for name in DEFAULT if name != LANGUAGE_MODEL)
_LIMIT_KEYS: Final = ("which", "value", "from", "to", "probability", "now")


class CrossingsTool:
    """Forecasts every tag that has a limit, one after the other.

    Args:
        store: Where the registry is.
        forecasts: Forecasts one tag.
    """

    name: ClassVar[str] = CROSSINGS

    def __init__(self, store: Store, forecasts: ForecastTool) -> None:
        self._store = store
        self._forecasts = forecasts

    def run(self, request: CrossingsInput, progress: Callable[[ToolResult], None] | None = None) -> ToolResult:
        """Forecasts as many as the deadline allows; each may spend its share of what is left.

        Args:
            request: What is asked.
            progress: Called after each tag with what is known so far.

        Raises:
            StoreError: If the store cannot be read.
        """
        began = time.perf_counter()
        tags = [
            sensor.tag
            for sensor in self._store.registry()
            if sensor.state is SensorState.CONFIRMED and sensor.limits != Limits(deadband=sensor.limits.deadband)
        ]
        if not tags:
            text, hint = "No confirmed tag has a limit.", "millhand tags set TAG high VALUE sets one."
            return ToolResult(self.name, refusal=Refusal(RefusalCode.NO_DATA, text, hint), data={"complete": True})
        lines: list[dict[str, Any]] = []
        for number, tag in enumerate(tags):
            left = began + request.deadline_s - time.perf_counter()
            if left <= 0:
                break
            share = left / (len(tags) - number)
            one = ForecastInput(tag=tag, horizon_ms=request.horizon_ms, candidates=_METHODS, deadline_s=share)
            lines.append(self._forecasts.run(one).data)
            if progress:
                progress(self._told(request, len(tags), lines, complete=False))
        return self._told(request, len(tags), lines, complete=True)

    def _told(self, request: CrossingsInput, asked: int, lines: Sequence[Any], *, complete: bool) -> ToolResult:
        rows = fleet_rows(lines)
        crossing = [row for row in rows if row.limit is not None]
        sheet = FactSheet()
        table = Table(("tag", "now", "at the end", "unit", "limit", "chance", "from", "to", "why not"), _cells(rows))
        source = sheet.cite(EvidenceKind.BACKTEST, f"forecasts of {len(rows)} tags with limits", table=table)
        sheet.add("crossings.horizon", request.horizon_ms / 1_000, source, SECONDS)
        sheet.add("crossings.asked", asked, source)
        refused = [row.tag for row in rows if row.refusal]
        sheet.add("crossings.forecast", len(rows) - len(refused), source)
        sheet.add("crossings.refused", len(refused), source)
        for tag in refused:
            sheet.add("crossings.refused.tag", tag, source)
        sheet.add("crossings.left", asked - len(rows), source)
        sheet.add("crossings.count", len(crossing), source)
        for row in crossing:
            _crossing_facts(sheet, source, row)
        refusal = _nothing(rows, asked) if complete and all(row.refusal for row in rows) else None
        return ToolResult(
            self.name,
            tuple(sheet.facts),
            (table,),
            evidence=tuple(sheet.evidence),
            refusal=refusal,
            data={"complete": complete},
        )


def _nothing(rows: Sequence[FleetRow], asked: int) -> Refusal:
    """Returns why no tag at all could be forecast: the first one's reason, or the deadline."""
    why = rows[0].refusal if rows else None
    if why is None:
        return Refusal(RefusalCode.TIMED_OUT, f"There was no time to forecast any of {asked} tags.")
    return Refusal(why.code, f"None of {asked} tags with a limit can be forecast. {rows[0].tag}: {why.text}", why.help)


def _cells(rows: Sequence[FleetRow]) -> tuple[tuple[str | float | None, ...], ...]:
    cells = []
    for row in rows:
        limit = row.limit or dict.fromkeys(_LIMIT_KEYS)
        why = row.refusal.text if row.refusal else None
        chance = None if limit["probability"] is None else f"{100 * limit['probability']:.0f} %"
        chance = "beyond it now" if limit["now"] else chance
        told = (limit["which"], chance, limit["from"], limit["to"], why)
        cells.append((row.tag, rounded(row.now), rounded(row.end), row.unit, *told))
    return tuple(cells)


def _crossing_facts(sheet: FactSheet, source: str, row: FleetRow) -> None:
    limit = row.limit
    assert limit is not None
    sheet.add("crossing.tag", row.tag, source)
    sheet.add("crossing.which", limit["which"], source)
    sheet.add("crossing.value", limit["value"], source, row.unit or None)
    sheet.add("crossing.from", limit["from"], source, TIME)
    sheet.add("crossing.to", limit["to"], source, TIME)
    sheet.add("crossing.probability", 100 * limit["probability"], source, "%")
    sheet.add("crossing.now", limit["now"], source)
