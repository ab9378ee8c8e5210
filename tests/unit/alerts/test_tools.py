"""The tools and verbs of alerts, anomalies and tags, over the small pump; and what bad input gets."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest

from ingestion.assets import AssetStage
from ingestion.sources.demo import parse_demo
from ingestion.unwatched import blind_partitions
from plant.episodes import ChangeKind, Episode, EpisodeKind, EpisodeState, PersonEvent, Priority
from plant.errors import BadInput, ExitCode, UsageError
from plant.facts import FactSheet, RefusalCode
from plant.readings import Quality, Reading
from plant.registry import Limits, Sensor
from plant.settings import Settings
from plant.store.contract import Counts, PartitionBook
from plant.store.sqlite import open_store
from plant.time import DAY, HOUR, MINUTE, now_ms, parse_time, to_iso
from tests.unit.alerts.pump import BEGIN, FAULT, N_MINUTES, SENSORS, values, write
from tools.alert_rows import tell_episodes
from tools.alerts import AlertsTool
from tools.anomalies import AnomalyTool
from tools.anomaly_files import OF_FILES
from tools.contract import AlertsInput, AnomalyInput
from tools.oddness import hear, unit_scores
from tui.cli.main import main
from tui.cli.tags import changed_sensor

END = BEGIN + N_MINUTES * MINUTE
DURING = BEGIN + FAULT.start * MINUTE


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The small pump's store, judged to its end."""
    path = tmp_path_factory.mktemp("judged") / "plant.db"
    with open_store(path) as store:
        store.put_sensors(SENSORS)
        write(store, values())
        AssetStage(store, "one", Settings(store={"path": path})).run(final=True)
    return path


@pytest.fixture
def plant(judged, tmp_path):
    """A copy of it to change."""
    return shutil.copy(judged, tmp_path / "copy.db")


@pytest.fixture
def store(judged):
    with open_store(judged, read_only=True) as opened:
        yield opened


@pytest.fixture
def alerts(store):
    return lambda **request: AlertsTool(store, Settings()).run(AlertsInput(**request))


@pytest.fixture
def anomaly(store):
    return lambda subject, **request: AnomalyTool(store, Settings()).run(AnomalyInput(subject=subject, **request))


def test_alerts_are_told_with_their_evidence(alerts) -> None:
    result = alerts()
    assert result.first("alerts.count").value == 1
    assert result.first("alerts.standing").value == 0
    assert result.first("alert.subject").value == "P-1"
    assert result.first("alert.actual").unit == "mm/s"
    assert {fact.source for fact in result.facts} <= {evidence.id for evidence in result.evidence}
    assert result.data["alerts"][0]["reason"].startswith("mostly P-1.VT, ")
    assert result.data["alerts"][0]["alarm"] == result.first("alert.alarm").value == "returned"
    assert len(result.tables[0].rows) == 1


def test_no_alert_is_an_answer_too(alerts) -> None:
    result = alerts(start=BEGIN, end=BEGIN + HOUR)
    assert result.refusal is None
    assert result.first("alerts.count").value == 0
    assert alerts(standing=True).first("alerts.count").value == 0


@pytest.mark.parametrize(("subject", "count"), [("p-1", 1), ("A-1", 1), ("P-1.VT", 0), ("", 1)])
def test_alerts_of_a_tag_an_asset_an_area_or_all(alerts, subject, count) -> None:
    assert alerts(subject=subject).first("alerts.count").value == count


def test_a_partition_that_nobody_reads_is_blind(alerts) -> None:
    assert alerts().first("partition.blind") is None  # its reader was here a moment ago
    with_patience = Settings(stream={"blind_ms": -1})
    store = alerts.__closure__[0].cell_contents
    assert AlertsTool(store, with_patience).run(AlertsInput()).first("partition.blind").value == "log/0"


def book(source, *, next_offset=10, end_offset: int | None = 10, owner="one", seen_at=0):
    return PartitionBook(source, 0, next_offset, owner, 1, seen_at, end_offset, None, Counts())


FINISHED = ["file:week.csv@1f2e", parse_demo("demo:?start=2026-01-14T00:00:00Z&step=60s", lambda _: 0).name]
GOING_ON = ["plant.readings", parse_demo("demo:", lambda _: BEGIN).name]


