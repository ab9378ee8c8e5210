"""A hundred thousand malformed messages: each is dead-lettered verbatim, none is lost, the worker goes on."""

from __future__ import annotations

import json
import random
from math import isfinite
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.contract import RawBatch, RawMessage
from ingestion.decode import LARGEST, LAST_MS, LONGEST_MESSAGE, Decoder
from ingestion.mapping import MappedDecoder
from ingestion.verify import verify
from ingestion.worker import Worker
from plant.readings import Quality
from plant.registry import Registry, Sensor
from plant.settings import MappingSettings, Settings
from plant.store.contract import Letters
from plant.store.sqlite import open_store
from plant.time import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ingestion.decode import Placed, Refused

MANY = 100_000
NOW = 1_764_000_000_000
REGISTRY = Registry([Sensor("T", unit="degC")])
GOOD = {"tag": '"T"', "ts": str(NOW), "value": "5.1", "unit": '"degC"', "quality": "192", "seq": "17"}
"""A reading, each field as it is written."""

WRONG: dict[str, Sequence[str]] = {
    "tag": ["null", "5", '""', '" T"', '"\\u0000"', '"a\\u001b[2J"', '"\\ud800"', '"\\udc00x"', "[]", f'"{"T" * 129}"'],
    "ts": ["-1", "-1e300", "253402300800000", "1e18", "true", "null", '"soon"', '"1950-01-01T00:00:00Z"', "9" * 5_000],
    "value": ["NaN", "Infinity", "-Infinity", "1e999", "-1e101", "true", '"5.1"', "[5]", "{}", "9" * 400, "0x10", "1."],
    "quality": ["7", "-1", "null", '"good"', "192.5", "1e400"],
    "unit": ["5", "[]", "{}", '"K"'],
    "seq": ["1.5", '"x"', "9" * 20],
}  # fmt: skip
"""What may not stand in a field."""


def written(fields: dict[str, str]) -> bytes:
    return b"{" + b", ".join(f'"{name}": {text}'.encode() for name, text in fields.items()) + b"}"


def wrong_field(dice: random.Random) -> bytes:
    name = dice.choice(list(WRONG))
    return written(GOOD | {name: dice.choice(WRONG[name])})


def field_again(dice: random.Random) -> bytes:
    name = dice.choice(list(WRONG))
    return written(GOOD)[:-1] + f', "{name}": {dice.choice(WRONG[name])}'.encode() + b"}"


def missing_field(dice: random.Random) -> bytes:
    gone = dice.choice(["tag", "ts", "value"])
    return written({name: text for name, text in GOOD.items() if name != gone})


def cut_short(dice: random.Random) -> bytes:
    whole = written(GOOD)
    return whole[: dice.randrange(len(whole))]


def cut_character(dice: random.Random) -> bytes:
    broken = dice.choice([b"\xe2\x82", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\x80"])
    return written(GOOD).replace(b"T", b"T" + broken, 1)


def deep(dice: random.Random) -> bytes:
    depth = dice.choice([1, 3, 30, 30, 30, 30, 300, 2_000])
    return dice.choice([b"[" * depth + b"]" * depth, b"[" * depth, b'{"tag":' * depth + b"1" + b"}" * depth])


def noise(dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(64))


def something_else(dice: random.Random) -> bytes:
    return dice.choice([b"null", b"5", b'"T"', b"[]", b"{}", b"[" + written(GOOD) + b"]", b"\x00", b"\xef\xbb\xbf{}"])


def ahead(dice: random.Random) -> bytes:
    return written(GOOD | {"ts": str(dice.randrange(NOW + 3_600_000, LAST_MS))})


KINDS: Sequence[Callable[[random.Random], bytes]] = (
    wrong_field, field_again, missing_field, cut_short, cut_character, deep, noise, something_else, ahead,
)  # fmt: skip


@pytest.fixture(scope="module")
def rubbish() -> list[RawMessage]:
    """The messages; a few are tombstones, and three of ten megabytes."""
    dice = random.Random(20_261_121)
    values: list[bytes | None] = [dice.choice(KINDS)(dice) for _ in range(MANY)]
    for place in range(0, MANY, 500):
        values[place] = None
    for place in range(3):
        values[place * 30_000 + 7] = written(GOOD)[:-1] + b" " * 10_000_000 + b"}"
    return [RawMessage(place, dice.choice([None, b"", b"T", b"\xff\x00"]), value) for place, value in enumerate(values)]


def check(messages: Sequence[RawMessage], placed: Sequence[Placed], refused: Sequence[Refused]) -> None:
    """Asserts what holds whatever came: sound readings, sentences, and messages as they were."""
    known = {id(message) for message in messages}
    for one in placed:
        reading, message, item = one.reading, one.message, one.item
        assert id(message) in known
        assert item >= 0
        assert 0 < len(reading.tag) <= 128
        assert reading.tag.isprintable()
        assert 0 <= reading.ts <= LAST_MS
        assert reading.quality in list(Quality)
        assert reading.quality != Quality.GOOD if reading.value is None else abs(reading.value) <= LARGEST
        assert reading.value is None or isfinite(reading.value)
    for one in refused:
        assert id(one.message) in known
        assert one.stage in {"decode", "validate"}
        assert one.text.endswith(".")
        assert len(one.text) < 500
        one.text.encode()


def test_the_decoder_refuses_each(rubbish: list[RawMessage]) -> None:
    placed, refused = Decoder(REGISTRY).decode(rubbish)
    check(rubbish, placed, refused)
    assert {one.reading.ts > NOW for one in placed} == {True}  # a clock that is ahead is told from the readings
    assert len(placed) + len(refused) == MANY
    assert {one.error for one in refused} == {"empty", "json", "shape", "size", "tag", "time", "unit"}


MAPPINGS = [
    MappingSettings(tag="tag", unit="unit?", quality="quality?"),
    MappingSettings(items="@message", tag="@name", ts="@message.ts", value="@item"),
    MappingSettings(items="tag?", tag="{@key}.{@name}", ts="@item.0", value="@item?"),
    MappingSettings(tag="tag", value="value.0.x?", quality="quality?", quality_codes="opcua", time_unit="ns"),
]


@pytest.mark.parametrize("mapping", MAPPINGS, ids=["flat", "wide", "list", "opcua"])
def test_a_mapping_reads_or_refuses_each(rubbish: list[RawMessage], mapping: MappingSettings) -> None:
    some = rubbish[::10]
    placed, refused = MappedDecoder(REGISTRY, mapping, "topic").decode(some)
    check(some, placed, refused)
    if not mapping.items:
        assert len(placed) + len(refused) == len(some)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["tag", "ts", "value", "quality", "unit", "m", "x", "0"]), inner, max_size=6)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(body=JSON | st.binary(max_size=40), key=st.none() | st.binary(max_size=6), mapping=st.sampled_from(MAPPINGS))
