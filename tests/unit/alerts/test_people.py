"""What people do to alarms, on the command line: appended, checked, and shown at once."""

from __future__ import annotations

import json

import msgspec
import pytest

from plant.episodes import ChangeKind, EpisodeChange, EpisodeState
from plant.errors import ExitCode
from plant.readings import Reading
from plant.registry import Sensor
from plant.settings import Settings
from plant.store.sqlite import open_store
from plant.time import HOUR, MINUTE, now_ms
from tests.unit.alerts.alarms import NOW, stood
from tools.alerts import AlertsTool
from tools.contract import AlertsInput
from tui.cli.main import main

SINCE = now_ms() - NOW  # the command line has the wall clock
PUMP = stood("P-1.PT", SINCE - HOUR, actual=77.66, high=62.0, unit="kPa", asset="P-1")
VALVE = stood("V-1.ZT", SINCE - HOUR, SINCE - MINUTE, asset="V-1")


def write(path, *changes) -> None:
    with open_store(path) as store, store.transaction() as transaction:
        transaction.apply_episodes([EpisodeChange(kind, episode) for kind, episode in changes])


@pytest.fixture
def plant(tmp_path):
    path = tmp_path / "plant.db"
    with open_store(path) as store:
        store.put_sensors(
            [
                Sensor("P-1.PT", unit="kPa", asset="P-1", decimals=1),
                Sensor("V-1.ZT", asset="V-1", latching=True),
                Sensor("V-1.FT", asset="V-1", suppressed_by=("V-1.ZT",)),
            ]
        )
        with store.transaction() as transaction:
            transaction.insert_readings("log", 0, [Reading("P-1.PT", now_ms(), 1.0)])
    write(path, (ChangeKind.OPENED, PUMP), (ChangeKind.OPENED, VALVE), (ChangeKind.CLOSED, VALVE))
    return path


