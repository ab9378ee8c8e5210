"""Asks the graph tool the questions of templates, world by world, and says what became of each.

Each world is loaded once and asked in sequence, by the tool that answers people, with its limits. Its day is that of
the worlds, so that "the last 30 days" means the same in every run. The questions and the references' rows are taken
from the graph as it is; a control then asks the same questions of a graph that cannot know (`controls.py`).
"""

from __future__ import annotations

import time
from contextlib import closing
from datetime import date
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

import msgspec

from finetuning.cypher.controls import Shown, broken
from finetuning.cypher.matching import match
from finetuning.cypher.question import Question, World
from finetuning.cypher.questions import draw
from finetuning.cypher.references import References, Wanted
from finetuning.cypher.report import Asked, Control, Outcome, Report, figures_of, share_good
from finetuning.cypher.worlds import nodes_and_relations, open_world
from inference.lazy import LazyModel
from plant.errors import BadInput, ServiceUnavailable
from plant.facts import RefusalCode
from tools.contract import GraphInput
from tools.graph.answer import GraphTool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from finetuning.cypher.controls import ControlName
    from finetuning.cypher.question import Template
    from inference.contract import Completion, LanguageModel, Message, Options
    from plant.facts import ToolResult
    from plant.graph.contract import GraphBackend
    from plant.settings import Settings

TODAY: Final = date(2026, 11, 21)
"""The day of the worlds: their newest work orders are of then."""

_FAILED: Final = frozenset({RefusalCode.TIMED_OUT, RefusalCode.INVALID_QUERY})
_SHOWN_ROWS: Final = 5


class _Reference(msgspec.Struct, frozen=True):
    """A question with what its reference gives on the graph as it is; no rows where a refusal is right."""

    question: Question
    wanted: Wanted


class _Counted(LazyModel):
    """A model that counts how often it was asked for a query: more than once a question is a repair."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(lambda: model)
        self.asked = 0

    def complete(self, messages: Sequence[Message], options: Options, *, n: int = 1) -> list[Completion]:
        """Answers a chat n times."""
        self.asked += 1
        return super().complete(messages, options, n=n)


class _Done(msgspec.Struct, frozen=True):
    """One world's questions, those asked of a control again, and ids of those that it should break."""

    backend: str
    asked: list[Asked]
    again: list[Asked] = []
    breakable: set[str] = set()


class Evaluation:
    """A run over the questions of a split.

    Args:
        templates: Of one split.
        settings: Limits of the tool, and the model's.
        model: The language model; None for none.
        backend_url: `kglite:`, or a server whose graph is replaced.
        folder: Where the embedded engine keeps its files.
        seed: What the questions are drawn with.
        told: Is told the progress, a line at a time.
    """

    def __init__(
        self,
        templates: Sequence[Template],
        settings: Settings,
        model: LanguageModel | None,
        *,
        backend_url: str,
        folder: Path,
        seed: int,
        told: Callable[[str], None],
    ) -> None:
        self._templates = templates
        self._settings = settings
        self._model = None if model is None else _Counted(model)
        self._backend_url = backend_url
        self._folder = folder
        self._seed = seed
        self._told = told

    def run(self, worlds: Sequence[World] = (), control: ControlName | None = None) -> Report:
        """Asks, and returns the report.

        Args:
            worlds: Graphs to ask; empty for all that there are templates of.
            control: Which negative control to run beside; None for none.

        Raises:
            BadInput: When there is no such template, or one is not sound.
            ServiceUnavailable: When the graph or the model does not answer.
            SettingsError: For a URL that names no engine.
        """
        there = [world for world in World if any(template.world is world for template in self._templates)]
        chosen = [world for world in there if not worlds or world in worlds]
        if not chosen:
            raise BadInput(f"There are no such questions of {', '.join(worlds) or 'any world'}.")
        model = None if self._model is None else self._model.name  # one that cannot be opened is told at once
        done = [self._ask_world(world, control) for world in chosen]
        asked = [one for world in done for one in world.asked]
        return Report(
            split=self._templates[0].split,
            worlds=chosen,
            seed=self._seed,
            backend=done[0].backend,
            model=model,
            figures=figures_of(asked),
            control=_compared(control, done) if control is not None else None,
            asked=asked,
        )

    def _ask_world(self, world: World, control: ControlName | None) -> _Done:
        templates = [template for template in self._templates if template.world is world]
        with closing(open_world(world, self._backend_url, self._folder)) as backend:
            references = _references(draw(templates, backend, self._seed), backend)
            asked = self._ask(world, references, backend)
            if control is None:
                return _Done(backend.name, asked)
            shown = Shown(backend, backend.schema())
            backend.load(*broken(control, *nodes_and_relations(world), seed=self._seed))
            again = self._ask(f"{world}, {control}", references, shown)
            return _Done(backend.name, asked, again, _breakable(references, shown))

    def _ask(self, where: str, references: Sequence[_Reference], backend: GraphBackend) -> list[Asked]:
        tool = GraphTool(backend, None, self._settings, self._model, today=lambda: TODAY)
        asked: list[Asked] = []
        for number, reference in enumerate(references, 1):
            before = self._model.asked if self._model else 0
            one = _ask(tool, reference)
            tries = self._model.asked - before if self._model else 0
            asked.append(msgspec.structs.replace(one, repaired=tries > 1))
            if number % 50 == 0 or number == len(references):
                self._told(f"{where}: {number} of {len(references)} questions")
        return asked


