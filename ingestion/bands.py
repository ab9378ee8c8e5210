"""Rules that a value breaks by leaving a band: limits, the set-point band, the instrument's range."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Final

from ingestion.episodes import EpisodeMachine, Sight
from plant.episodes import EpisodeKind, Priority

if TYPE_CHECKING:
    from plant.registry import Sensor


class Band:
    """A rule that a value breaks by leaving a band, with a deadband for the way back.

    Args:
        machine: Its episodes.
        low: Lower edge; -inf for none.
        high: Upper edge; inf for none.
        deadband: How far inside an edge the value must come back.
        base: Score on the edge; it nears 100 as the value goes on.
        scale: How far beyond an edge the score is half way to 100.
        norm: What would be usual, for the reason.
        typical: What the value usually is; None when unknown.
    """

    def __init__(
        self,
        machine: EpisodeMachine,
        edges: tuple[float, float],
        *,
        deadband: float,
        base: float,
        scale: float,
        norm: str,
        typical: float | None = None,
    ) -> None:
        self.machine = machine
        self.low, self.high = edges
        self._deadband = deadband
        self._base = base
        self._scale = scale
        self._norm = norm
        self._typical = typical

    def broken(self, value: float) -> bool:
        """Says whether the value is outside; the edges are drawn in while an episode is under way."""
        inset = self._deadband if self.machine.active else 0.0
        return value > self.high - inset or value < self.low + inset

    def sight(self, value: float, sensor: Sensor) -> Sight:
        """Returns the particulars of a value outside."""
        excess = max(value - self.high, self.low - value, 0.0)
        return Sight(
            score=self._base + (100.0 - self._base) * excess / (excess + self._scale),
            saw=quantity(value, sensor),
            norm=self._norm,
            actual=value,
            typical=self._typical,
            low=self.low if isfinite(self.low) else None,
            high=self.high if isfinite(self.high) else None,
            unit=sensor.unit,
        )


_PRIORITIES: Final = {
    "limit.high_high": Priority.HIGH,
    "limit.low_low": Priority.HIGH,
    "limit.high": Priority.MEDIUM,
    "limit.low": Priority.MEDIUM,
    "setpoint": Priority.MEDIUM,
    "range": Priority.MEDIUM,
    "unit": Priority.MEDIUM,
    "saturated": Priority.MEDIUM,
}
_INSTRUMENT: Final = frozenset({"stuck", "range", "dropout", "spike", "unit", "clock", "saturated"})

TAG_RULES: Final = _INSTRUMENT | frozenset(_PRIORITIES)
"""Every rule that is judged reading by reading."""


def machine_for(rule: str, sensor: Sensor, *, on_delay: int | None = None) -> EpisodeMachine:
    """Makes the machine of a rule on a tag, with the tag's own delays unless the rule has one."""
    return EpisodeMachine(
        rule,
        sensor.tag,
        sensor.asset,
        EpisodeKind.INSTRUMENT if rule in _INSTRUMENT else EpisodeKind.PROCESS,
        _PRIORITIES.get(rule, Priority.LOW),
        sensor.on_delay_ms if on_delay is None else on_delay,
        sensor.off_delay_ms,
    )


def range_band(sensor: Sensor) -> Band:
    """Returns the band that the instrument can give; without edges where the registry knows none."""
    low = -inf if sensor.range_low is None else sensor.range_low
    high = inf if sensor.range_high is None else sensor.range_high
    scale = (high - low) / 10 if isfinite(high - low) and high > low else 1.0
    norm = f"instrument range {low:g} to {high:g}"
    return Band(machine_for("range", sensor), (low, high), deadband=0.0, base=70.0, scale=scale, norm=norm)


def value_bands(sensor: Sensor) -> list[Band]:
    """Returns the limits and the set-point band of a sensor, the strongest first."""
    limits = sensor.limits
    typical = limits.setpoint
    scale = _scale(sensor)
    bands = []
    for rule, base in (("high_high", 80.0), ("low_low", 80.0), ("high", 60.0), ("low", 60.0)):
        edge: float | None = getattr(limits, rule)
        if edge is None:
            continue
        edges = (-inf, edge) if rule.startswith("high") else (edge, inf)
        norm = f"{rule.replace('_', '-')} limit {edge:g}"
        machine = machine_for(f"limit.{rule}", sensor)
        bands.append(Band(machine, edges, deadband=limits.deadband, base=base, scale=scale, norm=norm, typical=typical))
    if limits.setpoint is not None and limits.tolerance is not None:
        edges = (limits.setpoint - limits.tolerance, limits.setpoint + limits.tolerance)
        norm = f"band {edges[0]:g} to {edges[1]:g}"
        machine = machine_for("setpoint", sensor)
        deadband = min(limits.deadband, limits.tolerance / 2)
        bands.append(
            Band(machine, edges, deadband=deadband, base=50.0, scale=limits.tolerance, norm=norm, typical=typical)
        )
    return bands


def _scale(sensor: Sensor) -> float:
    """Returns how far beyond a limit is far, in the tag's unit: a tenth of what its edges span."""
    limits = sensor.limits
    edges = [
        edge
        for edge in (limits.low_low, limits.low, limits.setpoint, limits.high, limits.high_high)
        if edge is not None
    ]
    return max((max(edges) - min(edges)) / 10, abs(edges[0]) / 20, 10.0**-sensor.decimals) if edges else 1.0


def quantity(value: float, sensor: Sensor) -> str:
    """Writes a value as its instrument resolves it, with its unit."""
    return f"{value:.{sensor.decimals}f} {sensor.unit}".rstrip()
