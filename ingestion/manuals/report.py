"""What was and was not understood of a manual, in figures and in sentences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from ingestion.manuals.contract import Heading, Table
from ingestion.manuals.words import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingestion.manuals.contract import Manual
    from plant.store.contract import Passage

_FEW_PAGES = 12
_LABELS = {
    "file": "labels from the file",
    "printed": "labels as printed",
    "sections": "labels from its headings",
    "none": "no page labels",
}


class Report(msgspec.Struct, frozen=True):
    """What was and was not understood of a manual.

    Attributes:
        pages: How many pages it has.
        pages_without_text: Numbers of pages with nothing on them that can be read.
        labels: Where page labels come from: `file`, `printed`, `sections` or `none`.
        sections: How many headings were found.
        tables: How many tables.
        passages: How many passages of each kind.
        format: What it was read from: `PDF`, `Markdown` ...
        language: `en` or `fr`, that of most of its words; empty where there are too few.
        columns: How many pages are set in columns.
        notes: What was not read, a sentence each.
    """

    pages: int
    pages_without_text: tuple[int, ...]
    labels: str
    sections: int
    tables: int
    passages: dict[str, int]
    format: str = "PDF"
    language: str = ""
    columns: int = 0
    notes: tuple[str, ...] = ()


def report_on(manual: Manual, passages: Sequence[Passage], form: str) -> Report:
    """Counts what was read of a manual of a format, and which passages became of it."""
    blocks = [block for page in manual.pages for block in page.blocks]
    return Report(
        pages=len(manual.pages),
        pages_without_text=tuple(page.number for page in manual.pages if not page.blocks),
        labels=manual.labels,
        sections=sum(isinstance(block, Heading) for block in blocks),
        tables=sum(isinstance(block, Table) for block in blocks),
        passages=dict(sorted(Counter(passage.kind for passage in passages).items())),
        format=form,
        language=language_of(passage.text for passage in passages),
        columns=manual.columns,
        notes=manual.notes,
    )


def in_words(report: Report) -> str:
    """Returns a report as a few sentences."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in report.passages.items()) or "none"
    columns = f", {report.columns} of them in columns" if report.columns else ""
    pages = f"{report.pages} pages ({_LABELS[report.labels]}){columns}"
    told = [f"{pages}, {report.sections} sections, {report.tables} tables; passages: {kinds}."]
    if report.pages_without_text:
        told.append(f"Nothing could be read on page {_listed(report.pages_without_text)}.")
    return " ".join([*told, *report.notes])


def _listed(pages: Sequence[int]) -> str:
    shown = ", ".join(map(str, pages[:_FEW_PAGES]))
    return f"{shown} and {len(pages) - _FEW_PAGES} more" if len(pages) > _FEW_PAGES else shown
