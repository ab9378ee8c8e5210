"""Base and adapter in one: a folder of transformers, weights as f16."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finetuning.export.adapter import read_adapter
from finetuning.training.bases import load_tokenizer, quiet
from plant.errors import BadInput
from plant.files import drafted

if TYPE_CHECKING:
    from pathlib import Path

    from finetuning.export.tuned import Tuned


def load_merged(tuned: Tuned) -> Any:
    """Returns a run's model of transformers in fp32, its adapter merged into the weights.

    Raises:
        BadInput: If base, adapter or model cannot be read, or do not fit each other.
    """
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    whole = tuned.run.model.is_dir()
    folder = tuned.run.model if whole else tuned.base.folder
    if not whole:
        read_adapter(tuned.run.adapter)  # says in a sentence what is wrong with it
    try:
        with quiet():
            model = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32, local_files_only=True)
            if not whole:
                model = PeftModel.from_pretrained(model, str(tuned.run.adapter)).merge_and_unload()
    except (OSError, ValueError, RuntimeError) as error:  # transformers and peft, of shapes and files that do not fit
        said = " ".join(str(error).split())[:200]
        raise BadInput(f"The model of {tuned.run.name} cannot be put together: {said}.") from error
    model.train(mode=False)
    return model


def write_merged(tuned: Tuned, folder: Path) -> None:
    """Writes a run's model and tokenizer as a folder of transformers, which appears whole or not at all.

    Raises:
        BadInput: As `load_merged` does, or if the folder cannot be written.
    """
    model = load_merged(tuned).half()
    tokenizer = load_tokenizer(tuned.base)
    with drafted(folder) as draft, quiet():
        model.save_pretrained(draft)
        tokenizer.save_pretrained(draft)
