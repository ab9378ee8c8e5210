"""The gate: each check turns back what it is for, with its reason, and lets the sound pair through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from finetuning.pairs.contract import Kind, Pair
from finetuning.pairs.gate import Gate, Reason
from finetuning.pairs.manual import manual_of
from finetuning.pairs.records import pair_of, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plant.store.contract import Passage, Store

PRESSURE = "The relief valve must not open below 12.5 bar. It is set with nut E-042, 3 turns."


class Bench:
    """A gate over a manual of one passage."""

    def __init__(self, store: Store) -> None:
        self.document = store.documents()[0]
        self.page: Sequence[Passage] = store.page_passages(self.document.name, 1)
        self.gate = Gate(manual_of(store, self.document), ["P-101"])

    def pair(self, question: str, quote: str, *, maker: str = "rules") -> Pair:
        """Returns a pair whose quote stands in the passage."""
        passage = self.page[0]
        start = passage.text.index(quote)
        source = source_of(self.document, passage, start, start + len(quote))
        return pair_of(question, Kind.TEXT, "en", maker, source=source)

    def judge(self, pair: Pair) -> Reason | None:
        """Shows the gate a pair of the page."""
        return self.gate.judge(pair, self.page)


@pytest.fixture
def bench(put: Callable[..., Store]) -> Bench:
    """The manual of the valve."""
    return Bench(put((1, "2 Valve", "paragraph", PRESSURE)))


@pytest.mark.parametrize(
    ("question", "quote", "reason"),
    [
        ("Which nut sets the relief valve of the KP-40?", "nut E-042", None),
        ("How low may the KP-40's relief valve open?", "below 12.5 bar", None),
        ("how many turns has E042 on the KP-40", "3 turns", None),
        ("Which nut sets the relief valve of P-101?", "nut E-042", None),
        ("At what pressure does the relief valve open?", "12.5 bar", Reason.NEGATION_CUT_OFF),
        ("How low may the relief valve open?", "12.5", Reason.UNIT_CUT_OFF),
        ("How low may the relief valve open?", "2.5 bar", Reason.CANNOT_BE_READ),
        ("Which nut is the relief valve's?", "ut E-042", Reason.CANNOT_BE_READ),
        ("What does E07 say of the relief valve?", "nut E-042", Reason.CODE_NOT_COVERED),
        ("How many turns at 7 bar on the KP-40?", "3 turns", Reason.NUMBER_NOT_COVERED),
        ("Which nut is shown in this table?", "nut E-042", Reason.DOES_NOT_STAND_ALONE),
        ("What is it?", "nut E-042", Reason.DOES_NOT_STAND_ALONE),
        ("Is the nut E-042 right for the relief valve?", "nut E-042", Reason.GIVEN_AWAY),
        ("?", "nut E-042", Reason.TOO_LONG),
        ("relief valve " * 30, "nut E-042", Reason.TOO_LONG),
    ],
)
def test_a_pair_is_let_through_or_turned_back_with_its_reason(
    bench: Bench, question: str, quote: str, reason: Reason | None
) -> None:
    assert bench.judge(bench.pair(question, quote)) is reason


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "nut E-043"},
        {"page": 2},
        {"sha256": "0"},
        {"document": "other.pdf"},
        {"start": 0},
        {"passage": "nut E-042"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_quote_that_is_not_there_is_turned_back(bench: Bench, change: dict[str, object]) -> None:
    pair = bench.pair("Which nut sets the relief valve of the KP-40?", "nut E-042")
    assert pair.source is not None
    wrong = msgspec.structs.replace(pair, source=msgspec.structs.replace(pair.source, **change))
    assert bench.judge(wrong) is Reason.NOT_ON_PAGE


def test_the_same_question_is_a_duplicate_or_ambiguous(bench: Bench) -> None:
    assert bench.judge(bench.pair("Which nut sets the relief valve?", "nut E-042")) is None
    assert bench.judge(bench.pair("which nut sets the relief valve", "nut E-042")) is Reason.DUPLICATE
    assert bench.judge(bench.pair("Which nut sets the relief valve?", "3 turns")) is Reason.AMBIGUOUS


def test_a_pair_that_was_turned_back_does_not_make_the_next_a_duplicate(bench: Bench) -> None:
    assert bench.judge(bench.pair("How low may the relief valve open?", "12.5")) is Reason.UNIT_CUT_OFF
    assert bench.judge(bench.pair("How low may the relief valve open?", "12.5 bar")) is None


def test_a_question_without_an_answer_is_turned_back_where_a_passage_has_all_of_it(bench: Bench) -> None:
    asked = pair_of("Which turns has the nut?", Kind.UNANSWERABLE, "en", "rules", document=bench.document)
    assert bench.gate.judge(asked, []) is Reason.ANSWERED_AFTER_ALL
    other = pair_of("Which colour has the nut?", Kind.UNANSWERABLE, "en", "rules", document=bench.document)
    assert bench.gate.judge(other, []) is None


def test_a_person_may_bring_a_number_and_knows_what_nothing_answers(bench: Bench) -> None:
    own = bench.pair("Is a gauge of 16 bar enough for the relief valve?", "12.5 bar", maker="person")
    assert bench.judge(own) is None
    nothing = pair_of("Which turns has the nut?", Kind.UNANSWERABLE, "en", "person", document=bench.document)
    assert bench.gate.judge(nothing, []) is None


def test_other_words_keep_codes_and_numbers(bench: Bench) -> None:
    pair = bench.pair("How many turns has nut E-042?", "3 turns")
    for question, reason in (
        ("number of turns of E042?", None),
        ("How many turns has the nut?", Reason.CHANGED),
        ("How many turns has nut E-042 of P-101?", Reason.CHANGED),
    ):
        other = bench.pair(question, "3 turns")
        assert bench.gate.judge_paraphrase(other, pair, bench.page) is reason


def test_codes_that_the_index_folds_are_known_by_their_number(put: Callable[..., Store]) -> None:
    bench = Bench(put((1, "3 Faults", "table", "Message: Code 5\nText: Overload\nRemedy: Switch off")))
    assert bench.judge(bench.pair("What is fault code 5 on the KP-40?", "Overload")) is None
    assert bench.judge(bench.pair("What is fault code 6 on the KP-40?", "Overload")) is Reason.CODE_NOT_COVERED
