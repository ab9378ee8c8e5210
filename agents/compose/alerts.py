"""Sentences about alerts. The facts are those of `tools/alerts.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.compose.readings import newest, readings
from agents.compose.speech import Speech, marks
from plant.alert_words import AlertWords, Particulars
from plant.episodes import Outlook
from plant.time import parse_time

if TYPE_CHECKING:
    from plant.facts import Fact, ToolResult

MAX_ALERTS = 3
"""Alerts that are said one by one; all of them stand in the evidence."""

_STATES = {
    "acknowledged": ("acknowledged", "acquittée"),
    "latched": ("latched until it is reset", "mémorisée jusqu'au réarmement"),
    "shelved": ("shelved", "mise de côté"),
    "suppressed": ("explained by another alert", "expliquée par une autre alerte"),
    "out-of-service": ("out of service", "hors service"),
}
"""States that are said of an alert; of the others nothing has been done."""

_ASKED = {
    **dict.fromkeys(("unacknowledged", "returned"), ("Not acknowledged", "Non acquittées")),
    "acknowledged": ("Acknowledged", "Acquittées"),
    "latched": ("Latched", "Mémorisées"),
    "shelved": ("Shelved", "Mises de côté"),
    "suppressed": ("Explained by another alert", "Expliquées par une autre alerte"),
    "out-of-service": ("Out of service", "Hors service"),
}
"""States that were asked for."""

_VALUES = ("actual", "typical", "low", "high")
_EXPECTED = ("expected_limit", "expected_from", "expected_until", "probability", "right")


def alerts(result: ToolResult, speech: Speech) -> list[str]:
    """Returns the newest readings where they were asked for, how many alerts, the newest, and who is not watched."""
    said = [*readings(result, speech), _count(result, speech), *_incidents(result, speech), *each_alert(result, speech)]
    count = result.first("alerts.count")
    if len(result.named("alert.id")) > MAX_ALERTS and count:
        text = speech.pick("All {} are in the evidence.", "Les {} sont dans la source.").format(count.value)
        said.append(text + marks([count]))
    return said + _unwatched(result, speech)


def _count(result: ToolResult, speech: Speech) -> str:
    count, standing = result.first("alerts.count"), result.first("alerts.standing")
    subject = result.first("alerts.subject")
    on = speech.pick(" on {}", " sur {}").format(subject.value) if subject else ""
    number = int(str(count.value)) if count else 0
    if asked := result.data.get("states"):
        names = speech.listed(list(dict.fromkeys(speech.pick(*_ASKED[state]) for state in asked)))
        one = speech.pick("1 alert", "1 alerte") if number else speech.pick("no alert", "aucune alerte")
        found = one if number < 2 else speech.pick("{} alerts", "{} alertes").format(number)
        return f"{names}{on}{speech.pick(':', ' :')} {found}.{marks([count])}"
    if result.data.get("standing"):
        none, one, many = (
            speech.pick("No alert stands{}", "Aucune alerte en cours{}"),
            speech.pick("1 alert stands{}", "1 alerte en cours{}"),
            speech.pick("{} alerts stand", "{} alertes en cours").format(number) + "{}",
        )
        where = on
    else:
        stand = ""
        if standing is not None and standing.value:
            stand = speech.pick(", {} standing now", ", dont {} en cours").format(standing.value)
        where = f"{on}{between(result.first('alerts.start'), result.first('alerts.end'), speech)}"
        none, one = speech.pick("No alert{}", "Aucune alerte{}"), speech.pick("1 alert{}", "1 alerte{}") + stand
        many = speech.pick("{} alerts", "{} alertes").format(number) + "{}" + stand
    hidden = result.first("alerts.hidden")
    aside = speech.pick(", {} put aside", ", dont {} en retrait").format(hidden.value) if hidden else ""
    return f"{(none, one)[number].format(where) if number < 2 else many.format(where)}{aside}.{marks([count])}"


def _incidents(result: ToolResult, speech: Speech) -> list[str]:
    """Returns one sentence for each of the newest floods."""
    said = []
    floods = () if result.data.get("states") else result.named("incident.count")[-MAX_ALERTS:]
    for count in floods:
        facts = _of_source(result, count.source)
        begun, ended = facts["incident.begun"], facts.get("incident.ended")
        when = speech.pick("since {}", "depuis {}").format(speech.time(begun))
        if ended:
            when = speech.pick("from {} to {}", "de {} à {}").format(*speech.times(begun, ended))
        text = speech.pick(
            "An incident of {} alerts {}, the first on {}.", "Un incident de {} alertes {}, la première sur {}."
        ).format(count.value, when, facts["incident.subject"].value)
        said.append(text + marks([count]))
    return said


def each_alert(result: ToolResult, speech: Speech) -> list[str]:
    """Returns one sentence for each of the newest alerts of a result."""
    return [_alert(_of_source(result, fact.source), speech) for fact in result.named("alert.id")[:MAX_ALERTS]]


def _of_source(result: ToolResult, source: str) -> dict[str, Fact]:
    """Returns the first fact of each name among those of one evidence."""
    facts: dict[str, Fact] = {}
    for fact in result.facts:
        if fact.source == source:
            facts.setdefault(fact.name, fact)
    return facts


def _alert(facts: dict[str, Fact], speech: Speech) -> str:
    since, until, lasted = facts.get("alert.since"), facts.get("alert.until"), facts.get("alert.lasted")
    text = str(facts["alert.subject"].value)
    if since and until:
        text += speech.pick(" from {} to {}", " de {} à {}").format(*speech.times(since, until))
    elif since:
        text += speech.pick(" since {}", " depuis {}").format(speech.time(since))
        text += f" ({speech.duration(lasted)})" if lasted else ""
    what = _what(facts, speech)
    text += speech.pick(": {}", " : {}").format(what) if what else ""
    alarm = str(facts["alert.alarm"].value) if "alert.alarm" in facts else ""
    text += f"{speech.pick('; ', ' ; ')}{speech.pick(*_STATES[alarm])}" if alarm in _STATES else ""
    return f"{text}.{marks(facts.values())}"


def _what(facts: dict[str, Fact], speech: Speech) -> str:
    """Returns `77.7 kPa at worst, above its high limit 62 kPa`; of an asset, the tag that tells most."""
    actual, contributor = facts.get("alert.actual"), facts.get("alert.contributor")
    subject = str(facts["alert.subject"].value)
    values = {name: float(str(facts[key].value)) for name in _VALUES if (key := f"alert.{name}") in facts}
    told = Particulars(
        rule=str(facts["alert.rule"].value) if "alert.rule" in facts else "",
        tag=subject if subject in speech.registry else "",
        **values,
        unit=(actual.unit or "") if actual else "",
        reason=str(facts["alert.reason"].value) if "alert.reason" in facts else "",
        contributors=(str(contributor.value),) if contributor else (),
        outlook=_outlook(facts),
    )
    return AlertWords("fr" if speech.language == "fr" else "en", speech.registry, speech.zone).reason(told)


def _outlook(facts: dict[str, Fact]) -> Outlook | None:
    """Returns what an early warning says is to come."""
    found = {name: facts[key].value for name in _EXPECTED if (key := f"alert.{name}") in facts}
    if not found:
        return None
    return Outlook(
        str(found["expected_limit"]),
        parse_time(str(found["expected_from"])),
        parse_time(str(found["expected_until"])),
        float(str(found["probability"])),
        bool(found["right"]) if "right" in found else None,
    )


def between(start: Fact | None, end: Fact | None, speech: Speech) -> str:
    """Returns ` between 00:00 and 18:20`; nothing where a time is not known."""
    if start is None or end is None:
        return ""
    return speech.pick(" between {} and {}", " entre {} et {}").format(*speech.times(start, end))


def _unwatched(result: ToolResult, speech: Speech) -> list[str]:
    """Returns what must be said of tags that nobody watches: no alert of theirs means nothing."""
    out = result.named("place.out_of_service")
    names = speech.listed([str(fact.value) for fact in out])
    said = [speech.pick("Out of service: {}.", "Hors service : {}.").format(names) + marks(out)] if out else []
    for blind in result.named("partition.blind"):
        unseen = _of_source(result, blind.source).get("partition.unseen_for")
        age = speech.pick(" for {}", " depuis {}").format(speech.duration(unseen)) if unseen else ""
        said.append(
            speech.pick(
                "Nobody reads {}{}: its tags may be in alarm unseen.",
                "Personne ne lit {}{} : ses capteurs peuvent être en alarme sans qu'on le voie.",
            ).format(blind.value, age)
            + marks([blind])
        )
    told = {reading.tag for reading in newest(result)}
    for stale in [stale for stale in result.named("tag.stale") if stale.value not in told][:MAX_ALERTS]:
        age_fact = _of_source(result, stale.source).get("tag.stale_for")
        age = speech.pick(" for {}", " depuis {}").format(speech.duration(age_fact)) if age_fact else ""
        said.append(
            speech.pick("{} has not reported{}.", "{} n'envoie plus rien{}.").format(stale.value, age) + marks([stale])
        )
    return said
