"""What is judged reading by reading: limits, set-point bands, and the faults of an instrument.

| rule | kind | holds for a value when |
|---|---|---|
| `limit.high_high`, `limit.high`, `limit.low`, `limit.low_low` | process | it is beyond that limit of the registry |
| `setpoint` | process | it is outside set point +- tolerance |
| `range` | instrument | it is outside what the instrument can give |
| `stuck` | instrument | it has not changed beyond the instrument's resolution for `stuck_ms` |
| `dropout` | instrument | readings are bad in a row, or missed for several cadences (found at the next one) |
| `spike`, `unit`, `clock`, `saturated` | instrument | see `ingestion.instrument` |

A limit that stands keeps the weaker ones on its side as they are: while a high-high stands, its high and
the set-point band neither open nor close; a low-low does. A value that cannot be trusted (bad quality, out of the
instrument's range, flat at an end of it, in another unit) holds what is judged by value. Only confirmed tags are
judged, each in event-time order; `ingestion/tags.py` sees to that.
"""

from __future__ import annotations

import hashlib
from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.bands import machine_for, quantity, range_band, value_bands
from ingestion.episodes import Life, Sight
from ingestion.instrument import FaultMemory, InstrumentFaults
from plant.readings import Quality
from plant.registry import SensorState
from plant.time import format_duration

if TYPE_CHECKING:
    from plant.episodes import Episode, EpisodeChange
    from plant.registry import Sensor

MISSED: Final = 5
"""A gap of more cadences than this is a drop-out, if it is longer than the on-delay too."""

SAME: Final = 10
"""Fewest equal readings that make a tag stuck, whatever the cadence: two equal ones prove nothing."""

_WEAKER: Final = {
    "limit.high_high": frozenset({"limit.high", "setpoint"}),
    "limit.low_low": frozenset({"limit.low", "setpoint"}),
    "limit.high": frozenset({"setpoint"}),
    "limit.low": frozenset({"setpoint"}),
}
_GOOD: Final = int(Quality.GOOD)
_NO_CHANGES: Final[list[EpisodeChange]] = []


class Memory(msgspec.Struct):
    """All that a tag's rules remember.

    Attributes:
        ts: Time of the reading judged last; -1 before the first.
        step: Distance between the last two readings, milliseconds.
        step_before: The distance before it.
        reference: The value that later ones are equal to; None when there is none.
        changed_at: When the reference was seen first.
        same: How many readings have been equal to it since.
        lives: Episodes under way, by rule.
        rules: Digest of the rules that judged it; empty before the first reading.
        faults: What the faults of the instrument remember.
    """

    ts: int = -1
    step: int = 0
    step_before: int = 0
    reference: float | None = None
    changed_at: int = 0
    same: int = 0
    lives: dict[str, Life] = {}
    rules: str = ""
    faults: FaultMemory = FaultMemory()


def digest_of(sensor: Sensor) -> str:
    """Returns a digest of all that judging a tag depends on; names and what is only shown are no part of it."""
    judged = msgspec.structs.replace(sensor, description="", area="", aliases=(), latching=False, suppressed_by=())
    return hashlib.sha256(msgspec.json.encode(judged)).hexdigest()[:12]


