"""llama.cpp in this process, by xllamacpp: a GGUF file, and LoRA adapters over it.

xllamacpp wraps llama.cpp's server, which insists on listening somewhere. It listens on a Unix
socket in a folder only this user can enter, and asks for a key; no port is opened. Completions go
through a direct call; tokenising and the chat template, which have none, through that socket.

What a person or a manual wrote is tokenised without special tokens, so that a text such as
`<|im_end|>` in it stays text and cannot begin a turn of its own.

A model does not survive `fork`: its threads stay behind. Open it in the process that uses it.
"""

from __future__ import annotations

import http.client
import json
import math
import os
import queue
import secrets
import shutil
import socket
import tempfile
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.adapters import check_adapter_file
from inference.checks import check_adapter, check_conforms, check_fits, check_options
from inference.contract import Alternative, Completion, Options, OutOfTime, PromptTooLong, Scored
from inference.gguf import check_gguf
from plant.errors import BadInput, MillhandError, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from inference.contract import Message

_SILENT = -1
_FOLDER_LIMIT = 90  # a Unix socket's path has at most 107 bytes
_BATCH = 256
"""Tokens of a prompt that are read between two looks at the clock; more at once is hardly faster."""
_FORCED = 1e4
"""A bias that no likelihood outweighs: the token with it is written."""
_SAMPLING = {"top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.0}


class LlamaModel:
    """A language model in a GGUF file; see `inference.contract.LanguageModel`.

    Args:
        path: The GGUF file.
        context_length: Tokens of prompt and answer together; at most what the model was trained for.
        threads: Threads for reading a prompt. Writing takes one fewer: all threads meet thousands
            of times for each token, so one that the system holds up for a moment stops all.
        parallel: How many of the n texts of one call it writes at once; each takes memory for a context of its own.
        adapters: LoRA adapters as GGUF files over the same base, by name.
        adapter: The one that applies where options name none; its name becomes part of the model's.

    Raises:
        BadInput: If a file is not there, not GGUF, or cannot be loaded; if an adapter is none, or for another base.
        SettingsError: If there is no such adapter.
    """

    grammars = True

    def __init__(
        self,
        path: Path,
        *,
        context_length: int = 2_048,
        threads: int = 2,
        parallel: int = 1,
        adapters: Mapping[str, Path] | None = None,
        adapter: str | None = None,
    ) -> None:
        adapters = dict(adapters or {})
        check_adapter(adapter, adapters)
        check_gguf(path)
        for file in adapters.values():
            check_adapter_file(file, path)
        self.name = path.stem if adapter is None else f"{path.stem}+{adapter}"
        self._parallel = parallel
        self.adapters = tuple(adapters)
        self._adapter = adapter
        self._lock = threading.RLock()
        self._last_prompt: tuple[list[int], str | None] | None = None
        folder = private_folder()
        self._clean = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._socket = _Socket(folder / "llama.sock", key=secrets.token_hex(16))
        params = _params(path, list(adapters.values()), self._socket)
        params.n_ctx, params.n_parallel = parallel * context_length, parallel
        params.cpuparams.n_threads, params.cpuparams_batch.n_threads = max(1, threads - 1), threads
        self._server: Any = _open_server(params)
        self.context_length = int(self._socket.get("/props")["default_generation_settings"]["n_ctx"])

    def complete(self, messages: Sequence[Message], options: Options, *, n: int = 1) -> list[Completion]:
        """Answers a chat n times."""
        with self._lock:
            return self._complete(self._chat_tokens(messages), options, n)

    def continue_text(self, text: str, options: Options, *, n: int = 1) -> list[Completion]:
        """Continues a plain text n times."""
        with self._lock:
            return self._complete(self._tokens(text, begin=True), options, n)

    def score(self, prompt: Sequence[int], answer: Sequence[int], adapter: str | None = None) -> list[Scored | None]:
        """Returns what the model thinks of each token of an answer, those before it being there (teacher forcing).

        llama.cpp tells the probability of the token that it writes, before anything was forced: so each token is
        forced by a bias. A token that is only a part of a character it does not tell of: None.

        Args:
            prompt: Tokens that are read.
            answer: Tokens that are scored.
            adapter: One of `adapters`; None for the model as it was opened.
        """
        options = Options(max_tokens=1, probabilities=1, adapter=adapter)
        with self._lock:
            self._last_prompt = None
            scores = []
            for index, token in enumerate(answer):
                body = self._body([*prompt, *answer[:index]], options)
                chunks = self._run({**body, "logit_bias": [[token, _FORCED]]}, math.inf)
                scores.append(_scored(chunks, token))
            return scores

    def score_answer(self, messages: Sequence[Message], answer: str, adapter: str | None = None) -> list[Scored | None]:
        """Returns what the model thinks of each token of an answer to a chat; see `inference.contract.Scoring`."""
        with self._lock:
            return self.score(self._chat_tokens(messages), self._tokens(answer), adapter)

    def stream(self, messages: Sequence[Message], options: Options) -> Iterator[str]:
        """Answers a chat piece by piece; closing the iterator stops the model."""
        with self._lock:
            tokens = self._chat_tokens(messages)
            body = self._body(tokens, options)
        return self._pieces(tokens, options, body)

    def count_tokens(self, text: str) -> int:
        """Returns how many tokens a text has, exactly."""
        return len(self._tokens(text))

    def close(self) -> None:
        """Frees the model and its socket."""
        with self._lock:
            self._server = None
            self._clean()

    def _complete(self, tokens: list[int], options: Options, n: int) -> list[Completion]:
        body, end = self._body(tokens, options), time.monotonic() + options.seconds
        if self._parallel == 1:
            self._read_prompt(tokens, options, end)
        else:  # texts that are written together read their prompt together
            self._last_prompt, body["cache_prompt"] = None, False
        written = []
        for first in range(0, n, self._parallel):
            group = {**body, "seed": options.seed + first, "n": min(self._parallel, n - first)}
            written += self._written(group, options, end)
        return written

    def _written(self, body: dict[str, Any], options: Options, end: float) -> list[Completion]:
        """Returns the texts of one request, in the order of their seeds."""
        began = time.perf_counter()
        chunks = [chunk for chunk in self._run(body, end) if "choices" in chunk]
        seconds = time.perf_counter() - began
        completions = []
        for index in range(body["n"]):
            mine = [chunk for chunk in chunks if chunk["choices"][0]["index"] == index]
            text = "".join(chunk["choices"][0]["text"] for chunk in mine)
            finished = mine[-1]["choices"][0]["finish_reason"] == "stop"
            check_conforms(text, options, finished=finished)
            usage = mine[-1]["usage"]
            counts = usage["prompt_tokens"], usage["completion_tokens"]
            completions.append(Completion(text, finished, *counts, seconds, _first_tokens(mine), _logprob(mine)))
        return completions

    def _run(self, body: dict[str, Any], end: float) -> list[dict[str, Any]]:
        """Runs a request and returns its chunks; stops it at a time of the monotonic clock.

        What an exception in llama.cpp's callback would do is undefined, so it only keeps chunks. It is called for
        each piece of the prompt that was read and each token that was written, on a thread of its own: on the main
        thread Ctrl+C would be raised in it, printed, and lost.
        """
        chunks: list[dict[str, Any]] = []
        stopped, given_up = False, threading.Event()

        def receive(chunk: dict[str, Any]) -> bool:
            nonlocal stopped
            chunks.append(chunk)
            stopped = time.monotonic() >= end
            return stopped or given_up.is_set()

        with ThreadPoolExecutor(1, thread_name_prefix="llama") as pool:
            request = {**body, "stream": True, "return_progress": True}
            try:
                pool.submit(self._server.handle_completions, request, receive).result()
            finally:
                given_up.set()
        for chunk in chunks:
            checked(chunk)
        if stopped:
            raise OutOfTime(f"{self.name} did not answer in time.")
        return chunks

    def _pieces(self, tokens: list[int], options: Options, body: dict[str, Any]) -> Iterator[str]:
        """Runs the model on a thread of its own and yields what it writes.

        llama.cpp calls back for each piece; what an exception in there would do is undefined, so
        the callback only passes chunks on, and says whether to stop.
        """
        chunks: queue.SimpleQueue[dict[str, Any] | MillhandError | None] = queue.SimpleQueue()
        stopped = threading.Event()

        def receive(chunk: dict[str, Any]) -> bool:
            chunks.put(chunk)
            return stopped.is_set()

        def run() -> None:
            try:
                with self._lock:
                    self._read_prompt(tokens, options, math.inf)
                    self._server.handle_completions({**body, "stream": True}, receive)
            except MillhandError as error:
                chunks.put(error)
            finally:
                chunks.put(None)

        writer = threading.Thread(target=run, name="llama", daemon=True)
        writer.start()
        try:
            yield from _texts(chunks.get, options)
        finally:
            stopped.set()
            writer.join()

    def _read_prompt(self, tokens: list[int], options: Options, end: float) -> None:
        """Lets the model read a prompt from its beginning, once.

        Reading only what differs from the last prompt would be faster, but rounds otherwise, and
        the same seed could give another text. Every answer starts from the same state this way.
        """
        key = (tokens, options.adapter or self._adapter)
        if key != self._last_prompt:
            self._last_prompt = None
            self._run({**self._body(tokens, options, free=True), "cache_prompt": False}, end)
            self._last_prompt = key

    def _body(self, tokens: list[int], options: Options, *, free: bool = False) -> dict[str, Any]:
        check_options(options)
        check_adapter(options.adapter, self.adapters)
        check_fits(len(tokens), options, self.context_length)
        chosen = options.adapter or self._adapter
        scales = [{"id": i, "scale": float(name == chosen)} for i, name in enumerate(self.adapters)]
        body: dict[str, Any] = {"prompt": tokens, "lora": scales, "n_predict": 0}
        if free:
            return body
        body |= {"n_predict": options.max_tokens, "temperature": options.temperature, "seed": options.seed}
        body |= {"stop": list(options.stop), "cache_prompt": True, **_SAMPLING}
        if options.probabilities:
            body["logprobs"] = options.probabilities
        if options.grammar is not None:
            body["grammar"] = options.grammar
        if options.schema is not None:
            body["json_schema"] = {"x-guidance": {"whitespace_flexible": False}, **options.schema}
        return body

    def _chat_tokens(self, messages: Sequence[Message]) -> list[int]:
        """Returns the tokens of a chat in the model's template, contents without special tokens."""
        marks = [f"content{i}-{secrets.token_hex(4)}" for i in range(len(messages))]
        turns = [{"role": message.role, "content": mark} for message, mark in zip(messages, marks, strict=True)]
        rest = self._socket.post("/apply-template", {"messages": turns})["prompt"]
        tokens: list[int] = []
        for message, mark in zip(messages, marks, strict=True):
            before, found, rest = rest.partition(mark)
            if not found:
                raise BadInput(f"The chat template of {self.name} leaves out a {message.role} message.")
            tokens += self._tokens(before, special=True) + self._tokens(message.content.strip())
        return tokens + self._tokens(rest, special=True)

    def _tokens(self, text: str, *, special: bool = False, begin: bool = False) -> list[int]:
        """Returns the tokens of a text; `special` for a template's own text, `begin` adds the first token."""
        if not text and not begin:
            return []
        request = {"content": text, "add_special": begin, "parse_special": special}
        tokens: list[int] = self._socket.post("/tokenize", request)["tokens"]
        return tokens


class _Socket:
    """HTTP over a Unix socket, to the llama.cpp of this process."""

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self.key = key

    def get(self, route: str) -> Any:
        return self._request("GET", route, None)

    def post(self, route: str, body: dict[str, Any]) -> Any:
        return self._request("POST", route, json.dumps(body))

    def _request(self, method: str, route: str, body: str | None) -> Any:
        connection = http.client.HTTPConnection("localhost")
        try:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.connect(str(self.path))
            headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            connection.request(method, route, body, headers)
            return checked(json.loads(connection.getresponse().read()))
        except OSError as error:
            raise ServiceUnavailable("The model in this process does not answer; it may be closed.") from error
        finally:
            connection.close()


def _texts(next_chunk: Callable[[], dict[str, Any] | MillhandError | None], options: Options) -> Iterator[str]:
    """Yields the texts of chunks until there is none; raises what went wrong."""
    written, finished = "", False
    while (chunk := next_chunk()) is not None:
        if isinstance(chunk, MillhandError):
            raise chunk
        choice = checked(chunk)["choices"][0]
        finished = choice["finish_reason"] == "stop"
        if choice["text"]:
            written += choice["text"]
            yield choice["text"]
    check_conforms(written, options, finished=finished)


def _first_tokens(chunks: Sequence[dict[str, Any]]) -> tuple[Alternative, ...]:
    """Returns what the first token could have been, of the chunks of one text."""
    first = _first_told(chunks)
    return tuple(Alternative(one["token"], math.exp(one["logprob"])) for one in first.get("top_logprobs", ()))


def _scored(chunks: Sequence[dict[str, Any]], token: int) -> Scored | None:
    """Returns what was told of a token that was forced."""
    first = _first_told(chunks)
    return Scored(first["logprob"], first["top_logprobs"][0]["id"] == token) if first else None


def _logprob(chunks: Sequence[dict[str, Any]]) -> float | None:
    """Returns the logarithm of the probability of all tokens that were written; None where it is not told."""
    told = [one["logprob"] for told in _told(chunks) for one in told]
    return sum(told) if told else None


def _first_told(chunks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Returns what llama.cpp tells of the first token that it wrote; empty where it tells nothing."""
    return next((told[0] for told in _told(chunks) if told), {})


def _told(chunks: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Returns what llama.cpp tells of the tokens of each chunk."""
    told = (chunk["choices"][0]["logprobs"] for chunk in chunks if "choices" in chunk)
    return [one["content"] or [] for one in told if one]


def _params(path: Path, adapters: Sequence[Path], listen: _Socket) -> Any:
    """Returns what llama.cpp's server is started with, but for sizes and threads."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read as OpenMP loads: spinning starves a busy machine
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(file), 1.0) for file in adapters]
    params.lora_init_without_apply = True
    params.n_batch = _BATCH
    params.cache_ram_mib = 0  # else up to 8 GiB of old prompts are kept
    params.ctx_shift = False
    params.warmup = False
    params.verbosity = _SILENT
    params.hostnames = [str(listen.path)]
    params.api_keys = [listen.key]
    params.ui = False
    params.endpoint_slots = False
    return params


def _open_server(params: Any) -> Any:
    """Starts llama.cpp, and lets it read one token: asked to end before its loop has begun, it would never end."""
    import xllamacpp

    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        raise BadInput(
            f"llama.cpp cannot load {params.model.path}{' with its adapters' if params.lora_adapters else ''}.",
            hint="The file may be cut short, of a kind it does not know, or an adapter may be for another base.",
        ) from error
    checked(server.handle_completions({"prompt": [0], "n_predict": 0, "cache_prompt": False}))
    return server


def private_folder() -> Path:
    """Makes a folder only this user can enter, with a path short enough for a Unix socket."""
    folder = tempfile.mkdtemp(prefix="millhand-")
    if len(os.fsencode(folder)) > _FOLDER_LIMIT:
        Path(folder).rmdir()
        folder = tempfile.mkdtemp(prefix="millhand-", dir="/tmp")
    return Path(folder)


def checked(reply: Any) -> Any:
    """Returns a reply of llama.cpp, or raises what it says went wrong."""
    error = reply.get("error") if isinstance(reply, dict) else None
    if error is None:
        return reply
    text = str(error.get("message", error)).rstrip(".")
    if error.get("type") == "exceed_context_size_error":
        raise PromptTooLong(f"llama.cpp says: {text}.")
    if error.get("code") == http.client.BAD_REQUEST:
        raise BadInput(f"llama.cpp refuses the request: {text}.")
    raise ServiceUnavailable(f"llama.cpp failed: {text}.")
