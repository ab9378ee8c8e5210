"""`millhand finetune`: train, and look at runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui.cli.common import say, talk, verb_group

app = verb_group()

_KEYS = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command(context_settings=_KEYS)
def train(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.yaml", help="What to do; --key value outranks it.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The run's folder.")] = None,
) -> None:
    """Tune the small model as a recipe says. Killed and started again, it goes on and ends with the same weights.

    Example: millhand finetune train recipe.yaml --epochs 1 --out runs/first
    """
    from finetuning.training.recipe import load_recipe, parse_given

    wanted = load_recipe(recipe, parse_given(context.args))
    folder = out or Path("runs") / recipe.stem
    from finetuning.training.loop import train as run

    run(wanted, folder, told=talk)


@app.command()
def schema() -> None:
    """Print a recipe with every key, its default and what it is for.

    Example: millhand finetune schema > recipe.yaml
    """
    from finetuning.training.recipe import schema_lines

    say("\n".join(schema_lines()))
