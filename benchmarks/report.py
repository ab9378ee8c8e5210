"""What every benchmark ends with: a table, a JSON under `benchmarks/out/`, and the goals it must reach.

`CHECK=1` makes a missed goal of `benchmarks/goals.toml` an exit code of 1; it is named on stderr.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).parent


def report(name: str, rows: Sequence[Mapping[str, Any]], figures: Mapping[str, float]) -> int:
    """Prints and keeps the result of a benchmark.

    Args:
        name: Its section in `goals.toml`, and the name of its JSON.
        rows: The table; all rows have the same keys.
        figures: What the goals are about, by key.

    Returns:
        The exit code: 1 if `CHECK=1` is set and a goal is missed, else 0.
    """
    _print_table(rows)
    for key, figure in figures.items():
        print(f"{key}: {_cell(figure)}")
    out = HERE / "out" / f"{name}.json"
    out.parent.mkdir(exist_ok=True)
    document = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count(), **figures, "rows": rows}
    out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    missed = _missed(name, figures)
    for line in missed:
        print(line, file=sys.stderr)
    return 1 if missed and os.environ.get("CHECK") == "1" else 0


def _missed(name: str, figures: Mapping[str, float]) -> list[str]:
    goals = tomllib.loads((HERE / "goals.toml").read_text(encoding="utf-8")).get(name, {})
    return [
        f"MISSED {name}.{key}: {_cell(figures[key])}, goal {goal}"
        for key, goal in goals.items()
        if not goal.get("at_least", float("-inf")) <= figures[key] <= goal.get("at_most", float("inf"))
    ]


def _print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    lines = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
    return str(value)
