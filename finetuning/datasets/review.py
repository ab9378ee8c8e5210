"""A person goes through a data set: each example is accepted, edited or rejected, and each decision can be undone.

Each decision is down on the disk before the next example is shown (`decisions.py`). So a review goes on where it was
left, and undoing restores what was. `Review.apply` writes the files of the data set anew.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

import msgspec

from finetuning.datasets.decisions import FILE, Choice, Decision, read_decisions
from finetuning.datasets.faults import fault_of
from finetuning.datasets.folder import read_dataset, write_dataset
from finetuning.datasets.splits import Assigned
from finetuning.example import Example, Split, Task, Turn
from plant.errors import BadInput
from plant.files import writing
from plant.time import to_iso
from tools.manuals.prompt import MORE, NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PASSAGE: Final = re.compile(r"^\[(\d+)\] [^\n]*", re.MULTILINE)


class Review:
    """The review of one data set; one person at a time.

    Args:
        folder: The data set.
        who: Who decides.
        clock: Returns now, UTC milliseconds.

    Raises:
        BadInput: If the folder is no data set, or a line of its `review.jsonl` is none.
    """

    def __init__(self, folder: Path, who: str, clock: Callable[[], int]) -> None:
        self._path = folder / FILE
        self._folder = folder
        self._who = who
        self._clock = clock
        self._dataset = read_dataset(folder)
        self._splits = {one.id: split for split, some in self._dataset.splits.items() for one in some}
        self._examples = {one.id: one for some in self._dataset.splits.values() for one in some}
        self._decided: dict[str, Decision] = {}
        decisions, self._size = read_decisions(self._path)
        self._end = self._path.stat().st_size if self._path.exists() else 0
        for decision in decisions:
            self._take(decision)

    @property
    def waiting(self) -> list[Example]:
        """The examples that nothing is decided of: first those that their maker was not sure of, else in order."""
        open_ = [one for one in self._examples.values() if one.id not in self._decided]
        return sorted(open_, key=lambda one: "review" not in one.source)

    @property
    def counts(self) -> dict[str, int]:
        """How many were accepted, edited and rejected, and how many are left."""
        choices = [one.choice for one in self._decided.values()]
        counted = {f"{choice}ed": choices.count(choice) for choice in (Choice.ACCEPT, Choice.EDIT, Choice.REJECT)}
        return {**counted, "left": len(self._examples) - len(choices)}

    def split_of(self, example: Example) -> Split:
        """Returns the split that an example is in."""
        return self._splits[example.id]

    def decide(self, example: Example, choice: Choice, answer: str = "") -> None:
        """Decides on an example.

        Args:
            example: As it is.
            choice: Any but to undo.
            answer: What the last turn is to be, where it is edited.

        Raises:
            BadInput: For an answer that is empty or, where passages are read, not in their words; if it cannot be kept.
        """
        after: Example | None = example
        if choice is Choice.EDIT:
            after = _with_answer(example, answer)
        elif choice is Choice.REJECT:
            after = None
        self._keep(example, choice, after)

    def undo(self) -> Example | None:
        """Takes back the newest decision that stands, and returns its example; None where there is none."""
        if not self._decided:
            return None
        newest = list(self._decided.values())[-1]
        self._keep(newest.before, Choice.UNDO, newest.before)
        return newest.before

    def apply(self) -> None:
        """Writes the data set as it was decided. Raises `BadInput` as `write_dataset` does; then nothing is changed."""
        kept = []
        for id_, example in self._examples.items():
            decision = self._decided.get(id_)
            after = decision.after if decision else example
            if after is not None:
                kept.append(after)
        info = self._dataset.info
        how = {**info.how, "review": self.counts}
        if kept != [one for some in self._dataset.splits.values() for one in some] or how != info.how:
            split = Assigned(lambda example: self._splits[example.id], info.split)
            self._dataset = write_dataset(self._folder, kept, task=info.task, how=how, split=split)

    def _keep(self, example: Example, choice: Choice, after: Example | None) -> None:
        decision = Decision(
            id=example.id,
            choice=choice,
            split=self._splits[example.id],
            before=example,
            after=after,
            who=self._who,
            at=to_iso(self._clock()),
        )
        line = msgspec.json.encode(decision) + b"\n"
        with writing(self._path), self._path.open("ab") as file:
            if file.tell() != self._end:
                raise BadInput(f"{self._path} has decisions of another review.", hint="End it, and start this again.")
            file.truncate(self._size)  # of a line that was cut short
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self._end = self._size = self._size + len(line)
        self._take(decision)

    def _take(self, decision: Decision) -> None:
        """Counts a decision, unless the data set was made again and has another example in its place."""
        if self._examples.get(decision.id) not in (decision.before, decision.after):
            return
        self._examples[decision.id] = decision.before
        self._splits[decision.id] = decision.split
        self._decided.pop(decision.id, None)
        if decision.choice is not Choice.UNDO:
            self._decided[decision.id] = decision


def _with_answer(example: Example, answer: str) -> Example:
    edited = msgspec.structs.replace(example, messages=(*example.messages[:-1], Turn("assistant", answer)))
    fault = fault_of(edited) or _unreadable(edited, answer)
    if fault:
        raise BadInput(f"That cannot be the answer: {fault}")
    return edited


def _unreadable(example: Example, answer: str) -> str | None:
    """Says why an answer that reads passages is not one: it names none of them, or is not in their words."""
    asked = next((turn.content for turn in reversed(example.messages) if turn.role == "user"), "")
    passages = {match[1]: match[0] for match in _PASSAGE.finditer(asked)}
    if example.task not in {Task.MANUALS, Task.PREFERENCES} or not passages or answer == NOT_FOUND:
        return None
    for line in answer.splitlines():
        words, _, number = line.removesuffix("]").rpartition(" [")
        if not line.endswith("]") or number not in passages:
            return f"{line!r} names no passage; write its words and [1], or {NOT_FOUND}"
        if words.removesuffix(MORE) not in passages[number]:
            return f"passage {number} does not say {words!r}."
    return None
