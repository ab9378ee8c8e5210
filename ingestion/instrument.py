"""Faults of an instrument that its own readings show: spike, unit, clock, saturation.

| rule | holds when |
|---|---|
| `spike` | at most `FEW` readings lay far from the level before them, and the next one came back to it |
| `unit` | the level leapt to what it would be in another unit, and stayed there for `PROOF` readings |
| `clock` | steps between readings come in pairs that make one beat: a clock went back, or two senders use one tag |
| `saturated` | a tag that may not rest lies at an end of the instrument's range |

*Far* is `FAR` times the usual distance between neighbours that differ (an exponential mean over some 64 of them), and
no less than ten steps of the instrument's resolution or a fiftieth of its range; so what switches on and off never is.
After a drop-out the level begins anew.

What stored readings cannot show is not claimed. A clock that leaps ahead leaves a gap, and is told as a drop-out;
beyond the clock bound its readings are dead letters. A message that names another unit than the registry is a dead
letter: what it holds is not among the readings that rules judge.

All is a function of one tag's readings in the order of time; what is remembered is a `FaultMemory`.
"""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Final

import msgspec

from ingestion.bands import machine_for, quantity
from ingestion.episodes import Sight
from ingestion.units import conversions

if TYPE_CHECKING:
    from ingestion.episodes import EpisodeMachine
    from plant.episodes import EpisodeChange
    from plant.registry import Sensor

FAR: Final = 12.0
"""A leap is so many usual distances."""

NEAR: Final = 4.0
"""Within so many of them a value is back at the level."""

FEW: Final = 3
"""The most readings of a spike; what stays longer is a step of the process."""

PROOF: Final = 5
"""So many readings in a row prove another unit."""

WARM: Final = 60
"""Distances that the usual one is learnt from before anything is judged by it."""

REGULAR: Final = 30
"""So many steps in a row make a beat."""

PAIRS: Final = 6
"""So many pairs in a row make two trains of readings."""

_WEIGHT: Final = 1 / 64  # of the newest distance in their mean
_FIT: Final = 0.01  # how exactly a value must fit a conversion, as a share of it or of the leap
_VAGUE: Final = 0.1  # of the leap: where noise lets a value fit more loosely, nothing is proved
_OFF_BEAT: Final = 0.1  # how far off the beat a regular step may be, as a share of it


class Leap(msgspec.Struct, frozen=True):
    """Readings far from the level before them, which may come back.

    Attributes:
        since: Time of the first, UTC milliseconds.
        count: How many there are.
        farthest: The one farthest from the level.
        unit: The unit in which all of them would be at the level; empty for none.
    """

    since: int
    count: int
    farthest: float
    unit: str


class FaultMemory(msgspec.Struct, frozen=True):
    """All that the faults of one tag remember.

    Attributes:
        level: The last value that was no leap; None before the first, and after a drop-out.
        noise: Usual distance between neighbours that differ.
        seen: How many distances it was learnt from, up to `WARM`.
        leap: The leap under way.
        unit: The unit that the values seem to be in; empty for the registry's.
        beat: Usual step between readings, milliseconds; 0 before there is one.
        regular: How many steps kept it of late, up to `REGULAR`.
        pairs: How many pairs in a row there are.
    """

    level: float | None = None
    noise: float = 0.0
    seen: int = 0
    leap: Leap | None = None
    unit: str = ""
    beat: int = 0
    regular: int = 0
    pairs: int = 0


