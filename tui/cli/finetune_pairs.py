"""`millhand finetune pairs`: questions and answers from manuals, and the data sets of the other tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finetuning.example import Task
from plant.errors import UsageError
from tui.cli.common import JsonFlag, ModelOption, StoreOption, settings_from, verb_group

app = verb_group()


@app.command()
def pairs(
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE...")] = None,
    task: Annotated[Task, typer.Option("--task", help="What the model is to learn.")] = Task.MANUALS,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The data set's folder.")] = Path("data"),
    seed: Annotated[int, typer.Option("--seed", help="What chance is drawn with.")] = 1,
    model: ModelOption = None,
    store: StoreOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a data set: from manuals, or for another task.

    Example: millhand finetune pairs CW-100-manual.pdf --task manuals --out data
    """
    settings = settings_from(model=model, store=store)
    if task is not Task.MANUALS:
        from tui.cli.finetune_data import make_data_set

        make_data_set(task, sources or [], out, settings=settings, seed=seed, as_json=as_json)
        return
    raise UsageError("There is no maker of pairs yet.")
