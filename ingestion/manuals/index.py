"""Adds manuals to the store: a document once by its content, all of it or nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from ingestion.manuals.passages import Report, cut
from ingestion.manuals.pdf import read_pdf
from plant.store.contract import Document
from plant.time import now_ms

if TYPE_CHECKING:
    from pathlib import Path

    from plant.store.contract import Store


class Added(msgspec.Struct, frozen=True):
    """What became of a manual that was added.

    Attributes:
        name: The document's name, its file name.
        title: Its title; the name where it has none.
        new: False where its content was there already, under whatever name.
        report: What was and was not understood.
    """

    name: str
    title: str
    new: bool
    report: Report


def add_manual(store: Store, path: Path) -> Added:
    """Reads a PDF and adds it; a file whose content is there already changes nothing.

    A file of the same name with other content takes the older one's place.

    Raises:
        BadInput: As `ingestion.manuals.pdf.read_pdf` does.
        StoreError: If the store cannot be written.
    """
    sha256 = _sha256(path)
    for document in store.documents():
        if document.sha256 == sha256:
            return Added(document.name, document.title, new=False, report=msgspec.convert(document.report, Report))
    pdf = read_pdf(path)
    passages, report = cut(pdf, path.name)
    title = pdf.title or path.stem
    body = msgspec.to_builtins(report)
    new = store.put_document(Document(0, sha256, path.name, title, report.pages, now_ms(), body), passages)
    return Added(path.name, title, new, report)


def _sha256(path: Path) -> str:
    """Returns the hash of a file's content; that of nothing where it cannot be read, which `read_pdf` explains."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
