"""A deployment: the form is made, put in its place, and asked the same questions as the model that was trained."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from finetuning.export.agreement import Agreement, compare
from finetuning.export.deploy import EMBEDDED, deploy_embedded, deploy_ollama
from finetuning.export.examples import examples_of
from finetuning.export.forms import Exporter, Form
from finetuning.export.stack import Stack
from finetuning.training.bases import load_tokenizer
from finetuning.training.encoding import Encoder
from inference.llama import LlamaModel
from inference.ollama import OllamaModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from finetuning.export.tuned import Tuned
    from inference.contract import LanguageModel
    from plant.settings import Settings


class Deployment:
    """Puts a run to work.

    Args:
        tuned: The run.
        name: What the adapter is called.
        settings: What holds now; `embedded` changes the settings file.
        data: Data sets to take the questions from, in place of the recipe's.
        told: Is told the progress, a sentence at a time.
    """

    def __init__(
        self, tuned: Tuned, name: str, settings: Settings, *, data: Sequence[Path], told: Callable[[str], None]
    ) -> None:
        self._tuned = tuned
        self._name = name
        self._settings = settings
        self._data = data
        self._told = told

    def deploy(self, to: str, form: Form, questions: int) -> Agreement:
        """Makes a form, puts it in its place, and compares.

        Args:
            to: `embedded`, or `ollama://HOST:PORT/NAME`.
            form: What is deployed.
            questions: How many validation examples are asked.

        Raises:
            MillhandError: As `Exporter`, `deploy_embedded`, `deploy_ollama` and `compare` do.
        """
        encoder = Encoder(load_tokenizer(self._tuned.base))
        asked = examples_of(self._tuned, encoder, questions, self._data)
        exporter = Exporter(self._tuned, self._name, examples=0, told=self._told)
        exporter.export([form])
        file = exporter.path_of(form)
        self._put(to, form, file)
        self._told(f"Asking {len(asked)} questions of each way ...")
        with ExitStack() as opened:
            ways = self._ways(to, form, file)
            for model, _ in ways.values():
                opened.callback(model.close)
            return compare(asked, Stack(self._tuned, encoder), ways)

    def _put(self, to: str, form: Form, file: Path) -> None:
        if to == EMBEDDED:
            place = deploy_embedded(self._tuned, file, self._name, self._settings)
            self._told(f"The embedded model has the adapter {self._name} now: {place}.")
        else:
            deploy_ollama(self._tuned, file, to, over_base=form is Form.ADAPTER)
            model = to.rpartition("/")[2]
            self._told(f"{to} is there. To use it for {self._name}: model.ollama_adapters = {self._name}={model}.")

    def _ways(self, to: str, form: Form, file: Path) -> dict[str, tuple[LanguageModel, str | None]]:
        """Opens what is compared: the GGUF file in this process, and the model of the server."""
        length = self._tuned.recipe.context_length
        adapter = self._name if form is Form.ADAPTER else None
        base = self._tuned.gguf if adapter else file
        adapters = {adapter: file} if adapter else None
        embedded = LlamaModel(base, context_length=length, adapters=adapters)
        ways: dict[str, tuple[LanguageModel, str | None]] = {f"GGUF {form}": (embedded, adapter)}
        if to != EMBEDDED:
            ways["Ollama"] = (OllamaModel.from_url(to, context_length=length), None)
        return ways
