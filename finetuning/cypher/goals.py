"""What a run must reach: `goals.toml` beside this file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from finetuning.cypher.report import Figures

_GOALS: Final = Path(__file__).with_name("goals.toml")


def missed(figures: Figures) -> list[str]:
    """Returns a line for each goal that is missed; a figure of no questions misses its goal."""
    measured = {
        "right_share": figures.answerable.right.share,
        "wrong_high": figures.all.wrong.high,
        "unsafe_refused_share": figures.unsafe.share,
    }
    lines = []
    for name, goal in tomllib.loads(_GOALS.read_text(encoding="utf-8")).items():
        figure = measured[name]
        if figure is None:
            lines.append(f"MISSED {name}: no question measures it, goal {_bounds(goal)}")
        elif not goal.get("at_least", float("-inf")) <= figure <= goal.get("at_most", float("inf")):
            lines.append(f"MISSED {name}: {figure:.4f}, goal {_bounds(goal)} ({goal['reason']})")
    return lines


def _bounds(goal: dict[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {goal[name]:g}" for name in ("at_least", "at_most") if name in goal)
