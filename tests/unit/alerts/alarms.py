"""Episodes, people's events and a clock for tests of alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plant.annunciation import Annunciation, annunciate
from plant.episodes import ChangeKind, Episode, EpisodeKind, EpisodeState, PersonEvent, Priority, episode_id
from plant.registry import Registry
from plant.settings import AlertSettings
from plant.time import HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = 20_000 * 24 * HOUR


def stood(tag: str, begin: int, end: int | None = None, *, rule: str = "limit.high", **more: Any) -> Episode:
    """An episode that opened at `begin`, over at `end` or standing; times are relative to `NOW`."""
    asset = more.pop("asset", "")
    more.setdefault("kind", EpisodeKind.PROCESS)
    return Episode(
        id=episode_id(rule, tag or asset, NOW + begin),
        rule=rule,
        tag=tag,
        asset=asset,
        priority=Priority.MEDIUM,
        state=EpisodeState.OPEN if end is None else EpisodeState.CLOSED,
        pending_at=NOW + begin,
        opened_at=NOW + begin,
        closed_at=None if end is None else NOW + end,
        **more,
    )


def fault(tag: str, begin: int, end: int | None = None) -> Episode:
    """An instrument's fault."""
    return stood(tag, begin, end, rule="stuck", kind=EpisodeKind.INSTRUMENT)


def did(kind: ChangeKind, to: Episode | str, at: int, **more: Any) -> PersonEvent:
    """What a person did to an episode, or to a tag or asset; times are relative to `NOW`."""
    if (until := more.pop("until", None)) is not None:
        more["until"] = NOW + until
    if isinstance(to, str):
        return PersonEvent("", kind, NOW + at, "ann", "because", subject=to, **more)
    return PersonEvent(to.id, kind, NOW + at, "ann", "because", rule=to.rule, subject=to.subject, **more)


def seen(
    episodes: Sequence[Episode], events: Sequence[PersonEvent] = (), registry: Registry | None = None, *, at: int = 0
) -> Annunciation:
    """What the episodes are to people, `at` milliseconds after `NOW`."""
    return annunciate(episodes, events, registry or Registry(), AlertSettings(), NOW + at)
