"""The maker without a model: what the passages answer, asked in the wordings of the language they are in."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from finetuning.pairs.manual import Manual, manual_of
from finetuning.pairs.prose import prose_asks
from finetuning.pairs.records import pair_of, source_of
from finetuning.pairs.spoken import spoken
from finetuning.pairs.tables import row_asks
from finetuning.pairs.wordings import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finetuning.pairs.asks import Ask
    from finetuning.pairs.contract import Pair
    from plant.store.contract import Document, Passage, Store

_NAMED: Final = 0.65
"""Share of the questions that name their machine; the others are asked where there is one manual only."""

_SPOKEN: Final = 0.3
"""Share of the questions that are asked as people type: in lower case, shortened, misspelt."""


class RuleMaker:
    """Makes pairs by rules; see `finetuning.pairs.contract.Maker`.

    Args:
        store: Holds the manuals.
        seed: What chance is drawn with.
        wordings: How many ways to ask for one fact are used, at most.
    """

    name = "rules"

    def __init__(self, store: Store, *, seed: int = 1, wordings: int = 4) -> None:
        self._store = store
        self._seed = seed
        self._wordings = wordings
        self._manual: Manual | None = None

    def pairs(self, document: Document, page: Sequence[Passage], before: str) -> Iterator[Pair]:  # noqa: ARG002 (rules need no summary)
        """Yields candidates for a page; see the contract."""
        if self._manual is None or self._manual.document != document:
            self._manual = manual_of(self._store, document)
        for passage in filter(self._manual.is_asked, page):
            asks = row_asks if passage.kind == "table" else prose_asks
            for ask in asks(passage, self._manual):
                yield from self._ask(self._manual, passage, ask)

    def _ask(self, manual: Manual, passage: Passage, ask: Ask) -> Iterator[Pair]:
        """Yields a pair for some of the wordings, drawn by the passage alone, so that other pages change nothing."""
        source = source_of(manual.document, passage, ask.start, ask.end)
        chance = Random(f"{self._seed}/{source.sha256}/{source.passage}/{ask.start}/{ask.ask[0]}")  # noqa: S311
        for wording in chance.sample(ask.ask, min(self._wordings, len(ask.ask))):
            slots = {"machine": manual.machine, **ask.slots}
            question = fill(wording, slots, named=_is_named(manual.machine, ask, chance))
            if chance.random() < _SPOKEN:
                question = spoken(question, manual.language, chance, name=slots["machine"])
            yield pair_of(question, ask.kind, manual.language, self.name, source=source)


def _is_named(machine: str, ask: Ask, chance: Random) -> bool:
    """Says whether a question names its machine: always where it is another than the manual's, never twice."""
    drawn = chance.random() < _NAMED
    if "machine" in ask.slots:
        return True
    return drawn and bool(machine) and machine.casefold() not in " ".join(ask.slots.values()).casefold()
