"""A reading: one value of one tag at one source time, with a quality."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class Quality(IntEnum):
    """How far a value may be trusted: the three codes of Sparkplug B.

    Source: Eclipse Sparkplug 3.0, "Quality" property of a metric.
    """

    BAD = 0
    GOOD = 192
    STALE = 500


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One value of one tag.

    Attributes:
        tag: The sensor's plant name, `CW-100.TT-02`.
        ts: Time at the source, UTC milliseconds.
        value: The value in the registry's unit; None when nothing was measured, never 0 for that.
        quality: One of `Quality`; never `GOOD` where value is None.
        unit: The unit the message names, if it does.
        seq: The message's sequence number, if it has one.
        historical: Whether it was recorded while its sender was cut off and comes after the fact: stored, however
            old, and shown in trends; no rule judges it.
    """

    tag: str
    ts: int
    value: float | None
    quality: int = Quality.GOOD
    unit: str | None = None
    seq: int | None = None
    historical: bool = False

    @property
    def good(self) -> bool:
        """Whether the value may be judged: present and of good quality."""
        return self.quality == Quality.GOOD and self.value is not None
