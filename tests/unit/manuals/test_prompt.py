"""The prompt for reading manuals: what is written is read back as the same words of the page, or not at all."""

from __future__ import annotations

import pytest

from tools.manuals.prompt import (
    CHARACTERS,
    PASSAGES,
    BadReading,
    Shown,
    Span,
    answer_for,
    fitting,
    prompt_for,
    read_answer,
)

TORQUE = Shown("KP-40 manual", "4.1 Torques", "Bolt: M12\nTorque: 85 Nm")
FAULT = Shown(
    "KP-40 manual", "6.2 Faults", "Code: E07\nMeaning: low  flow at -5 °C, 2.5 bar\nAction: clean the strainer"
)
PASSAGE = [FAULT, TORQUE]


def _span(passage: int, words: str) -> Span:
    start = PASSAGE[passage].text.index(words)
    return Span(passage, start, start + len(words))


def test_passages_come_numbered_with_their_manual_and_heading_before_the_question() -> None:
    user = prompt_for("what torque\nfor M12?", [*PASSAGE, Shown("other\nmanual", "1", "x")])[-1].content
    assert user.splitlines() == [
        "Manual: KP-40 manual",
        "[1] 6.2 Faults: Code: E07 | Meaning: low flow at -5 °C, 2.5 bar | Action: clean the strainer",
        "[2] 4.1 Torques: Bolt: M12 | Torque: 85 Nm",
        "Manual: other | manual",
        "[3] 1: x",
        "",
        "Question: what torque for M12?",
    ]


@pytest.mark.parametrize(
    ("spans", "answer"),
    [
        ([_span(1, "85 Nm")], "85 Nm [2]"),
        ([_span(0, "low  flow"), _span(1, "M12")], "low flow [1]\nM12 [2]"),
        ([Span(1, 0, len(TORQUE.text))], "Bolt: M12 | Torque: 85 Nm [2]"),
        ([Span(0, 0, len(FAULT.text))], "Code: E07 | Meaning: low flow ... [1]"),
        ([_span(0, "2.5 bar\nAction: clean")], "2.5 bar | Action: clean [1]"),
        ([], "Not found."),
    ],
)
def test_an_answer_is_read_back_as_it_was_written(spans: list[Span], answer: str) -> None:
    assert answer_for(spans, PASSAGE) == answer
    assert read_answer(answer, PASSAGE) == spans


@pytest.mark.parametrize("answer", ["85 Nm [1]", "85 Nm [9]", "85 Nm", "85  Nm  [2]", "Torque: 85 Nm [0]"])
def test_words_that_one_passage_says_are_of_that_passage_whatever_its_number(answer: str) -> None:
    (span,) = read_answer(answer, PASSAGE)
    assert span.passage == 1
    assert TORQUE.text[span.start : span.end].endswith("85 Nm")


def test_of_passages_that_say_the_same_the_number_tells_which() -> None:
    twice = [TORQUE, TORQUE]
    assert [read_answer(f"85 Nm [{number}]", twice)[0].passage for number in (1, 2)] == [0, 1]
    with pytest.raises(BadReading, match="names no passage"):
        read_answer("85 Nm", twice)
    with pytest.raises(BadReading, match="passage 3 does not say"):
        read_answer("85 Nm [3]", twice)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("", "nothing"),
        ("58 Nm [2]", "does not say"),
        ("5 Nm [2]", "does not say"),
        ("5 bar [1]", "does not say"),
        ("5 °C [1]", "does not say"),
        ("low flow ... [1]", "does not say"),
        ("[2]", "names no passage"),
        ("85 Nm [2]\nNot found.", "names no passage"),
    ],
)
def test_what_is_not_on_the_page_cannot_be_read(answer: str, why: str) -> None:
    with pytest.raises(BadReading, match=why):
        read_answer(answer, PASSAGE)


def test_so_many_passages_as_fit_and_the_first_always() -> None:
    long = Shown("m", "s", "x" * (CHARACTERS // 2))
    assert fitting([long, long, long]) == 2
    assert fitting([Shown("m", "s", "x" * (2 * CHARACTERS))]) == 1
    assert fitting([TORQUE] * (PASSAGES + 3)) == PASSAGES
    assert fitting([]) == 0
