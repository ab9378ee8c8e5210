"""A model of a running Ollama, asked over HTTP at the address the user named.

Ollama cuts a prompt that is too long without a word unless it is told not to; here it is told.

Ollama cannot force GBNF grammars (`grammars` is False), and has no call that counts tokens.
"""

from __future__ import annotations

import math
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from inference.checks import check_adapter, check_conforms, check_fits, check_options
from inference.contract import Alternative, Completion, Options
from inference.ollama_server import OllamaServer, host_and_model
from plant.errors import BadInput, MillhandError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from inference.contract import Message

_SAMPLING = {"top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.0}
_TURN_MARK = re.compile(r"<(?=\|)|<(?=/?s>|(?:start|end)_of_turn>|bos>|eos>)|\[(?=/?INST\])")
_WORD = re.compile(r"[A-Za-z]+")


class OllamaModel:
    """A model of an Ollama server; see `inference.contract.LanguageModel`.

    Args:
        host: `HOST:PORT`.
        model: The model's name there, `llama3.2:1b`.
        context_length: Tokens of prompt and answer together; at most what the model was trained for.
        parallel: Requests that wait at the server at once where several texts are asked for. It answers as many at a
            time as its `OLLAMA_NUM_PARALLEL` says, and then rounds otherwise than one by one: a seed is no promise.
        adapters: Models there that were made of this one and an adapter, by the adapter's name: Ollama takes no
            adapter with a request, so one is asked for by another model's name.

    Raises:
        ServiceUnavailable: If the server does not answer, or does not talk like Ollama.
        SettingsError: If it has no such model.
    """

    grammars = False

    def __init__(
        self,
        host: str,
        model: str,
        *,
        context_length: int = 2_048,
        parallel: int = 1,
        adapters: Mapping[str, str] | None = None,
    ) -> None:
        self._tuned = dict(adapters or {})
        self.adapters = tuple(self._tuned)
        self.name = f"ollama {model}"
        self._model = model
        self._parallel = parallel
        self._lock = threading.RLock()
        self._server = OllamaServer(host)
        try:
            shown = [self._server.shown(name) for name in (model, *self._tuned.values())]
        except MillhandError:
            self.close()
            raise
        trained = [int(value) for one in shown for key, value in one.items() if key.endswith(".context_length")]
        self.context_length = min([context_length, *trained])

    @classmethod
    def from_url(
        cls, url: str, *, context_length: int = 2_048, parallel: int = 1, adapters: Mapping[str, str] | None = None
    ) -> OllamaModel:
        """Opens `ollama://HOST:PORT/MODEL`; without a port, Ollama's own.

        Raises:
            SettingsError: If the URL names no host or no model, or an adapter.
        """
        host, model = host_and_model(url)
        return cls(host, model, context_length=context_length, parallel=parallel, adapters=adapters)

    def complete(self, messages: Sequence[Message], options: Options, *, n: int = 1) -> list[Completion]:
        """Answers a chat n times."""
        return self._all("chat", options, n, messages=_turns(messages))

    def continue_text(self, text: str, options: Options, *, n: int = 1) -> list[Completion]:
        """Continues a plain text n times."""
        return self._all("generate", options, n, prompt=text, raw=True)

    def stream(self, messages: Sequence[Message], options: Options) -> Iterator[str]:
        """Answers a chat piece by piece; closing the iterator hangs up, which stops the model."""
        request = {"messages": _turns(messages), **self._request(options, options.seed)}
        return self._pieces(request, options)

    def count_tokens(self, text: str) -> int:
        """Returns an upper estimate: half a token a letter, one for each byte that is not an ASCII letter."""
        letters = [len(word) for word in _WORD.findall(text)]
        return sum((n + 1) // 2 for n in letters) + len(text.encode()) - sum(letters)

    def close(self) -> None:
        """Closes the connections."""
        self._server.close()

    def _all(self, call: str, options: Options, n: int, **prompt: Any) -> list[Completion]:
        """Asks n times, with the seeds that follow, `parallel` at once."""
        with self._lock, ThreadPoolExecutor(min(n, self._parallel)) as pool:
            self._server.client.end = time.monotonic() + options.seconds
            try:
                seeds = range(options.seed, options.seed + n)
                return list(pool.map(lambda seed: self._complete(call, options, seed, **prompt), seeds))
            finally:
                self._server.client.end = math.inf

    def _complete(self, call: str, options: Options, seed: int, **prompt: Any) -> Completion:
        request = self._request(options, seed)
        began = time.perf_counter()
        with self._server.errors(request["model"], reads=self.context_length):
            reply = getattr(self._server.client, call)(**prompt, **request)
        text = (reply.message.content if call == "chat" else reply.response) or ""
        finished = reply.done_reason == "stop"
        self._check_end(reply, text, options, finished=finished)
        seconds = time.perf_counter() - began
        counts = reply.prompt_eval_count or 0, reply.eval_count or 0
        logprob = sum(one.logprob for one in reply.logprobs) if reply.logprobs else None
        return Completion(text, finished, *counts, seconds, _first_tokens(reply), logprob)

    def _pieces(self, request: dict[str, Any], options: Options) -> Iterator[str]:
        written = ""
        with self._lock, self._server.errors(request["model"], reads=self.context_length):
            for part in self._server.client.chat(stream=True, **request):
                if part.message.content:
                    written += part.message.content
                    yield part.message.content
                if part.done:
                    self._check_end(part, written, options, finished=part.done_reason == "stop")

    def _check_end(self, reply: Any, text: str, options: Options, *, finished: bool) -> None:
        """Only now the server has said how many tokens the prompt had."""
        check_fits(reply.prompt_eval_count or 0, options, self.context_length)
        check_conforms(text, options, finished=finished)

    def _request(self, options: Options, seed: int) -> dict[str, Any]:
        check_options(options)
        check_adapter(options.adapter, self.adapters)
        if options.grammar is not None:
            raise BadInput("Ollama cannot force a GBNF grammar.", hint="Give it a JSON schema, or use a llama: model.")
        sampling: dict[str, Any] = {"num_ctx": self.context_length, "num_predict": options.max_tokens, "seed": seed}
        sampling |= {"temperature": options.temperature, "stop": list(options.stop), **_SAMPLING}
        if not options.stop:
            del sampling["stop"]  # an empty list would take away the model's own
        model = self._tuned[options.adapter] if options.adapter else self._model
        request: dict[str, Any] = {"model": model, "options": sampling, "format": options.schema}
        if options.probabilities:
            request |= {"logprobs": True, "top_logprobs": options.probabilities}
        return request


def _first_tokens(reply: Any) -> tuple[Alternative, ...]:
    """Returns what the first token of a reply could have been."""
    if not reply.logprobs:
        return ()
    return tuple(Alternative(one.token, math.exp(one.logprob)) for one in reply.logprobs[0].top_logprobs or ())


def _turns(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Returns messages for the API, marks of turns in their contents broken by a space.

    Ollama reads such a mark anywhere as the mark itself, so a manual's text could begin a turn.
    """
    return [{"role": turn.role, "content": _TURN_MARK.sub(r"\g<0> ", turn.content.strip())} for turn in messages]
