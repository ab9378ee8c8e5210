"""`millhand alerts`: which alerts there are, the whole life of one, and the floods.

What people do to them is in `tui/cli/alerts_people.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import ExitCode
from plant.time import now_ms, parse_duration
from tui.cli import alerts_budget, alerts_people
from tui.cli.common import JsonFlag, StoreOption, print_json, printable, settings_from, talk, to_second, verb_group

if TYPE_CHECKING:
    from plant.alert_words import AlertWords
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.annunciator import Alarms

app = verb_group()

_Subject = Annotated[str, typer.Option("--on", metavar="TAG", help="Only those of a tag, asset or area.")]
_Standing = Annotated[bool, typer.Option("--standing", help="Only those that stand now.")]
_Hidden = Annotated[bool, typer.Option("--hidden", help="Shelved, suppressed and out-of-service ones too.")]
_Last = Annotated[
    str, typer.Option("--since", "--last", metavar="DURATION", help="How far back from the newest reading.")
]

_HIDDEN_STATES = ("shelved", "suppressed", "out-of-service")


@app.callback(invoke_without_command=True)
def alerts(
    context: typer.Context,
    subject: _Subject = "",
    standing: _Standing = False,
    hidden: _Hidden = False,
    last: _Last = "24h",
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """List the alerts of the last day, those that stand first, and what is not watched at all.

    An incident is one line; shelved, suppressed and out-of-service alerts are counted. JSON has them all.

    Examples: millhand alerts --standing
              millhand alerts --on P-101 --hidden --since 7d
              millhand alerts ack ep-1f2e3d4c5b6a
              millhand alerts shelve ep-1f2e3d4c5b6a --for 2h --why "pump is being replaced"
    """
    if not context.invoked_subcommand:
        list_alerts(subject, standing, hidden, last, as_json, store)


@app.command(name="list")
def list_alerts(
    subject: _Subject = "",
    standing: _Standing = False,
    hidden: _Hidden = False,
    last: _Last = "24h",
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """List the alerts, as `millhand alerts` alone does.

    Example: millhand alerts list --standing --json
    """
    settings = settings_from(store=store)
    data = _found(settings, subject, standing, parse_duration(last))
    refusal = data["refusal"]
    if as_json:
        print_json(data["alerts"])
    if refusal:
        talk(f"{refusal.text} {refusal.help}".strip())
        raise typer.Exit(ExitCode.REFUSED)
    if not as_json:
        print("\n".join(_lines(data, hidden)))


@app.command()
def show(
    target: Annotated[str, typer.Argument(metavar="ID", help="An alert, or an incident.")],
    as_json: JsonFlag = False,
    store: StoreOption = None,
) -> None:
    """Show the life of an alert, or the alerts of an incident.

    Retracted ones have a life too.

    Examples: millhand alerts show ep-1f2e3d4c5b6a
              millhand alerts show in-1f2e3d4c5b6a
    """
    from plant.store.sqlite import open_store
    from tools.alerts import words_for
    from tools.annunciator import read_alarms

    settings = settings_from(store=store)
    with open_store(settings.store.path, read_only=True) as opened:
        alarms = read_alarms(opened, settings.alerts, None, now_ms())
        data = _shown(opened, alarms, words_for(settings, opened.registry()), target)
    if as_json:
        print_json(data)
    elif "alerts" in data:
        print("\n".join([_incident_line(data), *(line for alert in data["alerts"] for line in _alert_lines(alert))]))
    else:
        print("\n".join(_life_lines(data)))


@app.command()
def incidents(as_json: JsonFlag = False, store: StoreOption = None) -> None:
    """List the floods: many alerts at once, as one incident.

    `alerts.flood_count` and `alerts.flood_ms` of the settings say how many within how long.

    Examples: millhand alerts incidents
              millhand alerts ack in-1f2e3d4c5b6a
    """
    from plant.store.sqlite import open_store
    from tools.alert_rows import incident_row
    from tools.annunciator import read_alarms

    settings = settings_from(store=store)
    with open_store(settings.store.path, read_only=True) as opened:
        alarms = read_alarms(opened, settings.alerts, None, now_ms())
    rows = [incident_row(incident, alarms) for incident in reversed(alarms.annunciation.incidents)]
    if as_json:
        print_json(rows)
    else:
        print("\n".join([_incident_line(row) for row in rows] or ["There was no flood of alerts."]))


alerts_people.register(app)
alerts_budget.register(app)


def _found(settings: Settings, subject: str, standing: bool, last_ms: int) -> dict[str, Any]:
    from tools.alerts import AlertsTool
    from tools.contract import AlertsInput
    from tools.toolbox import open_toolbox

    with open_toolbox(settings, talk) as box:
        extent = box.store.extent()
        start = extent.end - last_ms if extent else None
        return AlertsTool(box.store, settings).run(AlertsInput(subject=subject, standing=standing, start=start)).data


def _shown(store: Store, alarms: Alarms, words: AlertWords, target: str) -> dict[str, Any]:
    """Returns the life of an alert, or an incident with its alerts.

    Raises:
        BadInput: If there never was one of this id.
    """
    from tools.alert_rows import episode_row, incident_row, life_row
    from tools.people import no_such_alert

    if incident := alarms.incident(target):
        members = [episode_row(episode, alarms.status(episode), words) for episode in alarms.members(incident)]
        return {**incident_row(incident, alarms), "alerts": members}
    life = store.episode_life(target)
    if not life:
        raise no_such_alert(store, alarms, target)
    episode = alarms.episodes.get(target)
    return {
        "id": target,
        "alert": episode_row(episode, alarms.status(episode), words) if episode else None,
        "retracted": store.episode(target) is None,
        "life": [life_row(step) for step in life],
    }


def _lines(data: dict[str, Any], with_hidden: bool) -> list[str]:
    """Returns the alerts as plain lines, and what nobody watches."""
    alerts = data["alerts"]
    going_on = {incident["id"] for incident in data["incidents"] if not incident["ended"]}
    aside = [alert for alert in alerts if alert["alarm"] in _HIDDEN_STATES]
    shown = [
        alert
        for alert in alerts
        if not (alert["incident"] and (alert["state"] == "closed" or alert["incident"] in going_on))
        and (with_hidden or alert not in aside)
    ]
    standing = sum(alert["state"] == "open" and alert not in aside for alert in alerts)
    count = len(alerts)
    lines = [f"{count} alert{'' if count == 1 else 's'}, {standing} standing{_hidden_words(aside)}."]
    lines += [_incident_line(incident) for incident in data["incidents"]]
    lines += [line for alert in shown for line in _alert_lines(alert)]
    if aside and not with_hidden:
        lines.append("--hidden shows what is put aside.")
    for out in data["out_of_service"]:
        why = printable(f"{out['who']}: {out['why']}")
        lines.append(f"Out of service: {out['subject']} since {to_second(out['at'])}, by {why}")
    lines += [f"Blind: nobody reads partition {blind['partition']} now." for blind in data["blind"]]
    lines += [f"Stale: {stale['tag']} has sent nothing since {to_second(stale['last'])}." for stale in data["stale"]]
    return lines


def _hidden_words(aside: list[dict[str, Any]]) -> str:
    counts = {state: sum(alert["alarm"] == state for alert in aside) for state in _HIDDEN_STATES}
    return "".join(f", {count} {state.replace('-', ' ')}" for state, count in counts.items() if count)


def _incident_line(incident: dict[str, Any]) -> str:
    begun, ended = to_second(incident["begun"]), incident["ended"]
    when = f"from {begun} to {to_second(ended)}" if ended else f"since {begun}, goes on"
    return (
        f"{incident['id']}  incident of {incident['count']} alerts {when}, "
        f"{incident['standing']} standing; first: {incident['subject']}, {incident['first_out']}"
    )


def _alert_lines(alert: dict[str, Any]) -> list[str]:
    alarm = alert["alarm"].replace("-", " ")
    since = to_second(alert["since"])
    state = f"since {since}" if alert["until"] is None else f"{since} to {to_second(alert['until'])}"
    what = f"{alert['subject']} {alert['rule']}  score {alert['score']:.0f}"
    marks = "".join(f"; {mark}" for mark in _marks(alert))
    return [
        f"{alert['id']}  {alert['priority']}  {what}  {state}  {alarm.upper() if alarm == 'unacknowledged' else alarm}",
        f"  {alert['kind']}: {alert['reason']}{marks}",
    ]


def _marks(alert: dict[str, Any]) -> list[str]:
    known = {**alert, "learning": alert["readiness"] in {"warming", "young"}}
    told = {
        "acknowledged": f"acknowledged by {alert['acknowledged']}",
        "by": f"{alert['alarm'].replace('-', ' ')} by {alert['by']}",
        "shelved_until": f"until {to_second(alert['shelved_until'] or '')}",
        "why": f'"{alert["why"]}"',
        "suppressed_by": f"explained by {alert['suppressed_by']}",
        "holding": "holding: its quality is bad",
        "chattering": "chattering",
        "incident": f"of incident {alert['incident']}",
        "learning": "its asset's detectors are still learning",
        "feedback": f"said to be {alert['feedback']}",
    }
    return [text for key, text in told.items() if known[key]]


def _life_lines(data: dict[str, Any]) -> list[str]:
    lines = _alert_lines(data["alert"]) if data["alert"] else [f"{data['id']} was not opened yet."]
    if data["retracted"]:
        seen = [step["who"] for step in data["life"] if step["kind"] == "acknowledged"]
        lines = [f"{data['id']} was taken back: late readings show that it would not have been an alert."]
        lines += [f"It had been acknowledged by {', '.join(dict.fromkeys(seen))}."] if seen else []
    for step in data["life"]:
        until = f"until {to_second(step['until'])}" if step["until"] else None
        told = (f"by {step['who']}" if step["who"] else None, until, step["feedback"], step["note"] or None)
        lines.append(f"  {to_second(step['at'])}  {step['kind']}{''.join(f', {text}' for text in told if text)}")
    return lines
