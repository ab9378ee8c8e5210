"""What flows through the agent's graph, and what of it is kept.

`turns` is kept in the conversation's memory: plain lists and dicts, nothing pickled. All other
channels live for one question only and are never written down.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

import msgspec
from langgraph.channels import UntrackedValue

from agents.compose.speech import Speech  # noqa: TC001 (langgraph reads the annotations of State)
from agents.contract import Route
from agents.memory import Reader  # noqa: TC001 (as above)
from agents.understand.question import Question
from plant.facts import Curve, Evidence, Fact, Refusal, Table, ToolResult
from tools.contract import ToolInput


class Job(msgspec.Struct, frozen=True):
    """One question of a compound one, on its way through the graph.

    Attributes:
        question: Whole: a follow-up has been completed.
        route: Where it goes, or would go were it clear.
        calls: The route and the input of each tool to ask.
        clarify: The question back.
        choices: What may be answered to it.
        refusal: Why it goes to no tool.
        seen: For the memory, see `agents.memory.Turn`.
    """

    question: Question
    route: Route
    calls: tuple[tuple[Route, ToolInput], ...] = ()
    clarify: str = ""
    choices: tuple[str, ...] = ()
    refusal: Refusal | None = None
    seen: tuple[str, ...] = ()

    @property
    def leads_to(self) -> Route:
        """The node it goes to: what is not clear, or refused, is talked about."""
        return Route.CLARIFY if self.clarify or self.refusal else self.route


class Found(msgspec.Struct, frozen=True):
    """What answering has gathered so far; ids of facts and evidence are unique over all of it."""

    facts: tuple[Fact, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tables: tuple[Table, ...] = ()
    series: tuple[Curve, ...] = ()

    def with_result(self, result: ToolResult) -> tuple[Found, ToolResult]:
        """Returns all with one more result, and that result with its ids renumbered."""
        evidence_ids = {one.id: f"e{len(self.evidence) + n}" for n, one in enumerate(result.evidence, 1)}
        evidence = tuple(msgspec.structs.replace(one, id=evidence_ids[one.id]) for one in result.evidence)
        facts = tuple(
            msgspec.structs.replace(fact, id=f"f{len(self.facts) + n}", source=evidence_ids[fact.source])
            for n, fact in enumerate(result.facts, 1)
        )
        renumbered = msgspec.structs.replace(result, facts=facts, evidence=evidence)
        found = Found(
            (*self.facts, *facts),
            (*self.evidence, *evidence),
            (*self.tables, *result.tables),
            (*self.series, *result.series),
        )
        return found, renumbered


class Said(msgspec.Struct, frozen=True):
    """What became of one job.

    Attributes:
        route: Where it went.
        text: The checked text; empty when refused.
        refusal: Why there is none.
        clarify: The question back.
    """

    route: Route
    text: str = ""
    refusal: Refusal | None = None
    clarify: str = ""


class State(TypedDict, total=False):
    """The channels of the graph."""

    turns: list[dict[str, Any]]
    asked: Annotated[str, UntrackedValue]
    reader: Annotated[Reader, UntrackedValue]
    speech: Annotated[Speech, UntrackedValue]
    question: Annotated[Question, UntrackedValue]
    jobs: Annotated[list[Job], UntrackedValue]
    done: Annotated[list[Job], UntrackedValue]
    results: Annotated[list[ToolResult], UntrackedValue]
    drafts: Annotated[list[str], UntrackedValue]
    found: Annotated[Found, UntrackedValue]
    said: Annotated[list[Said], UntrackedValue]
    model: Annotated[str | None, UntrackedValue]