@pytest.mark.parametrize("source", FINISHED)
def test_a_log_that_was_read_to_its_end_and_cannot_go_on_is_not_blind(source) -> None:
    assert blind_partitions([book(source)], {(source, 0)}, seen_since=1) == []
    assert len(blind_partitions([book(source, next_offset=9)], {(source, 0)}, seen_since=1)) == 1


@pytest.mark.parametrize("source", GOING_ON)
def test_a_log_that_can_go_on_is_blind_once_its_reader_is_gone(source) -> None:
    assert len(blind_partitions([book(source)], {(source, 0)}, seen_since=1)) == 1
    assert len(blind_partitions([book(source, owner="", seen_at=5)], {(source, 0)}, seen_since=1)) == 1
    assert blind_partitions([book(source, seen_at=5)], {(source, 0)}, seen_since=1) == []
    assert blind_partitions([book(source)], set(), seen_since=1) == []  # superseded: nothing newest came by it


def test_the_newest_readings_are_told_where_asked_for(alerts, store) -> None:
    assert alerts(subject="P-1").first("reading.tag") is None
    result = alerts(subject="P-1.VT", readings=True, standing=True)
    last = {latest.tag: latest for latest in store.latest()}["P-1.VT"]
    assert result.first("reading.value").value == last.value
    assert result.first("reading.value").unit == "mm/s"
    assert result.first("reading.at").value == to_iso(last.ts)
    assert result.first("reading.quality").value == "good"
    assert result.first("reading.age").value > 0
    assert [row["tag"] for row in result.data["readings"]] == ["P-1.VT"]
    assert len(alerts(subject="P-1", readings=True).data["readings"]) == len(store.registry().of_asset("P-1"))


@pytest.mark.parametrize(
    ("reading", "quality"),
    [((None, Quality.BAD), "bad"), ((1.0, Quality.STALE), "stale"), ((1.0, 17), "bad")],
)
def test_a_reading_that_is_not_good_says_so(plant, reading, quality) -> None:
    value, code = reading
    with open_store(plant) as store:
        with store.transaction() as change:
            change.insert_readings("log", 0, [Reading("P-1.VT", END + HOUR, value, code)])
        result = AlertsTool(store, Settings()).run(AlertsInput(subject="P-1.VT", readings=True))
    assert result.first("reading.quality").value == quality
    assert (result.first("reading.value") is None) == (value is None)


def test_a_standing_alert_has_lasted_until_the_newest_reading(alerts) -> None:
    (alert,) = alerts().data["alerts"]
    lasted = (parse_time(alert["until"]) - parse_time(alert["since"])) / 1_000
    assert alerts().first("alert.lasted").value == lasted
    sheet = FactSheet()
    standing = Episode(
        "ep-1", "stuck", "P-1.VT", "P-1", EpisodeKind.INSTRUMENT, Priority.LOW, EpisodeState.OPEN, 0, 1_000
    )
    tell_episodes(sheet, [standing], 61_000)
    assert {fact.name: fact.value for fact in sheet.facts}["alert.lasted"] == 60


def test_a_tag_that_stopped_while_others_went_on_is_stale(plant) -> None:
    with open_store(plant) as store:
        frame = values()[:30, :2]
        write(store, frame, N_MINUTES)
        result = AlertsTool(store, Settings()).run(AlertsInput())
    assert result.first("tag.stale").value == "P-1.VT"
    assert result.first("tag.stale_for").value == 30 * 60


@pytest.mark.parametrize("tool", ["alerts", "anomaly"])
def test_an_unknown_name_is_refused_with_the_nearest(tool, request) -> None:
    run = request.getfixturevalue(tool)
    result = run(subject="P-1.VV")
    assert result.refusal.code is RefusalCode.UNKNOWN_TAG
    assert "P-1.VT" in result.refusal.choices
    assert result.data["refusal"] == result.refusal


@pytest.mark.parametrize("tool", ["alerts", "anomaly"])
def test_a_tag_without_readings_is_refused(tool, request) -> None:
    assert request.getfixturevalue(tool)(subject="T-9.LT").refusal.code is RefusalCode.NO_DATA


@pytest.mark.parametrize("tool", ["alerts", "anomaly"])
def test_an_empty_span_is_refused(tool, request) -> None:
    result = request.getfixturevalue(tool)(subject="P-1", start=END, end=BEGIN)
    assert result.refusal.code is RefusalCode.NO_DATA
    assert "empty" in result.refusal.text


