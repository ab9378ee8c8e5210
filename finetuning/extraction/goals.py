"""What extraction must reach: `goals.toml` beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from finetuning import goals
from finetuning.extraction.extractors import OURS
from finetuning.goals import Measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.extraction.makers import Yield
    from finetuning.extraction.measure import Figures

_GOALS: Final = Path(__file__).with_name("goals.toml")
_OF_READERS: Final = ("recall", "precision", "order", "cells", "labels", "on_page")


def missed(figures: Sequence[Figures], yields: Sequence[Yield]) -> list[str]:
    """Returns a line for each goal that our readers in a layout, or the rules, miss."""
    ours = [one for one in figures if one.extractor == OURS.name]
    measured = [Measured(name, getattr(one, name), one.layout) for one in ours for name in _OF_READERS]
    rules = next((one.share for one in yields if one.maker == "rules"), None)
    measured.append(Measured("accepted_share", rules, "rules"))
    return goals.missed(_GOALS, measured, partly=True)
