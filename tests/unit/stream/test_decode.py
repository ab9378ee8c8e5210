"""Decoding: every kind of rubbish is refused with a sentence, and what is good comes through exactly."""

from __future__ import annotations

import pytest

from ingestion.contract import RawMessage
from ingestion.decode import LONGEST_MESSAGE, Decoder, encode_reading
from plant.readings import Quality, Reading
from plant.registry import Registry, Sensor


def _decode(value: bytes | None, registry: Registry | None = None):
    return Decoder(registry or Registry()).decode([RawMessage(7, b"key", value)])


def _reading(value: bytes) -> Reading:
    placed, refused = _decode(value)
    assert not refused
    return placed[0].reading


def test_a_whole_message():
    value = b'{"tag": "TT-02", "ts": 1764000000000, "value": 5.1, "unit": "degC", "quality": 192, "seq": 17, "x": [1]}'
    assert _reading(value) == Reading("TT-02", 1_764_000_000_000, 5.1, 192, "degC", 17)


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00"])
def test_iso_times_are_utc_unless_they_say(text: str):
    assert _reading(f'{{"tag": "T", "ts": "{text}", "value": 1}}'.encode()).ts == 1_767_225_600_000


@pytest.mark.parametrize(
    ("quality", "kept"), [("", Quality.BAD), (', "quality": 192', Quality.BAD), (', "quality": 500', Quality.STALE)]
)
def test_a_null_value_is_never_good(quality: str, kept: Quality):
    assert _reading(f'{{"tag": "T", "ts": 1, "value": null{quality}}}'.encode()).quality == kept


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "empty"),
        (b"", "json"),
        (b"not JSON", "json"),
        (b"\xff\xfe", "json"),
        (b'{"tag": "\xff", "ts": 1, "value": 1}', "json"),
        (b'{"tag": "T", "ts": 1, "value": NaN}', "json"),
        (b'{"tag": "T", "ts": 1, "value": -Infinity}', "json"),
        (b'{"tag": "T", "ts": 1, "value": 1e999}', "shape"),
        (b'{"tag": "T", "ts": 1, "value": "1"}', "shape"),
        (b'{"tag": "T", "ts": 1, "value": true}', "shape"),
        (b'{"tag": "T", "ts": 1}', "shape"),
        (b'{"tag": "T", "ts": -1, "value": 1}', "shape"),
        (b'{"tag": "T", "ts": 1764000000000000000, "value": 1}', "shape"),
        (b'{"tag": "T", "ts": 1.5, "value": 1}', "shape"),
        (b'{"tag": "T", "ts": "yesterday", "value": 1}', "time"),
        (b'{"tag": "T", "ts": "1950-01-01T00:00:00Z", "value": 1}', "time"),
        (b'{"tag": "", "ts": 1, "value": 1}', "shape"),
        (b'{"tag": "' + b"T" * 129 + b'", "ts": 1, "value": 1}', "shape"),
        (b'{"tag": " T", "ts": 1, "value": 1}', "tag"),
        (b'{"tag": "T\\u001b[2J", "ts": 1, "value": 1}', "tag"),
        (b'{"tag": "T", "ts": 1, "value": 1, "quality": 7}', "shape"),
        (b'{"tag": "T", "ts": 1, "value": 1, "seq": 99999999999999999999}', "shape"),
        (b'[{"tag": "T", "ts": 1, "value": 1}]', "shape"),
        (b'{"x": ' + b"[" * 100_000, "json"),
        (b"x" * (LONGEST_MESSAGE + 1), "size"),
    ],
)
def test_rubbish_is_refused_with_a_sentence(value: bytes | None, word: str):
    placed, (refused,) = _decode(value)
    assert not placed
    assert (refused.stage, refused.error, refused.item, refused.message.value) == ("decode", word, -1, value)
    assert refused.text.endswith(".")


def test_another_unit_than_the_registrys_is_refused():
    registry = Registry([Sensor("T", unit="degC")])
    placed, (refused,) = _decode(b'{"tag": "T", "ts": 1, "value": 280, "unit": "K"}', registry)
    assert not placed
    assert (refused.stage, refused.item) == ("validate", 0)
    assert "'K'" in refused.text
    assert "'degC'" in refused.text


@pytest.mark.parametrize("unit", ["", ', "unit": null', ', "unit": ""', ', "unit": "degC"'])
def test_no_unit_or_the_right_one_passes(unit: str):
    placed, refused = _decode(
        f'{{"tag": "T", "ts": 1, "value": 2{unit}}}'.encode(), Registry([Sensor("T", unit="degC")])
    )
    assert len(placed) == 1
    assert not refused


def test_what_is_encoded_decodes_to_the_same():
    reading = Reading("T", 1, 0.1 + 0.2, int(Quality.STALE), "bar", 3)
    assert _reading(encode_reading(reading)) == reading
