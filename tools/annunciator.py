"""The alarms of a store at a time: what it holds, put before `plant.annunciation`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from plant.annunciation import HIDDEN, Annunciation, annunciate
from plant.episodes import EpisodeState
from plant.time import DAY, Span

if TYPE_CHECKING:
    from plant.annunciation import Status
    from plant.episodes import Episode
    from plant.floods import Incident
    from plant.settings import AlertSettings
    from plant.store.contract import Store

_BEFORE: Final = DAY
"""How far back from what is shown episodes are looked at: a flood or a chatter that began there is seen whole."""


class Alarms(NamedTuple):
    """Episodes that were opened, and what each is to people.

    Attributes:
        episodes: By id, those asked for and those before them.
        annunciation: Their states, and the floods.
    """

    episodes: dict[str, Episode]
    annunciation: Annunciation

    def status(self, episode: Episode) -> Status:
        """Returns what an opened episode is to people."""
        return self.annunciation.statuses[episode.id]

    def cause(self, episode: Episode) -> str:
        """Returns the tag or asset whose alert explains a suppressed one; empty for others."""
        cause = self.episodes.get(self.status(episode).suppressed_by)
        return cause.subject if cause else ""

    def incident(self, incident_id: str) -> Incident | None:
        """Returns a flood by its id, or None."""
        return next((one for one in self.annunciation.incidents if one.id == incident_id), None)

    def members(self, incident: Incident) -> list[Episode]:
        """Returns the episodes of a flood in the order they opened."""
        return [self.episodes[member] for member in incident.members]

    def hides(self, episode: Episode) -> bool:
        """Whether an episode stands and is not annunciated."""
        return episode.state is EpisodeState.OPEN and self.status(episode).state in HIDDEN


def read_alarms(store: Store, settings: AlertSettings, span: Span | None, now: int) -> Alarms:
    """Reads the alarms of a store.

    Args:
        store: The store.
        settings: What a flood is.
        span: What is to be shown, in source time; None for all there is. Those that stand, and those of tags
            that latch, are there however old they are.
        now: UTC milliseconds.

    Raises:
        StoreError: If the store cannot be read.
    """
    registry = store.registry()
    wide = None if span is None else Span(span.start - _BEFORE, span.end)
    found = [*store.episodes(span=wide), *store.episodes(standing=True)]
    for sensor in registry:
        if sensor.latching and span is not None:
            found += store.episodes(subject=sensor.tag)
    episodes = {episode.id: episode for episode in found}
    return Alarms(episodes, annunciate(episodes.values(), store.person_events(), registry, settings, now))
