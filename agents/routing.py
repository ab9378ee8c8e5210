"""The routing step: from an understood question and the memory to the jobs it makes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agents.compose.talk import which, which_route
from agents.contract import Route
from agents.memory import resolve, subject_from_memory
from agents.plan import entities_of, make_plan
from agents.route import decide_by_model
from agents.split import Part, split
from agents.state import Job
from agents.understand.names import Kind
from agents.understand.words import fold
from plant.errors import MillhandError
from plant.facts import Refusal, RefusalCode
from tools.contract import GraphInput

if TYPE_CHECKING:
    from agents.compose.speech import Speech
    from agents.desk import Desk
    from agents.memory import Reader, Turn
    from agents.understand.question import Question

_OFFERED = (Route.FORECAST, Route.ANOMALY, Route.ALERTS, Route.GRAPH)
_FOR_A_CODE = (Route.MANUAL, Route.GRAPH)
_OF_READINGS = frozenset({Route.FORECAST, Route.ANOMALY, Route.ALERTS})
_CERTAIN = 0.9
_ALARM = re.compile(r"\b(?:alert|alarm)")


def make_jobs(
    question: Question, turns: list[Turn], reader: Reader, speech: Speech, desk: Desk
) -> tuple[list[Job], str | None]:
    """Returns the jobs of a question, and the language model that decided a route, if one did."""
    resolved = resolve(question, turns[-1] if turns else None, reader)
    if resolved.choices:
        return [_which_other(question, resolved.choices, speech)], None
    route = resolved.route if resolved.question.reading else _of_bare(question, resolved.route)
    if route is not None:
        return [_job(route, resolved.question, resolved.seen, reader, speech)], None
    if question.bare:
        return [_ask_route(resolved.question, _OFFERED, resolved.seen, speech)], None
    jobs, used = [], None
    for part in _parts(resolved.question, reader, desk):
        chosen = Route.GRAPH if _of_the_graph(part, desk) else part.sure
        if chosen is None and not part.out_of_scope:
            chosen, used = _by_model(part, desk)
        jobs.append(_part_job(part, chosen, turns, resolved.seen, reader, speech))
    return jobs, used


def _parts(question: Question, reader: Reader, desk: Desk) -> list[Part]:
    """Returns the questions in a question; "between May and June" is one where the plant graph understands it whole."""
    parts = split(question, reader, desk.classifier)
    whole = Part(question, desk.classifier.rank(question.masked))
    return [whole] if len(parts) > 1 and _of_the_graph(whole, desk) else parts


def _of_the_graph(part: Part, desk: Desk) -> bool:
    """Whether the plant graph understands all of a question that nothing else has a better claim to.

    What names a tag or a fault code is also what the other tools are asked; there a sure classifier decides. Alarms are
    those that stand or stood: the graph, which calls its failure modes so too, has them by their codes alone.
    """
    question, confidence = part.question, part.ranked[0].confidence
    if part.sure != Route.GRAPH and _ALARM.search(fold(question.text)) and not question.sure(Kind.CODE):
        return False
    if part.sure == Route.MANUAL and question.sure(Kind.CODE):
        return False
    if part.sure in _OF_READINGS and question.sure(Kind.TAG):
        return False
    if part.sure == Route.HELP or (part.sure in _OF_READINGS and confidence >= _CERTAIN and question.sure(Kind.ASSET)):
        return False
    return desk.graph_understands(GraphInput(question=question.asked, entities=entities_of(question)))


def _of_bare(question: Question, carried: Route | None) -> Route | None:
    """Returns the route of a question that holds only names and times; None where it has other words or none tells.

    One that goes on about a manual has words of its own.
    """
    if not question.bare:
        return carried if carried == Route.MANUAL else None
    if question.sure(Kind.CODE) and carried not in _FOR_A_CODE:
        return Route.MANUAL
    if question.horizon_ms is not None and (carried is not None or question.of_kind(Kind.TAG)):
        return Route.FORECAST
    if carried in {None, Route.HELP} and question.sure(Kind.TAG):
        return Route.ALERTS  # a tag and nothing else: how it is now
    return carried if carried not in {None, Route.CLARIFY, Route.HELP} else None


def _by_model(part: Part, desk: Desk) -> tuple[Route | None, str | None]:
    model = desk.judge() if len(part.plausible) > 1 else None
    if model is None:
        return None, None
    try:
        chosen = decide_by_model(part.question.text, part.plausible, model)
    except MillhandError:
        chosen = None  # a model that cannot be used decides nothing: the person is asked
    return (chosen, model.name) if chosen is not None else (None, None)


def _part_job(
    part: Part, chosen: Route | None, turns: list[Turn], seen: tuple[str, ...], reader: Reader, speech: Speech
) -> Job:
    if chosen is not None:
        return _job(chosen, subject_from_memory(chosen, part.question, turns, reader), seen, reader, speech)
    if part.out_of_scope or part.plausible in {(), (Route.HELP,)}:
        return Job(part.question, Route.HELP, refusal=_out_of_scope(), seen=seen)
    routes = part.plausible if len(part.plausible) > 1 else (*part.plausible, Route.HELP)
    return _ask_route(part.question, routes, seen, speech)


def _job(route: Route, question: Question, seen: tuple[str, ...], reader: Reader, speech: Speech) -> Job:
    """Returns the job of a question whose route is known: the tools it asks, or what is not clear about it."""
    if route == Route.HELP:
        return Job(question, route, seen=seen)
    plan = make_plan(route, question, reader.index, speech)
    taken = plan.calls[0][0] if plan.calls else route
    return Job(question, taken, plan.calls, plan.clarify, plan.choices, plan.refusal, seen)


def _ask_route(question: Question, routes: tuple[Route, ...], seen: tuple[str, ...], speech: Speech) -> Job:
    names = [question.word(mention) for mention in question.mentions[:1]]
    text = which_route(routes, names[0] if names else "", speech)
    return Job(question, Route.CLARIFY, clarify=text, choices=tuple(routes), seen=seen)


def _which_other(question: Question, choices: tuple[str, ...], speech: Speech) -> Job:
    word = speech.pick("the other", "l'autre")
    return Job(question, Route.CLARIFY, clarify=which(word, choices, speech), choices=choices)


def _out_of_scope() -> Refusal:
    return Refusal(
        RefusalCode.OUT_OF_SCOPE,
        "millhand answers questions about this plant, and never acts on it.",
        "Ask about a tag, an asset, an alert or a fault code; help says more.",
    )