class TagWatch:
    """All rules of one tag; none while the tag is not confirmed.

    An episode whose rule was taken out of the registry ends at the next reading.

    `judge` runs on every reading of the plant: a healthy one costs a handful of comparisons, and
    the machines are fed only while an episode is under way or something is wrong. That is the same as
    feeding them always, since an idle machine does nothing on a condition that does not hold.
    """

    __slots__ = (
        "_bands", "_busy", "_changed_at", "_dropout", "_faults", "_gap_ms", "_machines", "_quiet_high", "_quiet_low",
        "_range", "_reference", "_resolution", "_retired", "_same", "_sensor", "_step", "_step_before", "_stuck",
        "_stuck_ms", "digest", "ts",
    )  # fmt: skip

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor
        self.digest = digest_of(sensor)
        self._range = range_band(sensor)
        self._bands = value_bands(sensor)
        self._stuck_ms = inf if sensor.stuck_ms is None else sensor.stuck_ms
        self._stuck = machine_for("stuck", sensor, on_delay=sensor.stuck_ms or 0)
        self._dropout = machine_for("dropout", sensor)
        self._gap_ms = max(MISSED * sensor.cadence_ms, sensor.on_delay_ms)
        self._resolution = 0.5 * 10.0**-sensor.decimals
        self._faults = InstrumentFaults(sensor)
        low, high = self._faults.ends
        self._quiet_low = max(low, *(band.low for band in (self._range, *self._bands)))
        self._quiet_high = min(high, *(band.high for band in (self._range, *self._bands)))
        instrument = [self._dropout, self._stuck, self._range.machine, *self._faults.machines]
        machines = [*instrument, *(band.machine for band in self._bands)]
        self._machines = machines if sensor.state is SensorState.CONFIRMED else []
        self.restore(Memory())

    def memory(self) -> Memory:
        """Returns what `restore` needs."""
        reference = self._reference if isfinite(self._reference) else None
        lives = {machine.rule: life for machine in (*self._machines, *self._retired) if (life := machine.state())}
        return Memory(
            self.ts, self._step, self._step_before, reference, self._changed_at, self._same, lives, self.digest,
            self._faults.memory(),
        )  # fmt: skip

    def restore(self, memory: Memory) -> None:
        """Takes a memory back."""
        self.ts, self._step, self._step_before = memory.ts, memory.step, memory.step_before
        self._reference = nan if memory.reference is None else memory.reference
        self._changed_at, self._same = memory.changed_at, memory.same
        self._faults.restore(memory.faults)
        retired = memory.lives.keys() - {machine.rule for machine in self._machines}
        self._retired = [machine_for(rule, self._sensor) for rule in sorted(retired)]
        for machine in (*self._machines, *self._retired):
            machine.restore(memory.lives.get(machine.rule))
        self._busy = bool(memory.lives)

    def told(self) -> list[Episode]:
        """Returns the episodes that stand, as last told."""
        return [episode for machine in (*self._machines, *self._retired) for episode in machine.told()]

    def judge(self, ts: int, value: float | None, quality: int) -> list[EpisodeChange]:
        """Judges one reading and returns what became of episodes."""
        last = self.ts
        if ts <= last:
            return _NO_CHANGES
        step = ts - last if last >= 0 else 0
        self.ts = ts
        good = value is not None and quality == _GOOD and isfinite(value)
        if good and not abs(value - self._reference) <= self._resolution:  # type: ignore[operator]  # NaN: no reference
            self._reference, self._changed_at, self._same = value, ts, 0  # type: ignore[assignment]
        else:
            self._same += 1
        steady = not good or self._faults.steady(value, step, self._step)  # type: ignore[arg-type]  # good: not None
        if (
            not steady
            or self._busy
            or not good
            or not self._quiet_low <= value <= self._quiet_high  # type: ignore[operator]  # good: not None
            or ts - self._changed_at >= self._stuck_ms
            or step > self._gap_ms
        ):
            changes = self._judge_closely(ts, value if good else None, step, steady=steady)
        else:
            changes = _NO_CHANGES
        self._step_before, self._step = self._step, step
        return changes

    def _judge_closely(self, ts: int, value: float | None, step: int, *, steady: bool) -> list[EpisodeChange]:
        changes = [change for machine in self._retired for change in machine.end(ts)]
        self._retired = []
        if not self._machines:
            self._busy = False
            return changes
        changes += self._judge_dropout(ts, value, step)
        changes += self._faults.judge(ts, value, step, self._step, steady=steady)
        changes += self._judge_stuck(ts, None if self._faults.explains_rest else value)
        trusted = value if self._faults.trusted else None
        if trusted is None:
            changes += self._range.machine.feed(ts, None)
        else:
            out = self._range.broken(trusted)
            changes += self._range.machine.feed(ts, out, self._range.sight(trusted, self._sensor) if out else None)
            trusted = None if out else trusted
        changes += self._judge_bands(ts, trusted)
        self._busy = any(machine.active for machine in self._machines)
        return changes

    def _judge_dropout(self, ts: int, value: float | None, step: int) -> list[EpisodeChange]:
        sensor = self._sensor
        cadence = max(sensor.cadence_ms, min(self._step, self._step_before))
        if self._step_before and step > max(MISSED * cadence, sensor.on_delay_ms):
            self._reference, self._changed_at, self._same = (nan if value is None else value), ts, 0
            self._faults.restart()
            sight = Sight(
                50.0, f"no reading for {format_duration(step)}", f"usually every {cadence / 1000:g} s", unit=sensor.unit
            )
            return [
                *self._dropout.feed(ts - step + cadence, True, sight),
                *self._dropout.feed(ts, True, sight),
            ]
        if value is not None:
            return self._dropout.feed(ts, False)
        if not self._stuck.active:
            self._reference, self._changed_at, self._same = nan, ts, 0
        return self._dropout.feed(ts, True, Sight(50.0, "no good reading", unit=sensor.unit))

    def _judge_stuck(self, ts: int, value: float | None) -> list[EpisodeChange]:
        if value is None:
            return self._stuck.feed(ts, None)
        unchanged = ts - self._changed_at >= self._stuck_ms and self._same >= SAME
        if not unchanged:
            return self._stuck.feed(ts, False)
        sight = Sight(60.0, f"{quantity(value, self._sensor)} unchanged", actual=value, unit=self._sensor.unit)
        begun = [] if self._stuck.active else self._stuck.feed(self._changed_at, True, sight)
        return begun + self._stuck.feed(ts, True, sight)

    def _judge_bands(self, ts: int, value: float | None) -> list[EpisodeChange]:
        """Feeds the limits, the strongest first; one that stands keeps the weaker ones on its side as they are."""
        changes: list[EpisodeChange] = []
        weaker: frozenset[str] = frozenset()
        for band in self._bands:
            if band.machine.rule in weaker:
                continue
            broken = None if value is None else band.broken(value)
            sight = band.sight(value, self._sensor) if broken and value is not None else None
            changes += band.machine.feed(ts, broken, sight)
            if band.machine.open:
                weaker |= _WEAKER.get(band.machine.rule, frozenset())
        return changes
