"""Anomalies on demand, from a store to the sentences, the table, the CSV and the JSON; and what bad input gets."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest

from agents.claims import ground, unresolved
from agents.compose.anomalies import KINDS, SEVERITIES, anomaly
from agents.compose.refusals import in_french
from agents.compose.speech import Speech
from forecasting.kinds import Kind
from plant.errors import ExitCode
from plant.facts import RefusalCode
from plant.readings import Quality, Reading
from plant.registry import Limits, Sensor
from plant.settings import Settings
from plant.store.contract import Counts
from plant.store.sqlite import open_store
from plant.time import DAY, HOUR, MINUTE, to_iso
from tools.anomalies import AnomalyTool
from tools.contract import AnomalyInput
from tools.severity import LONG_ROWS, STRONG, Severity, beyond_limits, severity_of
from tui.cli.main import main

BEGIN = 20_000 * DAY
DAYS = 3
N = DAYS * 1_440
END = BEGIN + DAYS * DAY
MIDNIGHT = 2 * 1_440
"""The row at which the day that is judged begins."""

SENSORS = [
    Sensor("X.SHIFT", "level", "bar", "X", decimals=2, limits=Limits(high=4.5, high_high=9.0)),
    Sensor("X.SPIKE", "pressure", "bar", "X", decimals=2),
    Sensor("X.GONE", "flow", "m3/h", "X", decimals=2),
    Sensor("X.STUCK", "temperature", "degC", "X", decimals=2, stuck_ms=20 * MINUTE),
    Sensor("X.USUAL", "power", "kW", "X", decimals=2),
    Sensor("Y.CONSTANT", "valve", "%", "Y"),
    Sensor("Y.ONE", "speed", "rpm", "Y"),
    Sensor("Y.BAD", "noise", "dB", "Y"),
    Sensor("Y.NEVER", "spare", "", "Y"),
]


def frames() -> dict[str, np.ndarray]:
    """Returns three days of minutes of each tag; what is odd is on the third."""
    rng = np.random.default_rng(11)
    made = {sensor.tag: 3.0 + 0.1 * rng.normal(size=N) for sensor in SENSORS if sensor.asset == "X"}
    made["X.SHIFT"][MIDNIGHT + 300 : MIDNIGHT + 500] += 2.0
    made["X.SHIFT"][MIDNIGHT + 900 : MIDNIGHT + 903] -= 2.0
    made["X.SPIKE"][MIDNIGHT + 600 : MIDNIGHT + 602] += 2.0
    made["X.GONE"][MIDNIGHT + 1_000 :] = np.nan
    made["X.STUCK"][MIDNIGHT + 100 : MIDNIGHT + 160] = made["X.STUCK"][MIDNIGHT + 99]
    made["Y.CONSTANT"] = np.full(N, 20.0)
    made["Y.ONE"] = np.where(np.arange(N) == 5, 1.0, np.nan)
    return made


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    where = tmp_path_factory.mktemp("odd") / "plant.db"
    with open_store(where) as store:
        store.put_sensors(SENSORS)
        readings = [
            Reading(tag, BEGIN + row * MINUTE, float(value))
            for tag, values in frames().items()
            for row, value in enumerate(values)
            if np.isfinite(value)
        ]
        readings += [Reading("Y.BAD", BEGIN + row * MINUTE, 1.0, quality=int(Quality.BAD)) for row in range(N)]
        claim = store.claim_partition("log", 0, "reader")
        with store.transaction() as transaction:
            transaction.insert_readings("log", 0, readings)
            transaction.advance(
                "log", 0, claim.epoch, next_offset=len(readings), counts=Counts(), watermark=readings[-1].ts
            )
    return where


@pytest.fixture(scope="module")
def judge(path):
    """Judges a subject, each question once."""
    kept = {}
    with open_store(path, read_only=True) as store:

        def ask(subject, **request):
            key = (subject, *sorted(request.items()))
            if key not in kept:
                kept[key] = AnomalyTool(store, Settings()).run(AnomalyInput(subject=subject, **request))
            return kept[key]

        yield ask


@pytest.fixture
def run(path, capsys):
    """Runs the verb on the store; returns exit code, stdout and stderr."""

    def call(*words):
        code = main(["anomalies", *words, "--store", str(path)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return call


def row_at(time: str) -> int:
    return next(row for row in range(N) if to_iso(BEGIN + row * MINUTE) == time) - MIDNIGHT


@pytest.mark.parametrize(
    ("tag", "kind", "direction", "severity", "near"),
    [
        ("X.SHIFT", "level-shift", "up", "high", 300),
        ("X.SPIKE", "spike", "up", "medium", 600),
        ("X.GONE", "drop-out", None, "high", 1_000),
        ("X.STUCK", "flatline", None, "high", 99),
    ],
)
def test_the_worst_interval_has_kind_severity_and_begin(judge, tag, kind, direction, severity, near) -> None:
    data = judge(tag).data
    assert data["odd"] is True
    assert (data["kind"], data["direction"], data["severity"]) == (kind, direction, severity)
    assert near <= row_at(data["since"]) <= near + 15
    assert judge(tag).first("anomaly.kind").value == kind


def test_every_interval_is_told_in_the_order_of_time(judge) -> None:
    result = judge("X.SHIFT")
    shift, drop = result.data["stretches"]
    assert (shift["kind"], drop["kind"]) == ("level-shift", "drop")
    assert drop["actual"] == pytest.approx(1.0, abs=0.4)
    assert drop["at"] == to_iso(BEGIN + (MIDNIGHT + 900) * MINUTE) or row_at(drop["at"]) in {901, 902}
    assert result.first("anomaly.interval.kind").value == "drop"
    assert [mark for mark in result.series[0].marked if mark in {310, 905}] == [310, 905]
    assert all(set(one["detectors"]) & set(one["detectors_usual"]) == set() for one in (shift, drop))


def test_a_tag_that_sends_nothing_is_odd_while_others_go_on(judge) -> None:
    data = judge("X.GONE").data
    assert data["until"] is None
    assert data["actual"] is None
    assert data["end"] == to_iso(END - MINUTE + 1)


def test_what_began_before_the_span_is_told_from_its_beginning(judge) -> None:
    data = judge("X.STUCK", start=BEGIN + 2 * DAY + 120 * MINUTE).data
    assert data["kind"] == "flatline"
    assert row_at(data["since"]) == 99
    assert data["until"] == to_iso(BEGIN + (MIDNIGHT + 160) * MINUTE)


def test_a_usual_tag_is_nothing_odd_and_says_what_was_assumed(judge) -> None:
    result = judge("X.USUAL")
    assert result.data["odd"] is False
    assert result.data["stretches"] == []
    assert result.data["kind"] is result.data["severity"] is None
    said = " ".join(result.data["assumed"])
    assert "2 d before" in said
    assert "weekend" in said
    assert result.first("anomaly.young").value is True
    assert result.first("anomaly.learned").value == 2 * 86_400


def test_a_detector_of_several_tags_has_no_voice_on_one(judge) -> None:
    of_one = {one["name"] for one in judge("X.USUAL").data["detectors"]}
    of_several = {one["name"] for one in judge("X").data["detectors"]}
    assert of_several - of_one == {"pca-q"}


def test_an_asset_names_the_tag_and_the_limits_of_all_its_tags_count(judge) -> None:
    data = judge("X").data
    worst = {(one["kind"], one["tag"]) for one in data["stretches"]}
    assert ("drop-out", "X.GONE") in worst
    assert any(tag == "X.SHIFT" for _, tag in worst)
    assert all(one["severity"] in SEVERITIES for one in data["stretches"])


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("subject", ["X.SHIFT", "X.SPIKE", "X.GONE", "X.STUCK", "X.USUAL", "X"])
def test_every_claim_of_an_answer_resolves(judge, path, subject, language) -> None:
    result = judge(subject)
    with open_store(path, read_only=True) as store:
        speech = Speech(language, UTC, END, store.registry())
    text = " ".join(anomaly(result, speech))
    assert unresolved(text, ground(result.facts, result.evidence, UTC)) == []
    if subject == "X.SHIFT" and language == "en":
        assert "a shift to a higher level, severity high, score 100" in text
        assert "Also odd: 2024-10-06 15:0" in text
        assert "Assumed: the 2 d before were usual" in text
    if subject == "X.GONE" and language == "fr":
        assert "des valeurs manquent" in text


def test_every_kind_and_severity_has_its_words() -> None:
    assert {kind for kind, _ in KINDS} == {kind.value for kind in Kind}
    assert set(SEVERITIES) == {severity.word for severity in Severity}


@pytest.mark.parametrize(
    ("subject", "request_", "code", "says"),
    [
        ("X.SHIFF", {}, RefusalCode.UNKNOWN_TAG, "X.SHIFF"),
        ("Y.NEVER", {}, RefusalCode.NO_DATA, "no readings yet"),
        ("Y.BAD", {}, RefusalCode.NO_DATA, "no good reading"),
        ("X.GONE", {"start": END - HOUR}, RefusalCode.NO_DATA, "has no readings from"),
        ("Y.ONE", {}, RefusalCode.NO_DATA, "has no readings from"),
        ("Y.ONE", {"start": BEGIN}, RefusalCode.NO_DATA, "has no good reading from"),
        ("Y.CONSTANT", {}, RefusalCode.CONSTANT, "has not moved for 3 d"),
        ("X.USUAL", {"start": END + DAY}, RefusalCode.NO_DATA, "There are no readings since"),
        ("X.USUAL", {"start": BEGIN - 2 * DAY, "end": BEGIN - DAY}, RefusalCode.NO_DATA, "has no readings from"),
        ("X.USUAL", {"start": END - HOUR, "end": END - 2 * HOUR}, RefusalCode.NO_DATA, "is empty"),
        ("X.USUAL", {"start": BEGIN, "end": BEGIN + HOUR}, RefusalCode.TOO_SHORT, "less than 24 h"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_a_sentence(judge, subject, request_, code, says) -> None:
    refusal = judge(subject, **request_).refusal
    assert refusal.code is code
    assert says in refusal.text
    assert refusal.text.endswith(".")
    assert refusal.help
    french = in_french(code, refusal.text)
    assert subject in french or any(character.isdigit() for character in french)


def test_a_constant_past_does_not_hide_a_move(path, tmp_path) -> None:
    where = tmp_path / "moved.db"
    where.write_bytes(path.read_bytes())
    with open_store(where) as store:
        claim = store.claim_partition("other", 0, "reader")
        moved = [Reading("Y.CONSTANT", END + row * MINUTE, 60.0) for row in range(60)]
        with store.transaction() as transaction:
            transaction.insert_readings("other", 0, moved)
            transaction.advance("other", 0, claim.epoch, next_offset=60, counts=Counts(), watermark=moved[-1].ts)
        data = AnomalyTool(store, Settings()).run(AnomalyInput(subject="Y.CONSTANT")).data
    assert data["odd"] is True
    assert (data["kind"], data["direction"]) == ("level-shift", "up")


def test_the_table_says_when_how_bad_what_and_who(run) -> None:
    code, out, _ = run("X.SHIFT")
    assert code == ExitCode.ANSWERED
    assert out.startswith("X.SHIFT: odd between ")
    line = next(line for line in out.splitlines() if "level-shift" in line)
    assert "high" in line
    assert "level-shift up" in line
    assert "odd by residual" in out
    assert re.search(r"^ +\^+ .*odd$", out, re.MULTILINE)
    assert "Assumed:\n  The 2 d before" in out


def test_csv_has_a_line_for_each_interval(run) -> None:
    code, out, _ = run("X.SHIFT", "--csv")
    assert code == ExitCode.ANSWERED
    rows = list(csv.DictReader(out.splitlines()))
    assert [row["kind"] for row in rows] == ["level-shift", "drop"]
    assert "residual" in rows[0]["detectors"].split()
    assert run("X.USUAL", "--csv")[1].splitlines() == [out.splitlines()[0]]


def test_since_is_a_time_or_a_duration_and_until_ends_the_span(run) -> None:
    until = to_iso(BEGIN + (MIDNIGHT + 800) * MINUTE)
    for since in ("4h", to_iso(BEGIN + (MIDNIGHT + 560) * MINUTE)):
        code, out, _ = run("X.SPIKE", "--since", since, "--until", until, "--json")
        data = json.loads(out)
        assert code == ExitCode.ANSWERED
        assert (data["start"], data["end"]) == (to_iso(BEGIN + (MIDNIGHT + 560) * MINUTE), until)
        assert data["kind"] == "spike"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("X.SHIFF",), ExitCode.REFUSED, "X.SHIFT"),
        (("shift",), ExitCode.REFUSED, "Did you mean X.SHIFT?"),
        (("X.USUAL", "--since", "2090-01-01"), ExitCode.REFUSED, "no readings since"),
        (("X.USUAL", "--since", "0h"), ExitCode.BAD_INPUT, "zero"),
        (("X.USUAL", "--since", "soon"), ExitCode.BAD_INPUT, "not a time"),
        (("X.USUAL", "--until", "later"), ExitCode.BAD_INPUT, "not a time"),
        (("X.USUAL", "--csv", "--json"), ExitCode.USAGE, "Either"),
        (("X.USUAL", "--scores", "out.csv"), ExitCode.USAGE, "--file"),
        (("--file", "none.csv", "--since", "2h"), ExitCode.USAGE, "go with a tag"),
        (("--file", "none.csv", "--compare"), ExitCode.USAGE, "go with a tag"),
        ((), ExitCode.USAGE, "Name either"),
    ],
)
def test_wrong_words_get_a_sentence_and_a_code(run, words, code, says) -> None:
    found, out, err = run(*words)
    assert found == code
    assert out == ""
    assert says in err


def test_the_methods_are_asked_where_wanted_and_the_keys_are_those_of_the_page(path, judge, run) -> None:
    _, out, _ = run("X.SHIFT", "--json", "--compare")
    data = json.loads(out)
    comparison = data["comparison"]
    assert comparison["tag"] == "X.SHIFT"
    assert {"seasonal-naive", "isolation-forest"} <= {one["name"] for one in comparison["methods"]}
    assert judge("X.SHIFT").data["comparison"] is None
    with open_store(path, read_only=True) as store:
        assert store.forecasts("X.SHIFT") == []
    page = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
    section = page.partition("## `anomalies TAG`")[2].partition("\n## ")[0]
    listed = {key for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    assert set(data) == listed
    of_interval = re.findall(r"`(\w+)`", section.partition("An interval has")[2].partition(".\n")[0])
    assert set(data["stretches"][0]) == set(of_interval)
    of_comparison = re.findall(r"`(\w+)`", section.partition("| `comparison`? |")[2].partition("\n")[0])
    assert {*comparison, *comparison["methods"][0]} == set(of_comparison)


@pytest.mark.parametrize(
    ("score", "rows", "beyond", "severity"),
    [
        (STRONG - 1, LONG_ROWS - 1, Severity.LOW, Severity.LOW),
        (STRONG, LONG_ROWS - 1, Severity.LOW, Severity.MEDIUM),
        (STRONG - 1, LONG_ROWS, Severity.LOW, Severity.MEDIUM),
        (STRONG, LONG_ROWS, Severity.LOW, Severity.HIGH),
        (50.0, 1, Severity.HIGH, Severity.HIGH),
        (100.0, 10_000, Severity.CRITICAL, Severity.CRITICAL),
    ],
)
def test_severity_is_of_score_length_and_limits(score, rows, beyond, severity) -> None:
    assert severity_of(score, rows, beyond) is severity


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ([5.0], Severity.LOW),
        ([5.0, np.nan, 8.1], Severity.HIGH),
        ([1.9], Severity.HIGH),
        ([0.9, 9.1], Severity.CRITICAL),
        ([np.nan], Severity.LOW),
    ],
)
def test_limits_say_how_far_values_went(values, severity) -> None:
    limits = Limits(low_low=1.0, low=2.0, high=8.0, high_high=9.0)
    assert beyond_limits(np.array(values), limits) is severity
    assert beyond_limits(np.array(values), Limits()) is Severity.LOW
