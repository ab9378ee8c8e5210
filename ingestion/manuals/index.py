"""Adds manuals to the store: a document once by its content, all of it or nothing.

Adding is told about itself (`Added`): what was understood, what the manual is about, which other manuals it
resembles. It can be ended at any moment: a manual is in the store whole or not at all, and a long PDF goes on at
the page where it was.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.manuals.codes import codes_in
from ingestion.manuals.contract import Watch
from ingestion.manuals.imprint import imprint_of
from ingestion.manuals.likeness import relations_of, sketch_of
from ingestion.manuals.links import Plant, links_of
from ingestion.manuals.passages import cut
from ingestion.manuals.readers import reader_of
from ingestion.manuals.report import Report, report_on
from ingestion.manuals.revisions import Edition, edition_of
from plant.errors import BadInput
from plant.files import sha256_of
from plant.store.documents import About, Document, DocumentLink, DocumentRelation
from plant.time import DAY, now_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from plant.store.contract import Store

PLANT_KEY: Final = "manuals.plant"
"""Key of a store's meta: what there was to link to when all its manuals were linked."""

_VERSION: Final = 5  # of how pages are read: what another version kept of a reading is not taken up
_FORGET: Final = 7 * DAY  # pages of a reading that nobody took up


class Added(msgspec.Struct, frozen=True):
    """What became of a manual that was added.

    Attributes:
        name: The document's name: its file's, numbered where another manual has it.
        title: Its title; the file's name where it has none.
        new: False where its content was there already, under whatever name.
        report: What was and was not understood.
        revision: As its text says it, "Rev. C, 2024-03"; empty where it does not.
        links: The assets and models it describes.
        relations: Other manuals that it resembles.
        replaced: Names of manuals whose place it took.
    """

    name: str
    title: str
    new: bool
    report: Report
    revision: str = ""
    links: tuple[DocumentLink, ...] = ()
    relations: tuple[DocumentRelation, ...] = ()
    replaced: tuple[str, ...] = ()


def add_manual(
    store: Store,
    path: Path,
    *,
    plant: Plant | None = None,
    given: Sequence[str] = (),
    replace: bool = False,
    step: Callable[[int, int], None] | None = None,
) -> Added:
    """Reads a manual and adds it; a file whose content is there already changes nothing but what `given` says.

    Args:
        store: Where to.
        path: The file.
        plant: What manuals may be about; the assets of the sensor registry where it is not said.
        given: Assets or models that it describes, as a person said.
        replace: Take the place of the manuals that it is a revision of; else both are kept.
        step: Is told how many pages of how many are read.

    Raises:
        BadInput: If it cannot be read: `ingestion.manuals.contract`.
        StoreError: If the store cannot be written. Nothing of the manual is kept then but pages that were read.
    """
    plant = plant or Plant(store.registry().assets)
    sha256 = _sha256(path)
    there = next((document for document in store.documents() if document.sha256 == sha256), None)
    if there is not None:
        return _there_already(store, there, plant, given)
    reader = reader_of(path)
    watch = _StoreWatch(store, f"{sha256}-{reader.name}-{_VERSION}", step)
    manual = reader.read(path, watch)
    name = _free_name(path.name, {document.name for document in store.documents()})
    title = manual.title or path.stem
    passages = cut(manual, name)
    if not passages:
        raise BadInput(f"{path} has no text but headings.")
    imprint = (text for _, text in sorted(imprint_of(manual)))
    edition = edition_of(path.name, title, passages, "\n".join((*imprint, manual.furniture)))
    report = report_on(manual, passages, reader.name)
    sketch = sketch_of(passages)
    relations = relations_of(name, sketch, edition, _editions(store))
    replaced = tuple(one.other for one in relations if one.kind == "revision") if replace else ()
    links = links_of(name, title, passages, plant, given)
    relations = tuple(one for one in relations if one.other not in replaced)
    document = Document(0, sha256, name, title, report.pages, now_ms(), _body(report, edition), edition.in_words())
    new = store.put_document(document, passages, About(links, codes_in(passages), relations, sketch), replaces=replaced)
    watch.forget()
    return Added(name, title, new, report, edition.in_words(), links, relations, replaced)


