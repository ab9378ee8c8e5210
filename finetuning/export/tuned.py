"""A finished training run, opened: its recipe, the base it was trained over, what it learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from finetuning.runs import Run
from finetuning.training.bases import Base, open_base
from finetuning.training.recipe import Method, Recipe, load_recipe
from inference.adapters import sum_of
from inference.gguf import check_gguf
from plant.errors import BadInput, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Tuned(msgspec.Struct, frozen=True):
    """A run with its base.

    Attributes:
        run: The run's folder.
        recipe: As it ran.
        base: What it was trained over, as a folder of transformers.
    """

    run: Run
    recipe: Recipe
    base: Base

    @property
    def gguf(self) -> Path:
        """The base's GGUF file.

        Raises:
            UsageError: If the base is a folder, and no GGUF file of it was named.
        """
        if self.base.gguf is None:
            raise UsageError(
                f"{self.run.name} was trained over the folder {self.base.folder}, and a GGUF file takes its tokenizer "
                "from the base's.",
                hint="Name the base as a GGUF file: --gguf FILE.gguf. Form merged needs none.",
            )
        return self.base.gguf


def open_tuned(folder: Path, *, gguf: Path | None = None, told: Callable[[str], None]) -> Tuned:
    """Opens a run.

    Args:
        folder: The run's.
        gguf: The base as a GGUF file, where the recipe names a folder, or a file that has moved.
        told: Is told, in a sentence, what takes long.

    Raises:
        BadInput: If it is no run, has learnt nothing yet, or its base is not there or another one than it was then.
    """
    run = Run(folder)
    if not run.recipe.is_file():
        raise BadInput(
            f"{folder} is not a training run: it has no {run.recipe.name}.", hint="See millhand finetune runs."
        )
    recipe = load_recipe(run.recipe)
    learnt = run.model if recipe.method is Method.FULL else run.adapter
    if not learnt.is_dir():
        raise BadInput(
            f"{folder} has no {learnt.name} yet.",
            hint="Training writes it at its first look at the validation examples.",
        )
    wanted = _trained_over(run)
    if gguf is not None:
        check_gguf(gguf)
        if wanted.gguf is not None:
            _check_base(run, wanted, gguf.name, sum_of(gguf))
            return Tuned(run, recipe, open_base(str(gguf), told=told))
    base = open_base(recipe.base, told=told)
    _check_base(run, wanted, base.name, base.sha256)
    return Tuned(run, recipe, base if gguf is None else msgspec.structs.replace(base, gguf=gguf))


class _TrainedOver(msgspec.Struct, frozen=True):
    """What `data.json` says of the base: its name, its hash, its GGUF file if it was one."""

    name: str
    sha256: str
    gguf: str | None


class _Data(msgspec.Struct, frozen=True):
    """The part of `data.json` that is read here."""

    base: _TrainedOver


def _trained_over(run: Run) -> _TrainedOver:
    try:
        return msgspec.json.decode(run.data.read_bytes(), type=_Data).base
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(f"{run.data} does not say what {run.name} was trained over: {error}.") from error


def _check_base(run: Run, wanted: _TrainedOver, name: str, sha256: str) -> None:
    """Raises if a base is another one than the run was trained over: of its shape, it would load and write nonsense."""
    if sha256 != wanted.sha256:
        raise BadInput(
            f"{run.name} was trained over {wanted.name} with the SHA-256 {wanted.sha256}; {name} is another base.",
            hint="Name the file that it was trained over: --gguf FILE.",
        )
