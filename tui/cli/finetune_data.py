"""`millhand finetune`: data sets of the other tasks, conversion of formats, review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plant.errors import UsageError
from tui.cli.common import verb_group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from finetuning.example import Task
    from plant.settings import Settings

app = verb_group()


def make_data_set(  # noqa: PLR0913 (what the verb was given)
    task: Task,
    sources: Sequence[str],
    out: Path,
    *,
    settings: Settings,  # noqa: ARG001 (until there is a maker)
    seed: int,  # noqa: ARG001
    as_json: bool,  # noqa: ARG001
) -> None:
    """Makes the data set of a task other than `manuals`.

    Raises:
        UsageError: If there is no maker of the task.
    """
    raise UsageError(f"There is no maker of {task} from {sources} for {out} yet.")
