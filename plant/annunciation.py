"""What an alarm is to people: a pure function of its episodes, of what people did, the registry and a time.

An *alarm* is a rule on a tag or an asset; an *episode* is one time that it stood. The newest episode of an
alarm carries the alarm's state; earlier ones that are over are history, `normal`. Nobody stores a state.

| state | while | and goes to |
|---|---|---|
| `normal` | nothing is left to do | `unacknowledged` when an episode opens |
| `unacknowledged` | it stands, nobody took note | `acknowledged` by a person; `returned` when it is over |
| `acknowledged` | it stands, somebody took note | `normal` when it is over; `latched` where its tag latches |
| `returned` | it is over, nobody took note | `normal` by a person's acknowledgement |
| `latched` | it is over and its tag latches | `normal` by a person's reset |
| `shelved` | a person put the alarm aside | the state above that fits, at its time, or by a person |
| `suppressed` | a standing alert explains it | the state above that fits, when that alert is over |
| `out-of-service` | its tag or asset is | the state above that fits, when that is back in service |

The last three hide an alarm; where several apply, `out-of-service` outranks `shelved`, that outranks `suppressed`.
An episode that was over while it was hidden needs no acknowledgement afterwards. One that stands because the
quality of its tag is bad stands like any other.

An alert of what is out of service suppresses nothing. What explains what is in `plant/suppression.py`; floods and
chattering are in `plant/floods.py`. Source of the states: ANSI/ISA-18.2-2016 and IEC 62682:2014.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from plant.episodes import ChangeKind, Episode, EpisodeState, PersonEvent
from plant.floods import Incident, by_begin, find_chattering, find_incidents
from plant.suppression import Causes, places_of
from plant.time import HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plant.registry import Registry
    from plant.settings import AlertSettings

LONGEST_SHELF: Final = 24 * HOUR
"""An alarm that is to be quiet for longer is taken out of service instead."""


class AlarmState(StrEnum):
    """What an alarm is to people; the table is in the module's docstring."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    LATCHED = "latched"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out-of-service"


HIDDEN: Final = frozenset({AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE})
"""States of alarms that are not annunciated; they are counted, and shown when asked for."""

WAITING: Final = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED, AlarmState.LATCHED})
"""States that wait for a person."""


class Status(msgspec.Struct, frozen=True):
    """What one episode is to people.

    Attributes:
        state: The state.
        by: The event that made it so, with who, why and until when: for `acknowledged`, `shelved` and `out-of-service`.
        acknowledged: Who took note of the episode, whatever its state; None if nobody did.
        suppressed_by: For `suppressed`, the id of the alert that explains it.
        incident: Id of the flood it belongs to; empty when none.
        chattering: Whether its alarm opened again and again around it.
        feedback: What people said of it last; None when nobody did.
    """

    state: AlarmState
    by: PersonEvent | None = None
    acknowledged: PersonEvent | None = None
    suppressed_by: str = ""
    incident: str = ""
    chattering: bool = False
    feedback: PersonEvent | None = None

    @property
    def hidden(self) -> bool:
        """Whether it is not annunciated."""
        return self.state in HIDDEN


class Annunciation(msgspec.Struct, frozen=True):
    """The alarms of a plant at one time.

    Attributes:
        statuses: By episode id; an episode that is not there is pending.
        incidents: Floods, oldest first.
        out_of_service: By tag or asset in capitals, the event that took it out.
        annunciated: Ids of the episodes that were shown when they opened, in the order they did.
    """

    statuses: dict[str, Status]
    incidents: tuple[Incident, ...] = ()
    out_of_service: dict[str, PersonEvent] = {}
    annunciated: tuple[str, ...] = ()


def annunciate(
    episodes: Iterable[Episode], events: Sequence[PersonEvent], registry: Registry, settings: AlertSettings, now: int
) -> Annunciation:
    """Says what each episode is to people at a time.

    Args:
        episodes: All that stand, and those that are over from well before what is to be shown: a flood that
            began before the first of them would look shorter.
        events: What people did, as the store gives it; what is later than `now` is not looked at.
        registry: Says which tags latch, and which alerts explain which.
        settings: What a flood is.
        now: UTC milliseconds.
    """
    opened = sorted((e for e in episodes if e.opened_at is not None), key=by_begin)
    people = _People(opened, [event for event in events if event.at <= now])
    causes = Causes(opened, registry, people.outage)
    explained = causes.now(now)
    annunciated = [e for e in opened if not (people.hides(e, e.begun_at) or causes.at(e, e.begun_at))]
    incidents = find_incidents(annunciated, settings, now)
    incident_of = {member: incident.id for incident in incidents for member in incident.members}
    newest = {episode.alarm: episode.id for episode in opened}
    chattering = find_chattering(opened)
    statuses = {}
    for episode in opened:
        state, by = AlarmState.NORMAL, None
        if episode.state is EpisodeState.OPEN or newest[episode.alarm] == episode.id:
            state, by = _state(episode, people, causes, explained, registry, now)
        statuses[episode.id] = Status(
            state,
            by,
            people.acknowledged.get(episode.id),
            explained[episode.id] if state is AlarmState.SUPPRESSED else "",
            incident_of.get(episode.id, ""),
            episode.id in chattering,
            people.feedback.get(episode.id),
        )
    shown = tuple(episode.id for episode in annunciated)
    return Annunciation(statuses, incidents, people.out_of_service(now), shown)


