"""The alert budget: rules tried on history, tuned within a budget with the least loss, measured by ISA-18.2."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from ingestion.tags import TagRules
from plant.episodes import (
    ChangeKind,
    Episode,
    EpisodeChange,
    EpisodeKind,
    EpisodeState,
    Feedback,
    Outlook,
    PersonEvent,
    Priority,
)
from plant.errors import BadInput, ExitCode, UsageError
from plant.facts import Refusal, RefusalCode
from plant.readings import Reading
from plant.registry import Limits, Registry, Sensor, SensorState
from plant.settings import AlertSettings
from plant.store.sqlite import open_store
from plant.time import DAY, HOUR, MINUTE, SECOND, Span, to_iso
from tools.budget_judge import history_of, judge_tag
from tools.budget_kpi import Kpi, kpi
from tools.budget_labels import read_labels
from tools.budget_ladder import Event, Ladder, Rung, noise_of, variants_of
from tools.budget_preview import threshold_of
from tools.budget_report import apply, report
from tools.budget_tune import climb, tune
from tui.cli.alert_rule import AssetRule, TagRule, parse_rule
from tui.cli.alerts_budget import parse_budget
from tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plant.store.sqlite import SqliteStore

BEGIN = 20_000 * DAY
STEP = 10 * SECOND
HOURS = 12
TAG = Sensor("P-1.TT", "bearing temperature", "degC", "P-1", cadence_ms=STEP, limits=Limits(high=70.0, high_high=90.0))
FAULT = Span(BEGIN + 9 * HOUR, BEGIN + 9 * HOUR + 30 * MINUTE)


def swinging() -> np.ndarray:
    """Returns twelve hours of a tag that swings about its limit for eight, and is really hot for half of the tenth."""
    times = np.arange(0, HOURS * HOUR, STEP)
    values = np.where(times < 8 * HOUR, 70.0 + 0.5 * np.sin(2 * np.pi * times / (7 * MINUTE)), 60.0)
    values[(times >= FAULT.start - BEGIN) & (times < FAULT.end - BEGIN)] = 76.0
    return values + np.random.default_rng(2).normal(0.0, 0.02, len(times))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with the swinging tag, judged as it came."""
    with open_store(tmp_path / "plant.db") as opened:
        opened.put_sensors([TAG])
        readings = [Reading(TAG.tag, BEGIN + i * STEP, round(float(v), 3)) for i, v in enumerate(swinging())]
        with opened.transaction() as transaction:
            transaction.insert_readings("log", 0, readings)
            transaction.apply_episodes(TagRules(Registry([TAG]), {}).judge(readings))
        yield opened


def run(store: SqliteStore, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict, str]:
    """Runs a verb of `alerts` with --json; returns its exit code, what it printed, and what it said."""
    code = main(["alerts", *words, "--json", "--store", str(store.path)])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else {}, err


def test_the_present_rule_judged_again_is_what_stands_in_the_store(store) -> None:
    history = history_of(store, HOURS * HOUR)
    (again,) = judge_tag(store, [TAG], history.span)
    assert len(again) > 40
    assert again == sorted(store.episodes(), key=lambda one: one.opened_at)


def test_a_preview_says_how_often_a_rule_would_have_fired_and_writes_nothing(store, capsys) -> None:
    before = (store.episodes(), list(store.registry()), store.unsent("any", 1_000))
    code, found, _ = run(store, capsys, "preview", "--rule", "P-1.TT deadband 1.2 off-delay 5m", "--since", "11h")
    assert code == ExitCode.ANSWERED
    assert (found["subject"], found["hours"], found["notes"]) == ("P-1.TT", 11, [])
    assert found["present"]["count"] > 40
    assert found["present"]["by_rule"] == {"limit.high": found["present"]["count"]}
    assert found["proposed"]["count"] == len(found["proposed"]["alerts"]) == 1
    (alert,) = found["proposed"]["alerts"]
    assert alert["since"] == to_iso(FAULT.start + MINUTE)
    assert alert["lasted_s"] == 34 * 60
    assert "76" in alert["reason"]
    assert (store.episodes(), list(store.registry()), store.unsent("any", 1_000)) == before


