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
        BadInput: If it is no run, has learnt nothing yet, its base is not there, or `gguf` is another base.
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
    base = open_base(recipe.base, told=told) if gguf is None else _named(recipe, gguf, told)
    return Tuned(run, recipe, base)


def _named(recipe: Recipe, gguf: Path, told: Callable[[str], None]) -> Base:
    """Returns the base of a recipe with a GGUF file that was named for it."""
    check_gguf(gguf)
    if not recipe.base or recipe.base.removeprefix("llama:").endswith(".gguf"):
        return open_base(str(gguf), told=told)
    return msgspec.structs.replace(open_base(recipe.base, told=told), gguf=gguf, sha256=sum_of(gguf))
