"""`millhand finetune`: data sets of the tasks other than `manuals`, conversion of formats, review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plant.errors import UsageError
from tui.cli.common import print_json, say, talk, verb_group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from finetuning.datasets.folder import Dataset
    from finetuning.example import Task
    from plant.settings import Settings

app = verb_group()


def make_data_set(
    task: Task,
    sources: Sequence[str],
    out: Path,
    *,
    settings: Settings,
    seed: int,
    as_json: bool,
) -> None:
    """Makes the data set of a task other than `manuals`, and says what is in it.

    Raises:
        UsageError: If the task has no maker, or takes other sources.
        BadInput: If a source is not as it should be; nothing is written.
    """
    from finetuning.datasets.folder import write_dataset
    from finetuning.datasets.makers import MAKERS

    maker = MAKERS.get(task)
    if maker is None:
        raise UsageError(f"There is no maker of {task}.", hint=f"There are {', '.join(MAKERS)} and manuals.")
    made = maker(sources, settings, seed, talk)
    dataset = write_dataset(out, made.examples, task=task, how=made.how, split=made.split)
    if as_json:
        print_json(summary(out, dataset))
    else:
        say(f"{out}: {', '.join(counts(dataset)) or 'nothing'}, split {dataset.info.split}.")


def counts(dataset: Dataset) -> list[str]:
    """Returns how many examples each split has, in words."""
    return [f"{len(examples):,} for {split}" for split, examples in dataset.splits.items() if examples]


def summary(folder: Path, dataset: Dataset) -> dict[str, Any]:
    """Returns what `--json` prints of a data set that was made."""
    return {
        "folder": str(folder),
        "task": dataset.info.task,
        "split": dataset.info.split,
        "examples": {split: len(examples) for split, examples in dataset.splits.items()},
        "how": dataset.info.how,
    }