def test_a_preview_says_when_there_is_less_history_than_asked(store, capsys) -> None:
    _, found, _ = run(store, capsys, "preview", "--rule", "P-1.TT high 75")
    assert (found["asked_hours"], found["hours"]) == (720, pytest.approx(12, abs=0.01))
    assert "holds 12 h of history, not 30 d" in found["notes"][0]
    assert main(["alerts", "preview", "--rule", "P-1.TT high 75", "--store", str(store.path)]) == ExitCode.ANSWERED
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("with the rule  1 alert: 0.08 an hour, 2.0 a day") for line in lines)


def test_a_preview_of_the_registry_as_it_is_stands_beside_the_store(store, capsys) -> None:
    _, found, _ = run(store, capsys, "preview", "--since", "12h")
    assert found["rule"] is None
    assert found["proposed"] == found["present"]


def test_a_discovered_tag_can_be_tried_out(store, capsys) -> None:
    store.put_sensors([msgspec.structs.replace(TAG, state=SensorState.DISCOVERED)])
    _, found, _ = run(store, capsys, "preview", "--rule", "P-1.TT high 75", "--since", "12h")
    assert (found["present"]["count"], found["proposed"]["count"]) == (0, 1)
    assert "not confirmed" in found["notes"][0]


def test_detectors_can_be_tried_with_another_threshold(pump, capsys) -> None:
    _, found, _ = run(pump, capsys, "preview", "--rule", "anomaly p-1 threshold 1000")
    assert (found["present"]["by_rule"], found["proposed"]["by_rule"]) == ({"anomaly": 1}, {})
    assert found["subject"] == "P-1"


