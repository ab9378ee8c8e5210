"""Alerts that other alerts explain: they are suppressed while those stand.

An alert is explained by a standing one of another tag or asset that its own tag names (`Sensor.suppressed_by`). A
process alert that opened since the instrument of its tag is faulty is explained by that fault; one that stood before
goes on. Where alerts explain each other in a circle, the first to open is shown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from math import inf
from typing import TYPE_CHECKING

from plant.episodes import EpisodeKind, EpisodeState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from plant.episodes import Episode
    from plant.registry import Registry


class _Place:
    """The episodes of a tag or an asset in the order they opened, to be asked which stood at a time."""

    def __init__(self) -> None:
        self._episodes: list[Episode] = []
        self._latest_end: list[float] = []  # of an episode and all before it

    def add(self, episode: Episode) -> None:
        """Adds an episode that opened after those that are there."""
        self._latest_end.append(max(_end(episode), self._latest_end[-1] if self._episodes else -inf))
        self._episodes.append(episode)

    def stood(self, at: int) -> Iterator[Episode]:
        """Yields the episodes that had opened before a time and stood at it."""
        number = bisect_left(self._episodes, at, key=lambda episode: episode.begun_at)
        while number and self._latest_end[number - 1] > at:
            number -= 1
            if _end(self._episodes[number]) > at:
                yield self._episodes[number]


class Causes:
    """Which alerts explain which.

    Args:
        opened: Episodes in the order they opened.
        registry: Says which tags and assets explain a tag's alerts.
        out: Says whether an episode is out of service at a time: then it explains nothing.
    """

    def __init__(self, opened: Sequence[Episode], registry: Registry, out: Callable[[Episode, int], object]) -> None:
        self._opened = opened
        self._registry = registry
        self._out = out
        self._places: defaultdict[str, _Place] = defaultdict(_Place)
        for episode in opened:
            for place in places_of(episode):
                self._places[place].add(episode)

    def at(self, episode: Episode, at: int) -> bool:
        """Whether an alert explained an episode that stood at a time, circles not looked at."""
        causes = self._explaining(episode, lambda place: self._places[place].stood(at))
        return any(not self._out(cause, at) for cause in causes)

    def now(self, now: int) -> dict[str, str]:
        """Returns, by its id, the alert that explains one that stands: what nothing explains is shown first of all."""
        standing = [e for e in self._opened if e.state is EpisodeState.OPEN and not self._out(e, now)]
        of_place: defaultdict[str, list[Episode]] = defaultdict(list)
        for episode in standing:
            for place in places_of(episode):
                of_place[place].append(episode)
        effects: dict[str, list[str]] = {episode.id: [] for episode in standing}
        caused = set()
        for episode in standing:
            for cause in self._explaining(episode, lambda place: of_place[place]):
                effects[cause.id].append(episode.id)
                caused.add(episode.id)
        explained: dict[str, str] = {}
        shown: set[str] = set()
        for root in sorted(effects, key=lambda episode_id: episode_id in caused):  # then what is left: circles
            if root in explained:
                continue
            shown.add(root)
            reached = [root]
            while reached:
                cause_id = reached.pop()
                new = [effect for effect in effects[cause_id] if effect not in explained and effect not in shown]
                explained |= dict.fromkeys(new, cause_id)
                reached += new
        return explained

    def _explaining(self, episode: Episode, of_place: Callable[[str], Iterable[Episode]]) -> Iterator[Episode]:
        """Yields the alerts of some that explain an episode.

        Args:
            episode: The episode.
            of_place: Gives the alerts in question of a tag or an asset, in capitals.
        """
        if not episode.tag:
            return
        sensor = self._registry.get(episode.tag)
        for place in sorted({place.upper() for place in sensor.suppressed_by}) if sensor else ():
            yield from (cause for cause in of_place(place) if cause.tag != episode.tag)
        if episode.kind is EpisodeKind.PROCESS:
            for fault in of_place(episode.tag.upper()):
                of_it = fault.kind is EpisodeKind.INSTRUMENT and fault.tag == episode.tag
                if of_it and fault.pending_at <= episode.begun_at:
                    yield fault


def _end(episode: Episode) -> float:
    return inf if episode.closed_at is None else episode.closed_at


def places_of(episode: Episode) -> list[str]:
    """Returns the tag and the asset of an episode, in capitals, those that it has."""
    return [place.upper() for place in (episode.tag, episode.asset) if place]