def test_a_span_without_readings_is_refused(anomaly) -> None:
    result = anomaly("P-1", start=END + DAY, end=END + 2 * DAY)
    assert result.refusal.code is RefusalCode.NO_DATA
    assert to_iso(BEGIN) in result.refusal.help


def test_a_span_with_nothing_before_it_is_refused(anomaly) -> None:
    assert anomaly("P-1", start=BEGIN, end=BEGIN + HOUR).refusal.code is RefusalCode.TOO_SHORT


def test_an_odd_asset_is_told_with_the_tag_that_moved(anomaly) -> None:
    result = anomaly("P-1", start=DURING - HOUR)
    assert result.first("anomaly.odd").value is True
    assert result.first("anomaly.tag").value == "P-1.VT"
    assert result.first("anomaly.since").value == to_iso(DURING)
    assert result.first("anomaly.detector.odd").value == "residual"
    assert result.first("anomaly.alerts").value == 1
    assert result.first("alert.id") is not None
    (curve,) = result.series
    assert curve.marked[0] == 60
    assert len(curve.times) == len(curve.values)
    assert {fact.source for fact in result.facts} <= {evidence.id for evidence in result.evidence}


def test_nothing_odd_is_an_answer(anomaly) -> None:
    result = anomaly("P-1.TT", start=DURING - 12 * HOUR, end=DURING - HOUR)
    assert result.refusal is None
    assert result.first("anomaly.odd").value is False
    assert result.first("anomaly.agree").value is True
    assert result.first("anomaly.since") is None


def run(capsys, *words):
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return code, said.out, said.err


def test_the_verbs_print_json(capsys, judged) -> None:
    code, out, _ = run(capsys, "alerts", "--json", "--store", judged)
    assert code == ExitCode.ANSWERED
    assert [alert["subject"] for alert in json.loads(out)] == ["P-1"]
    code, out, _ = run(capsys, "anomalies", "P-1", "--since", to_iso(DURING), "--json", "--store", judged)
    assert code == ExitCode.ANSWERED
    assert json.loads(out)["episodes"][0]["subject"] == "P-1"
    code, out, _ = run(capsys, "tags", "list", "--json", "--store", judged)
    assert [sensor["tag"] for sensor in json.loads(out)] == [sensor.tag for sensor in SENSORS]


def test_refusals_exit_3_and_say_why(capsys, judged) -> None:
    assert run(capsys, "alerts", "--on", "P-7", "--store", judged)[0] == ExitCode.REFUSED
    code, out, _ = run(capsys, "anomalies", "P-1.VV", "--json", "--store", judged)
    assert code == ExitCode.REFUSED
    assert json.loads(out)["refusal"]["code"] == "unknown_tag"


def test_people_acknowledge_and_shelve(capsys, plant) -> None:
    with open_store(plant) as store:
        (episode,) = store.episodes()
    assert run(capsys, "alerts", "ack", episode.id, "--store", plant)[0] == ExitCode.ANSWERED
    shelved = run(capsys, "alerts", "shelve", episode.id, "--for", "2h", "--why", "in repair", "--store", plant)
    assert shelved[0] == ExitCode.ANSWERED
    (alert,) = json.loads(run(capsys, "alerts", "--json", "--store", plant)[1])
    assert alert["acknowledged"]
    assert alert["shelved_until"]
    with open_store(plant) as store:
        tool = AlertsTool(store, Settings())
        assert [row["id"] for row in tool.run(AlertsInput(states=("shelved",))).data["alerts"]] == [episode.id]
        assert tool.run(AlertsInput(states=("unacknowledged", "returned"))).data["alerts"] == []
        assert [event.note for event in store.person_events(episode.id)] == ["", "in repair"]
        assert store.episode(episode.id) == episode


