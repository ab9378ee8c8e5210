"""The data sets of the tasks: as the tool that will ask asks, and apart where they must be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from finetuning.cypher.question import Split as TemplateSplit
from finetuning.cypher.question import World
from finetuning.cypher.questions import load_templates
from finetuning.datasets.cypher import SPLITTER as SPLITTER_CYPHER
from finetuning.datasets.cypher import cypher_examples, in_days
from finetuning.datasets.folder import read_dataset
from finetuning.datasets.makers import MAKERS
from finetuning.datasets.overlap import overlaps
from finetuning.datasets.preferences import NOTHING_BETTER, NOTHING_WORSE, preference_examples
from finetuning.datasets.series import SPLITTER, series_examples
from finetuning.example import Split, Task
from forecasting.prompts import CONTEXT
from plant.errors import UsageError
from plant.settings import load_settings
from plant.store.answers import ManualAnswer, ManualFeedback, ReadPassage, Verdict
from plant.store.sqlite import open_store
from tools.graph.prompt import CANNOT, query_in
from tools.manuals.prompt import NOT_FOUND
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def cypher():
    told: list[str] = []
    settings = load_settings({"model": {"url": "none:"}})
    return list(cypher_examples(settings, [World.PLANT], seed=3, told=told.append)), told


def test_cypher_trains_on_train_and_validates_on_dev_and_knows_no_test(cypher) -> None:
    examples, told = cypher
    of_plant = {split: [one for one in load_templates(split) if one.world is World.PLANT] for split in TemplateSplit}
    split_of = {split: {one.id for one in some} for split, some in of_plant.items()}
    trained = {one.group for one in examples if SPLITTER_CYPHER(one) is Split.TRAIN}
    measured = {one.group for one in examples if SPLITTER_CYPHER(one) is Split.VALIDATION}
    assert trained >= split_of[TemplateSplit.TRAIN]
    assert measured < split_of[TemplateSplit.DEV]
    assert not trained & measured
    assert not (trained | measured) & split_of[TemplateSplit.TEST]
    assert 0.1 < len(measured) / len(split_of[TemplateSplit.DEV]) < 0.3
    assert len(told) == 2


def test_cypher_is_learnt_of_graphs_with_other_names_and_of_such_that_cannot_answer(cypher) -> None:
    second = [one for one in cypher[0] if "/2." in one.id]
    assert all(SPLITTER_CYPHER(one) is Split.TRAIN for one in second)
    assert sum("(Gauge)" in one.messages[0].content or "Gauge(" in one.messages[0].content for one in second) > 10
    refused = [one for one in second if one.messages[-1].content == CANNOT]
    assert 0.05 < len(refused) / len(second) < 0.25
    for one in second:
        query = one.messages[-1].content
        used = set(re.findall(r"[(\[]\w*:(\w+)", query))
        assert used <= set(re.findall(r"\w+", one.messages[0].content)), query


@pytest.mark.parametrize(("world", "said"), [("films", "films is for testing only"), ("mil", "Did you mean mill?")])
def test_cypher_is_not_made_of_films(world: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["finetune", "pairs", world, "--task", "cypher", "--out", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err


def test_cypher_answers_are_queries_with_their_values_and_refusals_are_one_sentence(cypher) -> None:
    for example in cypher[0]:
        answer = example.messages[-1].content
        if example.source["category"] in {"unanswerable", "unsafe"} or answer == CANNOT:
            assert answer == CANNOT
            assert query_in(answer) is None
        else:
            assert query_in(answer) == answer
            assert "$" not in answer


@pytest.mark.parametrize(
    ("query", "days"),
    [
        (
            "WHERE w.opened STARTS WITH '2024-02' RETURN",
            "WHERE w.opened >= '2024-02-01' AND w.opened <= '2024-02-29' RETURN",
        ),
        ("WHERE w.closed STARTS WITH '2025'", "WHERE w.closed >= '2025-01-01' AND w.closed <= '2025-12-31'"),
        ("WHERE a.installed < '2018'", "WHERE a.installed < '2018-01-01'"),
        ("WHERE n.reported >= '2025' + '-01-01'", "WHERE n.reported >= '2025-01-01'"),
        ("WHERE p.name STARTS WITH '2024-x' AND p.n < 2018", "WHERE p.name STARTS WITH '2024-x' AND p.n < 2018"),
    ],
)
def test_months_and_years_are_written_as_days(query: str, days: str) -> None:
    assert in_days(query) == days


def test_cypher_is_asked_as_the_graph_tool_asks(cypher) -> None:
    for example in cypher[0]:
        system, *near, question, _ = example.messages
        assert system.content.startswith("Write one Cypher query")
        assert near == []
        assert question.role == "user"


def test_cypher_splits_do_not_overlap(cypher) -> None:
    splits = {split: [one for one in cypher[0] if SPLITTER_CYPHER(one) is split] for split in Split}
    assert overlaps(splits) == []


def test_every_task_has_a_maker() -> None:
    assert MAKERS.keys() == set(Task) - {Task.MANUALS}


def test_series_are_split_by_time(demo_plant: Path) -> None:
    with open_store(demo_plant, read_only=True) as store:
        examples, _ = series_examples(store, ["CW-100.TT-02"])
    splits = {split: [one for one in examples if SPLITTER(one) is split] for split in Split}
    assert splits[Split.TRAIN]
    assert splits[Split.VALIDATION]
    assert max(one.source["to"] for one in splits[Split.TRAIN]) < min(
        one.source["from"] for one in splits[Split.VALIDATION]
    )
    assert overlaps(splits) == []
    for example in examples:
        assert example.text is not None
        assert len(msgspec.json.decode(example.text)) == CONTEXT
        assert len(msgspec.json.decode(example.messages[0].content)) == 24


def test_series_of_a_tag_that_is_not_there(demo_plant: Path) -> None:
    with open_store(demo_plant, read_only=True) as store, pytest.raises(UsageError, match=r"no tag CW-100\.TT-2 "):
        series_examples(store, ["CW-100.TT-2"])


PASSAGES = (
    ReadPassage("KP.pdf", "KP-40", 12, "12", "6.2", "table", "Code: E07\nMeaning: low flow"),
    ReadPassage("KP.pdf", "KP-40", 13, "13", "4.1", "table", "M12: 85 Nm"),
)


def said(number: int, verdict: Verdict, reply: str, *, question: str = "M12?", note: str = "") -> ManualFeedback:
    kept = {"how": "model", "model": "m", "passages": PASSAGES, "answer": "", "at": 0}
    answer = ManualAnswer(question=question, language="en", reply=reply, id=number, **kept)
    return ManualFeedback(answer, verdict, note, "ana", number)


@pytest.mark.parametrize(
    ("feedback", "chosen", "rejected", "sure"),
    [
        ([said(1, Verdict.RIGHT, "85 Nm [2]")], "85 Nm [2]", NOT_FOUND, True),
        ([said(1, Verdict.WRONG, "low flow [1]")], NOT_FOUND, "low flow [1]", False),
        ([said(1, Verdict.WRONG, "low flow [1]", note="85 Nm")], "85 Nm [2]", "low flow [1]", True),
        ([said(1, Verdict.WRONG, NOT_FOUND, note="85 Nm [2]")], "85 Nm [2]", NOT_FOUND, True),
        ([said(1, Verdict.WRONG, "low flow [1]", note="nonsense, it is 90")], NOT_FOUND, "low flow [1]", False),
        ([said(1, Verdict.WRONG, "85 Nm [2]"), said(1, Verdict.RIGHT, "85 Nm [2]")], "85 Nm [2]", NOT_FOUND, True),
    ],
    ids=["right", "wrong", "wrong-and-noted", "abstained-and-noted", "noted-in-other-words", "newest-word"],
)
def test_what_people_said_becomes_chosen_and_rejected(feedback, chosen: str, rejected: str, sure: bool) -> None:
    (example,), left_out = preference_examples(feedback)
    assert (example.messages[-1].content, example.rejected) == (chosen, rejected)
    assert ("review" not in example.source) is sure
    assert left_out == {}


def test_a_right_answer_is_set_against_a_wrong_one_to_the_same_question() -> None:
    examples, _ = preference_examples(
        [said(1, Verdict.WRONG, "low flow [1]"), said(2, Verdict.RIGHT, "85 Nm [2]", question="m12?")]
    )
    assert examples[1].rejected == "low flow [1]"
    assert examples[0].group == examples[1].group


def test_what_has_nothing_to_be_compared_with_is_counted() -> None:
    examples, left_out = preference_examples(
        [said(1, Verdict.RIGHT, NOT_FOUND), said(2, Verdict.WRONG, NOT_FOUND), said(3, Verdict.WRONG, NOT_FOUND)]
    )
    assert examples == []
    assert left_out == {NOTHING_WORSE: 1, NOTHING_BETTER: 2}


def test_preferences_from_a_store(demo_settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["finetune", "pairs", "--task", "preferences", "--out", str(tmp_path / "out")]
    command += ["--store", str(demo_settings.store.path), "--model", "none:"]
    assert main(command) == 5
    assert "Nobody has said of an answer" in capsys.readouterr().err
    with open_store(demo_settings.store.path) as store:
        for number in range(40):
            one = said(number, Verdict.RIGHT, "85 Nm [2]", question=f"M12 of pump {number}?")
            store.add_manual_feedback(store.add_manual_answer(one.answer), one.verdict, "", "ana", 0)
    assert main(command) == 0
    made = read_dataset(tmp_path / "out").splits
    assert sum(map(len, made.values())) == 40
    assert main([*command, "something"]) == 2
    assert "takes no source, but something was given" in capsys.readouterr().err
