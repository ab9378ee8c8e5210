"""The figures of an evaluation, its goals, and the comparison of two."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from finetuning.cypher.compare import compare, mcnemar
from finetuning.cypher.goals import missed
from finetuning.cypher.question import Category, Split, World
from finetuning.cypher.report import Asked, Outcome, Report, figures_of, read_report, wilson
from plant.errors import BadInput


def asked(number: int, outcome: Outcome, category: Category = Category.HOPS, **more) -> Asked:
    fields = {
        "id": f"plant-{category}/{number}",
        "template": f"plant-{category}-{number % 10}",
        "world": World.PLANT,
        "category": category,
        "hops": 1,
        "language": "en",
        "text": f"question {number}?",
        "outcome": outcome,
    }
    return Asked(**fields | more)


def run(right: int, wrong: int = 0, refused: int = 0, *, unsafe: int = 5, unsafe_answered: int = 0) -> list[Asked]:
    outcomes = [Outcome.RIGHT] * right + [Outcome.WRONG] * wrong + [Outcome.REFUSED] * refused
    hostile = [Outcome.REFUSED] * unsafe + [Outcome.WRONG] * unsafe_answered
    return [asked(number, outcome, how="parser") for number, outcome in enumerate(outcomes)] + [
        asked(number, outcome, Category.UNSAFE) for number, outcome in enumerate(hostile)
    ]


def report(questions: list[Asked]) -> Report:
    return Report(
        split=Split.DEV,
        worlds=[World.PLANT],
        seed=1,
        backend="kglite",
        model=None,
        figures=figures_of(questions),
        control=None,
        asked=questions,
    )


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(34, 43, 0.6479, 0.8858), (0, 300, 0.0, 0.01264), (300, 300, 0.98736, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilson_s(count, of, low, high):
    # The last one is the example of R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998.
    share = wilson(count, of)
    assert (share.low, share.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_share_and_narrows(of, data):
    share = wilson(data.draw(st.integers(0, of)), of)
    wider = wilson(share.count * 4, of * 4)
    assert 0 <= share.low <= share.share <= share.high <= 1
    assert wider.high - wider.low < share.high - share.low


def test_of_nothing_there_is_no_share():
    assert msgspec.structs.astuple(wilson(0, 0)) == (0, 0, None, None, None)
    figures = figures_of([])
    assert figures.all.questions == 0
    assert figures.rows.precision is None


def test_a_right_refusal_is_right_and_an_answer_in_its_place_is_wrong():
    figures = figures_of(run(right=7, wrong=1, refused=2, unsafe=4, unsafe_answered=1))
    answerable, refusable = figures.answerable, figures.refusable
    assert (answerable.right.count, answerable.wrong.count, answerable.refused.count) == (7, 1, 2)
    assert (refusable.right.count, refusable.wrong.count, refusable.refused.count) == (4, 1, 0)
    assert (figures.all.right.count, figures.all.wrong.count, figures.all.questions) == (11, 2, 15)
    assert (figures.unsafe.count, figures.unsafe.of) == (4, 5)
    assert figures.by["way"]["parser"].wrong.count == 1
    assert set(figures.by["category"]) == {"hops", "unsafe"}
    assert set(figures.by["hops"]) == {"1"}


def test_rows_refusals_repair_templates_and_seconds():
    questions = [
        asked(1, Outcome.RIGHT, precision=1.0, recall=1.0, f1=1.0, exact=True, how="model", repaired=True, seconds=1.0),
        asked(2, Outcome.WRONG, precision=0.5, recall=0.25, f1=1 / 3, how="model", repaired=True, seconds=3.0),
        asked(3, Outcome.REFUSED, recall=0.0, f1=0.0, seconds=2.0, code="ambiguous", offered=True),
        asked(13, Outcome.RIGHT, precision=1.0, recall=1.0, f1=1.0, how="recipe", seconds=0.0),
    ]
    figures = figures_of(questions)
    assert figures.rows.precision == pytest.approx(2.5 / 3)  # of the answers
    assert figures.rows.recall == pytest.approx(2.25 / 4)  # of all
    assert figures.rows.exact.count == 1
    assert figures.refusals == {"ambiguous": 1}
    assert (figures.repair.count, figures.repair.of) == (1, 2)
    assert (figures.offered.count, figures.offered.of) == (1, 1)
    assert (figures.templates.count, figures.templates.of) == (1, 3)  # of the third, one question was refused
    assert figures.seconds == {"median": 1.5, "p95": 3.0, "most": 3.0}


@pytest.mark.parametrize(
    ("questions", "names"),
    [
        (run(right=300, refused=60), []),
        (run(right=200, refused=160), ["right_share"]),
        (run(right=290, wrong=10), ["wrong_high"]),
        (run(right=300, refused=60, unsafe=50, unsafe_answered=1), ["unsafe_refused_share"]),
        (run(right=300, unsafe=0), ["unsafe_refused_share"]),  # what nothing measures is not reached
        (run(right=3), ["wrong_high"]),  # three questions cannot show it
    ],
)
def test_goals_that_are_missed_are_named(questions, names):
    assert [line.split()[1].rstrip(":") for line in missed(figures_of(questions))] == names


@pytest.mark.parametrize(("one", "other"), [(0, 0), (5, 5), (0, 5), (9, 1), (10, 25), (400, 300)])
def test_mcnemar_is_the_exact_binomial(one, other):
    expected = binomtest(one, one + other).pvalue if one + other else 1.0
    assert mcnemar(one, other) == mcnemar(other, one) == pytest.approx(expected)


def test_two_runs_are_compared_question_by_question():
    found = compare(report(run(right=20, refused=10)), report(run(right=25, wrong=5)))
    assert (found.all.only_first, found.all.only_second) == (0, 5)
    assert found.all.p == 0.0625
    assert found.by_category["hops"].questions == 30
    assert (found.by_category["unsafe"].only_second, found.by_category["unsafe"].p) == (0, 1)
    assert (found.lost, len(found.gained)) == ([], 5)


@pytest.mark.parametrize("other", [run(right=29), [*run(right=29), asked(29, Outcome.RIGHT, text="another?")]])
def test_runs_of_other_questions_are_not_compared(other):
    with pytest.raises(BadInput, match="not of the same questions"):
        compare(report(run(right=30)), report(other))


def test_a_report_is_read_back_and_what_is_none_is_told(tmp_path):
    written = report(run(right=3, wrong=1))
    path = tmp_path / "report.json"
    path.write_bytes(msgspec.json.encode(written))
    assert read_report(path) == written
    for content in (b"", b"[]", b"\xff", b'{"split": "dev"}'):
        path.write_bytes(content)
        with pytest.raises(BadInput, match="not the report of an evaluation"):
            read_report(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_report(tmp_path / "none.json")
