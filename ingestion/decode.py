"""From bytes to readings: what does not fit becomes a refusal with a sentence, never an exception.

The wire format is JSON, one reading a message:

    {"tag": "CW-100.TT-02", "ts": 1764000000000, "value": 5.1, "unit": "degC", "quality": 192, "seq": 17}

| field | what may stand there |
|---|---|
| tag | 1 to 128 printable characters, no blanks around them |
| ts | UTC milliseconds, or ISO-8601 text; without an offset it is UTC |
| value | a number within +-1e100, or null: nothing was measured, so the quality is bad unless the message says stale |
| unit | the registry's unit of the tag, or nothing |
| quality | 192 good, 0 bad, 500 stale; 192 if absent |
| seq | any integer; kept out of the store |

Other fields are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple

import msgspec

from ingestion.contract import RawMessage
from plant.errors import BadInput
from plant.readings import Quality, Reading
from plant.time import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plant.registry import Registry

LONGEST_MESSAGE: Final = 1_000_000
"""The most bytes of a message that is decoded."""

LARGEST: Final = 1e100
"""The largest value: nothing measures more, and sums of squares of it still are numbers."""

LAST_MS: Final = 253_402_300_799_999
"""The last time there is: the end of the year 9999, UTC milliseconds."""

NOT_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding bytes that are no JSON raises."""

_GOOD: Final = int(Quality.GOOD)
_BAD: Final = int(Quality.BAD)


class _Wire(msgspec.Struct, gc=False):
    tag: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    ts: Annotated[int, msgspec.Meta(ge=0, le=LAST_MS)] | Annotated[str, msgspec.Meta(max_length=64)]
    value: Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)] | None
    unit: str | None = None
    quality: Literal[192, 0, 500] = 192
    seq: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] | None = None


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A reading and where it came from.

    Attributes:
        reading: The reading.
        message: The message that holds it.
        item: Which reading of the message it is, from 0.
    """

    reading: Reading
    message: RawMessage
    item: int


class Refused(NamedTuple):
    """A message, or one reading of it, that cannot be used.

    Attributes:
        message: The message.
        item: Which reading of it, from 0; -1 for the whole message.
        stage: `decode`, `validate`, `clock` or `conflict`.
        error: Class of the error, a word.
        text: What was wrong, as a sentence.
    """

    message: RawMessage
    item: int
    stage: str
    error: str
    text: str


class Unreadable(Exception):
    """A message, or an item of it, is not a reading; becomes a `Refused` inside the decoders."""

    def __init__(self, word: str, text: str) -> None:
        super().__init__(text)
        self.word = word
        self.text = text


class Decoder:
    """Decodes messages of our own format against a registry.

    Args:
        registry: Says which unit a tag has; made anew when it changes.
    """

    def __init__(self, registry: Registry) -> None:
        self._wire = msgspec.json.Decoder(_Wire)
        self._units = {sensor.tag: sensor.unit for sensor in registry if sensor.unit}

    def decode(self, messages: Iterable[RawMessage]) -> tuple[list[Placed], list[Refused]]:
        """Returns the readings of messages in order, and what could not be read or does not fit the registry."""
        placed: list[Placed] = []
        refused: list[Refused] = []
        units = self._units
        for message in messages:
            try:
                reading = self._read(message)
            except Unreadable as error:
                refused.append(Refused(message, -1, "decode", error.word, error.text))
                continue
            if not reading.unit or (unit := units.get(reading.tag)) is None or reading.unit == unit:
                placed.append(Placed(reading, message, 0))
            else:
                refused.append(self._wrong_unit(Placed(reading, message, 0)))
        return placed, refused

    def _wrong_unit(self, one: Placed) -> Refused:
        tag, unit = one.reading.tag, one.reading.unit
        text = f"{tag} is in {unit!r:.40}, but the registry has {self._units[tag]!r}."
        return Refused(one.message, one.item, "validate", "unit", text)

    def _read(self, message: RawMessage) -> Reading:
        value = message.value
        if value is None or len(value) > LONGEST_MESSAGE:  # asked here too: a call costs a tenth of all
            value = content(message)
        try:
            wire = self._wire.decode(value)
        except msgspec.ValidationError as error:
            raise Unreadable("shape", f"The message is not a reading: {error}.") from error
        except NOT_JSON as error:
            raise Unreadable("json", f"The message is not JSON: {error}.") from error
        check_tag(wire.tag)
        quality = _BAD if wire.value is None and wire.quality == _GOOD else wire.quality
        ts = wire.ts if isinstance(wire.ts, int) else read_time(wire.ts)
        return Reading(wire.tag, ts, wire.value, quality, wire.unit, wire.seq)


def content(message: RawMessage) -> bytes:
    """Returns the bytes to decode. Raises `Unreadable` if there are none, or too many."""
    value = message.value
    if value is None:
        raise Unreadable("empty", "The message has no value: it is a tombstone.")
    if len(value) > LONGEST_MESSAGE:
        raise Unreadable("size", f"The message has {len(value)} bytes; {LONGEST_MESSAGE} are the most.")
    return value


def check_tag(tag: str) -> None:
    """Raises `Unreadable` if a tag has blanks around it, or characters that do not print."""
    if not tag.isprintable() or tag != tag.strip():
        raise Unreadable("tag", f"The tag {tag!r} has blanks around it or characters that do not print.")


def encode_reading(reading: Reading) -> bytes:
    """Writes a reading as the wire has it; NaN becomes null."""
    return msgspec.json.encode(
        _Wire(reading.tag, reading.ts, reading.value, reading.unit, reading.quality, reading.seq)  # type: ignore[arg-type]  # Quality's values
    )


def read_time(text: str) -> int:
    """Reads ISO-8601 text as UTC milliseconds; raises `Unreadable`."""
    try:
        return parse_time(text)
    except BadInput as error:
        raise Unreadable("time", str(error)) from error
