"""What was measured: `results.csv` and its picture."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from finetuning.runs import RESULT_COLUMNS
from plant.errors import BadInput
from plant.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Row = dict[str, float | None]
"""A line of `results.csv`: a figure by column, None where it was not measured."""

_DIGITS = 6


def write_results(path: Path, rows: Sequence[Mapping[str, float | None]]) -> None:
    """Writes the rows as CSV, empty cells for what was not measured. Raises `BadInput` if the disk is full."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(RESULT_COLUMNS)
    writer.writerows([_cell(row.get(column)) for column in RESULT_COLUMNS] for row in rows)
    write_whole(path, [text.getvalue().encode()])


def read_results(path: Path) -> list[Row]:
    """Reads what `write_results` wrote.

    Raises:
        BadInput: If there is no such file, or it is another one.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [{key: float(cell) if cell else None for key, cell in row.items()} for row in csv.DictReader(file)]
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(f"{path} cannot be read as the results of a run.") from error


def write_picture(path: Path, rows: Sequence[Mapping[str, float | None]], name: str) -> None:
    """Draws training and validation loss over the tokens read. Raises `BadInput` if the disk is full."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for column, label, mark in (("training_loss", "training", ""), ("validation_loss", "validation", "o")):
        points = [(row["elapsed_tokens"], row[column]) for row in rows if row[column] is not None]
        if points:
            axes.plot(*zip(*points, strict=True), label=label, marker=mark, markersize=4)
    axes.set_xlabel("tokens read")
    axes.set_ylabel("loss (nats a learnt token)")
    axes.set_ylim(bottom=0)
    axes.set_title(name)
    axes.grid(alpha=0.3)
    axes.legend()
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=120, metadata={"Software": None})
    write_whole(path, [drawn.getvalue()])


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) >= 1 else f"{value:.{_DIGITS}g}"
