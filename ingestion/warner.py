"""The early warnings of one tag: from what forecasts say, what people are told, and whether it came so.

A warning `warning.high` opens where, twice running, the nearest limit that is not broken will be crossed with a
probability of `SURE`. It says from when on: the earliest is where the steepest stretch of the near past leads,
or the forecast's band begins to cross; the latest is where crossing is nearly certain. It ends when

- the limit has been crossed for the tag's on-delay, as its alert opens: it was right;
- the time range is over, or for `WITHDRAWN` the forecast no longer says so: it was wrong.

The band knows how far forecasts of this tag missed, not how often what drives it ends or is ended. So the probability
that is told is the band's, times the share of right ones among the rule's warnings so far.

A tag is not warned of where its limit was broken within the last half hour, nor for an hour after a wrong warning. A
value of bad quality holds a warning; where that hides whether the limit was crossed, it is neither right nor wrong.
"""

from __future__ import annotations

from bisect import bisect_left
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import numpy as np

from ingestion.bands import quantity
from ingestion.episodes import EpisodeMachine, Sight
from plant.episodes import ChangeKind, EpisodeKind, Outlook, Priority
from plant.time import HOUR, MINUTE, format_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from forecasting.conformal import Calibration
    from forecasting.contract import Floats
    from ingestion.episodes import Life
    from plant.episodes import EpisodeChange
    from plant.registry import Sensor

STEP: Final = 5 * MINUTE
"""How often tags are forecast."""

HORIZON: Final = HOUR
"""How far."""

