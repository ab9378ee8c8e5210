"""`millhand forecast` on a file: what a newcomer tries first, and what he may get wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from plant.errors import ExitCode
from plant.time import HOUR, to_iso
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z


def write(path: Path, columns: dict[str, np.ndarray]) -> Path:
    n = len(next(iter(columns.values())))
    lines = [",".join(["date", *columns])]
    for k in range(n):
        cells = ["" if np.isnan(values[k]) else f"{values[k]:.4f}" for values in columns.values()]
        lines.append(",".join([to_iso(START + k * HOUR), *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    n = 300
    flow = 40 + 5 * np.sin(2 * np.pi * np.arange(n) / 24) + rng.normal(0, 0.5, n)
    return write(
        tmp_path / "history.csv", {"flow": flow, "flat": np.full(n, 3.0), "hole": np.r_[1.0, np.full(299, np.nan)]}
    )


def run(*words: object) -> int:
    return main(["forecast", *map(str, words), "--model", "none:", "--candidates", "smoothing"])


def test_a_file_gives_the_table_the_forecast_and_what_was_assumed(
    csv: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--file", csv, "--column", "flow", "--horizon", "24h") == ExitCode.ANSWERED
    out, err = capsys.readouterr()
    assert "seasonal-naive" in out
    assert "90 % band" in out
    assert "2026-01-13 12:00" in out
    assert "rows are 1 h apart, regular" in err


def test_json_is_one_document_with_the_keys_scripts_rely_on(csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--file", csv, "--column", "flow", "--horizon", "24h", "--json") == ExitCode.ANSWERED
    data = json.loads(capsys.readouterr().out)
    assert {"series", "candidates", "verdict", "limit", "forecast", "refusal", "agreement"} <= data.keys()
    assert data["series"]["season"] == 24
    assert data["series"]["step_ms"] == HOUR
    assert data["refusal"] is None
    assert len(data["forecast"]["median"]) == 24
    assert data["forecast"]["times"][0] == "2026-01-13T12:00:00Z"


def test_until_forecasts_from_the_past(csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--file", csv, "--column", "flow", "--horizon", "24h", "--json", "--until", "2026-01-11T00:00:00")
    assert run(*words) == ExitCode.ANSWERED
    data = json.loads(capsys.readouterr().out)
    assert data["series"]["end"] == data["forecast"]["times"][0] == "2026-01-11T00:00:00Z"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--horizon", "0h"], ExitCode.BAD_INPUT, "The duration '0h' is zero."),
        (["--horizon", "soon"], ExitCode.BAD_INPUT, "'soon' is not a duration."),
        (["--horizon", "-2h"], ExitCode.BAD_INPUT, "'-2h' is not a duration."),
        (["--horizon", "60d"], ExitCode.REFUSED, "No forecast: "),
        (["--column", "flwo"], ExitCode.BAD_INPUT, "Did you mean flow"),
        (["--column", "hole"], ExitCode.BAD_INPUT, "too few values"),
        (["--column", "flat"], ExitCode.REFUSED, "the same value all along"),
        (["--until", "2027-01-01T00:00:00Z"], ExitCode.REFUSED, "outside the readings"),
        (["--until", "yesterday"], ExitCode.BAD_INPUT, "'yesterday' is not a time."),
        (["--candidates", "prophet"], ExitCode.USAGE, "There is no candidate 'prophet'"),
        (["--deadline", "0s"], ExitCode.BAD_INPUT, "is zero"),
    ],
)
def test_bad_options_get_a_sentence_and_the_right_exit_code(
    csv: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: ExitCode, sentence: str
) -> None:
    defaults = {"--column": "flow", "--horizon": "24h", "--candidates": "smoothing", "--model": "none:"}
    given = defaults | dict(zip(words[::2], words[1::2], strict=True))
    flat = [word for pair in given.items() for word in pair]
    assert main(["forecast", "--file", str(csv), *flat]) == code
    out, err = capsys.readouterr()
    assert sentence in err
    assert "Traceback" not in err
    assert "forecast from" not in out


def test_a_refusal_in_json_says_why_and_exits_3(csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--file", csv, "--column", "flat", "--json") == ExitCode.REFUSED
    data = json.loads(capsys.readouterr().out)
    assert data["refusal"]["code"] == "constant"
    assert data["forecast"] is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 binary \x00\x01", ExitCode.BAD_INPUT),
        (b"", ExitCode.BAD_INPUT),
        (b"date,flow\n2026-01-01T00:00:00Z,1.0\n", ExitCode.BAD_INPUT),
        (b"date,flow\n2026-01-01T00:00:00Z,\n2026-01-01T01:00:00Z,\n", ExitCode.BAD_INPUT),
    ],
    ids=["not a CSV", "empty", "one value", "all missing"],
)
def test_a_bad_file_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: ExitCode
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    assert run("--file", path, "--column", "flow") == code
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [[], ["TT-1", "--file", "x.csv"], ["TT-1", "--column", "flow"]], ids=["nothing", "both", "column alone"]
)
def test_a_tag_or_a_file_and_not_both(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", *words]) == ExitCode.USAGE
    assert capsys.readouterr().err


def test_several_columns_need_a_name(csv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--file", csv) == ExitCode.USAGE
    assert "flow, flat" in capsys.readouterr().err


def test_a_refusal_after_the_folds_leaves_stdout_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calm = np.random.default_rng(3).normal(0, 1, 200)
    calm[-24:] += 500 * np.arange(24)  # another process than before: no band holds
    path = write(tmp_path / "new.csv", {"flow": calm})
    assert run("--file", path, "--horizon", "24h") == ExitCode.REFUSED
    out, err = capsys.readouterr()
    assert not out
    assert "No forecast: " in err
    assert "seasonal-naive" in err
