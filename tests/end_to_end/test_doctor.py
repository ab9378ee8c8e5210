"""`millhand doctor` and `millhand where`: what is there, and what is not."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

from plant.errors import ExitCode
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from plant.settings import Settings


def test_a_whole_plant_is_well(demo_settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--store", str(demo_settings.store.path), "--model", "none:"]) == ExitCode.ANSWERED
    shown = capsys.readouterr().out
    assert "NO " not in shown
    assert "1 manual." in shown


def test_a_server_that_is_down_is_named_and_exits_with_4(
    demo_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as held:  # bound and not listening: connections are refused
        held.bind(("127.0.0.1", 0))
        url = f"ollama://127.0.0.1:{held.getsockname()[1]}/some-model"
        code = main(["doctor", "--json", "--store", str(demo_settings.store.path), "--model", url])
    assert code == ExitCode.UNAVAILABLE
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert not checks["model"]["ok"]
    assert checks["store"]["ok"]


def test_a_store_that_is_none_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a store, but long enough to have a header of some kind" * 20)
    assert main(["doctor", "--store", str(path), "--model", "none:"]) == ExitCode.UNAVAILABLE
    assert str(path) in capsys.readouterr().out


def test_where_says_which_place_won(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MILLHAND_PLANT__TIMEZONE", "Europe/Paris")
    assert main(["where", "--json", "--store", "here.db"]) == ExitCode.ANSWERED
    keys = json.loads(capsys.readouterr().out)["settings"]
    assert keys["plant.timezone"] == {"value": "Europe/Paris", "from": "MILLHAND_PLANT__TIMEZONE"}
    assert keys["store.path"] == {"value": "here.db", "from": "command line"}
    assert keys["graph.row_limit"]["from"] == "default"
