"""What a run over manuals whose text is known has measured."""

from __future__ import annotations

import msgspec

from finetuning.extraction.makers import Yield
from finetuning.extraction.measure import Figures


class Report(msgspec.Struct, frozen=True):
    """What was measured of how many manuals, made with a seed: of the extractors by layout, and of the makers."""

    seed: int
    manuals: int
    extractors: tuple[Figures, ...]
    makers: tuple[Yield, ...]
