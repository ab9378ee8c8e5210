"""`doctor` tries the mapping on the newest messages of a topic, and moves nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ingestion.sources.access import KafkaAccess
from ingestion.sources.address import parse_kafka
from ingestion.sources.samples import newest_messages
from plant.errors import ServiceUnavailable
from tests.integration.kafka.topics import START, fill, make_topic
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.kafka


def test_the_newest_of_each_partition_are_read_without_a_group(kafka_address: str, new_topic: str) -> None:
    address = parse_kafka(f"kafka://{kafka_address}/{new_topic}")
    with pytest.raises(ServiceUnavailable, match="no topic"):
        newest_messages(address, KafkaAccess(), 2)
    make_topic(kafka_address, new_topic, 3)
    assert newest_messages(address, KafkaAccess(), 2) == []
    fill(kafka_address, new_topic, [(b"k", b"%d" % place, place % 2) for place in range(10)])
    for _ in range(2):
        assert [message.value for message in newest_messages(address, KafkaAccess(), 2)] == [b"6", b"8", b"7", b"9"]


def test_doctor_prints_the_first_readings_and_what_fails(
    kafka_address: str, new_topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    make_topic(kafka_address, new_topic, 1)
    bodies = [{"at": START, "rows": [{"n": "A", "v": 1.5}, {"n": "\x1b[2J", "v": 2}]}, {"at": START}]
    fill(kafka_address, new_topic, [(None, json.dumps(body).encode(), 0) for body in bodies])
    monkeypatch.setenv("MILLHAND_STREAM__SOURCE", f"kafka://{kafka_address}/{new_topic}")
    for key, value in {"ITEMS": "rows", "TAG": "n", "TS": "at", "VALUE": "v"}.items():
        monkeypatch.setenv(f"MILLHAND_MAPPING__{key}", value)
    words = ["doctor", "--store", str(tmp_path / "none.db"), "--model", "none:"]
    assert main([*words, "--json"]) == 4
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert not checks["messages"]["ok"]
    assert checks["messages"]["text"] == "1 reading in the 2 newest messages, 2 that cannot be used."
    assert checks["messages"]["details"][0].startswith("A: 1.5, good, 2025-")
    assert "The message has nothing at rows (mapping.items)." in checks["messages"]["details"]
    assert main(words) == 4
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("MILLHAND_MAPPING__TAG", "{n")
    assert main([*words, "--json"]) == 4
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert "mapping.tag" in checks["messages"]["text"]
