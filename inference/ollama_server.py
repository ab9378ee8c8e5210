"""A running Ollama, by its own client, at the address the user named: what it has, and how a model is made there.

Proxies and credentials of the environment do not apply, redirects are not followed. What goes wrong is a sentence.
"""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import ollama

from inference.contract import OutOfTime, PromptTooLong
from plant.errors import BadInput, MillhandError, ServiceUnavailable, SettingsError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_PORT = 11_434
_CONNECT_S = 5.0
_TIMEOUT = httpx.Timeout(300.0, connect=_CONNECT_S)
_INSTANT = 0.001


class StrictClient(ollama.Client):
    """The client, never letting the server cut a prompt or forget its beginning, nor take longer than it may.

    The client's methods do not offer these two fields of Ollama's API yet, nor a time for each request, so they are
    added to what it sends. A server that answers in one piece says nothing before: the wait for a word is the whole.

    Attributes:
        end: When the time of what is asked now is up, on the monotonic clock; for `math.inf` it is `_TIMEOUT`.
    """

    end: float = math.inf

    def _request(self, cls: Any, *args: Any, stream: bool = False, **kwargs: Any) -> Any:
        if "json" in kwargs:
            kwargs["json"] = {**kwargs["json"], "truncate": False, "shift": False}
        if self.end < math.inf:
            kwargs["timeout"] = httpx.Timeout(max(self.end - time.monotonic(), _INSTANT), connect=_CONNECT_S)
        return super()._request(cls, *args, stream=stream, **kwargs)


class OllamaServer:
    """An Ollama server.

    Args:
        host: `HOST:PORT`.
    """

    def __init__(self, host: str) -> None:
        self.host = host
        self.client = StrictClient(f"http://{host}", timeout=_TIMEOUT, trust_env=False, follow_redirects=False)
        self.client._client.headers.pop("authorization", None)  # noqa: SLF001 (set from OLLAMA_API_KEY, not asked for)

    def shown(self, model: str) -> Mapping[str, Any]:
        """Returns what the server knows of a model, by the keys of its GGUF file.

        Raises:
            ServiceUnavailable: If the server does not answer, or does not talk like Ollama.
            SettingsError: If it has no such model.
        """
        with self.errors(model):
            return self.client.show(model).modelinfo or {}

    def create(
        self,
        name: str,
        base: Path,
        adapter: Path | None = None,
        *,
        template: str,
        parameters: Mapping[str, Any],
    ) -> None:
        """Makes a model of a GGUF file and, over it, an adapter; one of that name is replaced.

        Files that the server has already, by their hash, are not sent again.

        Args:
            name: The model's name there.
            base: A GGUF file.
            adapter: A GGUF file over the same base.
            template: Of a chat, in the language of Go.
            parameters: Such as `stop`, `temperature`, `num_ctx`.

        Raises:
            ServiceUnavailable: If the server does not answer, or cannot make it.
            BadInput: If the server refuses it, or a file cannot be read.
        """
        adapters = None if adapter is None else {adapter.name: self._sent(adapter)}
        with self.errors(name):
            self.client.create(
                name,
                files={base.name: self._sent(base)},
                adapters=adapters,
                template=template,
                parameters=dict(parameters),
                stream=False,
            )

    def close(self) -> None:
        """Closes the connections."""
        self.client.close()  # type: ignore[no-untyped-call]  # the client does not annotate it

    def _sent(self, path: Path) -> str:
        """Sends a file, and returns the digest by which the server knows it."""
        try:
            with self.errors():
                return self.client.create_blob(path)
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from error

    @contextmanager
    def errors(self, model: str = "", *, reads: int = 0) -> Iterator[None]:
        """Turns what the client raises into sentences.

        Args:
            model: The model that was asked for.
            reads: How many tokens it reads.
        """
        try:
            yield
        except MillhandError:
            raise
        except ollama.ResponseError as error:
            raise self._explain(error, model, reads) from error
        except httpx.ReadTimeout as error:
            raise OutOfTime(f"ollama {model} did not answer in time.") from error
        except (httpx.HTTPError, ConnectionError) as error:
            raise ServiceUnavailable(
                f"No Ollama answers at {self.host}.", hint="Start it with `ollama serve`, or name another model."
            ) from error
        except ValueError as error:
            raise ServiceUnavailable(f"What answers at {self.host} does not talk like Ollama.") from error

    def _explain(self, error: ollama.ResponseError, model: str, reads: int) -> MillhandError:
        text = str(error.error).rstrip(".")
        if error.status_code == HTTPStatus.NOT_FOUND:
            return self._no_such_model(model)
        if "context length" in text:
            return PromptTooLong(
                f"The text does not fit the {reads} tokens the model reads.",
                hint="Shorten the text, or set model.context_length higher.",
            )
        if error.status_code == HTTPStatus.BAD_REQUEST or "schema" in text:
            return BadInput(f"Ollama refuses the request: {text}.")
        return ServiceUnavailable(f"Ollama at {self.host} failed ({error.status_code}): {text}.")

    def _no_such_model(self, model: str) -> MillhandError:
        with self.errors():
            known = [one.model or "" for one in self.client.list().models]
        hint = did_you_mean(model, known) or f"It has: {', '.join(known) or 'none'}."
        return SettingsError(f"Ollama at {self.host} has no model {model!r}.", hint=hint)


def host_and_model(url: str) -> tuple[str, str]:
    """Returns `HOST:PORT` and the model of `ollama://HOST:PORT/MODEL`; without a port, Ollama's own.

    Raises:
        SettingsError: If the URL names no host or no model, or an adapter.
    """
    try:
        parts = urlsplit(url)
        host, port, model = parts.hostname, parts.port or _PORT, parts.path.strip("/")
    except ValueError as error:
        raise SettingsError(f"{url!r} is not an address: {error}.") from error
    if not host or not model:
        raise SettingsError(f"{url!r} names no {'model' if host else 'host'}.", hint="Say ollama://HOST:PORT/MODEL.")
    if parts.fragment:
        raise SettingsError(
            f"{url!r} names an adapter, which Ollama does not take.",
            hint="Make a model of base and adapter there (millhand finetune deploy), and name it.",
        )
    return (f"[{host}]:{port}" if ":" in host else f"{host}:{port}"), model
