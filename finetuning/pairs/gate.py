"""The one gate that every candidate goes through, whoever made it: each check is a function with its reason.

| reason | the pair is turned back when |
|---|---|
| `not_on_page` | its quote is not, verbatim, where it says on that page of that document |
| `cannot_be_read` | an answer that copies the quote would not be read back as it (`tools/manuals/prompt.py`) |
| `too_long` | question or quote are longer than a person asks, or a model is to copy |
| `unit_cut_off` | the quote ends in a number whose unit stands after it |
| `negation_cut_off` | the clause says "not", the quote leaves that out, and the question does not ask for a limit |
| `code_not_covered` | the question names a code that neither passage, heading, title nor plant knows |
| `number_not_covered` | the question has a number that is in none of them |
| `does_not_stand_alone` | it speaks of "this table", "the above", or names nothing |
| `given_away` | every word of the answer is in the question |
| `duplicate` | the same was asked of the same manual, with the same answer |
| `ambiguous` | the same was asked of the same manual, with another answer |
| `changed` | other words for a question lost one of its codes or numbers, or brought another |
| `answered_after_all` | it is said to have no answer, and a passage has all that it asks for |

A pair that a person made is let off three of them: a number of his own, a "not" beside his answer, and that nothing
answers are his to judge.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.pairs.contract import PERSON, Pair
from finetuning.pairs.quantities import unit_cut_off
from finetuning.pairs.rows import plain
from finetuning.pairs.wordings import wordings
from ingestion.manuals.words import read_question, tokens
from plant.codes import code_key
from tools.manuals.prompt import BadReading, Shown, Span, answer_for, read_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from finetuning.pairs.manual import Manual
    from plant.store.contract import Passage

LONGEST_QUESTION: Final = 220
LONGEST_QUOTE: Final = 300
"""Characters of a quote that is copied; a passage that answers as a whole may be longer."""

_CLAUSE_END: Final = re.compile(r"[.!?;:,]\s|\n")
_UNITS: Final = frozenset({"m3", "m2", "cm3", "co2", "h2o"})
_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w/-])")


class Reason(StrEnum):
    """Why a candidate is no pair; see the module's table."""

    NOT_ON_PAGE = "not_on_page"
    CANNOT_BE_READ = "cannot_be_read"
    TOO_LONG = "too_long"
    UNIT_CUT_OFF = "unit_cut_off"
    NEGATION_CUT_OFF = "negation_cut_off"
    CODE_NOT_COVERED = "code_not_covered"
    NUMBER_NOT_COVERED = "number_not_covered"
    DOES_NOT_STAND_ALONE = "does_not_stand_alone"
    GIVEN_AWAY = "given_away"
    DUPLICATE = "duplicate"
    AMBIGUOUS = "ambiguous"
    CHANGED = "changed"
    ANSWERED_AFTER_ALL = "answered_after_all"


class Rejected(msgspec.Struct, frozen=True):
    """A candidate that is no pair, and why."""

    reason: Reason
    pair: Pair


class Gate:
    """Lets pairs of one manual through; candidates are shown to it in order.

    Args:
        manual: The manual.
        known: Names of the plant's assets and tags: a question may name them though no passage does.
    """

    def __init__(self, manual: Manual, known: Iterable[str] = ()) -> None:
        self.manual = manual
        self._names = frozenset(code_key(name) for name in known)
        self._title = frozenset(
            map(code_key, tokens(f"{manual.document.title} {manual.document.name} {manual.machine}"))
        )
        self._seen: dict[str, str] = {}

    def judge(self, pair: Pair, page: Sequence[Passage]) -> Reason | None:
        """Returns why a candidate is no pair; None for a pair, which is kept in mind.

        Args:
            pair: The candidate.
            page: The passages of the page it quotes; empty for one without an answer.
        """
        passed_over = _A_PERSON_KNOWS if pair.maker == PERSON else frozenset()
        checks = ((reason, fails) for reason, fails in _CHECKS.items() if reason not in passed_over)
        reason = next((reason for reason, fails in checks if fails(self, pair, page)), None)
        if reason is None:
            self._seen[_asked(pair)] = _answer(pair)
        return reason

    def judge_paraphrase(self, pair: Pair, of: Pair, page: Sequence[Passage]) -> Reason | None:
        """Returns why other words for the question of a pair are no pair, as `judge` does."""
        return self.judge(pair, page) if _named(pair.question) == _named(of.question) else Reason.CHANGED

    def knows(self, pair: Pair) -> frozenset[str]:
        """Returns codes and numbers that a question may name: those of its passage, of the title, of the plant."""
        source = pair.source
        text = f"{source.section}\n{source.passage}" if source else ""
        codes = [code for spellings in read_question(text).codes for code in spellings]
        return self._names | self._title | frozenset(map(code_key, (*tokens(text), *codes)))

    def seen(self, pair: Pair) -> str | None:
        """Returns the answer that the same question has had; None where it is new."""
        return self._seen.get(_asked(pair))


