"""The model card of a run: what it was made of, what was measured, what it cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from finetuning.example import Task
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from finetuning.runs import Run
    from finetuning.training.recipe import Recipe
    from finetuning.training.results import Row
    from finetuning.training.state import Progress

_LIMITS: Final = {
    Task.MANUALS: """\
It reads passages that it is shown and copies words from them. It knows no manual by heart: without the passages its
answers are made up. An answer is shown only where its words stand in the passage.""",
    Task.CYPHER: """\
It writes queries over a schema that it is shown. A query is checked by the guard before it runs, and can still ask for
something else than was meant.""",
    Task.PREFERENCES: """\
The loss is that of pairs (DPO), and tokens and answers that are right are pairs whose chosen answer gained more on the
model at the start than the rejected one. It is as few and as partial as the people who gave it.""",
    Task.PARTS: "It names words of a text. A name that is not in the text is not shown.",
}

_CARD: Final = """\
# {name}

Tuned for: {tasks}. Method: {method}. Base: {base} (sha256 `{sha256}`).

## Measured

{table}

Validation examples looked at: {looked_at}. The weights kept are those of step {best} of {step}. Tokens/s are of this
machine at that time; a beginning that prompts share is computed once and counted each time.

## Data

{data}

## Limits

{limits}

The figures are of examples made as the training examples were; on other texts it will do worse. It advises; people
decide.

## Made with

`millhand finetune train recipe.yaml`: the recipe and the hashes of the data are beside this file. The same recipe,
data, machine and threads give the same weights.
"""


def write_card(run: Run, recipe: Recipe, progress: Progress, tasks: Sequence[Task]) -> None:
    """Writes `README.md` of a run. Raises `BadInput` if the disk is full."""
    data = msgspec.json.decode(run.data.read_bytes())
    text = _CARD.format(
        name=run.name,
        tasks=", ".join(tasks),
        method=recipe.method,
        base=data["base"]["name"],
        sha256=data["base"]["sha256"],
        table="\n".join(_table(progress)),
        looked_at=data["validation_looked_at"],
        best=progress.best_step,
        step=progress.step,
        data="\n".join(_data_line(one) for one in data["sets"]),
        limits="\n\n".join(_LIMITS[task] for task in tasks if task in _LIMITS),
    )
    write_whole(run.card, [text.encode()])


def _table(progress: Progress) -> list[str]:
    rows = progress.rows
    lines = ["| | before | best | last |", "|---|---|---|---|"]
    best = next((row for row in rows if row["step"] == progress.best_step), rows[-1])
    for column, label in (
        ("validation_loss", "validation loss"),
        ("validation_token_accuracy", "tokens right"),
        ("validation_sequence_accuracy", "whole answers right"),
        ("training_loss", "training loss"),
        ("tokens_per_s", "tokens/s"),
    ):
        cells = [_figure(row, column) for row in (rows[0], best, rows[-1])]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return lines


def _figure(row: Row, column: str) -> str:
    value = row[column]
    if value is None:
        return ""
    return f"{value:.1%}" if column.endswith("accuracy") else f"{value:.4g}"


def _data_line(one: Mapping[str, Any]) -> str:
    train, validation = one["train"], one["validation"]
    folder = Path(one["folder"]).name  # a card is passed on: where the data lay on this machine is nobody's business
    return (
        f"- `{folder}` ({one['task']}): {train['examples']} to learn ({train['tokens']:,} tokens, "
        f"{train['supervised_tokens']:,} learnt), {validation['examples']} to look at."
    )
