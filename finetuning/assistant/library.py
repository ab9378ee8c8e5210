"""The manuals of a split in a store, as a plant has them, and where in it the answers stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from finetuning.assistant.sources import read_source, write_source
from ingestion.manuals.index import add_manual
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from finetuning.assistant.questions import Question
    from plant.store.contract import Passage, Store

_CELL = " | "


class Place(msgspec.Struct, frozen=True):
    """Where an answer stands.

    Attributes:
        document: Name of the manual in the store.
        page: Physical page, from 1.
        label: As printed.
        passages: Numbers of the passages there that have the quote.
    """

    document: str
    page: int
    label: str
    passages: tuple[int, ...]


class Library:
    """The manuals of a split, all in one store.

    Args:
        store: An empty store.
        folder: Where the manuals' files are written.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self._folder = folder
        self._documents: dict[str, str] = {}

    def add(self, files: Sequence[Path], told: Callable[[str], None]) -> None:
        """Writes the manuals as their makers would and adds them as a plant does.

        Raises:
            BadInput: If a manual of the evaluation is not as it should be, or its file cannot be read.
            ServiceUnavailable: For a PDF where reportlab is not installed.
        """
        for number, file in enumerate(files, 1):
            source = read_source(file)
            self._documents[source.name] = add_manual(self.store, write_source(source, self._folder)).name
            told(f"{number} of {len(files)} manuals: {source.document}")

    def document(self, manual: str) -> str:
        """Returns the name in the store of a manual of the evaluation."""
        return self._documents[manual]

    def places(self, question: Question) -> list[Place]:
        """Returns where a question's quote stands: in its manual, and in other revisions of it; none if unanswerable.

        Raises:
            BadInput: If it is not on exactly one page of its manual.
        """
        if not question.answerable:
            return []
        own = self._documents[question.manual]
        places = self._places(question.quote, own)
        if len(places) != 1:
            raise BadInput(
                f"The quote of the question {question.id!r} stands on {len(places)} pages of {own}, not on one: "
                f"{question.quote!r}."
            )
        return [*places, *(place for other in self._revisions(own) for place in self._places(question.quote, other))]

    def page(self, document: str, page: int) -> str:
        """Returns what was read on a page."""
        return "\n".join(passage.text for passage in self.store.page_passages(document, page))

    def _places(self, quote: str, document: str) -> list[Place]:
        pages: dict[int, list[Passage]] = {}
        for passage in self.store.document_passages(document):
            if _has(passage.text, quote):
                pages.setdefault(passage.page, []).append(passage)
        return [
            Place(document, page, found[0].label, tuple(passage.id for passage in found))
            for page, found in pages.items()
        ]

    def _revisions(self, document: str) -> list[str]:
        return [
            other
            for relation in self.store.document_relations()
            for one, other in (
                (relation.document, relation.other),
                (relation.other, relation.document),
            )
            if relation.kind == "revision" and one == document
        ]


def _has(text: str, quote: str) -> bool:
    """Says whether a passage has all cells of a quote, in their order; spaces are not compared."""
    text, at = _bare(text), 0
    for cell in map(_bare, quote.split(_CELL)):
        at = text.find(cell, at)
        if at < 0:
            return False
        at += len(cell)
    return True


def _bare(text: str) -> str:
    return "".join(text.split())