def test_whatever_comes_no_decoder_raises(body: object, key: bytes | None, mapping: MappingSettings) -> None:
    value = body if isinstance(body, bytes) else json.dumps(body).encode()
    messages = [RawMessage(0, key, value)]
    for decoder in (Decoder(REGISTRY), MappedDecoder(REGISTRY, mapping, "topic")):
        check(messages, *decoder.decode(messages))


class FakeLog:
    """Messages over four partitions, as a source."""

    name = "topic"

    def __init__(self, messages: Sequence[RawMessage]) -> None:
        self.log = {number: list(_numbered(messages[number::4])) for number in range(4)}
        self._at = dict.fromkeys(self.log, 0)

    def assignment(self) -> frozenset[int]:
        return frozenset(self.log)

    partitions = assignment

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        batches = []
        for number, at in self._at.items():
            messages = self.log[number][at : at + max_messages]
            self._at[number] = at + len(messages)
            batches.append(RawBatch(number, messages, self._at[number]))
        return [batch for batch in batches if batch.messages]

    def seek(self, partition: int, offset: int) -> None:
        self._at[partition] = offset

    def end_offsets(self) -> dict[int, int]:
        return {number: len(messages) for number, messages in self.log.items()}

    def pause(self, partitions: object) -> None: ...

    def resume(self, partitions: object) -> None: ...

    def rejoin(self) -> None: ...

    def close(self) -> None: ...


def _numbered(messages: Sequence[RawMessage]) -> list[RawMessage]:
    return [RawMessage(place, message.key, message.value) for place, message in enumerate(messages)]


@pytest.mark.parametrize(("mapping", "every"), [(MappingSettings(), 1), (MAPPINGS[0], 20)], ids=["own", "mapped"])
def test_a_worker_dead_letters_each_verbatim(
    rubbish: list[RawMessage], mapping: MappingSettings, every: int, tmp_path: Path
) -> None:
    good = [RawMessage(0, None, written({**GOOD, "ts": str(NOW - place)})) for place in range(10)]
    some = [*rubbish[::every], *(good if every == 1 else [])]
    log = FakeLog(some)
    with open_store(tmp_path / "plant.db") as store:
        store.put_sensors(list(REGISTRY))
        taken = Worker(store, log, Settings(mapping=mapping), clock=lambda: NOW).run(until_end=True)
        assert taken == len(some)
        verification = verify(store)
        letters = [letter for _, letter in store.dead_letters(limit=MANY + 1, which=Letters())]
        stored = len(store.readings("T", Span(0, 2 * NOW)))
    total = verification.sum
    assert total.balanced, total.problems
    assert total.consumed == len(some)
    kept = {(letter.partition, letter.offset): (letter.key, letter.value) for letter in letters}
    sent = {
        (number, message.offset): (message.key, message.value)
        for number, messages in log.log.items()
        for message in messages
    }
    assert kept.items() <= sent.items()
    lost = sent.keys() - kept.keys()
    assert len(lost) == total.stored + total.duplicates
    if every == 1:
        assert len(lost) == stored == len(good)
        assert max(len(value or b"") for _, value in kept.values()) > LONGEST_MESSAGE
