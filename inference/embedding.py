"""Embedding models: texts in, vectors of length 1 out, near one another where texts mean the like.

`ollama://HOST:PORT/MODEL` asks an Ollama server; `llama:PATH.gguf` runs in this process, where a text's vector is the
mean over its tokens. Any text that does not fit raises `PromptTooLong`: nothing is cut in silence.
"""

from __future__ import annotations

import math
import secrets
import shutil
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from inference.contract import PromptTooLong
from plant.errors import BadInput, ServiceUnavailable, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKENS: Final = 2_048
_TOO_LARGE: Final = "too large to process"  # llama.cpp's words; their kind is that of any failure
_MEAN: Final = 1  # llama.cpp's number of pooling by the mean


class Embedder(Protocol):
    """An embedding model; any thread may call it, implementations lock."""

    @property
    def name(self) -> str:
        """What it is; vectors of one name may be compared, and are kept by it."""

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Returns a vector of length 1 for each text, in their order.

        Raises:
            ServiceUnavailable: If the model does not answer.
            PromptTooLong: If a text does not fit.
        """

    def close(self) -> None:
        """Frees the model; it may not be used after."""


class OllamaEmbedder:
    """An embedding model of an Ollama server.

    Args:
        host: `HOST:PORT`.
        model: The model's name there.

    Raises:
        ServiceUnavailable: If the server does not answer, or does not talk like Ollama.
        SettingsError: If it has no such model.
    """

    def __init__(self, host: str, model: str) -> None:
        from inference.ollama_server import OllamaServer

        self.name = f"ollama {model}"
        self._model = model
        self._server = OllamaServer(host)
        self._lock = threading.Lock()
        try:
            self._server.shown(model)
        except (ServiceUnavailable, SettingsError):
            self.close()
            raise

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Returns a vector for each text."""
        if not texts:
            return []
        with self._lock, self._server.errors(self._model, reads=_TOKENS):
            vectors = self._server.client.embed(self._model, list(texts)).embeddings
        return [_unit(list(vector)) for vector in vectors]

    def close(self) -> None:
        """Closes the connections."""
        self._server.close()


class LlamaEmbedder:
    """A GGUF file in this process, by llama.cpp; see `inference/llama.py` on how it listens.

    Args:
        path: The GGUF file.
        threads: Threads for reading.

    Raises:
        BadInput: If the file is not there, not GGUF, or cannot be loaded.
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        from inference.gguf import check_gguf
        from inference.llama import private_folder

        check_gguf(path)
        self.name = path.stem
        self._lock = threading.Lock()
        folder = private_folder()
        self._clean = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._server: Any = _open_server(path, folder / "llama.sock", threads)
        self.embed(["a"])  # asked to end before its loop has begun, llama.cpp would never end

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Returns a vector for each text."""
        from inference.llama import checked

        if not texts:
            return []
        with self._lock:
            if self._server is None:
                raise ServiceUnavailable("The embedding model in this process is closed.")
            reply = self._server.handle_embeddings({"input": list(texts)})
        if _TOO_LARGE in str(reply.get("error", "")):
            raise PromptTooLong(f"A text does not fit the {_TOKENS:,} tokens that {self.name} reads.")
        checked(reply)
        rows = sorted(reply["data"], key=lambda row: int(row["index"]))
        return [_unit(row["embedding"]) for row in rows]

    def close(self) -> None:
        """Frees the model and its socket."""
        with self._lock:
            self._server = None
            self._clean()


def open_embedder(url: str, *, threads: int = 2) -> Embedder | None:
    """Opens an embedding model; None for an empty URL or `none:`.

    Raises:
        SettingsError: If the URL is neither `ollama://HOST:PORT/MODEL` nor `llama:PATH.gguf`, or names a model that the
            server does not have.
        BadInput: If the GGUF file is not there or cannot be loaded.
        ServiceUnavailable: If the server does not answer.
    """
    if url in {"", "none:"}:
        return None
    if url.startswith("ollama://"):
        from inference.ollama_server import host_and_model

        return OllamaEmbedder(*host_and_model(url))
    if url.startswith("llama:"):
        return LlamaEmbedder(Path(url.removeprefix("llama:")).expanduser(), threads=threads)
    raise SettingsError(
        f"{url!r} is not an embedding model.", hint="One is ollama://HOST:PORT/MODEL or llama:PATH.gguf."
    )


def _open_server(path: Path, socket: Path, threads: int) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.embedding = True
    params.pooling_type = _MEAN
    params.n_ctx = params.n_batch = params.n_ubatch = _TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.warmup = False
    params.verbosity = -1
    params.hostnames = [str(socket)]
    params.api_keys = [secrets.token_hex(16)]
    params.ui = False
    params.endpoint_slots = False
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise BadInput(f"llama.cpp cannot load {path}.", hint="The file may be cut short.") from error


def _unit(vector: list[float]) -> list[float]:
    """Returns a vector of length 1 in the same direction; one of zeros as it is."""
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else vector
