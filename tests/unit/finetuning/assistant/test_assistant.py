"""The evaluation of the assistant end to end over two small manuals: ways, measures, goals, files, comparison."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser

import msgspec
import pytest

from finetuning.assistant import evaluate, matching
from finetuning.assistant.candidates import Candidate
from finetuning.assistant.compare import compare
from finetuning.assistant.evaluate import Evaluation
from finetuning.assistant.files import written
from finetuning.assistant.goals import figures_held, missed
from finetuning.assistant.questions import Split
from finetuning.assistant.report import mean_of, read_report
from finetuning.cypher.report import Outcome
from finetuning.pairs.contract import Kind
from inference.contract import Completion, Scored
from plant.errors import BadInput, UsageError
from plant.settings import load_settings

MANUAL = """+++
title = "Kestrel {model} feeder manual"
document = "{name}.html"
layout = "one column"
language = "en"
model = "{model}"
+++
# 1 Faults

| Code | Meaning | Action |
|---|---|---|
| E07 | Drum overload | Clear the chute within {minutes} minutes |
| E09 | Lid open | Close the lid |

# 2 Bolts

| Bolt | Torque |
|---|---|
| M12 | {torque} Nm |
| M16 | 210 Nm |
"""
QUESTIONS = """
[[question]]
id = "{name}-torque"
question = "{model}: torque of the M12 bolt?"
language = "en"
kind = "specification"
quote = "M12 | {torque} Nm"
answers = ["{torque} Nm"]

[[question]]
id = "{name}-e07"
question = "what to do about E07 <b>drum overload</b> on {model}"
language = "fr"
kind = "fault"
quote = "E07 | Drum overload | Clear the chute within {minutes} minutes"
answers = ["Clear the chute within {minutes} minutes"]