def test_a_shelf_that_ran_out_is_gone(plant) -> None:
    with open_store(plant) as store:
        (episode,) = store.episodes()
        now = now_ms()
        store.add_person_event(PersonEvent(episode.id, ChangeKind.SHELVED, now - DAY, "ann", "x", now - HOUR))
        assert AlertsTool(store, Settings()).run(AlertsInput()).data["alerts"][0]["shelved_until"] is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("alerts", "ack", "ep-000"), "no alert ep-000"),
        (("alerts", "shelve", "ep-000", "--why", "x", "--for", "0h"), "zero"),
        (("alerts", "shelve", "ep-000", "--why", " "), "reason"),
        (("alerts", "--since", "soon"), "not a duration"),
        (("alerts", "--last", "soon"), "not a duration"),
        (("tags", "show", "P-1.VV"), "Did you mean P-1.VT"),
        (("tags", "set", "P-1.VT", "high", "much"), "not a number"),
        (("anomalies", "P-1", "--since", "yesterday"), "not a time"),
    ],
)
def test_wrong_words_get_a_sentence(capsys, plant, words, says) -> None:
    code, _, err = run(capsys, *words, "--store", plant)
    assert code == ExitCode.BAD_INPUT
    assert says in err


def test_a_store_that_is_not_there_is_said(capsys, tmp_path) -> None:
    code, _, err = run(capsys, "alerts", "ack", "ep-000", "--store", tmp_path / "none.db")
    assert code == ExitCode.STORE
    assert not (tmp_path / "none.db").exists()
    assert "no store" in err


def test_tags_are_changed_one_key_at_a_time(capsys, plant) -> None:
    assert run(capsys, "tags", "set", "p-1.vt", "low", "-1.5", "--store", plant)[0] == ExitCode.ANSWERED
    assert run(capsys, "tags", "set", "P-1.VT", "aliases", "vibration, vibrations", "--store", plant)[0] == 0
    shown = json.loads(run(capsys, "tags", "show", "P-1.VT", "--json", "--store", plant)[1])
    assert shown["limits"]["low"] == -1.5
    assert shown["aliases"] == ["vibration", "vibrations"]


SENSOR = Sensor("TT", limits=Limits(low=2.0, high=8.0))


@pytest.mark.parametrize(
    ("key", "value", "changed"),
    [
        ("high", "none", Sensor("TT", limits=Limits(low=2.0))),
        ("high_high", "9.5", Sensor("TT", limits=Limits(low=2.0, high=8.0, high_high=9.5))),
        ("stuck_ms", "10min", Sensor("TT", limits=SENSOR.limits, stuck_ms=600_000)),
        ("decimals", "1", Sensor("TT", limits=SENSOR.limits, decimals=1)),
        ("unit", "10", Sensor("TT", limits=SENSOR.limits, unit="10")),
        ("range_low", "-40", Sensor("TT", limits=SENSOR.limits, range_low=-40.0)),
    ],
)
def test_a_value_takes_the_keys_type(key, value, changed) -> None:
    assert changed_sensor(SENSOR, key, value) == changed


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("hihg", "7", UsageError),
        ("tag", "XX", UsageError),
        ("high", "1.0", BadInput),
        ("high", "inf", BadInput),
        ("high", "nan", BadInput),
        ("tolerance", "-1", BadInput),
        ("state", "maybe", BadInput),
        ("decimals", "none", BadInput),
        ("decimals", "two", BadInput),
        ("cadence_ms", "0s", BadInput),
    ],
)
def test_a_value_that_does_not_fit_is_refused(key, value, error) -> None:
    with pytest.raises(error):
        changed_sensor(SENSOR, key, value)


