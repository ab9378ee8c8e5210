"""The run's folder while it trains: what is written at the start, its status, and the weights it is about."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import msgspec

from finetuning.training.recipe import Method, load_recipe, to_yaml
from finetuning.training.state import write_tensors
from plant.errors import BadInput, UsageError
from plant.files import to_disk, write_whole, writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finetuning.runs import Run
    from finetuning.training.bases import Base
    from finetuning.training.data import Data
    from finetuning.training.model import Trained
    from finetuning.training.recipe import Recipe

FINISHED = "finished"
STOPPED = "stopped early"
FAILED = "failed"
INTERRUPTED = "interrupted"
RUNNING = "running"


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What `status.json` says.

    Attributes:
        state: `running` (or killed), `interrupted`, `finished`, `stopped early` or `failed`.
        said: A sentence for people.
        step: Steps done.
        steps: Steps planned.
        best_step: The step of the weights that are kept.
        best_loss: Their validation loss; None where there are no validation examples.
        trained: Weights that train.
        weights: Weights there are, those included.
    """

    state: str
    said: str
    step: int = 0
    steps: int = 0
    best_step: int = 0
    best_loss: float | None = None
    trained: int = 0
    weights: int = 0

    @property
    def over(self) -> bool:
        """Whether there is nothing to go on with."""
        return self.state in {FINISHED, STOPPED}


def read_status(run: Run) -> Status | None:
    """Returns a run's status; None where there is none. Raises `BadInput` if it is damaged."""
    try:
        return msgspec.json.decode(run.status.read_bytes(), type=Status)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(f"{run.status} is not as millhand writes it.", hint="Remove the run's folder.") from error


def write_status(run: Run, status: Status) -> None:
    """Writes a run's status. Raises `BadInput` if the disk is full."""
    write_whole(run.status, [msgspec.json.format(msgspec.json.encode(status), indent=2), b"\n"])


def start_run(run: Run, recipe: Recipe, base: Base, data: Data) -> None:
    """Writes what a run is made of, or checks that the folder's run is made of the same.

    Raises:
        UsageError: If the folder holds a run of another recipe, other data or another base.
        BadInput: If it cannot be read or written.
    """
    described = msgspec.to_builtins(data.described) | {"base": _described(base)}
    text = msgspec.json.format(msgspec.json.encode(described), indent=2)
    if run.recipe.exists():
        _check_same(run, recipe, text)
        return
    write_whole(run.data, [text, b"\n"])
    write_whole(run.samples, ["\n\n----\n\n".join(data.samples).encode(), b"\n"])
    write_whole(run.recipe, [to_yaml(recipe).encode()])  # last: a folder with a recipe is a run


def _check_same(run: Run, recipe: Recipe, described: bytes) -> None:
    hint = "Name another folder with --out, or remove this one."
    if (was := load_recipe(run.recipe)) != recipe:
        other = [key for key, value in recipe if getattr(was, key) != value]
        raise UsageError(f"{run.folder} holds a run of another recipe: {', '.join(other)} differ.", hint=hint)
    if run.data.read_bytes().strip() != described.strip():
        raise UsageError(f"{run.folder} holds a run on other data, or over another base.", hint=hint)


def save_learnt(run: Run, trained: Trained, base: Base) -> None:
    """Writes the weights as they are now to the run's `adapter/`, or to `model/` for `method: full`.

    Raises:
        BadInput: If the disk is full; then the weights that were there stay.
    """
    if trained.recipe.method is Method.FULL:
        _put(run.model, lambda draft: trained.bare.save_pretrained(draft, max_shard_size="1TB"))  # in one file
        return
    from peft import get_peft_model_state_dict

    config = trained.model.peft_config["default"]
    config.base_model_name_or_path = base.name  # a path of this machine says nothing elsewhere
    config.inference_mode = True
    _put(run.adapter, config.save_pretrained)
    config.inference_mode = False
    tensors = get_peft_model_state_dict(trained.model, save_embedding_layers=False)
    write_tensors(run.adapter / "adapter_model.safetensors", tensors, {"format": "pt"})


def _put(folder: Path, save: Callable[[str], object]) -> None:
    """Saves files beside a folder, then puts them in it one by one."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    try:
        with writing(folder):
            save(str(draft))
            to_disk(draft)
            folder.mkdir(parents=True, exist_ok=True)
            for file in sorted(draft.iterdir()):
                file.replace(folder / file.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _described(base: Base) -> dict[str, str | None]:
    return {
        "name": base.name,
        "sha256": base.sha256,
        "family": base.family,
        "folder": str(base.folder),
        "gguf": str(base.gguf) if base.gguf else None,
    }
