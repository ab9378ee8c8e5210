"""Asks the questions of a split in every way, and says what became of each.

All manuals of the split are in one store, as a plant has them, so that the right one has to be found too. The same
questions, models and machine give the same answers; seconds differ.
"""

from __future__ import annotations

import math
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from finetuning.assistant import matching
from finetuning.assistant.candidates import BASE, TUNED, open_candidate, wanted
from finetuning.assistant.library import Library
from finetuning.assistant.questions import FOLDER, Split, load_questions, manual_files
from finetuning.assistant.report import (
    Answer,
    Asked,
    Paired,
    Report,
    WayReport,
    figures_of,
    paired,
    recall_of,
    shown_of,
    worst_of,
)
from finetuning.assistant.ways import CLOSED_BOOK, RETRIEVAL, ClosedBook, Given, Retrieval
from finetuning.cypher.report import Outcome
from plant.errors import UsageError, did_you_mean
from plant.store.sqlite import open_store
from tools.manuals.prompt import fitting
from tools.manuals.retrieval import CANDIDATES, retrieve
from tools.manuals.tool import EXTRACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from finetuning.assistant.candidates import Candidate, Wanted
    from finetuning.assistant.library import Place
    from finetuning.assistant.questions import Question
    from finetuning.assistant.ways import Way
    from inference.contract import Scored
    from plant.settings import Settings

_TOLD: Final = 10  # questions between two lines of progress
_KINDS: Final = (CLOSED_BOOK, RETRIEVAL)


class Evaluation:
    """A run over the questions of a split.

    Args:
        split: Which questions.
        settings: `model.url` is the base; limits of the tool.
        folder: An empty folder, for the store and the manuals' files.
        told: Is told the progress, a line at a time.
        tuned: URL of the tuned model; None for the base with its adapter for manuals.
        others: URLs of further models.
        ways: Names of ways to ask; empty for all.
        limit: Of each manual's questions, how many; 0 for all. They are spread over the file.
        scores: Whether the reference answers are scored, for perplexity: about as long again as asking.
        source: Where manuals and questions are.
    """

    def __init__(  # noqa: PLR0913 (each is an option of the command)
        self,
        split: Split,
        settings: Settings,
        *,
        folder: Path,
        told: Callable[[str], None],
        tuned: str | None = None,
        others: Sequence[str] = (),
        ways: Sequence[str] = (),
        limit: int = 0,
        scores: bool = True,
        source: Path = FOLDER,
    ) -> None:
        self._split = split
        self._settings = settings
        self._folder = folder
        self._told = told
        self._models = wanted(settings, tuned, others)
        self._ways = ways
        self._limit = limit
        self._scores = scores
        self._source = source
        self._left_out: list[str] = []

    def run(self) -> Report:
        """Asks, and returns the report.

        Raises:
            BadInput: If a manual or a question is not as it should be.
            UsageError: If a way is named that there is not.
            ServiceUnavailable: If a model does not answer, or a PDF cannot be written.
            SettingsError: For a URL that names no model.
        """
        questions = _spread(load_questions(self._split, self._source), self._limit)
        with open_store(self._folder / "manuals.db") as store:
            library = Library(store, self._folder)
            library.add(manual_files(self._split, self._source), self._told)
            places = [library.places(question) for question in questions]
            asked = [_asked(library, *pair) for pair in zip(questions, places, strict=True)]
            ways = self._ask_all(library, asked, places)
        self._check_ways([way.name for way in ways])
        return Report(
            evaluation="assistant",
            split=self._split,
            manuals=[library.document(file.stem) for file in manual_files(self._split, self._source)],
            asked=asked,
            recall=recall_of(asked),
            shown=shown_of(asked),
            ways=ways,
            paired=_paired(ways),
            left_out=self._left_out,
        )

    def _ask_all(self, library: Library, asked: Sequence[Asked], places: Sequence[list[Place]]) -> list[WayReport]:
        reports = []
        if self._is_wanted(EXTRACTS):
            reports.append(self._ask(Retrieval(library.store, self._settings, None), None, library, asked, places))
        for one in self._models:
            if one.name and not any(self._is_wanted(f"{one.name}{kind}") for kind in _KINDS):
                continue
            reports += self._ask_model(one, library, asked, places)
        return reports

    def _ask_model(
        self, one: Wanted, library: Library, asked: Sequence[Asked], places: Sequence[list[Place]]
    ) -> list[WayReport]:
        with ExitStack() as stack:
            candidate = open_candidate(one, self._settings)
            if candidate is None:
                self._left_out.append(_left_out(one))
                self._told(self._left_out[-1])
                return []
            stack.callback(candidate.model.close)
            ways: list[Way] = [ClosedBook(candidate), Retrieval(library.store, self._settings, candidate)]
            return [self._ask(way, candidate, library, asked, places) for way in ways if self._is_wanted(way.name)]

    def _ask(
        self,
        way: Way,
        candidate: Candidate | None,
        library: Library,
        asked: Sequence[Asked],
        places: Sequence[list[Place]],
    ) -> WayReport:
        answers = []
        for number, (one, where) in enumerate(zip(asked, places, strict=True), 1):
            given = way.ask(one.question)
            scores = way.score(one.question, where[0]) if self._scores and where else None
            answers.append(judged(one.question, where, given, library, scores))
            if number % _TOLD == 0 or number == len(asked):
                self._told(f"{way.name}: {number} of {len(asked)} questions")
        return WayReport(
            name=way.name,
            model=candidate.about if candidate else None,
            bytes=candidate.size if candidate else 0,
            figures=figures_of(asked, answers),
            answers=answers,
            worst=worst_of(asked, answers),
        )

    def _is_wanted(self, name: str) -> bool:
        return not self._ways or name in self._ways

    def _check_ways(self, there: Sequence[str]) -> None:
        known = [EXTRACTS, *(f"{one.name}{kind}" for one in self._models if one.name for kind in _KINDS), *there]
        for name in self._ways:
            if name not in known:
                raise UsageError(f"{name!r} is not a way.", hint=did_you_mean(name, known) or f"There are {known}.")


