"""Files through `millhand anomalies --file`: any shape of series, any detector, scores that look at the past only."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from plant.errors import ExitCode
from plant.time import MINUTE, to_iso
from tools.anomaly_files import OF_FILES
from tui.cli.main import main

N = 2_000
AT = 1_764_000_000_000
RNG = np.random.default_rng(5)


def season() -> np.ndarray:
    return 20.0 + 5.0 * np.sin(np.arange(N) * 2 * np.pi / 100) + RNG.normal(0.0, 0.1, N)


def written(path: Path, *columns: np.ndarray, step: np.ndarray | int = MINUTE) -> Path:
    times = AT + np.cumsum(np.broadcast_to(step, N))
    lines = ["time," + ",".join(f"x{n}" for n in range(len(columns)))]
    rows = zip(
        *(["" if np.isnan(value) else repr(float(value)) for value in column] for column in columns), strict=True
    )
    lines += [f"{to_iso(int(at))},{','.join(row)}" for at, row in zip(times, rows, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def judge(capsys, tmp_path):
    """Runs the verb on columns; returns exit code, JSON and the lines of the scores."""

    def run(*columns, words=(), step=MINUTE):
        file, out = written(tmp_path / "in.csv", *columns, step=step), tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        code = main(["anomalies", "--file", str(file), "--scores", str(out), "--json", *words])
        rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines())) if out.exists() else []
        return code, json.loads(capsys.readouterr().out or "null"), rows

    return run


def spike(values: np.ndarray) -> np.ndarray:
    values[1_500] += 40.0
    return values


def shift(values: np.ndarray) -> np.ndarray:
    values[1_500:] += 40.0
    return values


@pytest.mark.parametrize(("change", "kind", "least"), [(spike, "spike", 50.0), (shift, "level-shift", 50.0)])
def test_an_event_is_an_episode_that_begins_with_it_and_ends(judge, change, kind, least) -> None:
    code, found, rows = judge(change(season()))
    assert code == ExitCode.ANSWERED
    assert found["detector"] == "novelty"
    worst = max(found["episodes"], key=lambda episode: episode["score"])
    opened = next(row for row in rows if row["flag"] == "1" and row["time"] >= to_iso(AT + 1_501 * MINUTE))
    assert worst["contributors"] == ["x0"]
    assert (worst["kind"], worst["direction"]) == (kind, "up")
    assert worst["severity"] in {"medium", "high"}
    assert worst["actual"] > least > worst["high"]
    assert not set(worst["detectors"]) & set(worst["detectors_usual"])
    assert "first 300 rows" in found["assumed"][0]
    assert opened["time"] <= to_iso(AT + 1_520 * MINUTE)
    assert worst["until"] is not None
    assert sum(row["flag"] == "1" for row in rows) < 300


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(np.full(N, 7.0), id="flat"),
        pytest.param(np.tile([1.0, 2.0, 3.0, 2.0], N // 4), id="exact season"),
    ],
)
def test_what_never_changes_its_course_is_nothing_odd(judge, column) -> None:
    code, found, rows = judge(column)
    assert code == ExitCode.ANSWERED
    assert found["odd"] is False
    assert len(rows) == N
    assert {row["score"] for row in rows} == {"0.000000000"}


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param([season() * 1e300], id="huge"),
        pytest.param([season() * 1e-300], id="tiny"),
        pytest.param([np.where(np.arange(N) % 7, season(), np.nan)], id="gappy"),
        pytest.param([np.where(np.arange(N) < 900, np.nan, season())], id="late"),
        pytest.param([np.where(np.arange(N) < 400, 3.0, season())], id="flat at first"),
        pytest.param([np.cumsum(season())], id="drifting"),
        pytest.param([season() for _ in range(52)], id="52 columns"),
        pytest.param([season(), np.full(N, 1.0)], id="one of two flat"),
    ],
)
def test_any_series_gets_a_score_a_row(judge, columns) -> None:
    code, found, rows = judge(*columns)
    assert code in {ExitCode.ANSWERED, ExitCode.REFUSED}
    if found["refusal"]:
        assert found["refusal"]["text"].endswith(".")
        return
    assert len(rows) == N
    first = int(np.argmax(np.isfinite(np.column_stack(columns)).any(axis=1)))
    assert {row["score"] for row in rows[:first]} <= {""}
    assert all(re.fullmatch(r"[01]\.\d{9}", row["score"]) for row in rows[first:])
    assert found["detector"] == ("novelty" if len(columns) == 1 else "residual")


def test_irregular_times_are_rows_like_any(judge) -> None:
    code, found, rows = judge(spike(season()), step=RNG.integers(1, 5_000_000, N))
    assert code == ExitCode.ANSWERED
    assert found["odd"] is True
    assert len(rows) == N


@pytest.mark.parametrize("name", sorted(OF_FILES))
def test_every_detector_scores_causally_what_the_person_names(judge, name) -> None:
    columns = [season(), season()]
    until = ("--fit-until", to_iso(AT + 400 * MINUTE), "--detector", name)
    _, found, rows = judge(*columns, words=until)
    assert found["detector"] == name
    for column in columns:
        column[1_200:] = column[1_200:] * -3.0 + 100.0
    _, _, changed = judge(*columns, words=until)
    assert [row["score"] for row in changed[:1_200]] == [row["score"] for row in rows[:1_200]]
    assert [row["score"] for row in changed] != [row["score"] for row in rows]


def test_a_flag_is_set_when_it_was_known_and_never_before(judge) -> None:
    values = spike(season())
    _, _, rows = judge(values)
    values[1_600:] = 0.0
    _, _, changed = judge(values)
    assert [row["flag"] for row in changed[:1_600]] == [row["flag"] for row in rows[:1_600]]


def test_a_detector_nobody_knows_is_bad_input(judge, capsys) -> None:
    code, _, rows = judge(season(), words=("--detector", "novelti"))
    assert code == ExitCode.BAD_INPUT
    assert not rows


def test_a_detector_goes_with_a_file() -> None:
    assert main(["anomalies", "P-1", "--detector", "forest"]) == ExitCode.USAGE


def test_the_keys_are_those_of_the_page(judge) -> None:
    page = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
    section = page.partition("## `anomalies --file F`")[2].partition("\n## ")[0]
    _, found, _ = judge(spike(season()))
    listed = {key for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    of_episode = set(re.findall(r"`(\w+)`", section.partition("An episode has")[2].partition(".\n")[0]))
    assert set(found) == listed
    assert set(found["episodes"][0]) == of_episode
