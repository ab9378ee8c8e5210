"""A report as a file: JSON with all of it, CSV with a row for each answer, HTML for people."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finetuning.assistant.report import Report

_COLUMNS = (
    "way", "id", "manual", "language", "kind", "question", "reference", "words", "how", "outcome", "good", "exact",
    "number", "f1", "cited", "page_right", "contained", "off_page", "rank", "seconds",
)  # fmt: skip


def written(report: Report, ending: str) -> bytes:
    """Returns a report as a file with that ending: `.json`, `.csv` or `.html`."""
    if ending == ".json":
        return msgspec.json.encode(report)
    if ending == ".csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(_rows(report))
        return text.getvalue().encode()
    from finetuning.assistant.page import to_html

    return to_html(report).encode()


def _rows(report: Report) -> Iterator[list[object]]:
    for way in report.ways:
        for one, answer in zip(report.asked, way.answers, strict=True):
            question = one.question
            cited = "; ".join(f"{quote.document}, p. {quote.label}" for quote in answer.quotes)
            yield [
                way.name, question.id, question.manual, question.language, question.kind, question.question,
                " / ".join(question.answers), answer.words, answer.how, answer.outcome, answer.good, answer.exact,
                answer.number, answer.f1, cited, answer.page, answer.contained, " ".join(answer.off_page), one.rank,
                round(answer.seconds, 3),
            ]  # fmt: skip
