"""The manual tool: a question in, quotes from the manuals out, or "Not found in the manuals".

Passages are found by full-text search, and answer only if the evidence is good enough: every code
of the question (`E07`, `M12`, `P-101`) stands in them, and nearly all of its words of content do.
Extracts answer: nothing is rephrased here, so nothing can be said that is not on the page. A
warning on a cited page is always quoted too.

Facts:

| name | value | evidence |
|---|---|---|
| `quote` | verbatim text of a passage, best first | kind `manual`, one for each passage |
| `quote.number` | each number with a unit in that text; the unit is the fact's | the same |
| `quote.page` | printed page label, as text | the same |
| `quote.document` | name of the manual | the same |
| `warning` | verbatim text of a warning on a cited page; its numbers are `quote.number` too | kind `manual` |

Evidence: `text` is the verbatim passage, `title` is "CW-100-manual.pdf, p. 12", `detail` has
`document`, `manual` (its title), `page` (physical, from 1), `label` (printed), `section` and `passage`
(`paragraph`, `table`, `warning` or `procedure`).

A refusal has code `not_found` (text: "Not found in the manuals (closest: p. 12).") or `no_data` when
there are no manuals; the closest passages are in `evidence`, without facts.

`ToolResult.data` is the JSON that `millhand manuals ask --json` prints:

| key | value |
|---|---|
| `answer` | the quotes as one text, each with its page; null when refused |
| `quotes` | list of `{document, page, label, section, kind, text}` |
| `refusal` | `{code, text, help, choices}` or null |
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

import msgspec

from plant.facts import EvidenceKind, FactSheet, Refusal, RefusalCode, ToolResult
from tools.manuals.extracts import extracts
from tools.manuals.numbers import numbers_in
from tools.manuals.retrieval import CANDIDATES, Found, retrieve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inference.contract import LanguageModel
    from plant.settings import Settings
    from plant.store.contract import Passage, Store
    from tools.contract import ManualInput

_CLOSEST_SHOWN = 3
_NOT_FOUND = {"en": "Not found in the manuals", "fr": "Introuvable dans les manuels"}
_CLOSEST = {"en": " (closest: {})", "fr": " (le plus proche : {})"}
_NO_MANUALS = {"en": "There are no manuals yet.", "fr": "Il n'y a pas encore de manuel."}


class ManualTool:
    """Answers from the manuals by quoting them; see `tools.contract.Tool`."""

    name: ClassVar[str] = "manual"

    def __init__(self, store: Store, settings: Settings, model: LanguageModel | None = None) -> None:  # noqa: ARG002 (tools are made alike)
        self._store = store

    def run(self, request: ManualInput) -> ToolResult:
        """Finds the passages that answer a question, or says that there are none."""
        began = time.perf_counter()
        sheet = FactSheet()
        found = retrieve(
            self._store, request.question, language=request.language, entities=request.entities, limit=CANDIDATES
        )
        quoted = extracts(found)
        if quoted:
            refusal, quotes = None, self._quote(sheet, quoted)
        else:
            refusal, quotes = self._refuse(sheet, found, request.language), []
        answer = "\n\n".join(f"{quote['text']} [p. {quote['label']}]" for quote in quotes)
        return ToolResult(
            self.name,
            facts=tuple(sheet.facts),
            evidence=tuple(sheet.evidence),
            refusal=refusal,
            data={
                "answer": answer or None,
                "quotes": quotes,
                "refusal": msgspec.to_builtins(refusal) if refusal else None,
            },
            seconds=time.perf_counter() - began,
        )

    def _quote(self, sheet: FactSheet, quoted: Sequence[Passage]) -> list[dict[str, str | int]]:
        there = {passage.id for passage in quoted}
        warnings = [passage for passage in self._warnings(quoted) if passage.id not in there]
        titles = {document.name: document.title for document in self._store.documents()}
        for passage in (*quoted, *warnings):
            source = _cite(sheet, passage, titles)
            if passage in warnings:
                sheet.add("warning", passage.text, source)
            else:
                sheet.add("quote", passage.text, source)
                sheet.add("quote.page", passage.label, source)
                sheet.add("quote.document", passage.document, source)
            for value, unit in numbers_in(passage.text):
                sheet.add("quote.number", value, source, unit)
        return [_as_json(passage) for passage in (*quoted, *warnings)]

    def _warnings(self, quoted: Sequence[Passage]) -> Iterator[Passage]:
        """Yields the warnings of the pages that are quoted."""
        for document, page in dict.fromkeys((passage.document, passage.page) for passage in quoted):
            for passage in self._store.page_passages(document, page):
                if passage.kind == "warning":
                    yield passage

    def _refuse(self, sheet: FactSheet, found: Sequence[Found], language: str) -> Refusal:
        documents = self._store.documents()
        if not documents:
            text = _NO_MANUALS.get(language, _NO_MANUALS["en"])
            return Refusal(RefusalCode.NO_DATA, text, help="Add one: millhand manuals add FILE.pdf.")
        titles = {document.name: document.title for document in documents}
        for one in found[:_CLOSEST_SHOWN]:
            _cite(sheet, one.passage, titles)
        text = _NOT_FOUND.get(language, _NOT_FOUND["en"])
        if found:
            text += _CLOSEST.get(language, _CLOSEST["en"]).format(_place(found[0].passage, named=len(documents) > 1))
        return Refusal(RefusalCode.NOT_FOUND, f"{text}.")


def _cite(sheet: FactSheet, passage: Passage, titles: dict[str, str]) -> str:
    return sheet.cite(
        EvidenceKind.MANUAL,
        _place(passage, named=True),
        text=passage.text,
        document=passage.document,
        manual=titles.get(passage.document, passage.document),
        page=passage.page,
        label=passage.label,
        section=passage.section,
        passage=passage.kind,
    )


def _place(passage: Passage, *, named: bool) -> str:
    return f"{passage.document}, p. {passage.label}" if named else f"p. {passage.label}"


def _as_json(passage: Passage) -> dict[str, str | int]:
    keys = ("document", "page", "label", "section", "kind", "text")
    return {key: getattr(passage, key) for key in keys}
