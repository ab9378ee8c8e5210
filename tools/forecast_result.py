"""A comparison told as a `ToolResult`: facts, evidence, curves and the JSON of `millhand forecast --json`.

The names of the facts stand in `tools/forecast.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from forecasting.candidates import LANGUAGE_MODEL
from forecasting.metrics import SKILL_LEVEL
from forecasting.season import MIN_CYCLES
from forecasting.verdict import stuck_steps
from plant.facts import SECONDS, TIME, Curve, EvidenceKind, FactSheet, Refusal, RefusalCode, Table, ToolResult
from plant.time import DAY, format_duration, to_iso
from tools.forecast_data import empty, end_of, found, present

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecasting.comparison import Comparison, Row, Shown
    from plant.series import Series

TOOL: Final = "forecast"
_HISTORY_SHOWN: Final = 4
"""How many horizons of history are drawn before the forecast."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, and what was assumed to answer it.

    Attributes:
        tag: The tag or the column.
        unit: Its unit; empty when none.
        horizon_ms: How far.
        notes: What was detected and assumed, each a few words.
    """

    tag: str
    unit: str
    horizon_ms: int
    notes: tuple[str, ...] = ()


def refused(
    question: Question, refusal: Refusal, *, facts: dict[str, tuple[Any, str | None]] | None = None
) -> ToolResult:
    """Returns a refusal before any method ran; `facts` are name to value and unit, those that explain it."""
    sheet = FactSheet()
    source = sheet.cite(EvidenceKind.READINGS, f"readings of {question.tag}")
    _asked(sheet, source, question)
    for name, (value, unit) in (facts or {}).items():
        sheet.add(name, value, source, unit)
    data = {**empty(question), "verdict": {"shown": None, "reason": refusal.text}, "refusal": refusal}
    return ToolResult(TOOL, tuple(sheet.facts), evidence=tuple(sheet.evidence), refusal=refusal, data=_plain(data))


def told(question: Question, comparison: Comparison) -> ToolResult:
    """Returns all that a comparison found."""
    question = replace(question, notes=(*question.notes, *_no_day(comparison)))
    sheet = FactSheet()
    table = _table(question, comparison)
    readings = _cite_readings(sheet, question, comparison.series)
    backtest = _cite_backtest(sheet, comparison, table) if comparison.folds else readings
    _asked(sheet, readings, question)
    _history_facts(sheet, readings, question, comparison)
    if comparison.shown:
        _shown_facts(sheet, backtest, question, comparison)
    elif comparison.folds:
        _best_facts(sheet, backtest, comparison)
    if comparison.folds and comparison.refusal is None:
        _odd_facts(sheet, backtest, comparison)
    return ToolResult(
        TOOL,
        tuple(sheet.facts),
        tables=(table,) if comparison.folds else (),
        series=_curves(question, comparison),
        evidence=tuple(sheet.evidence),
        refusal=comparison.refusal,
        data=_plain(found(question, comparison)),
    )


def _no_day(comparison: Comparison) -> tuple[str, ...]:
    """Says that a day could not be found as the season, for folds of a long horizon leave too little before them."""
    step = comparison.series.step_ms or 0
    if comparison.folds is None or comparison.season.found or step > DAY / 2:
        return ()
    before = comparison.folds.origins[0] * step
    if before >= MIN_CYCLES * DAY:
        return ()
    lies = f"{format_duration(before)} of history lie before the first of {len(comparison.folds.origins)} folds"
    return (f"a season of a day cannot be found: {lies}, {MIN_CYCLES} d are needed",)


def _asked(sheet: FactSheet, source: str, question: Question) -> None:
    sheet.add("forecast.tag", question.tag, source)
    sheet.add("forecast.horizon", question.horizon_ms / 1_000, source, SECONDS)


def _history_facts(sheet: FactSheet, source: str, question: Question, comparison: Comparison) -> None:
    series = comparison.series
    step = (series.step_ms or 0) / 1_000
    good = np.isfinite(series.values)
    if not good.any():
        return
    sheet.add("forecast.from", to_iso(end_of(series)), source, TIME)
    sheet.add("forecast.step", step, source, SECONDS)
    sheet.add("forecast.now", comparison.now, source, question.unit or None)
    if comparison.season.found:
        sheet.add("forecast.season", comparison.season.steps * step, source, SECONDS)
    if comparison.refusal is not None:
        sheet.add("forecast.readings", int(np.count_nonzero(good)), source)
        sheet.add("forecast.steps", len(series), source)
        if comparison.refusal.code is RefusalCode.STUCK:
            since = int(series.times[good][-stuck_steps(series.values)])
            sheet.add("forecast.stuck_since", to_iso(since), source, TIME)


def _shown_facts(sheet: FactSheet, source: str, question: Question, comparison: Comparison) -> None:
    shown, unit = comparison.shown, question.unit or None
    assert shown is not None
    sheet.add("forecast.until", to_iso(shown.times[-1] + (comparison.series.step_ms or 0)), source, TIME)
    sheet.add("forecast.end", shown.median[-1], source, unit)
    sheet.add("forecast.lowest", min(shown.median), source, unit)
    sheet.add("forecast.highest", max(shown.median), source, unit)
    winner = next(row for row in comparison.rows if row.name == comparison.verdict.shown)
    level = max(shown.lower, key=int)
    sheet.add("forecast.band_level", int(level), source, "%")
    sheet.add("forecast.band_low", min(shown.lower[level]), source, unit)
    sheet.add("forecast.band_high", max(shown.upper[level]), source, unit)
    sheet.add("forecast.coverage", 100 * winner.coverage[level], source, "%")
    sheet.add("forecast.calibration", shown.points, source)
    sheet.add("forecast.winner", winner.name, source)
    sheet.add("forecast.baseline", comparison.verdict.baseline, source)
    sheet.add("forecast.mase", winner.mase, source)
    _skill_facts(sheet, source, "forecast", winner)
    for name in comparison.verdict.passed_over:
        sheet.add("forecast.passed_over", name, source)
    if comparison.verdict.choice_skill is not None:
        sheet.add("forecast.choice_skill", comparison.verdict.choice_skill, source)
    assert winner.figures is not None
    assert comparison.folds is not None
    sheet.add("forecast.error", winner.figures.raw.error_mean, source, unit)
    sheet.add("forecast.folds", len(comparison.folds.origins), source)
    sheet.add("forecast.skill_level", SKILL_LEVEL, source, "%")
    _loser_facts(sheet, source, comparison, winner.name)
    _limit_facts(sheet, source, question, comparison)


def _loser_facts(sheet: FactSheet, source: str, comparison: Comparison, winner: str) -> None:
    for row in comparison.rows:
        if row.name == winner:
            continue
        if row.mase is not None:
            sheet.add(f"forecast.loser.{row.name}.mase", row.mase, source)
        elif row.status != "ok":
            sheet.add(f"forecast.loser.{row.name}.status", row.status, source)
        _skill_facts(sheet, source, f"forecast.loser.{row.name}", row)


def _skill_facts(sheet: FactSheet, source: str, name: str, row: Row) -> None:
    if row.skill is not None:
        sheet.add(f"{name}.skill", row.skill, source)
    if row.skill_interval is not None:
        low, high = row.skill_interval
        sheet.add(f"{name}.skill_low", low, source)
        sheet.add(f"{name}.skill_high", high, source)
    if row.anomalies is not None:
        sheet.add(f"{name}.anomalies", len(row.anomalies), source)


def _limit_facts(sheet: FactSheet, source: str, question: Question, comparison: Comparison) -> None:
    limit = comparison.limit
    if limit is None:
        return
    sheet.add("forecast.limit.which", limit.which, source)
    sheet.add("forecast.limit.value", limit.value, source, question.unit or None)
    sheet.add("forecast.limit.from", to_iso(limit.start), source, TIME)
    sheet.add("forecast.limit.to", to_iso(limit.end), source, TIME)
    sheet.add("forecast.limit.probability", 100 * limit.probability, source, "%")
    sheet.add("forecast.limit.now", limit.now, source)


def _best_facts(sheet: FactSheet, source: str, comparison: Comparison) -> None:
    """The best of a refused comparison, to explain the refusal."""
    scored = [row for row in comparison.rows if row.mase is not None]
    if not scored:
        return
    best = min(scored, key=lambda row: row.mase if row.mase is not None else math.inf)
    sheet.add("forecast.best", best.name, source)
    sheet.add("forecast.best.mase", best.mase, source)
    if best.coverage:
        level = max(best.coverage, key=int)
        sheet.add("forecast.best.coverage", 100 * best.coverage[level], source, "%")


def _odd_facts(sheet: FactSheet, source: str, comparison: Comparison) -> None:
    agreement = comparison.agreement
    for name in (*agreement.odd, *agreement.usual):
        sheet.add(f"forecast.odd_now.{name}", name in agreement.odd, source)
    if agreement.agree is not None:
        sheet.add("forecast.agreement", agreement.agree, source)
    sheet.add("forecast.odd_count", len(agreement.odd), source)
    sheet.add("forecast.judges", len(agreement.odd) + len(agreement.usual), source)


def _cite_readings(sheet: FactSheet, question: Question, series: Series) -> str:
    n = int(np.count_nonzero(np.isfinite(series.values)))
    start, end = (to_iso(int(series.times[0])), to_iso(end_of(series))) if len(series) else (None, None)
    return sheet.cite(
        EvidenceKind.READINGS,
        f"{n} steps of {question.tag}",
        tag=question.tag,
        step_ms=series.step_ms,
        notes=list(question.notes),
        start=start,
        end=end,
    )


def _cite_backtest(sheet: FactSheet, comparison: Comparison, table: Table) -> str:
    folds, series = comparison.folds, comparison.series
    assert folds is not None
    step = series.step_ms or 0
    dates = [
        {"from": to_iso(int(series.times[origin])), "to": to_iso(int(series.times[origin]) + folds.horizon * step)}
        for origin in folds.origins
    ]
    title = f"backtest of {len(dates)} folds, {folds.horizon} steps each"
    return sheet.cite(EvidenceKind.BACKTEST, title, text=comparison.verdict.reason, table=table, folds=dates)


def _table(question: Question, comparison: Comparison) -> Table:
    levels = sorted({level for row in comparison.rows for level in row.coverage}, key=int)
    unit = f" ({question.unit})" if question.unit else ""
    spent = any(row.tokens is not None for row in comparison.rows)
    columns = ("method", "MASE", "skill", "status", "skill 90 %", *(f"in {level} % band" for level in levels))
    columns += (f"mean error{unit}", "anomalies", "odd now", "seconds", *(("tokens",) if spent else ()))
    rows = tuple(_cells(row, levels, spent=spent) for row in comparison.rows)
    return Table(columns, rows, title="methods on the same folds")


def _cells(row: Row, levels: Sequence[str], *, spent: bool) -> tuple[str | float | bool | None, ...]:
    error = row.figures.raw.error_mean if row.figures else None
    interval = " to ".join(f"{_to_places(end, 2):.2f}" for end in row.skill_interval) if row.skill_interval else None
    shares = (rounded(row.coverage.get(level)) for level in levels)
    odd = None if row.anomalies is None else len(row.anomalies)
    cells = (
        row.name,
        rounded(row.mase),
        _to_places(row.skill, 3),
        row.status,
        interval,
        *shares,
        rounded(error),
        odd,
    )
    return (*cells, row.odd_now, _to_places(row.seconds, 3), *((row.tokens,) if spent else ()))


def rounded(value: float | None) -> float | None:
    """Rounds a figure to four digits: a table is for people, the facts are at full precision."""
    return None if value is None else float(f"{value:.4g}")


def _to_places(value: float | None, places: int) -> float | None:
    """Rounds a share or a time, of which small ones are nothing: -0.0000043 is 0, without a sign."""
    return None if value is None else round(value, places) + 0.0


def _curves(question: Question, comparison: Comparison) -> tuple[Curve, ...]:
    """Returns the newest history; what the shown method had forecast for its newest fold, and forecasts now.

    A language model's forecast is a curve beside them.
    """
    series, folds = comparison.series, comparison.folds
    if folds is None:
        return ()
    newest = slice(-_HISTORY_SHOWN * folds.horizon, None)
    times, values = series.times[newest].tolist(), series.values[newest].tolist()
    curves = [Curve("history", question.unit, tuple(times), present(values))]
    shown = comparison.verdict.shown
    if comparison.shown and shown:
        past = tuple(times[-folds.horizon :])
        curves.append(Curve("past forecast", question.unit, past, present(comparison.past[shown])))
        curves.append(_forecast_curve(question, comparison.shown))
    for name, forecast in comparison.forecasts.items():
        if name.startswith(LANGUAGE_MODEL) and name != shown:
            curves.append(Curve(name, question.unit, forecast.times, forecast.median))
    return tuple(curves)


def _forecast_curve(question: Question, shown: Shown) -> Curve:
    return Curve("forecast", question.unit, shown.times, shown.median, dict(shown.lower), dict(shown.upper))


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(data)
    return plain
