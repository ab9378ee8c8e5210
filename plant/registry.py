"""The sensor registry: what each tag is, what it may be, and how people call it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from plant.errors import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class SensorState(StrEnum):
    """Whether a tag is watched.

    A tag that arrives on the stream without being registered is stored and *discovered*: shown
    and counted, not alarmed until a person confirms it.
    """

    CONFIRMED = "confirmed"
    DISCOVERED = "discovered"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Alarm limits and set point of a tag, in its unit; None where there is none.

    Attributes:
        low_low: Below it, an alert of the highest priority.
        low: Below it, an alert.
        high: Above it, an alert.
        high_high: Above it, an alert of the highest priority.
        setpoint: What the control loop holds.
        tolerance: Half width of the set-point band: 5 +- 0.2 has 0.2.
        deadband: How far back inside a limit a value must come before the alert ends.
    """

    low_low: float | None = None
    low: float | None = None
    high: float | None = None
    high_high: float | None = None
    setpoint: float | None = None
    tolerance: float | None = None
    deadband: float = 0.0


class Sensor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tag.

    Attributes:
        tag: Plant name, `CW-100.TT-02`.
        description: A few words, English: "chilled water temperature".
        unit: Unit of its values, `degC`; empty when none.
        asset: The asset it sits on, `E-101`; empty when unknown.
        area: The area the asset stands in, `CW-100`.
        aliases: Other names people use, in any language.
        decimals: Digits after the point that its instrument resolves.
        range_low: Lowest value the instrument can give; None when unknown.
        range_high: Highest value the instrument can give; None when unknown.
        cadence_ms: Usual distance between readings.
        stuck_ms: Without change for longer it is stuck; None for tags that may rest.
        limits: Alarm limits and set point.
        on_delay_ms: How long a condition must hold before an alert opens.
        off_delay_ms: How long it must be gone before the alert closes.
        state: Whether it is watched.
        latching: Whether its alerts stay until a person resets them, though the condition is gone.
        suppressed_by: Tags or assets whose standing alert explains this tag's: its own are not annunciated meanwhile.
    """

    tag: str
    description: str = ""
    unit: str = ""
    asset: str = ""
    area: str = ""
    aliases: tuple[str, ...] = ()
    decimals: int = 2
    range_low: float | None = None
    range_high: float | None = None
    cadence_ms: int = 1_000
    stuck_ms: int | None = None
    limits: Limits = Limits()
    on_delay_ms: int = 60_000
    off_delay_ms: int = 120_000
    state: SensorState = SensorState.CONFIRMED
    latching: bool = False
    suppressed_by: tuple[str, ...] = ()


class Registry:
    """The sensors of a plant by tag; immutable."""

    def __init__(self, sensors: Iterable[Sensor] = ()) -> None:
        self._by_tag = {sensor.tag: sensor for sensor in sensors}
        self._by_upper = {tag.upper(): tag for tag in self._by_tag}

    def __iter__(self) -> Iterator[Sensor]:
        return iter(self._by_tag.values())

    def __len__(self) -> int:
        return len(self._by_tag)

    def __contains__(self, tag: object) -> bool:
        return tag in self._by_tag

    def get(self, tag: str) -> Sensor | None:
        """Returns the sensor of a tag, ignoring case, or None."""
        known = self._by_upper.get(tag.upper())
        return self._by_tag[known] if known else None

    def of_asset(self, asset: str) -> tuple[Sensor, ...]:
        """Returns the sensors that sit on an asset, ignoring case."""
        return tuple(s for s in self if s.asset.upper() == asset.upper())

    @property
    def assets(self) -> tuple[str, ...]:
        """The assets that carry a sensor, in order of appearance."""
        return tuple(dict.fromkeys(s.asset for s in self if s.asset))

    def near(self, word: str) -> list[str]:
        """Returns the tags nearest in spelling to a word, best first."""
        return nearest(word, self._by_tag)

    def did_you_mean(self, word: str) -> str:
        """Returns "Did you mean TAG?", or an empty text."""
        return did_you_mean(word, self._by_tag)
