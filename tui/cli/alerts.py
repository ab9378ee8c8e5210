"""`millhand alerts`: list alerts; acknowledge or shelve one.

What a person does is appended as an event that carries who and when; nothing is overwritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.episodes import ChangeKind, PersonEvent
from plant.errors import BadInput, ExitCode, did_you_mean
from plant.time import format_duration, now_ms, parse_duration
from tui.cli.common import JsonFlag, StoreOption, print_json, settings_from, talk, verb_group

if TYPE_CHECKING:
    from plant.settings import Settings

app = verb_group()

_Id = Annotated[str, typer.Argument(metavar="ID", help="The alert, as the list shows it.")]


@app.callback(invoke_without_command=True)
def list_alerts(
    context: typer.Context,
    subject: Annotated[str, typer.Option("--on", metavar="TAG", help="Only those of a tag, asset or area.")] = "",
    standing: Annotated[bool, typer.Option("--standing", help="Only those that stand now.")] = False,
    last: Annotated[
        str, typer.Option("--last", metavar="DURATION", help="How far back from the newest reading.")
    ] = "24h",
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """List the alerts of the last day, those that stand first, and what is not watched at all.

    Examples: millhand alerts --standing
              millhand alerts ack ep-1f2e3d4c5b6a
              millhand alerts shelve ep-1f2e3d4c5b6a --for 2h --why "pump is being replaced"
    """
    if context.invoked_subcommand:
        return
    data = _found(settings_from(store=store), subject, standing, parse_duration(last))
    refusal = data["refusal"]
    if as_json:
        print_json(data["alerts"])
    if refusal:
        talk(f"{refusal.text} {refusal.help}".strip())
        raise typer.Exit(ExitCode.REFUSED)
    if not as_json:
        print("\n".join(_lines(data)))


@app.command()
def ack(episode: _Id, why: Annotated[str, typer.Option(help="A note.")] = "", store: StoreOption = None) -> None:
    """Acknowledge an alert: somebody has seen it.

    Example: millhand alerts ack ep-1f2e3d4c5b6a
    """
    settings = settings_from(store=store)
    event = PersonEvent(episode, ChangeKind.ACKNOWLEDGED, now_ms(), settings.plant.operator, why)
    _append(settings, event)
    talk(f"{episode} is acknowledged by {event.who}.")


@app.command()
def shelve(
    episode: _Id,
    why: Annotated[str, typer.Option(help="The reason; shelving needs one.")],
    duration: Annotated[str, typer.Option("--for", metavar="DURATION", help="How long, such as 2h.")] = "2h",
    store: StoreOption = None,
) -> None:
    """Shelve an alert for a time; it comes back by itself.

    Example: millhand alerts shelve ep-1f2e3d4c5b6a --for 2h --why "pump is being replaced"
    """
    lasts = parse_duration(duration)
    if not why.strip():
        raise BadInput("Shelving needs a reason.", hint='Give one: --why "pump is being replaced".')
    settings = settings_from(store=store)
    now = now_ms()
    _append(settings, PersonEvent(episode, ChangeKind.SHELVED, now, settings.plant.operator, why, now + lasts))
    talk(f"{episode} is shelved by {settings.plant.operator} for {format_duration(lasts)}.")


def _found(settings: Settings, subject: str, standing: bool, last_ms: int) -> dict[str, Any]:
    from tools.alerts import AlertsTool
    from tools.contract import AlertsInput
    from tools.toolbox import open_toolbox

    with open_toolbox(settings, talk) as box:
        extent = box.store.extent()
        start = extent.end - last_ms if extent else None
        return AlertsTool(box.store, settings).run(AlertsInput(subject=subject, standing=standing, start=start)).data


def _append(settings: Settings, event: PersonEvent) -> None:
    from plant.store.sqlite import open_store

    open_store(settings.store.path, read_only=True).close()  # a store that is not there is said, not made
    with open_store(settings.store.path) as store:
        if store.episode(event.episode_id) is None:
            hint = did_you_mean(event.episode_id, [episode.id for episode in store.episodes()])
            raise BadInput(f"There is no alert {event.episode_id}.", hint=hint or "See millhand alerts.")
        store.add_person_event(event)


def _lines(data: dict[str, Any]) -> list[str]:
    """Returns the alerts as plain lines, and what nobody watches."""
    standing = sum(alert["state"] == "open" for alert in data["alerts"])
    count = len(data["alerts"])
    lines = [f"{count} alert{'' if count == 1 else 's'}, {standing} standing."]
    for alert in data["alerts"]:
        marks = [f"acknowledged by {alert['acknowledged']}"] if alert["acknowledged"] else []
        marks += [f"shelved until {alert['shelved_until']}"] if alert["shelved_until"] else []
        marks += ["holding: its quality is bad"] if alert["holding"] else []
        state = f"since {alert['since']}" if alert["until"] is None else f"{alert['since']} to {alert['until']}"
        what = f"{alert['subject']} {alert['rule']}  score {alert['score']:.0f}"
        lines += [
            f"{alert['id']}  {alert['priority']}  {what}  {state}",
            f"  {alert['kind']}: {alert['reason']}{''.join(f'; {mark}' for mark in marks)}",
        ]
    lines += [f"Blind: nobody reads partition {blind['partition']} now." for blind in data["blind"]]
    lines += [f"Stale: {stale['tag']} has sent nothing since {stale['last']}." for stale in data["stale"]]
    return lines
