"""Too many alarms at once, and one alarm again and again.

A **flood** is more than `alerts.flood_count` alarms opened within `alerts.flood_ms`; they are one incident, until fewer
than half as many opened within that time. A **chattering** alarm opened `CHATTER_COUNT` times within `CHATTER_MS`.

Source of a flood's begin (more than 10 in 10 minutes) and end (fewer than 5): ANSI/ISA-18.2-2016 and IEC 62682:2014.
They take three activations in a minute for chattering; with the registry's usual delays an alarm opens every three
minutes at most, so we look at the same ten minutes as for a flood.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from plant.time import MINUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plant.episodes import Episode
    from plant.settings import AlertSettings

CHATTER_COUNT: Final = 3
CHATTER_MS: Final = 10 * MINUTE


class Incident(msgspec.Struct, frozen=True):
    """A flood of alarms, shown as one.

    Attributes:
        id: From its first episode; stays while the flood grows.
        members: Ids of its episodes in the order they opened; the first is the first-out.
        begun_at: When the first one opened, UTC milliseconds.
        ended_at: When the rate had fallen below half of a flood's; None while it goes on.
    """

    id: str
    members: tuple[str, ...]
    begun_at: int
    ended_at: int | None = None


def find_incidents(opened: Sequence[Episode], settings: AlertSettings, now: int) -> tuple[Incident, ...]:
    """Returns the floods among episodes that were annunciated, oldest first.

    Args:
        opened: The episodes in the order they opened.
        settings: How many within how long are a flood.
        now: UTC milliseconds; a flood that ends later goes on.
    """
    kept = -(-settings.flood_count // 2)  # a flood of fewer than half as many is over
    recent: deque[Episode] = deque()
    floods: list[list[Episode]] = []
    flooding = False
    for episode in opened:
        at = episode.begun_at
        if flooding and floods[-1][-kept].begun_at + settings.flood_ms <= at:
            flooding = False
            recent.clear()
        recent.append(episode)
        while recent[0].begun_at + settings.flood_ms <= at:
            recent.popleft()
        if flooding:
            floods[-1].append(episode)
        elif len(recent) > settings.flood_count:
            floods.append(list(recent))
            flooding = True
    return tuple(_incident(members, members[-kept].begun_at + settings.flood_ms, now) for members in floods)


def _incident(members: Sequence[Episode], end: int, now: int) -> Incident:
    first = members[0]
    return Incident(
        f"in-{first.id.removeprefix('ep-')}",
        tuple(episode.id for episode in members),
        first.begun_at,
        end if end <= now else None,
    )


def find_chattering(opened: Sequence[Episode]) -> frozenset[str]:
    """Returns the ids of the episodes whose alarm opened `CHATTER_COUNT` times within `CHATTER_MS`.

    Args:
        opened: The episodes in the order they opened.
    """
    by_alarm: dict[tuple[str, str], list[Episode]] = {}
    for episode in opened:
        by_alarm.setdefault(episode.alarm, []).append(episode)
    found: set[str] = set()
    for one in by_alarm.values():
        for first in range(len(one) - CHATTER_COUNT + 1):
            run = one[first : first + CHATTER_COUNT]
            if run[-1].begun_at - run[0].begun_at <= CHATTER_MS:
                found |= {episode.id for episode in run}
    return frozenset(found)


def by_begin(episode: Episode) -> tuple[int, str]:
    """Returns what sorts episodes in the order they opened."""
    return episode.begun_at, episode.id