@pytest.fixture
def run(capsys, plant):
    def call(*words):
        code = main(["alerts", *words, "--store", str(plant)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return call


@pytest.fixture
def states(run):
    return lambda: {row["subject"]: row["alarm"] for row in json.loads(run("--json")[1])}


def test_an_alarm_is_acknowledged_shelved_and_brought_back(run, states) -> None:
    assert states() == {"P-1.PT": "unacknowledged", "V-1.ZT": "latched"}
    run("ack", PUMP.id, "--note", "seen")
    assert states()["P-1.PT"] == "acknowledged"
    code, out, err = run("shelve", PUMP.id, "--for", "1h", "--why", "in repair", "--json")
    assert code == ExitCode.ANSWERED
    assert json.loads(out)[0]["rule"] == "limit.high"
    assert "limit.high on P-1.PT is shelved" in err
    assert states()["P-1.PT"] == "shelved"
    run("unshelve", PUMP.id)
    assert states()["P-1.PT"] == "acknowledged"


def test_a_latched_alarm_is_reset_and_one_that_stands_is_not(run, states) -> None:
    code, _, err = run("reset", PUMP.id)
    assert code == ExitCode.BAD_INPUT
    assert "still stands" in err
    assert run("reset", VALVE.id)[0] == ExitCode.ANSWERED
    assert states()["V-1.ZT"] == "normal"


def test_an_asset_goes_out_of_service_and_comes_back(run, states) -> None:
    assert "is out of service" in run("out-of-service", "p-1", "--why", "overhaul")[2]
    assert states()["P-1.PT"] == "out-of-service"
    assert "overhaul" in run("out-of-service", "P-1", "--why", "again")[2]
    (line,) = (line for line in run("list")[1].splitlines() if line.startswith("Out of service: P-1 since"))
    assert line.endswith(": overhaul")
    assert "Out of service: P-1." in run("in-service", "P-1.PT")[2]
    run("in-service", "P-1")
    assert states()["P-1.PT"] == "unacknowledged"


@pytest.mark.parametrize("said", ["right", "harmless", "wrong", "bad-data"])
def test_feedback_is_one_of_four_words(run, said) -> None:
    run("feedback", PUMP.id, said, "--note", "start-up")
    row = next(row for row in json.loads(run("--json")[1]) if row["id"] == PUMP.id)
    assert row["feedback"] == said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ack", PUMP.id + "0"), f"Did you mean {PUMP.id}"),
        (("ack", "p-1.pt"), f"Its newest alert is {PUMP.id}."),
        (("show", "ep-000"), "There is no alert ep-000."),
        (("shelve", PUMP.id, "--why", " "), "Shelving needs a reason."),
        (("shelve", PUMP.id, "--why", "x", "--for", "25h"), "for 24 h at most. Take its tag out of service"),
        (("unshelve", PUMP.id), "is not shelved: it is unacknowledged"),
        (("out-of-service", "P-1", "--why", ""), "needs a reason"),
        (("out-of-service", "P-1.PTT", "--why", "x"), "Did you mean P-1.PT"),
        (("in-service", "P-1"), "P-1 is not out of service."),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",  # an alert's id comes from its time
)
def test_what_cannot_be_done_is_a_sentence_and_writes_nothing(run, plant, words, says) -> None:
    code, _, err = run(*words)
    assert code == ExitCode.BAD_INPUT
    assert says in err
    with open_store(plant, read_only=True) as store:
        assert store.person_events() == []


def test_show_tells_the_whole_life_in_order(run) -> None:
    run("ack", VALVE.id)
    run("feedback", VALVE.id, "harmless")
    shown = json.loads(run("show", VALVE.id, "--json")[1])
    assert [step["kind"] for step in shown["life"]] == ["opened", "closed", "acknowledged", "feedback"]
    assert shown["alert"]["alarm"] == "latched"
    assert not shown["retracted"]
    assert "said to be harmless" in run("show", VALVE.id)[1]


def test_an_alert_that_was_acknowledged_and_taken_back_is_said_as_such(run, plant) -> None:
    run("ack", PUMP.id)
    write(plant, (ChangeKind.RETRACTED, msgspec.structs.replace(PUMP, state=EpisodeState.CLOSED)))
    shown = json.loads(run("show", PUMP.id, "--json")[1])
    assert (shown["retracted"], shown["alert"]) == (True, None)
    text = run("show", PUMP.id)[1]
    assert "was taken back: late readings" in text
    assert "It had been acknowledged by" in text
    code, _, err = run("ack", PUMP.id)
    assert code == ExitCode.BAD_INPUT
    assert "was taken back" in err


def test_the_list_counts_what_is_put_aside_and_shows_it_when_asked(run) -> None:
    run("shelve", PUMP.id, "--why", "in repair")
    text = run("list")[1]
    assert "0 standing, 1 shelved" in text
    assert PUMP.id not in text
    assert '"in repair"' in run("list", "--hidden")[1]


def test_a_suppressed_alert_names_what_explains_it(run, plant) -> None:
    cause, effect = stood("V-1.ZT", SINCE - 9, asset="V-1"), stood("V-1.FT", SINCE - 5, asset="V-1")
    write(plant, (ChangeKind.OPENED, cause), (ChangeKind.OPENED, effect))
    assert "1 suppressed" in run("--standing")[1]
    assert f"explained by {cause.id}" in run("--standing", "--hidden")[1]


def test_a_flood_is_one_line_and_is_acknowledged_at_once(run, plant, states) -> None:
    begin = now_ms() - NOW - 5 * MINUTE  # a flood that goes on now, however long ago the tests began
    many = [stood(f"TT-{i:02}", begin + i) for i in range(12)]
    with open_store(plant) as store:
        store.put_sensors([Sensor(episode.tag) for episode in many])
    write(plant, *((ChangeKind.OPENED, episode) for episode in many))
    (incident,) = json.loads(run("incidents", "--json")[1])
    assert (incident["count"], incident["subject"], incident["ended"]) == (12, "TT-00", None)
    with open_store(plant, read_only=True) as store:
        told = AlertsTool(store, Settings()).run(AlertsInput(standing=True))
    assert (told.first("incident.count").value, told.first("incident.subject").value) == (12, "TT-00")
    assert told.first("incident.ended") is None
    text = run("--standing")[1]
    assert "incident of 12 alerts since" in text
    assert "TT-05" not in text
    assert "TT-05" in run("show", incident["id"])[1]
    code, _, err = run("shelve", incident["id"], "--why", "x")
    assert code == ExitCode.BAD_INPUT
    assert "can be acknowledged only" in err
    assert "12 alerts" in run("ack", incident["id"])[2]
    assert set(states().values()) == {"acknowledged", "latched", "unacknowledged"}
    assert run("ack", incident["id"])[2].startswith("All alerts of in-")


def test_the_reason_is_in_the_language_of_the_settings(run, monkeypatch) -> None:
    monkeypatch.setenv("MILLHAND_ALERTS__LANGUAGE", "fr")
    assert "77,7 kPa au pire, au-dessus de son seuil haut 62 kPa" in run()[1]


@pytest.mark.parametrize(
    "verb",
    ["list", "show", "ack", "shelve", "unshelve", "reset", "out-of-service", "in-service", "feedback", "incidents"],
)
def test_every_verb_has_an_example_and_json(capsys, verb) -> None:
    assert main(["alerts", verb, "--help"]) == ExitCode.ANSWERED
    text = capsys.readouterr().out
    assert f"millhand alerts {verb}" in text or verb == "list"
    assert "--json" in text
