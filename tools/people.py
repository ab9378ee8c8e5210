"""What people do to alarms, checked and appended; the command line and the terminal both write through this.

Nothing on the plant is changed, and no record is overwritten: a `PersonEvent` is added, with who and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from plant.annunciation import LONGEST_SHELF, AlarmState
from plant.episodes import ChangeKind, Episode, EpisodeState, Feedback, PersonEvent
from plant.errors import BadInput, did_you_mean
from plant.facts import Refusal
from plant.time import format_duration, to_iso
from tools.annunciator import read_alarms
from tools.subjects import find_subject

if TYPE_CHECKING:
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.annunciator import Alarms

_PLACES = frozenset({ChangeKind.OUT_OF_SERVICE, ChangeKind.IN_SERVICE})


class Deed(msgspec.Struct, frozen=True):
    """What a person wants done.

    Attributes:
        kind: One of `plant.episodes.BY_PEOPLE`.
        target: An alert's id; to acknowledge, an incident's too; for what goes out of service, a tag or asset.
        note: The reason, or a remark.
        lasts: For shelving, how long, milliseconds.
        feedback: For feedback, what is said.
    """

    kind: ChangeKind
    target: str
    note: str = ""
    lasts: int | None = None
    feedback: Feedback | None = None


def check_deed(deed: Deed) -> None:
    """Checks what can be checked before the store is asked.

    Raises:
        BadInput: If a reason is missing, or an alarm would be shelved for too long.
    """
    if deed.kind is ChangeKind.SHELVED:
        if not deed.note.strip():
            raise BadInput("Shelving needs a reason.", hint='Give one, such as "pump is being replaced".')
        if (deed.lasts or 0) > LONGEST_SHELF:
            raise BadInput(
                f"An alarm is shelved for {format_duration(LONGEST_SHELF)} at most.",
                hint="Take its tag out of service if it is to be quiet for longer.",
            )
    if deed.kind is ChangeKind.OUT_OF_SERVICE and not deed.note.strip():
        raise BadInput("Taking out of service needs a reason.", hint='Give one, such as "valve is being overhauled".')


def record(settings: Settings, deed: Deed, now: int) -> list[PersonEvent]:
    """Opens the store of the settings, does a deed, and returns what was written; see `do_deed`.

    Raises:
        BadInput: As `do_deed` does.
        StoreError: If there is no store, or it cannot be written.
    """
    from plant.store.sqlite import open_store

    check_deed(deed)
    open_store(settings.store.path, read_only=True).close()  # a store that is not there is said, not made
    with open_store(settings.store.path) as store:
        return do_deed(store, settings, deed, now)


def do_deed(store: Store, settings: Settings, deed: Deed, now: int) -> list[PersonEvent]:
    """Appends what a person did, as the operator of the settings.

    Args:
        store: The store.
        settings: Who the operator is.
        deed: What is to be done.
        now: Wall clock, UTC milliseconds.

    Raises:
        BadInput: If there is no such alert, tag or asset, or it is not in a state that this can be done in.
        StoreError: If the store cannot be written.
    """
    check_deed(deed)
    alarms = read_alarms(store, settings.alerts, None, now)
    who = settings.plant.operator
    if deed.kind in _PLACES:
        events = [_at_place(store, alarms, deed, who, now)]
    else:
        events = [_at_episode(episode, alarms, deed, who, now) for episode in _targets(store, alarms, deed)]
    for event in events:
        store.add_person_event(event)
    return events


def _targets(store: Store, alarms: Alarms, deed: Deed) -> list[Episode]:
    """Returns the episode, or those of an incident that nobody has acknowledged yet."""
    if episode := alarms.episodes.get(deed.target):
        return [episode]
    incident = alarms.incident(deed.target)
    if incident is None:
        raise no_such_alert(store, alarms, deed.target)
    if deed.kind is not ChangeKind.ACKNOWLEDGED:
        raise BadInput(
            f"{deed.target} is an incident of {len(incident.members)} alerts: it can be acknowledged only.",
            hint=f"Name one of them: millhand alerts show {deed.target} lists them.",
        )
    return [episode for episode in alarms.members(incident) if alarms.status(episode).acknowledged is None]


def no_such_alert(store: Store, alarms: Alarms, target: str) -> BadInput:
    """Returns the error for an id that is none: retracted, misspelled, or a tag."""
    if store.episode_life(target):
        return BadInput(
            f"The alert {target} was taken back: late readings show that it would not have been.",
            hint=f"millhand alerts show {target} says when.",
        )
    of_subject = [e.id for e in alarms.episodes.values() if e.subject.upper() == target.upper()]
    known = [*alarms.episodes, *(incident.id for incident in alarms.annunciation.incidents)]
    hint = f"Its newest alert is {of_subject[0]}." if of_subject else did_you_mean(target, known)
    return BadInput(f"There is no alert {target}.", hint=hint or "See millhand alerts.")


def _at_episode(episode: Episode, alarms: Alarms, deed: Deed, who: str, now: int) -> PersonEvent:
    status = alarms.status(episode)
    what = f"{episode.rule} on {episode.subject}"
    if deed.kind is ChangeKind.UNSHELVED and status.state is not AlarmState.SHELVED:
        raise BadInput(f"{what} is not shelved: it is {status.state}.")
    if deed.kind is ChangeKind.RESET and status.state is not AlarmState.LATCHED:
        stands = episode.state is EpisodeState.OPEN
        hint = "Alarms of tags that latch (millhand tags set TAG latching true) are reset when their condition is gone."
        raise BadInput(f"{what} is not latched: it {'still stands' if stands else f'is {status.state}'}.", hint=hint)
    until = now + deed.lasts if deed.lasts is not None else None
    return PersonEvent(
        episode.id, deed.kind, now, who, deed.note.strip(), until, deed.feedback, episode.rule, episode.subject
    )


def _at_place(store: Store, alarms: Alarms, deed: Deed, who: str, now: int) -> PersonEvent:
    found = find_subject(store.registry(), deed.target) if deed.target else None
    if isinstance(found, Refusal):
        raise BadInput(found.text, hint=found.help)
    if found is None or not (found.name in found.tags or found.name in found.assets):
        raise BadInput(f"{deed.target or 'That'} is not a tag or an asset.", hint="millhand tags list shows all tags.")
    out = alarms.annunciation.out_of_service.get(found.name.upper())
    if deed.kind is ChangeKind.IN_SERVICE and out is None:
        others = ", ".join(event.subject for event in alarms.annunciation.out_of_service.values())
        raise BadInput(f"{found.name} is not out of service.", hint=f"Out of service: {others}." if others else "")
    if deed.kind is ChangeKind.OUT_OF_SERVICE and out is not None:
        raise BadInput(f"{found.name} is out of service already, by {out.who} since {to_iso(out.at)}: {out.note}.")
    return PersonEvent("", deed.kind, now, who, deed.note.strip(), subject=found.name)
