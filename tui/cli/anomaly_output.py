"""What `millhand anomalies` says: the odd intervals, who finds them odd and who does not, a curve, what was assumed."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Any, Final

from plant.facts import Table
from plant.time import format_duration, parse_time, to_local
from tui.cli.common import say, talk
from tui.cli.forecast_output import layout, room
from tui.text import pretty_unit, sparkline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from plant.facts import Curve, Refusal, ToolResult

_WIDTH: Final = 60
_CSV: Final = (
    "since", "until", "severity", "kind", "direction", "score", "tag", "unit", "at", "actual", "typical", "low", "high",
    "detectors", "detectors_usual",
)  # fmt: skip
_ARROWS: Final = {"up": " up", "down": " down"}


def refuse(refusal: Refusal) -> None:
    """Says why nothing can be said, on stderr."""
    talk(f"{refusal.text} {refusal.help}".strip())


def print_csv(data: dict[str, Any]) -> None:
    """Writes the odd intervals in the JSON of a result as CSV (RFC 4180); what a file's have not stays empty."""
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(_CSV)
    for row in data.get("stretches", data["episodes"]):
        lists = {key: " ".join(row[key]) for key in ("detectors", "detectors_usual") if key in row}
        writer.writerow([{**row, **lists}.get(key) for key in _CSV])


def show(result: ToolResult, zone: tzinfo) -> None:
    """Prints whether it is odd, and all that speaks for it and against it."""
    data = result.data
    what = data.get("subject") or ", ".join(data["columns"])
    found = "odd" if data["odd"] else "nothing odd"
    start, end = _at(data["start"], zone), _at(data["end"], zone)
    say(f"{what}: {found} between {start} and {end} ({zone}).")
    rows = data.get("stretches", data["episodes"])
    if rows:
        say(f"\n{layout(_intervals(rows, zone), room())}")
        say("\n".join(_voices(row, zone) for row in rows))
    for curve in result.series:
        say(f"\n{_drawn(curve)}")
    if "stretches" in data:
        _show_alerts(data["episodes"], zone)
        _show_detectors(data)
    if data.get("comparison"):
        say(f"\n{_compared(result, data['comparison'])}")
    if data.get("assumed"):
        say("\nAssumed:")
        say("\n".join(f"  {sentence}" for sentence in data["assumed"]))


def _intervals(rows: Sequence[dict[str, Any]], zone: tzinfo) -> Table:
    cells = [
        (
            _at(row["since"], zone),
            _at(row["until"], zone) if row["until"] else "now",
            row["severity"],
            f"{row['kind']}{_ARROWS.get(row['direction'], '')}",
            f"{row['score']:.0f}",
            row.get("tag") or ", ".join(row["contributors"][:1]),
            _quantity(row["actual"], row.get("unit", "")),
            f"{row['low']:.4g} to {row['high']:.4g}" if "low" in row else "-",
        )
        for row in rows
    ]
    return Table(("since", "until", "severity", "kind", "score", "tag", "value", "usually"), tuple(cells))


def _voices(row: dict[str, Any], zone: tzinfo) -> str:
    """Returns who finds an interval odd and who does not."""
    odd = ", ".join(row["detectors"]) or "none: its readings show it"
    usual = row.get("detectors_usual")
    against = f"; usual by {', '.join(usual)}" if usual else ""
    return f"  {_at(row['since'], zone)}  odd by {odd}{against}"


def _drawn(curve: Curve) -> str:
    """Returns a curve as one line of bars, and what is odd of it marked below; of each bar the value farthest out."""
    size = -(-len(curve.values) // _WIDTH)
    middle = sorted(value for value in curve.values if value is not None)
    usual = middle[len(middle) // 2] if middle else 0.0
    bars = [
        max((v for v in curve.values[at : at + size] if v is not None), key=lambda v: abs(v - usual), default=None)
        for at in range(0, len(curve.values), size)
    ]
    marked = {row // size for row in curve.marked}
    marks = "".join("^" if bar in marked else " " for bar in range(len(bars))).rstrip()
    span = f"{min(middle):.4g} to {max(middle):.4g} {pretty_unit(curve.unit)}".rstrip() if middle else "no value"
    return "\n".join([f"{curve.name}  {span}", sparkline(bars), *([f"{marks} odd"] if marks else [])])


def _show_alerts(episodes: Sequence[dict[str, Any]], zone: tzinfo) -> None:
    for alert in episodes:
        until = _at(alert["until"], zone) if alert["until"] else "now"
        say(f"Alert on {alert['subject']} {_at(alert['since'], zone)} to {until}: {alert['reason']}")


def _show_detectors(data: dict[str, Any]) -> None:
    alone = [] if data["stretches"] else [one["name"] for one in data["detectors"] if one["odd"]]
    if alone:
        say(f"Odd by {', '.join(alone)} alone, which is not enough.")
    said = ", ".join(f"{one['name']} {one['score']:.0f}" for one in data["detectors"])
    say(f"Highest scores (50 is odd): {said}.")
    forecasts = ", ".join(f"{one['name']} ({one['forecast']})" for one in data["detectors"] if one["forecast"])
    say(f"What a forecast missed is judged by {forecasts}.")


def _compared(result: ToolResult, comparison: dict[str, Any]) -> str:
    if comparison["reason"]:
        return f"No forecasting method can tell: {comparison['reason']}"
    step = format_duration(comparison["step_ms"])
    return f"Methods on steps of {step}, {comparison['tag']}:\n{layout(result.tables[-1], room())}"


def _at(time: str | None, zone: tzinfo) -> str:
    return "-" if time is None else to_local(parse_time(time), zone, day=True)


def _quantity(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.5g} {pretty_unit(unit)}".rstrip()
