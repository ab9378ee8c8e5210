"""`millhand ask`: an answer as plain lines, nothing of it kept back."""

from __future__ import annotations

import pytest

from agents.contract import Answer, Route
from plant.facts import EvidenceKind, FactSheet, Refusal, RefusalCode, Table
from tui.cli.ask import show

MEANINGS = ("parts of (pumps with orders)", "parts of pumps, with orders")


def answered(**more):
    return Answer("parts", "en", (Route.GRAPH,), more.pop("answer", ""), **more)


def rows(count):
    sheet = FactSheet()
    table = Table(("id", "name"), tuple((f"PT-{n}", f"seal {n}") for n in range(count)))
    sheet.cite(EvidenceKind.QUERY, f"plant graph: {count} rows", table=table)
    return answered(answer="Parts: PT-0 ...", evidence=tuple(sheet.evidence))


@pytest.mark.parametrize("may_pick", [True, False])
def test_meanings_to_pick_from_are_listed_with_how_to_pick(capsys, may_pick):
    refusal = Refusal(RefusalCode.AMBIGUOUS, "It can be read in two ways.", "Answer with its number.", MEANINGS)
    show(answered(refusal=refusal), may_pick=may_pick)
    out, err = capsys.readouterr()
    assert out == ""
    assert [f"  {number}  {meaning}" in err.splitlines() for number, meaning in enumerate(MEANINGS, 1)] == [True, True]
    assert ("--thread" in err) is not may_pick


def test_names_to_choose_from_stand_in_the_sentence_alone(capsys):
    refusal = Refusal(RefusalCode.AMBIGUOUS, "Which: P-101 or P-102?", choices=("P-101", "P-102"))
    show(answered(refusal=refusal), may_pick=False)
    assert capsys.readouterr().err == "Which: P-101 or P-102?\n"


@pytest.mark.parametrize(("count", "last"), [(13, True), (12, False)])
def test_rows_that_an_answer_has_no_room_for_are_printed(capsys, count, last):
    show(rows(count), may_pick=False)
    assert (f"seal {count - 1}" in capsys.readouterr().out) is last
