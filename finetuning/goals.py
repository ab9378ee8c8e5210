"""Goals in a TOML file, and the lines for those that a run misses."""

from __future__ import annotations

import math
import tomllib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Measured(NamedTuple):
    """A figure that has a goal.

    Attributes:
        goal: name of the goal in the file.
        figure: what was measured; None where nothing was.
        of: what it was measured on, where one goal holds several things.
    """

    goal: str
    figure: float | None
    of: str = ""


def missed(goals: Path, measured: Sequence[Measured], *, partly: bool = False) -> list[str]:
    """Returns a line for each figure that misses its goal.

    Args:
        goals: TOML of tables with `at_least` or `at_most` or both, and `reason`.
        measured: the figures, at least one for each goal of the file.
        partly: whether a figure that was not measured is left out; else it misses its goal.

    Raises:
        KeyError: a figure has no goal in the file, or a goal no figure.
    """
    known = tomllib.loads(goals.read_text(encoding="utf-8"))
    if forgotten := known.keys() - {one.goal for one in measured}:
        raise KeyError(f"no figure for {', '.join(sorted(forgotten))}")
    lines = []
    for one in measured:
        goal = known[one.goal]
        told = f"{one.goal} of {one.of}" if one.of else one.goal
        bounds = ", ".join(
            f"{bound.replace('_', ' ')} {goal[bound]:g}" for bound in ("at_least", "at_most") if bound in goal
        )
        if one.figure is None and partly:
            continue
        if one.figure is None:
            lines.append(f"MISSED {told}: not measured, goal {bounds} ({goal['reason']})")
        elif not goal.get("at_least", -math.inf) <= one.figure <= goal.get("at_most", math.inf):
            lines.append(f"MISSED {told}: {one.figure:.4g}, goal {bounds} ({goal['reason']})")
    return lines
