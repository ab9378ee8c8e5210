"""Opens the language model that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference.adapters import adapters_for
from inference.fetch import model_path
from plant.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inference.contract import LanguageModel
    from plant.settings import Settings


def open_model(settings: Settings) -> LanguageModel | None:
    """Opens the model of `settings.model.url`; None where there is none, and all answers without.

    An empty URL means the small model of the cache, if it is there. `llama:PATH.gguf#ADAPTER` is a model with a LoRA
    adapter over it: a name of `settings.model.adapters` or of one that ships, or a GGUF file. Without a path it is the
    model of the cache. Every model has the adapters that ship for it, and those of the settings, which outrank them.

    Raises:
        SettingsError: If the URL is none of `llama:PATH.gguf[#ADAPTER]`, `ollama://HOST:PORT/MODEL`, `none:`,
            or names a model the Ollama server does not have, or an adapter the settings do not.
        BadInput: If the GGUF file is not there or cannot be loaded, or an adapter is not for it.
        ServiceUnavailable: If the Ollama server does not answer.
    """
    url, wanted = settings.model.url, settings.model
    if url.startswith("ollama://"):
        from inference.ollama import OllamaModel

        return OllamaModel.from_url(
            url,
            adapters=wanted.ollama_adapters,
            context_length=wanted.context_length,
            parallel=wanted.parallel,
        )
    if url == "none:" or (not url and not model_path().exists()):
        return None
    if url and not url.startswith("llama:"):
        raise SettingsError(
            f"{url!r} is not a model.", hint="A model is llama:PATH.gguf, ollama://HOST:PORT/MODEL or none:."
        )
    from inference.llama import LlamaModel

    base, adapters = base_and_adapters(settings)
    adapter = url.partition("#")[2]
    if adapter.endswith(".gguf"):
        tuned = Path(adapter).expanduser()
        adapter = tuned.stem
        adapters[adapter] = tuned
    return LlamaModel(
        base,
        context_length=wanted.context_length,
        threads=wanted.threads,
        parallel=wanted.parallel,
        adapters=adapters,
        adapter=adapter or None,
    )


def base_and_adapters(settings: Settings) -> tuple[Path, dict[str, Path]]:
    """Returns the GGUF file of a model in this process, and its adapters by name: those that ship, and the settings'.

    Raises:
        BadInput: If an adapter that ships is damaged.
    """
    file = settings.model.url.removeprefix("llama:").partition("#")[0]
    base = Path(file).expanduser() if file else model_path()
    return base, adapters_for(base) | {name: path.expanduser() for name, path in settings.model.adapters.items()}


def open_models(settings: Settings, urls: Sequence[str]) -> list[LanguageModel]:
    """Opens the models of some URLs, without those that are none.

    Raises:
        MillhandError: As `open_model` does.
    """
    named = (settings.model_copy(update={"model": settings.model.model_copy(update={"url": url})}) for url in urls)
    return [model for one in named if (model := open_model(one)) is not None]
