"""The stream's verbs: what scripts rely on, and what bad arguments get."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from ingestion.sources.address import parse_kafka
from ingestion.sources.urls import open_source
from plant.errors import SettingsError
from plant.settings import Settings
from plant.store.sqlite import open_store
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

ROWS = "date,A,B\n2026-01-01T00:00:00Z,1,2\n2026-01-01T00:00:01Z,abc,3\n2026-01-01T00:00:02Z,4,5\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that has read a file with one bad cell."""
    (tmp_path / "history.csv").write_text(ROWS)
    path = tmp_path / "plant.db"
    assert main(["worker", "--source", f"file:{tmp_path / 'history.csv'}", "--store", str(path), "--until-end"]) == 0
    return path


def test_worker_says_what_it_detected_and_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "history.csv").write_text(ROWS)
    source = f"file:{tmp_path / 'history.csv'}"
    assert main(["worker", "--source", source, "--store", str(tmp_path / "plant.db"), "--until-end"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "wide" in said.err
    assert "line 3: 'abc' is not a number (A)." in said.err


def test_verify_gives_the_keys_that_scripts_rely_on(store: Path, capsys: pytest.CaptureFixture[str]):
    capsys.readouterr()
    assert main(["verify", "--store", str(store), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    for book in (found["sum"], *found["partitions"]):
        assert {key: book[key] for key in ("consumed", "stored", "duplicates", "dead_lettered", "late")} == {
            "consumed": 6,
            "stored": 5,
            "duplicates": 0,
            "dead_lettered": 1,
            "late": 0,
        }
        assert book["next_offset"] == 6
        assert book["balanced"] is True


def test_reading_a_file_again_adds_nothing(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    source = f"file:{tmp_path / 'history.csv'}"
    capsys.readouterr()
    assert main(["worker", "--source", source, "--store", str(store), "--until-end", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sum"]["consumed"] == 6


@pytest.mark.parametrize(
    "harm", ["DELETE FROM readings WHERE ts % 2000 = 0", "UPDATE partitions SET late = 1", "DELETE FROM dead_letters"]
)
def test_verify_finds_what_is_missing_and_exits_1(store: Path, harm: str, capsys: pytest.CaptureFixture[str]):
    connection = sqlite3.connect(store)
    with connection:
        connection.execute(harm)
    connection.close()
    capsys.readouterr()
    assert main(["verify", "--store", str(store)]) == 1
    assert "accounted for" in capsys.readouterr().out


def test_dead_letters_are_listed_and_shown(store: Path, capsys: pytest.CaptureFixture[str]):
    capsys.readouterr()
    assert main(["deadletters", "list", "--store", str(store), "--json"]) == 0
    (letter,) = json.loads(capsys.readouterr().out)
    assert (letter["stage"], letter["offset"]) == ("decode", 5)
    assert main(["deadletters", "show", str(letter["number"]), "--store", str(store)]) == 0
    assert "line 3" in capsys.readouterr().out
    assert main(["deadletters", "show", "99", "--store", str(store)]) == 5


@pytest.mark.parametrize(
    "url", ["kafka://", "kafka://host/topic", "kafka://h:1/", "kafka://h:1/a b", "amqp://h:1/t", "kafka:h"]
)
def test_a_url_that_is_no_topic(url: str):
    with pytest.raises(SettingsError, match="Kafka topic"):
        parse_kafka(url)


@pytest.mark.parametrize(
    ("url", "near"), [("kafak://h:1/t", "kafka"), ("fil:x", "file"), ("demmo:", "demo"), ("", ""), ("file:", "")]
)
def test_a_url_that_is_no_source_names_the_nearest(url: str, near: str):
    with pytest.raises(SettingsError, match="names no source") as caught:
        open_source(url, Settings())
    assert (f"Did you mean {near}?" in str(caught.value)) == bool(near)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["worker", "--source", "file:none.csv"], 5, "no file"),
        (["worker", "--source", "nonsense"], 2, "names no source"),
        (["replay", "none.csv", "--to", "nonsense"], 2, "Kafka topic"),
        (["replay", "none.csv", "--to", "kafka://h:1/t"], 5, "no file"),
        (["replay", "none.csv", "--to", "kafka://h:1/t", "--speed", "0"], 2, "speed"),
        (["verify", "--store", "none.db"], 6, "no store"),
        (["deadletters", "list", "--store", "none.db"], 6, "no store"),
        (["deadletters", "list", "--stage", "decod"], 2, "no stage 'decod'"),
    ],
)
def test_bad_arguments_get_a_sentence_and_a_code(
    words: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
):
    assert main(words) == code
    assert says in capsys.readouterr().err


def test_an_alerts_topic_that_is_none_is_said_by_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "history.csv").write_text(ROWS)
    monkeypatch.setenv("MILLHAND_STREAM__ALERTS", "nowhere")
    assert main(["worker", "--source", f"file:{tmp_path / 'history.csv'}", "--store", str(tmp_path / "p.db")]) == 2
    assert "stream.alerts" in capsys.readouterr().err


def test_a_clock_that_is_ahead_and_a_value_that_changes_are_dead_letters(tmp_path: Path):
    (tmp_path / "a.csv").write_text("date,A\n2026-01-01T00:00:00Z,1\n2999-01-01T00:00:00Z,2\n")
    (tmp_path / "b.csv").write_text("date,A\n2026-01-01T00:00:00Z,7\n")
    path = tmp_path / "plant.db"
    for name in ("a.csv", "b.csv"):
        assert main(["worker", "--source", f"file:{tmp_path / name}", "--store", str(path), "--until-end"]) == 0
    with open_store(path) as store:
        assert [letter.stage for _, letter in store.dead_letters()] == ["conflict", "clock"]
        assert store.latest()[0].value == 1.0


def test_a_first_run_says_what_becomes_of_unknown_tags(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file, path = tmp_path / "history.csv", tmp_path / "new.db"
    file.write_text("date,T\n2026-01-01T00:00:00Z,1\n2026-01-01T00:01:00Z,2\n", encoding="utf-8")
    command = ["worker", "--source", f"file:{file}", "--store", str(path), "--until-end"]
    assert main(command) == 0
    assert f"millhand tags list --store {path}" in capsys.readouterr().err
    assert main(command) == 0
    assert "new" not in capsys.readouterr().err.replace(str(path), "")
    assert main(["tags", "list", "--store", str(path)]) == 0
    assert "discovered" in capsys.readouterr().out
