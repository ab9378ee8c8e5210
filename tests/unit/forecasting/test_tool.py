"""The forecast tool on a store: facts with their evidence, curves, the JSON, refusals with their reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from plant.errors import UsageError
from plant.facts import RefusalCode
from plant.readings import Reading
from plant.registry import Limits, Sensor
from plant.settings import load_settings
from plant.store.sqlite import open_store
from plant.time import DAY, HOUR, MINUTE, parse_time
from tools.contract import ForecastInput
from tools.forecast import ForecastTool

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from plant.store.sqlite import SqliteStore

START = parse_time("2026-03-02T00:00:00Z")
QUICK = ("smoothing",)


def fill(store: SqliteStore, tag: str, values: np.ndarray) -> None:
    partition = {"TT-1": 0, "TT-2": 1}.get(tag, 2)
    readings = [Reading(tag, START + k * 5 * MINUTE, float(v)) for k, v in enumerate(values) if np.isfinite(v)]
    store.claim_partition("test", partition, "test")
    with store.transaction() as transaction:
        transaction.insert_readings("test", partition, readings)


@pytest.fixture
def store(tmp_path: Path) -> Generator[SqliteStore]:
    rng = np.random.default_rng(0)
    n = 6 * 288
    daily = 5 + 0.15 * np.sin(2 * np.pi * np.arange(n) / 288) + rng.normal(0, 0.02, n)
    with open_store(tmp_path / "store.db") as opened:
        opened.put_sensors(
            [
                Sensor("TT-1", unit="degC", cadence_ms=5 * MINUTE, limits=Limits(setpoint=5.0, tolerance=0.2)),
                Sensor("TT-2", unit="degC", cadence_ms=5 * MINUTE),
                Sensor("TT-3", unit="degC", cadence_ms=5 * MINUTE),
            ]
        )
        fill(opened, "TT-1", daily)
        fill(opened, "TT-2", daily[:-40])
        yield opened


def ask(store: SqliteStore, tag: str = "TT-1", **options: object) -> object:
    request = ForecastInput(tag=tag, candidates=QUICK, **options)  # type: ignore[arg-type]
    return ForecastTool(store, load_settings(), None).run(request)


def test_a_reading_after_the_last_whole_step_that_is_beyond_a_limit_is_told(store: SqliteStore) -> None:
    """The set-point band is 4.8 to 5.2: its alert was standing, and the answer said that none would be crossed."""
    last = START + 6 * 288 * 5 * MINUTE
    with store.transaction() as transaction:
        transaction.insert_readings(
            "test", 0, [Reading("TT-1", last + MINUTE, 5.6), Reading("TT-1", last + 2 * MINUTE, 9.0, 0)]
        )
    result = ask(store, "TT-1")
    assert result.data["now"] == 5.6
    assert (result.data["limit"]["which"], result.data["limit"]["now"]) == ("band_high", True)


def test_a_forecast_has_facts_evidence_curves_and_its_json(store: SqliteStore) -> None:
    result = ask(store, "tt-1")
    assert result.refusal is None
    facts = {fact.name: fact for fact in result.facts}
    assert facts["forecast.tag"].value == "TT-1"
    assert facts["forecast.horizon"].value == 7_200
    assert facts["forecast.step"].value == 300
    assert facts["forecast.season"].value == 86_400
    assert facts["forecast.from"].value == "2026-03-08T00:00:00Z"
    assert facts["forecast.until"].value == "2026-03-08T02:00:00Z"  # the end of its last step, as was asked
    assert facts["forecast.end"].unit == "degC"
    assert facts["forecast.band_low"].value < facts["forecast.lowest"].value <= facts["forecast.end"].value
    assert facts["forecast.winner"].value in {"smoothing", "seasonal-naive"}
    sources = {evidence.id: evidence.kind for evidence in result.evidence}
    assert {fact.source for fact in result.facts} <= sources.keys()
    assert set(sources.values()) == {"readings", "backtest"}
    backtest = next(evidence for evidence in result.evidence if evidence.kind == "backtest")
    assert len(backtest.detail["folds"]) == 5
    assert [curve.name for curve in result.series] == ["history", "past forecast", "forecast"]
    assert {len(edge) for edge in result.series[2].lower.values()} == {24}
    data = result.data
    assert data["series"] == {
        "start": "2026-03-02T00:00:00Z",
        "end": "2026-03-08T00:00:00Z",
        "n": 6 * 288,
        "step_ms": 5 * MINUTE,
        "season": 288,
    }
    assert [row["name"] for row in data["candidates"]] == ["seasonal-naive", "smoothing", "isolation-forest"]
    assert set(data["candidates"][0]) == {
        "name", "mase", "skill", "skill_interval", "coverage", "figures", "anomalies", "odd_now", "tokens", "seconds",
        "status",
    }  # fmt: skip
    assert len(data["forecast"]["times"]) == len(data["forecast"]["lower"]["90"]) == 24


def test_what_was_shown_is_kept_to_be_scored(store: SqliteStore) -> None:
    result = ask(store)
    assert ask(store).data["forecast"] == result.data["forecast"]
    (kept,) = store.forecasts("TT-1")
    assert (kept.shown, kept.horizon, kept.hindsight) == (result.data["verdict"]["shown"], 24, False)
    said = json.loads(store.forecast_body(kept.id) or "")
    assert set(said["candidates"]) == {"seasonal-naive", "smoothing"}
    assert said["candidates"][kept.shown]["median"] == list(result.data["forecast"]["median"])
    assert said["scale"] > 0


def test_the_future_of_until_is_not_seen(store: SqliteStore) -> None:
    until = START + 5 * DAY
    before = ask(store, until=until).data["forecast"]
    with store.transaction() as transaction:
        late = [Reading("TT-1", until + k * MINUTE + 30_000, 99.0) for k in range(60)]
        transaction.insert_readings("test", 0, late)
    assert ask(store, until=until).data["forecast"] == before
    assert before["times"][0] == "2026-03-07T00:00:00Z"


@pytest.mark.parametrize(
    ("tag", "options", "code"),
    [
        ("TT-9", {}, RefusalCode.UNKNOWN_TAG),
        ("TT-3", {}, RefusalCode.NO_DATA),
        ("TT-2", {}, RefusalCode.STALE),
        ("TT-1", {"until": START + 99 * DAY}, RefusalCode.NO_DATA),
        ("TT-1", {"until": START - DAY}, RefusalCode.NO_DATA),
        ("TT-1", {"until": START + HOUR}, RefusalCode.TOO_SHORT),
        ("TT-1", {"horizon_ms": 1_000_000 * DAY}, RefusalCode.HORIZON_TOO_LONG),
        ("TT-1", {"horizon_ms": 3 * DAY}, RefusalCode.HORIZON_TOO_LONG),
    ],
)
def test_what_cannot_be_answered_is_refused(
    store: SqliteStore, tag: str, options: dict[str, int], code: RefusalCode
) -> None:
    result = ask(store, tag, **options)
    assert result.refusal
    assert result.refusal.code is code
    assert result.data["forecast"] is None
    assert result.data["refusal"]["code"] == code
    assert result.data["verdict"]["shown"] is None
    assert result.first("forecast.tag")
    assert not store.forecasts(tag)


def test_an_unknown_tag_gets_the_nearest(store: SqliteStore) -> None:
    assert "TT-1" in ask(store, "TT1").refusal.choices


def test_a_limit_in_reach_is_told(store: SqliteStore) -> None:
    store.put_sensors([Sensor("TT-1", unit="degC", cadence_ms=5 * MINUTE, limits=Limits(high=5.05))])
    result = ask(store)
    limit = result.data["limit"]
    assert limit["which"] == "high"
    assert limit["from"] <= limit["to"]
    assert 0.1 <= limit["probability"] <= 1
    assert result.first("forecast.limit.value").value == 5.05


def test_an_unknown_candidate_is_a_usage_error(store: SqliteStore) -> None:
    with pytest.raises(UsageError, match="Did you mean smoothing"):
        ForecastTool(store, load_settings(), None).run(ForecastInput(tag="TT-1", candidates=("smoothin",)))


def test_without_a_language_model_its_row_says_so(store: SqliteStore) -> None:
    request = ForecastInput(tag="TT-1", candidates=("language-model",))
    rows = ForecastTool(store, load_settings(), None).run(request).data["candidates"]
    assert [(row["name"], row["status"]) for row in rows if row["name"] == "language-model"] == [
        ("language-model", "there is no language model")
    ]


def test_a_discovered_tag_is_forecast_at_the_distance_its_readings_keep(store: SqliteStore) -> None:
    store.put_sensors([Sensor("TT-4", cadence_ms=1_000)])
    hourly = [Reading("TT-4", START + k * HOUR, 5 + np.sin(k / 4) + 0.01 * (k % 7)) for k in range(6 * 24)]
    store.claim_partition("test", 9, "test")
    with store.transaction() as transaction:
        transaction.insert_readings("test", 9, hourly)
    result = ask(store, "TT-4", horizon_ms=12 * HOUR)
    assert result.refusal is None
    assert result.data["series"]["step_ms"] == HOUR
    assert result.data["series"]["n"] > 140
