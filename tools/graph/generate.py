"""A language model writes the Cypher where neither a recipe nor the parser understands, fenced in on both sides.

Before: a prompt with the schema pruned to the question, examples near to it, and a grammar built from the live schema
(`query_grammar.py`), so that it cannot name what is not there. After: the guard, the engine, at most one repair with
their words, and a check of sense (`sense.py`), or it counts for nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from inference.contract import Message, Options, PromptTooLong
from plant.errors import BadInput
from plant.facts import Refusal
from tools.graph.examples import masked
from tools.graph.parser.readings import Label, Nodes, Sort
from tools.graph.prompt import Pruned, prompt_for, prune, query_in
from tools.graph.query_grammar import grammar_of, names_grammar_of
from tools.graph.sense import makes_sense, unread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inference.contract import LanguageModel
    from plant.graph.contract import GraphSchema
    from tools.graph.examples import Examples
    from tools.graph.guard import Guard
    from tools.graph.parser.lexicon import Read
    from tools.graph.prompt import Example

_MAX_TOKENS: Final = 160
_SECONDS: Final = 20.0
_EXAMPLES: Final = 3
_ADAPTER: Final = "cypher"
_LIMITED: Final = re.compile(r"\bLIMIT\s+\d+\s*\Z", re.IGNORECASE)
_JSON_SHAPE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"query": {"type": "string"}},
    "required": ["query"],
}


class Posed(msgspec.Struct, frozen=True):
    """A question as a model is asked it.

    Attributes:
        messages: The turns; a model that is tuned for it has learnt from such.
        schema: What the question touches.
        answerable: Whether every word has a reading, or only takes up another, and something of the graph is named, so
            that a query may account for the question; else the model need not be asked.
    """

    messages: list[Message]
    schema: Pruned
    answerable: bool


def pose(question: str, read: Read, schema: GraphSchema, near: Sequence[Example] = ()) -> Posed:
    """Returns a question as a model is asked it, and trained on.

    Args:
        question: As it was asked.
        read: What its words may mean.
        schema: What there is to ask about.
        near: Questions with their queries, shown to a model that has not learnt from many.
    """
    pruned = prune(schema, read.readings)
    answerable = not (unread(read) or read.unknown) and _names_something(read)
    return Posed(prompt_for(question, pruned, near), pruned, answerable)


class Generated(msgspec.Struct, frozen=True):
    """A query that a model wrote, and whether it had to be told what was wrong first."""

    query: str
    repaired: bool


class Generator:
    """Writes queries for one graph.

    Args:
        model: The language model.
        guard: Judges what it writes.
        schema: What there is to ask about.
        examples: Questions with their queries.
    """

    def __init__(self, model: LanguageModel, guard: Guard, schema: GraphSchema, examples: Examples) -> None:
        self._model = model
        self._guard = guard
        self._schema = schema
        self._examples = examples

    def write(self, question: str, read: Read, failure: Callable[[str], str | None]) -> Generated | None:
        """Writes a query that passes the guard, runs, and makes sense of the question.

        Args:
            question: As it was asked.
            read: What its words may mean.
            failure: Runs a query and returns the engine's words if it fails.

        Returns:
            The query, or None where there is none that may be trusted.

        Raises:
            ServiceUnavailable: When the model does not answer, or not in time.
        """
        tuned = _ADAPTER in self._model.adapters
        posed = pose(question, read, self._schema, () if tuned else self._near(question, read))
        if not posed.answerable:
            return None
        messages, options = posed.messages, self._options(posed.schema, question, tuned=tuned)
        for attempt in range(2):  # once, and one repair
            query = self._complete(messages, options)
            if query is None:
                return None
            checked = self._guard.read(query)
            words = checked.text if isinstance(checked, Refusal) else failure(query)
            if words is None and not isinstance(checked, Refusal):
                sense = makes_sense(checked, read, limited=bool(_LIMITED.search(query)), tuned=tuned)
                return Generated(query, repaired=attempt > 0) if sense else None
            repair = Message("user", f"That is wrong: {words} Write it again.")
            messages = [*messages, Message("assistant", query), repair]
        return None

    def _near(self, question: str, read: Read) -> list[Example]:
        """Returns examples that are near to a question and name nothing that the graph has not."""

        def fits(query: str) -> bool:
            return not isinstance(self._guard.read(query), Refusal)

        return self._examples.nearest(masked(question, read), _EXAMPLES, fits)

    def _options(self, schema: Pruned, question: str, *, tuned: bool) -> Options:
        options = Options(max_tokens=_MAX_TOKENS, seconds=_SECONDS)
        if tuned:  # it has learnt to write the query alone, not JSON
            grammar = names_grammar_of(schema, question) if self._model.grammars else None
            return msgspec.structs.replace(options, adapter=_ADAPTER, grammar=grammar, probabilities=1)
        if self._model.grammars:
            return msgspec.structs.replace(options, grammar=grammar_of(schema))
        return msgspec.structs.replace(options, schema=_JSON_SHAPE)

    def _complete(self, messages: Sequence[Message], options: Options) -> str | None:
        try:
            text = self._model.complete(messages, options)[0].text
            if options.schema is not None:
                text = str(msgspec.json.decode(text)["query"])
        except (PromptTooLong, BadInput, msgspec.DecodeError, KeyError, TypeError):
            return None  # a model that cannot say it has not understood
        return query_in(text)


def _names_something(read: Read) -> bool:
    return any(isinstance(one.meaning, Label | Nodes | Sort) for one in read.readings)
