"""What a person wants to do to an alert, from a key or a command, before it is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from plant.annunciation import AlarmState
from plant.episodes import ChangeKind, Feedback
from plant.errors import BadInput, UsageError
from tui.alarms import IncidentLine
from tui.text import one_line, plural

if TYPE_CHECKING:
    from tui.alarms import AlertLine
    from tui.live import Snapshot

DONE: Final = {
    ChangeKind.ACKNOWLEDGED: "Acknowledged",
    ChangeKind.SHELVED: "Shelved",
    ChangeKind.UNSHELVED: "Unshelved",
    ChangeKind.RESET: "Reset",
    ChangeKind.OUT_OF_SERVICE: "Out of service",
    ChangeKind.IN_SERVICE: "In service again",
    ChangeKind.FEEDBACK: "Noted",
}
"""What is said when it was written."""

COMMANDS: Final = {
    "/ack": ChangeKind.ACKNOWLEDGED,
    "/shelve": ChangeKind.SHELVED,
    "/unshelve": ChangeKind.UNSHELVED,
    "/reset": ChangeKind.RESET,
    "/out-of-service": ChangeKind.OUT_OF_SERVICE,
    "/in-service": ChangeKind.IN_SERVICE,
}
"""The commands that do something to an alert, or to a tag or asset."""

_PLACES: Final = frozenset({ChangeKind.OUT_OF_SERVICE, ChangeKind.IN_SERVICE})
_NEEDED: Final = {
    ChangeKind.UNSHELVED: (AlarmState.SHELVED, "is not shelved"),
    ChangeKind.RESET: (AlarmState.LATCHED, "is not latched"),
    ChangeKind.IN_SERVICE: (AlarmState.OUT_OF_SERVICE, "is not out of service"),
}
_STANDING: Final = "standing"


class Wish(NamedTuple):
    """What a person is to confirm.

    Attributes:
        kind: What is to be done.
        target: To what: the id of an alert or an incident, or a tag or asset.
        subject: The same in words.
        about: A line that says more of it.
        feedback: For feedback, what is said.
        note: The reason, as far as it was said.
        lasts: For shelving, how long, as text.
    """

    kind: ChangeKind
    target: str
    subject: str
    about: str = ""
    feedback: Feedback | None = None
    note: str = ""
    lasts: str = "2h"


def wish_for(line: AlertLine | IncidentLine, kind: ChangeKind, feedback: Feedback | None = None) -> Wish:
    """Returns what is to be done to a line of the list.

    Raises:
        BadInput: If it is not in a state that this can be done in.
    """
    if isinstance(line, IncidentLine):
        if kind is not ChangeKind.ACKNOWLEDGED:
            raise BadInput("An incident can be acknowledged only.", hint="Enter shows its alerts.")
        return Wish(kind, line.incident.id, f"an incident of {plural(len(line.alerts), 'alert')}")
    episode, status = line.episode, line.status
    needed, text = _NEEDED.get(kind, (status.state, ""))
    if status.state is not needed:
        hint = "It can be reset when its condition is gone." if kind is ChangeKind.RESET and line.standing else ""
        raise BadInput(f"{one_line(episode.subject)} {text}.", hint=hint)
    if kind not in _PLACES:
        return Wish(kind, episode.id, episode.subject, line.reason, feedback)
    place = status.by.subject if kind is ChangeKind.IN_SERVICE and status.by else episode.subject
    return Wish(kind, place, place)


def typed_wish(name: str, arguments: tuple[str, ...], snapshot: Snapshot | None) -> Wish:
    """Returns what a command such as `/shelve TAG 2h` wants; the tag may be left out where one alert fits.

    Raises:
        UsageError: If no alert fits, or several do, or a tag is missing.
    """
    kind = COMMANDS[name]
    subject, *rest = arguments or ("",)
    if kind in _PLACES:
        if not subject:
            raise UsageError(f"{name} needs a tag or an asset.", hint=f"Write it like {name} P-101.")
        return Wish(kind, subject, subject, note=" ".join(rest))
    needed, _ = _NEEDED.get(kind, (None, ""))
    fitting = [
        alert
        for alert in (snapshot.alerts if snapshot else ())
        if (alert.standing if needed is None else alert.status.state is needed)
    ]
    found = [a for a in fitting if subject.upper() in {"", a.episode.subject.upper(), a.episode.id.upper()}]
    if len(found) != 1:
        names = ", ".join(dict.fromkeys(alert.episode.subject for alert in found or fitting))
        what = f"{plural(len(found), f'{needed or _STANDING} alert')} {f'of {subject}' if subject else ''}".strip()
        raise UsageError(f"There are {what}.", hint=f"Name one: {name} TAG, of {names}." if names else "")
    return wish_for(found[0], kind)._replace(lasts=" ".join(rest) or "2h")
