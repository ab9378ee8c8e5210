"""The demo as a newcomer sees it where there is no screen: a shift is played, five questions are answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ingestion.demo import ensure_demo
from plant.errors import ExitCode
from plant.store.sqlite import open_store
from tui.cli.main import main
from tui.cli.play import QUESTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from plant.settings import Settings


@pytest.fixture
def played(demo_settings: Settings, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The JSON lines of one demo."""
    assert main(["demo", "--json", "--store", str(demo_settings.store.path), "--model", "none:"]) == ExitCode.ANSWERED
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_shift_is_played_and_five_questions_are_answered(played: list[dict[str, Any]]) -> None:
    kinds = [line["kind"] for line in played]
    assert kinds.index("reading") < kinds.index("episode") < kinds.index("question") < kinds.index("answer")
    told = {(line["episode"]["id"], line["change"]) for line in played if line["kind"] == "episode"}
    lived = {identity for identity, change in told if change == "opened" and (identity, "closed") in told}
    assert lived, "no alert opened and closed"
    answers = [line for line in played if line["kind"] == "answer"]
    assert [answer["question"] for answer in answers] == list(QUESTIONS)
    for answer in answers:
        assert answer["refusal"] is None, answer["refusal"]
        assert answer["answer"]
        assert answer["facts"]
        assert answer["evidence"]


def test_it_leaves_the_store_as_it_was(demo_settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    ensure_demo(demo_settings, print)  # brought up to now, however long ago it was built
    with open_store(demo_settings.store.path, read_only=True) as store:
        before = store.recount(), store.extent()
    main(["demo", "--plain", "--store", str(demo_settings.store.path), "--model", "none:"])
    assert "alert opened" in capsys.readouterr().out
    with open_store(demo_settings.store.path, read_only=True) as store:
        assert (store.recount(), store.extent()) == before


def test_without_a_terminal_the_command_plays_as_text(demo_settings: Settings) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tui.cli.main", "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "MILLHAND_STORE__PATH": str(demo_settings.store.path), "MILLHAND_MODEL__URL": "none:"},
        check=False,
    )
    assert run.returncode == ExitCode.ANSWERED, run.stderr
    assert run.stdout.count("\n> ") == len(QUESTIONS)
    assert "Traceback" not in run.stderr


def test_a_plant_of_one_s_own_is_not_played_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_store(tmp_path / "own.db").close()
    assert main(["demo", "--plain", "--store", str(tmp_path / "own.db")]) == ExitCode.USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert "holds a plant of yours, not the demo" in said.err
    assert "millhand demo --store demo.db" in said.err
