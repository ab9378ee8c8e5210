"""What the tuned model with retrieval must reach: `goals.toml` beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from finetuning import goals
from finetuning.assistant.candidates import TUNED
from finetuning.assistant.ways import RETRIEVAL
from finetuning.goals import Measured
from tools.manuals.tool import EXTRACTS

if TYPE_CHECKING:
    from finetuning.assistant.report import Report

HELD: Final = f"{TUNED}{RETRIEVAL}"
"""The way that is held to the goals."""

_GOALS: Final = Path(__file__).with_name("goals.toml")


def missed(report: Report) -> list[str]:
    """Returns a line for each goal that is missed; a figure that was not measured misses its goal."""
    return goals.missed(_GOALS, [Measured(goal, figure) for goal, figure in figures_held(report).items()])


def figures_held(report: Report) -> dict[str, float | None]:
    """Returns the figures that have a goal, by name; None for those that were not measured."""
    way = report.way(HELD)
    names = ("right", "page", "abstained", "answered", "french_behind", "off_page", "against_extracts")
    if way is None:
        return dict.fromkeys(names)
    figures = way.figures
    french, english = (figures.by["language"].get(language) for language in ("fr", "en"))
    behind = None
    if french and english and french.right.share is not None and english.right.share is not None:
        behind = english.right.share - french.right.share
    pair = next((p for p in report.paired if (p.first, p.second, p.measure) == (HELD, EXTRACTS, "good")), None)
    return {
        "right": figures.all.right.share,
        "page": figures.all.page.share,
        "abstained": figures.all.abstained.share,
        "answered": figures.all.answered.share,
        "french_behind": behind,
        "off_page": float(figures.off_page),
        "against_extracts": None if pair is None else pair.p if pair.only_first > pair.only_second else 1.0,
    }
