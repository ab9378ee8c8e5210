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
from tools.graph.prompt import prompt_for, prune, query_in
from tools.graph.query_grammar import grammar_of
from tools.graph.sense import makes_sense

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inference.contract import LanguageModel
    from plant.graph.contract import GraphSchema
    from tools.graph.examples import Examples
    from tools.graph.guard import Guard
    from tools.graph.parser.lexicon import Read

_MAX_TOKENS: Final = 160
_SECONDS: Final = 20.0
_EXAMPLES: Final = 3
_LIMITED: Final = re.compile(r"\bLIMIT\s+\d+\s*\Z", re.IGNORECASE)
_JSON_SHAPE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"query": {"type": "string"}},
    "required": ["query"],
}


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
        if read.unread or read.unknown or not _names_something(read):
            return None  # no query accounts for every word, so the model need not be asked
        pruned = prune(self._schema, read.readings)
        near = self._examples.nearest(masked(question, read), _EXAMPLES, self._fits)
        messages = prompt_for(question, pruned, near)
        options = self._options(grammar_of(pruned))
        for attempt in range(2):  # once, and one repair
            query = self._complete(messages, options)
            if query is None:
                return None
            checked = self._guard.read(query)
            words = checked.text if isinstance(checked, Refusal) else failure(query)
            if words is None and not isinstance(checked, Refusal):
                sense = makes_sense(checked, read, limited=bool(_LIMITED.search(query)))
                return Generated(query, repaired=attempt > 0) if sense else None
            repair = Message("user", f"That is wrong: {words} Write it again.")
            messages = [*messages, Message("assistant", query), repair]
        return None

    def _fits(self, query: str) -> bool:
        return not isinstance(self._guard.read(query), Refusal)

    def _options(self, grammar: str) -> Options:
        if self._model.grammars:
            return Options(max_tokens=_MAX_TOKENS, grammar=grammar, seconds=_SECONDS)
        return Options(max_tokens=_MAX_TOKENS, schema=_JSON_SHAPE, seconds=_SECONDS)

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
