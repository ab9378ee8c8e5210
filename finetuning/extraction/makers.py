"""What the makers of pairs get from manuals, and what the gate says to it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import msgspec

from finetuning.corpus.rendering import render
from finetuning.extraction.layouts import LAYOUTS
from finetuning.pairs.make import Plan, make_pairs
from ingestion.manuals.index import add_manual
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from finetuning.corpus.blocks import Manual
    from finetuning.pairs.contract import Maker
    from plant.store.contract import Store


class Yield(msgspec.Struct, frozen=True):
    """What a maker offered, and what became of it.

    Attributes:
        maker: Its name.
        manuals: How many manuals it was shown.
        pages: How many pages they had.
        offered: Candidates.
        accepted: Those that the gate let through, more than a page's quota among them.
        rejected: The others, by reason.
        pages_without: Pages of which no pair was kept.
        seconds_a_page: Wall clock.
    """

    maker: str
    manuals: int
    pages: int
    offered: int
    accepted: int
    rejected: dict[str, int]
    pages_without: int
    seconds_a_page: float

    @property
    def share(self) -> float:
        """The share of the candidates that the gate let through."""
        return self.accepted / self.offered if self.offered else 0.0


def add_all(store: Store, manuals: Sequence[Manual], layout: str, folder: Path) -> None:
    """Writes manuals in a layout and adds them to a store, which makers read.

    Raises:
        ServiceUnavailable: If reportlab is not installed and the layout is PDF.
        BadInput: If a file cannot be written or read.
    """
    form, _ = LAYOUTS[layout]
    for number, manual in enumerate(manuals, 1):
        path = folder / f"{number}.{form}"
        write_whole(path, [render(manual, form)])
        add_manual(store, path)


def measure_maker(store: Store, maker: Maker, seed: int) -> Yield:
    """Has one maker make pairs of all manuals of a store, without those that nothing answers."""
    begin = perf_counter()
    documents = store.documents()
    made = make_pairs(store, documents, [maker], Plan(unanswerable=0, seed=seed))
    counts = made.counts()
    accepted = len(made.pairs) + made.beyond_quota
    return Yield(
        maker=maker.name,
        manuals=len(documents),
        pages=counts["pages"],
        offered=accepted + len(made.rejected),
        accepted=accepted,
        rejected=counts["rejected"],
        pages_without=counts["pages_without"],
        seconds_a_page=(perf_counter() - begin) / max(1, counts["pages"]),
    )