def link_manuals(store: Store, plant: Plant) -> None:
    """Links all manuals that are there anew where the plant has changed since they were."""
    digest = hashlib.sha256(msgspec.json.encode(plant, order="sorted")).hexdigest()
    if store.meta(PLANT_KEY) == digest:
        return
    for document in store.documents():
        _describe(store, document, plant, ())
    store.set_meta(PLANT_KEY, digest)


def links_and_relations(store: Store, name: str) -> tuple[list[DocumentLink], list[DocumentRelation]]:
    """Returns what a manual describes, and which manuals it resembles, seen from it."""
    links = [link for link in store.document_links() if link.document == name]
    relations = []
    for one in store.document_relations():
        if one.document == name:
            relations.append(one)
        elif one.other == name:
            relations.append(DocumentRelation(name, one.document, one.kind, one.share))
    return links, relations


class _StoreWatch(Watch):
    """Keeps pages in the store while a long manual is read."""

    def __init__(self, store: Store, reading: str, step: Callable[[int, int], None] | None) -> None:
        self._store = store
        self._reading = reading
        self._step = step

    def kept(self) -> Iterable[tuple[int, bytes]]:
        return self._store.kept_pages(self._reading)

    def keep(self, pages: Sequence[tuple[int, bytes]]) -> None:
        self._store.keep_pages(self._reading, pages, now_ms())

    def step(self, done: int, total: int) -> None:
        if self._step is not None:
            self._step(done, total)

    def forget(self) -> None:
        """Forgets what was kept of this reading, and of readings that nobody took up."""
        self._store.drop_pages(self._reading, now_ms() - _FORGET)


def _there_already(store: Store, document: Document, plant: Plant, given: Sequence[str]) -> Added:
    if given:
        _describe(store, document, plant, given)
    links, relations = links_and_relations(store, document.name)
    report = msgspec.convert(document.report, Report)
    return Added(document.name, document.title, False, report, document.revision, tuple(links), tuple(relations))


def _describe(store: Store, document: Document, plant: Plant, given: Sequence[str]) -> None:
    """Finds out again what a manual that is there is about; what a person once gave stays."""
    passages = store.document_passages(document.name)
    links, _ = links_and_relations(store, document.name)
    given = [*given, *(link.subject for link in links if link.why == "given")]
    new = links_of(document.name, document.title, passages, plant, given)
    sketch = sketch_of(passages)
    own = tuple(one for one in store.document_relations() if one.document == document.name)
    store.describe_document(document.name, About(new, codes_in(passages), own, sketch))


def _editions(store: Store) -> dict[str, tuple[bytes, Edition]]:
    """Returns sketch and edition of the manuals that are there, by name."""
    sketches = store.document_sketches()
    return {document.name: (sketches.get(document.name, b""), _edition(document)) for document in store.documents()}


def _body(report: Report, edition: Edition) -> dict[str, object]:
    return {**msgspec.to_builtins(report), "edition": msgspec.to_builtins(edition)}


def _edition(document: Document) -> Edition:
    """Returns the edition that was read when a document was added; by its names alone where none was."""
    known = document.report.get("edition")
    return msgspec.convert(known, Edition) if known else edition_of(document.name, document.title, ())


def _free_name(name: str, taken: set[str]) -> str:
    """Returns a name that no other manual has: `pump.pdf`, `pump (2).pdf`."""
    path = PurePath(name)
    number = 2
    while name in taken:
        name = f"{path.stem} ({number}){path.suffix}"
        number += 1
    return name


def _sha256(path: Path) -> str:
    """Returns the hash of a file's content. Raises `BadInput` if it cannot be read."""
    try:
        return sha256_of(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
