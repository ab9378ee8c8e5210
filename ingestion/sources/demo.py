"""The demo plant as a source: `demo:?...`, one message a reading, as on the wire.

| parameter | meaning | default |
|---|---|---|
| `start` | time of the first row, ISO-8601 | the demo store's (`shift`: its end), else the last full hour |
| `until` | an end: rows before it, ISO-8601 | none; of `shift`, 40 minutes after the start |
| `step` | distance between rows, `60s` | 1s live, 10s of `shift`, else 60s |
| `speed` | seconds of the plant a second of the clock; `0`: as fast as it is read | 1 live, else 0 |
| `live` | `1`: from now on; of what was before, the last minute | 1 where nothing else is given but `seed` |
| `scenario` | what goes wrong: `week`, `shift`, `healthy` | week |
| `seed` | of load and noise | 7 |

There is one partition; an offset is a row times the number of tags, plus the tag's place. A log is
named by what decides its content, so the same name is the same log for ever. It has no rows that
are later than the clock, but for one with an end and no speed: that is a tale, not a plant, and
who takes it in after the clock gives the worker a clock that is ahead.

A live log stands half a second off the full second: a minute-by-minute history of the same plant
never says something else about the same moment.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from ingestion.contract import RawBatch, RawMessage
from ingestion.decode import encode_reading
from ingestion.simulator.faults import SHIFT_LENGTH, Fault, shift_faults, week_faults
from ingestion.simulator.plant import ChilledWaterPlant
from plant.errors import BadInput, MillhandError, SettingsError, did_you_mean
from plant.time import HOUR, MINUTE, SECOND, now_ms, parse_duration, parse_time, to_iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plant.settings import Settings

DEFAULT_SEED: Final = 7
START_KEY: Final = "demo.start"
"""Key of the demo store's meta: where its history begins, ISO-8601."""

_KEPT_MS: Final = MINUTE  # of the past a live log keeps so much
_LIVE_OFFSET_MS: Final = 500
_NO_END: Final = 2**62

_FAULTS: Final[dict[str, Callable[[int], tuple[Fault, ...]]]] = {
    "week": week_faults,
    "shift": shift_faults,
    "healthy": lambda _: (),
}


class DemoLog(NamedTuple):
    """What a `demo:` URL asks for; times are UTC milliseconds."""

    start: int
    until: int | None
    step_ms: int
    speed: float
    live: bool
    scenario: str
    seed: int

    @property
    def name(self) -> str:
        """The log's name in the books: all that decides its content."""
        parts = [f"start={to_iso(self.start)}", f"step={self.step_ms / SECOND:g}s"]
        parts += [f"scenario={self.scenario}"] * (self.scenario != "week")
        parts += [f"seed={self.seed}"] * (self.seed != DEFAULT_SEED)
        return "demo:?" + "&".join(parts)


class _Query(msgspec.Struct, forbid_unknown_fields=True):
    start: str | None = None
    until: str | None = None
    step: str | None = None
    speed: float | None = None
    live: Literal[0, 1] | None = None
    scenario: str = "week"
    seed: Annotated[int, msgspec.Meta(ge=0)] = DEFAULT_SEED


