"""Opens the language model that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference.fetch import model_path
from plant.errors import SettingsError

if TYPE_CHECKING:
    from inference.contract import LanguageModel
    from plant.settings import Settings


def open_model(settings: Settings) -> LanguageModel | None:
    """Opens the model of `settings.model.url`; None where there is none, and all answers without.

    An empty URL means the small model of the cache, if it is there.

    Raises:
        SettingsError: If the URL is none of `llama:PATH.gguf`, `ollama://HOST:PORT/MODEL`, `none:`,
            or names a model the Ollama server does not have.
        BadInput: If the GGUF file is not there or cannot be loaded.
        ServiceUnavailable: If the Ollama server does not answer.
    """
    url, wanted = settings.model.url, settings.model
    if url.startswith("ollama://"):
        from inference.ollama import OllamaModel

        return OllamaModel.from_url(url, context_length=wanted.context_length)
    if url.startswith("llama:"):
        path = Path(url.removeprefix("llama:")).expanduser()
    elif not url and model_path().exists():
        path = model_path()
    elif url in {"", "none:"}:
        return None
    else:
        raise SettingsError(
            f"{url!r} is not a model.", hint="A model is llama:PATH.gguf, ollama://HOST:PORT/MODEL or none:."
        )
    from inference.llama import LlamaModel

    return LlamaModel(path, context_length=wanted.context_length, threads=wanted.threads, adapters=wanted.adapters)