@pytest.fixture
def pump(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with four and a half days of the small pump, a fault at the end."""
    from tests.unit.alerts.pump import SENSORS, values, write

    with open_store(tmp_path / "pump.db") as opened:
        opened.put_sensors(SENSORS)
        write(opened, values())
        yield opened


def test_a_store_without_readings_is_refused(tmp_path, capsys) -> None:
    with open_store(tmp_path / "empty.db") as empty:
        empty.put_sensors([TAG])
        for words in (["preview"], ["preview", "--rule", "P-1.TT high 7"], ["tune"], ["kpi"]):
            code, found, said = run(empty, capsys, *words)
            assert (code, found) == (ExitCode.REFUSED, {})
            assert "no readings yet" in said


# ---- rules as text


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("p-1.tt high 71.5", {"high": 71.5}),
        ("P-1.TT high 80 deadband 0.1 on-delay 90s off-delay 2m", {"high": 80.0, "deadband": 0.1}),
        ("P-1.TT high-high 120 high 100", {"high_high": 120.0, "high": 100.0}),
        ("P-1.TT high 95 high_high 99", {"high": 95.0, "high_high": 99.0}),  # each alone would contradict the other
        ("P-1.TT setpoint 60 tolerance 5 high none", {"setpoint": 60.0, "tolerance": 5.0, "high": None}),
    ],
)
def test_a_rule_of_a_tag_is_read(text, changed) -> None:
    rule = parse_rule(text, Registry([TAG]))
    assert isinstance(rule, TagRule)
    assert rule.sensor.limits == msgspec.structs.replace(TAG.limits, **changed)
    if "on-delay" in text:
        assert (rule.sensor.on_delay_ms, rule.sensor.off_delay_ms) == (90_000, 120_000)


def test_a_rule_of_an_asset_is_read() -> None:
    assert parse_rule("Anomaly p-1 threshold 7", Registry([TAG])) == AssetRule("P-1", 7.0)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("P-1.TT", UsageError, "is no rule"),
        ("P-1.TT high", UsageError, "is no rule"),
        ("P-1.TT high 3 low", UsageError, "low has no value"),
        ("P-1.TX high 3", BadInput, r"no tag P-1\.TX.*P-1\.TT"),
        ("P-1.TT hihg 3", UsageError, "no hihg.*high"),
        ("P-1.TT high warm", BadInput, "not a number"),
        ("P-1.TT high nan", BadInput, "not a finite number"),
        ("P-1.TT high 99", BadInput, "high 99 is not below high_high 90"),
        ("P-1.TT deadband -1", BadInput, "negative"),
        ("P-1.TT on-delay soon", BadInput, "not a duration"),
        ("P-1.TT asset P-2", UsageError, "no asset"),
        ("anomaly P-1 threshold", UsageError, "is no rule"),
        ("anomaly P-9 threshold 7", BadInput, "no asset P-9"),
        ("anomaly P-1 threshold high", BadInput, "not a number"),
        ("anomaly P-1 threshold 0", BadInput, "not above 0"),
        ("anomaly P-1 threshold inf", BadInput, "not above 0"),
    ],
)
def test_a_text_that_is_no_rule_is_a_sentence(text, error, says) -> None:
    with pytest.raises(error, match=says):
        parse_rule(text, Registry([TAG]))


@pytest.mark.parametrize(
    ("text", "per_hour"), [("6/h", 6), ("6", 6), ("12/d", 0.5), ("1/10min", 6), ("3 / day", 0.125)]
)
def test_a_budget_is_read(text, per_hour) -> None:
    assert parse_budget(text) == per_hour


@pytest.mark.parametrize("text", ["", "six/h", "6/year", "0/h", "-1/h", "inf/h", "nan/h"])
def test_a_text_that_is_no_budget_is_a_sentence(text) -> None:
    with pytest.raises(UsageError, match="budget"):
        parse_budget(text)


# ---- tuning


def test_tuning_fits_the_budget_without_losing_what_people_called_right(store, capsys) -> None:
    (hot,) = [one for one in store.episodes() if FAULT.start <= one.opened_at < FAULT.end]
    swing = store.episodes()[-1]
    store.add_person_event(PersonEvent(hot.id, ChangeKind.FEEDBACK, 1, "ann", feedback=Feedback.RIGHT))
    store.add_person_event(PersonEvent(swing.id, ChangeKind.FEEDBACK, 1, "ann", feedback=Feedback.WRONG))
    code, found, _ = run(store, capsys, "tune", "--budget", "12/d", "--since", "12h")
    assert code == ExitCode.ANSWERED
    assert found["before_per_hour"] > 3
    assert found["after_per_hour"] <= found["budget_per_hour"] == 0.5
    assert found["fits"]
    assert found["applied"] is None
    (alarm,) = found["alarms"]
    assert (alarm["labelled"], alarm["labelled_missed"]) == (1, [])
    assert alarm["unlabelled"] == alarm["before"] - 2  # what was called wrong is no loss
    assert {change["key"] for change in alarm["changes"]} <= {"deadband", "on_delay_ms", "off_delay_ms"}
    assert list(store.registry()) == [TAG]


def test_labelled_spans_of_a_file_say_what_would_be_missed(store, tmp_path, capsys) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "subject,start,end\n"
        f"p-1,{to_iso(FAULT.start)},{to_iso(FAULT.end)}\n"
        f"P-1.TT,{to_iso(BEGIN + 11 * HOUR)},{to_iso(BEGIN + 11 * HOUR + MINUTE)}\n"
    )
    _, found, _ = run(store, capsys, "tune", "--budget", "12/d", "--since", "12h", "--labels", str(labels))
    assert (found["labels"], found["labels_caught_before"], found["labels_missed"]) == (2, 1, [])
    assert main(["alerts", "tune", "--budget", "12/d", "--labels", str(labels), "--store", str(store.path)]) == 0
    assert "Of 2 labelled spans 1 raise an alert now; it would miss none." in capsys.readouterr().out


def test_what_is_within_the_budget_stays_as_it_is(store, capsys) -> None:
    _, found, _ = run(store, capsys, "tune", "--budget", "60/h", "--since", "12h")
    assert found["fits"]
    assert all(alarm["changes"] == [] for alarm in found["alarms"])
    main(["alerts", "tune", "--budget", "60/h", "--apply", "--store", str(store.path)])
    assert "Nothing needs to change." in capsys.readouterr().out


def test_a_budget_that_no_setting_fits_is_said(store, capsys) -> None:
    _, found, _ = run(store, capsys, "tune", "--budget", "0.01/d", "--since", "12h")
    assert not found["fits"]
    assert "No setting" in found["notes"][-1]


def test_a_proposal_is_written_with_who_and_when_only_after_a_yes(store, capsys) -> None:
    words = ["tune", "--budget", "12/d", "--since", "12h", "--apply"]
    code, _, said = run(store, capsys, *words)
    assert code == ExitCode.USAGE
    assert "--yes" in said
    assert list(store.registry()) == [TAG]
    code, found, _ = run(store, capsys, *words, "--yes")
    assert code == ExitCode.ANSWERED
    (tuned,) = store.registry()
    after = {change["key"]: change["after"] for change in found["alarms"][0]["changes"]}
    assert tuned.limits.deadband == after.get("deadband", TAG.limits.deadband)
    assert tuned.off_delay_ms == after.get("off_delay_ms", TAG.off_delay_ms)
    assert msgspec.structs.replace(tuned.limits, deadband=0.0) == TAG.limits  # no limit is moved
    who, when = found["applied"].split(" ")
    record = json.loads(store.meta(f"alerts.tuned/{when}"))
    assert record["who"] == who
    assert record["changes"] == {"P-1.TT": found["alarms"][0]["changes"]}


def test_what_somebody_changes_meanwhile_is_not_overwritten(store) -> None:
    history = history_of(store, HOURS * HOUR)
    proposal = tune(store, store.registry(), history, 0.5, [], frozenset())
    result = report(proposal, history, 0.5)
    changed = msgspec.structs.replace(TAG, limits=Limits(high=72.0))
    store.put_sensors([changed])
    with pytest.raises(BadInput, match="changed while"):
        apply(store, proposal, result, "ann", 5)
    assert list(store.registry()) == [changed]


def test_thresholds_of_detectors_are_tuned_and_taken_up(pump, capsys) -> None:
    pump.set_meta("alerts.threshold/P-1", "1.5")  # far too low
    code, found, _ = run(pump, capsys, "tune", "--budget", "0.3/d", "--on", "P-1", "--apply", "--yes")
    assert code == ExitCode.ANSWERED
    asset = next(alarm for alarm in found["alarms"] if alarm["subject"] == "P-1")
    assert asset["before"] > asset["after"]
    assert asset["after"] * 24 / found["hours"] <= 0.3
    (change,) = asset["changes"]
    assert (change["key"], change["before"]) == ("threshold", 1.5)
    assert threshold_of(pump, "P-1") == change["after"] > 1.5


def test_variants_are_ever_quieter_and_urgent_tags_do_not_wait_long() -> None:
    for sensor in (TAG, msgspec.structs.replace(TAG, limits=Limits(high=70.0))):
        first, *others = variants_of(sensor, noise=0.1)
        assert first == sensor
        assert {one.limits.deadband for one in others} == {0.25}
        assert all(msgspec.structs.replace(one.limits, deadband=0.0) == sensor.limits for one in others)
        delays = [(one.on_delay_ms, one.off_delay_ms) for one in (first, *others)]
        assert delays == sorted(delays)
        assert max(on for on, _ in delays) == (5 if sensor is TAG else 10) * MINUTE


def test_noise_is_that_of_the_instrument_not_of_the_process(tmp_path) -> None:
    rng = np.random.default_rng(4)
    steps = np.where(np.arange(5_000) < 2_500, 20.0, 50.0)  # a step is no noise
    values = steps + 0.002 * np.arange(5_000) + rng.normal(0.0, 0.4, 5_000)
    with open_store(tmp_path / "noise.db") as noisy:
        with noisy.transaction() as transaction:
            transaction.insert_readings("s", 0, [Reading("T", i * SECOND, float(v)) for i, v in enumerate(values)])
        sensor = Sensor("T", cadence_ms=SECOND)
        assert noise_of(noisy, sensor, 5_000 * SECOND) == pytest.approx(0.4, rel=0.15)
        assert noise_of(noisy, sensor, 10 * SECOND) == 0.0


def _episodes(*opened: int) -> tuple[Episode, ...]:
    return tuple(
        Episode(
            f"ep-{at}", "limit.high", "T", "A", EpisodeKind.PROCESS, Priority.MEDIUM, EpisodeState.CLOSED,
            at, at, at + MINUTE,
        )
        for at in opened
    )  # fmt: skip


def test_the_cheapest_alerts_are_given_up_first() -> None:
    cheap = Ladder("A", (Rung(None, 8.0, _episodes(1, 2, 3, 4), 0.0), Rung(None, 9.0, _episodes(1), 1.0)), ())
    dear = Ladder(
        "B",
        (Rung(None, 8.0, _episodes(5, 6, 7, 8), 0.0), Rung(None, 9.0, (), 10.0)),
        (Event("ep-5", "B", 5, 6, 10.0, True),),
    )
    assert climb([dear, cheap], 8) == [0, 0]
    assert climb([dear, cheap], 5) == [0, 1]
    assert climb([dear, cheap], 4) == [1, 1]
    assert climb([dear, cheap], 0) == [1, 1]  # as few as can be


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b,c\n", "no columns subject, start, end"),
        ("", "no columns"),
        ("subject,start,end\nP-7,2026-01-01,2026-01-02\n", "line 2: there is no tag or asset 'P-7'"),
        ("subject,start,end\nP-1,yesterday,2026-01-02\n", "line 2: 'yesterday' is not a time"),
        ("subject,start,end\nP-1,2026-01-02,2026-01-02\n", "line 2: it ends before it begins"),
        ("subject,start,end\nP-1\n", "line 2: '' is not a time"),
        (b"\xff\xfe\x00", "cannot be read"),
        (None, "cannot be read: No such file"),
    ],
)
def test_labels_that_cannot_be_used_are_a_sentence(tmp_path, text, says) -> None:
    file = tmp_path / "labels.csv"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadInput, match=says):
        read_labels(file, Registry([TAG]), UTC)


# ---- figures


def _opened(name: str, at: int, **more: object) -> Episode:
    given = {"tag": "P-1.TT", "rule": "limit.high", "priority": Priority.MEDIUM, "closed_at": at + MINUTE, **more}
    state = EpisodeState.OPEN if given["closed_at"] is None else EpisodeState.CLOSED
    updated = given["closed_at"] or at
    return Episode(
        id=name, asset="P-1", kind=EpisodeKind.PROCESS, state=state, pending_at=at, opened_at=at, updated_at=updated,
        **given,
    )  # fmt: skip


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[SqliteStore]:
    """Ten hours: a flood of twelve in the second, one that stands for longer than a day, a warning each way."""
    start = BEGIN + 2 * DAY
    flood = [
        _opened(f"ep-f{n:02}", start + HOUR + n * 30 * SECOND, tag=f"P-1.T{n}", priority=Priority.LOW)
        for n in range(12)
    ]
    warned = [
        _opened(
            f"ep-w{n}", start + (3 + n) * HOUR, rule="warning.high", priority=Priority.LOW,
            closed_at=start + (3 + n) * HOUR + 20 * MINUTE, outlook=Outlook("high", 0, 1, 0.8, right),
        )
        for n, right in enumerate((True, True, False, None))
    ]  # fmt: skip
    chatter = [_opened(f"ep-c{n}", start + 8 * HOUR + n * 4 * MINUTE, tag="P-1.VT") for n in range(3)]
    stale = _opened("ep-stale", start - DAY, rule="limit.high_high", priority=Priority.HIGH, closed_at=None)
    aside = _opened("ep-aside", start + 9 * HOUR, tag="P-1.XT", priority=Priority.HIGH, closed_at=None)
    with open_store(tmp_path / "kpi.db") as opened:
        opened.put_sensors([Sensor(tag, asset="P-1") for tag in ("P-1.TT", "P-1.VT", "P-1.XT")])
        with opened.transaction() as transaction:
            readings = [Reading("P-1.TT", at, 1.0) for at in (BEGIN, start + 10 * HOUR - 1)]
            transaction.insert_readings("s", 0, readings)
            everything = [*flood, *warned, *chatter, stale, aside]
            transaction.apply_episodes([EpisodeChange(ChangeKind.OPENED, one) for one in everything])
        events = [
            PersonEvent("", ChangeKind.OUT_OF_SERVICE, start, "ann", "repair", subject="P-1.XT"),
            PersonEvent("ep-f00", ChangeKind.ACKNOWLEDGED, flood[0].opened_at + 5 * MINUTE, "ann"),
            PersonEvent("ep-c0", ChangeKind.ACKNOWLEDGED, chatter[0].opened_at + MINUTE, "ann"),
            PersonEvent("ep-c1", ChangeKind.FEEDBACK, start + 9 * HOUR, "ann", feedback=Feedback.HARMLESS),
        ]
        for event in events:
            opened.add_person_event(event)
        yield opened


def test_the_figures_of_isa_18_2(plant) -> None:
    found = kpi(plant, AlertSettings(budget_per_hour=1.0), 10 * HOUR, 0)
    assert isinstance(found, Kpi)
    start = BEGIN + 2 * DAY
    assert (found.start, found.hours, found.alarms, found.hidden) == (to_iso(start), 10, 19, 1)
    assert not found.within_budget
    assert (found.per_hour.mean, found.per_hour.peak, found.per_hour.peak_at) == (1.9, 12, to_iso(start + HOUR))
    assert (found.per_hour.over_acceptable, found.per_hour.over_most) == (0.1, 0)
    assert (found.per_ten_minutes.peak, found.per_ten_minutes.mean) == (12, pytest.approx(19 / 60, abs=1e-3))
    assert (found.floods.count, found.floods.alarms) == (1, 12)
    assert 0 < found.floods.time_share < 0.05
    top = found.bad_actors[0]
    assert (top.subject, top.rule, top.count, top.share) == (
        "P-1.TT",
        "warning.high",
        4,
        pytest.approx(4 / 19, abs=1e-3),
    )
    assert [(one.subject, one.count) for one in found.chattering] == [("P-1.VT", 3)]
    assert found.stale == ["ep-stale"]
    assert found.priorities == {"low": 0.8421, "medium": 0.1579, "high": 0.0}
    assert (found.acknowledged.count, found.acknowledged.median_s, found.acknowledged.p90_s) == (2, 180, 300)
    assert (found.shelved, found.out_of_service, found.suppressed) == (0, 1, 0)
    assert found.feedback == {"right": 0, "harmless": 1, "wrong": 0, "bad-data": 0}
    assert (found.warnings.count, found.warnings.right, found.warnings.wrong) == (4, 2, 1)
    assert (found.warnings.right_share, found.warnings.lead_s) == (0.6667, 1_200)


def test_figures_of_one_tag_and_of_a_longer_time_than_there_is(plant) -> None:
    found = kpi(plant, AlertSettings(), 30 * DAY, 0, "p-1.vt")
    assert isinstance(found, Kpi)
    assert (found.subject, found.alarms, found.floods.count) == ("P-1.VT", 3, 1)
    assert found.hours < found.asked_hours == 720
    unknown = kpi(plant, AlertSettings(), DAY, 0, "P-9")
    assert isinstance(unknown, Refusal)
    assert unknown.code is RefusalCode.UNKNOWN_TAG


def test_figures_without_an_alarm_divide_by_nothing(tmp_path, capsys) -> None:
    with open_store(tmp_path / "quiet.db") as quiet:
        quiet.put_sensors([TAG])
        with quiet.transaction() as transaction:
            transaction.insert_readings("s", 0, [Reading(TAG.tag, BEGIN, 50.0)])
        code, found, _ = run(quiet, capsys, "kpi")
        assert (code, found["alarms"], found["per_hour"]["peak_at"], found["within_budget"]) == (0, 0, None, True)
        assert main(["alerts", "kpi", "--store", str(quiet.path)]) == ExitCode.ANSWERED
        assert "early warnings   0" in capsys.readouterr().out


def test_the_figures_as_plain_lines(plant, capsys) -> None:
    assert main(["alerts", "kpi", "--since", "10h", "--store", str(plant.path)]) == ExitCode.ANSWERED
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(": 19, and 1 hidden.")
    assert any(line.startswith("early warnings   4: 2 right, 1 wrong (66.7 % right, 20 min ahead)") for line in lines)
    assert any(line.startswith("acknowledged     2, half within 3 min, nine in ten within 5 min") for line in lines)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["preview", "--since", "soon"], ExitCode.BAD_INPUT),
        (["preview", "--rule", "P-1.TT"], ExitCode.USAGE),
        (["tune", "--budget", "many"], ExitCode.USAGE),
        (["tune", "--on", "P-77"], ExitCode.REFUSED),
        (["tune", "--labels", "/nowhere/labels.csv"], ExitCode.BAD_INPUT),
        (["kpi", "--on", "P-77"], ExitCode.REFUSED),
        (["kpi", "--since", "0s"], ExitCode.BAD_INPUT),
    ],
)
def test_what_makes_no_sense_is_a_sentence(store, capsys, words, code) -> None:
    assert main(["alerts", *words, "--store", str(store.path)]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1
