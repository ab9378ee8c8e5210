"""A review of a data set: decisions are kept at once, can be undone, and go on where they were left."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec
import pytest

from finetuning.datasets.decisions import Choice
from finetuning.datasets.folder import read_dataset, write_dataset
from finetuning.datasets.review import Review
from finetuning.datasets.splits import Assigned
from finetuning.example import Example, Split, Task, Turn
from plant.errors import BadInput
from tools.manuals.prompt import Shown, prompt_for
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

SPLIT = Assigned(lambda one: Split.VALIDATION if one.id == "v" else Split.TRAIN, "by letter")
PASSAGES = [Shown("KP-40", "6.2", "Code: E07\nMeaning: low flow"), Shown("KP-40", "4.1", "M12: 85 Nm")]


def reading(id_: str, question: str, answer: str, **more) -> Example:
    asked = tuple(Turn(one.role, one.content) for one in prompt_for(question, PASSAGES))
    return Example(messages=(*asked, Turn("assistant", answer)), id=id_, task=Task.MANUALS, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = [
        reading("a", "E07?", "low flow [1]"),
        reading("b", "M12?", "85 Nm [1]"),
        reading("v", "How loud?", "Not found.", source={"review": "nobody said"}),
    ]
    write_dataset(tmp_path / "data", made, task=Task.MANUALS, how={}, split=SPLIT)
    return tmp_path / "data"


def review(folder: Path) -> Review:
    return Review(folder, "ana", lambda: 0)


def answers(folder: Path) -> dict[str, str]:
    splits = read_dataset(folder).splits.values()
    return {one.id: one.messages[-1].content for some in splits for one in some}


def say(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_a_conversation_decides_and_the_files_follow(folder, monkeypatch, capsys) -> None:
    say(monkeypatch, "a", "?", "r", "e", "85 Nm [2]", "")
    assert main(["finetune", "review", str(folder), "--json"]) == 0
    out, err = capsys.readouterr()
    assert msgspec.json.decode(out) == {"folder": str(folder), "accepted": 1, "edited": 1, "rejected": 1, "left": 0}
    assert answers(folder) == {"b": "85 Nm [2]", "v": "Not found."}
    assert err.index("To be looked at: nobody said.") < err.index("Question: E07?")
    assert "| train | 1 |" in (folder / "README.md").read_text()


def test_it_goes_on_where_it_was_left(folder, monkeypatch, capsys) -> None:
    say(monkeypatch, "a", "q")
    assert main(["finetune", "review", str(folder)]) == 0
    say(monkeypatch, "a")  # and the input ends
    assert main(["finetune", "review", str(folder), "--json"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out.splitlines()[-1])["left"] == 1
    assert [one.id for one in review(folder).waiting] == ["b"]


def test_undo_takes_back_step_by_step_even_after_the_files_were_written(folder, monkeypatch) -> None:
    before = {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}
    say(monkeypatch, "a", "r", "e", "M12: 85 Nm [2]", "")
    main(["finetune", "review", str(folder)])
    going = review(folder)
    assert [going.undo().id for _ in range(3)] == ["b", "a", "v"]
    assert going.undo() is None
    going.apply()
    assert sorted(answers(folder)) == ["a", "b", "v"]
    assert (folder / "validation.jsonl").read_bytes() == before["validation.jsonl"]
    assert sorted((folder / "train.jsonl").read_bytes().splitlines()) == sorted(before["train.jsonl"].splitlines())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (" ", "the answer is empty"),
        ("85 Nm", "'85 Nm' names no passage"),
        ("85 Nm [3]", "names no passage"),
        ("90 Nm [2]", "passage 2 does not say '90 Nm'"),
    ],
)
def test_an_answer_that_no_passage_says_is_not_taken(folder, answer: str, said: str) -> None:
    going = review(folder)
    with pytest.raises(BadInput, match=f"That cannot be the answer: .*{said}"):
        going.decide(going.waiting[1], Choice.EDIT, answer)
    assert going.counts["left"] == 3
    assert not (folder / "review.jsonl").exists()


def test_a_bad_edit_is_said_and_the_example_asked_again(folder, monkeypatch, capsys) -> None:
    say(monkeypatch, "e", "x [9]", "", "e", "", "a")
    assert main(["finetune", "review", str(folder), "--json"]) == 0
    out, err = capsys.readouterr()
    assert "That cannot be the answer: 'x [9]' names no passage" in err
    assert msgspec.json.decode(out)["accepted"] == 1


def test_a_killed_review_loses_at_most_the_line_it_was_writing(folder) -> None:
    going = review(folder)
    going.decide(going.waiting[0], Choice.ACCEPT)
    going.decide(going.waiting[0], Choice.REJECT)
    path = folder / "review.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    going = review(folder)  # the files were never written
    assert going.counts == {"accepted": 1, "edited": 0, "rejected": 0, "left": 2}
    going.decide(going.waiting[0], Choice.REJECT)
    assert review(folder).counts == {"accepted": 1, "edited": 0, "rejected": 1, "left": 1}


def test_two_reviews_at_once_do_not_overwrite_each_other(folder) -> None:
    one, other = review(folder), review(folder)
    one.decide(one.waiting[0], Choice.ACCEPT)
    with pytest.raises(BadInput, match="has decisions of another review"):
        other.decide(other.waiting[1], Choice.REJECT)
    assert review(folder).counts["accepted"] == 1


def test_a_data_set_that_is_made_again_keeps_what_still_holds(folder, monkeypatch) -> None:
    say(monkeypatch, "a", "r", "a")
    main(["finetune", "review", str(folder)])
    again = [
        reading("a", "E07?", "low flow [1]"),
        reading("b", "M12 torque?", "85 Nm [2]"),
        reading("c", "E8?", "Code: E07 | Meaning: low flow [1]"),
    ]
    write_dataset(folder, again, task=Task.MANUALS, how={}, split=SPLIT)
    assert sorted(answers(folder)) == ["b", "c"]
    assert [one.id for one in review(folder).waiting] == ["b", "c"]


def test_rejecting_all_of_the_training_data_leaves_the_files(folder, monkeypatch, capsys) -> None:
    say(monkeypatch, "a", "r", "r")
    assert main(["finetune", "review", str(folder)]) == 5
    assert "None of the 1 examples is for training" in capsys.readouterr().err
    assert len(answers(folder)) == 3


def test_a_line_that_is_no_decision_is_told(folder) -> None:
    (folder / "review.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(BadInput, match="line 1, is no decision"):
        review(folder)


def test_marks_that_steer_a_terminal_are_escaped(tmp_path, monkeypatch, capsys) -> None:
    steering = Example(messages=(Turn("user", "\x1b[2Jhello"), Turn("assistant", "x")), id="a")
    write_dataset(tmp_path, [steering], task=Task.OWN, how={}, split=SPLIT)
    say(monkeypatch, "q")
    main(["finetune", "review", str(tmp_path)])
    assert "\x1b" not in capsys.readouterr().err
