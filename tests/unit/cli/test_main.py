"""The front door of the command line."""

from __future__ import annotations

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