def parse_demo(url: str, begins: Callable[[str], int]) -> DemoLog:
    """Reads a `demo:` URL.

    Args:
        url: As in the module's docstring.
        begins: Where a scenario begins if the URL does not say, UTC milliseconds.

    Raises:
        SettingsError: If it asks for something that there is not; it names the parameter.
    """
    query = _read_query(url)
    try:
        start = None if query.start is None else parse_time(query.start)
        until = None if query.until is None else parse_time(query.until)
        step = None if query.step is None else parse_duration(query.step)
    except BadInput as error:
        raise SettingsError(f"The URL {url!r} does not work: {error.message}", hint=error.hint) from error
    if query.scenario not in _FAULTS:
        raise SettingsError(f"There is no scenario {query.scenario!r}.", hint=f"Take {', '.join(_FAULTS)}.")
    start = begins(query.scenario) if start is None else start
    if query.scenario == "shift" and until is None:
        until = start + SHIFT_LENGTH
    plain = query.scenario != "shift" and all(
        given is None for given in (query.start, query.until, query.step, query.speed)
    )
    live = plain if query.live is None else bool(query.live)
    usual_step = SECOND if live else 10 * SECOND if query.scenario == "shift" else MINUTE
    speed = (1.0 if live else 0.0) if query.speed is None else query.speed
    if until is not None and until <= start:
        raise SettingsError(f"The URL {url!r} ends before it begins.", hint="Give an `until` after `start`.")
    if not 0.0 <= speed <= 1e6:
        raise SettingsError(f"A speed of {speed:g} makes no sense.", hint="Give 0 (as fast as it is read) to 1000000.")
    if live:
        start += _LIVE_OFFSET_MS
    return DemoLog(start, until, usual_step if step is None else step, speed, live, query.scenario, query.seed)


def _read_query(url: str) -> _Query:
    scheme, _, text = url.partition(":")
    if scheme != "demo" or (text and not text.startswith("?")):
        raise SettingsError(f"{url!r} does not name the demo plant.", hint="Write demo: or demo:?start=TIME&step=60s.")
    try:
        given: dict[str, Any] = dict(parse_qsl(text[1:], keep_blank_values=True, strict_parsing=bool(text[1:])))
    except ValueError as error:
        raise SettingsError(f"The URL {url!r} cannot be read.", hint="Write demo:?name=value&name=value.") from error
    for name in given:
        if name not in _Query.__struct_fields__:
            near = did_you_mean(name, _Query.__struct_fields__)
            raise SettingsError(f"The demo plant has no parameter {name!r}. {near}".strip())
    try:
        return msgspec.convert(given, _Query, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"The URL {url!r} does not work: {error}.") from error


