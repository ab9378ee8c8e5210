"""`millhand finetune`: data sets of the tasks other than `manuals`, conversion of formats, review."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads the annotation when it runs)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import UsageError, did_you_mean
from tui.cli.common import JsonFlag, print_json, say, settings_from, talk, verb_group

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        UsageError: If the task takes other sources.
        BadInput: If a source is not as it should be; nothing is written.
    """
    from finetuning.datasets.folder import write_dataset
    from finetuning.datasets.makers import MAKERS
    from finetuning.example import Split

    made = MAKERS[task](sources, settings, seed, talk)
    dataset = write_dataset(out, made.examples, task=task, how=made.how, split=made.split)
    if as_json:
        print_json(summary(out, dataset))
    else:
        counts = [f"{len(examples):,} {split}" for split, examples in dataset.splits.items() if examples]
        say(f"{out}: {', '.join(counts)}; split {dataset.info.split}.")
    if not dataset.splits[Split.VALIDATION]:
        talk("None of the examples is for validation: there are too few groups. Training can show no validation loss.")


def summary(folder: Path, dataset: Dataset) -> dict[str, Any]:
    """Returns what `--json` prints of a data set that was made."""
    return {
        "folder": str(folder),
        "task": dataset.info.task,
        "split": dataset.info.split,
        "examples": {split: len(examples) for split, examples in dataset.splits.items()},
        "how": dataset.info.how,
    }


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A file of examples, in any of the formats.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write; it is replaced.")],
    form: Annotated[
        str, typer.Option("--format", metavar="F", help="messages, prompt, alpaca, sharegpt or csv.")
    ] = "messages",
    as_json: JsonFlag = False,
) -> None:
    """Write a file of examples in another format; its own is seen from what is in it.

    Example: millhand finetune convert questions.csv questions.jsonl --format messages
    """
    from finetuning.datasets.files import read_examples, write_examples
    from finetuning.datasets.formats import FORMATS, as_chat
    from tui.text import plural

    wanted = FORMATS.get(form)
    if wanted is None:
        raise UsageError(
            f"There is no format {form!r}.", hint=did_you_mean(form, FORMATS) or f"There are {', '.join(FORMATS)}."
        )
    read = read_examples(source)
    write_examples(out, map(as_chat, read.examples) if wanted.chat else read.examples, wanted)
    count = len(read.examples)
    if as_json:
        print_json({"in": str(source), "from": read.format.name, "out": str(out), "to": form, "examples": count})
    else:
        say(f"{out}: {plural(count, 'example')}, {read.format.name} written as {form}.")


@app.command()
def review(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data set.")],
    as_json: JsonFlag = False,
) -> None:
    """Go through a data set one example at a time: accept, edit, reject, undo.

    Decisions are kept at once in DIR/review.jsonl, so it goes on where it was left. At the end, or with q, the files
    are written as decided.

    Example: millhand finetune review data
    """
    from finetuning.datasets.review import Review
    from plant.time import now_ms
    from tui.cli.finetune_review import converse

    going = Review(folder, settings_from().plant.operator, now_ms)
    try:
        converse(going)
    finally:
        going.apply()
    if as_json:
        print_json({"folder": str(folder), **going.counts})
    else:
        say(f"{folder}: {', '.join(f'{count:,} {name}' for name, count in going.counts.items())}.")
