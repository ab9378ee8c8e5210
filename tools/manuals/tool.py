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

import math
import re
import time
from typing import TYPE_CHECKING, ClassVar

import msgspec

from ingestion.manuals.words import Question, read_question, tokens
from plant.facts import EvidenceKind, FactSheet, Refusal, RefusalCode, ToolResult
from plant.store.contract import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from inference.contract import LanguageModel
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.contract import ManualInput

MIN_COVERAGE = 0.7
"""Share of a question's words, by weight, that a passage must have."""

MIN_COVERAGE_WITH_CODE = 0.4
"""The same where the question names a code, which the passage must have as well."""

_CANDIDATES = 40
_QUOTES = 3
_SECTION = 6  # passages of the section that was asked for: a procedure is not cut to three
_CLOSE = 0.7  # of the best passage's bm25: a further quote says as much
_COUNT_UP_TO = 1_000

_NUMBER = r"[-+\u2212]?\d+(?:[,\u202f\u00a0]\d{3})*(?:[.,]\d+)?"
_UNITS = {
    "°C": "degC", "degC": "degC", "K": "K", "bar": "bar", "kPa": "kPa", "MPa": "MPa", "Pa": "Pa", "m3/h": "m3/h",
    "m³/h": "m3/h", "l/min": "l/min", "l/h": "l/h", "m/s": "m/s", "mm/s": "mm/s", "mm": "mm", "cm": "cm", "m": "m",
    "µm": "um", "Nm": "Nm", "N·m": "Nm", "N.m": "Nm", "kW": "kW", "W": "W", "kWh": "kWh", "V": "V", "A": "A",
    "mA": "mA", "Hz": "Hz", "rpm": "rpm", "min-1": "rpm", "%": "%", "kg": "kg", "g": "g", "l": "l", "L": "l",
    "ml": "ml", "m3": "m3", "m³": "m3", "m2": "m2", "m²": "m2", "dB(A)": "dB(A)", "s": "s", "seconds": "s",
    "min": "min", "minutes": "min", "h": "h", "hours": "h", "days": "d", "weeks": "week", "months": "month",
    "years": "year",
}  # fmt: skip
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?<![\w.])(?:({_NUMBER})\s?(?:-|\u2013|to|and|\+-|\+/-|±)\s?)?({_NUMBER})\s?({_UNIT})(?![\w/³²])"
)

_NOT_FOUND = {"en": "Not found in the manuals", "fr": "Introuvable dans les manuels"}
_CLOSEST = {"en": " (closest: {})", "fr": " (le plus proche : {})"}
_NO_MANUALS = {"en": "There are no manuals yet.", "fr": "Il n'y a pas encore de manuel."}


class _Judged(msgspec.Struct, frozen=True):
    """A passage and what it says to the question.

    Attributes:
        passage: The passage.
        coverage: Share of the question's words, by weight, that it has.
        enough: Whether that, and its codes, are evidence enough to quote it.
        about: Whether it is about what is asked: a table row named by the question, or a text under
            a heading that has the whole question.
    """

    passage: Passage
    coverage: float
    enough: bool
    about: bool

    def rank(self) -> tuple[bool, bool, float, float]:
        """Returns what passages are ordered by, the highest first."""
        return self.enough, self.about, round(self.coverage, 2), self.passage.score


