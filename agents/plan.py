"""From a routed question to what the tools are asked, or to the one question back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from agents.compose.talk import which, which_subject
from agents.contract import Route
from agents.understand.names import Kind, Mention, NameIndex
from plant.facts import Refusal, RefusalCode
from plant.time import HOUR, format_duration
from tools.contract import (
    AlertsInput,
    AnomalyInput,
    CrossingsInput,
    ForecastInput,
    GraphInput,
    ManualInput,
    PartsInput,
    ToolInput,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from agents.compose.speech import Speech
    from agents.understand.question import Question

MAX_SUBJECTS = 4
"""Tags or assets that one question may name for a tool that takes one at a time."""

MAX_CHOICES = 8

DEFAULT_HORIZON = 2 * HOUR

_SHIFT = 8 * HOUR
"""How far is looked for a limit where nobody says how far."""

_COMPARE = re.compile(
    r"\b(?:compar\w*|(?:which|what|best|better|quelles?|quels?|meilleure?s?) (?:forecasting )?"
    r"(?:methods?|models?|methodes?|modeles?))\b"
)

_LIMIT = re.compile(r"\b(?:limit\w*|seuils?|threshold\w*|cross\w*|exceed\w*|depass\w*|franchi\w*)\b")

_ALL_TAGS = re.compile(
    r"\b(?:any|all|every|which|what|some|something|anything|everything|aucun|un|des|tous|toutes|quels?|quelles?|"
    r"quelque chose|on|tout)\b"
)

_UNREAD_HORIZON = re.compile(
    r"\bthe (?:next|coming|following) (?!values?\b|readings?\b|steps?\b)\w+|"
    r"\b(?:les|la|le|des) prochaine?s? (?!valeurs?\b|mesures?\b|pas\b)\w+|"
    r"\b(?:for|in|during|dans|pour|pendant) -?\d+(?:[.,]\d+)?(?! (?:tagname|assetname))\b"
)
"""What was meant as a time ahead and is none that is understood: "the next banana", "for 3 fortnights", "in 10"."""

_UNTIL_PAST = re.compile(r"\b(?:until|till|up to|by|jusqu'\w*|d'ici)(?: \w+)? timespan\b")

_STANDING = re.compile(
    r"\b(?:stand(?:s|ing)?|active|actives|actif|actifs|current|currently|open|ouvertes?|now|maintenant|moment|"
    r"en cours|en alarme|in alarm|right now|unacknowledged|non acquitte\w*)\b"
)

_ALERTS = re.compile(
    r"\b(?:alert\w*|alarm\w*|episode\w*|event\w*|evenement\w*|trip\w*|trigger\w*|declench\w*|sonn\w*|happen\w*|passe|"
    r"went off|exceed\w*|cross\w*|depass\w*|franchi\w*|shelved|acquitt\w*|unacknowledged|worry|inquiet\w*)\b"
)
"""Words of a question that is about alerts; without one it is about how things are now."""

_STATES: dict[str, re.Pattern[str]] = {
    "unacknowledged": re.compile(r"\b(?:unacknowledged|unacked|non acquitt\w*|pas acquitt\w*|a acquitter)\b"),
    "returned": re.compile(r"\b(?:unacknowledged|unacked|non acquitt\w*|pas acquitt\w*|a acquitter)\b"),
    "acknowledged": re.compile(r"(?<!non )(?<!pas )\b(?:acknowledged|acquitte\w*)\b"),
    "latched": re.compile(r"\b(?:latched|memorise\w*)\b"),
    "shelved": re.compile(r"\b(?:shelved|on the shelf|(?:mis|mise|mises) de cote|put aside|set aside)\b"),
    "suppressed": re.compile(r"\b(?:suppressed|supprime\w*|put aside|set aside|en retrait)\b"),
    "out-of-service": re.compile(r"\b(?:out of service|hors service|put aside|set aside|en retrait)\b"),
}
"""Words that ask for alarms in a state; which states there are is in `plant.annunciation`."""

_NEWEST = re.compile(
    r"\b(?:last|latest|newest|recent|dernier\w*) (\d{1,3})\b|\b(\d{1,3}) (?:last|latest|newest|dernier\w*)"
)
"""How many work orders are meant: "the last 5 reviews"; of times, such as "the last 5 days", nothing is left here."""

_MOST_ORDERS = 200

_PAST = re.compile(r"\b(?:was|were|had|etait|etaient|avait)\b")


class Plan(msgspec.Struct, frozen=True):
    """What to do about one question: ask tools, or ask back, or refuse.

    Attributes:
        calls: The route each call is for, and its input.
        clarify: The question back; empty when there is none.
        choices: What may be answered to it.
        refusal: Why nothing is asked.
    """

    calls: tuple[tuple[Route, ToolInput], ...] = ()
    clarify: str = ""
    choices: tuple[str, ...] = ()
    refusal: Refusal | None = None


def make_plan(route: Route, question: Question, index: NameIndex, speech: Speech) -> Plan:
    """Returns what to do about a question that goes to a tool."""
    return _PLANS[route](question, index, speech)


def asks_comparison(masked: str) -> bool:
    """Whether a question is about how the methods of a forecast do beside each other."""
    return _COMPARE.search(masked) is not None


def asks_limit(masked: str) -> bool:
    """Whether a question is about a limit."""
    return _LIMIT.search(masked) is not None


def _forecast(question: Question, index: NameIndex, speech: Speech) -> Plan:
    ahead = _ahead(question, speech.now)
    if isinstance(ahead, Plan):
        return ahead
    if problem := _tag_problem(question, index, speech):
        return problem
    limit = asks_limit(question.masked)
    horizon = ahead or (_SHIFT if limit else DEFAULT_HORIZON)
    if limit and not question.mentions and _ALL_TAGS.search(question.masked):
        return Plan(((Route.FORECAST, CrossingsInput(horizon_ms=horizon)),))
    tags = question.sure(Kind.TAG)
    if tags:
        return Plan(tuple((Route.FORECAST, ForecastInput(tag=tag, horizon_ms=horizon)) for tag in tags))
    assets = question.sure(Kind.ASSET)
    tags = tuple(sensor.tag for asset in assets for sensor in index.registry.of_asset(asset))
    if len(tags) == 1:
        return Plan(((Route.FORECAST, ForecastInput(tag=tags[0], horizon_ms=horizon)),))
    choices = (tags or tuple(sensor.tag for sensor in index.registry))[:MAX_CHOICES]
    return Plan(clarify=which_subject(choices, speech), choices=choices)


def _ahead(question: Question, now: int) -> int | Plan | None:
    """Returns how far ahead a question asks, in milliseconds; None where it does not say; why that is no time ahead.

    A date is meant to its end, where that is to come.
    """
    horizon = question.horizon_ms
    if horizon is None and question.end is not None and question.end > now:
        horizon = question.end - now
    until_past = horizon is None and _UNTIL_PAST.search(question.masked) is not None
    if until_past or (horizon is not None and horizon <= 0):
        return _refuse(
            RefusalCode.NOT_UNDERSTOOD,
            "A forecast needs a time ahead, and that one is not.",
            "Ask, for example, for the next 2 hours.",
        )
    if horizon is None and (unread := _UNREAD_HORIZON.search(question.masked)):
        return _refuse(
            RefusalCode.NOT_UNDERSTOOD,
            f'It is not clear how far ahead "{unread[0]}" is.',
            "Ask, for example, for the next 2 hours.",
        )
    return horizon


def _anomaly(question: Question, index: NameIndex, speech: Speech) -> Plan:
    if problem := _tag_problem(question, index, speech) or _asset_problem(question, speech):
        return problem
    subjects = _subjects(question, index)
    if not subjects:
        return _alerts(question, index, speech)  # "anything odd today?": what alerted says it for the whole plant
    inputs = (AnomalyInput(subject=subject, start=question.start, end=question.end) for subject in subjects)
    return Plan(tuple((Route.ANOMALY, one) for one in inputs))


def _alerts(question: Question, index: NameIndex, speech: Speech) -> Plan:
    if problem := _tag_problem(question, index, speech) or _asset_problem(question, speech):
        return problem
    subjects = _subjects(question, index)
    about_alerts = _ALERTS.search(question.masked) is not None
    if question.sure(Kind.TAG) and not about_alerts and (question.start is not None or _PAST.search(question.masked)):
        return _refuse(
            RefusalCode.OUT_OF_SCOPE,
            "millhand says what a tag is now, will be, or whether it was odd; it does not look up past values.",
            "Ask whether it was odd in that time, or look at its curve in the terminal.",
        )
    readings = bool(subjects) and question.start is None and not about_alerts
    states = tuple(state for state, words in _STATES.items() if words.search(question.masked))
    standing = readings or (question.start is None and _STANDING.search(question.masked) is not None)
    inputs = (
        AlertsInput(
            subject=subject, standing=standing, states=states, readings=readings, start=question.start, end=question.end
        )
        for subject in subjects or ("",)
    )
    return Plan(tuple((Route.ALERTS, one) for one in inputs))


def _graph(question: Question, _index: NameIndex, speech: Speech) -> Plan:
    doubts = tuple(m for m in question.doubts if m.kind == Kind.TAG and _is_code(question.word(m)))
    if doubts:
        return _ask_which(question, doubts[0], speech)
    request = GraphInput(question=question.asked, entities=entities_of(question), reading=question.reading)
    return Plan(((Route.GRAPH, request),))


def _manual(question: Question, _index: NameIndex, _speech: Speech) -> Plan:
    request = ManualInput(question=question.asked, language=question.language, entities=entities_of(question))
    return Plan(((Route.MANUAL, request),))


def _parts(question: Question, index: NameIndex, speech: Speech) -> Plan:
    if problem := _asset_problem(question, speech):
        return problem
    unknown = tuple(question.word(mention) for mention in question.of_kind(Kind.UNKNOWN))  # the graph may know it
    homes = tuple(home for tag in question.sure(Kind.TAG) if (home := index.asset_of(tag)))
    subjects = tuple(dict.fromkeys((*question.sure(Kind.ASSET), *homes, *unknown)))
    if len(subjects) > MAX_SUBJECTS:
        return Plan(clarify=which_subject(subjects[:MAX_CHOICES], speech), choices=subjects[:MAX_CHOICES])
    newest = _NEWEST.search(question.masked)
    read = {"newest": min(max(int(newest[1] or newest[2]), 1), _MOST_ORDERS)} if newest else {}
    inputs = (
        PartsInput(subject=subject, start=question.start, end=question.end, **read) for subject in subjects or ("",)
    )
    return Plan(tuple((Route.PARTS, one) for one in inputs))


_PLANS: dict[Route, Callable[[Question, NameIndex, Speech], Plan]] = {
    Route.FORECAST: _forecast,
    Route.ANOMALY: _anomaly,
    Route.ALERTS: _alerts,
    Route.GRAPH: _graph,
    Route.MANUAL: _manual,
    Route.PARTS: _parts,
}


def subjects_of(question: Question, index: NameIndex) -> tuple[str, ...]:
    """Returns the tags and assets a question is about, for a follow-up to come back to."""
    return _subjects(question, index)


def _subjects(question: Question, index: NameIndex) -> tuple[str, ...]:
    """Returns the tags; and the assets on which none of them sits: "vibration of P-101" is about the tag."""
    tags = question.sure(Kind.TAG)
    homes = {index.asset_of(tag) for tag in tags}
    return (*tags, *(asset for asset in question.sure(Kind.ASSET) if asset not in homes))


def entities_of(question: Question) -> tuple[str, ...]:
    """Returns the assets, tags and areas that a question names, as the graph and the manuals are told of them."""
    return (*question.sure(Kind.ASSET), *question.sure(Kind.TAG), *question.sure(Kind.AREA))


def _tag_problem(question: Question, index: NameIndex, speech: Speech) -> Plan | None:
    """Returns what to say of a tag that is not known, may be several, or of too many."""
    for mention in question.of_kind(Kind.UNKNOWN):
        word = question.word(mention)
        offer = f"Did you mean {speech.listed(mention.names, last='or')}?" if mention.names else "See the list of tags."
        text = f'There is no tag or asset "{word}".'
        return Plan(refusal=Refusal(RefusalCode.UNKNOWN_TAG, text, offer, mention.names))
    for mention in question.doubts:
        if mention.kind == Kind.TAG:
            return _ask_which(question, mention, speech)
    if len(_subjects(question, index)) > MAX_SUBJECTS:
        names = _subjects(question, index)[:MAX_CHOICES]
        return Plan(clarify=which_subject(names, speech), choices=names)
    return None


def _asset_problem(question: Question, speech: Speech) -> Plan | None:
    """Returns the question back where an asset may be several and no tag settles it."""
    if question.sure(Kind.TAG) or question.sure(Kind.ASSET):
        return None
    doubts = tuple(mention for mention in question.doubts if mention.kind == Kind.ASSET)
    return _ask_which(question, doubts[0], speech) if doubts else None


def _ask_which(question: Question, mention: Mention, speech: Speech) -> Plan:
    choices = mention.names[:MAX_CHOICES]
    return Plan(clarify=which(question.word(mention), choices, speech), choices=choices)


def _is_code(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _refuse(code: RefusalCode, text: str, help_: str) -> Plan:
    return Plan(refusal=Refusal(code, text, help_))


def describe(route: Route, request: ToolInput) -> str:
    """Returns what a call is about, for the progress line: `forecast CW-100.TT-02, 2 h`."""
    subject = (
        getattr(request, "tag", "") or getattr(request, "subject", "") or ", ".join(getattr(request, "entities", ()))
    )
    ahead = getattr(request, "horizon_ms", None)
    horizon = f", {format_duration(ahead)}" if ahead else ""
    return f"{route} {subject}{horizon}".rstrip()
