"""Mapping: an existing topic's messages become readings by field paths; what does not fit says where and why."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ingestion.contract import RawMessage
from ingestion.decode import Decoder
from ingestion.mapping import MappedDecoder, decoder_for
from plant.errors import SettingsError
from plant.readings import Quality, Reading
from plant.registry import Registry, Sensor, SensorState
from plant.settings import MappingSettings

NOON = 1_764_000_000_000


def decode(message: Any, *, key: bytes | None = None, registry: Registry | None = None, **mapping: Any):
    value = message if isinstance(message, bytes) else json.dumps(message).encode()
    decoder = MappedDecoder(registry or Registry(), MappingSettings(**mapping), "plant/line-1")
    return decoder.decode([RawMessage(7, key, value)])


def readings(message: Any, **given: Any) -> list[Reading]:
    placed, refused = decode(message, **given)
    assert not refused
    return [one.reading for one in placed]


def refusal(message: Any, **given: Any):
    placed, (refused,) = decode(message, **given)
    assert not placed
    assert refused.text.endswith(".")
    return refused


def test_nested_fields():
    message = {"payload": {"sensor": {"id": "TT-02"}, "values": [{"v": 5.1}], "at": NOON, "u": "degC"}}
    paths = {"tag": "payload.sensor.id", "ts": "payload.at", "value": "payload.values.0.v", "unit": "payload.u"}
    assert readings(message, **paths) == [Reading("TT-02", NOON, 5.1, 192, "degC")]


def test_names_with_dots_stand_in_quotes():
    message = {"ns=2;s=Plant.TT": {"v": 1.5}, "ts": NOON, "n": "T"}
    assert readings(message, tag="n", value='"ns=2;s=Plant.TT".v')[0].value == 1.5


def test_a_tag_of_several_fields_key_and_topic():
    message = {"site": "CW", "n": 100, "ts": NOON, "value": 1}
    tag = "{site}-{n}.{@key.1}/{@topic.1}/{@key}"
    assert readings(message, key=b"dev/TT-02", tag=tag)[0].tag == "CW-100.TT-02/line-1/dev/TT-02"


def test_a_bare_value_with_its_tag_in_the_key():
    given = {"tag": "@key", "value": "@message.0", "ts": "@message.1"}
    assert readings([5.5, NOON], key=b"TT-02", **given) == [Reading("TT-02", NOON, 5.5)]
    assert refusal([5.5, NOON], key=b"\xff", **given).text == "The message has nothing at @key (mapping.tag)."
    assert refusal({}, key=b"T", tag="@key", value="@message", ts="@key").error == "time"


def test_a_list_of_readings_that_share_a_time():
    message = {"time": "2026-01-01T00:00:00Z", "dev": "E1", "list": [{"n": "A", "v": 1}, {"n": "B", "v": None}]}
    given = {"items": "list", "tag": "{dev}.{n}", "ts": "time", "value": "v"}
    assert readings(message, **given) == [
        Reading("E1.A", 1_767_225_600_000, 1.0, 192),
        Reading("E1.B", 1_767_225_600_000, None, 0),
    ]


@pytest.mark.parametrize(
    ("message", "items", "value"),
    [
        ({"ts": NOON, "m": {"A": 1, "B": 2.5}}, "m", "@item"),
        ({"ts": NOON, "m": {"A": {"v": 1}, "B": {"v": 2.5}}}, "m", "v"),
        ({"ts": NOON, "A": 1, "B": 2.5}, "@message", "@item"),
        ({"ts": NOON, "A": {"v": 1}, "B": {"v": 2.5}}, "@message", "v"),
    ],
)
def test_an_object_whose_keys_are_tags(message: Any, items: str, value: str):
    found = readings(message, items=items, tag="@name", value=value)
    assert found == [Reading("A", NOON, 1.0), Reading("B", NOON, 2.5)]


@pytest.mark.parametrize("unit", ["", "u?"])
def test_an_items_place_is_that_in_the_message_whatever_the_settings(unit: str):
    message = {"ts": NOON, "u": 7, "A": 1, "B": 2.5}
    placed, _ = decode(message, items="@message", tag="@name", value="@item")
    assert [(one.reading.tag, one.item) for one in placed] == [("u", 1), ("A", 2), ("B", 3)]
    message["u"] = "bar"
    placed, _ = decode(message, items="@message", tag="@name", value="@item", unit=unit)
    assert [(one.reading.tag, one.item) for one in placed] == [("A", 2), ("B", 3)]


@pytest.mark.parametrize(
    ("at", "unit", "ms"),
    [
        (1_764_000_000, "s", NOON),
        (1_764_000_000.25, "s", NOON + 250),
        (NOON, "ms", NOON),
        (NOON * 1_000 + 999, "us", NOON),
        (NOON * 1_000_000 + 999_999, "ns", NOON),
        ("1764000000", "s", NOON),
        ("1764000000.5", "s", NOON + 500),
        ("2025-11-24T16:00:00.123456789Z", "ns", NOON + 123),
        ("2025-11-24T17:00:00+01:00", "s", NOON),
    ],
)
def test_times(at: Any, unit: str, ms: int):
    assert readings({"n": "T", "ts": at, "value": 1}, tag="n", time_unit=unit)[0].ts == ms


@pytest.mark.parametrize(
    ("codes", "found", "quality"),
    [
        ("sparkplug", 192, Quality.GOOD),
        ("sparkplug", 0, Quality.BAD),
        ("sparkplug", 500, Quality.STALE),
        ("sparkplug", None, Quality.GOOD),
        ("sparkplug", "GOOD", Quality.GOOD),
        ("sparkplug", "uncertain", Quality.STALE),
        ("sparkplug", False, Quality.BAD),
        ("opcua", 0, Quality.GOOD),
        ("opcua", 0x00000400, Quality.GOOD),
        ("opcua", 0x40900000, Quality.STALE),
        ("opcua", 0x80340000, Quality.BAD),
        ("opcua", {"Code": 0x80340000}, Quality.BAD),
        ("opcua", {"Symbol": "UncertainLastUsableValue"}, Quality.STALE),
        ("opcua", "BadSensorFailure", Quality.BAD),
    ],
)
def test_qualities_and_a_bad_one_has_no_value(codes: str, found: Any, quality: Quality):
    (reading,) = readings({"n": "T", "ts": NOON, "value": 0.0, "q": found}, tag="n", quality="q", quality_codes=codes)
    assert reading.quality == quality
    assert reading.value == (None if quality == Quality.BAD else 0.0)


SPARKPLUG = {
    "items": "metrics",
    "tag": "{@key.1}.{@key.3}.{name}",
    "ts": "timestamp",
    "value": "value?",
    "quality": "properties.Quality.value?",
    "null": "is_null?",
    "historical": "is_historical?",
    "death": "@key.2=NDEATH",
}


def test_sparkplug_like_metrics():
    metrics = [
        {"name": "TT-02", "timestamp": NOON, "value": 5.1},
        {"name": "TT-03", "timestamp": NOON, "is_null": True, "value": 0.0},
        {"name": "TT-04", "timestamp": NOON, "value": 1.0, "properties": {"Quality": {"value": 500}}},
        {"name": "TT-05", "timestamp": NOON, "value": 2.0, "is_historical": True},
    ]
    found = readings({"timestamp": NOON, "metrics": metrics}, key=b"spBv1.0/CW/NDATA/E1", **SPARKPLUG)
    assert found == [
        Reading("CW.E1.TT-02", NOON, 5.1),
        Reading("CW.E1.TT-03", NOON, None, 0),
        Reading("CW.E1.TT-04", NOON, 1.0, 500),
        Reading("CW.E1.TT-05", NOON, 2.0, historical=True),
    ]


def test_a_nodes_death_makes_its_confirmed_tags_stale():
    tags = ("CW.E1.TT-02", "CW.E1.TT-03", "CW.E2.TT-02")
    registry = Registry([*map(Sensor, tags), Sensor("CW.E1.new", state=SensorState.DISCOVERED)])
    found = readings({"timestamp": NOON}, key=b"spBv1.0/CW/NDEATH/E1", registry=registry, **SPARKPLUG)
    assert found == [Reading(tag, NOON, None, Quality.STALE) for tag in tags[:2]]


def test_a_death_that_names_no_node_is_refused():
    given = SPARKPLUG | {"tag": "{name}", "death": "type=NDEATH"}
    assert "no part of a tag" in refusal({"timestamp": NOON, "type": "NDEATH"}, **given).text


def test_one_bad_item_does_not_take_the_others_with_it():
    message = {"ts": NOON, "m": [{"n": "A", "v": 1}, {"n": "B"}, {"n": "C", "v": "x"}, {"n": "D", "v": 4}]}
    placed, refused = decode(message, items="m", tag="n", value="v")
    assert [(one.reading.tag, one.item) for one in placed] == [("A", 0), ("D", 3)]
    assert [(one.item, one.stage, one.error) for one in refused] == [(1, "decode", "path"), (2, "decode", "value")]
    assert refused[0].text == "Item 1 of the message has nothing at v (mapping.value)."


def test_another_unit_than_the_registrys_is_refused_by_item():
    message = {"ts": NOON, "m": [{"n": "A", "v": 1, "u": "K"}, {"n": "A", "v": 2, "u": "degC"}]}
    registry = Registry([Sensor("A", unit="degC")])
    placed, (refused,) = decode(message, registry=registry, items="m", tag="n", value="v", unit="u")
    assert [one.item for one in placed] == [1]
    assert (refused.item, refused.stage, refused.error) == (0, "validate", "unit")


@pytest.mark.parametrize(
    ("changes", "word", "said"),
    [
        ({"n": ...}, "path", "nothing at n (mapping.tag)"),
        ({"n": 1.5}, "tag", "1.5 at n (mapping.tag), which is not a name"),
        ({"n": ""}, "tag", "0 characters"),
        ({"n": " T"}, "tag", "blanks"),
        ({"n": 10**150}, "tag", "too large"),
        ({"ts": ...}, "path", "mapping.ts"),
        ({"ts": -1}, "ts", "not a time since 1970"),
        ({"ts": 10**30}, "ts", "not a time since 1970"),
        ({"ts": True}, "ts", "true"),
        ({"ts": "yesterday"}, "time", "not a time"),
        ({"value": ...}, "path", "mapping.value"),
        ({"value": "five"}, "value", "'five'"),
        ({"value": "1_000"}, "value", "not a number"),
        ({"value": 10**200}, "value", "too large"),
        ({"value": [1]}, "value", "a list"),
        ({"q": 7}, "quality", "7 at q"),
        ({"u": 5}, "unit", "5 at u"),
    ],
)
def test_what_does_not_fit_says_where(changes: dict[str, Any], word: str, said: str):
    message = {"n": "T", "ts": NOON, "value": 1, "q": 192, "u": "bar"} | changes
    message = {name: value for name, value in message.items() if value is not ...}
    refused = refusal(message, tag="n", quality="q", unit="u")
    assert (refused.stage, refused.error, refused.item) == ("decode", word, -1)
    assert said in refused.text


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b'{"ts": NaN}', "json"),
        (b'{"ts": 1e999}', "json"),
        (b'"\\ud800"', "json"),
        (b"[" * 50_000, "json"),
        (b"5", "path"),
        (b"[]", "path"),
    ],
)
def test_rubbish_is_refused(body: bytes, word: str):
    assert refusal(body, tag="n").error == word


@pytest.mark.parametrize(("members", "word"), [({}, "path"), ({"m": 5}, "items"), ({"m": None}, "items")])
def test_a_message_without_items(members: Any, word: str):
    assert refusal(members, items="m", tag="n").error == word
    assert readings({}, items="m?", tag="n") == []


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        ({"value": "v"}, "mapping.tag"),
        ({"tag": "n?"}, "mapping.tag"),
        ({"tag": "{n"}, "mapping.tag"),
        ({"tag": "{}"}, "mapping.tag"),
        ({"tag": "{a}}"}, "mapping.tag"),
        ({"tag": "a..b"}, "mapping.tag"),
        ({"tag": "a."}, "mapping.tag"),
        ({"tag": '"a'}, "mapping.tag"),
        ({"tag": "@nam"}, "mapping.tag"),
        ({"tag": "@name"}, "mapping.tag"),
        ({"tag": "n", "ts": ""}, "mapping.ts"),
        ({"tag": "n", "value": "@item"}, "mapping.value"),
        ({"tag": "n", "value": ""}, "mapping.value"),
        ({"tag": "n", "items": "@key"}, "mapping.items"),
        ({"tag": "n", "death": "NDEATH"}, "mapping.death"),
    ],
)
@pytest.mark.parametrize("source", ["topic", "file:readings.csv"])
def test_a_mapping_that_can_never_work_is_refused_with_its_key(mapping: dict[str, str], key: str, source: str):
    with pytest.raises(SettingsError, match=key):
        decoder_for(Registry(), MappingSettings(**mapping), source)


def test_files_and_the_demo_plant_speak_our_own_format():
    mapping = MappingSettings(tag="n")
    assert type(decoder_for(Registry(), mapping, "demo:?start=x")) is Decoder
    assert type(decoder_for(Registry(), MappingSettings(), "topic")) is Decoder
    assert type(decoder_for(Registry(), mapping, "topic")) is MappedDecoder


def _examples() -> list[tuple[str, str]]:
    page = (Path(__file__).parents[3] / "docs/settings.md").read_text("utf-8")
    return re.findall(r"```json\n(.*?)```\n\n```toml\n(.*?)```", page, re.DOTALL)


_EXPECTED: list[list[tuple[str, float | None, int]]] = [
    [("E-101.TT-02", 5.1, 192), ("E-101.PDT-01", 42.0, 192)],
    [("CW-100.TT-02", 5.1, 192), ("CW-100.TT-03", None, 0)],
    [("CW-100.edge-1.TT-02", 5.1, 192), ("CW-100.edge-1.TT-03", 9.5, 192), ("CW-100.edge-1.PT-01", None, 0)],
]


@pytest.mark.parametrize(("example", "expected"), list(zip(_examples(), _EXPECTED, strict=True)))
def test_the_examples_of_the_settings_page(example: tuple[str, str], expected: list[Any]):
    message, settings = example
    found = readings(message.encode(), key=b"spBv1.0/CW-100/DDATA/edge-1/E-101", **tomllib.loads(settings)["mapping"])
    assert [(one.tag, one.value, one.quality) for one in found] == expected