class ManualTool:
    """Answers from the manuals by quoting them; see `tools.contract.Tool`."""

    name: ClassVar[str] = "manual"

    def __init__(self, store: Store, settings: Settings, model: LanguageModel | None = None) -> None:  # noqa: ARG002 (tools are made alike)
        self._store = store

    def run(self, request: ManualInput) -> ToolResult:
        """Finds the passages that answer a question, or says that there are none."""
        began = time.perf_counter()
        sheet = FactSheet()
        judged = self._judge(request)
        quoted = _worth_quoting(judged)
        if quoted:
            refusal, quotes = None, self._quote(sheet, quoted)
        else:
            refusal, quotes = self._refuse(sheet, judged, request.language), []
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

    def _judge(self, request: ManualInput) -> list[_Judged]:
        """Returns the passages that have anything of the question, the best first."""
        question = read_question(request.question)
        match = question.match()
        if not match:
            return []
        passages = self._store.search_passages(match, limit=_CANDIDATES)
        weights = self._weights(question)
        known = self._plant_names(request.entities)
        needed = [spellings for spellings in question.codes if known.isdisjoint(spellings)]
        least = MIN_COVERAGE_WITH_CODE if needed else MIN_COVERAGE
        judged = []
        for passage in passages:
            about = _is_about(question, passage) and not (needed and passage.kind != "table")
            have = set(passage.search.split()) | (set(tokens(passage.section)) if about else set())
            coverage = _coverage(question, weights, have)
            enough = all(not have.isdisjoint(spellings) for spellings in needed) and coverage >= least
            judged.append(_Judged(passage, coverage, enough, about))
        return sorted(judged, key=_Judged.rank, reverse=True)

    def _weights(self, question: Question) -> list[float]:
        """Returns how much each word of the question says: the fewer passages have it, the more.

        Inverse document frequency (Sparck Jones 1972), smoothed so that a word of all passages
        still counts, and one of none counts most.
        """
        total = sum(sum(_kinds(document.report).values()) for document in self._store.documents())
        weights = []
        for word in question.words:
            match = Question((), (word,)).match()
            having = len(self._store.search_passages(match, limit=_COUNT_UP_TO))
            weights.append(math.log(1 + (total + 1) / (having + 0.5)))
        return weights

    def _plant_names(self, entities: Iterable[str]) -> set[str]:
        """Returns names of assets and tags: a manual may speak of "the pump" where a question says P-101."""
        registry = self._store.registry()
        names = {name for sensor in registry for name in (sensor.tag, sensor.asset)}
        return {name.casefold() for name in (*names, *entities)}

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

    def _refuse(self, sheet: FactSheet, judged: Sequence[_Judged], language: str) -> Refusal:
        documents = self._store.documents()
        if not documents:
            text = _NO_MANUALS.get(language, _NO_MANUALS["en"])
            return Refusal(RefusalCode.NO_DATA, text, help="Add one: millhand manuals add FILE.pdf.")
        titles = {document.name: document.title for document in documents}
        for one in judged[:_QUOTES]:
            _cite(sheet, one.passage, titles)
        text = _NOT_FOUND.get(language, _NOT_FOUND["en"])
        if judged:
            text += _CLOSEST.get(language, _CLOSEST["en"]).format(_place(judged[0].passage, named=len(documents) > 1))
        return Refusal(RefusalCode.NOT_FOUND, f"{text}.")


def numbers_in(text: str) -> list[tuple[float, str]]:
    """Returns the numbers of a text that have a unit, as (value, unit as the registry spells it).

    Of a range ("10 to 15 bar") both ends are returned. A comma before three digits groups
    thousands, any other is a decimal comma.
    """
    found = []
    for low, high, unit in _QUANTITY.findall(text):
        found += [(_value(number), _UNITS[unit]) for number in (low, high) if number]
    return list(dict.fromkeys(found))


def _value(number: str) -> float:
    plain = re.sub(r"[,\u202f\u00a0](?=\d{3}(?!\d))", "", number.replace("\u2212", "-"))
    return float(plain.replace(",", "."))


def _coverage(question: Question, weights: Sequence[float], have: set[str]) -> float:
    """Returns the share of the question's words, by weight, that a passage has; 1 where there are none."""
    total = sum(weights)
    covered = sum(weight for word, weight in zip(question.words, weights, strict=True) if not have.isdisjoint(word))
    return covered / total if total else 1.0


def _is_about(question: Question, passage: Passage) -> bool:
    """Says whether a row's first cell is named by the question, or a heading has all of it."""
    if passage.kind == "table":
        first = passage.text.partition("\n")[0]
        name = set(tokens(first.partition(": ")[2] or first))
        return bool(name) and name <= question.stems()
    title = set(tokens(passage.section))
    return bool(question.words) and all(not title.isdisjoint(word) for word in question.words)


def _worth_quoting(judged: Sequence[_Judged]) -> list[Passage]:
    """Returns the best passage if it is good enough, and those that say as much.

    A row that the question names stands alone. To a text under the heading that was asked for
    belongs all that stands there, in reading order, after what scores higher elsewhere; to any
    other passage, what scores nearly as high.
    """
    if not judged or not judged[0].enough:
        return []
    best = judged[0]
    under = (best.passage.document, best.passage.section)

    equals = [one for one in judged if one.enough and one.coverage >= best.coverage - 0.01]
    if not best.about:
        return [one.passage for one in equals if one.passage.score >= _CLOSE * best.passage.score][:_QUOTES]
    if best.passage.kind == "table":
        return [one.passage for one in equals if one.about and one.passage.kind == "table"][:_QUOTES]
    section = [one.passage for one in equals if (one.passage.document, one.passage.section) == under]
    highest = max(passage.score for passage in section)
    elsewhere = [one.passage for one in equals if one.passage not in section and one.passage.score > highest]
    return [*elsewhere[:_QUOTES], *sorted(section[:_SECTION], key=lambda passage: passage.id)]


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


def _kinds(report: dict[str, object]) -> dict[str, int]:
    kinds = report.get("passages")
    return kinds if isinstance(kinds, dict) else {}
