"""What late readings do to episodes: those told before, beside those that judging again gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plant.episodes import ChangeKind, EpisodeChange, EpisodeState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plant.episodes import Episode


def reconcile(
    rows: Iterable[Episode], told: Iterable[Episode], changes: Sequence[EpisodeChange], since: int
) -> list[EpisodeChange]:
    """Returns the changes that turn the episode table into what judging again gives.

    Judging is causal: an episode that was closed before the oldest new reading is as it was.

    Args:
        rows: The episodes in the table that stand, or closed at `since` or later.
        told: Those under way where judging began again, as told until then.
        changes: What judging again gave, in its order.
        since: Time of the oldest new reading, UTC milliseconds.
    """
    before = {episode.id: episode for episode in rows}
    after = {episode.id: episode for episode in told} | {change.episode.id: change.episode for change in changes}
    retracted = [EpisodeChange(ChangeKind.RETRACTED, row) for name, row in before.items() if name not in after]
    changed = [
        EpisodeChange(_kind(before[name], episode), episode)
        for name, episode in after.items()
        if name in before and episode != before[name]
    ]
    new = {
        name
        for name, episode in after.items()
        if name not in before and (episode.closed_at is None or episode.closed_at >= since)
    }
    return retracted + changed + [change for change in changes if change.episode.id in new]


def _kind(before: Episode, after: Episode) -> ChangeKind:
    """Says what happened to an episode, as if it had been judged once; `amended` where nothing else fits."""
    if before.state is EpisodeState.OPEN and after.state is EpisodeState.CLOSED:
        return ChangeKind.CLOSED
    same_beginning = before.state is EpisodeState.OPEN and before.opened_at == after.opened_at
    return ChangeKind.UPDATED if same_beginning else ChangeKind.AMENDED
