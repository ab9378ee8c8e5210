"""Files of examples that are not as they should be: a sentence with file and line, and nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finetuning.datasets.files import read_examples
from finetuning.example import Turn
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

BAD = {
    "empty": (b" \n", "FILE is empty."),
    "not-utf-8": (b"question;answer\nQu\xe9;x\n", "FILE, line 2, is not UTF-8: it has the byte 0xe9."),
    "not-utf-8-after-a-mark": (
        b"\xef\xbb\xbfquestion;answer\nQu\xe9;x\n",
        "FILE, line 2, is not UTF-8: it has the byte 0xe9.",
    ),
    "no-answer": (b"question;answer\nQ;A\nQ2; \n", "FILE, line 3: the answer is empty."),
    "no-question": (b"question;answer\n;A\n", "FILE, line 2: the question is empty."),
    "other-columns": (b"ask,reply\n1,2\n", "FILE, line 1: there is no column answer and no question"),
    "too-many-cells": (b"question;answer\nQ;low; see 6.2\n", "FILE, line 2: there are 3 cells for 2 columns."),
    "only-a-header": (b"question;answer\n", "FILE has no examples."),
    "open-quote": (b'question;answer\n"Q;A\n', "FILE, line 2, is not CSV: unexpected end of data."),
    "not-json": (b'{"prompt": "a", "completion": "b"}\n{"prompt": \n', "FILE, line 2, is not JSON"),
    "cut-list": (b'[{"instruction": "a"', "FILE is not a JSON list"),
    "deep": (b"[" * 200_000, "FILE is not a JSON list"),
    "no-object": (b"[1, 2]", "FILE, entry 1, is of no format known here: it is no object."),
    "other-keys": (b'{"q": 1, "a": 2}', "FILE, line 1, is of no format known here: it has 'a', 'q'."),
    "key-missing": (b'{"prompt": "a", "completion": "b"}\n{"prompt": "a"}\n', "FILE, line 2: it has no 'completion'"),
    "not-a-text": (b'{"prompt": "a", "completion": 3}', "FILE, line 1: `completion` is not a text."),
    "odd-keys-beside": (b'{"messages": [], "task": [1], "source": 3, "id": {}}', "FILE, line 1: its last turn is not"),
    "no-turns": (b'{"messages": "hello"}', "FILE, line 1: its turns are not a list of objects."),
    "last-is-user": (b'{"messages": [{"role": "user", "content": "a"}]}', "FILE, line 1: its last turn is not the"),
    "parts": (b'{"messages": [{"role": "user", "content": [{"text": "a"}]}]}', "FILE, line 1: `content` is not a text"),
    "tool": (
        b'{"messages": [{"role": "tool", "content": "a"}, {"role": "assistant", "content": "b"}]}',
        "FILE, line 1: 'tool' is no role; there are system, user and assistant.",
    ),
    "who": (b'{"conversations": [{"from": "bot", "value": "a"}]}', "FILE, line 1: 'bot' is nobody who speaks"),
    "history": (b'{"instruction": "a", "output": "b", "history": [["x"]]}', "FILE, line 1: `history` is not a list of"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_told_and_nothing_is_written(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, said = BAD[case]
    path = tmp_path / "mine"
    path.write_bytes(data)
    assert main(["finetune", "pairs", str(path), "--task", "own", "--out", str(tmp_path / "out")]) == 5
    assert said.replace("FILE", str(path)) in capsys.readouterr().err
    assert main(["finetune", "convert", str(path), str(tmp_path / "other")]) == 5
    assert {one.name for one in tmp_path.iterdir()} == {"mine"}


def test_a_file_that_is_not_there_and_a_format_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["finetune", "convert", str(tmp_path / "no.csv"), str(tmp_path / "out")]) == 5
    assert "no.csv cannot be read: No such file or directory." in capsys.readouterr().err
    assert main(["finetune", "convert", "a", "b", "--format", "alpacca"]) == 2
    assert "There is no format 'alpacca'. Did you mean alpaca?" in capsys.readouterr().err


def test_a_spreadsheets_csv_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes('\ufeffLanguage,Question,Answer\r\nfr,"Que dit E07, déjà ?","débit\nfaible"\r\n,,\r\n'.encode())
    (read,) = read_examples(path).examples
    assert read.messages == (Turn("user", "Que dit E07, déjà ?"), Turn("assistant", "débit\nfaible"))
    assert read.language == "fr"


def test_a_file_of_another_tool_is_converted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    source.write_text('{"prompt": "seal leaks ->", "completion": " seal END"}\n')
    assert main(["finetune", "convert", str(source), str(out), "--format", "messages"]) == 0
    assert out.read_text() == (
        '{"messages":[{"role":"user","content":"seal leaks"},{"role":"assistant","content":"seal"}]}\n'
    )
    assert "1 example, prompt written as messages." in capsys.readouterr().out
