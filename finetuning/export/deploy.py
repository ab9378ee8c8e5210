"""Puts a tuned model to work: in the embedded model's settings, or as a model of a running Ollama."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from finetuning.export.modelfile import chat_template, parameters
from finetuning.training.bases import load_tokenizer
from inference.adapters import sum_of
from inference.models import base_and_adapters
from inference.ollama_server import OllamaServer, host_and_model
from plant.errors import BadInput, UsageError
from plant.files import write_whole
from plant.settings import data_dir, settings_file
from plant.settings_edit import put_in_table

if TYPE_CHECKING:
    from pathlib import Path

    from finetuning.export.tuned import Tuned
    from plant.settings import Settings

EMBEDDED: Final = "embedded"


def deploy_embedded(tuned: Tuned, adapter: Path, name: str, settings: Settings) -> Path:
    """Copies an adapter to millhand's own data, and names it in the settings file.

    Args:
        tuned: The run.
        adapter: Its GGUF adapter.
        name: What it is called in `model.adapters`: the task that asks for it.
        settings: What holds now.

    Returns:
        The adapter's place.

    Raises:
        UsageError: If the model in use is not one in this process.
        BadInput: If it is another base, or a file cannot be written.
        SettingsError: If the settings file cannot be changed by a program.
    """
    url = settings.model.url
    if url and not url.startswith("llama:"):
        raise UsageError(
            f"The model in use is {url}, not one in this process.", hint="Set model.url to llama:, or empty."
        )
    base, _ = base_and_adapters(settings)
    if not base.is_file() or sum_of(base) != sum_of(tuned.gguf):
        raise BadInput(
            f"{tuned.run.name} was trained over {tuned.gguf}; the model in use is {base}.",
            hint="Set model.url to the base it was trained over.",
        )
    place = data_dir() / "adapters" / f"{name}.gguf"
    write_whole(place, [adapter.read_bytes()])
    put_in_table(settings_file(), ("model", "adapters"), name, str(place))
    return place


def deploy_ollama(tuned: Tuned, file: Path, url: str, *, over_base: bool) -> None:
    """Makes a model on a running Ollama, with the template and the stop text of its training.

    Args:
        tuned: The run.
        file: What was exported: the adapter, or a whole model.
        url: `ollama://HOST:PORT/NAME`.
        over_base: Whether `file` is an adapter, to lie over the base.

    Raises:
        ServiceUnavailable: If the server does not answer, or cannot make it.
        BadInput: If the chat template cannot be said in Ollama's language, or the server refuses.
        SettingsError: If the URL names no host or no model.
    """
    host, name = host_and_model(url)
    template = chat_template(load_tokenizer(tuned.base))
    server = OllamaServer(host)
    try:
        server.create(
            name,
            tuned.gguf if over_base else file,
            file if over_base else None,
            template=template.go(),
            parameters=parameters(template, tuned.recipe.context_length),
        )
    finally:
        server.close()
