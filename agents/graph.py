"""The agent's graph: understand -> route -> tool, help or clarify -> compose -> check -> answer.

A compound question goes round from check to the next tool until nothing is left. The edges from a
route to its node come from the `Route` enum: a route without a node is an error when the graph is
built, not when somebody asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph

from agents.claims import ground, unresolved
from agents.compose.alerts import alerts
from agents.compose.anomalies import anomaly
from agents.compose.crossings import crossings, so_far
from agents.compose.forecast import first_estimate, forecast
from agents.compose.manuals import manual
from agents.compose.methods import comparison
from agents.compose.parts import parts
from agents.compose.plant_graph import graph as graph_rows
from agents.compose.speech import Speech
from agents.compose.talk import help_text, limits_text, offered_in, refusal_in
from agents.contract import Estimate, Piece, Progress, Route
from agents.memory import Turn, remember
from agents.plan import asks_comparison, asks_limit, describe, subjects_of
from agents.rephrase import rephrase
from agents.routing import make_jobs
from agents.state import Found, Job, Said, State
from plant.facts import EvidenceKind, FactSheet, Refusal, RefusalCode, ToolResult
from tools.contract import CROSSINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

    from agents.desk import Desk

COMPOSERS: dict[str, Callable[[ToolResult, Speech], list[str]]] = {
    Route.MANUAL: manual,
    Route.GRAPH: graph_rows,
    Route.FORECAST: forecast,
    Route.ANOMALY: anomaly,
    Route.ALERTS: alerts,
    Route.PARTS: parts,
}
"""The sentences of each tool."""


def build_graph(desk: Desk, memory: BaseCheckpointSaver[str]) -> CompiledStateGraph[State, None, State, State]:
    """Compiles the graph over a desk and a memory.

    Raises:
        ValueError: If a route of the enum has no node.
    """
    nodes = Nodes(desk)
    edges = _edges()
    builder = StateGraph(State)
    builder.add_node("understand", nodes.understand)
    builder.add_node("route", nodes.route)
    for name in sorted(set(edges.values())):
        builder.add_node(name, {"help": nodes.help, "clarify": nodes.clarify}.get(name, nodes.tool))
        builder.add_edge(name, "compose")
    builder.add_node("compose", nodes.compose)
    builder.add_node("check", nodes.check)
    builder.add_node("answer", nodes.answer)
    builder.add_edge(START, "understand")
    builder.add_edge("understand", "route")
    builder.add_conditional_edges("route", _next, {**edges, None: "answer"})
    builder.add_edge("compose", "check")
    builder.add_conditional_edges("check", _next, {**edges, None: "answer"})
    builder.add_edge("answer", END)
    return builder.compile(checkpointer=memory)


def _edges() -> dict[Hashable, str]:
    """Returns the node of each route."""
    edges: dict[Hashable, str] = {Route(name): f"ask_{name}" for name in COMPOSERS}
    edges |= {Route.HELP: "help", Route.CLARIFY: "clarify"}
    if missing := [route for route in Route if route not in edges]:
        raise ValueError(f"routes without a node: {missing}")
    return edges


def _next(state: State) -> Route | None:
    return state["jobs"][0].leads_to if state["jobs"] else None


class Nodes:
    """The steps, over one desk. Each takes the state and returns the channels it changes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def understand(self, state: State) -> dict[str, Any]:
        """Reads the question: language, names, times."""
        self._begin("understand")
        turns = _turns(state)
        reader = self._desk.reader()
        question = reader.read(state["asked"], turns[-1].language if turns else "en")
        speech = Speech(question.language, reader.zone, reader.now, reader.index.registry)
        return {
            "reader": reader,
            "speech": speech,
            "question": question,
            "jobs": [],
            "done": [],
            "results": [],
            "found": Found(),
            "said": [],
            "model": None,
        }

    def route(self, state: State) -> dict[str, Any]:
        """Completes a follow-up, splits a compound question, decides where each part goes."""
        self._begin("route")
        jobs, model = make_jobs(state["question"], _turns(state), state["reader"], state["speech"], self._desk)
        return {"jobs": jobs, "model": model}

    def tool(self, state: State) -> dict[str, Any]:
        """Asks the tools of the first job."""
        results, found, model, speech = [], state["found"], state["model"], state["speech"]
        for route, request in state["jobs"][0].calls:
            self._begin("tool", describe(route, request))
            result = self._desk.ask_tool(route, request, lambda early: _estimate(early, speech))
            model = model or self._desk.model_of(result)
            found, renumbered = found.with_result(result)
            results.append(renumbered)
        return {"results": results, "found": found, "model": model}

    def help(self, state: State) -> dict[str, Any]:
        """Finds the help, or the limits, as a result like any other."""
        masked, speech = state["jobs"][0].question.masked, state["speech"]
        text = limits_text(speech) if self._desk.asks_limits(masked) else help_text(speech)
        sheet = FactSheet()
        sheet.add("help", text, sheet.cite(EvidenceKind.HELP, speech.pick("help", "aide"), text=text))
        result = ToolResult(Route.HELP, tuple(sheet.facts), evidence=tuple(sheet.evidence))
        found, renumbered = state["found"].with_result(result)
        return {"results": [renumbered], "found": found}

    def clarify(self, state: State) -> dict[str, Any]:
        """Turns a question back, or a refusal known before any tool was asked, into a result."""
        job = state["jobs"][0]
        refusal = job.refusal or Refusal(RefusalCode.AMBIGUOUS, job.clarify, choices=job.choices)
        return {"results": [ToolResult(Route.CLARIFY, refusal=refusal)]}

    def compose(self, state: State) -> dict[str, Any]:
        """Makes the sentences of each result."""
        self._begin("compose")
        speech, asked = state["speech"], state["jobs"][0].question.masked
        drafts = []
        for result in state["results"]:
            if result.refusal:
                drafts.append("")
            elif result.tool == Route.HELP:
                drafts.append(str(result.facts[0].value))
            else:
                drafts.append(" ".join(_sentences(result, speech, asked)))
        return {"drafts": drafts}

    def check(self, state: State) -> dict[str, Any]:
        """Lets through what resolves to facts, and shows it."""
        self._begin("check")
        job, *jobs = state["jobs"]
        said: list[Said] = []
        model = state["model"]
        for result, draft in zip(state["results"], state["drafts"], strict=True):
            one, by_model = self._checked(job, result, draft, state)
            model = by_model or model
            if one.text:
                first = not any(before.text for before in (*state["said"], *said))
                get_stream_writer()(Piece(one.text if first else f"\n{one.text}"))
            said.append(one)
        return {"jobs": jobs, "done": [*state["done"], job], "said": [*state["said"], *said], "model": model}

    def _checked(self, job: Job, result: ToolResult, draft: str, state: State) -> tuple[Said, str | None]:
        """Returns what may be said of one result, and the model that rephrased it, if one did."""
        route = _route_of(result) if result.tool != Route.CLARIFY or job.clarify else job.route
        if result.refusal:
            refusal = result.refusal if job.clarify else refusal_in(result.refusal, state["speech"])
            if readings := result.data.get("readings"):
                refusal = offered_in(refusal, readings, state["speech"])
            return Said(route, refusal=refusal, clarify=job.clarify), None
        on = ground(result.facts, result.evidence, state["speech"].zone)
        on = on._replace(marks=len(state["found"].evidence))
        if result.tool != Route.HELP and (missing := unresolved(draft, on)):
            return Said(route, refusal=refusal_in(_ungrounded(missing), state["speech"])), None
        if self._desk.may_rephrase and result.tool != Route.HELP and (model := self._desk.model()) is not None:
            rephrased = rephrase(draft, on, state["speech"].language, model)
            return Said(route, rephrased or draft), model.name if rephrased else None
        return Said(route, draft), None

    def answer(self, state: State) -> dict[str, Any]:
        """Says what was refused beside what was answered, and remembers the questions."""
        turns = _turns(state)
        for job in state["done"]:
            about = subjects_of(job.question, state["reader"].index)
            asked_which_other = (
                job.route == Route.CLARIFY and job.question.other
            )  # its answer follows up what was before
            if job.route != Route.HELP and not asked_which_other:
                asked, offered = job.question, _offered(state["said"]) if job.route == Route.GRAPH else ()
                turns = remember(turns, Turn(asked.text, asked.language, job.route, about, job.seen, offered))
        if any(one.text for one in state["said"]):
            for one in state["said"]:
                if one.refusal:
                    get_stream_writer()(Piece(f"\n{one.refusal.text}"))
        return {"turns": [msgspec.to_builtins(turn) for turn in turns]}

    def _begin(self, step: str, detail: str = "") -> None:
        """Stops here if the question was given up; else says what begins."""
        self._desk.stop_if_cancelled()
        get_stream_writer()(Progress(step, detail))