def _references(questions: Sequence[Question], backend: GraphBackend) -> list[_Reference]:
    run = References(backend).wanted
    return [_Reference(q, run(q.template, q.cypher, q.parameters) if q.cypher else Wanted(())) for q in questions]


def _breakable(references: Sequence[_Reference], control: GraphBackend) -> set[str]:
    """Returns the ids of the questions that the reference itself answers otherwise on the graph of a control."""
    run = References(control).wanted
    ids = set()
    for question, wanted in ((r.question, r.wanted) for r in references if r.question.cypher):
        try:
            rows = run(question.template, question.cypher, question.parameters).rows
        except BadInput:  # without its data it fails
            ids.add(question.id)
            continue
        if not match(wanted.rows, rows, places=wanted.places, empty=question.empty).right:
            ids.add(question.id)
    return ids


def _ask(tool: GraphTool, reference: _Reference) -> Asked:
    question = reference.question
    began = time.monotonic()
    try:
        result = tool.run(GraphInput(question=question.text))
        seconds = time.monotonic() - began
        picked = tool.run(GraphInput(question=question.text, reading=1)) if result.data["readings"] else None
    except ServiceUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 (a crash is a finding: it is counted, and the other questions are asked)
        return _asked(
            reference, time.monotonic() - began, outcome=Outcome.ERROR, code=type(error).__name__, said=str(error)
        )
    judged = _judged(reference, result, seconds)
    if picked is None:
        return judged
    return msgspec.structs.replace(judged, offered=_judged(reference, picked, 0.0).outcome is Outcome.RIGHT)


def _judged(reference: _Reference, result: ToolResult, seconds: float) -> Asked:
    question, data, refusal = reference.question, result.data, result.refusal
    if refusal is not None:
        outcome = Outcome.ERROR if question.cypher and refusal.code in _FAILED else Outcome.REFUSED
        said = f"{refusal.text} {refusal.help}".strip()
        return _asked(reference, seconds, outcome=outcome, code=refusal.code, said=said)
    given = [tuple(row) for row in data["rows"]]
    found = match(reference.wanted.rows, given, places=reference.wanted.places, empty=question.empty)
    answerable = bool(question.cypher)
    right = answerable and found.right and not data["truncated"]  # rows that were cut off may be wrong ones
    return _asked(
        reference,
        seconds,
        outcome=Outcome.RIGHT if right else Outcome.WRONG,
        how=data["how"],
        exact=right and found.exact,
        precision=found.precision if answerable else None,
        recall=found.recall if answerable else None,
        f1=found.f1 if answerable else None,
        query=data["query"],
        given_parameters=data["parameters"],
        similarity=_similarity(question.cypher, data["query"]) if answerable else None,
        given=[list(row) for row in given[:_SHOWN_ROWS]],
        given_rows=len(given),
    )


def _asked(reference: _Reference, seconds: float, **what: Any) -> Asked:
    question = reference.question
    nothing = {"recall": 0.0, "f1": 0.0} if question.cypher else {}
    return Asked(
        id=question.id,
        template=question.template,
        world=question.world,
        category=question.category,
        hops=question.hops,
        language=question.language,
        text=question.text,
        reference=question.cypher,
        parameters=question.parameters,
        wanted=[list(row) for row in reference.wanted.rows[:_SHOWN_ROWS]],
        wanted_rows=len(reference.wanted.rows),
        seconds=seconds,
        **(nothing | what),
    )


def _similarity(reference: str, query: str) -> float:
    """Returns the share of words that both have in the same order (Ratcliff and Obershelp)."""
    return SequenceMatcher(None, reference.split(), query.split(), autojunk=False).ratio()


def _compared(name: ControlName, done: Sequence[_Done]) -> Control:
    again = [one for world in done for one in world.again]
    right = [one for world in done for one in world.again if one.id in world.breakable]
    before = [one for world in done for one in world.asked if one.id in world.breakable]
    return Control(name, share_good(right), share_good(before), again)
