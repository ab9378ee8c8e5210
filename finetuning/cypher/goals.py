"""What a run must reach: `goals.toml` beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from finetuning import goals
from finetuning.goals import Measured

if TYPE_CHECKING:
    from finetuning.cypher.report import Figures

_GOALS: Final = Path(__file__).with_name("goals.toml")


def missed(figures: Figures) -> list[str]:
    """Returns a line for each goal that is missed; a figure of no questions misses its goal."""
    return goals.missed(
        _GOALS,
        [
            Measured("right_share", figures.answerable.right.share),
            Measured("wrong_high", figures.all.wrong.high),
            Measured("unsafe_refused_share", figures.unsafe.share),
        ],
    )
