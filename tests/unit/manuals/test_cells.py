"""Which cells of a row may answer: not what the question says itself, and what it asks for where a cell gives that."""

from __future__ import annotations

import pytest

from tools.manuals.cells import answering, cells, pieces, sought

FAULT = "Code: P17\nText: Pump blocked\nLikely reason: Strainer full\nWhat to do: Clean it. Then reset; note the hour."
JOINT = "Joint: Hub\nSize: M20\nNm: 420\nlbf ft: 310"
TASK = "Task: Renew the oil\nEvery: 2,000 h\nTime: 1.5 h"


def _answers(row: str, question: str) -> list[str]:
    return [row[cell.start : cell.end] for cell in answering(row, sought(question))]


def test_a_row_is_taken_apart_by_lines_and_bars() -> None:
    assert [(cell.column, FAULT[cell.start : cell.end]) for cell in cells(FAULT)][:2] == [
        ("Code", "P17"),
        ("Text", "Pump blocked"),
    ]
    bars = "Rapid, both axes | 140 m/min | 160 m/min"
    assert [(cell.column, bars[cell.start : cell.end]) for cell in cells(bars)] == [
        ("", "Rapid, both axes"),
        ("", "140 m/min"),
        ("", "160 m/min"),
    ]
    assert cells("Note: see 4:30") == cells("Note: see 4:30\n")
    assert cells("\n | \n") == []


@pytest.mark.parametrize(
    ("row", "question", "answers"),
    [
        (FAULT, "P17, why?", ["Strainer full"]),
        (FAULT, "pompe bloquée P17, que faire ?", ["Clean it. Then reset; note the hour."]),
        (FAULT, "what about P17", ["Pump blocked", "Strainer full", "Clean it. Then reset; note the hour."]),
        (JOINT, "torque of the hub?", ["420", "310"]),
        (JOINT, "hub, how many foot pounds", ["310"]),
        (JOINT, "which thread at the hub", ["M20"]),
        ("Mass\nLP 40: 900 kg\nLP 30: 600 kg", "mass of the LP 30?", ["600 kg"]),
        (TASK, "how often do we renew the oil?", ["2,000 h"]),
        (TASK, "renew the oil", ["2,000 h", "1.5 h"]),
        ("Weight: 500 g\nInterval: monthly\nBy: fitter", "how often is the 500 g weight checked?", ["monthly"]),
        ("Bolt: M12\nTorque: 85 Nm", "M12 bolt of the Evapo 85?", ["85 Nm"]),
        ("Bolt: M12\nSize: M12", "M12", ["M12", "M12"]),
    ],
)
def test_what_may_answer(row: str, question: str, answers: list[str]) -> None:
    assert _answers(row, question) == answers


def test_a_cell_answers_whole_or_by_a_sentence() -> None:
    cell = cells(FAULT)[-1]
    assert [FAULT[start:end] for start, end in pieces(FAULT, cell)] == [
        "Clean it. Then reset; note the hour.",
        "Clean it",
        "Then reset",
        "note the hour",
    ]
    (whole,) = pieces(JOINT, cells(JOINT)[1])
    assert JOINT[slice(*whole)] == "M20"