def _route_of(result: ToolResult) -> Route:
    return Route.FORECAST if result.tool == CROSSINGS else Route(result.tool)


def _sentences(result: ToolResult, speech: Speech, asked: str) -> list[str]:
    """Returns the sentences of a result; those of a forecast begin with what was asked of it."""
    if result.tool == CROSSINGS:
        return crossings(result, speech)
    if result.tool != Route.FORECAST:
        return COMPOSERS[result.tool](result, speech)
    return comparison(result, speech) if asks_comparison(asked) else forecast(result, speech, limit=asks_limit(asked))


def _estimate(early: ToolResult, speech: Speech) -> None:
    """Shows what a forecast knows so far, if it is more than nothing and resolves to its facts."""
    text = so_far(early, speech) if early.tool == CROSSINGS else first_estimate(early, speech)
    if text and not unresolved(text, ground(early.facts, early.evidence, speech.zone)):
        get_stream_writer()(Estimate(text, early.tables, early.series))


def _turns(state: State) -> list[Turn]:
    return [msgspec.convert(turn, Turn) for turn in state.get("turns", [])]


def _offered(said: list[Said]) -> tuple[str, ...]:
    """Returns what may be picked next, where the graph asked which of several things was meant."""
    asked_back = (one.refusal for one in said if one.refusal and one.route == Route.GRAPH)
    return next((refusal.choices for refusal in asked_back if refusal.code == RefusalCode.AMBIGUOUS), ())


def _ungrounded(missing: list[str]) -> Refusal:
    return Refusal(
        RefusalCode.UNGROUNDED,
        f"The answer held what no evidence shows ({', '.join(missing[:3])}), so it is not shown.",
        "The evidence that was found can be opened; please report the question.",
    )
