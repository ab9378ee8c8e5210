"""docs/json.md names every key of the dead letters' verbs, and no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.docs.test_json import listed_keys, table_keys
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one dead letter."""
    (tmp_path / "a.csv").write_text("date,A\n2026-01-01T00:00:00Z,1\n2026-01-01T00:00:01Z,x\n")
    path = tmp_path / "plant.db"
    assert main(["worker", "--source", f"file:{tmp_path / 'a.csv'}", "--store", str(path), "--until-end"]) == 0
    return path


def test_the_keys_of_dead_letters(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["deadletters", "list", "--store", str(store), "--json"]) == 0
    (letter,) = json.loads(capsys.readouterr().out)
    assert main(["deadletters", "show", str(letter["number"]), "--store", str(store), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == letter
    named = listed_keys("`deadletters list`", "A list, each, or one:") - {"decode", "validate", "clock", "conflict"}
    assert set(letter) == named
    assert main(["deadletters", "redrive", "--all", "--store", str(store), "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == table_keys("`deadletters redrive`")
