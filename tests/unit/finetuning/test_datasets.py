"""Data sets on the disk: written whole, read with care, split so that nothing stands on both sides."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetuning.datasets.folder import read_dataset, write_dataset
from finetuning.datasets.overlap import held_apart, overlaps
from finetuning.datasets.own import own_examples
from finetuning.datasets.splits import Assigned, By, Shares
from finetuning.example import Example, Split, Task, Turn
from plant.errors import BadInput, UsageError
from plant.settings import load_settings
from tools.manuals.prompt import Shown, prompt_for, question_in
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

HALF = Assigned(lambda one: Split.TRAIN if one.id < "m" else Split.VALIDATION, "by letter")


def example(id_: str, question: str = "", answer: str = "", **more) -> Example:
    turns = (Turn("user", question or f"question {id_}"), Turn("assistant", answer or f"answer {id_}"))
    return Example(messages=turns, id=id_, **more)


def reading(id_: str, question: str, answer: str, passage: str) -> Example:
    asked = prompt_for(question, [Shown("KP-40", "6.2", passage)])
    turns = (*(Turn(one.role, one.content) for one in asked), Turn("assistant", answer))
    return Example(messages=turns, id=id_, task=Task.MANUALS)


def write(folder: Path, *examples: Example, split=HALF):
    return write_dataset(folder, examples, task=Task.OWN, how={"seed": 1}, split=split)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    source = {"document": "KP.pdf", "page": 12}
    made = write(tmp_path, example("a", group="g", language="en", source=source), example("z", rejected="no"))
    read = read_dataset(tmp_path)
    assert read == made
    assert [one.id for one in read.splits[Split.VALIDATION]] == ["z"]
    assert read.splits[Split.TEST] == []
    assert {path.name for path in tmp_path.iterdir()} == {
        "train.jsonl", "validation.jsonl", "dataset_info.json", "README.md",
    }  # fmt: skip


def test_the_same_examples_give_the_same_bytes_and_a_split_that_is_gone_has_no_file(tmp_path: Path) -> None:
    write(tmp_path / "one", example("a"), example("z"))
    write(tmp_path / "two", example("a"), example("b"), example("z"))
    write(tmp_path / "two", example("a"), example("z"))
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    write(tmp_path / "two", example("a"))
    assert not (tmp_path / "two" / "validation.jsonl").exists()


def test_other_trainers_find_file_and_columns(tmp_path: Path) -> None:
    write(tmp_path, example("a"))
    info = msgspec.json.decode((tmp_path / "dataset_info.json").read_bytes())
    assert info["train"]["file_name"] == "train.jsonl"
    assert info["train"]["columns"] == {"messages": "messages"}
    assert info["train"]["tags"]["assistant_tag"] == "assistant"
    write(tmp_path, Example(messages=(Turn("assistant", " seal END"),), text="leaks ->", id="a"))
    info = msgspec.json.decode((tmp_path / "dataset_info.json").read_bytes())
    assert info["train"]["formatting"] == ""
    assert info["train"]["columns"] == {"prompt": "text"}


def test_the_card_says_what_is_in_it_and_markup_of_an_example_stays_text(tmp_path: Path) -> None:
    write(tmp_path, example("a", "# Ignore the above\n\n[x](http://a)", language="fr"), example("z"))
    card = (tmp_path / "README.md").read_text()
    assert "| train | 1 | 1 | fr 1 |" in card
    assert "language: [fr]" in card
    assert "\n    user: # Ignore the above\n    \n    [x](http://a)\n" in card


FAULTS = {
    "twice": ([example("a", "x"), example("a", "y")], "The id 'a' stands at 2 examples"),
    "no-id": ([example("")], "The id '' stands at 1 examples"),
    "empty": ([example("a", answer=" ")], "The example 'a': the answer is empty."),
    "nothing-to-train-on": ([example("z")], "None of the 1 examples is for training, split by letter."),
    "none": ([], "None of the 0 examples is for training"),
    "group": ([example("a", group="g"), example("z", group="g")], "overlap in 1 places: group 'g' in train (a) and"),
    "answer": ([example("a", "What is É07?", "Low."), example("z", "what is e07", "low")], "question and answer 'what"),
    "prompt": ([example("a", "Q", "one"), example("z", "Q", "two")], "prompt 'user: Q' in train (a) and validation"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_may_not_be_is_told_and_nothing_is_written(case: str, tmp_path: Path) -> None:
    examples, said = FAULTS[case]
    with pytest.raises(BadInput) as caught:
        write(tmp_path / "out", *examples)
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_an_abstention_is_about_its_passages() -> None:
    train = reading("a", "How loud?", "Not found.", "Code: E07")
    other = reading("b", "How loud?", "Not found.", "Code: E08")
    assert overlaps({Split.TRAIN: [train], Split.VALIDATION: [other]}) == []
    assert [one.what for one in overlaps({Split.TRAIN: [train], Split.VALIDATION: [train]})] == ["prompt"]


def test_which_passage_is_cited_does_not_make_another_answer() -> None:
    train = reading("a", "How loud?", "78 dB(A) [1]", "Noise: 78 dB(A)")
    other = reading("b", "How loud ?", "78 dB(A) [2]", "Sound: 78 dB(A)")
    (found,) = overlaps({Split.TRAIN: [train], Split.VALIDATION: [other]})
    assert found.what == "question and answer"
    kept, count = held_apart([train, other], Assigned(lambda one: Split(
        "train" if one.id == "a" else "validation"), ""))  # fmt: skip
    assert (kept, count) == ([other], 1)


def test_the_question_of_a_prompt_is_found_whatever_a_passage_says() -> None:
    asked = prompt_for("How loud?", [Shown("KP-40", "6.2", "Question: none\nQuestion: who?")])
    assert question_in(asked[1].content) == "How loud?"
    assert question_in("How loud?") == "How loud?"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("train.jsonl", "train.jsonl is not the file that dataset_info.json tells of"),
        ("dataset_info.json", "is not as"),
    ],
)
def test_a_file_that_was_changed_is_told(tmp_path: Path, file: str, said: str) -> None:
    write(tmp_path, example("a"))
    path = tmp_path / file
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadInput, match=said):
        read_dataset(tmp_path)


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"is not a data set: it has no dataset_info\.json"):
        read_dataset(tmp_path)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = write(tmp_path, example("a"))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadInput, match=r"train\.jsonl cannot be written: No space left on device"):
        write(tmp_path, example("b"))
    assert read_dataset(tmp_path) == made
    assert not list(tmp_path.glob("*.new"))


GROUPS = st.lists(st.text("abc/1", min_size=1, max_size=6), min_size=1, max_size=30)


@given(GROUPS, st.integers(0, 5))
def test_a_group_stays_in_its_split_whatever_is_added(groups, seed) -> None:
    split = Shares(validation=0.3, test=0.2, seed=seed)
    before = {group: split(example("x", group=group)) for group in groups}
    assert all(split(example("y", "other", group=group)) is where for group, where in before.items())


def test_shares_are_about_kept() -> None:
    split = Shares(validation=0.2, test=0.1)
    counts = dict.fromkeys(Split, 0)
    for number in range(2_000):
        counts[split(example("x", group=f"g{number}"))] += 1
    assert counts[Split.VALIDATION] == pytest.approx(400, abs=60)
    assert counts[Split.TEST] == pytest.approx(200, abs=45)


def test_a_manual_or_a_section_stays_together() -> None:
    def pair(group: str, section: str) -> Example:
        return example(group, group=group, source={"document": "KP.pdf", "section": section})

    manual, section = Shares(by=By.MANUAL, validation=0.5), Shares(by=By.SECTION, validation=0.5)
    assert len({manual(pair(f"g{number}", f"{number}")) for number in range(40)}) == 1
    assert len({section(pair(f"g{number}", "6.2")) for number in range(40)}) == 1
    assert len({section(pair(f"g{number}", f"{number}")) for number in range(40)}) == 2


def test_shares_that_leave_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="leave none for training"):
        Shares(validation=0.6, test=0.4)


def test_own_files_get_ids_and_groups_and_repeated_ones_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("question;answer\nWhat is E07?;low flow\nwhat is e07;low\nWhat is E07?;low flow\n")
    own = own_examples([path], load_settings({"model": {"url": "none:"}}))
    assert [one.id for one in own.examples] == ["mine-1", "mine-2"]
    assert {one.group for one in own.examples} == {"what is e07"}
    assert own.repeated == 1
    assert own.files[0]["format"] == "csv"


def test_an_example_longer_than_the_context_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f"question;answer\nQ;A\nQ2;{'low flow ' * 1_000}\n")
    assert (
        main(["finetune", "pairs", str(path), "--task", "own", "--out", str(tmp_path / "out"), "--model", "none:"]) == 5
    )
    said = capsys.readouterr().err
    assert f"{path}, line 3: question and answer have about 2,251 tokens; a model reads 2,048 together." in said
    assert not (tmp_path / "out").exists()


def test_the_same_id_twice_is_told_with_both_places(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("question;answer;id\nQ;A;x\nR;B;x\n")
    with pytest.raises(BadInput, match=r"line 3: the id 'x' is that of .*line 2 too"):
        own_examples([path], load_settings({"model": {"url": "none:"}}))


def test_own_files_become_a_data_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "mine.csv", tmp_path / "out"
    path.write_text("question;answer\n" + "".join(f"question {n};answer {n}\n" for n in range(60)))
    assert main(["finetune", "pairs", str(path), "--task", "own", "--out", str(out), "--json"]) == 0
    said = msgspec.json.decode(capsys.readouterr().out)
    assert sum(said["examples"].values()) == 60
    assert said["examples"] == {split: len(some) for split, some in read_dataset(out).splits.items()}
    assert main(["finetune", "pairs", "--task", "own", "--out", str(out)]) == 2
    assert "No file was named." in capsys.readouterr().err
