"""The forms of a tuned model: made one after the other, measured on the same examples, listed.

    RUN/export/
      NAME.gguf            the adapter, over the base's own GGUF file
      NAME-f16.gguf ...    base and adapter in one
      merged/              the same as a folder of transformers
      Modelfile-FORM       what `ollama create` makes a model of
      exports.json         the list: each form's file, hash, size and figures

A form that is made again replaces its file and its line. Killed, it leaves no half file, and is made again. The GGUF
models are made of the merged folder, which is therefore made with them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.export.adapter import write_adapter
from finetuning.export.examples import examples_of
from finetuning.export.measure import Quality, quality, quality_of_llama
from finetuning.export.merged import write_merged
from finetuning.export.model import Weights, write_model
from finetuning.export.modelfile import chat_template, modelfile
from finetuning.export.stack import Stack
from finetuning.training.bases import load_tokenizer
from finetuning.training.encoding import Encoder
from inference.adapters import sum_of
from inference.llama import LlamaModel
from plant.errors import BadInput
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from finetuning.export.examples import Asked
    from finetuning.export.tuned import Tuned

_LIST: Final = "exports.json"
_MERGED: Final = "merged"
STACK: Final = "training stack"
"""The line of the list that all forms are held against: the model as it was trained."""


class Form(StrEnum):
    """What a run can be exported as."""

    ADAPTER = "adapter"
    MERGED = "merged"
    F16 = "f16"
    Q8_0 = "q8_0"
    Q5_0 = "q5_0"
    Q4_0 = "q4_0"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list.

    Attributes:
        form: A `Form`, or `STACK`.
        file: Its file or folder within `RUN/export`; empty for the training stack.
        sha256: The file's; empty where it is none.
        bytes: The file's size; of a folder, all its files'. An adapter's does not count its base.
        base: The GGUF file of the base.
        quality: What was measured; None where nothing was.
    """

    form: str
    file: str = ""
    sha256: str = ""
    bytes: int = 0
    base: str = ""
    quality: Quality | None = None


class Exporter:
    """Makes the forms of a run.

    Args:
        tuned: The run.
        name: What the adapter is called: in settings, as a file, as a model.
        examples: How many validation examples to measure on; 0 for no figures.
        data: Data sets in place of the recipe's.
        told: Is told the progress, a sentence at a time.

    Raises:
        BadInput: If there are no examples to measure on.
    """

    def __init__(
        self, tuned: Tuned, name: str, *, examples: int, data: Sequence[Path] = (), told: Callable[[str], None]
    ) -> None:
        self._tuned = tuned
        self._name = name
        self._told = told
        self._encoder = Encoder(load_tokenizer(tuned.base))
        self._asked: list[Asked] = examples_of(tuned, self._encoder, examples, data) if examples else []

    def export(self, forms: Sequence[Form]) -> list[Export]:
        """Makes forms, measures them, and returns their lines; with figures the training stack's comes first.

        Raises:
            UsageError: If a form cannot say what the run learnt.
            BadInput: If the run is damaged, or a file cannot be written.
        """
        made = []
        if self._asked:
            self._told(f"Measuring the training stack on {len(self._asked)} examples ...")
            stack = Stack(self._tuned, self._encoder)
            made.append(Export(form=STACK, quality=quality(self._asked, lambda one: stack.score(one.encoded))))
            del stack  # a model in fp32, before the next ones are opened
        for form in _in_order(forms):
            self._told(f"Making {form} ...")
            made.append(self._make(form))
            self._list(made)
        return made

    def path_of(self, form: Form) -> Path:
        """Returns where a form is written."""
        folder = self._tuned.run.export
        if form is Form.MERGED:
            return folder / _MERGED
        return folder / (f"{self._name}.gguf" if form is Form.ADAPTER else f"{self._name}-{form}.gguf")

    def _make(self, form: Form) -> Export:
        path, tuned = self.path_of(form), self._tuned
        if form is Form.MERGED:
            write_merged(tuned, path)
            return Export(form=form, file=path.name, bytes=sum(file.stat().st_size for file in path.iterdir()))
        if form is Form.ADAPTER:
            write_adapter(tuned, path, name=self._name)
        else:
            write_model(self.path_of(Form.MERGED), tuned.gguf, path, Weights(form), name=self._name)
        self._write_modelfile(path, form)
        made = Export(form=form, file=path.name, sha256=sum_of(path), bytes=path.stat().st_size, base=str(tuned.gguf))
        return msgspec.structs.replace(made, quality=self._measured(path, form)) if self._asked else made

    def _write_modelfile(self, path: Path, form: Form) -> None:
        """Writes what `ollama create -f` reads: the base is named by its whole path, ours by the name beside."""
        template = chat_template(self._encoder.tokenizer)
        adapted = form is Form.ADAPTER
        text = modelfile(
            str(self._tuned.gguf) if adapted else path.name,
            path.name if adapted else None,
            template,
            self._tuned.recipe.context_length,
        )
        write_whole(path.with_name(f"Modelfile-{form}"), [text.encode()])

    def _measured(self, path: Path, form: Form) -> Quality:
        adapter = self._name if form is Form.ADAPTER else None
        model = LlamaModel(
            self._tuned.gguf if adapter else path,
            context_length=self._tuned.recipe.context_length,
            adapters={adapter: path} if adapter else None,
        )
        try:
            return quality_of_llama(model, self._asked, adapter)
        finally:
            model.close()

    def _list(self, made: Sequence[Export]) -> None:
        """Writes the list: what was made now, and what was made before and is still there."""
        now = {one.form: one for one in made}
        before = {one.form: one for one in read_exports(self._tuned.run.export)}
        lines = list((before | now).values())
        text = msgspec.json.format(msgspec.json.encode(lines), indent=2)
        write_whole(self._tuned.run.export / _LIST, [text, b"\n"])


def _in_order(forms: Sequence[Form]) -> list[Form]:
    """Returns the forms that are to be made: what others are made of comes before them."""
    wanted = set(forms)
    if wanted - {Form.ADAPTER, Form.MERGED}:
        wanted.add(Form.MERGED)
    return [form for form in Form if form in wanted]


def read_exports(folder: Path) -> list[Export]:
    """Returns the list of a run's exports, empty where there is none.

    Raises:
        BadInput: If the list cannot be read.
    """
    path = folder / _LIST
    if not path.exists():
        return []
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Export])
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(f"{path} is not a list of exports: {error}.", hint="Remove it, and export again.") from error