def _not_on_page(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:
    source = pair.source
    if source is None:
        return False
    right = source.document == gate.manual.document.name and source.sha256 == gate.manual.document.sha256
    there = any((one.page, one.section, one.text) == (source.page, source.section, source.passage) for one in page)
    return not (right and there and source.quote and source.passage[source.start : source.end] == source.quote)


def _cannot_be_read(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001 (checks are called alike)
    source = pair.source
    if source is None:
        return False
    shown = [Shown("", source.section, source.passage)]
    try:
        (span,) = read_answer(answer_for([Span(0, source.start, source.end)], shown), shown)
    except BadReading:
        return True
    return source.passage[span.start : span.end] != source.quote


def _too_long(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001
    if not 3 <= len(pair.question) <= LONGEST_QUESTION:
        return True
    source = pair.source
    return source is not None and len(source.quote) > LONGEST_QUOTE and not is_whole(pair)


def _unit_cut_off(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001
    source = pair.source
    return source is not None and unit_cut_off(source.quote, source.passage[source.end :])


def _negation_cut_off(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:
    source = pair.source
    if source is None or _kind_of(source.passage, page) == "table":
        return False
    words = wordings(gate.manual.language)
    before = _CLAUSE_END.split(source.passage[: source.start])[-1]
    after = _CLAUSE_END.split(source.passage[source.end :])[0]
    lost = words.finds("negation").search(before) or words.finds("negation").search(after)
    asks_for_it = any(wordings(language).finds("limit").search(pair.question) for language in ("en", "fr"))
    return bool(lost) and not asks_for_it


def _code_not_covered(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001
    if pair.source is None:
        return False
    knows = gate.knows(pair)
    asked = plain(pair.question)
    return any(
        knows.isdisjoint(map(code_key, spellings)) and not _is_known(spellings[0], asked, knows)
        for spellings in read_question(pair.question).codes
    )


def _number_not_covered(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001
    if pair.source is None:
        return False
    knows = gate.knows(pair)
    return any(number not in knows for number in _NUMBER.findall(pair.question.lower()))


def _does_not_stand_alone(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001
    if wordings(pair.language).finds("anaphora").search(pair.question):
        return True
    question = read_question(pair.question)
    return not question.codes and not question.words


def _given_away(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001
    if pair.source is None or is_whole(pair):
        return False
    answer, asked = set(tokens(pair.source.quote)), set(tokens(pair.question))
    return bool(answer) and answer <= asked - set(tokens(gate.manual.machine))


def _duplicate(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001
    return gate.seen(pair) == _answer(pair)


def _ambiguous(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001
    return gate.seen(pair) is not None


def _answered_after_all(gate: Gate, pair: Pair, page: Sequence[Passage]) -> bool:  # noqa: ARG001
    """Says whether one passage has every code and word of content of a question without an answer."""
    if pair.source is not None:
        return False
    question = read_question(pair.question)
    machine = set(tokens(gate.manual.machine))
    wanted = [word for word in (*question.codes, *question.words) if machine.isdisjoint(word)]
    return any(all(not have.isdisjoint(word) for word in wanted) for have in gate.manual.words_of)


_CHECKS: Final[dict[Reason, Callable[[Gate, Pair, Sequence[Passage]], bool]]] = {
    Reason.NOT_ON_PAGE: _not_on_page,
    Reason.CANNOT_BE_READ: _cannot_be_read,
    Reason.TOO_LONG: _too_long,
    Reason.UNIT_CUT_OFF: _unit_cut_off,
    Reason.NEGATION_CUT_OFF: _negation_cut_off,
    Reason.CODE_NOT_COVERED: _code_not_covered,
    Reason.NUMBER_NOT_COVERED: _number_not_covered,
    Reason.DOES_NOT_STAND_ALONE: _does_not_stand_alone,
    Reason.GIVEN_AWAY: _given_away,
    Reason.DUPLICATE: _duplicate,
    Reason.AMBIGUOUS: _ambiguous,
    Reason.ANSWERED_AFTER_ALL: _answered_after_all,
}

_A_PERSON_KNOWS: Final = frozenset({Reason.NEGATION_CUT_OFF, Reason.NUMBER_NOT_COVERED, Reason.ANSWERED_AFTER_ALL})
"""What is not asked of a person's pair: who has read the page may say "is a 1 t hoist enough?"."""


def is_whole(pair: Pair) -> bool:
    """Says whether the whole passage answers."""
    source = pair.source
    return source is not None and not (source.passage[: source.start] + source.passage[source.end :]).strip()


def _named(question: str) -> set[str]:
    """Returns the codes and numbers that a question names, each in its one spelling."""
    codes = {code_key(spellings[0]) for spellings in read_question(question).codes}
    return codes | set(_NUMBER.findall(question.lower()))


def _kind_of(text: str, page: Sequence[Passage]) -> str:
    return next((passage.kind for passage in page if passage.text == text), "")


def _is_known(code: str, asked: str, knows: frozenset[str]) -> bool:
    """Says whether a word with a digit is known otherwise.

    As a unit, as a part of a longer code, as several codes in one, or by its number alone: "fault code 5" is read as
    `e5`.
    """
    if code in _UNITS or any(code in known for known in knows):
        return True
    if code not in asked:
        return knows.issuperset(re.findall(r"\d+", code))
    parts = code.split("/")
    return len(parts) > 1 and knows.issuperset(map(code_key, parts))


def _asked(pair: Pair) -> str:
    return " ".join(_WORD.findall(plain(pair.question)))


def _answer(pair: Pair) -> str:
    return plain(pair.source.quote) if pair.source else ""
