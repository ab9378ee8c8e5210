"""Inputs of the forecast tool: other tags, columns, the calendar; what is used is said, what cannot be is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from plant.errors import BadInput, ExitCode
from plant.facts import RefusalCode, ToolResult
from plant.readings import Reading
from plant.registry import Sensor
from plant.series import Series
from plant.settings import load_settings
from plant.store.sqlite import open_store
from plant.time import DAY, HOUR, MINUTE, parse_time, to_iso
from tools.contract import ForecastInput
from tools.forecast import ForecastTool, forecast_column
from tools.forecast_inputs import column_inputs
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from plant.store.sqlite import SqliteStore

START = parse_time("2026-03-02T00:00:00Z")
STEP = 5 * MINUTE
N = 600


def plan(n: int = N) -> np.ndarray:
    """A set point that jumps every half hour, and what it is after the history too."""
    return np.random.default_rng(0).normal(size=n // 6 + 1).repeat(6)[:n]


def follower(n: int = N) -> np.ndarray:
    values = np.zeros(n)
    for k in range(1, n):
        values[k] = 0.4 * values[k - 1] + 0.6 * plan(n)[k]
    return 5 + values + np.random.default_rng(1).normal(0, 0.05, n)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Generator[SqliteStore]:
    with open_store(tmp_path_factory.mktemp("inputs") / "store.db") as opened:
        columns = {"TT-1": follower(), "SP-1": plan(), "TT-2": np.r_[np.full(N - 20, np.nan), follower()[:20]]}
        opened.put_sensors([Sensor(tag, unit="degC", cadence_ms=STEP) for tag in (*columns, "TT-3")])
        for k, (tag, values) in enumerate(columns.items()):
            readings = [Reading(tag, START + i * STEP, float(v)) for i, v in enumerate(values) if np.isfinite(v)]
            opened.claim_partition("test", k, "test")
            with opened.transaction() as transaction:
                transaction.insert_readings("test", k, readings)
        yield opened


def ask(store: SqliteStore, **options: Any) -> ToolResult:
    request = ForecastInput(**{"tag": "TT-1", "horizon_ms": HOUR, "candidates": ("regression",)} | options)
    return ForecastTool(store, load_settings(), None).run(request)


def skill(result: ToolResult) -> float:
    row = next(row for row in result.data["candidates"] if row["name"] == "regression")
    assert row["status"] == "ok"
    return float(row["skill"])


def test_what_is_used_is_said_and_its_skill_is_a_row(store: SqliteStore) -> None:
    result = ask(store, inputs=("sp-1",), calendar=True)
    assert "inputs seen up to now: SP-1" in result.data["notes"]
    assert "input: the calendar of UTC" in result.data["notes"]
    assert skill(result) > 0


def test_a_tag_that_is_known_ahead_helps_where_its_values_are_there(store: SqliteStore) -> None:
    until = START + (N - 12) * STEP  # as it would have been an hour ago: the set point of that hour is in the store
    assert skill(ask(store, known=("SP-1",), until=until)) > skill(ask(store, inputs=("SP-1",), until=until)) + 0.2


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"inputs": ("SP1",)}, RefusalCode.UNKNOWN_TAG, "There is no tag 'SP1' for an input."),
        ({"inputs": ("TT-3",)}, RefusalCode.NO_DATA, "The input TT-3 has no value"),
        ({"inputs": ("TT-1",)}, RefusalCode.NO_DATA, "cannot be an input of its own forecast"),
        ({"known": ("SP-1",)}, RefusalCode.NO_DATA, "The input SP-1 is known to 2026-03-04T01:55:00Z"),
        ({"inputs": ("SP-1",), "known": ("SP-1",)}, RefusalCode.NO_DATA, "either known ahead or seen"),
    ],
)
def test_what_cannot_be_an_input_is_refused(
    store: SqliteStore, options: dict[str, Any], code: RefusalCode, words: str
) -> None:
    refusal = ask(store, **options).refusal
    assert refusal
    assert refusal.code is code
    assert words in refusal.text


def test_an_unknown_input_gets_the_nearest(store: SqliteStore) -> None:
    assert "SP-1" in ask(store, inputs=("SP1",)).refusal.choices


def column(values: np.ndarray, name: str) -> Series:
    return Series(name, "", START + STEP * np.arange(len(values), dtype=np.int64), values)


def columns() -> dict[str, Series]:
    return {"flow": column(follower(), "flow"), "plan": column(plan(N + 12), "plan")}


def test_a_column_takes_other_columns() -> None:
    sources = column_inputs(columns(), known=["plan"], zone=ZoneInfo("Europe/Paris"))
    result = forecast_column(
        columns()["flow"], HOUR, settings=load_settings(), sources=sources, candidates=("regression",)
    )
    assert {"inputs known ahead: plan", "input: the calendar of Europe/Paris"} <= set(result.data["notes"])
    assert skill(result) > 0.5
    assert result.data["verdict"]["shown"] == "regression"


def test_an_unknown_column_gets_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"no column 'plam' for an input\. Did you mean plan\?"):
        column_inputs(columns(), seen=["plam"])


def test_a_column_that_ends_before_the_horizon_is_bad_input() -> None:
    sources = column_inputs(columns(), known=["plan"])
    with pytest.raises(BadInput, match="the forecast goes to"):
        forecast_column(columns()["flow"], DAY, settings=load_settings(), sources=sources)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose plan goes on for an hour after the flow has ended."""
    lines = ["date,flow,plan"]
    for k, (flow, planned) in enumerate(zip([*follower(), *[None] * 12], plan(N + 12), strict=True)):
        lines.append(f"{to_iso(START + k * STEP)},{'' if flow is None else flow},{planned}")
    path = tmp_path_factory.mktemp("file") / "history.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def forecast_file(file: Path, *words: str) -> int:
    told = ("--column", "flow", "--candidates", "regression", "--model", "none:", "--json")
    return main(["forecast", "--file", str(file), *told, *words])


def test_a_plan_in_the_file_is_used_to_its_end(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert forecast_file(file, "--horizon", "1h", "--known", "plan", "--calendar") == ExitCode.ANSWERED
    data = json.loads(capsys.readouterr().out)
    assert data["verdict"]["shown"] == "regression"
    assert {"inputs known ahead: plan", "input: the calendar of UTC"} <= set(data["notes"])
    assert data["forecast"]["times"][0] == to_iso(START + N * STEP)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--horizon", "1h", "--known", "plam"), "Did you mean plan?"),
        (("--horizon", "1h", "--input", "flow"), "flow cannot be an input of its own forecast."),
        (("--horizon", "2h", "--known", "plan"), "name it as one that is seen up to now: --input plan."),
        (("--horizon", "1h", "--known", "plan", "--input", "plan"), "plan is either known ahead or seen, not both."),
    ],
)
def test_an_input_that_cannot_be_used_is_bad_input(
    words: tuple[str, ...], sentence: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert forecast_file(file, *words) == ExitCode.BAD_INPUT
    assert sentence in capsys.readouterr().err
