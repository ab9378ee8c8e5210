"""Faults with labels: what is wrong, with what, when and how much.

| kind | subject | size | what it does |
|---|---|---|---|
| stuck | a tag | value it hangs at, the tag's unit | the reading no longer moves |
| drift | a tag | offset at full size, the tag's unit | the reading leaves the truth |
| dropout | a tag | 1 | no value, bad quality |
| spike | a tag | jump, the tag's unit | the reading jumps |
| fouling | an exchanger | share by which the clean pressure drop grows | flow and heat transfer resistances grow |
| slip | a compressor | share of its capacity lost, 0 to 1 | the slide valve gives less than it is asked for |
| wear | a pump | 0 to 1 | less head, more slip, vibration and bearing heat |
| leak | a tank | litres an hour | water leaves the loop |

The first four act on an instrument, the others on the physics, so that other tags follow. `drift`
and the physical ones grow from nothing to their size over the first half of their span.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from plant.time import DAY, HOUR, MINUTE, Span


class FaultKind(StrEnum):
    """What can go wrong; see the module's docstring."""

    STUCK = "stuck"
    DRIFT = "drift"
    DROPOUT = "dropout"
    SPIKE = "spike"
    FOULING = "fouling"
    SLIP = "slip"
    WEAR = "wear"
    LEAK = "leak"

    @property
    def physical(self) -> bool:
        """Whether it acts on the plant and not on an instrument."""
        return self in {FaultKind.FOULING, FaultKind.SLIP, FaultKind.WEAR, FaultKind.LEAK}


class Fault(msgspec.Struct, frozen=True):
    """One fault.

    Attributes:
        kind: What is wrong.
        subject: Tag of an instrument fault, asset of a physical one.
        start: When it begins, UTC milliseconds.
        end: When it is gone, UTC milliseconds, not included.
        size: How much, in the unit that the kind has.
    """

    kind: FaultKind
    subject: str
    start: int
    end: int
    size: float = 1.0

    def severity(self, at: int) -> float:
        """Returns the size at a time: growing over the first half of the span, 0 outside of it."""
        if not self.start <= at < self.end:
            return 0.0
        return self.size * min(1.0, 2.0 * (at - self.start) / (self.end - self.start))

    @property
    def span(self) -> Span:
        """When it acts."""
        return Span(self.start, self.end)


SHIFT_LENGTH: Final = 40 * MINUTE
"""How much plant time the scenario `shift` takes."""

WEEK_LENGTH: Final = 7 * DAY
"""How much history the demo plant has when it is built."""


def week_faults(start: int) -> tuple[Fault, ...]:
    """Returns what went wrong in the demo plant's history, which begins at `start` and is built a week later.

    A pump wore out and was overhauled, a bearing thermometer hung two days ago, and the exchanger
    was fouled until a moment ago.
    """
    built = start + WEEK_LENGTH
    return (
        Fault(FaultKind.WEAR, "P-102", built - 84 * HOUR, built - 66 * HOUR, 0.6),
        Fault(FaultKind.STUCK, "P-103.TT-01", built - 49 * HOUR, built - 45 * HOUR, 46.3),
        Fault(FaultKind.FOULING, "E-101", built - 100 * MINUTE, built - 15 * MINUTE, 0.7),
    )


def shift_faults(start: int) -> tuple[Fault, ...]:
    """Returns what goes wrong in the scenario `shift`: the slide valve slips, then a transmitter drops out."""
    return (
        Fault(FaultKind.SLIP, "C-101", start + 4 * MINUTE, start + 18 * MINUTE, 0.2),
        Fault(FaultKind.DROPOUT, "T-101.PT-01", start + 24 * MINUTE, start + 30 * MINUTE),
    )