def csv_file(path, frame, header="time,flow,pressure,steady"):
    lines = [header]
    for row, line in enumerate(frame):
        lines.append(",".join([to_iso(BEGIN + row * MINUTE), *map(str, line)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def history(tmp_path):
    frame = values()[: FAULT.start + 300][-2_000:]
    frame[:, 0] = 7.0
    return csv_file(tmp_path / "history.csv", frame, "time,steady,flow,pressure")


def test_a_file_gets_one_score_a_row(capsys, history, tmp_path) -> None:
    out_file = tmp_path / "scores.csv"
    code, out, _ = run(
        capsys, "anomalies", "--file", history, "--columns", "flow,pressure", "--json", "--scores", out_file
    )
    assert code == ExitCode.ANSWERED
    found = json.loads(out)
    assert found["odd"] is True
    assert "residual" in found["episodes"][0]["detectors"]
    assert found["episodes"][0]["contributors"][0] == "pressure"
    rows = list(csv.DictReader(out_file.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 2_000
    assert list(rows[0]) == ["time", "score", "flag", "episode"]
    assert all(len(row["score"].split(".")[1]) == 9 and 0 <= float(row["score"]) <= 1 for row in rows)
    assert len({row["score"] for row in rows[200:]}) > 1_700  # hardly any ties
    assert {row["flag"] for row in rows if row["episode"]} == {"1"}
    assert not any(row["episode"] for row in rows[:300])


def test_every_row_of_a_file_has_its_line_in_the_scores(capsys, history, tmp_path) -> None:
    lines = history.read_text(encoding="utf-8").splitlines()
    stamp = lines[500].split(",")[0]
    odd = [f"{stamp},7.0,1.0,1.0", "no date,7.0,1.0,1.0", "2000-01-01T00:00:00Z,7.0,1.0,1.0,9"]
    history.write_text("\n".join([*lines[:501], *odd, *lines[501:]]) + "\n", encoding="utf-8")
    out_file = tmp_path / "scores.csv"
    assert run(capsys, "anomalies", "--file", history, "--scores", out_file)[0] == 0
    rows = list(csv.DictReader(out_file.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 2_000 + 3
    assert rows[499]["score"] != ""
    assert rows[500] == rows[499]  # its time repeats an earlier one
    assert list(rows[501].values()) == ["", "", "", ""]
    assert list(rows[502].values()) == ["2000-01-01T00:00:00Z", "", "", ""]


def test_scores_of_a_file_are_causal(capsys, history, tmp_path) -> None:
    lines = history.read_text(encoding="utf-8").splitlines()
    short = tmp_path / "short.csv"
    short.write_text("\n".join(lines[:1_801]) + "\n", encoding="utf-8")
    until = lines[301].split(",")[0]
    for file, scores in ((history, "a.csv"), (short, "b.csv")):
        assert run(capsys, "anomalies", "--file", file, "--fit-until", until, "--scores", tmp_path / scores)[0] == 0
    whole = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert (tmp_path / "b.csv").read_text(encoding="utf-8").splitlines() == whole[:1_801]


def hours(value: str) -> str:
    """Returns a file of four weeks of hours that all say the same; `hour` stands for the hour itself."""
    rows = [(day, hour) for day in range(1, 29) for hour in range(24)]
    return "time,a\n" + "".join(
        f"2026-01-{day:02}T{hour:02}:00:00Z,{hour if value == 'hour' else value}\n" for day, hour in rows
    )


@pytest.mark.parametrize(
    ("name", "content", "words", "code"),
    [
        ("one row", "time,a\n2026-01-01T00:00:00Z,1\n", (), ExitCode.REFUSED),
        ("words", hours("off"), (), ExitCode.BAD_INPUT),
        ("empty", "", (), ExitCode.BAD_INPUT),
        ("unknown column", "time,flow\n2026-01-01T00:00:00Z,1\n", ("--columns", "flwo"), ExitCode.BAD_INPUT),
        ("missing", hours("nan"), (), ExitCode.REFUSED),
        ("late fit", hours("hour"), ("--fit-until", "2027-01-01"), ExitCode.REFUSED),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_judged_gets_a_sentence(capsys, tmp_path, name, content, words, code) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(content, encoding="utf-8")
    got, out, err = run(capsys, "anomalies", "--file", file, *words)
    assert got == code, (out, err)
    assert (out + err).strip()
    if name == "unknown column":
        assert "flow" in err


@pytest.mark.parametrize(
    "words",
    [(), ("P-1", "--file", "x.csv"), ("P-1", "--scores", "x.csv"), ("--file", "x.csv", "--since", "2026-01-01")],
)
def test_words_that_do_not_go_together_are_a_usage_error(capsys, words) -> None:
    assert run(capsys, "anomalies", *words)[0] == ExitCode.USAGE


@pytest.mark.parametrize("name", sorted(OF_FILES))
def test_unit_scores_keep_the_order_of_the_detectors_own_and_tie_nothing(name) -> None:
    heard = hear(OF_FILES[name], values(), 2_000)
    bounded = unit_scores(heard.scores)
    order = np.argsort(heard.scores, kind="stable")
    rising = np.diff(heard.scores[order]) > 1e-9
    assert (np.diff(bounded[order])[rising] > 0).all()
    assert (np.diff(bounded[order]) >= 0).all()
    assert bounded.min() >= 0
    assert bounded.max() <= 1
