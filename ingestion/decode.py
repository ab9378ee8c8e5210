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

from plant.errors import BadInput
from plant.readings import Quality, Reading
from plant.time import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingestion.contract import RawMessage
    from plant.registry import Registry

LONGEST_MESSAGE: Final = 1_000_000
"""The most bytes of a message that is decoded."""

LARGEST: Final = 1e100
"""The largest value: nothing measures more, and sums of squares of it still are numbers."""

_LAST_MS: Final = 253_402_300_799_999  # the end of the year 9999
_GOOD: Final = int(Quality.GOOD)
_BAD: Final = int(Quality.BAD)


class _Wire(msgspec.Struct, gc=False):
    tag: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    ts: Annotated[int, msgspec.Meta(ge=0, le=_LAST_MS)] | Annotated[str, msgspec.Meta(max_length=64)]
    value: Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)] | None
    unit: str | None = None
    quality: Literal[192, 0, 500] = 192
    seq: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] | None = None


class Placed(NamedTuple):
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


class Decoder:
    """Decodes messages against a registry.

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
        for message in messages:
            try:
                reading = self._read(message)
            except _Unreadable as error:
                refused.append(Refused(message, -1, "decode", error.word, error.text))
                continue
            unit = self._units.get(reading.tag)
            if unit is None or reading.unit in {unit, None, ""}:
                placed.append(Placed(reading, message, 0))
            else:
                text = f"{reading.tag} is in {reading.unit!r}, but the registry has {unit!r}."
                refused.append(Refused(message, 0, "validate", "unit", text))
        return placed, refused

    def _read(self, message: RawMessage) -> Reading:
        value = message.value
        if value is None:
            raise _Unreadable("empty", "The message has no value: it is a tombstone.")
        if len(value) > LONGEST_MESSAGE:
            raise _Unreadable("size", f"The message has {len(value)} bytes; {LONGEST_MESSAGE} are the most.")
        try:
            wire = self._wire.decode(value)
        except msgspec.ValidationError as error:
            raise _Unreadable("shape", f"The message is not a reading: {error}.") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _Unreadable("json", f"The message is not JSON: {error}.") from error
        if not wire.tag.isprintable() or wire.tag != wire.tag.strip():
            raise _Unreadable("tag", f"The tag {wire.tag!r} has blanks around it or characters that do not print.")
        quality = _BAD if wire.value is None and wire.quality == _GOOD else wire.quality
        ts = wire.ts if isinstance(wire.ts, int) else _read_time(wire.ts)
        return Reading(wire.tag, ts, wire.value, quality, wire.unit, wire.seq)


class _Unreadable(Exception):
    """A message is not a reading; never leaves this module."""

    def __init__(self, word: str, text: str) -> None:
        super().__init__(text)
        self.word = word
        self.text = text


def encode_reading(reading: Reading) -> bytes:
    """Writes a reading as the wire has it; NaN becomes null."""
    return msgspec.json.encode(
        _Wire(reading.tag, reading.ts, reading.value, reading.unit, reading.quality, reading.seq)  # type: ignore[arg-type]  # Quality's values
    )


def _read_time(text: str) -> int:
    try:
        return parse_time(text)
    except BadInput as error:
        raise _Unreadable("time", str(error)) from error
