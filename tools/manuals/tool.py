"""The manual tool: a question in, quotes from the manuals out, or "Not found in the manuals".

Passages are found by full-text search (`retrieval.py`). A language model that is tuned to it, or that the settings
name, reads them and points at the words that answer (`reading.py`). Where there is none, or what it says is not on the
page, extracts answer (`extracts.py`): passages that have every code of the question (`E07`, `M12`) and nearly all of
its words. Nothing is rephrased either way, so nothing can be said that is not on the page. A warning on a cited page is
always quoted too, and so is another manual that answers the same question otherwise.

Facts:

| name | value | evidence |
|---|---|---|
| `quote` | verbatim words that answer, or the whole passage; best first | kind `manual`, one for each |
| `quote.context` | verbatim row or sentences around those words, where they are not the whole passage | the same |
| `quote.number` | each number with a unit in them; the unit is the fact's | the same |
| `quote.page` | printed page label, as text | the same |
| `quote.document` | name of the manual | the same |
| `quote.disagree` | true where two manuals answer differently; once, beside the first quote | the same |
| `warning` | verbatim text of a warning on a cited page; its numbers are `quote.number` too | kind `manual` |

Evidence: `text` is the verbatim passage, `title` is "CW-100-manual.pdf, p. 12", `detail` has
`document`, `manual` (its title), `revision`, `page` (physical, from 1), `label` (printed), `section`, `passage`
(`paragraph`, `table`, `warning` or `procedure`); `answer` is the answer's number, where it is kept.

A refusal has code `not_found` (text: "Not found in the manuals (closest: p. 12).") or `no_data` when
there are no manuals; the closest passages are in `evidence`, without facts.

`ToolResult.data` is the JSON that `millhand manuals ask --json` prints:

| key | value |
|---|---|
| `answer` | the quotes as one text, each with its page; null when refused |
| `quotes` | list of `{document, page, label, section, kind, text, words, revision}`; null words: the whole text |
| `how` | `model` or `extracts` |
| `disagree` | whether two manuals answer differently |
| `passages` | what could be answered from, `{document, title, page, label, section, kind, text}` |
| `number` | the answer's number in the store, for feedback; null where it is not kept |
| `refusal` | `{code, text, help, choices}` or null |
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from plant.errors import MillhandError, StoreError
from plant.facts import Evidence, FactSheet, Refusal, RefusalCode, ToolResult
from plant.store.answers import ManualAnswer, ReadPassage
from plant.time import now_ms
from tools.manuals.citing import Citer, place
from tools.manuals.disagreement import with_rivals
from tools.manuals.extracts import extracts
from tools.manuals.feedback import ANSWER
from tools.manuals.reading import ADAPTER, Reading, read
from tools.manuals.retrieval import CANDIDATES, Found, retrieve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inference.contract import LanguageModel
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.contract import ManualInput
    from tools.manuals.dense import Dense

MODEL: Final = "model"
EXTRACTS: Final = "extracts"

_CLOSEST_SHOWN: Final = 3
_NOT_FOUND: Final = {"en": "Not found in the manuals", "fr": "Introuvable dans les manuels"}
_CLOSEST: Final = {"en": " (closest: {})", "fr": " (le plus proche : {})"}
_NO_MANUALS: Final = {"en": "There are no manuals yet.", "fr": "Il n'y a pas encore de manuel."}


class _Answered(msgspec.Struct, frozen=True):
    """A reading, and how it was made: by a model of that name, or by extracts where there is none."""

    reading: Reading
    model: str = ""

    @property
    def how(self) -> str:
        return MODEL if self.model else EXTRACTS


class ManualTool:
    """Answers from the manuals by quoting them; see `tools.contract.Tool`.

    Args:
        store: Where the manuals are.
        settings: Whether a model was named.
        model: The language model, if there is one.
        dense: Finds passages by their meaning too, if there is an embedding model.
        keep: Whether answers are kept in the store, for feedback; it must not be open for reading only then.
    """

    name: ClassVar[str] = "manual"

    def __init__(
        self,
        store: Store,
        settings: Settings,
        model: LanguageModel | None = None,
        *,
        dense: Dense | None = None,
        keep: bool = False,
    ) -> None:
        self._store = store
        self._model = model
        self._model_named = bool(settings.model.url)
        self._dense = dense
        self._keep = keep

    def run(self, request: ManualInput) -> ToolResult:
        """Finds the words that answer a question, or says that there are none."""
        began = time.perf_counter()
        sheet = FactSheet()
        citer = Citer(self._store, sheet)
        found = self._retrieve(request)
        answered = self._answer(request.question, found)
        again = partial(self._read if answered.model else extracts, request.question)
        quoted, disagree = with_rivals(answered.reading, found, again)
        quotes = citer.quote(quoted)
        if disagree:
            sheet.add("quote.disagree", True, sheet.facts[0].source)
        refusal = None if quoted else self._refuse(citer, found, request.language)
        answer = "\n\n".join(f"{row['words'] or row['text']} [p. {row['label']}]" for row in quotes)
        kept = _kept(request, answered, answer)
        number = self._remember(kept)
        return ToolResult(
            self.name,
            facts=tuple(sheet.facts),
            evidence=tuple(_numbered(one, number) for one in sheet.evidence),
            refusal=refusal,
            data={
                "answer": answer or None,
                "quotes": quotes,
                "how": answered.how,
                "disagree": disagree,
                "passages": msgspec.to_builtins(kept.passages),
                "number": number,
                "refusal": msgspec.to_builtins(refusal) if refusal else None,
            },
            seconds=time.perf_counter() - began,
        )

    def _retrieve(self, request: ManualInput) -> list[Found]:
        """Finds passages; by words alone where the embedding model does not answer, or vectors cannot be kept."""
        find = partial(
            retrieve,
            self._store,
            request.question,
            language=request.language,
            entities=request.entities,
            limit=CANDIDATES,
        )
        if self._dense is not None:
            try:
                return find(dense=self._dense)
            except MillhandError:
                pass
        return find()

    def _answer(self, question: str, found: Sequence[Found]) -> _Answered:
        """Lets the model read what was found, where one can; else, or where its reading does not hold, extracts."""
        reading = self._read(question, found)
        if reading is not None and self._model is not None:
            return _Answered(reading, self._model.name)
        return _Answered(extracts(question, found))

    def _read(self, question: str, found: Sequence[Found]) -> Reading | None:
        """Returns what the model reads; None where there is none that can, or its reading does not hold."""
        if not found or self._model is None:
            return None
        try:
            if self._model_named or ADAPTER in self._model.adapters:
                return read(self._model, question, found)
        except MillhandError:
            pass  # a model that is down or damaged: the manuals answer without
        return None

    def _remember(self, answer: ManualAnswer) -> int | None:
        """Keeps an answer and returns its number; none where it is not to be kept, or cannot be.

        A store that is locked or full takes no feedback, which is no reason to withhold the answer.
        """
        if not self._keep:
            return None
        try:
            return self._store.add_manual_answer(answer)
        except StoreError:
            return None

    def _refuse(self, citer: Citer, found: Sequence[Found], language: str) -> Refusal:
        documents = self._store.documents()
        if not documents:
            text = _NO_MANUALS.get(language, _NO_MANUALS["en"])
            return Refusal(RefusalCode.NO_DATA, text, help="Add one: millhand manuals add FILE.pdf.")
        for one in found[:_CLOSEST_SHOWN]:
            citer.cite(one.passage)
        text = _NOT_FOUND.get(language, _NOT_FOUND["en"])
        if found:
            text += _CLOSEST.get(language, _CLOSEST["en"]).format(place(found[0].passage, named=len(documents) > 1))
        return Refusal(RefusalCode.NOT_FOUND, f"{text}.")


def _kept(request: ManualInput, answered: _Answered, answer: str) -> ManualAnswer:
    """Returns an answer as the store keeps it."""
    reading = answered.reading
    return ManualAnswer(
        question=request.question,
        language=request.language,
        how=answered.how,
        model=answered.model,
        passages=tuple(_read_passage(one) for one in reading.shown),
        reply=reading.reply,
        answer=answer,
        at=now_ms(),
    )


def _numbered(evidence: Evidence, number: int | None) -> Evidence:
    """Returns an evidence that says for which answer it was quoted."""
    if number is None:
        return evidence
    return msgspec.structs.replace(evidence, detail={**evidence.detail, ANSWER: number})


def _read_passage(found: Found) -> ReadPassage:
    passage = found.passage
    return ReadPassage(
        passage.document, found.title, passage.page, passage.label, passage.section, passage.kind, passage.text
    )
