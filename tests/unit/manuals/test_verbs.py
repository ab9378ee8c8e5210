"""`millhand manuals`: what it prints and how it exits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plant.errors import ExitCode
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def plant(tmp_path: Path, manual: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A store with the manual, made by the verb itself."""
    path = str(tmp_path / "plant.db")
    assert main(["manuals", "add", str(manual), "--store", path]) == ExitCode.ANSWERED
    assert "5 pages (labels as printed), 5 sections, 3 tables" in capsys.readouterr().out
    return path


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = main(["manuals", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_ask_gives_quotes(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = _json(capsys, "ask", "what does fault F-02 mean?", "--store", plant)
    assert code == ExitCode.ANSWERED
    assert data["refusal"] is None
    assert data["answer"].endswith("[p. 2]")
    (quote,) = data["quotes"]
    assert (quote["document"], quote["page"], quote["label"]) == ("K-7.pdf", 3, "2")
    assert "Low suction pressure" in quote["text"]


def test_ask_that_finds_nothing_exits_3(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = _json(capsys, "ask", "what is the maker's telephone number?", "--store", plant)
    assert code == ExitCode.REFUSED
    assert data["refusal"]["code"] == "not_found"
    assert data["answer"] is None
    assert main(["manuals", "ask", "what is the maker's telephone number?", "--store", plant]) == ExitCode.REFUSED
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Not found in the manuals")


def test_ask_prints_text_and_page(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manuals", "ask", "torque of the foundation bolts", "--store", plant]) == ExitCode.ANSWERED
    said = capsys.readouterr().out
    assert said.startswith("210 Nm\n  K-7.pdf, p. 3, 3 Torques:\n")
    assert "Thread: M16 | Torque: 210 Nm" in said


def test_list_show_search_remove(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, listed = _json(capsys, "list", "--store", plant)
    assert [one["name"] for one in listed] == ["K-7.pdf"]
    assert listed[0]["report"]["labels"] == "printed"
    _, shown = _json(capsys, "show", "K-7.pdf", "--store", plant)
    assert shown == listed[0]
    _, page = _json(capsys, "show", "K-7.pdf", "--page", "3", "--store", plant)
    assert {one["page"] for one in page} == {3}
    _, found = _json(capsys, "search", "couple", "M16", "--store", plant)
    assert "210 Nm" in found[0]["text"]
    assert _json(capsys, "remove", "K-7.pdf", "--store", plant) == (ExitCode.ANSWERED, {"removed": "K-7.pdf"})
    assert _json(capsys, "list", "--store", plant) == (ExitCode.ANSWERED, [])


def test_adding_again_says_so(plant: str, manual: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (added,) = _json(capsys, "add", str(manual), "--store", plant)
    assert (code, added["new"]) == (ExitCode.ANSWERED, False)


def test_one_bad_file_does_not_keep_out_the_others(
    tmp_path: Path, manual: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "notes.pdf"
    bad.write_text("not a manual")
    store = str(tmp_path / "plant.db")
    assert main(["manuals", "add", str(bad), str(manual), "--store", store]) == ExitCode.BAD_INPUT
    said = capsys.readouterr()
    assert "notes.pdf is not a PDF" in said.err
    assert "K-7.pdf: added" in said.out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["show", "K7.pdf"], ExitCode.USAGE, "Did you mean K-7.pdf?"),
        (["show", "K-7.pdf", "--page", "99"], ExitCode.USAGE, "has no page 99; it has 5"),
        (["remove", "nothing.pdf"], ExitCode.USAGE, "There is no manual 'nothing.pdf'"),
        (["search", "the", "?"], ExitCode.USAGE, "no word to search for"),
        (["add", "nowhere.pdf"], ExitCode.BAD_INPUT, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(
    plant: str, capsys: pytest.CaptureFixture[str], words: list[str], code: ExitCode, sentence: str
) -> None:
    assert main(["manuals", *words, "--store", plant]) == code
    said = capsys.readouterr()
    assert sentence in said.err
    assert "Traceback" not in said.err


def test_what_an_answer_was_is_said_by_its_number(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, data = _json(capsys, "ask", "what does fault F-02 mean?", "--store", plant)
    code, said = _json(capsys, "feedback", "wrong", str(data["number"]), "--note", "that is F-03", "--store", plant)
    assert code == ExitCode.ANSWERED
    assert (said["number"], said["verdict"], said["note"]) == (data["number"], "wrong", "that is F-03")
    assert said["question"] == "what does fault F-02 mean?"
    _, newest = _json(capsys, "feedback", "right", "--store", plant)
    assert newest["number"] == data["number"]


@pytest.mark.parametrize("number", ["7", "0", "-1"])
def test_feedback_on_an_answer_that_is_not_there_is_a_sentence(
    plant: str, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    assert main(["manuals", "feedback", "--store", plant, "--", "right", number]) == ExitCode.BAD_INPUT
    assert f"There is no answer {number}." in capsys.readouterr().err


def test_feedback_before_any_question_is_a_sentence(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["manuals", "feedback", "right", "--store", plant]) == ExitCode.BAD_INPUT
    assert "There is no answer from the manuals yet." in capsys.readouterr().err


def test_ask_without_a_model_says_that_extracts_answered(plant: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, data = _json(capsys, "ask", "que veut dire le défaut F-02 ?", "--model", "none:", "--store", plant)
    assert data["how"] == "extracts"
    assert data["quotes"][0]["words"] == "Low suction pressure"
    _, data = _json(capsys, "ask", "quel est le prix du compresseur ?", "--model", "none:", "--store", plant)
    assert data["refusal"]["text"].startswith("Introuvable dans les manuels")
