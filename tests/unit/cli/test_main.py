"""The front door of the command line."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from plant.errors import ExitCode
from tui.cli.main import VERBS, main


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == ExitCode.ANSWERED
    shown = capsys.readouterr().out
    assert all(f"  {verb} " in shown for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == ExitCode.ANSWERED
    assert f"millhand {verb}" in capsys.readouterr().out.partition("xample")[2]


def test_a_misspelt_verb_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forcast"]) == ExitCode.USAGE
    said = capsys.readouterr()
    assert "Did you mean forecast?" in said.err
    assert not said.out


def test_an_unknown_option_is_a_usage_error() -> None:
    assert main(["where", "--colour"]) == ExitCode.USAGE


def test_wrong_settings_are_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MILLHAND_STROE__PATH", "x")
    assert main(["where"]) == ExitCode.USAGE
    assert "MILLHAND_STORE__PATH" in capsys.readouterr().err


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == ExitCode.ANSWERED
    assert capsys.readouterr().out.startswith("millhand 0.")


def test_without_a_terminal_none_is_opened(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == ExitCode.USAGE
    said = capsys.readouterr()
    assert "There is no terminal here" in said.err
    assert not said.out


def run(words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Runs the command line as a person does, in a shell."""
    command = f'"{sys.executable}" -m tui.cli.main {words}'
    return subprocess.run(["bash", "-c", command], capture_output=True, env=os.environ | environment, check=False)


def test_each_example_stands_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "--help"]) == ExitCode.ANSWERED
    lines = capsys.readouterr().out.splitlines()
    assert "            millhand alerts --on P-101 --hidden --since 7d" in lines
    assert main(["tags", "--help"]) == ExitCode.ANSWERED
    assert "  Example: millhand tags set CW-100.TT-02 high 6.0" in capsys.readouterr().out.splitlines()


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = run("where | true; echo ${PIPESTATUS[0]}")
    assert done.stdout.split() == [b"0"]
    assert done.stderr == b""


def test_a_pipe_gets_utf_8_whatever_the_locale() -> None:
    done = run("where", LC_ALL="C", PYTHONIOENCODING="ascii", MILLHAND_PLANT__NAME="Kälte °C")
    assert done.returncode == ExitCode.ANSWERED
    assert "Kälte °C" in done.stdout.decode("utf-8")
