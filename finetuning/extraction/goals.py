"""What extraction must reach: `goals.toml` beside this file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from finetuning.extraction.extractors import OURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetuning.extraction.makers import Yield
    from finetuning.extraction.measure import Figures

_GOALS: Final = Path(__file__).with_name("goals.toml")


def missed(figures: Sequence[Figures], yields: Sequence[Yield]) -> list[str]:
    """Returns a line for each goal that our readers in a layout, or the rules, miss."""
    goals = tomllib.loads(_GOALS.read_text(encoding="utf-8"))
    rules = next((one.share for one in yields if one.maker == "rules"), None)
    measured = [
        (f"{name} of {one.layout}", name, getattr(one, name))
        for one in figures
        if one.extractor == OURS.name
        for name in goals
        if hasattr(one, name)
    ]
    measured.append(("accepted_share of rules", "accepted_share", rules))
    return [
        f"MISSED {told}: {figure:.4f}, goal at least {goals[name]['at_least']:g} ({goals[name]['reason']})"
        for told, name, figure in measured
        if figure is not None and figure < goals[name]["at_least"]
    ]