def _state(
    episode: Episode, people: _People, causes: Causes, explained: dict[str, str], registry: Registry, now: int
) -> tuple[AlarmState, PersonEvent | None]:
    """Returns the state of an alarm by the episode that carries it, and the person's event that made it so."""
    if outage := people.outage(episode, now):
        return AlarmState.OUT_OF_SERVICE, outage
    if shelf := people.shelf(episode, now):
        return AlarmState.SHELVED, shelf
    acknowledged = people.acknowledged.get(episode.id)
    if episode.state is EpisodeState.OPEN:
        if episode.id in explained:
            return AlarmState.SUPPRESSED, None
        return (AlarmState.ACKNOWLEDGED if acknowledged else AlarmState.UNACKNOWLEDGED), acknowledged
    end = episode.begun_at if episode.closed_at is None else episode.closed_at
    if people.was_reset(episode, end):
        return AlarmState.NORMAL, None
    sensor = registry.get(episode.tag) if episode.tag else None
    if sensor and sensor.latching:
        return AlarmState.LATCHED, None
    seen = acknowledged or people.hides(episode, end) or causes.at(episode, end)
    return (AlarmState.NORMAL if seen else AlarmState.RETURNED), None


class _Interval(msgspec.Struct, frozen=True):
    """A time that a person's event was in force; `end` not included, None while it has none."""

    event: PersonEvent
    end: int | None

    def holds(self, at: int) -> bool:
        return self.event.at <= at and (self.end is None or at < self.end)


class _People:
    """What people did, by what it concerns."""

    def __init__(self, opened: Sequence[Episode], events: Sequence[PersonEvent]) -> None:
        self.acknowledged: dict[str, PersonEvent] = {}
        self.feedback: dict[str, PersonEvent] = {}
        self._reset: dict[str, int] = {}
        alarms = {episode.id: episode.alarm for episode in opened}
        aside: dict[tuple[str, str], list[PersonEvent]] = {}
        out: dict[str, list[PersonEvent]] = {}
        for event in sorted(events, key=lambda event: event.at):
            if event.kind is ChangeKind.ACKNOWLEDGED:
                self.acknowledged[event.episode_id] = event
            elif event.kind is ChangeKind.FEEDBACK:
                self.feedback[event.episode_id] = event
            elif event.kind is ChangeKind.RESET:
                self._reset[event.episode_id] = event.at
            elif event.kind in {ChangeKind.SHELVED, ChangeKind.UNSHELVED}:
                alarm = (event.rule, event.subject) if event.rule else alarms.get(event.episode_id)
                if alarm is not None:
                    aside.setdefault(alarm, []).append(event)
            else:
                out.setdefault(event.subject.upper(), []).append(event)
        self._shelves = {alarm: _intervals(one, ChangeKind.SHELVED) for alarm, one in aside.items()}
        self._outages = {subject: _intervals(one, ChangeKind.OUT_OF_SERVICE) for subject, one in out.items()}

    def shelf(self, episode: Episode, at: int) -> PersonEvent | None:
        """Returns the event that has an episode's alarm shelved at a time."""
        return _in_force(self._shelves.get(episode.alarm, ()), at)

    def outage(self, episode: Episode, at: int) -> PersonEvent | None:
        """Returns the event that has an episode's tag or asset out of service at a time."""
        found = (_in_force(self._outages.get(place, ()), at) for place in places_of(episode))
        return next((event for event in found if event), None)

    def out_of_service(self, at: int) -> dict[str, PersonEvent]:
        """Returns, by tag or asset in capitals, the event that has it out of service at a time."""
        found = ((place, _in_force(intervals, at)) for place, intervals in self._outages.items())
        return {place: event for place, event in found if event}

    def was_reset(self, episode: Episode, end: int) -> bool:
        """Whether an episode was reset after its end: before, there is nothing to reset."""
        at = self._reset.get(episode.id)
        return at is not None and at >= end

    def hides(self, episode: Episode, at: int) -> bool:
        """Whether an episode's alarm is shelved or out of service at a time."""
        return bool(self.outage(episode, at) or self.shelf(episode, at))


def shelf_end(event: PersonEvent) -> int:
    """Returns when a shelved alarm comes back by itself: it always does, whatever the event says."""
    longest = event.at + LONGEST_SHELF
    return longest if event.until is None else min(event.until, longest)


def _intervals(events: Sequence[PersonEvent], beginning: ChangeKind) -> list[_Interval]:
    """Returns the times that events of one kind were in force: until the next event, and their own limit."""
    found = []
    for event, after in zip(events, [*events[1:], None], strict=True):
        ends = [after.at] if after else []
        ends += [shelf_end(event)] if beginning is ChangeKind.SHELVED else []
        if event.kind is beginning:
            found.append(_Interval(event, min(ends, default=None)))
    return found


def _in_force(intervals: Iterable[_Interval], at: int) -> PersonEvent | None:
    return next((interval.event for interval in intervals if interval.holds(at)), None)
