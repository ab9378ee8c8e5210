"""The verbs of `millhand alerts` that say what a person did: acknowledge, shelve, reset, feedback, out of service.

Each appends an event that carries who and when; nothing is overwritten, and nothing on the plant is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from plant.episodes import ChangeKind, Feedback
from plant.time import now_ms, parse_duration, to_iso
from tui.cli.common import JsonFlag, StoreOption, print_json, settings_from, talk, to_second

if TYPE_CHECKING:
    from plant.episodes import PersonEvent
    from tools.people import Deed

_Id = Annotated[str, typer.Argument(metavar="ID", help="The alert, as the list shows it.")]
_Place = Annotated[str, typer.Argument(metavar="TAG|ASSET", help="A tag, or an asset with all its tags.")]
_Note = Annotated[str, typer.Option("--note", "--why", help="A note.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs to a group."""
    for verb in (ack, shelve, unshelve, reset, feedback):
        app.command()(verb)
    app.command(name="out-of-service")(out_of_service)
    app.command(name="in-service")(in_service)


def ack(
    target: Annotated[str, typer.Argument(metavar="ID", help="An alert, or an incident for all its alerts.")],
    note: _Note = "",
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Acknowledge an alert: somebody has seen it.

    Examples: millhand alerts ack ep-1f2e3d4c5b6a
              millhand alerts ack in-1f2e3d4c5b6a --note "whole unit tripped"
    """
    from tools.people import Deed

    events = _do(Deed(ChangeKind.ACKNOWLEDGED, target, note), store, as_json)
    if len(events) == 1:
        talk(f"{events[0].episode_id} is acknowledged by {events[0].who}.")
    elif events:
        talk(f"{len(events)} alerts of {target} are acknowledged.")
    else:
        talk(f"All alerts of {target} were acknowledged before.")


def shelve(
    target: _Id,
    why: Annotated[str, typer.Option(help="The reason; shelving needs one.")],
    duration: Annotated[str, typer.Option("--for", metavar="DURATION", help="How long, 24h at most.")] = "2h",
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Shelve an alarm for a time; it comes back by itself.

    This alert, and others of its rule on its tag.

    Example: millhand alerts shelve ep-1f2e3d4c5b6a --for 2h --why "pump is being replaced"
    """
    from tools.people import Deed

    (event,) = _do(Deed(ChangeKind.SHELVED, target, why, lasts=parse_duration(duration)), store, as_json)
    talk(
        f"{event.rule} on {event.subject} is shelved by {event.who} until {to_second(to_iso(event.until or event.at))}."
    )


def unshelve(target: _Id, note: _Note = "", as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """Bring a shelved alarm back before its time.

    Example: millhand alerts unshelve ep-1f2e3d4c5b6a
    """
    from tools.people import Deed

    (event,) = _do(Deed(ChangeKind.UNSHELVED, target, note), store, as_json)
    talk(f"{event.rule} on {event.subject} is back.")


def reset(target: _Id, note: _Note = "", as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """Reset a latched alarm whose condition is gone.

    Alarms latch on tags with `millhand tags set TAG latching true`.

    Example: millhand alerts reset ep-1f2e3d4c5b6a --note "checked on site"
    """
    from tools.people import Deed

    (event,) = _do(Deed(ChangeKind.RESET, target, note), store, as_json)
    talk(f"{event.rule} on {event.subject} is reset by {event.who}.")


def feedback(
    target: _Id,
    said: Annotated[Feedback, typer.Argument(metavar="right|harmless|wrong|bad-data", help="What it was.")],
    note: _Note = "",
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Say what an alert was: right, or one of three kinds of no.

    harmless: it was real but did no harm; wrong: the detector was wrong; bad-data: the data were bad.
    `millhand alerts tune` learns from it.

    Example: millhand alerts feedback ep-1f2e3d4c5b6a harmless --note "start-up"
    """
    from tools.people import Deed

    (event,) = _do(Deed(ChangeKind.FEEDBACK, target, note, feedback=said), store, as_json)
    talk(f"Noted as {event.who}: {event.episode_id} was {said.value}.")


def out_of_service(
    place: _Place,
    why: Annotated[str, typer.Option(help="The reason; it needs one.")],
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Take a tag or an asset out of service, without limit.

    Its alarms are not shown until it is back.

    Example: millhand alerts out-of-service P-102 --why "pump is in the workshop"
    """
    from tools.people import Deed

    (event,) = _do(Deed(ChangeKind.OUT_OF_SERVICE, place, why), store, as_json)
    talk(f"{event.subject} is out of service, by {event.who}.")


def in_service(place: _Place, note: _Note = "", as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """Put a tag or an asset back in service.

    Example: millhand alerts in-service P-102
    """
    from tools.people import Deed

    (event,) = _do(Deed(ChangeKind.IN_SERVICE, place, note), store, as_json)
    talk(f"{event.subject} is in service again.")


def _do(deed: Deed, store: str | None, as_json: bool) -> list[PersonEvent]:
    """Does a deed, and prints what was written where that is wanted."""
    from tools.alert_rows import event_row
    from tools.people import record

    events = record(settings_from(store=store), deed, now_ms())
    if as_json:
        print_json([event_row(event) for event in events])
    return events
