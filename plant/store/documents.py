"""Manuals in a store: what a document is, what is known of it, and the queries over its passages.

The part of `plant.store.contract.Store` that holds manuals; its rules are the store's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Document(msgspec.Struct, frozen=True):
    """A manual that was added.

    Attributes:
        id: Number in the store; 0 before it is stored.
        sha256: Hash of its file.
        name: Its name, unique: that of its file, numbered where another manual has it.
        title: Its title; its name where it has none.
        pages: How many pages it has.
        added_at: When it was added, UTC milliseconds.
        report: What was and was not understood: `ingestion.manuals.report.Report`.
        revision: As its text says it, "Rev. C, 2024-03"; empty where it does not.
    """

    id: int
    sha256: str
    name: str
    title: str
    pages: int
    added_at: int
    report: dict[str, object]
    revision: str = ""


class DocumentLink(msgspec.Struct, frozen=True):
    """What a manual is about.

    Attributes:
        document: Name of the document.
        subject: An asset of the plant (`P-101`), or a model of machine (`HP 65-200`).
        kind: `asset` or `model`.
        why: Where that was read, in words: "title", "file name", "named on 14 pages", "plant graph", "given".
    """

    document: str
    subject: str
    kind: str
    why: str


class DocumentRelation(msgspec.Struct, frozen=True):
    """Two manuals that resemble each other; `document` was added later.

    Attributes:
        document: Name of the one.
        other: Name of the other.
        kind: `same text` (every word), `revision` (of one manual), or `near`.
        share: Share of the words that they have in common, in [0, 1]; an estimate for long ones.
    """

    document: str
    other: str
    kind: str
    share: float


class PassageCode(msgspec.Struct, frozen=True):
    """A code that a passage names.

    Attributes:
        passage: Index of the passage among those of its document, from 0.
        code: Its one spelling, `plant.codes.code_key`.
        kind: `fault`, `part` or `bolt`.
    """

    passage: int
    code: str
    kind: str


class About(msgspec.Struct, frozen=True):
    """What is kept beside a document and its passages; `relations` are seen from this document.

    Attributes:
        links: The assets and models it describes.
        codes: What its passages name.
        relations: The documents it resembles.
        sketch: Of its words, to find those.
    """

    links: tuple[DocumentLink, ...] = ()
    codes: tuple[PassageCode, ...] = ()
    relations: tuple[DocumentRelation, ...] = ()
    sketch: bytes = b""


NOTHING_ABOUT: Final = About()
"""Of a document that only its passages are kept of."""


class Passage(msgspec.Struct, frozen=True):
    """A piece of a manual; `text` is verbatim.

    Attributes:
        id: Number in the store; 0 before it is stored.
        document: Name of the document.
        page: Physical page, from 1.
        label: The page label as printed; equal to the page where none is printed.
        section: Heading it stands under, with its number.
        kind: `paragraph`, `table`, `warning` or `procedure`.
        text: The words as they stand.
        search: Normalised words, what the index sees.
        score: bm25 of a search, higher is better; 0 otherwise.
    """

    id: int
    document: str
    page: int
    label: str
    section: str
    kind: str
    text: str
    search: str
    score: float = 0.0


class DocumentStore(Protocol):
    """What a store does for manuals."""

    def put_document(
        self,
        document: Document,
        passages: Sequence[Passage],
        about: About = NOTHING_ABOUT,
        *,
        replaces: Sequence[str] = (),
    ) -> bool:
        """Adds a document with its passages, all of it or nothing; False if its content is there already.

        Args:
            document: Takes the place of one of its name.
            passages: In reading order.
            about: What else is known of it; a relation to a document that is not there is left out.
            replaces: Names of documents that go in the same transaction.
        """

    def describe_document(self, name: str, about: About) -> None:
        """Replaces what is kept beside a document; nothing where there is none of that name."""

    def documents(self) -> list[Document]:
        """Returns the documents, by name."""

    def remove_document(self, name: str) -> bool:
        """Removes a document and its passages; False if there is none of that name."""

    def document_links(self) -> list[DocumentLink]:
        """Returns which assets and models the documents describe, by document, then by subject."""

    def document_relations(self) -> list[DocumentRelation]:
        """Returns which documents resemble each other, by document, then by the other."""

    def document_sketches(self) -> dict[str, bytes]:
        """Returns the sketch of each document's words by its name; those without one are left out."""

    def document_codes(self, document: str) -> dict[str, list[str]]:
        """Returns the codes that the passages of a document name, by kind, in order."""

    def document_passages(self, document: str) -> list[Passage]:
        """Returns all passages of a document, in reading order."""

    def passages_naming(self, code: str) -> list[Passage]:
        """Returns the passages that name a fault code, part number or bolt size, however spelt, in reading order."""

    def keep_pages(self, reading: str, pages: Sequence[tuple[int, bytes]], at: int) -> None:
        """Keeps pages of a manual that is being read; `reading` names the file's content and its reader."""

    def kept_pages(self, reading: str) -> Iterator[tuple[int, bytes]]:
        """Yields the pages that are kept of a reading, in order."""

    def drop_pages(self, reading: str, before: int = 0) -> None:
        """Forgets the pages of a reading, and those of any that were kept before a time."""

    def search_passages(self, match: str, *, limit: int, document: str | None = None) -> list[Passage]:
        """Returns passages by an FTS5 expression, best first. Raises `BadInput` if it does not parse."""

    def count_passages(self, match: str = "") -> int:
        """Returns how many passages an FTS5 expression finds, or there are. Raises `BadInput` if it does not parse."""

    def page_passages(self, document: str, page: int) -> list[Passage]:
        """Returns the passages of one page, in reading order."""
