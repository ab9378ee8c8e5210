"""Runs that were made: listed, shown, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from finetuning.runs import Run
from finetuning.training.folder import Status, read_status
from finetuning.training.recipe import Recipe, load_recipe
from finetuning.training.results import Row, read_results
from plant.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Told(msgspec.Struct, frozen=True):
    """What is known of a run.

    Attributes:
        run: Its folder's name.
        status: How it stands.
        recipe: Every key.
        data: What it was trained on, as `data.json` says.
        rows: The lines of `results.csv`.
    """

    run: str
    status: Status
    recipe: dict[str, Any]
    data: dict[str, Any]
    rows: list[Row]

    def kept(self) -> Row:
        """Returns the measurement of the weights that are kept; the last one where none is."""
        best = [row for row in self.rows if row["step"] == self.status.best_step]
        return best[-1] if best else self.rows[-1]


def find_runs(folder: Path) -> list[Run]:
    """Returns the runs in a folder, by name; a folder is a run if it has a recipe."""
    if not folder.is_dir():
        return []
    found = (Run(place) for place in sorted(folder.iterdir()) if place.is_dir())
    return [run for run in found if run.recipe.is_file()]


def tell(run: Run) -> Told:
    """Reads what is known of a run.

    Raises:
        BadInput: If the folder is no run, or is damaged.
    """
    if not run.recipe.is_file():
        raise BadInput(f"{run.folder} is not a run: it has no {run.recipe.name}.", hint="`millhand finetune runs`.")
    status = read_status(run) or Status(state="failed", said="It never began.")
    rows = read_results(run.results) if run.results.exists() else []
    try:
        data = msgspec.json.decode(run.data.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(f"{run.data} is not as millhand writes it.") from error
    return Told(run.name, status, load_recipe(run.recipe).model_dump(mode="json"), data, rows)


def differing(told: Sequence[Told]) -> list[str]:
    """Returns the keys of the recipes that are not the same in all runs."""
    keys = (field.alias or name for name, field in Recipe.model_fields.items())
    return [key for key in keys if any(one.recipe[key] != told[0].recipe[key] for one in told)]