class DemoSource:
    """The demo plant as a log. Rules as in `ingestion.contract`.

    Args:
        log: Which log.
        clock: The wall clock, UTC milliseconds.

    Raises:
        SettingsError: If the log's step does not divide an hour.
    """

    def __init__(self, log: DemoLog, clock: Callable[[], int] = now_ms) -> None:
        self._log = log
        self._clock = clock
        try:
            self._plant = ChilledWaterPlant(log.seed, log.start, log.step_ms, _FAULTS[log.scenario](log.start))
        except MillhandError as error:
            raise SettingsError(error.message, hint=error.hint) from error
        self._tags = len(self._plant.tags)
        self._position = 0
        self._row: tuple[int, list[RawMessage]] = (-1, [])
        self._paused = False
        self._pace: tuple[int, int] | None = None  # wall clock and plant time when pacing began
        self._opened = clock()

    @property
    def name(self) -> str:
        """Name in the store's books; the same for the same log."""
        return self._log.name

    def assignment(self) -> frozenset[int]:
        """Returns the one partition."""
        return frozenset({0})

    def partitions(self) -> frozenset[int]:
        """Returns the one partition."""
        return frozenset({0})

    def poll(self, max_messages: int, timeout_ms: int) -> list[RawBatch]:
        """Returns the next messages; waits, within the timeout, for a row whose time has not come."""
        if self._paused:
            return []
        start = max(self._position, self._oldest())
        end = min(self._available(), start + max_messages)
        if end <= start:
            time.sleep(min(timeout_ms, self._wait_ms(start)) / 1_000)
            end = min(self._available(), start + max_messages)
        if end <= start:
            return []
        messages = self._messages(start, end)
        self._position = end
        return [RawBatch(0, messages, end)]

    def seek(self, partition: int, offset: int) -> None:  # noqa: ARG002 (there is one partition)
        """Goes on from an offset; a paced log plays from there."""
        self._position = offset
        self._pace = None

    def end_offsets(self) -> dict[int, int]:
        """Returns the offset after the last reading whose time has come, or of the end if the log is not paced."""
        until = self._clock() + 1 if self._capped() else _NO_END
        return {0: self._offset_at(min(until, self._until()))}

    def pause(self, partitions: Sequence[int]) -> None:
        """Holds the plant back."""
        self._paused = self._paused or 0 in partitions

    def resume(self, partitions: Sequence[int]) -> None:
        """Lets the plant go on."""
        self._paused = self._paused and 0 not in partitions

    def rejoin(self) -> None:
        """Nothing to take up anew: the plant runs as long as this does."""

    def close(self) -> None:
        """Nothing to give up."""

    def _until(self) -> int:
        return _NO_END if self._log.until is None else self._log.until

    def _capped(self) -> bool:
        """Whether the clock bounds the log."""
        return self._log.until is None or self._log.speed > 0.0

    def _oldest(self) -> int:
        """The first offset that is kept."""
        return self._offset_at(self._opened - _KEPT_MS) if self._log.live else 0

    def _available(self) -> int:
        """The offset that cannot be read yet."""
        until = self._until()
        if self._capped():
            until = min(until, self._clock() + 1)
        if self._log.speed > 0.0 and not self._log.live:
            until = min(until, self._played() + 1)
        return self._offset_at(until)

    def _played(self) -> int:
        """The plant's time, where it is played at a speed."""
        now = self._clock()
        if self._pace is None:
            self._pace = (now, self._log.start + self._position // self._tags * self._log.step_ms)
        since, at = self._pace
        return at + round((now - since) * self._log.speed)

    def _wait_ms(self, offset: int) -> float:
        """How long until an offset can be read, milliseconds; the whole timeout where there is an end."""
        due = self._log.start + offset // self._tags * self._log.step_ms
        if due >= self._until():
            return float("inf")
        if self._log.speed > 0.0 and not self._log.live:
            return max((due - self._played()) / self._log.speed, 1.0)
        return max(float(due - self._clock()), 1.0)

    def _offset_at(self, at: int) -> int:
        """The offset of the first reading at or after a time."""
        rows = -(-(at - self._log.start) // self._log.step_ms)
        return max(rows, 0) * self._tags

    def _messages(self, start: int, end: int) -> list[RawMessage]:
        messages: list[RawMessage] = []
        row, place = divmod(start, self._tags)
        while len(messages) < end - start:
            messages += self._row_messages(row)[place:]
            row, place = row + 1, 0
        return messages[: end - start]

    def _row_messages(self, row: int) -> list[RawMessage]:
        """The messages of a row; the last one is kept, since a batch may end inside of it."""
        if self._row[0] != row:
            if self._row[0] != row - 1:
                self._plant.skip_to(row)
            first = row * self._tags
            messages = [
                RawMessage(first + place, reading.tag.encode(), encode_reading(reading))
                for place, reading in enumerate(self._plant.step())
            ]
            self._row = (row, messages)
        return self._row[1]


def open_demo(url: str, settings: Settings) -> DemoSource:
    """Opens the demo plant by its URL; where that has no start, the one of the demo store of the settings.

    Raises:
        SettingsError: As `parse_demo`.
        StoreError: If the store of the settings is there and cannot be read.
    """
    return DemoSource(parse_demo(url, lambda scenario: _default_start(settings, scenario)))


def _default_start(settings: Settings, scenario: str) -> int:
    from plant.store.sqlite import open_store

    if settings.store.path.exists():
        with open_store(settings.store.path, read_only=True) as store:
            kept, extent = store.meta(START_KEY), store.extent()
        if scenario == "shift" and extent is not None:
            return -(-extent.end // MINUTE) * MINUTE
        if kept is not None:
            return parse_time(kept)
    now = now_ms()
    return now - now % HOUR