def judged(
    question: Question,
    places: Sequence[Place],
    given: Given,
    library: Library,
    scores: Sequence[Scored | None] | None = None,
) -> Answer:
    """Returns what a way gave, judged: see `report.py` for what is what."""
    answers, kind = question.answers, question.kind
    exact = question.answerable and matching.exact_match(given.words, answers, kind)
    has_number = any(matching.numbers(one) for one in answers)
    number = matching.number_match(given.words, answers) if has_number else None
    right = question.answerable and matching.is_right(given.words, answers, kind)
    pages = {(place.document, place.page) for place in places}
    told = [(one.text, (one.document, one.page)) for one in given.quotes]
    known = [score for score in scores or () if score is not None]
    outcome = Outcome.REFUSED if not given.words else Outcome.RIGHT if right else Outcome.WRONG
    return Answer(
        id=question.id,
        outcome=outcome,
        good=outcome is (Outcome.RIGHT if question.answerable else Outcome.REFUSED),
        words=given.words,
        quotes=given.quotes,
        how=given.how,
        said=given.said,
        seconds=given.seconds,
        off_page=tuple(_off_page(given, library)),
        exact=exact,
        number=number,
        f1=matching.f1(given.words, answers) if question.answerable else None,
        page=told[0][1] in pages if told and pages else None,
        contained=any(page in pages and any(matching.says(text, one) for one in answers) for text, page in told)
        if question.answerable
        else None,
        nll=-math.fsum(score.logprob for score in known) if known else None,
        tokens=len(known),
    )


def _off_page(given: Given, library: Library) -> list[str]:
    """Returns the numbers shown that are not on the page cited with them; of a closed book, which cites none, all."""
    if not given.quotes:
        return matching.off_page(given.words, ())
    return [
        number
        for one in (*given.quotes, *given.beside)
        for number in matching.off_page(one.text, (library.page(one.document, one.page),))
    ]


def _asked(library: Library, question: Question, places: Sequence[Place]) -> Asked:
    document = library.document(question.manual)
    if not places:
        return Asked(question=question, document=document)
    found = retrieve(library.store, question.question, language=question.language, limit=CANDIDATES)
    answering = {passage for place in places for passage in place.passages}
    ranks = [rank for rank, one in enumerate(found, 1) if one.passage.id in answering]
    return Asked(
        question=question,
        document=document,
        page=places[0].page,
        label=places[0].label,
        rank=ranks[0] if ranks else None,
        shown=bool(ranks) and ranks[0] <= fitting([one.shown for one in found]),
    )


def _spread(questions: Sequence[Question], limit: int) -> list[Question]:
    """Returns as many questions of each manual as were asked for, evenly from its file."""
    by_manual: dict[str, list[Question]] = {}
    for one in questions:
        by_manual.setdefault(one.manual, []).append(one)
    if limit == 0:
        return list(questions)
    return [
        group[index * len(group) // min(limit, len(group))]
        for group in by_manual.values()
        for index in range(min(limit, len(group)))
    ]


def _left_out(one: Wanted) -> str:
    if one.name == TUNED and one.reads:
        return "tuned is left out: the base has no adapter named manuals; name a tuned model with --tuned."
    if one.name == BASE:
        return "base is left out: there is no model; python -m inference.fetch brings one."
    return f"{one.url} is left out: it names no model."


def _paired(ways: Sequence[WayReport]) -> list[Paired]:
    """Compares each way with retrieval to extracts, and tuned to base."""
    by_name = {way.name: way for way in ways}
    names = [(way.name, EXTRACTS) for way in ways if way.name.endswith(RETRIEVAL)]
    names += [(f"{TUNED}{kind}", f"{BASE}{kind}") for kind in _KINDS]
    return [
        paired(by_name[first], by_name[second], measure)
        for first, second in names
        if first in by_name and second in by_name
        for measure in ("good", "contained")
    ]
