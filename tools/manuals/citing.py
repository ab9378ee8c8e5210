"""Quotes as facts with evidence that can be opened, and the warnings that belong to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from plant.facts import EvidenceKind
from tools.manuals.numbers import numbers_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plant.facts import FactSheet
    from plant.store.contract import Store
    from plant.store.documents import Document, Passage
    from tools.manuals.reading import Quoted

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[^\W_a-z])|\n+")


class Citer:
    """Puts quotes on a fact sheet.

    Args:
        store: Where the manuals are.
        sheet: Takes the facts and the evidence.
    """

    def __init__(self, store: Store, sheet: FactSheet) -> None:
        self._store = store
        self._sheet = sheet
        self._documents: Mapping[str, Document] = {document.name: document for document in store.documents()}

    def quote(self, quoted: Sequence[Quoted]) -> list[dict[str, Any]]:
        """Adds quotes, and after them the warnings of their pages; returns both for scripts."""
        for one in quoted:
            self._quote(one)
        rows = [self._row(one.found.passage, None if one.whole else one.words) for one in quoted]
        cited = [one.found.passage for one in quoted]
        for warning in self._warnings(cited):
            source = self.cite(warning)
            self._sheet.add("warning", warning.text, source)
            self._add_numbers(warning.text, source)
            rows.append(self._row(warning, None))
        return rows

    def cite(self, passage: Passage) -> str:
        """Adds a passage as evidence and returns its id."""
        document = self._documents.get(passage.document)
        return self._sheet.cite(
            EvidenceKind.MANUAL,
            place(passage, named=True),
            text=passage.text,
            document=passage.document,
            manual=document.title if document else passage.document,
            revision=document.revision if document else "",
            page=passage.page,
            label=passage.label,
            section=passage.section,
            passage=passage.kind,
        )

    def _quote(self, quoted: Quoted) -> None:
        passage = quoted.found.passage
        source = self.cite(passage)
        self._sheet.add("quote", quoted.words, source)
        if not quoted.whole:
            self._sheet.add("quote.context", context(quoted), source)
        self._sheet.add("quote.page", passage.label, source)
        self._sheet.add("quote.document", passage.document, source)
        self._add_numbers(quoted.words, source)

    def _add_numbers(self, text: str, source: str) -> None:
        for value, unit in numbers_in(text):
            self._sheet.add("quote.number", value, source, unit)

    def _warnings(self, cited: Sequence[Passage]) -> Iterator[Passage]:
        """Yields the warnings of the pages that are quoted, but those that are quoted themselves."""
        there = {passage.id for passage in cited}
        for document, page in dict.fromkeys((passage.document, passage.page) for passage in cited):
            for passage in self._store.page_passages(document, page):
                if passage.kind == "warning" and passage.id not in there:
                    yield passage

    def _row(self, passage: Passage, words: str | None) -> dict[str, Any]:
        keys = ("document", "page", "label", "section", "kind", "text")
        document = self._documents.get(passage.document)
        row: dict[str, Any] = {key: getattr(passage, key) for key in keys}
        return {**row, "words": words, "revision": document.revision if document else ""}


def context(quoted: Quoted) -> str:
    """Returns the words around a quote that it needs to be understood: the row, or the sentences that it stands in."""
    text = quoted.found.passage.text
    if quoted.found.passage.kind == "table":
        return text
    ends = [(match.start(), match.end()) for match in _SENTENCE.finditer(text)]
    start = max((after for before, after in ends if before <= quoted.start), default=0)
    end = min((before for before, _ in ends if before >= quoted.end), default=len(text))
    return text[start:end]


def place(passage: Passage, *, named: bool) -> str:
    """Returns where a passage stands: `CW-100-manual.pdf, p. 12`, the page as it is printed."""
    return f"{passage.document}, p. {passage.label}" if named else f"p. {passage.label}"
