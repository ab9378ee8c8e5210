"""Several tags at once: processes, the file to go on with, the order of the lines."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plant.errors import BadInput, ExitCode, MillhandError
from plant.facts import Refusal
from plant.registry import Registry, Sensor, SensorState
from plant.settings import load_settings
from tests.unit.forecasting.small_plant import make_plant
from tools import fleet
from tools.fleet import Kept, fleet_rows, forecast_tags, read_lines
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

QUICK = ("--horizon", "2h", "--candidates", "naive")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_plant(tmp_path_factory.mktemp("plant") / "plant.db")


def line(tag: str, *, limit: dict[str, Any] | None = None, refused: bool = False, **asked: Any) -> dict[str, Any]:
    ahead = {"median": [1.0, 2.0], "lower": {"80": [0.5, 1.5]}, "upper": {"80": [1.5, 2.5]}}
    return {
        "asked": asked,
        "tag": tag,
        "unit": "bar",
        "now": 1.0,
        "forecast": None if refused else ahead,
        "refusal": {"code": "stale", "text": "Stale."} if refused else None,
        "verdict": {"shown": "arima"},
        "candidates": [{"name": "arima", "skill": 0.2}],
        "limit": limit,
    }


def crossing(at: str, *, now: bool = False, probability: float = 0.4) -> dict[str, Any]:
    return {"which": "high", "value": 2.0, "from": at, "to": at, "probability": probability, "now": now}


def test_who_is_beyond_a_limit_comes_first_then_who_crosses_one_first_then_the_others_then_refusals() -> None:
    late, early = crossing("2026-03-02T05:00:00Z"), crossing("2026-03-02T03:00:00Z")
    lines = [
        line("A", refused=True),
        line("B"),
        line("C", limit=late),
        line("D", limit=early),
        line("E", limit=crossing("2026-03-02T04:00:00Z", now=True)),
        line("F", limit={**early, "probability": 0.9}),
    ]
    rows = fleet_rows(lines)
    assert [row.tag for row in rows] == ["E", "F", "D", "C", "B", "A"]
    assert (rows[1].end, rows[1].low, rows[1].high, rows[1].level, rows[1].skill) == (2.0, 1.5, 2.5, "80", 0.2)
    assert rows[-1].refusal is not None
    assert rows[-1].refusal.text == "Stale."


def test_a_file_is_gone_on_with_whatever_its_last_line_lost(tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    assert read_lines(path, {}) == ({}, False)
    with Kept(path) as kept:
        kept.append(line("A", horizon_ms=1))
        kept.append(line("B", horizon_ms=1))
    whole = path.read_bytes()
    second = whole.index(b"\n") + 1
    for cut in (second, second + 1, len(whole) - 1):
        path.write_bytes(whole[:cut])
        lines, torn = read_lines(path, {"horizon_ms": 1})
        assert (list(lines), torn) == (["A"], cut > second)
        with Kept(path, torn=torn) as kept:
            kept.append(line("C", horizon_ms=1))
        assert list(read_lines(path, {"horizon_ms": 1})[0]) == ["A", "C"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"horizon_ms": 7_200_000}, "line 1: a horizon of 4 h was asked for, now a horizon of 2 h."),
        (
            {"horizon_ms": 14_400_000, "candidates": ["arima"]},
            'candidates null was asked for, now candidates ["arima"]',
        ),
        ({"horizon_ms": 14_400_000, "until": 0}, 'until null was asked for, now until "1970-01-01T00:00:00Z"'),
    ],
)
def test_a_file_that_was_asked_for_otherwise_is_not_mixed(tmp_path: Path, asked: dict[str, Any], sentence: str) -> None:
    path = tmp_path / "fleet.jsonl"
    with Kept(path) as kept:
        kept.append(line("A", horizon_ms=14_400_000))
    with pytest.raises(BadInput) as caught:
        read_lines(path, asked)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "text", [b"hello\n", b"[1]\n", b'{"tag": "A"}\n', b"\xff\xfe\n", b'{"asked": 1, "tag": "A"}\n']
)
def test_a_file_of_something_else_is_not_touched(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(text)
    with pytest.raises(BadInput, match="line 1: this is no forecast"):
        read_lines(path, {})
    assert path.read_bytes() == text


def test_a_place_that_cannot_be_written_is_said_before_any_work(
    plant: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "missing" / "fleet.jsonl"
    assert main(["forecast", "TT-11", "--out", str(out), "--store", str(plant), *QUICK]) == ExitCode.BAD_INPUT
    assert "cannot be written: No such file or directory." in capsys.readouterr().err


def test_all_tags_on_every_core_then_only_those_that_are_missing(
    plant: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "fleet.jsonl"
    words = ["forecast", "--all", "--out", str(out), "--store", str(plant), *QUICK]
    assert main(words) == ExitCode.ANSWERED
    told, talk = capsys.readouterr()
    table = told.splitlines()
    assert [row.split()[0] for row in table[1:]] == ["TT-11", "TT-12", "TT-13", "TT-14", "TT-15"]
    assert "no forecast: TT-12 has no readings yet." in told
    assert "5 tags: 1 forecast, of which 0 may cross a limit; 4 refused." in talk
    kept = [json.loads(text) for text in out.read_text(encoding="utf-8").splitlines()]
    assert {one["tag"] for one in kept} == {"TT-11", "TT-12", "TT-13", "TT-14", "TT-15"}
    assert all(one["asked"]["horizon_ms"] == 7_200_000 for one in kept)
    page = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
    listed = page.partition("what was asked of every tag (")[2].partition(")")[0]
    assert set(kept[0]["asked"]) == set(re.findall(r"`(\w+)`", listed))

    assert main([*words, "--json"]) == ExitCode.ANSWERED
    again, talk = capsys.readouterr()
    assert [json.loads(text) for text in again.splitlines()] == sorted(kept, key=lambda one: one["tag"])
    assert "holds 5 of these tags, the oldest from 2026-03-0" in talk
    assert "0 left" in talk
    refused = ["forecast", "TT-12", "tt-14", *words[2:]]
    assert main(refused) == ExitCode.REFUSED
    assert "2 tags: 0 forecast; 2 refused." in capsys.readouterr().err


def test_only_tags_of_an_asset_and_the_registrys_spelling(plant: Path) -> None:
    from plant.store.sqlite import open_store
    from tui.cli.forecast_fleet import Fleet, _tags

    settings = load_settings({"store": {"path": str(plant)}})
    with open_store(plant) as store:
        assert fleet.fleet_tags(store.registry(), "e-1") == ("TT-11",)  # TT-16 is only discovered
    nobody = fleet.fleet_tags(Registry([Sensor("TT-16", state=SensorState.DISCOVERED)]))
    assert isinstance(nobody, Refusal)
    assert nobody.text == "There is no confirmed tag."
    assert _tags(Fleet(("tt-11", "TT-11", "XX"), None, (), None), settings) == ("TT-11", "XX")


def _dies(_request: object) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def test_a_process_that_is_killed_is_a_sentence(plant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "_forecast", _dies)
    settings = load_settings({"store": {"path": str(plant)}, "model": {"url": "none:"}})
    with pytest.raises(MillhandError, match="was killed"):
        list(forecast_tags(settings, ["TT-11"], {"horizon_ms": 1}))


def test_an_interrupted_run_leaves_a_file_to_go_on_with_and_no_process(
    plant: Path, tmp_path: Path, waiting: Callable[..., None]
) -> None:
    out = tmp_path / "fleet.jsonl"
    script = "import sys; from tui.cli.main import main; sys.exit(main(sys.argv[1:]))"
    words = ["forecast", "--all", "--out", str(out), "--store", str(plant), "--horizon", "2h"]
    run = subprocess.Popen([sys.executable, "-c", script, *words], stderr=subprocess.PIPE, text=True)
    try:
        waiting(lambda: out.exists() and b"\n" in out.read_bytes(), what="a first line")
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
    finally:
        run.kill()
    assert run.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in err
    asked = json.loads(out.read_bytes().splitlines()[0])["asked"]
    assert not read_lines(out, asked)[1]
