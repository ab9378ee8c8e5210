"""What cannot be forecast, asked on the command line and in words: a sentence and the right exit code, never more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plant.errors import ExitCode
from tests.unit.forecasting.small_plant import make_plant
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_plant(tmp_path_factory.mktemp("plant") / "plant.db")


def refused(words: list[str], plant: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main([*words, "--store", str(plant), "--model", "none:"])
    out, err = capsys.readouterr()
    assert not out
    assert "Traceback" not in err
    return code, err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["TT-11", "--horizon", "0h"], ExitCode.BAD_INPUT, "The duration '0h' is zero."),
        (["TT-11", "--horizon", "banana"], ExitCode.BAD_INPUT, "'banana' is not a duration. Write it like"),
        (["TT-11", "--horizon", "30d"], ExitCode.REFUSED, "cannot be checked on 47 h 55 min of history"),
        (["TT-11", "--until", "2031-01-01"], ExitCode.REFUSED, "is outside the readings of TT-11"),
        (["TT-11", "--until", "someday"], ExitCode.BAD_INPUT, "'someday' is not a time."),
        (["TT-17"], ExitCode.REFUSED, "Did you mean TT-1"),
        (["TT-12"], ExitCode.REFUSED, "TT-12 has no readings yet."),
        (["TT-13"], ExitCode.REFUSED, "No forecast: TT-13 has no value in the history that was looked at."),
        (["TT-14"], ExitCode.REFUSED, "TT-14 has had the same value all along"),
        (["TT-15"], ExitCode.REFUSED, "TT-15 has a single reading so far; a forecast needs a history."),
        (["TT-11", "--input", "TT-99"], ExitCode.REFUSED, "There is no tag 'TT-99' for an input."),
        (["TT-11", "--candidates", "prophet"], ExitCode.USAGE, "There is no candidate 'prophet'"),
        (["TT-11", "--csv", "--json"], ExitCode.USAGE, "Either --csv or --json"),
        (["TT-11", "--plot", "a.gif"], ExitCode.USAGE, "Name it FILE.png or FILE.svg."),
        (["TT-11", "TT-12", "--csv"], ExitCode.USAGE, "--csv and --plot are for one tag."),
        (["--all", "TT-11"], ExitCode.USAGE, "One of the three"),
        (["TT-11", "--asset", "E-1"], ExitCode.USAGE, "--asset narrows --all."),
        (["--all", "--asset", "E-9"], ExitCode.REFUSED, "There is no tag or asset E-9. Did you mean E-"),
        (["--file", "x.csv", "--out", "y.jsonl"], ExitCode.USAGE, "--out keeps forecasts of tags."),
    ],
)
def test_on_the_command_line(
    words: list[str], code: ExitCode, sentence: str, plant: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    got, err = refused(["forecast", *words], plant, capsys)
    assert sentence in err
    assert got == code


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("forecast TT-11 for the next 0 hours", "A forecast needs a time ahead"),
        ("forecast TT-11 for the next banana", 'It is not clear how far ahead "the next banana" is.'),
        ("forecast TT-11 for 3 fortnights", 'It is not clear how far ahead "for 3" is.'),
        ("prévision de TT-11 pour les prochaines bananes", "« les prochaines bananes » ne dit pas jusqu'où prévoir."),
        ("forecast TT-11 until yesterday", "A forecast needs a time ahead"),
        ("forecast TT-11 until 2131-01-01", "cannot be checked on 47 h 55 min of history"),
        ("forecast TT-11 for the next 30 days", "cannot be checked on 47 h 55 min of history"),
        ("prévision de TT-11 sur 30 jours", "C'est trop loin pour être vérifié sur l'historique."),
        ("forecast TT-17 for 2 hours", "Did you mean TT-1"),
        ("forecast TT-12 for 2 hours", "TT-12 has no readings yet."),
        ("prévision de TT-12 sur 2 heures", "TT-12 n'a encore aucune mesure."),
        ("forecast TT-13 for 2 hours", "TT-13 has no value in the history"),
        ("forecast TT-14 for 2 hours", "TT-14 has had the same value all along"),
        ("prévision de TT-14 sur 2 heures", "TT-14 n'a jamais varié"),
        ("forecast TT-15 for 2 hours", "TT-15 has a single reading so far"),
        ("prévision de TT-15 sur 2 heures", "TT-15 n'a encore qu'une seule mesure"),
    ],
)
def test_in_words(question: str, sentence: str, plant: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, err = refused(["ask", question], plant, capsys)
    assert sentence in err
    assert code == ExitCode.REFUSED
