"""The conversation of `millhand finetune review`: one example, one letter, the next example; plain lines on stdin."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from finetuning.datasets.decisions import Choice
from plant.errors import BadInput
from tui.cli.common import talk

if TYPE_CHECKING:
    from finetuning.datasets.review import Review
    from finetuning.example import Example

_KEYS: Final = "a accept, e edit, r reject, u undo, q quit"
_CHOICES: Final = {"a": Choice.ACCEPT, "r": Choice.REJECT}


def converse(review: Review) -> None:
    """Asks of each example that waits until there is none, or the person quits or ends the input.

    Raises:
        BadInput: If a decision cannot be kept.
    """
    again: Example | None = None
    while again is not None or review.waiting:
        example = again or review.waiting[0]
        again = None
        _show(review, example)
        while (key := _line(f"{_KEYS}: ")) is not None:
            key = key.strip().lower()[:1]
            if key == "u":
                again = review.undo() or example
                break
            if key == "q":
                return
            if _decided(review, example, key):
                break
        else:
            return


def _decided(review: Review, example: Example, key: str) -> bool:
    """Does what a key says; whether it decided something."""
    if key == "e":
        return _edited(review, example)
    if key in _CHOICES:
        review.decide(example, _CHOICES[key])
    return key in _CHOICES


def _edited(review: Review, example: Example) -> bool:
    """Reads an answer; whether there is one that can stand."""
    lines: list[str] = []
    while line := _line("The answer, ended by an empty line: " if not lines else ""):
        lines.append(line)
    if not lines:
        return False
    try:
        review.decide(example, Choice.EDIT, "\n".join(lines))
    except BadInput as error:
        talk(str(error))
        return False
    return True


def _show(review: Review, example: Example) -> None:
    counts = review.counts
    talk(f"\n{example.id}  ({review.split_of(example)}, {counts['left']:,} left)")
    if doubt := example.source.get("review"):
        talk(f"To be looked at: {doubt}.")
    *before, answer = example.messages
    if example.text is not None:
        talk(example.text)
    for turn in before:
        if turn.role != "system":
            talk(turn.content)
    talk(f"Answer: {answer.content}")
    if example.rejected is not None:
        talk(f"Rejected: {example.rejected}")


def _line(prompt: str) -> str | None:
    """Returns a line of stdin without its end; None where there are no more."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None