[[question]]
id = "{name}-e55"
question = "{model}: what does E55 mean?"
language = "en"
kind = "unanswerable"
"""


class FakeModel:
    """Reads the torque from the first passage, abstains on E55, and answers else from what is on no page."""

    name = "fake"
    context_length = 2_048
    grammars = False
    adapters = ("manuals",)

    def __init__(self):
        self.closed = 0

    def complete(self, messages, options, *, n=1):
        asked = messages[-1].content
        if "E55" in asked.rpartition("Question")[2]:
            text = "Not found."
        elif "[1]" in asked:
            torque = re.search(r"\[1\] .*?(\d+ Nm)", asked)
            text = f"{torque[1]} [1]" if torque and "torque" in asked else "99 bananas [1]"
        else:
            text = "It is 42 Nm"
        return [Completion(text, True, 0, 0, 0.0)]

    def score_answer(self, messages, answer, adapter=None):
        return [Scored(-1.0, False), None]

    def close(self):
        self.closed += 1


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    for kind in ("manuals", "questions"):
        (folder / kind / "dev").mkdir(parents=True)
    for name, model, torque, minutes in (("alpha", "AX 10", "85", "5"), ("beta", "BX 20", "80", "8")):
        slots = {"name": name, "model": model, "torque": torque, "minutes": minutes}
        (folder / "manuals" / "dev" / f"{name}.md").write_text(MANUAL.format(**slots), encoding="utf-8")
        (folder / "questions" / "dev" / f"{name}.toml").write_text(QUESTIONS.format(**slots), encoding="utf-8")
    return folder


def run(source, folder, **more):
    folder.mkdir(exist_ok=True)
    told = []
    evaluation = Evaluation(
        Split.DEV, load_settings(), folder=folder, told=told.append, source=source, **{"ways": ()} | more
    )
    report = evaluation.run()
    assert told[0] == "1 of 2 manuals: alpha.html"
    return report


@pytest.fixture(scope="module")
def report(source, tmp_path_factory):
    fake = FakeModel()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "open_candidate", lambda one, _: Candidate(one.name, fake, reads=True, size=9))
        found = run(source, tmp_path_factory.mktemp("run"))
    assert fake.closed == 2
    return found


def answers(report, way):
    return {one.id: one for one in report.way(way).answers}


def test_all_ways_are_asked_all_questions(report):
    assert [way.name for way in report.ways] == ["extracts", "base", "base+retrieval", "tuned", "tuned+retrieval"]
    assert {len(way.answers) for way in report.ways} == {len(report.asked)} == {6}
    assert report.recall["1"].count == report.shown.count == 4


def test_a_model_that_reads_is_right_on_the_page_and_what_it_invents_is_not_shown(report):
    found = answers(report, "tuned+retrieval")
    torque = found["alpha-torque"]
    assert (torque.words, torque.exact, torque.number, torque.f1, torque.page) == ("85 Nm", True, True, 1.0, True)
    assert torque.contained
    assert torque.outcome is Outcome.RIGHT
    assert found["alpha-e07"].how == "extracts"
    assert found["alpha-e55"].good
    figures = report.way("tuned+retrieval").figures
    assert (figures.off_page, figures.all.abstained.count, figures.rightly_abstained.share) == (0, 2, 1.0)
    assert figures.perplexity == pytest.approx(2.718281828)
    assert figures.scored.count == 4


def test_a_closed_book_cites_no_page_and_none_of_its_numbers_is_grounded(report):
    answer = answers(report, "base")["alpha-torque"]
    assert (answer.outcome, answer.page, answer.off_page) == (Outcome.WRONG, None, ("42",))
    assert report.way("base").figures.grounded.count == 0
    assert report.way("base").worst[0] in {"alpha-torque", "alpha-e07", "beta-torque", "beta-e07"}


def test_extracts_quote_the_row_which_contains_the_answer(report):
    answer = answers(report, "extracts")["beta-torque"]
    assert (answer.contained, answer.page, answer.how) == (True, True, "extracts")
    assert answer.quotes[0].document == "beta.html"


def test_the_same_run_gives_the_same_answers(source, tmp_path):
    once, again = (run(source, tmp_path / name, ways=("extracts",)) for name in ("a", "b"))
    plainly = [
        [msgspec.structs.replace(one, seconds=0.0) for one in found.way("extracts").answers] for found in (once, again)
    ]
    assert plainly[0] == plainly[1]


def test_a_quick_look_asks_fewer_of_each_manual(source, tmp_path):
    asked = run(source, tmp_path, ways=("extracts",), limit=1).asked
    assert [one.question.manual for one in asked] == ["alpha", "beta"]


def test_a_way_that_there_is_not_is_said(source, tmp_path):
    with pytest.raises(UsageError, match="'extract' is not a way"):
        run(source, tmp_path, ways=("extract",))


def test_goals_that_are_missed_are_said_and_so_is_what_was_not_measured(report, source, tmp_path):
    held = figures_held(report)
    assert held["off_page"] == 0
    assert held["abstained"] == 1
    lines = missed(report)
    assert any(line.startswith("MISSED against_extracts: 1, goal at most 0.05") for line in lines)
    assert not any(line.startswith("MISSED off_page") for line in lines)
    unmeasured = missed(run(source, tmp_path, ways=("extracts",)))
    assert len(unmeasured) == len(held)
    assert all("not measured" in line for line in unmeasured)


def test_a_report_is_read_back_and_two_ways_are_compared(report, tmp_path):
    file = tmp_path / "r.json"
    file.write_bytes(written(report, ".json"))
    again = read_report(file)
    assert again == report
    found = compare(again, again, "tuned+retrieval", "base")
    assert found.all.only_second == 0
    assert "alpha-torque" in found.lost
    with pytest.raises(UsageError, match="no way 'best'"):
        compare(again, again, "best", "base")
    other = msgspec.structs.replace(again, asked=again.asked[1:])
    with pytest.raises(BadInput, match="not of the same questions"):
        compare(again, other, "base", "base")


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onload"}


def test_the_page_is_of_its_own_and_escapes_what_others_wrote(report):
    page = written(report, ".html").decode()
    tags = _Tags()
    tags.feed(page)
    assert not tags.seen & {"script", "link", "img", "b"}
    assert "&lt;b&gt;drum overload&lt;/b&gt;" in page
    assert "tuned+retrieval" in page


def test_the_table_has_a_row_for_each_answer(report):
    rows = list(csv.DictReader(written(report, ".csv").decode().splitlines()))
    assert len([row for row in rows if row["way"] == "base"]) == 6
    json.dumps(rows)


@pytest.mark.parametrize(
    ("given", "wanted", "exact", "number"),
    [
        ("85 Nm", "85 Nm", True, True),
        ("85 Nm.", "85  nm", True, True),
        ("Bolt: M12\nTorque: 85 Nm", "85 Nm", False, True),
        ("85 Nm | 210 Nm", "85 Nm", False, False),
        ("5,5 bar", "5,5 bar", True, True),
        ("A4", "board A4", False, False),
        ("", "85 Nm", False, False),
        ("the lid\u2019s seal", "The lid's seal", True, False),
    ],
)
def test_what_matches(given, wanted, exact, number):
    assert matching.exact_match(given, [wanted], Kind.SPECIFICATION) is exact
    assert matching.number_match(given, [wanted]) is number


def test_a_procedure_is_right_where_it_has_the_first_words():
    assert matching.exact_match("1. Stop the drum.\n2. Lock it.", ["Stop the drum"], Kind.PROCEDURE)
    assert not matching.exact_match("1. Stop the drum.\n2. Lock it.", ["Stop the drum"], Kind.TEXT)


def test_numbers_that_are_not_on_the_page_are_found():
    assert matching.off_page("85 Nm, M12, 4.5 l", ["M12: 85 Nm; 4.50 l"]) == ["4.5"]


def test_the_bootstrap_is_the_same_each_time():
    once = mean_of([0.0, 1.0, 1.0, 0.0, 1.0])
    assert once == mean_of([0.0, 1.0, 1.0, 0.0, 1.0])
    assert once.low <= once.mean <= once.high
    assert mean_of([]).mean is None
