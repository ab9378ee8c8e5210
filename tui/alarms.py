"""Alerts as the terminal lists them: what waits for a person first, floods folded into one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from plant.annunciation import AlarmState, Status
from plant.episodes import Episode, EpisodeState
from plant.floods import Incident

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plant.alert_words import AlertWords
    from tools.annunciator import Alarms

_DONE_SHOWN: Final = 20
_RANKS: Final = {
    AlarmState.UNACKNOWLEDGED: 0,
    AlarmState.ACKNOWLEDGED: 1,
    AlarmState.LATCHED: 2,
    AlarmState.RETURNED: 3,
    AlarmState.SHELVED: 4,
    AlarmState.SUPPRESSED: 5,
    AlarmState.OUT_OF_SERVICE: 6,
    AlarmState.NORMAL: 7,
}
"""Where an alert stands in the list, by its state."""


class AlertLine(msgspec.Struct, frozen=True):
    """One alert, and what it is to people.

    Attributes:
        episode: The alert.
        status: Its state, who made it so, what explains it, its incident.
        reason: Why it is one, in the operator's language.
        cause: For a suppressed one, the tag or asset whose alert explains it.
    """

    episode: Episode
    status: Status
    reason: str = ""
    cause: str = ""

    @property
    def standing(self) -> bool:
        """Whether it is open and annunciated."""
        return self.episode.state is EpisodeState.OPEN and not self.status.hidden


class IncidentLine(msgspec.Struct, frozen=True):
    """A flood, and its alerts in the order they opened; the first is the first-out."""

    incident: Incident
    alerts: tuple[AlertLine, ...]

    @property
    def unacknowledged(self) -> int:
        """How many of its alerts stand and nobody took note of."""
        return sum(alert.status.state is AlarmState.UNACKNOWLEDGED for alert in self.alerts)

    @property
    def standing(self) -> int:
        """How many of its alerts stand and are annunciated."""
        return sum(alert.standing for alert in self.alerts)


def order_alerts(alarms: Alarms, words: AlertWords, since: int) -> tuple[AlertLine, ...]:
    """Returns alerts in the order they are shown: what waits for a person first.

    Unacknowledged ones, then acknowledged ones, the oddest first; those that are over and wait for an
    acknowledgement or a reset, the newest first; those put aside; the last of those that are done.

    Args:
        alarms: The alarms of the store.
        words: Say the reasons.
        since: Alerts that were over before are left out, but for latched ones; UTC milliseconds.
    """
    found: dict[int, list[AlertLine]] = {}
    for episode in alarms.episodes.values():
        status = alarms.status(episode)
        latched = status.state is AlarmState.LATCHED
        if episode.closed_at is None or episode.closed_at >= since or latched:
            found.setdefault(_RANKS[status.state], []).append(
                AlertLine(episode, status, words.reason(episode), alarms.cause(episode))
            )
    for rank, lines in found.items():
        lines.sort(key=_oddest_first if rank < _RANKS[AlarmState.LATCHED] else _newest_first)
    done = found.get(_RANKS[AlarmState.NORMAL], [])
    del done[_DONE_SHOWN:]
    return tuple(line for rank in sorted(found) for line in found[rank])


def find_incidents(alarms: Alarms, alerts: Iterable[AlertLine]) -> tuple[IncidentLine, ...]:
    """Returns the floods that some alerts belong to, the newest first."""
    shown = {alert.episode.id: alert for alert in alerts}
    lines = (
        IncidentLine(incident, tuple(shown[member] for member in incident.members if member in shown))
        for incident in reversed(alarms.annunciation.incidents)
    )
    return tuple(line for line in lines if line.alerts)


def _oddest_first(line: AlertLine) -> tuple[float, int]:
    return -line.episode.score, -line.episode.pending_at


def _newest_first(line: AlertLine) -> tuple[float, int]:
    return -float(line.episode.closed_at or line.episode.pending_at), -line.episode.pending_at
