"""An existing topic read by a mapping: mis-set, mended, its dead letters redriven; the books balance all the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from plant.store.sqlite import open_store
from plant.time import Span
from tests.integration.kafka.topics import START, fill, make_topic
from tui.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.kafka

KEY = b"spBv1.0/CW-100/DDATA/edge-1/E-101"
MAPPING = {
    "ITEMS": "metrics",
    "TAG": "{@key.1}.{name}",
    "TS": "timestamp",
    "VALUE": "value",
    "HISTORICAL": "is_historical?",
}


def metrics(place: int) -> bytes:
    ts = START + place * 1_000
    rows = [
        {"name": "TT-02", "timestamp": ts, "value": 5.0 + place % 7},
        {"name": "TT-03", "timestamp": ts, "val": 1.0 + place % 5},
        {"name": "TT-04", "timestamp": ts - 86_400_000, "value": 2.0, "is_historical": True},
    ]
    return json.dumps({"metrics": rows}).encode()


def test_a_mended_mapping(
    real_kafka: str, new_topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "plant.db"
    source = f"kafka://{real_kafka}/{new_topic}"
    make_topic(real_kafka, new_topic, 2)
    fill(real_kafka, new_topic, [(KEY, metrics(place), place % 2) for place in range(300)])

    def run(*words: str) -> dict[str, int]:
        assert main([*words, "--store", str(store), "--json"]) == 0
        shown = json.loads(capsys.readouterr().out)
        return dict(shown.get("sum", shown))

    for key, value in MAPPING.items():
        monkeypatch.setenv(f"MILLHAND_MAPPING__{key}", value)
    book = run("worker", "--source", source, "--group", new_topic, "--until-end")
    assert (book["consumed"], book["decoded"], book["stored"], book["dead_lettered"]) == (300, 900, 600, 300)
    assert run("deadletters", "redrive", "--all")["redriven"] == 0

    monkeypatch.setenv("MILLHAND_MAPPING__VALUE", "val")
    done = run("deadletters", "redrive", "--stage", "decode")
    assert (done["tried"], done["redriven"], done["stored"], done["failed"]) == (300, 300, 300, 0)
    assert run("deadletters", "redrive", "--all")["tried"] == 0
    book = run("verify")
    assert (book["stored"], book["dead_lettered"], book["balanced"]) == (900, 0, True)
    with open_store(store, read_only=True) as opened:
        counts = [len(opened.readings(f"CW-100.TT-0{tag}", Span(0, 2 * START))) for tag in (2, 3, 4)]
        assert counts == [300, 300, 300]
        assert all(reading.historical for reading in opened.readings("CW-100.TT-04", Span(0, 2 * START)))
