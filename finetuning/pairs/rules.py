"""The maker without a model: what the passages answer, asked in the wordings of the language they are in."""

from __future__ import annotations

import hashlib
from random import Random
from typing import TYPE_CHECKING, Final

from finetuning.pairs.contract import Pair, Source
from finetuning.pairs.manual import Manual, manual_of
from finetuning.pairs.prose import prose_asks
from finetuning.pairs.rows import plain
from finetuning.pairs.spoken import spoken
from finetuning.pairs.tables import row_asks
from finetuning.pairs.wordings import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from finetuning.pairs.asks import Ask
    from finetuning.pairs.contract import Kind
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
        for passage in page:
            asks = row_asks if passage.kind == "table" else prose_asks
            for ask in asks(passage, self._manual):
                yield from self._ask(self._manual, passage, ask)

    def _ask(self, manual: Manual, passage: Passage, ask: Ask) -> Iterator[Pair]:
        """Yields a pair for some of the wordings, drawn by the passage alone, so that other pages change nothing."""
        source = source_of(manual.document, passage, ask.start, ask.end)
        chance = Random(f"{self._seed}/{source.sha256}/{source.passage}/{ask.start}/{ask.ask[0]}")  # noqa: S311
        for wording in chance.sample(ask.ask, min(self._wordings, len(ask.ask))):
            named = bool(manual.machine) and chance.random() < _NAMED
            question = fill(wording, {**ask.slots, "machine": manual.machine}, named=named)
            if chance.random() < _SPOKEN:
                question = spoken(question, manual.language, chance)
            yield pair_of(question, ask.kind, manual.language, self.name, source=source)


def source_of(document: Document, passage: Passage, start: int, end: int) -> Source:
    """Returns where words of a passage stand."""
    return Source(
        document=document.name,
        sha256=document.sha256,
        page=passage.page,
        label=passage.label,
        section=passage.section,
        passage=passage.text,
        start=start,
        end=end,
        quote=passage.text[start:end],
    )


def pair_of(
    question: str,
    kind: Kind,
    language: str,
    maker: str,
    *,
    document: Document | None = None,
    source: Source | None = None,
) -> Pair:
    """Returns a pair whose id and group come from what it says, so that making it again gives the same.

    Pairs of one passage share their group: a row's code, meaning and remedy are one fact.

    Args:
        question: As it is asked.
        kind: What it asks for.
        language: The question's.
        maker: Who made it.
        document: The manual it is asked about, for one without an answer.
        source: The words that answer.
    """
    if source is not None:
        sha256, told = source.sha256, f"{source.page}/{_digest(source.passage)}"
    else:
        sha256, told = document.sha256 if document else "", f"nothing/{plain(question)}"
    group = f"{sha256[:12]}/{told}"
    return Pair(
        id=f"{kind}-{_digest(group, question, source.quote if source else '')}",
        question=question,
        kind=kind,
        language=language,
        group=group,
        maker=maker,
        document=source.document if source else document.name if document else "",
        source=source,
    )


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
