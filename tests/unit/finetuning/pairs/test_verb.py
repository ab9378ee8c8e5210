"""`millhand finetune pairs`: what it writes, prints and refuses, and that a kill changes nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from finetuning.datasets.folder import read_dataset
from finetuning.example import Split
from plant.errors import ExitCode
from tests.conftest import wait_until
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

MANUAL = """\
# KP-40 centrifugal pump manual

## 1 Faults

| Code | Meaning | Remedy |
|---|---|---|
| E07 | Low flow | Clean the strainer |
| E08 | Motor hot | Measure the three phases |
| E09 | Seal leaks | Replace the seal |

## 2 Torques

| Bolt | Thread | Torque |
|---|---|---|
| Casing nuts | M12 | 85 Nm |
| Pump feet | M16 | 130 Nm |

## 3 Oil

Change the oil every 4,000 hours. The oil temperature must not exceed 80 degC.

## 4 Replacing the seal

1. Drain the pump.
2. Pull the old seal.
3. Press the new one in.
"""
DATA = ("pairs.jsonl", "rejected.jsonl", "coverage.json", "train.jsonl", "dataset_info.json", "README.md")


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    """A manual in Markdown."""
    path = tmp_path / "manuals" / "KP-40.md"
    path.parent.mkdir()
    path.write_text(MANUAL, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set of the manual, made at one go; not to be changed."""
    folder = tmp_path_factory.mktemp("once")
    (folder / "KP-40.md").write_text(MANUAL, encoding="utf-8")
    assert main(["finetune", "pairs", str(folder / "KP-40.md"), "--split", "group", "--out", str(folder / "data")]) == 0
    return folder / "data"


def test_a_manual_becomes_a_data_set(manual: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "data"
    assert main(["finetune", "pairs", str(manual), "--out", str(out), "--split", "group"]) == ExitCode.ANSWERED
    said = capsys.readouterr().out
    assert f"{out}: " in said
    assert "Turned back by the gate: " in said
    dataset = read_dataset(out)
    assert dataset.info.task == "manuals"
    assert len(dataset.splits[Split.TRAIN]) > 20
    answers = [example.messages[-1].content for some in dataset.splits.values() for example in some]
    assert any(answer.startswith("85 Nm [") for answer in answers)


def test_json_says_what_came_of_each_page(manual: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["finetune", "pairs", str(manual.parent), "--out", str(tmp_path / "data"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"folder", "task", "split", "examples", "how", "coverage"}
    (coverage,) = told["coverage"]
    assert coverage["document"] == "KP-40.md"
    assert (
        sum(sum(page["pairs"].values()) for page in coverage["pages"]) + told["how"]["by_kind"]["unanswerable"]
        == (told["how"]["pairs"])
    )


def test_manuals_of_the_store_are_named(manual: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = str(tmp_path / "plant.db")
    assert main(["manuals", "add", str(manual), "--store", store]) == 0
    words = ["finetune", "pairs", "--out", str(tmp_path / "data"), "--store", store, "--split", "group"]
    assert main([*words, "KP-40.md"]) == 0
    named = (tmp_path / "data" / "pairs.jsonl").read_bytes()
    assert main(words) == 0
    assert (tmp_path / "data" / "pairs.jsonl").read_bytes() == named
    capsys.readouterr()
    assert main([*words, "KP-41.md"]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "There is no file and no manual 'KP-41.md'. Did you mean KP-40.md?" in said


def test_most_and_per_page_bound_the_data_set(manual: Path, tmp_path: Path) -> None:
    out = tmp_path / "data"
    words = ["finetune", "pairs", str(manual), "--out", str(out), "--split", "group"]
    assert main([*words, "--per-page", "6", "--most", "10"]) == 0
    assert sum(map(len, read_dataset(out).splits.values())) <= 10
    pages = json.loads((out / "coverage.json").read_bytes())[0]["pages"]
    assert max(sum(page["pairs"].values()) for page in pages) <= 6


def test_a_file_that_is_no_manual_is_said_and_the_others_are_read(
    manual: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (manual.parent / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    out = manual.parent / "data"
    for _ in range(2):  # what the first leaves there is no manual for the second
        assert main(["finetune", "pairs", str(manual.parent), "--out", str(out), "--split", "group"]) == 0
        assert "broken.pdf" in capsys.readouterr().err
        assert [one["document"] for one in json.loads((out / "coverage.json").read_bytes())] == ["KP-40.md"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["no-such.pdf"], ExitCode.USAGE, "There is no file or folder no-such.pdf."),
        (["{manual}", "no-such.pdf"], ExitCode.USAGE, "There is no file or folder no-such.pdf."),
        (["{broken}"], ExitCode.BAD_INPUT, "None of these files could be read as a manual."),
        (["{manual}", "--paraphrases", "2"], ExitCode.USAGE, "need a language model"),
        (["{manual}", "--summary"], ExitCode.USAGE, "need a language model"),
        (["{manual}", "--model", "none:"], ExitCode.USAGE, "none: is no model that writes."),
        (["{manual}", "--out", "{manual}"], ExitCode.BAD_INPUT, "cannot be written: File exists"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    manual: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: ExitCode, said: str
) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing")
    with_paths = [word.format(manual=manual, broken=broken) for word in words]
    rest = ["--out", str(tmp_path / "data"), "--store", str(tmp_path / "plant.db")]
    assert main(["finetune", "pairs", *rest, *with_paths]) == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "data" / "train.jsonl").exists()


def test_a_manual_that_is_no_source_any_more_leaves_nothing(manual: Path, once: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    other.write_text(MANUAL.replace("KP-40", "ZX-9").replace("85 Nm", "90 Nm"), encoding="utf-8")
    words = ["finetune", "pairs", str(manual), "--out", str(tmp_path / "twice"), "--split", "group"]
    assert main([*words, str(other)]) == 0
    assert _files(once) != _files(tmp_path / "twice")
    assert main(words) == 0
    assert _files(once) == _files(tmp_path / "twice")


@pytest.mark.parametrize("seen", ["manuals.db", "pairs.jsonl"])
def test_a_command_that_was_killed_ends_with_the_same_files(
    manual: Path, once: Path, tmp_path: Path, seen: str
) -> None:
    killed = tmp_path / "killed"
    words = ["finetune", "pairs", str(manual), "--split", "group", "--out"]
    process = subprocess.Popen([sys.executable, "-m", "tui.cli.main", *words, str(killed)])
    wait_until(lambda: (killed / seen).exists() or process.poll() is not None, what=f"{seen} to be there")
    process.kill()
    process.wait()
    assert main([*words, str(killed)]) == 0
    assert _files(once) == _files(killed)


KILLED = """
import os, signal, sys
from finetuning.pairs import examples
from tui.cli.main import main
examples.retrieve = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""


def test_a_command_that_was_killed_and_started_again_leaves_nothing_but_its_files(
    manual: Path, once: Path, tmp_path: Path
) -> None:
    killed, elsewhere = tmp_path / "killed", tmp_path / "tmp"
    elsewhere.mkdir()
    words = ["finetune", "pairs", str(manual), "--split", "group", "--out", str(killed)]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *words], env=os.environ | {"TMPDIR": str(elsewhere)}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert not (killed / "train.jsonl").exists()
    assert main(words) == 0
    assert sorted(killed.iterdir()) == [killed / path.name for path in sorted(once.iterdir())]
    assert list(elsewhere.iterdir()) == []


def _files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in DATA}
