"""The log that chaos reads: a small plant over some days, the same for the same seed, and what must become of it."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingestion.decode import encode_reading
from ingestion.readiness import WARM_UP
from plant.readings import Quality, Reading
from plant.registry import Limits, Sensor
from plant.store.contract import Counts
from plant.time import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTITIONS = 4
BEGIN = 20_000 * DAY
AFTER_WARM_UP = 10 * HOUR
FAR_FUTURE = 80_000 * DAY
UNDECODABLE = (b"", b"\xff\x00rubbish", b'{"tag": "A-1.T0", "ts": 1, "value": NaN}', b'{"tag": 7}', b"[1, 2]", None)
_SILENT = (("bad", 20), ("stale", 5), ("stuck", 60), ("silent", 40))
_ASTRAY = (("+14", 40), ("+22", 40), ("+16", 1), ("+90", 8))
LIMITS = Limits(low=38.0, high=60.0, high_high=66.0, deadband=0.5)


class Scale(NamedTuple):
    """How large the plant is; a reading a minute from each tag."""

    assets: int
    tags: int
    minutes: int = (WARM_UP + AFTER_WARM_UP) // MINUTE


class Message(NamedTuple):
    """One message of the log; `reading` is what it says, None where it says nothing."""

    partition: int
    key: bytes
    value: bytes | None
    reading: Reading | None


class Expected(NamedTuple):
    """What a store must hold of the whole log: value and quality by tag and time, and the books by partition."""

    rows: dict[tuple[str, int], tuple[float | None, int]]
    books: dict[int, Counts]


def sensors(scale: Scale) -> list[Sensor]:
    """The confirmed tags, those of an asset side by side: they lie on different partitions."""
    return [
        Sensor(
            f"A-{asset}.T{tag}",
            unit="degC",
            asset=f"A-{asset}",
            range_low=0.0,
            range_high=100.0,
            cadence_ms=MINUTE,
            stuck_ms=30 * MINUTE,
            limits=LIMITS,
            on_delay_ms=2 * MINUTE,
            off_delay_ms=3 * MINUTE,
        )
        for asset in range(scale.assets)
        for tag in range(scale.tags)
    ]


def plant_log(scale: Scale, seed: int) -> list[Message]:
    """Returns the messages in the order they arrive: about as many as the plant has tags times minutes.

    There are excursions, bad and missing values, stuck tags, assets whose tags part ways; messages that come twice,
    late within the horizon and beyond it, with another value, with a clock far ahead, and some that nobody can decode.
    """
    rng = random.Random(seed)
    arrivals: list[tuple[int, int, Message]] = []
    for number, sensor in enumerate(sensors(scale)):
        for reading in _of_tag(sensor.tag, number % scale.tags, scale.minutes, rng):
            for arrival, sent in _sendings(reading, rng):
                message = Message(number % PARTITIONS, sent.tag.encode(), encode_reading(sent), sent)
                arrivals.append((arrival, len(arrivals), message))
    for arrival, message in _strangers(scale.minutes, len(arrivals) // 300, rng):
        arrivals.append((arrival, len(arrivals), message))
    return [message for _, _, message in sorted(arrivals, key=lambda one: one[:2])]


def expected(log: list[Message], horizon: int = HOUR) -> Expected:
    """Says what must become of a log by the rules of the books alone, without any code of the worker."""
    rows: dict[tuple[str, int], tuple[float | None, int]] = {}
    newest: dict[str, int] = {}
    counted: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for message in log:
        counts, reading = counted[message.partition], message.reading
        counts["consumed"] += 1
        if reading is None:
            counts["dead_messages"] += 1
            continue
        counts["decoded_messages"] += 1
        counts["decoded"] += 1
        row = reading.value, reading.quality
        if reading.ts >= FAR_FUTURE:
            counts["dead_readings"] += 1
            continue
        last = newest.get(reading.tag, reading.ts)
        if reading.ts < last - horizon:
            counts["late"] += 1
            continue
        newest[reading.tag] = max(last, reading.ts)
        first = rows.setdefault((reading.tag, reading.ts), row)
        is_new = first is row
        counts["stored" if is_new else "duplicates" if first == row else "dead_readings"] += 1
    return Expected(rows, {partition: Counts(**counts) for partition, counts in counted.items()})


def _of_tag(tag: str, position: int, minutes: int, rng: random.Random) -> Iterator[Reading]:
    """Yields a tag's readings by time: a daily load with noise, and incidents."""
    incidents = _incidents(position, minutes, rng)
    last = 50.0
    for minute in range(minutes):
        load = math.sin(2 * math.pi * minute / 1_440)
        value: float | None = round(48.0 + position + 5.0 * load + rng.gauss(0.0, 0.3), 2)
        kind = incidents.get(minute, "")
        quality = {"bad": Quality.BAD, "stale": Quality.STALE}.get(kind, Quality.GOOD)
        if kind == "silent":
            continue
        if kind == "bad":
            value = None
        elif kind == "stuck":
            value = last
        elif kind.startswith("+"):
            value = round(value + float(kind), 2)  # type: ignore[operator]  # None only where it is bad
        last = last if value is None else value
        yield Reading(tag, BEGIN + minute * MINUTE, value, int(quality), "degC")


def _incidents(position: int, minutes: int, rng: random.Random) -> dict[int, str]:
    """Says what is wrong with a tag by minute; the first tag of an asset parts ways with the others at the end.

    Values go astray only after the warm-up: detectors that have learned from that are surprised by nothing.
    """
    warm = WARM_UP // MINUTE
    incidents: dict[int, str] = {}
    drawn = [(begin, rng.choice(_SILENT)) for begin in rng.sample(range(warm), 4)]
    drawn += [(begin, rng.choice(_SILENT + _ASTRAY)) for begin in rng.sample(range(warm, minutes), 6)]
    for begin, (kind, longest) in drawn:
        incidents |= dict.fromkeys(range(begin, begin + rng.randint(longest // 3, longest)), kind)
    if position == 0:
        incidents |= dict.fromkeys(range(warm + 200, warm + 290), "+6")
    return incidents


def _sendings(reading: Reading, rng: random.Random) -> Iterator[tuple[int, Reading]]:
    """Yields when a reading arrives, and what else arrives of it."""
    draw = rng.random()
    delay = 0 if draw > 0.03 else rng.randint(70, 110) if draw < 0.000_5 else rng.randint(1, 30)
    arrival = reading.ts + delay * MINUTE
    yield arrival, reading
    draw = rng.random()
    if draw < 0.01:
        yield arrival + rng.randint(0, 20) * MINUTE, reading
    elif draw < 0.011 and reading.value is not None:
        yield arrival + rng.randint(0, 5) * MINUTE, msgspec.structs.replace(reading, value=reading.value + 1.0)
    elif draw < 0.011_5:
        yield arrival, msgspec.structs.replace(reading, ts=FAR_FUTURE + reading.ts)


def _strangers(minutes: int, count: int, rng: random.Random) -> Iterator[tuple[int, Message]]:
    """Yields what is not of the plant's tags: messages nobody can decode, and a tag that nobody registered."""
    for number in range(count):
        ts = BEGIN + number * minutes // count * MINUTE
        partition = rng.randrange(PARTITIONS)
        yield ts, Message(partition, b"?", rng.choice(UNDECODABLE), None)
        reading = Reading("NEW.T1", ts, float(number), int(Quality.GOOD))
        yield ts, Message(0, b"NEW.T1", encode_reading(reading), reading)