class InstrumentFaults:
    """The faults of one tag's instrument.

    `steady` is all that a healthy reading costs; `judge` is for the others, and while an episode is under way.

    Args:
        sensor: The tag.
    """

    __slots__ = (
        "_beat", "_beat_high", "_beat_low", "_clock", "_ends", "_floor", "_gate", "_leap", "_level", "_noise", "_pairs",
        "_regular", "_resolution", "_saturated", "_seen", "_sensor", "_spike", "_unit", "_unit_rule", "_units",
        "machines", "trusted",
    )  # fmt: skip

    def __init__(self, sensor: Sensor) -> None:
        self._sensor = sensor
        self._units = {one.unit: one for one in conversions(sensor.unit)}
        self._resolution = 0.5 * 10.0**-sensor.decimals
        low = -inf if sensor.range_low is None else sensor.range_low
        high = inf if sensor.range_high is None else sensor.range_high
        self._floor = max(20 * self._resolution, (high - low) / 50 if isfinite(high - low) else 0.0)
        self._ends = (-inf, inf) if sensor.stuck_ms is None else (low + self._resolution, high - self._resolution)
        self._spike = machine_for("spike", sensor, on_delay=1)  # pending from the leap, open once it came back
        self._unit_rule = machine_for("unit", sensor, on_delay=1)
        self._clock = machine_for("clock", sensor, on_delay=0)
        self._saturated = machine_for("saturated", sensor)
        self.machines = (self._spike, self._unit_rule, self._clock, self._saturated)
        """The rules' episodes."""
        self._gate = inf
        self.restore(FaultMemory())

    @property
    def ends(self) -> tuple[float, float]:
        """Between these values nothing is saturated."""
        return self._ends

    @property
    def explains_rest(self) -> bool:
        """Whether it is known why a value does not move: at an end of the range, or too coarse in another unit."""
        return self._saturated.open or bool(self._unit)

    def memory(self) -> FaultMemory:
        """Returns what `restore` needs."""
        level = self._level if isfinite(self._level) else None
        return FaultMemory(
            level, self._noise, self._seen, self._leap, self._unit, self._beat, self._regular, self._pairs
        )

    def restore(self, memory: FaultMemory) -> None:
        """Takes a memory back; a unit that is no relative of the registry's any more is forgotten."""
        self._level = nan if memory.level is None else memory.level
        self._noise, self._seen, self._leap = memory.noise, memory.seen, memory.leap
        self._unit = memory.unit if memory.unit in self._units else ""
        self._beat, self._regular, self._pairs = memory.beat, memory.regular, memory.pairs
        self.trusted = True
        """Whether the reading judged last may be judged by its value."""
        self._set_gate()
        self._set_beat()

    def steady(self, value: float, step: int, before: int) -> bool:
        """Takes a good reading in if there is nothing to it; False if `judge` must look at it.

        Args:
            value: The value.
            step: Distance to the reading before it, milliseconds.
            before: The distance before that one.
        """
        far = abs(value - self._level)
        if not far <= self._gate:  # NaN: there is no level yet
            return False
        self._level = value
        if self._seen < WARM:
            self._warm_up(far)
        elif far > self._resolution:
            self._noise = noise = self._noise + (far - self._noise) * _WEIGHT
            self._gate = max(FAR * noise, self._floor)
        return self._beat_low <= step <= self._beat_high or self._keeps_beat(step, before)

    def restart(self) -> None:
        """Forgets the level: after a drop-out the process may be anywhere."""
        self._level, self._leap = nan, None
        self._set_gate()

    def judge(self, ts: int, value: float | None, step: int, before: int, *, steady: bool) -> list[EpisodeChange]:
        """Judges one reading and returns what became of episodes; sets `trusted`.

        Args:
            ts: Its time, UTC milliseconds.
            value: Its value; None if it is not good.
            step: Distance to the reading before it, milliseconds.
            before: The distance before that one.
            steady: What `steady` said; True where it was not asked.
        """
        if value is None:
            self.trusted = False
            return [change for machine in self.machines for change in machine.feed(ts, None)]
        changes: list[EpisodeChange] = []
        if not steady and not abs(value - self._level) <= self._gate:
            changes += self._leave_level(ts, value)
            self._keeps_beat(step, before)
        if self._leap is None:
            changes += self._spike.feed(ts, False)
        foreign = bool(self._unit) or (self._leap is not None and bool(self._leap.unit))
        changes += self._unit_rule.feed(ts, bool(self._unit))
        paired = self._pairs >= PAIRS
        changes += self._clock.feed(ts, paired, self._see_clock(step, before) if paired else None)
        at_end = not foreign and self._at_end(value)
        changes += self._saturated.feed(ts, at_end, self._see_end(value) if at_end else None)
        spiking = self._leap is not None and self._spike.open
        self.trusted = not (spiking or foreign or (at_end and self._saturated.open))
        return changes

    def _leave_level(self, ts: int, value: float) -> list[EpisodeChange]:
        """Takes in a value beyond the gate, or one that follows such a value."""
        leap = self._leap
        far = abs(value - self._level)
        if not isfinite(far):
            self._settle(value)
            return []
        if leap is None:
            self._leap = Leap(ts, 1, value, self._unit_of(value))
            self._gate = -inf  # until it is decided what this is, every reading comes here
            return []
        if far <= NEAR * self._noise + self._resolution:
            sight = self._see_spike(leap)
            self._learn_leap()
            self._settle(value)
            return self._tell(self._spike, leap.since, ts, sight) if leap.count <= FEW else []
        farther = far > abs(leap.farthest - self._level)
        unit = leap.unit if leap.unit and self._fits(value, leap.unit) else ""
        self._leap = Leap(leap.since, leap.count + 1, value if farther else leap.farthest, unit)
        if unit and leap.count + 1 >= PROOF:
            return self._change_unit(ts, value, leap)
        if not unit and leap.count + 1 > FEW:
            self._learn_leap()
            self._settle(value)
        return []

    def _settle(self, value: float) -> None:
        self._level, self._leap = value, None
        self._set_gate()

    def _learn_leap(self) -> None:
        """Lets a leap into the mean as the farthest distance that is none: what leaps all the time just varies."""
        self._noise += (FAR - 1) * self._noise * _WEIGHT

    def _warm_up(self, far: float) -> None:
        if far > self._resolution:
            self._seen += 1
            self._noise += (far - self._noise) / self._seen
            self._set_gate()

    def _set_gate(self) -> None:
        """Sets how far from the level a value may lie without being looked at."""
        if self._leap is not None:
            self._gate = -inf
        elif self._seen < WARM:
            self._gate = inf
        else:
            self._gate = max(FAR * self._noise, self._floor)

    def _unit_of(self, value: float) -> str:
        """Returns the unit in which a value would be at the level; empty for none."""
        others = [unit for unit in (*self._units, self._sensor.unit) if unit != (self._unit or self._sensor.unit)]
        fitting = [unit for unit in others if self._fits(value, unit)]
        return min(fitting, key=lambda unit: abs(value - self._level_in(unit)), default="")

    def _fits(self, value: float, unit: str) -> bool:
        expected = self._level_in(unit)
        leap = abs(expected - self._level)
        loose = _FIT * min(leap, abs(expected)) + NEAR * self._noise * self._factor(unit)
        return abs(value - expected) <= loose <= _VAGUE * leap

    def _level_in(self, unit: str) -> float:
        """Returns the level as it would read in a unit."""
        own = self._units[self._unit].undo(self._level) if self._unit else self._level
        return own if unit == self._sensor.unit else self._units[unit].apply(own)

    def _factor(self, unit: str) -> float:
        """Returns how much larger differences read in a unit than in that of now."""
        factors = [self._units[one].factor if one in self._units else 1.0 for one in (unit, self._unit)]
        return factors[0] / factors[1]

    def _change_unit(self, ts: int, value: float, leap: Leap) -> list[EpisodeChange]:
        """Takes the unit that a leap has proved; the registry's own ends the episode."""
        own = self._sensor.unit
        reads = self._level_in(own)
        self._noise *= self._factor(leap.unit)
        self._unit = "" if leap.unit == own else leap.unit
        self._settle(value)
        if not self._unit:
            return []
        saw = f"{quantity(value, self._sensor)}, which is {quantity(reads, self._sensor)} in {self._unit}"
        sight = Sight(80.0, saw, actual=value, typical=reads, unit=own)
        return self._tell(self._unit_rule, leap.since, ts, sight)

    def _keeps_beat(self, step: int, before: int) -> bool:
        """Takes a step in; False if the times are those of two trains."""
        beat, off = self._beat, self._beat * _OFF_BEAT
        kept = abs(step - beat) <= off
        if not (kept and not self._pairs) and self._regular > REGULAR // 2:
            paired = abs(step + before - beat) <= off < abs(step - before)
            self._pairs = self._pairs + 1 if paired else 0
        if kept:
            self._regular = min(self._regular + 1, REGULAR)
        elif not self._pairs:
            self._regular -= 1
            if self._regular < 0:
                self._beat, self._regular = step, 0
        self._set_beat()
        return self._pairs < PAIRS

    def _set_beat(self) -> None:
        """Sets the steps that need no look: those that keep an old beat, while nothing is odd about it."""
        plain = self._regular == REGULAR and not self._pairs
        off = self._beat * _OFF_BEAT if plain else -inf
        self._beat_low, self._beat_high = self._beat - off, self._beat + off

    def _see_clock(self, step: int, before: int) -> Sight:
        near, usual = min(step, before) / 1_000, self._beat / 1_000
        return Sight(50.0, f"readings {near:g} s apart", f"usually every {usual:g} s", unit=self._sensor.unit)

    def _see_spike(self, leap: Leap) -> Sight:
        excess = abs(leap.farthest - self._level) / max(FAR * self._noise, self._floor)  # at least 1
        saw, norm = quantity(leap.farthest, self._sensor), f"{quantity(self._level, self._sensor)} before and after"
        return Sight(
            100.0 - 50.0 / excess, saw, norm, actual=leap.farthest, typical=self._level, unit=self._sensor.unit
        )

    def _at_end(self, value: float) -> bool:
        low, high = self._ends
        step = 2 * self._resolution
        return low - step <= value <= low or high <= value <= high + step

    def _see_end(self, value: float) -> Sight:
        saw = f"{quantity(value, self._sensor)} flat"
        return Sight(70.0, saw, "end of the instrument's range", actual=value, unit=self._sensor.unit)

    @staticmethod
    def _tell(machine: EpisodeMachine, since: int, ts: int, sight: Sight) -> list[EpisodeChange]:
        """Feeds what is known only now of a time before."""
        return [*machine.feed(since, True, sight), *machine.feed(ts, True, sight)]