LEADS: Final = tuple(range(STEP // MINUTE, HORIZON // MINUTE + 1, STEP // MINUTE))
"""How many minutes ahead they are forecast."""

SURE: Final = 0.75
"""Probability from which a warning is given."""

WITHDRAWN: Final = 30 * MINUTE
REST_ROWS: Final = 30
"""How many minutes a limit must not have been broken for."""

_POSSIBLE: Final = 0.1
_NEARLY_CERTAIN: Final = 0.9
_NAMES: Final = {
    "high_high": "high-high limit", "high": "high limit", "low": "low limit", "low_low": "low-low limit",
    "band_low": "band's edge", "band_high": "band's edge",
}  # fmt: skip


class Edge(NamedTuple):
    """A limit as one of the values that a tag may not cross.

    Attributes:
        limit: `high`, `low_low`, or `band_low`, `band_high` of the set point.
        value: The limit, in the tag's unit.
        sign: 1 where values above it are beyond, -1 where those below are.
    """

    limit: str
    value: float
    sign: int

    def beyond(self, values: Floats, by: float = 0.0) -> NDArray[np.bool_]:
        """Says which values are beyond it, by more than so much; NaN is not."""
        return self.sign * (values - self.value) > by

    @property
    def rule(self) -> str:
        """The rule that warns of it."""
        return "warning.setpoint" if self.limit.startswith("band") else f"warning.{self.limit}"


def edges_of(sensor: Sensor) -> list[Edge]:
    """Returns what a tag may not cross; on each side the nearest first."""
    limits = sensor.limits
    found = [
        Edge(limit, value, sign)
        for limit, sign in (("low_low", -1), ("low", -1), ("high", 1), ("high_high", 1))
        if (value := getattr(limits, limit)) is not None
    ]
    if limits.setpoint is not None and limits.tolerance is not None:
        found += [
            Edge("band_low", limits.setpoint - limits.tolerance, -1),
            Edge("band_high", limits.setpoint + limits.tolerance, 1),
        ]
    return sorted(found, key=lambda edge: edge.sign * edge.value)


class Seen(NamedTuple):
    """What there is of one tag.

    Attributes:
        times: Begins of the minutes, UTC milliseconds.
        values: Their means, of shape (n_minutes,).
        rows: The rows at which it is forecast.
        forecasts: The forecasts made there, of shape (n_rows, n_leads); NaN where there is none.
        level: The values there without noise, of shape (n_rows,).
        steepest: How fast it may be moving there at most, a minute, of shape (n_rows,).
    """

    times: Sequence[int]
    values: Floats
    rows: list[int]
    forecasts: Floats
    level: Floats
    steepest: Floats


class Record(msgspec.Struct, frozen=True):
    """What became of the warnings of a rule so far.

    Attributes:
        right: How many were.
        wrong: How many were not.
        rests_until: When the next one may begin, UTC milliseconds.
    """

    right: int = 0
    wrong: int = 0
    rests_until: int = 0

    @property
    def trust(self) -> float:
        """Share of right ones to expect, as if there had been four right and one wrong before (a Beta prior)."""
        return (self.right + 4) / (self.right + self.wrong + 5)


class Warner:
    """The early warnings of one tag.

    Attributes:
        machines: By rule.
        records: What became of them, by rule, a space and tag.
        on_rows: For how many minutes a limit must be crossed to have been crossed: the tag's on-delay.
    """

    def __init__(self, asset: str, sensor: Sensor) -> None:
        self._sensor = sensor
        self._edges = edges_of(sensor)
        self._resolution = 0.5 * 10.0**-sensor.decimals
        self.machines = {edge.rule: machine_for(edge.rule, sensor.tag, asset) for edge in self._edges}
        self.records: dict[str, Record] = {}
        self.on_rows = max(1, ceil(sensor.on_delay_ms / MINUTE))

    def lives(self) -> dict[str, Life]:
        """Returns the warnings under way, by rule, a space and tag."""
        return {self._key(rule): life for rule, machine in self.machines.items() if (life := machine.state())}

    def restore(self, lives: dict[str, Life], records: dict[str, Record]) -> None:
        """Takes its own out of the lives of an asset, and its own of the records."""
        for rule, machine in self.machines.items():
            machine.restore(lives.pop(self._key(rule), None))
        self.records = {key: records[key] for rule in self.machines if (key := self._key(rule)) in records}

    def judge(self, seen: Seen, begin: int, calibration: Calibration) -> list[EpisodeChange]:
        """Judges the minutes from row `begin` on."""
        calls = self._calls(seen, calibration)
        return [
            change
            for rule, machine in self.machines.items()
            for change in self._follow(machine, calls[rule], seen, begin)
        ]

    def _calls(self, seen: Seen, calibration: Calibration) -> dict[str, dict[int, Outlook]]:
        """Returns, by rule and row, what the tag is to be warned of.

        On each side only the nearest limit that is not broken counts. A limit that the forecast itself does not
        cross has less than an even chance, so that the band need not be asked; nor does one cross it that the
        instrument would show at it.
        """
        calls: dict[str, dict[int, Outlook]] = {rule: {} for rule in self.machines}
        rows = np.array(seen.rows, dtype=np.intp)
        nearer = {1: np.ones(len(rows), dtype=np.bool_), -1: np.ones(len(rows), dtype=np.bool_)}
        for edge in self._edges:
            beyond = edge.beyond(seen.values)
            heading = (
                edge.beyond(seen.forecasts, self._resolution).any(axis=-1) & nearer[edge.sign] & ~_lately(beyond, rows)
            )
            for index in np.flatnonzero(heading):
                if outlook := _outlook(edge, seen, int(index), calibration):
                    calls[edge.rule][seen.rows[index]] = outlook
            nearer[edge.sign] &= beyond[rows]
        return calls

    def _follow(
        self, machine: EpisodeMachine, calls: dict[int, Outlook], seen: Seen, begin: int
    ) -> list[EpisodeChange]:
        """Leads one rule through the minutes; while nothing is under way only those with a call matter."""
        changes: list[EpisodeChange] = []
        called = sorted(calls)
        known = np.isfinite(seen.forecasts[:, 0]) & np.isfinite(seen.values[seen.rows])
        forecast = dict(zip(seen.rows, known.tolist(), strict=True))
        row = begin
        while row < len(seen.times):
            if not machine.active:
                following = bisect_left(called, row)
                if following == len(called):
                    break
                row = called[following]
            if over := self._over(machine, seen, row):
                changes += self._scored(machine.end(seen.times[row]), over)
            elif row in forecast:
                changes += self._feed(machine, seen, row, calls.get(row), known=forecast[row])
            row += 1
        return changes

    def _over(self, machine: EpisodeMachine, seen: Seen, row: int) -> Outlook | None:
        """Returns the outlook that stands, scored, if it is over at a row; None if it is not."""
        outlook = _told(machine)
        if outlook is None or not np.isfinite(seen.values[row]):
            return None
        edge = next(edge for edge in self._edges if edge.limit == outlook.limit)
        beyond = edge.beyond(seen.values[row - self.on_rows + 1 : row + 1])
        if beyond.all():
            return msgspec.structs.replace(outlook, right=True)
        if seen.times[row] < outlook.latest or beyond[-1]:
            return None
        return msgspec.structs.replace(outlook, right=False if seen.times[row] < outlook.latest + STEP else None)

    def _feed(
        self, machine: EpisodeMachine, seen: Seen, row: int, call: Outlook | None, *, known: bool
    ) -> list[EpisodeChange]:
        """Tells the machine what the forecast at a row says; one of the other side of a band is none of its own."""
        at, before = seen.times[row], machine.state()
        if not known:
            return machine.feed(at, None)
        record = self.records.get(self._key(machine.rule), Record())
        if not before and at < record.rests_until:
            return []
        if call and before and before.sight and before.sight.outlook and before.sight.outlook.limit != call.limit:
            call = None
        outlook = _told(machine)
        sight = self._sight(float(seen.values[row]), at, call, record.trust) if call and outlook is None else None
        changes = machine.feed(at, call is not None, sight)
        if outlook and any(change.kind is ChangeKind.CLOSED for change in changes):
            return self._scored(changes, msgspec.structs.replace(outlook, right=False))
        return changes

    def _scored(self, changes: list[EpisodeChange], outlook: Outlook) -> list[EpisodeChange]:
        """Writes into a warning that ends, and into its rule's record, whether it was right."""
        for change in changes:
            key = self._key(change.episode.rule)
            old = self.records.get(key, Record())
            until = old.rests_until if outlook.right else change.episode.updated_at + HORIZON
            self.records[key] = Record(old.right + (outlook.right is True), old.wrong + (outlook.right is False), until)
        return [
            msgspec.structs.replace(change, episode=msgspec.structs.replace(change.episode, outlook=outlook))
            for change in changes
        ]

    def _sight(self, value: float, at: int, outlook: Outlook, trust: float) -> Sight:
        """Describes a warning; what the band says is believed as far as earlier warnings were right."""
        outlook = msgspec.structs.replace(outlook, probability=round(outlook.probability * trust, 3))
        edge = next(edge for edge in self._edges if edge.limit == outlook.limit)
        between = f"{format_duration(outlook.earliest - at)} to {format_duration(outlook.latest - at)}"
        return Sight(
            score=100.0 * outlook.probability,
            saw=quantity(value, self._sensor),
            norm=f"heading for its {_NAMES[edge.limit]} {edge.value:g}, there in {between}",
            actual=value,
            low=edge.value if edge.sign < 0 else None,
            high=edge.value if edge.sign > 0 else None,
            unit=self._sensor.unit,
            outlook=outlook,
        )

    def _key(self, rule: str) -> str:
        return f"{rule} {self._sensor.tag}"


def machine_for(rule: str, tag: str, asset: str) -> EpisodeMachine:
    """Makes the machine of a warning."""
    return EpisodeMachine(rule, tag, asset, EpisodeKind.PROCESS, Priority.LOW, on_delay=STEP, off_delay=WITHDRAWN)


def _told(machine: EpisodeMachine) -> Outlook | None:
    return next((episode.outlook for episode in machine.told()), None)


def _lately(beyond: NDArray[np.bool_], rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Says at which rows there was one within the last `REST_ROWS`."""
    counted = np.concatenate([[0], np.cumsum(beyond)])
    lately: NDArray[np.bool_] = counted[rows + 1] > counted[np.maximum(rows + 1 - REST_ROWS, 0)]
    return lately


def _outlook(edge: Edge, seen: Seen, index: int, calibration: Calibration) -> Outlook | None:
    """Returns what one forecast says of an edge; None where it is not `SURE` enough."""
    above = calibration.probability_above(seen.forecasts[index], edge.value)
    chance = above if edge.sign > 0 else 1.0 - above
    highest = float(chance.max())
    if highest < SURE:
        return None
    at = seen.times[seen.rows[index]]
    straight = max(1, ceil((edge.value - seen.level[index]) / seen.steepest[index]))
    certain = np.flatnonzero(chance >= _NEARLY_CERTAIN)
    earliest = min(straight, LEADS[int(np.argmax(chance >= _POSSIBLE))])
    latest = LEADS[int(certain[0])] if len(certain) else LEADS[-1]
    return Outlook(edge.limit, at + earliest * MINUTE, at + latest * MINUTE, round(highest, 3))
