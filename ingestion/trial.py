"""What the settings make of a few messages: the readings that come of them, and what fails and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.decode import Unreadable
from ingestion.mapping import MappedDecoder
from plant.readings import Quality
from plant.time import DAY, format_duration, to_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingestion.contract import RawMessage
    from ingestion.decode import Decoder
    from plant.readings import Reading

_SHOWN: Final = 5


class Trial(msgspec.Struct, frozen=True):
    """What became of sample messages.

    Attributes:
        messages: How many there were.
        readings: How many readings came of them.
        refused: How many messages or items could not be used.
        details: Sentences: the first readings, what fails and how often, and what looks wrong.
    """

    messages: int
    readings: int
    refused: int
    details: tuple[str, ...]


def try_messages(decoder: Decoder, messages: Sequence[RawMessage], now: int) -> Trial:
    """Decodes messages and says what comes of it.

    Args:
        decoder: By the settings of now.
        messages: Samples.
        now: Wall clock, UTC milliseconds.
    """
    placed, refused = decoder.decode(messages)
    readings = [one.reading for one in placed]
    reasons = Counter(one.text for one in refused)
    details = [_tell(reading, now) for reading in readings[:_SHOWN]]
    details += [f"{count} times: {text}" if count > 1 else text for text, count in reasons.most_common(_SHOWN)]
    if isinstance(decoder, MappedDecoder):
        newest = max((reading.ts for reading in readings), default=now)
        if abs(now - newest) > DAY:
            details.append("The newest time is more than a day from now: is mapping.time_unit right?")
        details += _never_there(decoder, messages)
    return Trial(len(messages), len(readings), len(refused), tuple(details))


def _tell(reading: Reading, now: int) -> str:
    value = "no value" if reading.value is None else f"{reading.value:g} {reading.unit or ''}".rstrip()
    age = f"{format_duration(abs(now - reading.ts))} {'ago' if reading.ts <= now else 'ahead'}"
    historical = ", historical" if reading.historical else ""
    return f"{reading.tag}: {value}, {Quality(reading.quality).name.lower()}{historical}, {to_iso(reading.ts)} ({age})"


def _never_there(decoder: MappedDecoder, messages: Sequence[RawMessage]) -> list[str]:
    """Names the optional paths that no message has: they may be misspelt."""
    items = []
    for message in messages:
        try:
            items += decoder.items(decoder.whole(message))
        except Unreadable:  # told already
            continue
    missing = [path for path in decoder.paths if path.optional and not any(item.has(path) for item in items)]
    return [f"No message has {path.text} ({path.key}): is it spelled so?" for path in missing if items]
