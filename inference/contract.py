"""What a language model is.

Rules every implementation keeps:

- It is called from any one thread at a time; implementations lock, callers need not.
- The same call (prompt, options, seed, n) gives the same texts on the same machine.
- A prompt that does not fit `context_length` less `max_tokens` raises `PromptTooLong`: nothing is cut in silence.
- With a grammar or a schema the text conforms, or the call raises `BadInput`. Not every model can: see `grammars`.
- It ends within the seconds of the options, or raises `OutOfTime`.
- No network but the address it was opened with; `ServiceUnavailable` when that does not answer.
- Text that comes out is data: nobody executes, trusts or renders it as markup.

`tests/conformance/test_language_model.py` runs over every implementation.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import msgspec

from plant.errors import BadInput, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class PromptTooLong(BadInput):
    """The prompt and the answer's budget do not fit the model's context."""

    title = "Too much text for the model"


class OutOfTime(ServiceUnavailable):
    """The model did not answer within the seconds of the options."""

    title = "The model took too long"


class Message(msgspec.Struct, frozen=True):
    """One turn of a chat; `role` is `system`, `user` or `assistant`."""

    role: str
    content: str


class Options(msgspec.Struct, frozen=True):
    """How to complete.

    Attributes:
        max_tokens: The most tokens to write.
        temperature: 0 for the likeliest token each time.
        seed: For sampling.
        stop: Texts that end the answer; not part of it.
        grammar: A GBNF grammar the text must conform to; None for any text.
        schema: A JSON schema the text must conform to; None for any text.
        adapter: Name of a LoRA adapter, one of the model's `adapters`; None for the model as it was opened.
        probabilities: How many of the likeliest first tokens to tell with their probability, and that of the text; 0 to
            20.
        seconds: The most that one call may take. After them it stops and raises `OutOfTime`: at the next token, or
            where the model has read one more piece of its prompt. A stream is stopped by its reader.
    """

    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    grammar: str | None = None
    schema: dict[str, Any] | None = None
    adapter: str | None = None
    probabilities: int = 0
    seconds: float = math.inf


class Alternative(msgspec.Struct, frozen=True):
    """A token that an answer could begin with.

    Attributes:
        text: The token's text.
        probability: What the model gives it, from 0 to 1, before temperature, grammar and schema choose.
    """

    text: str
    probability: float


class Completion(msgspec.Struct, frozen=True):
    """What a model wrote.

    Attributes:
        text: The text, stop texts removed.
        finished: True where the model ended by itself, False where `max_tokens` cut it.
        prompt_tokens: Tokens read.
        tokens: Tokens written.
        seconds: How long it took.
        alternatives: As many of the likeliest first tokens as `Options.probabilities` asks for, likeliest first; none
            where nothing was written.
        logprob: The natural logarithm of the probability that it gave the text, token by token, before temperature,
            grammar and schema chose; None where `Options.probabilities` is 0, or nothing was written.
    """

    text: str
    finished: bool
    prompt_tokens: int
    tokens: int
    seconds: float
    alternatives: tuple[Alternative, ...] = ()
    logprob: float | None = None


class Scored(msgspec.Struct, frozen=True):
    """What a model thought of one token of an answer that was given to it.

    Attributes:
        logprob: The natural logarithm of the probability that it gave the token.
        likeliest: Whether no other token was likelier.
    """

    logprob: float
    likeliest: bool


class LanguageModel(Protocol):
    """A local language model. See the module's docstring for the rules."""

    @property
    def name(self) -> str:
        """What it is, for people: `smollm2-135m`, `ollama llama3.2:1b`."""

    @property
    def context_length(self) -> int:
        """How many tokens prompt and answer may have together."""

    @property
    def grammars(self) -> bool:
        """Whether GBNF grammars can be forced; JSON schemas always can."""

    @property
    def adapters(self) -> tuple[str, ...]:
        """Names that `Options.adapter` may have: what the model is tuned for, a `Task` of `finetuning.example`."""

    def complete(self, messages: Sequence[Message], options: Options, *, n: int = 1) -> list[Completion]:
        """Answers a chat n times, with seeds `seed`, `seed + 1`, ..."""

    def continue_text(self, text: str, options: Options, *, n: int = 1) -> list[Completion]:
        """Continues a plain text, with no chat template around it, n times."""

    def stream(self, messages: Sequence[Message], options: Options) -> Iterator[str]:
        """Answers a chat piece by piece."""

    def count_tokens(self, text: str) -> int:
        """Returns how many tokens a text has; for models that cannot tell, an upper estimate."""

    def close(self) -> None:
        """Frees the model; it may not be used after."""


@runtime_checkable
class Scoring(Protocol):
    """A model that can also tell what it thinks of an answer that is given to it."""

    def score_answer(
        self, messages: Sequence[Message], answer: str, adapter: str | None = None
    ) -> Sequence[Scored | None]:
        """Returns what it thinks of each token of an answer to a chat, those before it being there (teacher forcing).

        The token that would end the answer is not among them. None for a token that it does not tell of.
        """
