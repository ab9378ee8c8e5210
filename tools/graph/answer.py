"""The graph tool: a question or a Cypher query in, facts with their rows and query out.

A question is tried in four ways, the surest first; the first that understands all of it answers:

1. a recipe (`recipes.py`): named, parameterised, written by hand;
2. the compositional parser (`parser/`): every word has one meaning in the live graph;
3. the language model, if there is one (`generate.py`), fenced in by the guard and a check of sense;
4. a refusal that helps: a wrong answer is worse than "I don't know".

A given query goes straight through the guard.

Facts, all citing the one evidence (kind `query`: the Cypher that ran, its parameters, its rows):

| name | value |
|---|---|
| `rows.count` | how many rows came back; 0 is an answer ("there is none"), see `data["empty"]` |
| `row.COLUMN` | one value of a row, one fact for each row, in row order; empty values are left out |
| `entity` | id of each node the question was linked to, in order of mention |
| `meaning.en`, `meaning.fr` | what was asked, back from the query that ran |
| `spelled` | a word of the question that was taken for a name spelled otherwise, then that name |
| `missing` | a value that no node has, then its nearest spellings |

A column is named for what it holds; each recipe's own columns stand in `tools/graph/cookbook.py`, the
parser's in `tools/graph/parser/writer.py`. A refusal keeps the `entity` facts that explain it.

`ToolResult.data` is the JSON that `millhand graph ask|query --json` prints; its keys stand in `docs/json.md`.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import msgspec

from ingestion.log import get_log
from plant.errors import ServiceUnavailable
from plant.facts import Refusal, RefusalCode
from plant.graph.contract import QueryFailed, QueryTimeout
from plant.time import zone_named
from tools.graph.commands import is_command
from tools.graph.emptiness import Empty, Nothing, premises, why_empty, why_form_is_empty
from tools.graph.examples import packaged
from tools.graph.generate import Generator
from tools.graph.knowledge import Knowledge
from tools.graph.outcome import NAME, Outcome
from tools.graph.parser.form import Ask
from tools.graph.parser.parse import Ambiguous, Parsed
from tools.graph.parser.writer import write
from tools.graph.refusals import (
    EMPTY_GRAPH,
    NEVER_ACTS,
    NOTHING_ASKED,
    asked_back,
    asked_whether,
    cannot,
    ids_of,
    not_so,
    not_understood,
    said,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from inference.contract import LanguageModel
    from plant.facts import ToolResult
    from plant.graph.contract import GraphBackend
    from plant.settings import Settings
    from plant.store.contract import Store
    from tools.contract import GraphInput
    from tools.graph.entities import Linked

_log = get_log("millhand.graph")


class GraphTool:
    """Answers questions about the plant graph; see `tools.contract.Tool`.

    Args:
        backend: The graph.
        store: Its sensor registry has what people call the tags; None where there is no store.
        settings: For timeout, row limit and the plant's time zone.
        model: Writes Cypher where neither a recipe nor the parser understands; None for none.
        today: Returns the day that "this year" and "last week" are counted from; the plant's own unless given.
    """

    name: ClassVar[str] = NAME

    def __init__(
        self,
        backend: GraphBackend,
        store: Store | None,
        settings: Settings,
        model: LanguageModel | None,
        *,
        today: Callable[[], date] | None = None,
    ) -> None:
        self._backend = backend
        self._store = store
        self._settings = settings
        self._model = model
        zone = zone_named(settings.plant.timezone)
        self._today = today or (lambda: datetime.now(zone).date())
        self._lock = threading.Lock()
        self._known: Knowledge | None = None

    def run(self, request: GraphInput) -> ToolResult:
        """Answers a question, or runs a given query.

        Raises:
            ServiceUnavailable: When the graph does not answer.
            BadInput: When there is no graph, or its file is damaged.
        """
        began = time.monotonic()
        with self._lock:
            known = self._knowledge()
            outcome = self._given(known, request.query) if request.query.strip() else self._asked(known, request)
        return outcome.result(seconds=time.monotonic() - began)

    def understands(self, request: GraphInput) -> bool:
        """Whether a recipe or the parser understands all of a question; nothing is run. Raises as `run` does."""
        with self._lock:
            known = self._knowledge()
            if is_command(known.lexicon.read(request.question, self._today(), request.entities)):
                return False
            linked = known.catalogue.entities.link(request.question, request.entities)
            if not linked.unknown and known.book.find(linked) is not None:
                return True
            parsed = self._parsed(known, request)
        return parsed is not None and not isinstance(parsed, Refusal)

    def _knowledge(self) -> Knowledge:
        """Returns what is known of the graph, learnt anew when the graph or the names of its tags have changed."""
        revision, aliases = self._backend.revision(), self._aliases()
        known = self._known
        if known is None or not revision or (revision, aliases) != (known.revision, known.aliases):
            schema = self._backend.schema()
            if known is None or revision or (schema, aliases) != (known.schema, known.aliases):
                self._known = known = Knowledge(schema, revision, self._backend, self._settings, aliases)
        return known

    def _aliases(self) -> dict[str, tuple[str, ...]]:
        return {s.tag: (s.description, *s.aliases) for s in self._store.registry()} if self._store else {}

    def _given(self, known: Knowledge, text: str) -> Outcome:
        refusal = known.guard.check(text)
        if isinstance(refusal, Refusal):
            impossible = refusal.code is RefusalCode.NOT_FOUND
            return Outcome("given", refusal=refusal, nothing=Nothing(Empty.IMPOSSIBLE_PATH) if impossible else None)
        return self._execute(known, Outcome("given", meaning=known.meaning_of(text), query=text))

    def _asked(self, known: Knowledge, request: GraphInput) -> Outcome:
        if not request.question.strip():
            return NOTHING_ASKED
        if not known.schema.nodes:
            return EMPTY_GRAPH
        read = known.lexicon.read(request.question, self._today(), request.entities)
        if is_command(read):
            return NEVER_ACTS
        linked = known.catalogue.entities.link(request.question, request.entities)
        for way in (self._by_recipe, self._by_parser, self._by_model):
            outcome = way(known, request, linked)
            if outcome is not None:
                return outcome
        return not_understood(linked, read)

    def _by_recipe(self, known: Knowledge, _request: GraphInput, linked: Linked) -> Outcome | None:
        prepared = None if linked.unknown else known.book.find(linked)
        if prepared is None:
            return None
        outcome = Outcome(
            "recipe",
            kind="count" if prepared.counting else "list",
            recipe=prepared.recipe,
            meaning=prepared.meaning,
            linked=ids_of(linked),
            query=prepared.query,
            parameters=dict(prepared.parameters),
        )
        return self._execute(known, outcome)

    def _by_parser(self, known: Knowledge, request: GraphInput, _linked: Linked) -> Outcome | None:
        parsed = self._parsed(known, request)
        if parsed is None:
            return None
        if isinstance(parsed, Ambiguous) and 1 <= request.reading <= len(parsed.forms):
            parsed = Parsed(parsed.forms[request.reading - 1])
        if isinstance(parsed, Refusal):
            return asked_back(parsed, known.schema) if isinstance(parsed, Ambiguous) else cannot(parsed)
        if not parsed.sure and request.reading != 1:
            return asked_whether(parsed.ask, known.schema)
        written = write(parsed.ask, known.schema)
        outcome = Outcome(
            "parser",
            kind=parsed.ask.kind,
            meaning=said(parsed.ask, known.schema),
            spelled=parsed.spelled,
            linked=parsed.linked,
            query=written.text,
            parameters=written.parameters,
        )
        outcome = self._execute(known, outcome, parsed.ask)
        false = self._false_premise(known, parsed.ask) if outcome.nothing else None
        return cannot(false, parsed.linked) if false else outcome

    def _false_premise(self, known: Knowledge, ask: Ask) -> Refusal | None:
        """Returns what to say of a node that is not what the question calls it; None where all are."""
        for thing in premises(ask):
            written = write(Ask(thing), known.schema)
            found = self._execute(known, Outcome("parser", query=written.text, parameters=written.parameters))
            if found.rows is not None and not found.rows.rows:
                return not_so(thing)
        return None

    def _parsed(self, known: Knowledge, request: GraphInput) -> Parsed | Refusal | None:
        return known.parser.parse(request.question, self._today(), request.entities)

    def _by_model(self, known: Knowledge, request: GraphInput, linked: Linked) -> Outcome | None:
        """Lets the model write a query; None where it is not sure to have understood."""
        if self._model is None or linked.unknown:
            return None
        read = known.lexicon.read(request.question, self._today(), request.entities)
        generator = Generator(self._model, known.guard, known.schema, packaged())
        try:
            generated = generator.write(request.question, read, self._failure(known))
        except ServiceUnavailable as error:  # the graph is there: what it cannot answer without a model is refused
            _log.warning("the model wrote no query", reason=error.message)
            return None
        if generated is None:
            return None
        outcome = Outcome(
            "model",
            meaning=known.meaning_of(generated.query),
            linked=ids_of(linked),
            repaired=generated.repaired,
            query=generated.query,
        )
        outcome = self._execute(known, outcome)
        return outcome if outcome.rows is not None and outcome.rows.rows else None

    def _failure(self, known: Knowledge) -> Callable[[str], str | None]:
        """Returns a function that runs a query and gives the engine's words if it failed."""

        def failure(text: str) -> str | None:
            outcome = self._execute(known, Outcome("model", query=text))
            return outcome.refusal.text if outcome.refusal else None

        return failure

    def _execute(self, known: Knowledge, outcome: Outcome, ask: Ask | None = None) -> Outcome:
        """Guards and runs an outcome's query; what cannot run is a refusal."""
        assert outcome.query is not None
        checked = known.guard.check(outcome.query, outcome.parameters)
        if isinstance(checked, Refusal):
            return self._refused(outcome, RefusalCode.INVALID_QUERY, checked.text, checked.help)
        ran = msgspec.structs.replace(outcome, query=checked.text, parameters=checked.parameters)
        try:
            rows = self._backend.run(checked, timeout_s=self._settings.graph.timeout_s)
        except QueryTimeout as error:
            return msgspec.structs.replace(ran, refusal=Refusal(RefusalCode.TIMED_OUT, error.message, error.hint))
        except QueryFailed as error:
            return self._refused(ran, RefusalCode.INVALID_QUERY, error.message, error.hint)
        if ask is not None:
            nothing = why_form_is_empty(ask, rows, known.values_of)
        else:
            nothing = why_empty(known.guard.read(checked.text), checked.parameters, rows, known.values_of)
        return msgspec.structs.replace(ran, rows=rows, nothing=nothing)

    def _refused(self, outcome: Outcome, code: RefusalCode, text: str, help_: str) -> Outcome:
        """Refuses a query that did not run; one of our own writing should have, so it is logged."""
        if outcome.how in {"recipe", "parser"}:
            _log.error("a query of our own was refused", how=outcome.how, query=outcome.query, reason=text)
        return msgspec.structs.replace(outcome, refusal=Refusal(code, text, help_))
