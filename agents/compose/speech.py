"""How values, times and lists are said, in the language of the question."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

import msgspec

from plant.facts import TIME
from plant.registry import Registry
from plant.time import SECOND, format_duration, parse_time, to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plant.facts import Fact, Scalar

_UNKNOWN_DECIMALS = 2
_SETTING_DECIMALS = 6  # the most a limit is written with; zeros at the end are not


class Speech(msgspec.Struct, frozen=True):
    """Says things in one language, at one place and time.

    Attributes:
        language: `en` or `fr`.
        zone: The plant's time zone.
        now: The clock, UTC milliseconds: times of today are said without their day.
        registry: Tells the digits an instrument resolves.
    """

    language: str
    zone: tzinfo
    now: int
    registry: Registry

    def pick(self, english: str, french: str) -> str:
        """Returns the text of this language."""
        return french if self.language == "fr" else english

    def number(self, value: float, decimals: int) -> str:
        """Returns a number with these digits after the point, a comma in French."""
        text = f"{value:.{decimals}f}"
        if float(text) == 0:
            text = text.removeprefix("-")
        return text.replace(".", ",") if self.language == "fr" else text

    def decimals(self, tag: str) -> int:
        """Returns the digits after the point that a tag's instrument resolves."""
        sensor = self.registry.get(tag)
        return sensor.decimals if sensor else _UNKNOWN_DECIMALS

    def value(self, fact: Fact, tag: str, *, unit: bool = True) -> str:
        """Returns a measured value with its unit: `5.2 degC`."""
        text = self.number(_as_float(fact.value), self.decimals(tag))
        return f"{text} {fact.unit}" if unit and fact.unit else text

    def setting(self, fact: Fact, *, unit: bool = True) -> str:
        """Returns a limit or a set point as the registry writes it, with its unit: `62 kPa`."""
        text = self.number(_as_float(fact.value), _SETTING_DECIMALS).rstrip("0").rstrip(".,")
        return f"{text} {fact.unit}" if unit and fact.unit else text

    def band(self, low: Fact, high: Fact, tag: str) -> str:
        """Returns a range of measured values: `5.0 to 5.4 degC`."""
        return f"{self.value(low, tag, unit=False)} {self.pick('to', 'à')} {self.value(high, tag)}"

    def percent(self, ratio: float) -> str:
        """Returns a ratio as a whole percentage: `31 %`."""
        return f"{self.number(ratio * 100, 0)} %"

    def time(self, fact: Fact) -> str:
        """Returns a moment as the plant's clock shows it, with its day unless that is today."""
        ms = parse_time(str(fact.value))
        today = to_local(ms, self.zone, day=True)[:10] == to_local(self.now, self.zone, day=True)[:10]
        return to_local(ms, self.zone, day=not today)

    def times(self, *facts: Fact) -> list[str]:
        """Returns moments as the plant's clock shows them, all with their day unless all are today."""
        told = [parse_time(str(fact.value)) for fact in facts]
        today = {to_local(ms, self.zone, day=True)[:10] for ms in (*told, self.now)}
        return [to_local(ms, self.zone, day=len(today) > 1) for ms in told]

    def duration(self, fact: Fact) -> str:
        """Returns a length of time given in seconds: `9 min`."""
        text = format_duration(round(_as_float(fact.value)) * SECOND)
        return text.replace(" d", " j") if self.language == "fr" else text

    def plain(self, value: Scalar) -> str:
        """Returns a value of a table as it stands."""
        if isinstance(value, bool):
            return self.pick("yes" if value else "no", "oui" if value else "non")
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return "" if value is None else str(value)

    def listed(self, items: Sequence[str], *, last: str = "") -> str:
        """Returns `a, b and c`; `last` replaces "and"."""
        joint = last or self.pick("and", "et")
        return ", ".join(items) if len(items) < 2 else f"{', '.join(items[:-1])} {joint} {items[-1]}"


def marks(facts: Iterable[Fact | None]) -> str:
    """Returns the marks of the evidence that facts come from, ` [1] [2]`; evidence `e2` has mark 2."""
    sources = dict.fromkeys(fact.source for fact in facts if fact is not None)
    return "".join(f" [{source.removeprefix('e')}]" for source in sources)


def is_time(fact: Fact) -> bool:
    """Whether a fact is a moment."""
    return fact.unit == TIME


def _as_float(value: Scalar) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is not a number")
    return float(value)
